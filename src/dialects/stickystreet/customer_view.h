// What this dialect shows of a customer: the fields in the contract's order (2.5), and the standing
// in the campaigns.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "dialects/stickystreet/balances.h"
#include "dialects/stickystreet/list_query.h"
#include "dialects/stickystreet/output.h"
#include "dialects/stickystreet/permissions.h"

namespace oubli::dialects::stickystreet {

// code to customer_username; `shown` is FindShownAddress().
Row ShownFields(const customers::Customer& customer,
                const std::optional<customers::Address>& shown);
// The same as a search sees it: no date is no text.
Row SearchedFields(const customers::Customer& customer,
                   const std::optional<customers::Address>& shown);
Node NodeOf(const Row& row);

// What somebody has done, and has, in the campaigns that are there; enrolment alone is a balance
// of 0.
struct Standing {
  std::vector<customers::Transaction> entries;
  std::map<int64_t, Balance> balances;  // by campaign
};
Result<Standing> ReadStanding(customers::StoreView& view, const customers::Head& owner);

// The balances that lists of customers show with include_balances.
Node ShortBalances(const std::vector<customers::Campaign>& campaigns, const Standing& standing);

// The active campaigns, of these what the caller sees.
Result<std::vector<customers::Campaign>> SeenCampaigns(customers::StoreView& view,
                                                       const Caller& caller);

}  // namespace oubli::dialects::stickystreet
