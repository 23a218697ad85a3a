// GET, POST, PUT and DELETE /v3/customers/attributes: the definitions (contract 4.1).
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_writer.h"
#include "customers/attribute_definitions.h"
#include "dialects/bigcommerce/attribute_json.h"
#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/filters.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/ids_to_delete.h"
#include "dialects/bigcommerce/pagination.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::AttributeDefinition;
using customers::StoreTransaction;

constexpr std::array<std::string_view, 11> kAttributeParameters = {"page",
                                                                   "limit",
                                                                   "name",
                                                                   "name:like",
                                                                   "type",
                                                                   "date_created",
                                                                   "date_modified",
                                                                   "date_created:min",
                                                                   "date_created:max",
                                                                   "date_modified:min",
                                                                   "date_modified:max"};
constexpr std::array<std::string_view, 3> kAttributeTypes = {"string", "number", "date"};
constexpr TextLength kNameLength = {1, 255};

bool IsType(std::string_view type) {
  return std::ranges::find(kAttributeTypes, type) != kAttributeTypes.end();
}

// ---- GET ----

struct AttributeFilter {
  std::optional<std::string> name;  // compared form
  std::optional<TextList> names_like;
  std::optional<std::string_view> type;
  SecondsRange created, modified;

  bool Matches(const AttributeDefinition& one, const Choices& choices) const {
    if (name && ComparedText(one.name, choices) != *name) return false;
    if (names_like && !names_like->HasPartOf(one.name, choices)) return false;
    if (type && one.type != *type) return false;
    return created.Has(SecondOf(one.created_at)) && modified.Has(SecondOf(one.modified_at));
  }
};

Result<AttributeFilter> ReadAttributeFilter(const Query& query, const Choices& choices) {
  AttributeFilter filter;
  OUBLI_TRY_ASSIGN(const auto name, query.Single("name"));
  if (name) filter.name = ComparedText(*name, choices);
  OUBLI_TRY_ASSIGN(filter.names_like, TextList::Read(query, "name:like", choices));
  OUBLI_TRY_ASSIGN(filter.type, query.Single("type"));
  if (filter.type && !IsType(*filter.type)) {
    return Fail(ErrorKind::kInvalid, "must be string, number or date", "type");
  }
  OUBLI_TRY_ASSIGN(filter.created, ReadDates(query, "date_created", choices, DateForm::kOrUnix));
  OUBLI_TRY_ASSIGN(filter.modified, ReadDates(query, "date_modified", choices, DateForm::kOrUnix));
  return filter;
}

Result<std::string> PageOfAttributes(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(call.request.query));
  OUBLI_TRY(query.CheckNames(kAttributeParameters));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, false));
  OUBLI_TRY_ASSIGN(const AttributeFilter filter, ReadAttributeFilter(query, call.choices));

  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(const auto all, customers::ListAttributeDefinitions(*reader));
  PageOutcome outcome;
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data").BeginArray();
  for (const AttributeDefinition& one : all) {
    if (!filter.Matches(one, call.choices)) continue;
    const int64_t index = outcome.total++;
    if (index < page.offset() || outcome.count == page.limit) continue;
    WriteAttribute(json, one);
    ++outcome.count;
  }
  json.EndArray();
  WriteMeta(json, query, call.choices, page, outcome);
  json.EndObject();
  return body;
}

// ---- POST and PUT ----

enum class Use { kCreate, kUpdate };

struct AttributeInput {
  std::optional<int64_t> id;  // PUT
  std::optional<std::string> name, type;
};

Result<AttributeInput> ReadAttribute(const boost::json::object& object, const std::string& path,
                                     Use use) {
  const FieldReader reader(object, path);
  AttributeInput input;
  if (use == Use::kUpdate) {
    // As for customers: a missing id is named without the index of its item.
    OUBLI_TRY(FieldReader(object, "").Require("id"));
    OUBLI_TRY(reader.Integer("id", INT64_MIN, INT64_MAX, input.id));
  }
  OUBLI_TRY(reader.Require("name"));
  OUBLI_TRY(reader.Text("name", kNameLength, input.name));
  if (use == Use::kCreate) OUBLI_TRY(reader.Require("type"));
  OUBLI_TRY(reader.Text("type", {}, input.type));
  if (input.type && !IsType(*input.type)) {
    return reader.Fault("type", "must be string, number or date");
  }
  return input;
}

