// Discount profiles and their coupon codes: nobody's, so they stay when customers go. Whose a
// coupon is stands in a record of the customer (shop_records.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/store.h"

namespace oubli::customers {

struct DiscountProfile {
  int64_t id = 0;
  std::string name;
  std::string type;
  std::string fields;  // the rest, a JSON object
  UnixMs created_at = 0;
};
struct Coupon {
  int64_t id = 0;
  std::string code;
  int64_t profile_id = 0;
};

Result<std::vector<DiscountProfile>> ListDiscountProfiles(StoreView& view);  // by id
Result<std::optional<DiscountProfile>> FindDiscountProfile(StoreView& view, int64_t id);
// id 0 makes a new one. Errors: kConflict with the field "name".
Result<DiscountProfile> PutDiscountProfile(StoreTransaction& transaction, DiscountProfile profile);
// With its coupons. Whose they were is left as a number that leads nowhere. True when there was
// one.
Result<bool> DeleteDiscountProfile(StoreTransaction& transaction, int64_t id);

Result<std::vector<Coupon>> ListCoupons(StoreView& view, int64_t profile_id);  // by id
Result<std::optional<Coupon>> FindCoupon(StoreView& view, std::string_view code);
// A new one with a code of its own: ten random capital letters and digits.
Result<Coupon> CreateCoupon(StoreTransaction& transaction, int64_t profile_id);

}  // namespace oubli::customers
