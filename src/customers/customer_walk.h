// Goes over the customers of a store for answers of any size, a slice at a time.
#pragma once

#include <functional>
#include <limits>
#include <memory>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::customers {

// The living customers by ascending id. Each slice sees a snapshot of its own, so between slices
// nothing is held, however long that is. What that means while others write:
//   - who lives from the first slice to the last is visited once, as found when the slice was read;
//   - who is erased before a slice begins is in none of it or of later ones;
//   - who is made meanwhile is visited if the walk has not passed the id.
// One thread at a time.
class CustomerWalk {
 public:
  static constexpr int64_t kAll = std::numeric_limits<int64_t>::max();

  // Those with a higher id than `after_id`, without the first `skip`, at most `count`.
  explicit CustomerWalk(std::shared_ptr<Store> store, int64_t skip = 0, int64_t count = kAll,
                        int64_t after_id = 0)
      : store_(std::move(store)), after_id_(after_id), skip_(skip), left_(count) {}

  // True: go on. False: enough for this slice, the next one begins behind this customer.
  using Visit = std::function<Result<bool>(StoreView& view, const Customer& customer)>;

  // Visits the next customers: some hundreds at most, perhaps none. False when there are no more.
  // Errors: those of `visit`, kUnavailable, kCorrupt.
  Result<bool> NextSlice(const Visit& visit);

 private:
  Result<std::vector<Head>> NextHeads(StoreView& view, bool& more);

  const std::shared_ptr<Store> store_;
  int64_t after_id_;
  int64_t skip_;
  int64_t left_;
};

}  // namespace oubli::customers
