// Long lists of customers, made piece by piece while they are sent: what is in memory does not grow
// with the list. A piece reads its own snapshot, and goes on behind the last customer of the piece
// before (customers/customer_walk.h says what that means while others write).
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/customers.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/output.h"

namespace oubli::dialects::stickystreet {

// What a list shows of a customer; nothing when the customer is not in it. kNotFound is nobody:
// erased meanwhile.
using Show =
    std::function<Result<std::vector<Node>>(customers::StoreView&, const customers::Customer&)>;

struct ScanForm {
  Node root = Success();  // what comes in front of the list
  std::string_view list = "customers";
  std::string_view element = "customer";
  bool empty_is_error = false;  // kNoSuchCustomer
  // Customers with these ids alone: behind the first number, up to the second.
  int64_t after_id = 0;
  int64_t last_id = std::numeric_limits<int64_t>::max();
  int64_t offset = 0;                                   // elements that are passed over
  int64_t limit = std::numeric_limits<int64_t>::max();  // and how many are shown
};

// Answers the call. `show` outlives the call's function, and is called on worker threads, one call
// at a time. The first piece is made before the answer begins, so that what goes wrong there is
// still an error; where an empty list is one, customers are looked at until somebody is shown.
void AnswerWithScan(const Call& call, ScanForm form, Show show);

}  // namespace oubli::dialects::stickystreet
