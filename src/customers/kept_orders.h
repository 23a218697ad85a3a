// What stays of an order when its customer is erased, where the store's setting keep_order_amounts
// says so: the day, the amounts and the article codes, in an owner of its own (kKeptOrder) with an
// ordinal and a key of its own. It is written in the transaction that writes the order, so the
// erasure of the customer has nothing to copy: it takes the customer's key, and the kept order does
// not depend on that.
//
// Nothing in a kept order leads to a person: no customer, no order number (it stands on invoices),
// no item names and notes (free text), no time of day; its id is random, its head row has the day
// alone. The way from an order to its kept order lies in the customer's sealed order record and
// goes with it; there is no way back. They go on the one deletion path, by their ids, and by a
// clear-all.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::customers {

// What is kept of an order. A currency that is no three letters, and a status that is none of the
// known words of shops, are left out: free text may name somebody.
KeptOrder AmountsOf(const Order& order);

// For PutOrder(): writes the amounts of an order that is about to be stored, anew when it has a
// kept order already, and returns the kept order's id; 0 when there is none and the setting is off.
Result<int64_t> KeepAmounts(StoreTransaction& transaction, const Head& owner, const Order& order);

// The kept orders with id > after_id, by id, opened one by one, until `visit` returns false. The
// ids are random: their order says nothing.
Status ForEachKeptOrder(StoreView& view, int64_t after_id,
                        const std::function<bool(const Head& head, const KeptOrder& order)>& visit);

// One step of writing apart the amounts of orders that were there before the setting was on.
struct KeepStep {
  int64_t after = 0;       // the last order looked at: where the next step goes on
  int64_t kept = 0;        // orders whose amounts this step has written
  int64_t unreadable = 0;  // orders that do not open, passed over
  bool complete = false;
};
// May be repeated and interrupted; who has a kept order keeps that one. Not from a writer thread.
// Errors: kInvalid when the setting is off, kUnavailable, kCorrupt.
Result<KeepStep> KeepPresentOrders(Store& store, int64_t after_id);

}  // namespace oubli::customers
