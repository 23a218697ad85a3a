// What a customer has in a campaign: sums over the transactions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/result.h"
#include "customers/model.h"

namespace oubli::dialects::stickystreet {

struct Balance {
  Decimal balance;     // earned less redeemed
  Decimal cumulative;  // all that was ever earned
  UnixMs first_at = 0;
  UnixMs last_at = 0;
  std::map<std::string, Decimal> items;  // the balance by service_product, where one is named

  // Errors: kBadAmount when a sum is out of range; then this has not changed.
  Status Add(const customers::Transaction& entry);
};

// By campaign. Errors: kBadAmount.
Result<std::map<int64_t, Balance>> SumByCampaign(
    const std::vector<customers::Transaction>& entries);

}  // namespace oubli::dialects::stickystreet
