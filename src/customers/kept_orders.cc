#include "customers/kept_orders.h"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "crypto/random.h"
#include "customers/codec.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "customers/settings.h"

namespace oubli::customers {
namespace {

constexpr int64_t kDayMs = 24LL * 60 * 60 * 1000;
// Fits into the 53 bits that every client's numbers hold.
constexpr uint64_t kIds = (uint64_t{1} << 52) - 1;
constexpr size_t kOrdersAStep = 256;

// The words that shops have for the state of an order; books need to tell a sale from a refund.
constexpr std::string_view kStatuses[] = {"Incomplete",
                                          "Pending",
                                          "Received",
                                          "Processing",
                                          "On Hold",
                                          "Awaiting Payment",
                                          "Awaiting Fulfillment",
                                          "Awaiting Shipment",
                                          "Awaiting Pickup",
                                          "Partially Paid",
                                          "Paid",
                                          "Partially Shipped",
                                          "Shipped",
                                          "Delivered",
                                          "Complete",
                                          "Completed",
                                          "Cancelled",
                                          "Canceled",
                                          "Declined",
                                          "Failed",
                                          "Partially Refunded",
                                          "Refunded",
                                          "Returned",
                                          "Disputed",
                                          "In_Progress",
                                          "Draft",
                                          "Paused",
                                          "Reopened",
                                          "Manual Verification Required"};

UnixMs DayOf(UnixMs time) {
  const int64_t into_day = time % kDayMs;
  return time - (into_day < 0 ? into_day + kDayMs : into_day);
}

std::string KnownStatus(std::string_view status) {
  const auto* const known = std::ranges::find_if(
      kStatuses, [&](std::string_view each) { return EqualsIgnoreCase(each, Trim(status)); });
  return known == std::end(kStatuses) ? std::string() : std::string(*known);
}

std::string KnownCurrency(std::string_view currency) {
  std::string letters;
  for (const char c : AsciiLower(Trim(currency))) {
    if (c < 'a' || c > 'z') return "";
    letters += static_cast<char>(c - 'a' + 'A');
  }
  return letters.size() == 3 ? letters : "";
}

// The kept order that a stored order leads to; nobody when it has none, or that has been forgotten.
Result<std::optional<Head>> KeptOrderOf(StoreView& view, const Head& owner, int64_t order_id) {
  if (order_id == 0) return std::nullopt;
  OUBLI_TRY_ASSIGN(const crypto::Key key, view.KeyOf(owner));
  OUBLI_TRY_ASSIGN(const auto plain, FindRecord(view, owner, key, RecordKind::kOrder, order_id));
  if (!plain) return std::nullopt;
  Order stored;
  OUBLI_TRY(Decode(*plain, stored));
  if (stored.kept_id == 0) return std::nullopt;
  return FindHead(view, OwnerKind::kKeptOrder, stored.kept_id);
}

Result<Head> CreateKeptOrder(StoreTransaction& transaction) {
  while (true) {
    const auto id = static_cast<int64_t>(crypto::RandomBelow(kIds)) + 1;
    OUBLI_TRY_ASSIGN(const auto taken, FindHead(transaction, OwnerKind::kKeptOrder, id));
    if (taken) continue;
    return CreateOwner(transaction, OwnerKind::kKeptOrder, id, DayOf(transaction.now_ms()));
  }
}

struct PresentOrder {
  int64_t id = 0;
  Head owner;
};

// True when the amounts were written, and not there before.
Result<bool> KeepPresentOrder(StoreTransaction& transaction, const PresentOrder& found) {
  OUBLI_TRY_ASSIGN(const auto kept, KeptOrderOf(transaction, found.owner, found.id));
  if (kept) return false;
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(found.owner));
  OUBLI_TRY_ASSIGN(const auto plain,
                   FindRecord(transaction, found.owner, key, RecordKind::kOrder, found.id));
  if (!plain) return false;
  Order order;
  order.id = found.id;
  OUBLI_TRY(Decode(*plain, order));
  OUBLI_TRY(PutOrder(transaction, found.owner, std::move(order)));
  return true;
}

Result<KeepStep> Step(StoreTransaction& transaction, int64_t after_id) {
  OUBLI_TRY_ASSIGN(const int64_t is_on, ReadSettingValue(transaction, Setting::kKeepOrderAmounts));
  if (is_on == 0) {
    return Fail(ErrorKind::kInvalid,
                "the store keeps no amounts of orders: set keep_order_amounts to yes first");
  }
  std::vector<PresentOrder> batch;
  OUBLI_TRY(ForEachRecordOwner(transaction, RecordKind::kOrder, after_id,
                               [&](int64_t id, const Head& owner) {
                                 batch.push_back({id, owner});
                                 return batch.size() < kOrdersAStep;
                               }));
  KeepStep step;
  step.after = after_id;
  step.complete = batch.size() < kOrdersAStep;
  for (const PresentOrder& found : batch) {
    step.after = found.id;
    const Result<bool> kept = KeepPresentOrder(transaction, found);
    if (kept) {
      step.kept += *kept ? 1 : 0;
      continue;
    }
    // What does not open fails before anything of that order is written.
    if (kept.error().kind != ErrorKind::kCorrupt) return Fail(kept.error());
    ++step.unreadable;
  }
  return step;
}

}  // namespace

