// Finds the customers of one page: filter, order and cut (contract 1.9 and 2.2).
//
// `id:in` and `email:in` cost what they find; filters and orders on head-row columns (dates,
// groups) go over head rows without opening anybody; the rest opens the customers that the head
// rows let through. Where the store has an index in memory, it answers all but the first kind
// (customer_index.h).
#pragma once

#include <vector>

#include "base/result.h"
#include "customers/customers.h"
#include "dialects/bigcommerce/choices.h"
#include "dialects/bigcommerce/filters.h"
#include "dialects/bigcommerce/pagination.h"

namespace oubli::dialects::bigcommerce {

struct Order {
  enum class By { kId, kCreated, kModified, kLastName } by = By::kId;
  bool descending = false;  // of equal rows the lower id comes first either way
};
// Errors: kInvalid.
Result<Order> ReadOrder(const Query& query);

struct FoundPage {
  std::vector<customers::Customer> customers;
  PageOutcome outcome;
};
// Errors: kInvalid for a cursor whose row is gone and that does not say where it stood.
Result<FoundPage> FindCustomers(customers::StoreView& view, const CustomerFilter& filter,
                                const Order& order, const PageRequest& page,
                                const Choices& choices);

}  // namespace oubli::dialects::bigcommerce
