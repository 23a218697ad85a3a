// record_activity (contract, 3.1): adds to a customer's balance in one campaign and answers with a
// receipt.
#include "dialects/stickystreet/record_activity.h"

#include <algorithm>
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

// The entry as it is to be stored, checked but for the balance.
Result<customers::Transaction> MakeEntry(StoreTransaction& transaction, const Activity& activity,
                                         const Campaign& campaign) {
  OUBLI_TRY(CheckFieldValues(transaction, activity.entry.custom_fields));
  OUBLI_TRY_ASSIGN(customers::Transaction entry, EntryFor(transaction, activity, campaign));
  if (entry.date == 0) entry.date = transaction.now_ms();
  return entry;
}

Result<customers::Customer> FindRegistered(StoreTransaction& transaction,
                                           const Activity& activity) {
  OUBLI_TRY_ASSIGN(customers::Customer customer,
                   FindNamed(transaction, activity.code, activity.card_number));
  if (!customer.profile.registered) return Refuse(kNotRegistered);
  return customer;
}

Result<Ledger> OpenLedger(StoreTransaction& transaction, const customers::Head& owner,
                          int64_t campaign_id) {
  Ledger ledger;
  OUBLI_TRY_ASSIGN(const auto entries, customers::ListTransactions(transaction, owner));
  for (const customers::Transaction& entry : entries) {
    if (entry.campaign_id == campaign_id) OUBLI_TRY(ledger.balance.Add(entry));
  }
  OUBLI_TRY_ASSIGN(const auto enrollments, customers::ListEnrollments(transaction, owner));
  ledger.enrolled = std::ranges::find(enrollments, campaign_id,
                                      &customers::Enrollment::campaign_id) != enrollments.end();
  return ledger;
}

// Stores the entry, enrols who is not enrolled yet, and keeps the ledger right. Returns the entry
// as stored.
Result<customers::Transaction> Enter(StoreTransaction& transaction, const customers::Head& owner,
                                     Ledger& ledger, customers::Transaction entry) {
  OUBLI_TRY(ledger.balance.Add(entry));
  if (!ledger.enrolled) {
    OUBLI_TRY(
        customers::PutEnrollment(transaction, owner, {entry.campaign_id, transaction.now_ms()}));
    ledger.enrolled = true;
  }
  return customers::PutTransaction(transaction, owner, std::move(entry));
}

}  // namespace

Result<Receipt> RecordOne(StoreTransaction& transaction, const Activity& activity) {
  Receipt receipt;
  OUBLI_TRY_ASSIGN(receipt.campaign, FindActiveCampaign(transaction, activity.campaign_id));
  OUBLI_TRY_ASSIGN(receipt.customer, FindRegistered(transaction, activity));
  const customers::Head& owner = receipt.customer.head;
  OUBLI_TRY_ASSIGN(receipt.entry, MakeEntry(transaction, activity, receipt.campaign));
  OUBLI_TRY_ASSIGN(Ledger ledger, OpenLedger(transaction, owner, activity.campaign_id));
  OUBLI_TRY_ASSIGN(receipt.entry, Enter(transaction, owner, ledger, std::move(receipt.entry)));
  receipt.balance = std::move(ledger.balance);
  OUBLI_TRY_ASSIGN(receipt.address, FindShownAddress(transaction, owner));
  return receipt;
}

Status ActivityRecorder::Record(const Activity& activity) {
  OUBLI_TRY_ASSIGN(const Campaign campaign, FindActiveCampaign(transaction_, activity.campaign_id));
  OUBLI_TRY_ASSIGN(const customers::Head owner, FindOwner(activity));
  OUBLI_TRY_ASSIGN(customers::Transaction entry, MakeEntry(transaction_, activity, campaign));
  OUBLI_TRY_ASSIGN(Ledger* const ledger, FindLedger(owner, activity.campaign_id));
  OUBLI_TRY(Enter(transaction_, owner, *ledger, std::move(entry)));
  return {};
}

Result<customers::Head> ActivityRecorder::FindOwner(const Activity& activity) {
  // As FindNamed(): beside a code the card number does not count.
  std::pair name(activity.code, activity.code.empty() ? activity.card_number : std::string());
  if (const auto known = owners_.find(name); known != owners_.end()) return known->second;
  OUBLI_TRY_ASSIGN(const customers::Customer customer, FindRegistered(transaction_, activity));
  // Not the profile, which may be long.
  owners_.emplace(std::move(name), customer.head);
  return customer.head;
}

Result<Ledger*> ActivityRecorder::FindLedger(const customers::Head& owner, int64_t campaign_id) {
  const std::pair place(owner.ordinal, campaign_id);
  const auto known = ledgers_.find(place);
  if (known != ledgers_.end()) return &known->second;
  OUBLI_TRY_ASSIGN(Ledger ledger, OpenLedger(transaction_, owner, campaign_id));
  return &ledgers_.emplace(place, std::move(ledger)).first->second;
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
