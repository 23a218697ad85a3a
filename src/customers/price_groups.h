// Price groups: rules by which the prices of some customers differ. They are nobody's and stay when
// customers go; a customer names one in Profile::pricing_group_id, which nothing checks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/store.h"

namespace oubli::customers {

inline constexpr int64_t kMaxPriceGroups = 10'000;

struct PriceGroup {
  std::string bvin;  // its id, compared without regard to case
  std::string name;
  int64_t pricing_type = 0;  // how `adjustment` is meant
  int64_t adjustment = 0;    // in units of 10^-10
  UnixMs modified_at = 0;
};

// By name without regard to case, then by bvin.
Result<std::vector<PriceGroup>> ListPriceGroups(StoreView& view);
Result<std::optional<PriceGroup>> FindPriceGroup(StoreView& view, std::string_view bvin);

// modified_at becomes now, in both. Errors: kConflict with the field "bvin" when there is one with
// that bvin; kTooMany above kMaxPriceGroups.
Result<PriceGroup> CreatePriceGroup(StoreTransaction& transaction, PriceGroup group);
// Nothing when there is none with that bvin.
Result<std::optional<PriceGroup>> UpdatePriceGroup(StoreTransaction& transaction, PriceGroup group);
// True when there was one.
Result<bool> DeletePriceGroup(StoreTransaction& transaction, std::string_view bvin);

}  // namespace oubli::customers
