// Records of many owners whose ids lie in one range: the members of a segment, the shopper profiles
// of a store. A range can be counted and paged through without a scan of the store, and retired as
// a whole at a cost that does not grow with it.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/record_kind.h"
#include "customers/store.h"

namespace oubli::customers {

// Both ends included. REQUIRES: the kind is found by id.
struct RecordRange {
  RecordKind kind;
  int64_t first = 0;
  int64_t last = 0;
};

struct OwnedRecord {
  int64_t id = 0;
  Head owner;  // living
};

// Records of living owners, whatever the sweep has still to do. The cost is that of the range.
Result<int64_t> CountRecordsIn(StoreView& view, const RecordRange& range);
// The same, by id, from the one behind the first `offset` on.
Result<std::vector<OwnedRecord>> ListRecordsIn(StoreView& view, const RecordRange& range,
                                               int64_t offset, int64_t limit);
// The ids of one owner's records in the range, ascending.
Result<std::vector<int64_t>> RecordIdsOf(StoreView& view, const Head& owner,
                                         const RecordRange& range);

// Leaves the records of a range to the sweep (erasure/range_sweep.h). Nothing may look into the
// range any more, and it must never be used again: the caller draws a fresh one with NextRange().
Status RetireRange(StoreTransaction& transaction, const RecordRange& range);

// Numbers of ranges are kept as settings of the store and not as counters: they have few bits, and
// a restore, which leaves a wide gap in every counter, takes them back together with the records
// that they lead to. 0 when none was drawn yet.
Result<int64_t> ReadRange(StoreView& view, std::string_view setting);
// Errors: kTooMany when that would be more than `most`.
Result<int64_t> NextRange(StoreTransaction& transaction, std::string_view setting, int64_t most);

}  // namespace oubli::customers
