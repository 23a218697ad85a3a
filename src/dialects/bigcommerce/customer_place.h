// Where a customer stands in the orders of the customers' list, and the cursors that say it.
#pragma once

#include <optional>

#include "customers/model.h"
#include "dialects/bigcommerce/customer_search.h"
#include "dialects/bigcommerce/pagination.h"
#include "search/query.h"

namespace oubli::dialects::bigcommerce {

// REQUIRES: `customer` for an order by last name.
search::Place PlaceOf(const Order& order, const customers::Head& head,
                      const std::optional<customers::Customer>& customer);

// A last name goes into the cursor sealed with a key that this process alone has and that dies with
// it.
Cursor CursorOf(const Order& order, const search::Place& place);

// The place that a cursor says; nothing for a cursor that says its row alone: of a list in another
// order, or of a process before this one.
std::optional<search::Place> PlaceIn(const Order& order, const Cursor& cursor);

}  // namespace oubli::dialects::bigcommerce
