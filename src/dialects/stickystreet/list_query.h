// Searching, sorting and paging of the short lists (contract, section 4): one set of parameters for
// campaigns, and later for promotions and items.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "dialects/stickystreet/output.h"
#include "dialects/stickystreet/request.h"

namespace oubli::dialects::stickystreet {

// The fields of one element, in the order in which they are printed.
using Row = std::vector<std::pair<std::string, std::string>>;

struct ListQuery {
  std::string search_field;  // "" searches nothing
  std::string search_oper;   // eq ne bw bn ew en cn nc nu nn in ni
  std::string search_value;
  std::string sort_field;  // "" keeps the order
  bool descending = false;
  int64_t offset = 0;
  int64_t length = 10;
};

// Errors: kOptionNotAllowed for a field that is not in `known` or an operation that there is not,
// kBadNumber.
Result<ListQuery> ReadListQuery(const Fields& fields, const std::vector<std::string_view>& known);

// The rows that fit, sorted; paging is left to AddPage().
std::vector<Row> Select(const ListQuery& query, std::vector<Row> rows);

// Adds the page of `rows` as the list `name` of `element`s, and `pagination`.
void AddPage(Node& root, std::string_view name, std::string_view element, const ListQuery& query,
             const std::vector<Row>& rows);

}  // namespace oubli::dialects::stickystreet
