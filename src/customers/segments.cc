#include "customers/segments.h"

#include <algorithm>

#include "crypto/random.h"
#include "customers/heads.h"

namespace oubli::customers {
namespace {

Segment ReadSegment(storage::Statement& row) {
  return {row.Int(0),
          std::string(row.Text(1)),
          std::string(row.Text(2)),
          std::string(row.Text(3)),
          row.Int(4),
          row.Int(5),
          row.Int(6)};
}

Result<int64_t> FreshRange(StoreTransaction& transaction) {
  return NextRange(transaction, kMemberRangeSetting, kMaxMemberRange);
}

// At most kMaxSegments of them: looking at each does for a name.
Status CheckNamesDiffer(const std::vector<Segment>& segments) {
  std::vector<std::string_view> names;
  for (const Segment& segment : segments) names.emplace_back(segment.name);
  std::ranges::sort(names);
  if (std::ranges::adjacent_find(names) == names.end()) return {};
  return Fail(ErrorKind::kConflict, "two segments have the same name", "name");
}

Status Insert(StoreTransaction& transaction, const Segment& segment) {
  OUBLI_TRY_ASSIGN(auto insert, transaction.connection().Prepare(
                                    "INSERT INTO segment (id, uuid, name, description, "
                                    "member_range, created_at, modified_at) VALUES ($1, $2, $3, "
                                    "$4, $5, $6, $7)"));
  insert->Bind(1, segment.id)
      .BindText(2, segment.uuid)
      .BindText(3, segment.name)
      .BindText(4, segment.description)
      .Bind(5, segment.member_range)
      .Bind(6, segment.created_at)
      .Bind(7, segment.modified_at);
  OUBLI_TRY(insert->Step());
  return {};
}

Status Update(StoreTransaction& transaction, const Segment& segment) {
  OUBLI_TRY_ASSIGN(auto update, transaction.connection().Prepare(
                                    "UPDATE segment SET name = $2, description = $3, modified_at = "
                                    "$4 WHERE id = $1"));
  update->Bind(1, segment.id)
      .BindText(2, segment.name)
      .BindText(3, segment.description)
      .Bind(4, segment.modified_at);
  OUBLI_TRY(update->Step());
  return {};
}

}  // namespace

Result<std::vector<Segment>> ListSegments(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT id, uuid, name, description, member_range, "
                                             "created_at, modified_at FROM segment ORDER BY id"));
  std::vector<Segment> segments;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return segments;
    segments.push_back(ReadSegment(*select));
  }
}

Result<std::optional<Segment>> FindSegment(StoreView& view, std::string_view uuid) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare(
                                    "SELECT id, uuid, name, description, member_range, created_at, "
                                    "modified_at FROM segment WHERE uuid = $1"));
  select->BindText(1, uuid);
  OUBLI_TRY_ASSIGN(const bool row, select->Step());
  if (!row) return std::nullopt;
  return ReadSegment(*select);
}

Result<std::vector<Segment>> CreateSegments(StoreTransaction& transaction,
                                            const std::vector<NewSegment>& segments) {
  OUBLI_TRY_ASSIGN(std::vector<Segment> all, ListSegments(transaction));
  const size_t before = all.size();
  for (const NewSegment& given : segments) {
    Segment& segment = all.emplace_back();
    segment.name = given.name;
    segment.description = given.description;
  }
  OUBLI_TRY(CheckNamesDiffer(all));
  if (all.size() > kMaxSegments) return Fail(ErrorKind::kTooMany, "too many segments");
  for (size_t i = before; i < all.size(); ++i) {
    Segment& segment = all[i];
    OUBLI_TRY_ASSIGN(segment.id, NextNumber(transaction, "segment_id"));
    OUBLI_TRY_ASSIGN(segment.member_range, FreshRange(transaction));
    segment.uuid = crypto::RandomUuid();
    segment.created_at = transaction.now_ms();
    segment.modified_at = transaction.now_ms();
    OUBLI_TRY(Insert(transaction, segment));
  }
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before));
  return all;
}

Result<std::vector<Segment>> UpdateSegments(StoreTransaction& transaction,
                                            const std::vector<SegmentChange>& changes) {
  OUBLI_TRY_ASSIGN(std::vector<Segment> all, ListSegments(transaction));
  std::vector<Segment*> changed;
  for (size_t i = 0; i < changes.size(); ++i) {
    const auto segment = std::ranges::find(all, changes[i].uuid, &Segment::uuid);
    if (segment == all.end()) {
      return Fail(ErrorKind::kNotFound, "no segment has this id", std::to_string(i));
    }
    if (changes[i].name) segment->name = *changes[i].name;
    if (changes[i].description) segment->description = *changes[i].description;
    segment->modified_at = transaction.now_ms();
    changed.push_back(&*segment);
  }
  OUBLI_TRY(CheckNamesDiffer(all));
  // Every name is given up before one is taken: they may be exchanged.
  OUBLI_TRY_ASSIGN(auto give_up,
                   transaction.connection().Prepare("UPDATE segment SET name = $2 WHERE id = $1"));
  for (const Segment* segment : changed) {
    const std::string none = '\x01' + segment->uuid;  // no name begins with a control character
    give_up->Reset();
    give_up->Bind(1, segment->id).BindText(2, none);
    OUBLI_TRY(give_up->Step());
  }
  std::vector<Segment> result;
  for (const Segment* segment : changed) {
    OUBLI_TRY(Update(transaction, *segment));
    result.push_back(*segment);
  }
  return result;
}

Status DeleteSegment(StoreTransaction& transaction, const Segment& segment) {
  OUBLI_TRY_ASSIGN(auto erase,
                   transaction.connection().Prepare("DELETE FROM segment WHERE id = $1"));
  erase->Bind(1, segment.id);
  OUBLI_TRY(erase->Step());
  return RetireRange(transaction, MembersOf(segment));
}

Status EmptySegment(StoreTransaction& transaction, const Segment& segment) {
  OUBLI_TRY_ASSIGN(const int64_t fresh, FreshRange(transaction));
  OUBLI_TRY_ASSIGN(auto update, transaction.connection().Prepare(
                                    "UPDATE segment SET member_range = $2 WHERE id = $1"));
  update->Bind(1, segment.id).Bind(2, fresh);
  OUBLI_TRY(update->Step());
  return RetireRange(transaction, MembersOf(segment));
}

RecordRange MembersOf(const Segment& segment) {
  const int64_t first = segment.member_range << kOrdinalBits;
  return {RecordKind::kSegmentMembership, first, first + ((int64_t{1} << kOrdinalBits) - 1)};
}

}  // namespace oubli::customers
