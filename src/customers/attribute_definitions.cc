#include "customers/attribute_definitions.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/log.h"
#include "customers/codec.h"
#include "customers/heads.h"
#include "customers/records.h"

namespace oubli::customers {
namespace {

// So many deletes hold up other writers for no longer than a large group of theirs does.
constexpr size_t kMaxDeletes = 200;
// So many values are looked at before the snapshot is given back.
constexpr size_t kMaxLooks = 5000;

Status CheckName(StoreTransaction& transaction, std::string_view name, int64_t own_id) {
  OUBLI_TRY_ASSIGN(const auto found, FindAttributeDefinition(transaction, name));
  if (!found || found->id == own_id) return {};
  return Fail(ErrorKind::kConflict, "already in use", "name");
}

Status NoteRemovals(StoreTransaction& transaction, const std::vector<int64_t>& ids) {
  for (const int64_t id : ids) {
    OUBLI_TRY_ASSIGN(const auto definition, FindAttributeDefinition(transaction, id));
    if (!definition) continue;
    OUBLI_TRY_ASSIGN(auto note, transaction.connection().Prepare(
                                    "INSERT INTO attribute_removal (attribute_id) VALUES ($1)"));
    note->Bind(1, id);
    OUBLI_TRY(note->Step());
    OUBLI_TRY_ASSIGN(auto erase, transaction.connection().Prepare(
                                     "DELETE FROM attribute_definition WHERE id = $1"));
    erase->Bind(1, id);
    OUBLI_TRY(erase->Step());
  }
  return {};
}

Status ForgetRemovals(StoreTransaction& transaction, const std::vector<int64_t>& ids) {
  OUBLI_TRY_ASSIGN(auto erase, transaction.connection().Prepare(
                                   "DELETE FROM attribute_removal WHERE attribute_id = $1"));
  for (const int64_t id : ids) {
    erase->Reset();
    erase->Bind(1, id);
    OUBLI_TRY(erase->Step());
  }
  return {};
}

// Ascending.
Result<std::vector<int64_t>> ReadRemovals(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare(
                       "SELECT attribute_id FROM attribute_removal ORDER BY attribute_id"));
  std::vector<int64_t> ids;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return ids;
    ids.push_back(select->Int(0));
  }
}

struct ValueRow {
  Head owner;
  int64_t id = 0;
};

// The values that have to go among the next ones behind `after`.
struct FoundValues {
  std::vector<ValueRow> values;
  int64_t last = 0;  // looked at
  bool complete = true;
};

// Whether it is a value of one of the attributes. One that does not open cannot be told, and must
// not keep the others from going: `oubli doctor` names it.
Result<bool> IsValueOf(StoreView& view, const ValueRow& row,
                       const std::vector<int64_t>& attribute_ids) {
  const auto value = FindAttributeValue(view, row.owner, row.id);
  if (value) return *value && std::ranges::binary_search(attribute_ids, (*value)->attribute_id);
  if (value.error().kind == ErrorKind::kNotFound) return false;  // erased since the view began
  if (value.error().kind != ErrorKind::kCorrupt) return Fail(value.error());
  Log(LogLevel::kError, "an attribute value does not open", {{"customer", row.owner.id}});
  return false;
}

Result<FoundValues> FindValues(StoreView& view, const std::vector<int64_t>& attribute_ids,
                               int64_t after) {
  FoundValues found;
  found.last = after;
  size_t looks = 0;
  Status failed;
  OUBLI_TRY(ForEachRecordOwner(view, RecordKind::kAttributeValue, after,
                               [&](int64_t id, const Head& owner) {
                                 if (looks++ == kMaxLooks || found.values.size() == kMaxDeletes) {
                                   found.complete = false;
                                   return false;
                                 }
                                 found.last = id;
                                 const auto is_one = IsValueOf(view, {owner, id}, attribute_ids);
                                 if (!is_one) {
                                   failed = Fail(is_one.error());
                                 } else if (*is_one) {
                                   found.values.push_back({owner, id});
                                 }
                                 return failed.has_value();
                               }));
  OUBLI_TRY(failed);
  return found;
}

