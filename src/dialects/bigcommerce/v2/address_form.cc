#include "dialects/bigcommerce/v2/address_form.h"

#include <array>
#include <string_view>

#include "base/countries.h"
#include "base/text.h"
#include "dialects/bigcommerce/v2/body.h"
#include "dialects/bigcommerce/v2/customer_json.h"
#include "dialects/bigcommerce/v2/reply.h"
#include "dialects/bigcommerce/v2/value.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

constexpr std::array<std::string_view, 3> kReadOnlyOfAddresses = {"id", "country_iso2",
                                                                  "form_fields"};

constexpr std::array<TextField<AddressInput>, 9> kAddressTextFields = {{
    {"first_name", &AddressInput::first_name, {1, 255}, true},
    {"last_name", &AddressInput::last_name, {1, 255}, true},
    {"phone", &AddressInput::phone, {0, 50}, true},
    {"street_1", &AddressInput::address1, {1, SIZE_MAX}, true},
    {"city", &AddressInput::city, {1, 100}, true},
    {"state", &AddressInput::state_or_province, {0, 100}, true},
    {"zip", &AddressInput::postal_code, {0, 30}, true},
    {"company", &AddressInput::company, {0, 255}, false},
    {"street_2", &AddressInput::address2, {}, false},
}};

Status ReadCountry(const Fields& fields, bool create, AddressInput& input) {
  if (create) OUBLI_TRY(fields.Require("country"));
  std::optional<std::string> name;
  OUBLI_TRY(fields.Text("country", {}, name));
  if (!name) return {};
  const Country* country = FindCountryByName(Trim(*name));
  if (country == nullptr) return Fail(ErrorKind::kInvalid, "is not a country's name", "country");
  input.country_code.emplace(country->alpha2);
  return {};
}

Status ReadType(const Fields& fields, AddressInput& input) {
  std::optional<std::string> type;
  OUBLI_TRY(fields.Text("address_type", {}, type));
  if (!type) return {};
  if (*type != "residential" && *type != "commercial") {
    return Fail(ErrorKind::kInvalid, "is neither residential nor commercial", "address_type");
  }
  input.commercial = *type == "commercial";
  return {};
}

// A body may repeat the customer that the path names, and no other.
Status CheckCustomer(const Fields& fields, int64_t customer_id) {
  std::optional<int64_t> id;
  OUBLI_TRY(fields.Integer("customer_id", INT64_MIN, INT64_MAX, id));
  if (!id || *id == customer_id) return {};
  return Fail(ErrorKind::kInvalid, "is not the customer of the path", "customer_id");
}

}  // namespace

boost::json::object AddressObject(const customers::Address& address, int64_t customer_id) {
  const Country* country = FindCountryByAlpha2(address.country_code);
  boost::json::object object;
  object["id"] = address.id;
  object["customer_id"] = customer_id;
  PutText(object, "first_name", address.first_name);
  PutText(object, "last_name", address.last_name);
  PutText(object, "company", address.company);
  PutText(object, "street_1", address.line1);
  PutText(object, "street_2", address.line2);
  PutText(object, "city", address.city);
  PutText(object, "state", address.state);
  PutText(object, "zip", address.postal_code);
  PutText(object, "country",
          country == nullptr ? std::string_view(address.country) : country->name);
  PutText(object, "country_iso2", address.country_code);
  PutText(object, "phone", address.phone);
  PutText(object, "address_type", address.commercial ? "commercial" : "residential");
  object["form_fields"] = FormFieldsValue(address.form_fields);
  return object;
}

Result<AddressInput> ReadAddressBody(const boost::json::object& object, int64_t customer_id,
                                     bool create, const Choices& choices) {
  const Fields fields(object);
  OUBLI_TRY(fields.Refuse(kReadOnlyOfAddresses));
  OUBLI_TRY(CheckCustomer(fields, customer_id));
  AddressInput input;
  for (const TextField<AddressInput>& field : kAddressTextFields) {
    if (create && field.required_to_create) OUBLI_TRY(fields.Require(field.name));
    OUBLI_TRY(fields.Text(field.name, field.length, input.*field.member));
  }
  if (fields.IsNull("state")) return Fail(ErrorKind::kInvalid, "is null", "state");
  OUBLI_TRY(ReadCountry(fields, create, input));
  OUBLI_TRY(ReadType(fields, input));
  // A blank is what the original's callers send where there is no state.
  if (input.state_or_province) input.state_or_province = Trim(*input.state_or_province);
  if (choices.refuse_state_codes && input.state_or_province && input.country_code &&
      IsStateCode(*input.country_code, *input.state_or_province)) {
    return Fail(ErrorKind::kInvalid, "is not the full name of a state", "state");
  }
  return input;
}

}  // namespace oubli::dialects::bigcommerce::v2
