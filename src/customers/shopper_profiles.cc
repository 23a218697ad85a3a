#include "customers/shopper_profiles.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "crypto/random.h"
#include "customers/codec.h"
#include "customers/records.h"

namespace oubli::customers {
namespace {

constexpr std::string_view kGenerationSetting = "shopper profile generation";
constexpr int kUuidBits = 48;
constexpr int64_t kMaxGeneration = (int64_t{1} << (63 - kUuidBits)) - 1;
constexpr int kDraws = 100;

// The generation before the first deletion of all profiles is 1.
Result<RecordRange> Profiles(StoreView& view) {
  OUBLI_TRY_ASSIGN(const int64_t last, ReadRange(view, kGenerationSetting));
  const int64_t first = std::max<int64_t>(1, last) << kUuidBits;
  return RecordRange{RecordKind::kShopperProfile, first, first + ((int64_t{1} << kUuidBits) - 1)};
}

int64_t FirstBitsOf(std::string_view uuid) {
  const std::string digits = std::string(uuid.substr(0, 8)) + std::string(uuid.substr(9, 4));
  int64_t bits = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16);
  return bits;
}

// Whoever has been erased since the view began is not there.
Result<std::optional<ShopperProfile>> Open(StoreView& view, const Head& owner, int64_t id) {
  auto key = view.KeyOf(owner);
  if (!key && key.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!key) return Fail(key.error());
  OUBLI_TRY_ASSIGN(const auto plain,
                   FindRecord(view, owner, *key, RecordKind::kShopperProfile, id));
  if (!plain) return std::nullopt;
  ShopperProfile profile;
  profile.id = id;
  OUBLI_TRY(Decode(*plain, profile));
  return profile;
}

Result<bool> IsIdTaken(StoreView& view, int64_t id) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare(
                                    "SELECT ordinal FROM record_id WHERE kind = $1 AND id = $2"));
  select->Bind(1, static_cast<int64_t>(RecordKind::kShopperProfile)).Bind(2, id);
  return select->Step();
}

int64_t MembershipId(const Segment& segment, const Head& owner) {
  OUBLI_CHECK(owner.ordinal >= 0 && owner.ordinal < int64_t{1} << kOrdinalBits);
  return MembersOf(segment).first + owner.ordinal;
}

Status DeleteMemberships(StoreTransaction& transaction, const Head& owner) {
  OUBLI_TRY_ASSIGN(
      const auto ids,
      RecordIdsOf(transaction, owner, {RecordKind::kSegmentMembership, INT64_MIN, INT64_MAX}));
  for (const int64_t id : ids) {
    OUBLI_TRY(DeleteRecord(transaction, owner, RecordKind::kSegmentMembership, id));
  }
  return {};
}

}  // namespace

Result<std::optional<ShopperProfile>> FindShopperProfile(StoreView& view, const Head& owner) {
  OUBLI_TRY_ASSIGN(const RecordRange range, Profiles(view));
  OUBLI_TRY_ASSIGN(const auto ids, RecordIdsOf(view, owner, range));
  if (ids.empty()) return std::nullopt;
  return Open(view, owner, ids.front());
}

Result<std::optional<OwnedShopperProfile>> FindShopperProfileByUuid(StoreView& view,
                                                                    std::string_view uuid) {
  OUBLI_TRY_ASSIGN(const RecordRange range, Profiles(view));
  const int64_t id = range.first + FirstBitsOf(uuid);
  OUBLI_TRY_ASSIGN(const auto owner, FindRecordOwner(view, range.kind, id));
  if (!owner) return std::nullopt;
  OUBLI_TRY_ASSIGN(auto profile, Open(view, *owner, id));
  if (!profile || profile->uuid != uuid) return std::nullopt;
  return OwnedShopperProfile{*owner, std::move(*profile)};
}

Result<std::vector<OwnedShopperProfile>> ListShopperProfiles(StoreView& view, int64_t offset,
                                                             int64_t limit) {
  OUBLI_TRY_ASSIGN(const RecordRange range, Profiles(view));
  OUBLI_TRY_ASSIGN(const auto records, ListRecordsIn(view, range, offset, limit));
  std::vector<OwnedShopperProfile> profiles;
  for (const OwnedRecord& record : records) {
    OUBLI_TRY_ASSIGN(auto profile, Open(view, record.owner, record.id));
    if (profile) profiles.push_back({record.owner, std::move(*profile)});
  }
  return profiles;
}

Result<int64_t> CountShopperProfiles(StoreView& view) {
  OUBLI_TRY_ASSIGN(const RecordRange range, Profiles(view));
  return CountRecordsIn(view, range);
}