Status DeleteValues(StoreTransaction& transaction, const std::vector<ValueRow>& values) {
  for (const ValueRow& row : values) {
    OUBLI_TRY(DeleteRecord(transaction, row.owner, RecordKind::kAttributeValue, row.id));
  }
  return {};
}

Result<AttributeDefinition> Insert(StoreTransaction& transaction, AttributeDefinition definition) {
  definition.created_at = definition.modified_at = transaction.now_ms();
  OUBLI_TRY_ASSIGN(definition.id, NextNumber(transaction, "attribute_id"));
  OUBLI_TRY_ASSIGN(auto insert, transaction.connection().Prepare(
                                    "INSERT INTO attribute_definition (id, name, type, created_at, "
                                    "modified_at) VALUES ($1, $2, $3, $4, $5)"));
  insert->Bind(1, definition.id)
      .BindText(2, definition.name)
      .BindText(3, definition.type)
      .Bind(4, definition.created_at)
      .Bind(5, definition.modified_at);
  OUBLI_TRY(insert->Step());
  return definition;
}

}  // namespace

Result<AttributeDefinition> CreateAttributeDefinition(StoreTransaction& transaction,
                                                      std::string_view name,
                                                      std::string_view type) {
  OUBLI_TRY(CheckName(transaction, name, 0));
  AttributeDefinition definition;
  definition.name = name;
  definition.type = type;
  return Insert(transaction, std::move(definition));
}

Result<AttributeDefinition> EnsureAttributeDefinition(StoreTransaction& transaction,
                                                      std::string_view name) {
  OUBLI_TRY_ASSIGN(auto found, FindAttributeDefinition(transaction, name));
  if (found) return *std::move(found);
  AttributeDefinition definition;
  definition.name = name;
  return Insert(transaction, std::move(definition));
}

Result<AttributeDefinition> RenameAttributeDefinition(StoreTransaction& transaction, int64_t id,
                                                      std::string_view name) {
  OUBLI_TRY_ASSIGN(auto definition, FindAttributeDefinition(transaction, id));
  if (!definition) return Fail(ErrorKind::kNotFound, "no such attribute");
  OUBLI_TRY(CheckName(transaction, name, id));
  definition->name = name;
  definition->modified_at = transaction.now_ms();
  OUBLI_TRY_ASSIGN(auto update, transaction.connection().Prepare(
                                    "UPDATE attribute_definition SET name = $2, modified_at = $3 "
                                    "WHERE id = $1"));
  update->Bind(1, id).BindText(2, definition->name).Bind(3, definition->modified_at);
  OUBLI_TRY(update->Step());
  return *definition;
}

Status RemoveAttributeDefinitions(Store& store, const std::vector<int64_t>& ids) {
  OUBLI_TRY(store.WriteAndWait(
      [&ids](StoreTransaction& transaction) { return NoteRemovals(transaction, ids); }));
  return FinishAttributeRemovals(store, [] { return true; });
}

Status FinishAttributeRemovals(Store& store, const std::function<bool()>& keep_going) {
  std::vector<int64_t> ids;
  {
    OUBLI_TRY_ASSIGN(auto reader, store.Read());
    OUBLI_TRY_ASSIGN(ids, ReadRemovals(*reader));
  }
  if (ids.empty()) return {};
  FoundValues found;
  do {
    if (!keep_going()) return Fail(ErrorKind::kUnavailable, "interrupted");
    {
      OUBLI_TRY_ASSIGN(auto reader, store.Read());
      OUBLI_TRY_ASSIGN(found, FindValues(*reader, ids, found.last));
    }
    if (found.values.empty()) continue;
    OUBLI_TRY(store.WriteAndWait([&found](StoreTransaction& transaction) {
      return DeleteValues(transaction, found.values);
    }));
  } while (!found.complete);
  return store.WriteAndWait(
      [&ids](StoreTransaction& transaction) { return ForgetRemovals(transaction, ids); });
}

Result<bool> HasAttributeRemovals(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT attribute_id FROM attribute_removal LIMIT 1"));
  return select->Step();
}

}  // namespace oubli::customers
