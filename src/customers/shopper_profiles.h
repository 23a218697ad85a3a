// Shopper profiles and their memberships in segments: records of the customer, which go with the
// customer in the one deletion path. What looks them up begins at the living head row.
//
// A profile's record has its id from its uuid: the first 48 bits, below the store's generation of
// profiles (15 bits). So a uuid leads to its customer by the look-up that other records have too,
// and a deletion of all profiles is one step: the generation goes up, and no uuid leads to the
// earlier ones. What is left of them the sweep takes away.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/segments.h"
#include "customers/store.h"

namespace oubli::customers {

struct OwnedShopperProfile {
  Head owner;
  ShopperProfile profile;
};

// ---- profiles ----

// The owner's. Nothing when there is none, or when the owner has been erased since the view began.
Result<std::optional<ShopperProfile>> FindShopperProfile(StoreView& view, const Head& owner);
// REQUIRES: a uuid in lower case with dashes.
Result<std::optional<OwnedShopperProfile>> FindShopperProfileByUuid(StoreView& view,
                                                                    std::string_view uuid);
// In the order of the uuids. The cost is that of the profiles of the store before the page.
Result<std::vector<OwnedShopperProfile>> ListShopperProfiles(StoreView& view, int64_t offset,
                                                             int64_t limit);
Result<int64_t> CountShopperProfiles(StoreView& view);
// Makes the uuid. Errors: kConflict when the owner has one already.
Result<ShopperProfile> CreateShopperProfile(StoreTransaction& transaction, const Head& owner);
// With the memberships; the customer stays.
Status DeleteShopperProfile(StoreTransaction& transaction, const OwnedShopperProfile& profile);
// All of the store, with all memberships. The cost is that of the segments, not of the profiles.
Status DeleteAllShopperProfiles(StoreTransaction& transaction);

// ---- members of a segment ----

Result<bool> IsMember(StoreView& view, const Segment& segment, const Head& owner);
// REQUIRES: the owner has a profile and is no member yet.
Status AddMember(StoreTransaction& transaction, const Segment& segment, const Head& owner);
// True when the owner was a member.
Result<bool> RemoveMember(StoreTransaction& transaction, const Segment& segment, const Head& owner);
// In the order in which the customers came into the store.
Result<std::vector<OwnedShopperProfile>> ListMembers(StoreView& view, const Segment& segment,
                                                     int64_t offset, int64_t limit);
Result<int64_t> CountMembers(StoreView& view, const Segment& segment);
// The segments that the owner is a member of, in the order of the list of segments.
Result<std::vector<Segment>> SegmentsOf(StoreView& view, const Head& owner);

}  // namespace oubli::customers
