// A page of customers by the store's index in memory (customers/search_index.h).
#pragma once

#include <optional>

#include "base/result.h"
#include "customers/store.h"
#include "dialects/bigcommerce/customer_search.h"
#include "search/query.h"

namespace oubli::dialects::bigcommerce {

// Whether the index is worth asking: what costs only what it finds does without.
bool IsForIndex(const CustomerFilter& filter, const Order& order, const PageRequest& page,
                const Choices& choices);

// Nothing when the store has no index just now. Every row has been read from `view`, fits there and
// stands where the index says, so that the page's cursors lead on from there. `cursor` is the place
// of the request's cursor.
Result<std::optional<FoundPage>> FindInIndex(customers::StoreView& view,
                                             const CustomerFilter& filter, const Order& order,
                                             const PageRequest& page,
                                             const std::optional<search::Place>& cursor,
                                             const Choices& choices);

}  // namespace oubli::dialects::bigcommerce
