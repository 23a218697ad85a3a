#include "dialects/bigcommerce/customer_input.h"

#include <fmt/core.h>

#include <array>

#include "base/json.h"
#include "base/text.h"
#include "crypto/password.h"
#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/errors.h"

namespace oubli::dialects::bigcommerce {
namespace {

namespace json = boost::json;

constexpr size_t kMaxAttached = 10;  // addresses or attributes in one item
constexpr size_t kMaxChannels = 1000;
constexpr TextLength kEmailToCreate = {3, 250};
constexpr TextLength kEmailToUpdate = {3, 255};

constexpr std::array<TextField<CustomerInput>, 6> kCustomerTextFields = {{
    {"first_name", &CustomerInput::first_name, {1, 100}, true},
    {"last_name", &CustomerInput::last_name, {1, 100}, true},
    {"company", &CustomerInput::company, {0, 255}, false},
    {"phone", &CustomerInput::phone, {0, 50}, false},
    {"notes", &CustomerInput::notes, {}, false},
    {"tax_exempt_category", &CustomerInput::tax_exempt_category, {0, 255}, false},
}};

Status ReadEmail(const FieldReader& reader, CustomerUse use, const Choices& choices,
                 CustomerInput& input) {
  const bool create = use == CustomerUse::kCreate;
  if (create) OUBLI_TRY(reader.Require("email"));
  OUBLI_TRY(reader.Text("email", create ? kEmailToCreate : kEmailToUpdate, input.email));
  if (input.email && choices.check_email_form && !LooksLikeEmail(*input.email)) {
    return reader.Fault("email", "is not an e-mail address");
  }
  return {};
}

}  // namespace

bool IsGoodPassword(std::string_view password, const Choices& choices) {
  bool has_letter = false;
  bool has_digit = false;
  for (const char c : password) {
    has_digit |= c >= '0' && c <= '9';
    // A letter of any script will do: what is not ASCII counts as one.
    has_letter |= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
  }
  const size_t length = CodePoints(password);
  return has_letter && has_digit && length >= choices.min_password &&
         length <= choices.max_password;
}

namespace {

Status ReadAuthentication(const FieldReader& reader, const std::string& path,
                          const Choices& choices, CustomerInput& input) {
  OUBLI_TRY_ASSIGN(const json::object* object, reader.Object("authentication"));
  if (object == nullptr) return {};
  const FieldReader inner(*object, path + "authentication.");
  OUBLI_TRY(inner.Boolean("force_password_reset", input.force_password_reset));
  OUBLI_TRY(inner.Text("new_password", {}, input.new_password));
  if (input.new_password && !IsGoodPassword(*input.new_password, choices)) {
    return inner.Fault("new_password",
                       fmt::format("must have {} to {} characters, letters and digits among them",
                                   choices.min_password, choices.max_password));
  }
  return {};
}

// One amount: a store has one currency here.
Status ReadStoreCredit(const FieldReader& reader, CustomerInput& input) {
  constexpr std::string_view kName = "store_credit_amounts";
  OUBLI_TRY_ASSIGN(const json::array* list, reader.Array(kName));
  if (list == nullptr || list->empty()) return {};
  if (list->size() > 1) return reader.Fault(kName, "must have one amount");
  const json::object* entry = list->front().if_object();
  if (entry == nullptr) return reader.Fault("store_credit_amounts.0", kExpectedObject);
  const json::value* amount = FindMember(*entry, "amount");
  if (amount == nullptr) return reader.Fault("store_credit_amounts.0.amount", kMissing);
  if (!amount->is_number()) return reader.Fault("store_credit_amounts.0.amount", kExpectedNumber);
  input.store_credit = AsDecimal(*amount);
  if (!input.store_credit || *input.store_credit < Decimal()) {
    return reader.Fault("store_credit_amounts.0.amount", "is out of range");
  }
  return {};
}

Status ReadChannels(const FieldReader& reader, CustomerInput& input) {
  const json::value* value = reader.FindOrNull("channel_ids");
  if (value == nullptr) return {};
  input.has_channels = true;
  if (value->is_null()) return {};
  if (!value->is_array()) return reader.Fault("channel_ids", kExpectedArray);
  const json::array& list = value->get_array();
  if (list.empty() || list.size() > kMaxChannels) {
    return reader.Fault("channel_ids", "must have 1 to 1000 elements, or be null");
  }
  input.channel_ids.emplace();
  for (const json::value& element : list) {
    const auto id = AsInt(element);
    if (!id) return reader.Fault("channel_ids", kExpectedNumber);
    if (*id < 1 || *id > INT32_MAX) return reader.Fault("channel_ids", "is out of range");
    input.channel_ids->push_back(*id);
  }
  return {};
}

Status ReadAddresses(const FieldReader& reader, const Choices& choices, CustomerInput& input) {
  OUBLI_TRY_ASSIGN(const json::array* list, reader.Array("addresses"));
  if (list == nullptr) return {};
  if (list->size() > kMaxAttached)
    return reader.Fault("addresses", "must have at most 10 elements");
  input.addresses.emplace();
  for (size_t i = 0; i < list->size(); ++i) {
    const std::string path = reader.ElementPath("addresses", i);
    if (!(*list)[i].is_object()) {
      return Fail(ErrorKind::kInvalid, kExpectedObject, path.substr(0, path.size() - 1));
    }
    OUBLI_TRY_ASSIGN(AddressInput address,
                     ReadAddress((*list)[i].get_object(), path, AddressUse::kNested, choices));
    input.addresses->push_back(std::move(address));
  }
  return {};
}

Status ReadAttributes(const FieldReader& reader, CustomerInput& input) {
  OUBLI_TRY_ASSIGN(const json::array* list, reader.Array("attributes"));
  if (list == nullptr) return {};
  if (list->size() > kMaxAttached) {
    return reader.Fault("attributes", "must have at most 10 elements");
  }
  for (size_t i = 0; i < list->size(); ++i) {
    const std::string path = reader.ElementPath("attributes", i);
    if (!(*list)[i].is_object()) {
      return Fail(ErrorKind::kInvalid, kExpectedObject, path.substr(0, path.size() - 1));
    }
    const FieldReader inner((*list)[i].get_object(), path);
    OUBLI_TRY(inner.Require("attribute_id"));
    OUBLI_TRY(inner.Require("attribute_value"));
    std::optional<int64_t> id;
    std::optional<std::string> value;
    OUBLI_TRY(inner.Integer("attribute_id", INT64_MIN, INT64_MAX, id));
    OUBLI_TRY(inner.Text("attribute_value", {0, 255}, value));
    input.attributes.push_back({.attribute_id = *id, .value = std::move(*value)});
  }
  return {};
}

Result<CustomerInput> ReadCustomer(const json::object& object, const std::string& path,
                                   CustomerUse use, const Choices& choices) {
  const FieldReader reader(object, path);
  const bool create = use == CustomerUse::kCreate;
  CustomerInput input;
  if (!create) {
    // Captures name a missing id without the index of its item.
    OUBLI_TRY(FieldReader(object, "").Require("id"));
    OUBLI_TRY(reader.Integer("id", INT64_MIN, INT64_MAX, input.id));
  }
  OUBLI_TRY(ReadEmail(reader, use, choices, input));
  for (const TextField<CustomerInput>& field : kCustomerTextFields) {
    if (create && field.required_to_create) OUBLI_TRY(reader.Require(field.name));
    OUBLI_TRY(reader.Text(field.name, field.length, input.*field.member));
  }
  OUBLI_TRY(reader.Integer("customer_group_id", 0, INT32_MAX, input.customer_group_id));
  OUBLI_TRY(
      reader.Boolean("accepts_product_review_abandoned_cart_emails", input.accepts_marketing));
  OUBLI_TRY(ReadAuthentication(reader, path, choices, input));
  OUBLI_TRY(ReadStoreCredit(reader, input));
  OUBLI_TRY(ReadChannels(reader, input));
  OUBLI_TRY(ReadFormFields(reader, input.form_fields));
  if (!create) return input;  // the rest cannot be changed: it is passed over
  OUBLI_TRY(reader.Integer("origin_channel_id", 1, INT32_MAX, input.origin_channel_id));
  OUBLI_TRY(ReadAddresses(reader, choices, input));
  OUBLI_TRY(ReadAttributes(reader, input));
  // Oubli sends no mail; the member is still held to its type.
  std::optional<bool> notify;
  OUBLI_TRY(reader.Boolean("trigger_account_created_notification", notify));
  return input;
}

}  // namespace

void CustomerInput::ApplyTo(customers::Customer& customer) const {
  customers::Profile& profile = customer.profile;
  const auto set = [](const auto& from, auto& to) {
    if (from) to = *from;
  };
  set(email, profile.email);
  set(first_name, profile.first_name);
  set(last_name, profile.last_name);
  set(company, profile.company);
  set(phone, profile.phone);
  set(notes, profile.notes);
  set(tax_exempt_category, profile.tax_exempt_category);
  set(customer_group_id, customer.head.group_id);
  set(origin_channel_id, profile.origin_channel_id);
  set(force_password_reset, profile.force_password_reset);
  set(accepts_marketing, profile.accepts_marketing);
  set(password_hash, profile.password_hash);
  set(store_credit, profile.store_credit);
  if (has_channels) profile.channel_ids = channel_ids;
  if (form_fields) MergeFormFields(*form_fields, profile.form_fields);
}

Result<std::vector<CustomerInput>> ReadCustomers(const json::array& items, CustomerUse use,
                                                 const Choices& choices) {
  return ReadItems(items, choices, [&](const auto& object, const std::string& path) {
    return ReadCustomer(object, path, use, choices);
  });
}

void HashPasswords(std::vector<CustomerInput>& inputs) {
  for (CustomerInput& input : inputs) {
    if (!input.new_password) continue;
    input.password_hash = crypto::HashPassword(*input.new_password);
    input.new_password.reset();
  }
}

}  // namespace oubli::dialects::bigcommerce
