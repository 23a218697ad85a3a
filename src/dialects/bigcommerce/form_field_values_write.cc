// PUT /v3/customers/form-field-values (contract 5.6).
#include <fmt/core.h>

#include <utility>

#include "base/json_writer.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/customer_json.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::FormField;
using customers::OwnerKind;
using customers::RecordKind;
using customers::StoreTransaction;

// A value and whose it is: a customer's or an address's.
struct FormFieldInput {
  std::optional<int64_t> customer_id, address_id;
  FormField field;
};

Result<FormFieldInput> ReadFormFieldInput(const boost::json::object& object,
                                          const std::string& path) {
  const FieldReader reader(object, path);
  FormFieldInput input;
  OUBLI_TRY_ASSIGN(input.field, ReadFormField(object, path));
  OUBLI_TRY(reader.Integer("customer_id", INT64_MIN, INT64_MAX, input.customer_id));
  OUBLI_TRY(reader.Integer("address_id", INT64_MIN, INT64_MAX, input.address_id));
  if (!input.customer_id && !input.address_id) return reader.Fault("customer_id", kMissing);
  if (input.customer_id && input.address_id) {
    return reader.Fault("address_id", "cannot stand beside customer_id");
  }
  return input;
}

Status Merge(const FormField& change, std::vector<FormField>& into, const Choices& choices) {
  MergeFormFields({change}, into);
  if (into.size() <= choices.max_form_fields) return {};
  return Fail(ErrorKind::kInvalid, choices.too_many_form_fields, "name");
}

Status WriteOfCustomer(StoreTransaction& transaction, const FormFieldInput& input,
                       const Choices& choices) {
  OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(transaction, *input.customer_id));
  if (!customer) return Fail(ErrorKind::kInvalid, choices.unknown_customer, "customer_id");
  OUBLI_TRY(Merge(input.field, customer->profile.form_fields, choices));
  OUBLI_TRY(customers::UpdateCustomer(transaction, std::move(*customer)));
  return {};
}

Status WriteOfAddress(StoreTransaction& transaction, const FormFieldInput& input,
                      const Choices& choices) {
  OUBLI_TRY_ASSIGN(const auto owner, customers::FindRecordOwner(transaction, RecordKind::kAddress,
                                                                *input.address_id));
  std::optional<customers::Address> address;
  if (owner && owner->kind == OwnerKind::kCustomer) {
    OUBLI_TRY_ASSIGN(address, customers::FindAddress(transaction, *owner, *input.address_id));
  }
  if (!address) return Fail(ErrorKind::kInvalid, choices.unknown_address, "address_id");
  OUBLI_TRY(Merge(input.field, address->form_fields, choices));
  OUBLI_TRY(customers::PutAddress(transaction, *owner, std::move(*address)));
  return {};
}

Status WriteAll(StoreTransaction& transaction, const std::vector<FormFieldInput>& inputs,
                const Choices& choices) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    Status one = inputs[i].customer_id ? WriteOfCustomer(transaction, inputs[i], choices)
                                       : WriteOfAddress(transaction, inputs[i], choices);
    if (!one && !one.error().field.empty()) {
      one.error().field = fmt::format("{}.{}", i, one.error().field);
    }
    OUBLI_TRY(one);
  }
  return {};
}

http::Response AnswerOf(const std::vector<FormFieldInput>& inputs) {
  return DataAnswer(inputs, [](JsonWriter& json, const FormFieldInput& one) {
    if (one.customer_id) {
      WriteFormField(json, "customer_id", *one.customer_id, one.field);
    } else {
      WriteFormField(json, "address_id", *one.address_id, one.field);
    }
  });
}

}  // namespace

void PutFormFieldValues(Call& call) {
  const Choices& choices = call.choices;
  const std::string_view title = choices.update_form_field_values_failed;
  const auto body = ReadArrayBody(call.request, choices, choices.max_form_field_values_a_call,
                                  choices.too_many_form_field_values);
  if (!body) return call.answer(body.error());
  auto read = ReadItems(body->get_array(), choices, ReadFormFieldInput);
  if (!read) return call.answer.Fail(read.error(), title);
  auto inputs = std::make_shared<const std::vector<FormFieldInput>>(std::move(*read));
  call.store->Write(
      [inputs, &choices](StoreTransaction& transaction) {
        return WriteAll(transaction, *inputs, choices);
      },
      [inputs, title, answer = call.answer](Status outcome) {
        if (outcome) return answer(AnswerOf(*inputs));
        answer.Fail(outcome.error(), title);
      });
}

}  // namespace oubli::dialects::bigcommerce
