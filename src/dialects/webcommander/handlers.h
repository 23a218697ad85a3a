// The handlers of all calls; each answers its call exactly once. Listed in router.cc; a reader
// finds one by its path: oauth.cc, customers.cc, customer_list.cc, and later calls in files of
// their own.
#pragma once

#include "dialects/webcommander/call.h"

namespace oubli::dialects::webcommander {

void IssueToken(const Call& call);  // POST /oauth2/token

void ListCustomers(const Call& call);   // GET    /admin/customers
void CreateCustomer(const Call& call);  // POST   /admin/customers
void GetCustomer(const Call& call);     // GET    /admin/customers/{customer_id}
void UpdateCustomer(const Call& call);  // PUT    /admin/customers/{customer_id}
void DeleteCustomer(const Call& call);  // DELETE /admin/customers/{customer_id}

}  // namespace oubli::dialects::webcommander
