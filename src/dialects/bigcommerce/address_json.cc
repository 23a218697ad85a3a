#include "dialects/bigcommerce/address_json.h"

#include <array>

#include "base/countries.h"
#include "base/json.h"
#include "base/text.h"
#include "dialects/bigcommerce/customer_json.h"
#include "dialects/bigcommerce/errors.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Address;
using customers::FormField;

struct AddressTextField {
  std::string_view name;
  std::optional<std::string> AddressInput::*member;
  TextLength length;
  bool required_to_create;
  bool required_nested;
};

// Contract 3.
constexpr std::array<AddressTextField, 9> kAddressTextFields = {{
    {"first_name", &AddressInput::first_name, {1, 255}, true, true},
    {"last_name", &AddressInput::last_name, {1, 255}, true, true},
    {"company", &AddressInput::company, {0, 255}, false, false},
    {"phone", &AddressInput::phone, {0, 50}, false, false},
    {"address1", &AddressInput::address1, {}, true, true},
    {"address2", &AddressInput::address2, {}, false, false},
    {"city", &AddressInput::city, {0, 100}, true, true},
    {"state_or_province", &AddressInput::state_or_province, {0, 100}, true, false},
    {"postal_code", &AddressInput::postal_code, {0, 30}, true, false},
}};

std::string_view CountryName(const Address& address) {
  const Country* country = FindCountryByAlpha2(address.country_code);
  return country == nullptr ? std::string_view(address.country) : country->name;
}

Status ReadCountry(const FieldReader& reader, AddressUse use, AddressInput& input) {
  if (use != AddressUse::kUpdate) OUBLI_TRY(reader.Require("country_code"));
  std::optional<std::string> code;
  OUBLI_TRY(reader.Text("country_code", {2, 2}, code));
  if (!code) return {};
  const Country* country = FindCountryByAlpha2(*code);
  if (country == nullptr) return reader.Fault("country_code", "is not the code of a country");
  input.country_code.emplace(country->alpha2);
  return {};
}

Status ReadType(const FieldReader& reader, AddressInput& input) {
  std::optional<std::string> type;
  OUBLI_TRY(reader.Text("address_type", {}, type));
  if (!type) return {};
  if (*type != "residential" && *type != "commercial") {
    return reader.Fault("address_type", "must be residential or commercial");
  }
  input.commercial = *type == "commercial";
  return {};
}

}  // namespace

// The states of these countries have codes of capital letters, and no state's name looks like one.
bool IsStateCode(std::string_view country_code, std::string_view state) {
  if (country_code != "US" && country_code != "CA" && country_code != "AU") return false;
  if (state.size() < 2 || state.size() > 3) return false;
  for (const char letter : state) {
    if (letter < 'A' || letter > 'Z') return false;
  }
  return true;
}

void WriteAddress(JsonWriter& json, const Address& address, int64_t customer_id,
                  bool with_form_fields) {
  json.BeginObject();
  json.Member("id", address.id)
      .Member("address1", address.line1)
      .Member("address2", address.line2)
      .Member("address_type", address.commercial ? "commercial" : "residential")
      .Member("city", address.city)
      .Member("company", address.company)
      .Member("country", CountryName(address))
      .Member("country_code", address.country_code)
      .Member("customer_id", customer_id)
      .Member("first_name", address.first_name)
      .Member("last_name", address.last_name)
      .Member("phone", address.phone)
      .Member("postal_code", address.postal_code)
      .Member("state_or_province", address.state);
  if (with_form_fields) {
    json.Key("form_fields").BeginArray();
    for (const FormField& field : address.form_fields) {
      WriteFormField(json, "address_id", address.id, field);
    }
    json.EndArray();
  }
  json.EndObject();
}

void AddressInput::ApplyTo(Address& address) const {
  const auto set = [](const std::optional<std::string>& from, std::string& to) {
    if (from) to = *from;
  };
  set(first_name, address.first_name);
  set(last_name, address.last_name);
  set(company, address.company);
  set(phone, address.phone);
  set(address1, address.line1);
  set(address2, address.line2);
  set(city, address.city);
  set(postal_code, address.postal_code);
  // What another dialect knows besides the name belongs to the former value.
  if (state_or_province && *state_or_province != address.state) {
    address.state = *state_or_province;
    address.state_code.clear();
  }
  if (country_code && *country_code != address.country_code) {
    address.country_code = *country_code;
    address.country.clear();
  }
  if (commercial) address.commercial = *commercial;
  if (form_fields) MergeFormFields(*form_fields, address.form_fields);
}

Result<AddressInput> ReadAddress(const boost::json::object& object, const std::string& path,
                                 AddressUse use, const Choices& choices) {
  const FieldReader reader(object, path);
  AddressInput input;
  constexpr int64_t kMaxId = INT64_MAX;
  if (use == AddressUse::kUpdate) {
    // Captures name a missing id without the index of its item.
    OUBLI_TRY(FieldReader(object, "").Require("id"));
    OUBLI_TRY(reader.Integer("id", INT64_MIN, kMaxId, input.id));
  } else if (use == AddressUse::kCreate) {
    OUBLI_TRY(reader.Require("customer_id"));
    OUBLI_TRY(reader.Integer("customer_id", INT64_MIN, kMaxId, input.customer_id));
  }
  for (const AddressTextField& field : kAddressTextFields) {
    const bool required = use == AddressUse::kCreate   ? field.required_to_create
                          : use == AddressUse::kNested ? field.required_nested
                                                       : false;
    if (required) OUBLI_TRY(reader.Require(field.name));
    OUBLI_TRY(reader.Text(field.name, field.length, input.*field.member));
  }
  OUBLI_TRY(ReadCountry(reader, use, input));
  OUBLI_TRY(ReadType(reader, input));
  OUBLI_TRY(ReadFormFields(reader, input.form_fields));
  if (choices.refuse_state_codes && input.state_or_province && input.country_code &&
      IsStateCode(*input.country_code, *input.state_or_province)) {
    return reader.Fault("state_or_province", "must be the full name");
  }
  return input;
}

bool HasStateCode(const Address& address) {
  return IsStateCode(address.country_code, address.state);
}

bool SameAddress(const Address& a, const Address& b) {
  return a.first_name == b.first_name && a.last_name == b.last_name && a.company == b.company &&
         a.phone == b.phone && a.commercial == b.commercial && a.line1 == b.line1 &&
         a.line2 == b.line2 && a.city == b.city && a.country_code == b.country_code &&
         a.state == b.state && a.postal_code == b.postal_code;
}

}  // namespace oubli::dialects::bigcommerce
