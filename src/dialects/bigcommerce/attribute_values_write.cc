// PUT and DELETE /v3/customers/attribute-values (contract 4.2).
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/json_writer.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/records.h"
#include "dialects/bigcommerce/attribute_json.h"
#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/ids_to_delete.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::AttributeValue;
using customers::OwnerKind;
using customers::RecordKind;
using customers::StoreTransaction;

struct AttributeValueInput {
  std::optional<int64_t> id, attribute_id, customer_id;
  std::optional<std::string> value;
};

struct WrittenAttributeValue {
  int64_t customer_id = 0;
  AttributeValue value;
};

Result<AttributeValueInput> ReadAttributeValue(const boost::json::object& object,
                                               const std::string& path) {
  const FieldReader reader(object, path);
  AttributeValueInput input;
  for (const std::string_view name : {"attribute_id", "value", "customer_id"}) {
    OUBLI_TRY(reader.Require(name));
  }
  OUBLI_TRY(reader.Integer("attribute_id", INT64_MIN, INT64_MAX, input.attribute_id));
  OUBLI_TRY(reader.Text("value", {0, 255}, input.value));
  OUBLI_TRY(reader.Integer("customer_id", INT64_MIN, INT64_MAX, input.customer_id));
  OUBLI_TRY(reader.Integer("id", INT64_MIN, INT64_MAX, input.id));
  return input;
}

// Customer and attribute together name a value; an `id` beside them must be that value's.
Result<WrittenAttributeValue> WriteOne(StoreTransaction& transaction,
                                       const AttributeValueInput& input, const Choices& choices) {
  OUBLI_TRY_ASSIGN(const auto owner,
                   customers::FindHead(transaction, OwnerKind::kCustomer, *input.customer_id));
  if (!owner) return Fail(ErrorKind::kInvalid, choices.unknown_customer, "customer_id");
  OUBLI_TRY_ASSIGN(const auto definition,
                   customers::FindAttributeDefinition(transaction, *input.attribute_id));
  if (!definition) return Fail(ErrorKind::kInvalid, choices.unknown_attribute, "attribute_id");
  if (input.id) {
    OUBLI_TRY_ASSIGN(const auto stored,
                     customers::FindAttributeValue(transaction, *owner, *input.id));
    if (!stored || stored->attribute_id != *input.attribute_id) {
      return Fail(ErrorKind::kInvalid, choices.unknown_attribute_value, "id");
    }
  }
  AttributeValue value;
  value.attribute_id = *input.attribute_id;
  value.value = *input.value;
  OUBLI_TRY_ASSIGN(value, customers::PutAttributeValue(transaction, *owner, std::move(value)));
  return WrittenAttributeValue{owner->id, std::move(value)};
}

Result<std::vector<WrittenAttributeValue>> WriteAll(StoreTransaction& transaction,
                                                    const std::vector<AttributeValueInput>& inputs,
                                                    const Choices& choices) {
  std::vector<WrittenAttributeValue> all;
  for (size_t i = 0; i < inputs.size(); ++i) {
    auto one = WriteOne(transaction, inputs[i], choices);
    if (!one && !one.error().field.empty()) {
      one.error().field = fmt::format("{}.{}", i, one.error().field);
    }
    if (!one) return Fail(one.error());
    all.push_back(std::move(*one));
  }
  return all;
}

http::Response AnswerOf(const std::vector<WrittenAttributeValue>& all) {
  return DataAnswer(all, [](JsonWriter& json, const WrittenAttributeValue& one) {
    WriteAttributeValue(json, one.value, one.customer_id);
  });
}

// Unknown ids are passed over.
Status RemoveAttributeValues(StoreTransaction& transaction, const std::vector<int64_t>& ids) {
  for (const int64_t id : ids) {
    OUBLI_TRY_ASSIGN(const auto owner,
                     customers::FindRecordOwner(transaction, RecordKind::kAttributeValue, id));
    if (!owner || owner->kind != OwnerKind::kCustomer) continue;
    OUBLI_TRY(customers::DeleteRecord(transaction, *owner, RecordKind::kAttributeValue, id));
  }
  return {};
}

}  // namespace

void PutAttributeValues(Call& call) {
  const Choices& choices = call.choices;
  const std::string_view title = choices.update_attribute_values_failed;
  const auto body = ReadArrayBody(call.request, choices, choices.max_attribute_values_a_call,
                                  choices.too_many_attribute_values);
  if (!body) return call.answer(body.error());
  auto inputs = ReadItems(body->get_array(), choices, ReadAttributeValue);
  if (!inputs) return call.answer.Fail(inputs.error(), title);
  call.store->Write(
      [inputs = std::move(*inputs), &choices](StoreTransaction& transaction) {
        return WriteAll(transaction, inputs, choices);
      },
      [title, answer = call.answer](Result<std::vector<WrittenAttributeValue>> all) {
        if (all) return answer(AnswerOf(*all));
        answer.Fail(all.error(), title);
      });
}

void DeleteAttributeValues(Call& call) {
  auto ids = ReadIdsToDelete(call.request, call.choices);
  if (!ids) return call.answer.Fail(ids.error(), "");
  if (ids->empty()) return call.answer(NoContent());
  call.store->Write(
      [ids = std::move(*ids)](StoreTransaction& transaction) {
        return RemoveAttributeValues(transaction, ids);
      },
      [answer = call.answer](Status outcome) {
        if (outcome) return answer(NoContent());
        answer.Fail(outcome.error(), "");
      });
}

}  // namespace oubli::dialects::bigcommerce
