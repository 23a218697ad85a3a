#include "erasure/range_sweep.h"

#include <optional>
#include <vector>

namespace oubli::erasure {
namespace {

// Records that are looked at a time: far less than a slice may take.
constexpr int64_t kRecordBatch = 64;

struct Range {
  int64_t kind = 0;
  int64_t first = 0;
  int64_t last = 0;
};

struct Row {
  int64_t id = 0;
  keys::Ordinal ordinal = 0;
};

Result<std::optional<Range>> NextRange(storage::Connection& connection) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare("SELECT kind, first_id, last_id FROM "
                                                   "record_sweep ORDER BY kind, first_id LIMIT 1"));
  OUBLI_TRY_ASSIGN(const bool row, select->Step());
  if (!row) return std::nullopt;
  return Range{select->Int(0), select->Int(1), select->Int(2)};
}

Result<std::vector<Row>> RowsOf(storage::Connection& connection, const Range& range) {
  OUBLI_TRY_ASSIGN(auto select,
                   connection.Prepare("SELECT id, ordinal FROM record_id WHERE kind = $1 AND id >= "
                                      "$2 AND id <= $3 ORDER BY id LIMIT $4"));
  select->Bind(1, range.kind).Bind(2, range.first).Bind(3, range.last).Bind(4, kRecordBatch);
  std::vector<Row> rows;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return rows;
    rows.push_back({select->Int(0), select->Int(1)});
  }
}

Status DeleteRows(storage::Connection& connection, const Range& range,
                  const std::vector<Row>& rows) {
  OUBLI_TRY_ASSIGN(
      auto record,
      connection.Prepare("DELETE FROM record WHERE ordinal = $1 AND kind = $2 AND id = $3"));
  OUBLI_TRY_ASSIGN(auto record_id,
                   connection.Prepare("DELETE FROM record_id WHERE kind = $1 AND id = $2"));
  for (const Row& row : rows) {
    record->Reset();
    record->Bind(1, row.ordinal).Bind(2, range.kind).Bind(3, row.id);
    OUBLI_TRY(record->Step());
    record_id->Reset();
    record_id->Bind(1, range.kind).Bind(2, row.id);
    OUBLI_TRY(record_id->Step());
  }
  return {};
}

Status DeleteRange(storage::Connection& connection, const Range& range) {
  OUBLI_TRY_ASSIGN(
      auto erase, connection.Prepare("DELETE FROM record_sweep WHERE kind = $1 AND first_id = $2"));
  erase->Bind(1, range.kind).Bind(2, range.first);
  OUBLI_TRY(erase->Step());
  return {};
}

}  // namespace

Status SweepRetiredRanges(storage::Connection& connection,
                          const std::function<bool()>& keep_going) {
  while (keep_going()) {
    OUBLI_TRY_ASSIGN(const auto range, NextRange(connection));
    if (!range) return {};
    OUBLI_TRY_ASSIGN(const auto rows, RowsOf(connection, *range));
    OUBLI_TRY(DeleteRows(connection, *range, rows));
    if (rows.empty()) OUBLI_TRY(DeleteRange(connection, *range));
  }
  return {};
}

Result<bool> AnyRetiredRange(customers::StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare("SELECT kind FROM record_sweep LIMIT 1"));
  return select->Step();
}

}  // namespace oubli::erasure
