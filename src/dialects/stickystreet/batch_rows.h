// Delimited text with named columns: customers_batch and batch_transactions (contract, 2.11 and
// 3.4).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialects/stickystreet/request.h"

namespace oubli::dialects::stickystreet {

inline constexpr size_t kMaxBatchRows = 1000;

// The rows of the field `data`, each as the fields of a call of its own. `columns` are the fields
// that a column may fill; one counts when the call has a parameter of that name, with the column's
// number from 1, or its header in the first row. Without any, `positions` are the columns in order.
// Errors: kNoData, kBadDelimiter, kTooManyRows, kOptionNotAllowed for a column that there is not;
// what CheckValues() refuses, with the row's number in front.
Result<std::vector<Fields>> ReadBatch(const Fields& fields, std::string_view data,
                                      const std::vector<std::string>& columns,
                                      const std::vector<std::string>& positions);

// The same error for a row of a batch, counted from 1; what is no fault of the row stays as it is.
tl::unexpected<Error> FailRow(const Error& error, size_t row);

}  // namespace oubli::dialects::stickystreet