KeptOrder AmountsOf(const Order& order) {
  KeptOrder kept;
  kept.date = order.date == 0 ? 0 : DayOf(order.date);
  kept.currency = KnownCurrency(order.currency);
  kept.status = KnownStatus(order.status);
  kept.total = order.total;
  for (const OrderItem& item : order.items) {
    kept.items.push_back({item.sku, item.quantity, item.price});
  }
  return kept;
}

Result<int64_t> KeepAmounts(StoreTransaction& transaction, const Head& owner, const Order& order) {
  OUBLI_TRY_ASSIGN(auto kept, KeptOrderOf(transaction, owner, order.id));
  if (!kept) {
    OUBLI_TRY_ASSIGN(const int64_t is_on,
                     ReadSettingValue(transaction, Setting::kKeepOrderAmounts));
    if (is_on == 0) return 0;
    OUBLI_TRY_ASSIGN(kept, CreateKeptOrder(transaction));
  }
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(*kept));
  OUBLI_TRY(
      PutRecord(transaction, *kept, key, RecordKind::kKeptOrder, 0, Encode(AmountsOf(order))));
  return kept->id;
}

Status ForEachKeptOrder(
    StoreView& view, int64_t after_id,
    const std::function<bool(const Head& head, const KeptOrder& order)>& visit) {
  Status failed;
  const auto open = [&](const Head& head) -> Result<bool> {
    const auto key = view.KeyOf(head);
    if (!key && key.error().kind == ErrorKind::kNotFound) return true;
    if (!key) return Fail(key.error());
    OUBLI_TRY_ASSIGN(const auto plain, FindRecord(view, head, *key, RecordKind::kKeptOrder, 0));
    if (!plain) return Fail(ErrorKind::kCorrupt, "a kept order has no record");
    KeptOrder order;
    OUBLI_TRY(Decode(*plain, order));
    return visit(head, order);
  };
  OUBLI_TRY(ForEachHead(view, OwnerKind::kKeptOrder, after_id, [&](const Head& head) {
    const Result<bool> go_on = open(head);
    if (!go_on && go_on.error().kind == ErrorKind::kCorrupt) {
      failed = Fail(ErrorKind::kCorrupt, fmt::format("the kept order {} does not open", head.id));
    } else if (!go_on) {
      failed = Fail(go_on.error());
    }
    return go_on && *go_on;
  }));
  return failed;
}

Result<KeepStep> KeepPresentOrders(Store& store, int64_t after_id) {
  return store.WriteAndWait(
      [after_id](StoreTransaction& transaction) { return Step(transaction, after_id); });
}

}  // namespace oubli::customers