Result<ShopperProfile> CreateShopperProfile(StoreTransaction& transaction, const Head& owner) {
  OUBLI_TRY_ASSIGN(const RecordRange range, Profiles(transaction));
  OUBLI_TRY_ASSIGN(const auto present, RecordIdsOf(transaction, owner, range));
  if (!present.empty()) return Fail(ErrorKind::kConflict, "the customer has a shopper profile");
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(owner));
  ShopperProfile profile;
  // Another uuid of which the first bits are the same, living or not yet swept, is no obstacle:
  // there are others.
  for (int draw = 0;; ++draw) {
    profile.uuid = crypto::RandomUuid();
    profile.id = range.first + FirstBitsOf(profile.uuid);
    OUBLI_TRY_ASSIGN(const bool taken, IsIdTaken(transaction, profile.id));
    if (!taken) break;
    OUBLI_CHECK(draw < kDraws);
  }
  profile.created_at = transaction.now_ms();
  profile.modified_at = transaction.now_ms();
  OUBLI_TRY(PutRecord(transaction, owner, key, range.kind, profile.id, Encode(profile)));
  return profile;
}

Status DeleteShopperProfile(StoreTransaction& transaction, const OwnedShopperProfile& profile) {
  OUBLI_TRY(DeleteMemberships(transaction, profile.owner));
  OUBLI_TRY(
      DeleteRecord(transaction, profile.owner, RecordKind::kShopperProfile, profile.profile.id));
  return {};
}

Status DeleteAllShopperProfiles(StoreTransaction& transaction) {
  OUBLI_TRY_ASSIGN(const RecordRange range, Profiles(transaction));
  OUBLI_TRY_ASSIGN(const auto segments, ListSegments(transaction));
  for (const Segment& segment : segments) OUBLI_TRY(EmptySegment(transaction, segment));
  // The first generation has never been drawn.
  OUBLI_TRY_ASSIGN(const int64_t last, ReadRange(transaction, kGenerationSetting));
  if (last == 0) OUBLI_TRY(NextRange(transaction, kGenerationSetting, kMaxGeneration));
  OUBLI_TRY(NextRange(transaction, kGenerationSetting, kMaxGeneration));
  return RetireRange(transaction, range);
}

Result<bool> IsMember(StoreView& view, const Segment& segment, const Head& owner) {
  const int64_t id = MembershipId(segment, owner);
  OUBLI_TRY_ASSIGN(const auto ids,
                   RecordIdsOf(view, owner, {RecordKind::kSegmentMembership, id, id}));
  return !ids.empty();
}

Status AddMember(StoreTransaction& transaction, const Segment& segment, const Head& owner) {
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(owner));
  const SegmentMembership membership{MembershipId(segment, owner), transaction.now_ms()};
  return PutRecord(transaction, owner, key, RecordKind::kSegmentMembership, membership.id,
                   Encode(membership));
}

Result<bool> RemoveMember(StoreTransaction& transaction, const Segment& segment,
                          const Head& owner) {
  return DeleteRecord(transaction, owner, RecordKind::kSegmentMembership,
                      MembershipId(segment, owner));
}

Result<std::vector<OwnedShopperProfile>> ListMembers(StoreView& view, const Segment& segment,
                                                     int64_t offset, int64_t limit) {
  OUBLI_TRY_ASSIGN(const auto records, ListRecordsIn(view, MembersOf(segment), offset, limit));
  std::vector<OwnedShopperProfile> profiles;
  for (const OwnedRecord& record : records) {
    OUBLI_TRY_ASSIGN(auto profile, FindShopperProfile(view, record.owner));
    if (profile) profiles.push_back({record.owner, std::move(*profile)});
  }
  return profiles;
}

Result<int64_t> CountMembers(StoreView& view, const Segment& segment) {
  return CountRecordsIn(view, MembersOf(segment));
}

Result<std::vector<Segment>> SegmentsOf(StoreView& view, const Head& owner) {
  OUBLI_TRY_ASSIGN(
      const auto ids,
      RecordIdsOf(view, owner, {RecordKind::kSegmentMembership, INT64_MIN, INT64_MAX}));
  std::vector<Segment> segments;
  if (ids.empty()) return segments;
  OUBLI_TRY_ASSIGN(segments, ListSegments(view));
  // A membership of a retired range leads to no segment.
  std::erase_if(segments, [&](const Segment& segment) {
    return !std::ranges::binary_search(ids, MembersOf(segment).first + owner.ordinal);
  });
  return segments;
}

}  // namespace oubli::customers
