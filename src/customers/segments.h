// BigCommerce's customer segments: named sets of shopper profiles. A segment is nobody's and stays
// when customers go; that somebody belongs to it is a record of the customer
// (shopper_profiles.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/record_ranges.h"
#include "customers/store.h"

namespace oubli::customers {

inline constexpr size_t kMaxSegments = 1000;  // a store

struct Segment {
  int64_t id = 0;    // counted up: the order of the list
  std::string uuid;  // what callers know it by; random, lower case, never given twice
  std::string name;  // no other segment of the store has it
  std::string description;
  int64_t member_range = 0;  // where the ids of its memberships lie, see MembersOf()
  UnixMs created_at = 0;
  UnixMs modified_at = 0;
};

struct NewSegment {
  std::string name;
  std::string description;
};
struct SegmentChange {
  std::string uuid;
  std::optional<std::string> name, description;  // nothing: stays as it is
};

Result<std::vector<Segment>> ListSegments(StoreView& view);  // in the order of creation
Result<std::optional<Segment>> FindSegment(StoreView& view, std::string_view uuid);
// All or none, when the caller undoes what failed, as Store::Write does. Errors: kConflict with the
// field "name" for a name that is taken or comes twice; kTooMany above kMaxSegments.
Result<std::vector<Segment>> CreateSegments(StoreTransaction& transaction,
                                            const std::vector<NewSegment>& segments);
// One after the other; names may be exchanged between the segments of one call. Returns each as it
// is when all are changed. Errors: kNotFound, the place in `changes` as the field; kConflict as
// above.
Result<std::vector<Segment>> UpdateSegments(StoreTransaction& transaction,
                                            const std::vector<SegmentChange>& changes);
// With its memberships; the profiles stay. Costs the same for any number of members.
Status DeleteSegment(StoreTransaction& transaction, const Segment& segment);
// Takes all members out. Costs the same for any number of them.
Status EmptySegment(StoreTransaction& transaction, const Segment& segment);

// ---- how memberships lie in `record` and `record_id` ----

// A membership's id is the segment's range and the owner's ordinal, so that one segment's lie side
// by side and nobody is twice in it.
inline constexpr int kOrdinalBits = 36;
inline constexpr int64_t kMaxMemberRange = (int64_t{1} << (63 - kOrdinalBits)) - 1;
RecordRange MembersOf(const Segment& segment);
// The setting that the last range is kept in.
inline constexpr std::string_view kMemberRangeSetting = "segment member range";

}  // namespace oubli::customers
