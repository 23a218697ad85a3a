// The administrator's commands about the amounts of orders that are kept apart from the person
// (customers/kept_orders.h): one page or step each, so that none takes long. The first call has no
// `after`; the next one has that of the answer before.
//
//   orders.kept   {store, after}          {store, orders: [{id, date, currency, status, total,
//                                         items: [{sku, quantity, price}]}], after, complete}
//                                         date is YYYY-MM-DD or null, amounts are texts
//   orders.keep   {store, after}          {store, kept, unreadable, after, complete}
//   orders.forget {store, before, after}  {store, forgotten, after, complete}; before: YYYY-MM-DD
#pragma once

#include <string>
#include <string_view>

#include "access/stores.h"
#include "admin/arguments.h"
#include "base/result.h"

namespace oubli::admin {

inline constexpr std::string_view kOrdersKept = "orders.kept";
inline constexpr std::string_view kOrdersKeep = "orders.keep";
inline constexpr std::string_view kOrdersForget = "orders.forget";

// `info` is the store that the arguments name. Errors: kInvalid, kUnavailable, kCorrupt.
Result<std::string> RunOrders(access::Stores& stores, const access::StoreInfo& info,
                              std::string_view command, const Arguments& arguments);

}  // namespace oubli::admin
