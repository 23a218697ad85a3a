#include "dialects/stickystreet/balances.h"

#include <algorithm>

#include "dialects/stickystreet/errors.h"

namespace oubli::dialects::stickystreet {

Status Balance::Add(const customers::Transaction& entry) {
  // Whatever sign a redemption was imported with, it takes away.
  Decimal change = entry.amount;
  if (entry.redeemed && change > Decimal()) change = change.Negated();
  const auto sum = balance.Plus(change);
  const auto earned = entry.redeemed ? cumulative : cumulative.Plus(change);
  const auto item = items.find(entry.item);
  const auto of_item = (item == items.end() ? Decimal() : item->second).Plus(change);
  if (!sum || !earned || !of_item) return Refuse(kBadAmount);

  balance = *sum;
  cumulative = *earned;
  if (!entry.item.empty()) items[entry.item] = *of_item;
  first_at = first_at == 0 ? entry.date : std::min(first_at, entry.date);
  last_at = std::max(last_at, entry.date);
  return {};
}

Result<std::map<int64_t, Balance>> SumByCampaign(
    const std::vector<customers::Transaction>& entries) {
  std::map<int64_t, Balance> balances;
  for (const customers::Transaction& entry : entries) {
    OUBLI_TRY(balances[entry.campaign_id].Add(entry));
  }
  return balances;
}

}  // namespace oubli::dialects::stickystreet
