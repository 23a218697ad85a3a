// Finding the customers of one page of a list.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "customers/store.h"
#include "dialects/webcommander/customer_details.h"
#include "dialects/webcommander/list_query.h"

namespace oubli::dialects::webcommander {

struct CustomerPage {
  int64_t total = 0;  // that fit the filter
  std::vector<CustomerDetails> rows;
};

// Without a filter in the order of ids: the stored count and the page's heads. By e-mail: one
// look-up. Else a scan that opens customers one by one and keeps the keys of the best offset +
// limit. Errors: kCorrupt, kUnavailable.
Result<CustomerPage> FindPage(customers::StoreView& view, const ListQuery& query);

}  // namespace oubli::dialects::webcommander
