#include "import/import_row.h"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>

#include "base/countries.h"
#include "base/date_time.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/secret_hash.h"

namespace oubli::import {
namespace {

namespace json = boost::json;

constexpr size_t kMaxText = 255;
constexpr size_t kMaxNotes = 65'535;
// A row is one command of the store's writer: these bound how long the others wait for it.
constexpr size_t kMaxTransactions = 20'000;
constexpr size_t kMaxRecords = 1000;  // of the other kinds
constexpr size_t kMaxAttributes = 250;

constexpr std::array<std::string_view, 13> kProfileFields = {
    "email", "first_name",  "last_name", "company", "phone",       "mobile",      "notes",
    "code",  "card_number", "username",  "gender",  "custom_date", "custom_field"};
constexpr std::array<std::string_view, 8> kOtherFields = {"id",           "group",     "created_at",
                                                          "store_credit", "addresses", "attributes",
                                                          "transactions", "orders"};
constexpr std::array<std::string_view, 2> kFlags = {"accepts_marketing", "registered"};

// Thrown nowhere: a reader keeps its first problem, and all later reads do nothing.
class ObjectReader {
 public:
  ObjectReader(const json::object& object, std::string list, int64_t index)
      : object_(object), list_(std::move(list)), index_(index) {}

  std::optional<Problem>& problem() { return problem_; }
  void Refuse(std::string_view field, std::string_view text) {
    if (!problem_) problem_ = Problem{list_, index_, std::string(field), std::string(text)};
  }
  bool Has(std::string_view field) const {
    const json::value* value = object_.if_contains(field);
    return value != nullptr && !value->is_null();
  }
  // Text, or a number as its text; "" when absent.
  std::string Text(std::string_view field, size_t limit = kMaxText) {
    if (!Has(field)) return {};
    const json::value& value = object_.at(field);
    std::string text;
    if (value.is_string()) {
      text = value.as_string();
    } else if (value.is_int64() || value.is_uint64()) {
      text = json::serialize(value);
    } else {
      Refuse(field, "must be text");
      return {};
    }
    if (HasControlCharacters(text)) Refuse(field, "must not have control characters");
    if (CodePoints(text) > limit) Refuse(field, "is too long");
    return text;
  }
  int64_t Id(std::string_view field) {
    if (!Has(field)) return 0;
    const auto id = ParseInt(Text(field));
    if (!id || *id < 1 || *id > INT32_MAX) {
      Refuse(field, "must be a whole number from 1 to 2147483647");
      return 0;
    }
    return *id;
  }
  UnixMs Date(std::string_view field) {
    if (!Has(field)) return 0;
    const auto ms = ParseIso8601(Text(field));
    if (!ms) Refuse(field, "must be a date such as 2024-01-05T10:00:00Z");
    return ms.value_or(0);
  }
  std::optional<Decimal> Number(std::string_view field) {
    if (!Has(field)) return std::nullopt;
    const json::value& value = object_.at(field);
    std::optional<Decimal> number;
    if (value.is_double()) {
      number = Decimal::FromDouble(value.as_double());
    } else {
      number = Decimal::Parse(Text(field));
    }
    if (!number) Refuse(field, "must be a number with at most six decimals");
    return number;
  }
  std::optional<bool> Flag(std::string_view field) {
    if (!Has(field)) return std::nullopt;
    const json::value& value = object_.at(field);
    if (value.is_bool()) return value.as_bool();
    const std::string text = AsciiLower(Text(field));
    if (text == "true" || text == "yes" || text == "1") return true;
    if (text == "false" || text == "no" || text == "0") return false;
    Refuse(field, "must be true or false");
    return std::nullopt;
  }
  void AllowOnly(std::initializer_list<std::string_view> names) {
    for (const auto& member : object_) {
      if (std::ranges::find(names, std::string_view(member.key())) == names.end()) {
        Refuse("", "has a field that the format does not know");
      }
    }
  }

 private:
  const json::object& object_;
  const std::string list_;
  const int64_t index_;
  std::optional<Problem> problem_;
};

// A record without a ref is known by its content, and by which one of several equal ones it is.
class RefMaker {
 public:
  std::string Make(std::string ref, const json::object& object) {
    if (!ref.empty()) return "ref " + ref;
    const std::string hash = Base64UrlEncode(crypto::HashSecret(json::serialize(object)));
    return "content " + hash + " " + std::to_string(++seen_[hash]);
  }

