// customer_balance (contract, 2.8): what one customer has, and has done, in one campaign.
#include <algorithm>
#include <utility>

#include "base/date_time.h"
#include "customers/campaigns.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/customer_view.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Campaign;
using customers::Transaction;

// However a redemption was written, its amount is shown without a sign: `redeemed` tells.
Decimal SizeOf(const Transaction& entry) {
  return entry.amount < Decimal() ? entry.amount.Negated() : entry.amount;
}

Node EntryNode(const Campaign& campaign, const Transaction& entry) {
  Node node;
  node.Add("id", std::to_string(entry.id));
  node.Add("date", FormatDate(entry.date));
  node.Add("authorization", entry.authorization);
  node.Add("service_product", entry.description.empty() ? entry.item : entry.description);
  node.Add("redeemed", entry.redeemed ? "Y" : "N");
  node.Add("amount", FormatAmount(campaign, SizeOf(entry)));
  if (entry.purchase != Decimal()) node.Add("orig_amount", entry.purchase.ToString(2));
  node.Add("campaign", std::to_string(campaign.id));
  node.Add("user_name", entry.user_name);
  node.Add("real", "Y");
  return node;
}

// The day and the size of the last entry of a sort.
void AddLast(Node& node, std::string_view name, const Campaign& campaign,
             const std::vector<Transaction>& entries, bool redeemed) {
  const Transaction* last = nullptr;
  for (const Transaction& entry : entries) {
    if (entry.redeemed != redeemed) continue;
    if (last == nullptr || entry.date >= last->date) last = &entry;
  }
  node.Add(name, last == nullptr ? std::string(kNoDate) : FormatDate(last->date));
  node.Add(std::string(name) + "_points",
           FormatAmount(campaign, last == nullptr ? Decimal() : SizeOf(*last)));
}

Result<Node> ReadBalance(const Call& call) {
  OUBLI_TRY_ASSIGN(const int64_t id, ReadCampaignId(call.fields.Get("campaign_id")));
  OUBLI_TRY_ASSIGN(const int64_t most,
                   ReadWhole(call.fields.Get("transactions_number"), 0, INT64_MAX, INT64_MAX));
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  OUBLI_TRY_ASSIGN(const Campaign campaign, FindActiveCampaign(*reader, id));
  OUBLI_TRY_ASSIGN(const auto customer,
                   FindNamed(*reader, call.fields.Get("code"), call.fields.Get("card_number")));
  OUBLI_TRY_ASSIGN(Standing standing, ReadStanding(*reader, customer.head));
  const auto balance = standing.balances.find(id);
  if (balance == standing.balances.end()) return Refuse(kNoSuchCustomer);
  std::vector<Transaction>& entries = standing.entries;
  std::erase_if(entries, [&](const Transaction& entry) { return entry.campaign_id != id; });
  std::ranges::sort(entries, {}, [](const Transaction& e) { return std::pair(e.date, e.id); });

  Node person;
  person.Add("code", customers::CodeOf(customer));
  person.Add("card_number", customer.profile.card_number);
  person.Add("first_name", customer.profile.first_name);
  person.Add("last_name", customer.profile.last_name);
  person.Add("balance", FormatAmount(campaign, balance->second.balance));
  AddLast(person, "last_transaction", campaign, entries, false);
  AddLast(person, "last_redemption", campaign, entries, true);
  Node list = Node::List("transaction");
  const auto count = static_cast<int64_t>(entries.size());
  for (int64_t i = std::max<int64_t>(0, count - most); i < count; ++i) {
    list.Append(EntryNode(campaign, entries[static_cast<size_t>(i)]));
  }
  person.Add("transactions", std::move(list));

  Node node;
  node.Add("campaign_id", std::to_string(id));
  node.Add("campaign_type", campaign.type);
  node.Add("campaign_name", campaign.name);
  node.Add("reward_ratio", campaign.reward_ratio.ToString());
  node.Add("customer", std::move(person));
  return Success().Add("campaign", std::move(node));
}

}  // namespace

void CustomerBalance(const Call& call) { call.reply(ReadBalance(call)); }

}  // namespace oubli::dialects::stickystreet
