// How often passwords may be tried in a stretch of time (contract 1.8: the abuse limit).
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "base/clock.h"

namespace oubli::dialects::bigcommerce::v2 {

// Counts in memory, for each store and for each customer of it; a stretch begins with its first
// try. Safe from any thread.
class AttemptLimit {
 public:
  struct Limits {
    int64_t stretch_ms = 60'000;
    int customer = 10;
    int store = 100;
  };

  AttemptLimit(const Clock& clock, Limits limits) : clock_(clock), limits_(limits) {}

  // Takes one try; false when there is none left.
  bool Take(int64_t store_number, int64_t customer_id);

 private:
  struct Tries {
    int64_t began_ms = 0;  // since boot
    int all = 0;
    std::map<int64_t, int> by_customer;  // never more than Limits::store
  };

  const Clock& clock_;
  const Limits limits_;
  std::mutex mutex_;
  std::map<int64_t, Tries> by_store_;
};

}  // namespace oubli::dialects::bigcommerce::v2
