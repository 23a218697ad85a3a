#include "customers/record_ranges.h"

#include "base/text.h"
#include "customers/definitions.h"

namespace oubli::customers {

// CROSS JOIN: the range first, then one head row each.
Result<int64_t> CountRecordsIn(StoreView& view, const RecordRange& range) {
  OUBLI_TRY_ASSIGN(auto count,
                   view.connection().Prepare(
                       "SELECT COUNT(*) FROM record_id i CROSS JOIN owner o WHERE i.kind = $1 AND "
                       "i.id >= $2 AND i.id <= $3 AND o.epoch = $4 AND o.kind = i.owner_kind AND "
                       "o.id = i.owner_id AND o.ordinal = i.ordinal"));
  count->Bind(1, static_cast<int64_t>(range.kind))
      .Bind(2, range.first)
      .Bind(3, range.last)
      .Bind(4, view.keys().epoch());
  OUBLI_TRY(count->Step());
  return count->Int(0);
}

Result<std::vector<OwnedRecord>> ListRecordsIn(StoreView& view, const RecordRange& range,
                                               int64_t offset, int64_t limit) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare(
                       "SELECT i.id, o.kind, o.id, o.ordinal, o.group_id, o.created_at, "
                       "o.modified_at FROM record_id i CROSS JOIN owner o WHERE i.kind = $1 AND "
                       "i.id >= $2 AND i.id <= $3 AND o.epoch = $4 AND o.kind = i.owner_kind AND "
                       "o.id = i.owner_id AND o.ordinal = i.ordinal ORDER BY i.id LIMIT $5 "
                       "OFFSET $6"));
  select->Bind(1, static_cast<int64_t>(range.kind))
      .Bind(2, range.first)
      .Bind(3, range.last)
      .Bind(4, view.keys().epoch())
      .Bind(5, limit)
      .Bind(6, offset);
  std::vector<OwnedRecord> records;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return records;
    OwnedRecord& record = records.emplace_back();
    record.id = select->Int(0);
    record.owner.kind = static_cast<OwnerKind>(select->Int(1));
    record.owner.id = select->Int(2);
    record.owner.ordinal = select->Int(3);
    record.owner.group_id = select->Int(4);
    record.owner.created_at = select->Int(5);
    record.owner.modified_at = select->Int(6);
  }
}

Result<std::vector<int64_t>> RecordIdsOf(StoreView& view, const Head& owner,
                                         const RecordRange& range) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare(
                                    "SELECT id FROM record WHERE ordinal = $1 AND kind = $2 AND "
                                    "id >= $3 AND id <= $4 ORDER BY id"));
  select->Bind(1, owner.ordinal)
      .Bind(2, static_cast<int64_t>(range.kind))
      .Bind(3, range.first)
      .Bind(4, range.last);
  std::vector<int64_t> ids;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return ids;
    ids.push_back(select->Int(0));
  }
}

Status RetireRange(StoreTransaction& transaction, const RecordRange& range) {
  OUBLI_TRY_ASSIGN(auto insert,
                   transaction.connection().Prepare(
                       "INSERT INTO record_sweep (kind, first_id, last_id) VALUES ($1, $2, $3)"));
  insert->Bind(1, static_cast<int64_t>(range.kind)).Bind(2, range.first).Bind(3, range.last);
  OUBLI_TRY(insert->Step());
  return {};
}

Result<int64_t> ReadRange(StoreView& view, std::string_view setting) {
  OUBLI_TRY_ASSIGN(const std::string text, ReadSetting(view, setting));
  if (text.empty()) return 0;
  const auto number = ParseInt(text);
  if (!number || *number < 1) return Fail(ErrorKind::kCorrupt, "a range's number is damaged");
  return *number;
}

Result<int64_t> NextRange(StoreTransaction& transaction, std::string_view setting, int64_t most) {
  OUBLI_TRY_ASSIGN(const int64_t last, ReadRange(transaction, setting));
  if (last >= most) return Fail(ErrorKind::kTooMany, "all numbers of ranges have been used");
  OUBLI_TRY(WriteSetting(transaction, setting, std::to_string(last + 1)));
  return last + 1;
}

}  // namespace oubli::customers
