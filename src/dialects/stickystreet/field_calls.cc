// manage_fields and transaction_fields (contract, 3.4 and 5).
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "customers/field_definitions.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::FieldDefinition;
using customers::StoreTransaction;

constexpr std::string_view kTypes[] = {"Text", "Date", "Pick", "List", "Number", "Money"};
constexpr std::string_view kPrefix = "custom_field_";
constexpr int64_t kLastNumber = 99;

Node FieldsNode(const std::vector<FieldDefinition>& fields) {
  Node list = Node::List("field");
  for (const FieldDefinition& field : fields) {
    Node choices = Node::List("choice");
    for (const std::string& choice : field.choices) choices.Append(Node::Text(choice));
    Node node;
    node.Add("name", std::string(kPrefix) + std::to_string(field.number));
    node.Add("label", field.label).Add("type", field.type).Add("show", field.shown ? "Y" : "N");
    node.Add("choices", std::move(choices)).Add("permission", "all");
    list.Append(std::move(node));
  }
  return list;
}

Result<Node> ReadFieldList(const Call& call) {
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  OUBLI_TRY_ASSIGN(const auto fields, customers::ListFieldDefinitions(*reader));
  return FieldsNode(fields);
}

// What was sent of a definition; nothing stays as it is.
struct FieldChange {
  bool add = false;
  bool remove = false;
  int64_t number = 0;  // 0: the next one that is free
  std::optional<std::string> label, type, choices;
  std::optional<bool> shown;
};

Result<int64_t> ReadFieldNumber(std::string_view name) {
  if (!name.starts_with(kPrefix)) return Refuse(kOptionNotAllowed);
  const std::string_view digits = name.substr(kPrefix.size());
  if (!IsDigits(digits) || digits[0] == '0') return Refuse(kOptionNotAllowed);
  return ReadWhole(digits, 1, kLastNumber, 0);
}

Result<FieldChange> ReadFieldChange(const Fields& fields) {
  FieldChange change;
  const std::string_view action = fields.Get("action");
  change.add = action == "add";
  change.remove = action == "delete";
  if (!change.add && !change.remove && action != "update") return Refuse(kActionUndefined);
  const std::string_view name = fields.Get("name");
  if (!name.empty() || !change.add) {
    OUBLI_TRY_ASSIGN(change.number, ReadFieldNumber(name));
  }
  for (auto [field, text] :
       {std::pair("label", &change.label), std::pair("field_type", &change.type),
        std::pair("choices", &change.choices)}) {
    if (fields.Find(field) != nullptr) *text = fields.Get(field);
  }
  if (fields.Find("show") != nullptr) change.shown = fields.IsYes("show");
  const std::string type = change.type.value_or("Text");
  if (std::ranges::find(kTypes, type) == std::end(kTypes)) return Refuse(kOptionNotAllowed);
  return change;
}

Status ApplyToField(const FieldChange& change, FieldDefinition& field) {
  if (change.label) field.label = *change.label;
  if (change.type) field.type = *change.type;
  if (change.shown) field.shown = *change.shown;
  if (change.choices) {
    field.choices.clear();
    for (const std::string_view choice : Split(*change.choices, ',')) {
      if (!Trim(choice).empty()) field.choices.emplace_back(Trim(choice));
    }
  }
  if (field.label.empty()) field.label = std::string(kPrefix) + std::to_string(field.number);
  const bool chosen = field.type == "Pick" || field.type == "List";
  if (!chosen) field.choices.clear();
  return chosen && field.choices.empty() ? Status(Refuse(kOptionNotAllowed)) : Status();
}

Status Manage(StoreTransaction& transaction, const FieldChange& change) {
  OUBLI_TRY_ASSIGN(const auto fields, customers::ListFieldDefinitions(transaction));
  FieldDefinition field;
  field.number = change.number;
  const auto stored = std::ranges::find(fields, field.number, &FieldDefinition::number);
  if (change.add) {
    if (stored != fields.end()) return Refuse(kNotUnique);
    if (field.number == 0) {
      field.number = 1;
      for (const FieldDefinition& other : fields) field.number += other.number == field.number;
      if (field.number > kLastNumber) return Refuse(kTooManyOfThem);
    }
  } else {
    if (stored == fields.end()) return Refuse(kOptionNotAllowed);
    if (change.remove) {
      OUBLI_TRY(customers::DeleteFieldDefinition(transaction, field.number));
      return {};
    }
    field = *stored;
  }
  OUBLI_TRY(ApplyToField(change, field));
  return customers::PutFieldDefinition(transaction, field);
}

Result<Node> ListOfAccount(const Call& call) {
  OUBLI_TRY_ASSIGN(Node fields, ReadFieldList(call));
  return Success().Add("account", Node().Add("fields", std::move(fields)));
}

Result<Node> ListOfTransactions(const Call& call) {
  OUBLI_TRY_ASSIGN(Node fields, ReadFieldList(call));
  return Success().Add("fields", std::move(fields));
}

}  // namespace

void ManageFields(const Call& call) {
  if (call.fields.Get("action") == "list") return call.reply(ListOfAccount(call));
  const auto change = ReadFieldChange(call.fields);
  if (!change) return call.reply(Fail(change.error()));
  call.store.Write(
      [change = *change](StoreTransaction& transaction) -> Result<Node> {
        OUBLI_TRY(Manage(transaction, change));
        OUBLI_TRY_ASSIGN(const auto fields, customers::ListFieldDefinitions(transaction));
        return Success().Add("account", Node().Add("fields", FieldsNode(fields)));
      },
      [reply = call.reply](const Result<Node>& outcome) { reply(outcome); });
}

void TransactionFields(const Call& call) { call.reply(ListOfTransactions(call)); }

}  // namespace oubli::dialects::stickystreet
