// The part of the sweep that takes away the records of retired ranges (customers/record_ranges.h):
// nothing leads to them any more, but their owners may be living.
#pragma once

#include <functional>

#include "base/result.h"
#include "customers/store.h"

namespace oubli::erasure {

// Removes them in batches, until there are no more or `keep_going` says no.
Status SweepRetiredRanges(storage::Connection& connection, const std::function<bool()>& keep_going);
Result<bool> AnyRetiredRange(customers::StoreView& view);

}  // namespace oubli::erasure
