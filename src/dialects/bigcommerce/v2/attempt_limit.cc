#include "dialects/bigcommerce/v2/attempt_limit.h"

namespace oubli::dialects::bigcommerce::v2 {

bool AttemptLimit::Take(int64_t store_number, int64_t customer_id) {
  const int64_t now_ms = clock_.BootMs();
  std::lock_guard lock(mutex_);
  Tries& tries = by_store_[store_number];
  if (tries.all == 0 || now_ms - tries.began_ms >= limits_.stretch_ms) {
    tries = {};
    tries.began_ms = now_ms;
  }
  if (tries.all >= limits_.store) return false;
  int& of_customer = tries.by_customer[customer_id];
  if (of_customer >= limits_.customer) return false;
  ++tries.all;
  ++of_customer;
  return true;
}

}  // namespace oubli::dialects::bigcommerce::v2
