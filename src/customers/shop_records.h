// What a shop keeps of a customer beside the orders themselves: carts, coupons, changes of the
// store credit, and the details of orders. Sealed records of their owner, as all others.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::customers {

// ---- carts: found by their session ----

struct OwnedCart {
  Head owner;
  Cart cart;
};
// The cart of a session, where its owner is living. A session is not stored in clear: a cart's id
// is a hash of it under a key of the store's own.
Result<std::optional<OwnedCart>> FindCart(StoreView& view, std::string_view session);
// Stores or replaces the cart of its session; id and times are set here. Errors: kConflict when the
// session is somebody else's.
Result<Cart> PutCart(StoreTransaction& transaction, const Head& owner, Cart cart);
Result<bool> DeleteCart(StoreTransaction& transaction, const OwnedCart& cart);

// ---- coupons ----

// Which customer has the coupon; nobody when it is not assigned, or the customer is gone.
Result<std::optional<Head>> FindCouponOwner(StoreView& view, int64_t coupon_id);
// Gives the coupon to this owner, and takes it from another one.
Status PutCouponAssignment(StoreTransaction& transaction, const Head& owner,
                           CouponAssignment assignment);

// ---- store credit ----

Result<std::vector<CreditAdjustment>> ListCreditAdjustments(StoreView& view, const Head& owner);
// id 0 takes the next one of the store; the time is set here. The balance is the caller's to keep.
Result<CreditAdjustment> PutCreditAdjustment(StoreTransaction& transaction, const Head& owner,
                                             CreditAdjustment adjustment);

// ---- orders ----

struct OwnedOrder {
  Head owner;
  Order order;
  OrderDetails details;  // order_id is set, also where nothing else is
};
Result<std::optional<OwnedOrder>> FindOrder(StoreView& view, int64_t id);
// All orders of an owner, by id.
Result<std::vector<OwnedOrder>> ListOwnedOrders(StoreView& view, const Head& owner);
Status PutOrderDetails(StoreTransaction& transaction, const Head& owner, OrderDetails details);
// Gives an order, with its details, to another owner. Amounts that are kept of it follow it.
Status MoveOrder(StoreTransaction& transaction, const OwnedOrder& order, const Head& to);
// Removes an order and its details from its owner. Amounts that are kept of it stay: kept_orders.h.
// A guest's order is its own owner: that goes by erasure, which is the only way to make it
// unreadable.
Result<bool> DeleteOrder(StoreTransaction& transaction, const Head& owner, int64_t id);

}  // namespace oubli::customers
