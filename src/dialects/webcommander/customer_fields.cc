// GET /create-customer-fields: what a form has to ask for to make a customer, as the system's older
// client reads it: names, and beside them five members a field.

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/json_writer.h"
#include "dialects/webcommander/handlers.h"

namespace oubli::dialects::webcommander {
namespace {

struct FormField {
  std::string_view name;
  std::string_view label;
  bool required = false;
};

// What POST /admin/customers keeps, in the order of a form.
constexpr std::array<FormField, 9> kFormFields = {{
    {"first_name", "First Name", true},
    {"last_name", "Last Name"},
    {"email", "Email"},
    {"password", "Password"},
    {"gender", "Gender"},
    {"company", "Company"},
    {"company_name", "Company Name"},
    {"abn", "ABN"},
    {"abn_branch", "ABN Branch"},
}};

}  // namespace

void ShowCustomerFields(const Call& call) {
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Key("fields").BeginArray();
  for (const FormField& field : kFormFields) writer.String(field.name);
  writer.EndArray().Key("fields_configs").BeginObject();
  int order = 0;
  for (const FormField& field : kFormFields) {
    const std::string name(field.name);
    writer.Member(name + "_order", std::to_string(++order))
        .Member(name + "_key", field.name)
        .Member(name + "_label", field.label)
        .Member(name + "_active", true)
        .Member(name + "_required", field.required);
  }
  writer.EndObject().EndObject();
  call.answer(JsonResponse(200, std::move(body)));
}

}  // namespace oubli::dialects::webcommander
