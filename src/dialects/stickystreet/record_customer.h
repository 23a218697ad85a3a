// Recording one customer, for record_customer and for each row of a batch.
#pragma once

#include <string>

#include "base/result.h"
#include "customers/customers.h"
#include "dialects/stickystreet/customer_form.h"

namespace oubli::dialects::stickystreet {

// `user_id` is who does it, for the history. Errors: the contract's texts, those of
// customers::CreateCustomer() and UpdateCustomer().
Result<customers::Customer> RecordOne(customers::StoreTransaction& transaction, CustomerForm form,
                                      const std::string& user_id);

}  // namespace oubli::dialects::stickystreet