 private:
  std::map<std::string, int> seen_;
};

customers::Address ReadAddress(ObjectReader& in) {
  in.AllowOnly({"ref", "first_name", "last_name", "company", "address1", "address2", "address3",
                "city", "state", "state_code", "postal_code", "country_code", "country", "phone",
                "mobile", "fax", "email", "type", "roles"});
  customers::Address a;
  a.first_name = in.Text("first_name");
  a.last_name = in.Text("last_name");
  a.company = in.Text("company");
  a.line1 = in.Text("address1");
  a.line2 = in.Text("address2");
  a.line3 = in.Text("address3");
  a.city = in.Text("city");
  a.state = in.Text("state");
  a.state_code = in.Text("state_code");
  a.postal_code = in.Text("postal_code");
  a.phone = in.Text("phone");
  a.mobile = in.Text("mobile");
  a.fax = in.Text("fax");
  a.email = in.Text("email");
  const std::string country = in.Has("country_code") ? in.Text("country_code") : in.Text("country");
  if (const Country* known = FindCountry(country); known != nullptr) {
    a.country_code = known->alpha2;
  } else if (in.Has("country_code") && !country.empty()) {
    in.Refuse("country_code", "must be a country's two letters");
  } else {
    a.country = country;
  }
  const std::string type = in.Text("type");
  if (!type.empty() && type != "residential" && type != "commercial") {
    in.Refuse("type", "must be residential or commercial");
  }
  a.commercial = type == "commercial";
  const std::string roles = in.Text("roles");
  for (const std::string_view role : Split(roles, ' ')) {
    if (role == "primary") {
      a.roles |= customers::AddressRole::kPrimary;
    } else if (role == "billing") {
      a.roles |= customers::AddressRole::kBilling;
    } else if (role == "shipping") {
      a.roles |= customers::AddressRole::kShipping;
    } else if (!role.empty()) {
      in.Refuse("roles", "may be primary, billing and shipping, with blanks between");
    }
  }
  return a;
}

TransactionRow ReadTransaction(ObjectReader& in) {
  in.AllowOnly({"ref", "campaign", "date", "amount", "points", "redeemed", "item", "description",
                "authorization"});
  TransactionRow row;
  row.campaign = in.Text("campaign");
  if (Trim(row.campaign).empty()) in.Refuse("campaign", "is missing");
  customers::Transaction& t = row.entry;
  t.date = in.Date("date");
  if (t.date == 0) in.Refuse("date", "is missing");
  const auto amount = in.Number("amount");
  const auto points = in.Number("points");
  if (!amount && !points) in.Refuse("amount", "is missing, and so is points");
  t.amount = points ? *points : amount.value_or(Decimal());
  t.purchase = points ? amount.value_or(Decimal()) : Decimal();
  t.redeemed = in.Flag("redeemed").value_or(false);
  t.item = in.Text("item");
  t.description = in.Text("description");
  t.authorization = in.Text("authorization");
  t.user_name = "import";
  return row;
}

customers::Order ReadOrder(ObjectReader& in, const json::object& object) {
  in.AllowOnly({"ref", "number", "date", "currency", "total", "status", "note", "items"});
  customers::Order order;
  order.number = in.Text("number");
  order.date = in.Date("date");
  order.currency = in.Text("currency", 3);
  order.total = in.Number("total").value_or(Decimal());
  order.status = in.Text("status");
  order.note = in.Text("note", kMaxNotes);
  if (!in.Has("items")) return order;
  if (!object.at("items").is_array()) {
    in.Refuse("items", "must be a list");
    return order;
  }
  for (const json::value& element : object.at("items").as_array()) {
    if (!element.is_object()) {
      in.Refuse("items", "must be a list of objects");
      return order;
    }
    ObjectReader item(element.as_object(), "", -1);
    item.AllowOnly({"name", "sku", "quantity", "price"});
    order.items.push_back({item.Text("name"), item.Text("sku"),
                           item.Number("quantity").value_or(Decimal::FromInt(1)),
                           item.Number("price").value_or(Decimal())});
    if (item.problem()) in.Refuse("items." + item.problem()->field, item.problem()->text);
  }
  return order;
}

// Calls `read` for each object of a list member; the first problem ends it.
template <class Read>
std::optional<Problem> ReadList(const json::object& object, std::string_view name, Read read) {
  const json::value* list = object.if_contains(name);
  if (list == nullptr || list->is_null()) return std::nullopt;
  const std::string list_name(name);
  if (!list->is_array()) return Problem{"", -1, list_name, "must be a list"};
  const size_t most = list_name == "transactions" ? kMaxTransactions
                      : list_name == "attributes" ? kMaxAttributes
                                                  : kMaxRecords;
  if (list->as_array().size() > most) return Problem{"", -1, list_name, "is too long"};
  int64_t index = 0;
  for (const json::value& element : list->as_array()) {
    if (!element.is_object()) return Problem{list_name, index, "", "must be an object"};
    ObjectReader in(element.as_object(), list_name, index++);
    read(in, element.as_object());
    if (in.problem()) return in.problem();
  }
  return std::nullopt;
}

std::optional<Problem> ReadAttributes(const json::object& object, ImportRow& row) {
  const json::value* value = object.if_contains("attributes");
  if (value != nullptr && value->is_object()) {
    if (value->as_object().size() > kMaxAttributes)
      return Problem{"", -1, "attributes", "is too long"};
    int64_t index = 0;
    for (const auto& member : value->as_object()) {
      const json::object entry{{"value", member.value()}, {"name", member.key()}};
      ObjectReader in(entry, "attributes", index++);
      row.attributes.push_back({in.Text("name"), in.Text("value")});
      if (row.attributes.back().name.empty()) in.Refuse("name", "is missing");
      if (in.problem()) return in.problem();
    }
    return std::nullopt;
  }
  return ReadList(object, "attributes", [&](ObjectReader& in, const json::object&) {
    in.AllowOnly({"name", "value"});
    row.attributes.push_back({in.Text("name"), in.Text("value")});
    if (row.attributes.back().name.empty()) in.Refuse("name", "is missing");
  });
}

bool IsEmailShaped(std::string_view email) {
  const size_t at = email.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < email.size() &&
         email.find('@', at + 1) == std::string_view::npos &&
         email.find(' ') == std::string_view::npos;
}

std::optional<Problem> ReadProfile(const json::object& object, ImportRow& row) {
  ObjectReader in(object, "", -1);
  for (const auto& member : object) {
    const std::string_view name = member.key();
    const bool known = std::ranges::find(kProfileFields, name) != kProfileFields.end() ||
                       std::ranges::find(kOtherFields, name) != kOtherFields.end() ||
                       std::ranges::find(kFlags, name) != kFlags.end();
    if (!known) in.Refuse("", "has a field that the format does not know");
  }
  for (const std::string_view name : kProfileFields) {
    if (!in.Has(name)) continue;
    row.fields.emplace(name, in.Text(name, name == "notes" ? kMaxNotes : kMaxText));
  }
  const auto email = row.fields.find("email");
  if (email != row.fields.end() && !email->second.empty() && !IsEmailShaped(email->second)) {
    in.Refuse("email", "is not an e-mail address");
  }
  row.id = in.Id("id");
  if (in.Has("group")) row.group = in.Text("group");
  row.created_at = in.Date("created_at");
  row.store_credit = in.Number("store_credit");
  row.accepts_marketing = in.Flag("accepts_marketing");
  row.registered = in.Flag("registered");
  const auto names_customer = [&row](std::string_view name) {
    const auto field = row.fields.find(name);
    return field != row.fields.end() && !field->second.empty();
  };
  if (row.id == 0 && !names_customer("email") && !names_customer("code") &&
      !names_customer("card_number")) {
    in.Refuse("id", "is missing, and so are email, code and card_number");
  }
  return in.problem();
}

}  // namespace

std::span<const std::string_view> ProfileFieldNames() { return kProfileFields; }

tl::expected<ImportRow, Problem> ReadRow(const json::object& object) {
  ImportRow row;
  std::optional<Problem> problem = ReadProfile(object, row);
  RefMaker address_refs;
  if (!problem) {
    problem = ReadList(object, "addresses", [&](ObjectReader& in, const json::object& o) {
      row.addresses.push_back(ReadAddress(in));
      row.addresses.back().import_ref = address_refs.Make(in.Text("ref"), o);
    });
  }
  if (!problem) problem = ReadAttributes(object, row);
  RefMaker transaction_refs;
  if (!problem) {
    problem = ReadList(object, "transactions", [&](ObjectReader& in, const json::object& o) {
      row.transactions.push_back(ReadTransaction(in));
      row.transactions.back().ref = transaction_refs.Make(in.Text("ref"), o);
    });
  }
  RefMaker order_refs;
  if (!problem) {
    problem = ReadList(object, "orders", [&](ObjectReader& in, const json::object& o) {
      row.orders.push_back(ReadOrder(in, o));
      row.orders.back().import_ref = order_refs.Make(in.Text("ref"), o);
    });
  }
  if (problem) return tl::unexpected<Problem>(std::move(*problem));
  return row;
}

}  // namespace oubli::import
