#include "dialects/webcommander/customer_body.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <span>

#include "base/json.h"
#include "base/text.h"
#include "dialects/webcommander/customer_details.h"
#include "dialects/webcommander/text_rules.h"

namespace oubli::dialects::webcommander {
namespace {

using boost::json::object;
using boost::json::value;
using customers::CustomProperty;
using customers::Profile;

constexpr size_t kMaxCustomerNote = 65'535;
constexpr size_t kMaxPassword = 255;
constexpr size_t kMaxDescription = 4'096;
constexpr size_t kMaxCustomProperties = 100;

struct ProfileTextField {
  std::string_view name;
  std::string Profile::*member;
  TextRule rule = {};
};
constexpr std::array<ProfileTextField, 11> kTextFields = {{
    {"first_name", &Profile::first_name},
    {"last_name", &Profile::last_name},
    {"email", &Profile::email},
    {"gender", &Profile::gender},
    {"company_name", &Profile::company},
    {"abn", &Profile::abn},
    {"abn_branch", &Profile::abn_branch},
    {"default_tax_code", &Profile::default_tax_code},
    {"note", &Profile::notes, {kMaxCustomerNote, true}},
    {"source", &Profile::source},
    {"timezone", &Profile::timezone},
}};

struct FlagField {
  std::string_view name;
  bool Profile::*member;
};
// `company` is the newer name of `is_company`: it stands later and so wins.
constexpr std::array<FlagField, 7> kFlagFields = {{
    {"is_company", &Profile::is_company},
    {"company", &Profile::is_company},
    {"hide_price", &Profile::hide_price},
    {"allow_credit_limit", &Profile::allow_credit_limit},
    {"account_hold", &Profile::account_hold},
    {"sms_subscribed", &Profile::sms_subscribed},
    {"customer_password_expired", &Profile::force_password_reset},
}};

struct AmountField {
  std::string_view name;
  Decimal Profile::*member;
};
constexpr std::array<AmountField, 2> kAmountFields = {{
    {"store_credit", &Profile::store_credit},
    {"credit_limit", &Profile::credit_limit},
}};

// The fields that an update may also carry beside the wrapper object.
constexpr std::array<std::string_view, 4> kTopLevelFields = {
    "store_credit", "credit_limit", "customer_password_expired", "allow_credit_limit"};

using Problem = std::optional<ApiError>;

Problem BadType(std::string_view field, std::string_view expected) {
  return ValidationFailed(field, "invalid_value", "must be " + std::string(expected));
}

// Which fields are read: all when `names` is empty.
struct Selection {
  std::span<const std::string_view> names;
  bool Has(std::string_view name) const {
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
  }
};

Problem ReadText(const object& from, const ProfileTextField& field, CustomerPatch& patch) {
  const value* found = FindMember(from, field.name);
  if (found == nullptr) return std::nullopt;
  if (found->is_null()) {
    patch.texts.emplace_back(field.member, "");
    return std::nullopt;
  }
  const auto text = AsString(*found);
  if (!text) return BadType(field.name, "a string");
  if (auto problem = CheckText(field.name, *text, field.rule)) return problem;
  patch.texts.emplace_back(field.member, std::string(*text));
  return std::nullopt;
}

Problem ReadFlagsAndAmounts(const object& from, Selection selection, CustomerPatch& patch) {
  for (const FlagField& field : kFlagFields) {
    const value* found = selection.Has(field.name) ? FindMember(from, field.name) : nullptr;
    if (found == nullptr) continue;
    if (!found->is_bool()) {
      return ValidationFailed(field.name, "invalid_boolean", "must be true or false");
    }
    patch.flags.emplace_back(field.member, found->get_bool());
  }
  for (const AmountField& field : kAmountFields) {
    const value* found = selection.Has(field.name) ? FindMember(from, field.name) : nullptr;
    if (found == nullptr) continue;
    const auto amount = AsDecimal(*found);
    if (!amount) return BadType(field.name, "a number with at most six decimals");
    if (*amount < Decimal())
      return ValidationFailed(field.name, "out_of_range", "must not be negative");
    patch.amounts.emplace_back(field.member, *amount);
  }
  return std::nullopt;
}

// `{label, description}` or `{name, value}`; of two names for one thing the first one counts.
Problem ReadPropertyText(const object& from, const std::string& where,
                         std::array<std::string_view, 2> names, TextRule rule, std::string& out) {
  for (std::string_view name : names) {
    const value* found = FindMember(from, name);
    if (found == nullptr || found->is_null()) continue;
    const std::string field = where + "." + std::string(name);
    const auto text = AsString(*found);
    if (!text) return BadType(field, "a string");
    if (auto problem = CheckText(field, *text, rule)) return problem;
    out = *text;
    return std::nullopt;
  }
  return std::nullopt;
}

Problem ReadCustomProperties(const value& from, std::vector<CustomProperty>& properties) {
  if (!from.is_array()) return BadType("custom_properties", "an array");
  if (from.get_array().size() > kMaxCustomProperties) {
    return ValidationFailed("custom_properties", "too_long", "at most 100 properties");
  }
  for (const value& element : from.get_array()) {
    const std::string where = "custom_properties[" + std::to_string(properties.size()) + "]";
    if (!element.is_object()) return BadType(where, "an object");
    const object& entry = element.get_object();
    CustomProperty property;
    if (const value* id = FindMember(entry, "id"); id != nullptr && !id->is_null()) {
      const auto number = AsInt(*id);
      if (!number) return BadType(where + ".id", "an integer");
      property.id = *number;
    }
    if (auto problem = ReadPropertyText(entry, where, {"label", "name"}, {}, property.label)) {
      return problem;
    }
    if (Trim(property.label).empty()) {
      return ValidationFailed(where + ".label", "invalid_value", "a label is required");
    }
    if (auto problem = ReadPropertyText(entry, where, {"description", "value"},
                                        {kMaxDescription, true}, property.description)) {
      return problem;
    }
    properties.push_back(std::move(property));
  }
  return std::nullopt;
}

Problem ReadStatus(const value& from, CustomerPatch& patch) {
  const auto text = AsString(from);
  if (!text) return BadType("status", "a string");
  patch.status = ParseStatus(*text);
  if (!patch.status) return ValidationFailed("status", "invalid_enum", AllowedStatusesText());
  return std::nullopt;
}

Problem ReadPassword(const value& from, CustomerPatch& patch) {
  const auto text = AsString(from);
  if (!text) return BadType("password", "a string");
  if (text->empty()) return ValidationFailed("password", "invalid_value", "must not be empty");
  if (auto problem = CheckText("password", *text, {kMaxPassword})) return problem;
  patch.password = std::string(*text);
  return std::nullopt;
}

Problem ReadEmail(const CustomerPatch& patch) {
  for (const auto& [member, text] : patch.texts) {
    if (member == &Profile::email && !text.empty() && !LooksLikeEmail(text)) {
      return ValidationFailed("email", "invalid_value", "must be an e-mail address");
    }
  }
  return std::nullopt;
}

Problem ReadFirstName(const CustomerPatch& patch, bool required) {
  bool blank = required;
  for (const auto& [member, text] : patch.texts) {
    if (member == &Profile::first_name) blank = Trim(text).empty();
  }
  if (!blank) return std::nullopt;
  return ApiError{400, "Customer name is required"};
}

Problem ReadCustomer(const object& from, bool name_required, CustomerPatch& patch) {
  for (const ProfileTextField& field : kTextFields) {
    if (auto problem = ReadText(from, field, patch)) return problem;
  }
  if (auto problem = ReadFirstName(patch, name_required)) return problem;
  if (auto problem = ReadEmail(patch)) return problem;
  if (auto problem = ReadFlagsAndAmounts(from, Selection{}, patch)) return problem;
  if (const value* status = FindMember(from, "status")) {
    if (auto problem = ReadStatus(*status, patch)) return problem;
  }
  if (const value* password = FindMember(from, "password")) {
    if (auto problem = ReadPassword(*password, patch)) return problem;
  }
  if (const value* properties = FindMember(from, "custom_properties")) {
    if (auto problem = ReadCustomProperties(*properties, patch.custom_properties.emplace())) {
      return problem;
    }
  }
  return std::nullopt;
}

Parsed<CustomerPatch> ParseCustomerBody(std::string_view text, bool create) {
  const auto body = ParseJson(text);
  if (!body || !body->is_object()) {
    return tl::unexpected(InvalidRequest("the body must be a JSON object"));
  }
  const object& top = body->get_object();
  const value* customer = FindMember(top, "customer");
  if (customer == nullptr || !customer->is_object()) {
    return tl::unexpected(*BadType("customer", "an object"));
  }
  // A free reference of the caller's: checked, not kept.
  if (const value* reference = FindMember(top, "transaction_no");
      reference != nullptr && !reference->is_null() && !reference->is_string()) {
    return tl::unexpected(*BadType("transaction_no", "a string"));
  }
  CustomerPatch patch;
  if (!create) {
    if (auto problem = ReadFlagsAndAmounts(top, Selection{kTopLevelFields}, patch)) {
      return tl::unexpected(std::move(*problem));
    }
  }
  if (auto problem = ReadCustomer(customer->get_object(), create, patch)) {
    return tl::unexpected(std::move(*problem));
  }
  return patch;
}

// The counter behind the ids of a customer's properties, so that none is given twice.
constexpr const char* kLastPropertyId = "webcommander.last_custom_property_id";

void ReplaceCustomProperties(std::vector<CustomProperty> properties, Profile& profile) {
  int64_t last = ParseInt(profile.extra[kLastPropertyId]).value_or(0);
  std::vector<int64_t> old_ids;
  for (const CustomProperty& old : profile.custom_properties) {
    old_ids.push_back(old.id);
    last = std::max(last, old.id);
  }
  for (CustomProperty& property : properties) {
    const auto kept = std::find(old_ids.begin(), old_ids.end(), property.id);
    if (property.id != 0 && kept != old_ids.end()) {
      old_ids.erase(kept);  // two properties never share an id
    } else {
      property.id = ++last;
    }
  }
  profile.custom_properties = std::move(properties);
  profile.extra[kLastPropertyId] = std::to_string(last);
}

}  // namespace

Parsed<CustomerPatch> ParseCreate(std::string_view body) { return ParseCustomerBody(body, true); }

Parsed<CustomerPatch> ParseUpdate(std::string_view body) { return ParseCustomerBody(body, false); }

void ApplyPatch(const CustomerPatch& patch, Profile& profile) {
  for (const auto& [member, text] : patch.texts) profile.*member = text;
  for (const auto& [member, flag] : patch.flags) profile.*member = flag;
  for (const auto& [member, amount] : patch.amounts) profile.*member = amount;
  if (patch.status) profile.status = *patch.status;
  if (patch.custom_properties) ReplaceCustomProperties(*patch.custom_properties, profile);
}

}  // namespace oubli::dialects::webcommander