Result<std::vector<AttributeInput>> ReadAll(const boost::json::array& items, Use use,
                                            const Choices& choices) {
  return ReadItems(items, choices, [use](const auto& object, const std::string& path) {
    return ReadAttribute(object, path, use);
  });
}

Result<AttributeDefinition> UpdateOne(StoreTransaction& transaction, const AttributeInput& input,
                                      const Choices& choices) {
  OUBLI_TRY_ASSIGN(const auto stored, customers::FindAttributeDefinition(transaction, *input.id));
  if (!stored) return Fail(ErrorKind::kInvalid, choices.unknown_attribute, "id");
  if (input.type && *input.type != stored->type) {
    return Fail(ErrorKind::kInvalid, "cannot be changed", "type");
  }
  return customers::RenameAttributeDefinition(transaction, *input.id, *input.name);
}

Result<std::vector<AttributeDefinition>> WriteAll(StoreTransaction& transaction,
                                                  const std::vector<AttributeInput>& inputs,
                                                  Use use, const Choices& choices) {
  if (use == Use::kCreate) {
    OUBLI_TRY_ASSIGN(const auto present, customers::ListAttributeDefinitions(transaction));
    if (present.size() + inputs.size() > choices.max_attributes_a_store) {
      return Fail(ErrorKind::kInvalid, choices.too_many_attributes_a_store);
    }
  }
  std::vector<AttributeDefinition> written;
  for (size_t i = 0; i < inputs.size(); ++i) {
    auto one = use == Use::kCreate ? customers::CreateAttributeDefinition(
                                         transaction, *inputs[i].name, *inputs[i].type)
                                   : UpdateOne(transaction, inputs[i], choices);
    if (!one && !one.error().field.empty()) {
      one.error().field = fmt::format("{}.{}", i, one.error().field);
    }
    if (!one) return Fail(one.error());
    written.push_back(std::move(*one));
  }
  return written;
}

http::Response AnswerOf(const std::vector<AttributeDefinition>& written) {
  return DataAnswer(written, WriteAttribute);
}

void Write(Call& call, Use use) {
  const Choices& choices = call.choices;
  const std::string_view title =
      use == Use::kCreate ? choices.create_attributes_failed : choices.update_attributes_failed;
  const auto body = ReadArrayBody(call.request, choices, choices.max_attributes_a_call,
                                  choices.too_many_attributes);
  if (!body) return call.answer(body.error());
  auto inputs = ReadAll(body->get_array(), use, choices);
  if (!inputs) return call.answer.Fail(inputs.error(), title);
  call.store->Write(
      [inputs = std::move(*inputs), use, &choices](StoreTransaction& transaction) {
        return WriteAll(transaction, inputs, use, choices);
      },
      [title, answer = call.answer](Result<std::vector<AttributeDefinition>> written) {
        if (written) return answer(AnswerOf(*written));
        answer.Fail(written.error(), title);
      });
}

}  // namespace

void ListAttributes(Call& call) { AnswerList(call, PageOfAttributes(call)); }

void CreateAttributes(Call& call) { Write(call, Use::kCreate); }
void UpdateAttributes(Call& call) { Write(call, Use::kUpdate); }

void DeleteAttributes(Call& call) {
  const auto ids = ReadIdsToDelete(call.request, call.choices);
  if (!ids) return call.answer.Fail(ids.error(), "");
  if (ids->empty()) return call.answer(NoContent());
  const Status removed = customers::RemoveAttributeDefinitions(*call.store, *ids);
  if (!removed) return call.answer.Fail(removed.error(), "");
  call.answer(NoContent());
}

}  // namespace oubli::dialects::bigcommerce
