// redeem (contract, 3.2): takes from a customer's balance in one campaign, never more than there
// is.
#include <limits>
#include <utility>

#include "base/text.h"
#include "customers/campaigns.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "dialects/stickystreet/account.h"
#include "dialects/stickystreet/balances.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/receipt.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Campaign;
using customers::PartKind;
using customers::StoreTransaction;

struct Redemption {
  std::string code;
  std::string card_number;
  std::string points;   // custom_points_redeem
  std::string dollars;  // custom_dollars_redeem
  std::string reward;   // reward_to_redeem
  customers::Transaction entry;
};

// How many points so much money is worth, never too few: what does not come out even is rounded up
// at the last decimal.
Result<Decimal> PointsFor(Decimal money, Decimal reward_ratio) {
  if (reward_ratio <= Decimal()) return Refuse(kBadAmount);
  const __int128 scaled = static_cast<__int128>(money.units()) * Decimal::kOne;
  const __int128 ratio = reward_ratio.units();
  const __int128 units = (scaled + ratio - 1) / ratio;
  if (units > std::numeric_limits<int64_t>::max()) return Refuse(kBadAmount);
  return Decimal::FromUnits(static_cast<int64_t>(units));
}

// The level of a reward, with its description for the history.
Result<Decimal> TakeReward(StoreTransaction& transaction, const Campaign& campaign,
                           const std::string& reward, customers::Transaction& entry) {
  OUBLI_TRY_ASSIGN(const auto part,
                   customers::FindPart(transaction, campaign.id, PartKind::kReward, reward));
  if (!part) return Refuse(kBadReward);
  entry.description = part->description;
  return part->level;
}

Status TakePoints(StoreTransaction& transaction, const Campaign& campaign, const Redemption& wanted,
                  customers::Transaction& entry) {
  std::optional<Decimal> sum = Decimal();
  const auto add = [&](Decimal amount) { sum = sum ? sum->Plus(amount) : sum; };
  if (!wanted.points.empty()) {
    const auto points = ReadNumber(wanted.points);
    if (!points || *points <= Decimal()) return Refuse(kBadAmount);
    add(*points);
  }
  if (!wanted.dollars.empty()) {
    OUBLI_TRY_ASSIGN(const Decimal money, ReadMoney(wanted.dollars));
    OUBLI_TRY_ASSIGN(const Decimal points, PointsFor(money, campaign.reward_ratio));
    add(points);
  }
  if (!wanted.reward.empty()) {
    OUBLI_TRY_ASSIGN(const Decimal level, TakeReward(transaction, campaign, wanted.reward, entry));
    add(level);
  }
  if (!sum) return Refuse(kBadAmount);
  entry.amount = *sum;
  return {};
}

Status TakeItem(StoreTransaction& transaction, const Campaign& campaign, const Redemption& wanted,
                customers::Transaction& entry) {
  OUBLI_TRY_ASSIGN(const auto part,
                   customers::FindPart(transaction, campaign.id, PartKind::kItem, wanted.reward));
  if (!part) return Refuse(kBadItem);
  entry.item = std::to_string(part->id);
  entry.description = part->description;
  entry.amount = part->level;
  return {};
}

// What it costs. Only points can be redeemed without naming a reward.
Result<customers::Transaction> EntryFor(StoreTransaction& transaction, const Campaign& campaign,
                                        const Redemption& wanted) {
  customers::Transaction entry = wanted.entry;
  const bool points = campaign.type == "points";
  const bool asked =
      !wanted.reward.empty() || (points && (!wanted.points.empty() || !wanted.dollars.empty()));
  if (!asked) return Refuse(kNothingToRedeem);
  if (points) {
    OUBLI_TRY(TakePoints(transaction, campaign, wanted, entry));
  } else if (CountsMoney(campaign)) {
    OUBLI_TRY_ASSIGN(entry.amount, ReadMoney(wanted.reward));
  } else if (campaign.type == "buyx") {
    OUBLI_TRY(TakeItem(transaction, campaign, wanted, entry));
  } else {
    OUBLI_TRY_ASSIGN(entry.amount, TakeReward(transaction, campaign, wanted.reward, entry));
  }
  return entry;
}

Status CheckBalance(const Campaign& campaign, const Balance& balance,
                    const customers::Transaction& entry, const Redemption& wanted) {
  Decimal available = balance.balance;
  if (campaign.type == "buyx") {
    const auto item = balance.items.find(entry.item);
    available = item == balance.items.end() ? Decimal() : item->second;
  }
  if (entry.amount <= available) return {};
  const bool amount = CountsMoney(campaign) || wanted.reward.empty();
  return Refuse(amount ? kAmountTooHigh : kRewardTooHigh);
}

Result<Receipt> Take(StoreTransaction& transaction, const Redemption& wanted) {
  Receipt receipt;
  OUBLI_TRY_ASSIGN(receipt.campaign, FindActiveCampaign(transaction, wanted.entry.campaign_id));
  OUBLI_TRY_ASSIGN(receipt.customer, FindNamed(transaction, wanted.code, wanted.card_number));
  if (!receipt.customer.profile.registered) return Refuse(kNotRegistered);
  OUBLI_TRY_ASSIGN(receipt.entry, EntryFor(transaction, receipt.campaign, wanted));
  const customers::Head& owner = receipt.customer.head;
  OUBLI_TRY_ASSIGN(const auto entries, customers::ListTransactions(transaction, owner));
  for (const customers::Transaction& entry : entries) {
    if (entry.campaign_id == receipt.campaign.id) OUBLI_TRY(receipt.balance.Add(entry));
  }
  OUBLI_TRY(CheckBalance(receipt.campaign, receipt.balance, receipt.entry, wanted));
  receipt.entry.date = transaction.now_ms();
  OUBLI_TRY(receipt.balance.Add(receipt.entry));
  OUBLI_TRY_ASSIGN(receipt.entry,
                   customers::PutTransaction(transaction, owner, std::move(receipt.entry)));
  OUBLI_TRY_ASSIGN(receipt.address, FindShownAddress(transaction, owner));
  return receipt;
}

Result<Redemption> ReadRedemption(const Call& call) {
  Redemption wanted;
  OUBLI_TRY_ASSIGN(wanted.entry.campaign_id, ReadCampaignId(call.fields.Get("campaign_id")));
  wanted.code = call.fields.Get("code");
  wanted.card_number = call.fields.Get("card_number");
  wanted.points = call.fields.Get("custom_points_redeem");
  wanted.dollars = call.fields.Get("custom_dollars_redeem");
  wanted.reward = call.fields.Get("reward_to_redeem");
  wanted.entry.redeemed = true;
  wanted.entry.authorization = call.fields.Get("authorization");
  wanted.entry.user_name = call.principal().user_id;
  OUBLI_TRY_ASSIGN(wanted.entry.custom_fields, ReadCustomFields(call.fields));
  return wanted;
}

}  // namespace

void Redeem(const Call& call) {
  auto wanted = ReadRedemption(call);
  if (!wanted) return call.reply(Fail(wanted.error()));
  call.store.Write(
      [wanted = std::move(*wanted),
       handle = call.principal().handle](StoreTransaction& transaction) -> Result<Node> {
        OUBLI_TRY_ASSIGN(const Receipt receipt, Take(transaction, wanted));
        OUBLI_TRY_ASSIGN(const std::string account, AccountName(transaction, handle));
        return Success().Add("receipt", ReceiptNode(receipt, account));
      },
      [reply = call.reply](const Result<Node>& outcome) { reply(outcome); });
}

}  // namespace oubli::dialects::stickystreet
