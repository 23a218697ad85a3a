// Storing a new order: for the order calls and for carts that become orders.
#pragma once

#include "base/result.h"
#include "customers/store.h"
#include "dialects/webcommander/order_body.h"
#include "dialects/webcommander/order_json.h"

namespace oubli::dialects::webcommander {

// Errors: kNotFound with the field customer_id or coupon_code.
Result<OrderView> StoreNewOrder(customers::StoreTransaction& transaction, NewOrder order);

}  // namespace oubli::dialects::webcommander
