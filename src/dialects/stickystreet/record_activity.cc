// record_activity (contract, 3.1): adds to a customer's balance in one campaign and answers with a
// receipt.
#include "dialects/stickystreet/record_activity.h"

#include <utility>

#include "base/date_time.h"
#include "base/text.h"
#include "customers/campaigns.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/records.h"
#include "dialects/stickystreet/account.h"
#include "dialects/stickystreet/balances.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/campaign_rules.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/field_values.h"
#include "dialects/stickystreet/receipt.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Campaign;
using customers::StoreTransaction;

Result<Activity> ReadActivity(const Call& call) {
  Activity activity;
  OUBLI_TRY_ASSIGN(activity.campaign_id, ReadCampaignId(call.fields.Get("campaign_id")));
  activity.code = call.fields.Get("code");
  activity.card_number = call.fields.Get("card_number");
  activity.amount = call.fields.Get("amount");
  activity.promo_id = call.fields.Get("promo_id");
  activity.item = call.fields.Get("service_product");
  activity.quantity = call.fields.Get("buyx_quantity");
  activity.entry.campaign_id = activity.campaign_id;
  activity.entry.authorization = call.fields.Get("authorization");
  activity.entry.user_name = call.principal().user_id;
  OUBLI_TRY_ASSIGN(activity.entry.custom_fields, ReadCustomFields(call.fields));
  return activity;
}

// Without an amount a visit counts as one unit of money.
Status AddPoints(StoreTransaction& transaction, const Activity& activity, const Campaign& campaign,
                 customers::Transaction& entry) {
  if (!activity.apply_ratio) {
    OUBLI_TRY_ASSIGN(entry.amount, ReadMoney(activity.amount));
    return {};
  }
  entry.purchase = Decimal::FromInt(1);
  if (!activity.amount.empty()) {
    OUBLI_TRY_ASSIGN(entry.purchase, ReadMoney(activity.amount));
  }
  auto points = entry.purchase.Times(campaign.points_ratio);
  if (points && !activity.promo_id.empty()) {
    OUBLI_TRY_ASSIGN(const auto promo,
                     customers::FindPart(transaction, campaign.id, customers::PartKind::kPromo,
                                         activity.promo_id));
    if (!promo || !IsOn(*promo, FormatDate(transaction.now_ms()))) return Refuse(kBadPromo);
    points = promo->operand == "x" ? points->Times(promo->level) : points->Plus(promo->level);
    entry.description = promo->description;
  }
  if (!points) return Refuse(kBadAmount);
  entry.amount = *points;
  return {};
}

Status AddItems(StoreTransaction& transaction, const Activity& activity,
                customers::Transaction& entry) {
  OUBLI_TRY_ASSIGN(const auto item, customers::FindPart(transaction, activity.campaign_id,
                                                        customers::PartKind::kItem, activity.item));
  if (!item) return Refuse(kBadItem);
  entry.item = std::to_string(item->id);
  entry.description = item->description;
  entry.amount = Decimal::FromInt(1);
  if (activity.quantity.empty()) return {};
  constexpr int64_t kMaxQuantity = 1'000'000;
  const auto quantity = ParseInt(activity.quantity);
  if (!quantity || *quantity > kMaxQuantity) return Refuse(kBadAmount);
  if (*quantity < 1) return Refuse(kAmountBelowOne);
  entry.amount = Decimal::FromInt(*quantity);
  return {};
}

// The entry that this activity makes in a campaign of that type.
Result<customers::Transaction> EntryFor(StoreTransaction& transaction, const Activity& activity,
                                        const Campaign& campaign) {
  customers::Transaction entry = activity.entry;
  if (!activity.promo_id.empty() && campaign.type != "points") return Refuse(kBadPromo);
  if (campaign.type == "points") {
    OUBLI_TRY(AddPoints(transaction, activity, campaign, entry));
  } else if (campaign.type == "giftcard") {
    if (activity.amount.empty()) return Refuse(kBadAmount);
    OUBLI_TRY_ASSIGN(entry.amount, ReadMoney(activity.amount));
  } else if (campaign.type == "buyx") {
    OUBLI_TRY(AddItems(transaction, activity, entry));
  } else {
    entry.amount = campaign.amount_per_event;
  }
  return entry;
}

}  // namespace

Result<Receipt> RecordOne(StoreTransaction& transaction, const Activity& activity) {
  Receipt receipt;
  OUBLI_TRY_ASSIGN(receipt.campaign, FindActiveCampaign(transaction, activity.campaign_id));
  OUBLI_TRY_ASSIGN(receipt.customer, FindNamed(transaction, activity.code, activity.card_number));
  if (!receipt.customer.profile.registered) return Refuse(kNotRegistered);
  OUBLI_TRY(CheckFieldValues(transaction, activity.entry.custom_fields));
  const customers::Head& owner = receipt.customer.head;
  OUBLI_TRY_ASSIGN(receipt.entry, EntryFor(transaction, activity, receipt.campaign));
  if (receipt.entry.date == 0) receipt.entry.date = transaction.now_ms();

  OUBLI_TRY_ASSIGN(const auto entries, customers::ListTransactions(transaction, owner));
  for (const customers::Transaction& entry : entries) {
    if (entry.campaign_id == activity.campaign_id) OUBLI_TRY(receipt.balance.Add(entry));
  }
  OUBLI_TRY(receipt.balance.Add(receipt.entry));
  OUBLI_TRY(EnsureEnrolled(transaction, owner, activity.campaign_id));
  OUBLI_TRY_ASSIGN(receipt.entry,
                   customers::PutTransaction(transaction, owner, std::move(receipt.entry)));
  OUBLI_TRY_ASSIGN(receipt.address, FindShownAddress(transaction, owner));
  return receipt;
}

void RecordActivity(const Call& call) {
  auto activity = ReadActivity(call);
  if (!activity) {
    call.reply(Fail(activity.error()));
    return;
  }
  call.store.Write(
      [activity = std::move(*activity),
       handle = call.principal().handle](StoreTransaction& transaction) -> Result<Node> {
        OUBLI_TRY_ASSIGN(const Receipt receipt, RecordOne(transaction, activity));
        OUBLI_TRY_ASSIGN(const std::string account, AccountName(transaction, handle));
        return Success().Add("receipt", ReceiptNode(receipt, account));
      },
      [reply = call.reply](const Result<Node>& outcome) { reply(outcome); });
}

}  // namespace oubli::dialects::stickystreet
