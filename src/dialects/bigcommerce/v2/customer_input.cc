#include "dialects/bigcommerce/v2/customer_input.h"

#include <fmt/core.h>

#include <array>
#include <string_view>

#include "dialects/bigcommerce/v2/body.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 6> kReadOnlyOfCustomers = {
    "id", "date_created", "date_modified", "accepts_marketing", "addresses", "form_fields"};
constexpr TextLength kEmailLength = {3, 250};
constexpr TextLength kIpAddressLength = {0, 30};

constexpr std::array<TextField<CustomerInput>, 7> kCustomerTextFields = {{
    {"first_name", &CustomerInput::first_name, {1, 100}, true},
    {"last_name", &CustomerInput::last_name, {1, 100}, true},
    {"email", &CustomerInput::email, kEmailLength, true},
    {"company", &CustomerInput::company, {0, 255}, false},
    {"phone", &CustomerInput::phone, {0, 50}, false},
    {"notes", &CustomerInput::notes, {}, false},
    {"tax_exempt_category", &CustomerInput::tax_exempt_category, {0, 255}, false},
}};

Status ReadAuthentication(const Fields& fields, const Choices& choices, CustomerInput& input) {
  OUBLI_TRY_ASSIGN(const json::object* object, fields.Object("_authentication"));
  if (object == nullptr) return {};
  const Fields inner(*object);
  std::optional<std::string> confirmation;
  OUBLI_TRY(inner.Text("password", {}, input.new_password));
  OUBLI_TRY(inner.Text("password_confirmation", {}, confirmation));
  OUBLI_TRY(inner.Boolean("force_reset", input.force_password_reset));
  if (input.new_password && !IsGoodPassword(*input.new_password, choices)) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("must have {} to {} characters, letters and digits among them",
                            choices.min_password, choices.max_password),
                "password");
  }
  if (confirmation && confirmation != input.new_password) {
    return Fail(ErrorKind::kInvalid, "is not the password", "password_confirmation");
  }
  return {};
}

bool SaysSomething(const CustomerBody& body) {
  const CustomerInput& fields = body.fields;
  for (const TextField<CustomerInput>& field : kCustomerTextFields) {
    if (fields.*field.member) return true;
  }
  return fields.customer_group_id || fields.store_credit || fields.force_password_reset ||
         fields.new_password || body.registration_ip_address;
}

}  // namespace

void CustomerBody::ApplyTo(customers::Customer& customer) const {
  fields.ApplyTo(customer);
  if (registration_ip_address) customer.profile.registration_ip_address = *registration_ip_address;
}

Result<CustomerBody> ReadCustomerBody(const json::object& object, CustomerUse use,
                                      const Choices& choices) {
  const Fields fields(object);
  OUBLI_TRY(fields.Refuse(kReadOnlyOfCustomers));
  CustomerBody body;
  for (const TextField<CustomerInput>& field : kCustomerTextFields) {
    if (use == CustomerUse::kCreate && field.required_to_create) {
      OUBLI_TRY(fields.Require(field.name));
    }
    OUBLI_TRY(fields.Text(field.name, field.length, body.fields.*field.member));
  }
  if (body.fields.email && choices.check_email_form && !LooksLikeEmail(*body.fields.email)) {
    return Fail(ErrorKind::kInvalid, "is not an e-mail address", "email");
  }
  OUBLI_TRY(fields.Text("registration_ip_address", kIpAddressLength, body.registration_ip_address));
  OUBLI_TRY(fields.Integer("customer_group_id", 0, INT32_MAX, body.fields.customer_group_id));
  OUBLI_TRY(fields.Money("store_credit", body.fields.store_credit));
  OUBLI_TRY(fields.Boolean("reset_pass_on_login", body.fields.force_password_reset));
  OUBLI_TRY(ReadAuthentication(fields, choices, body.fields));
  body.says_something = SaysSomething(body);
  return body;
}

}  // namespace oubli::dialects::bigcommerce::v2
