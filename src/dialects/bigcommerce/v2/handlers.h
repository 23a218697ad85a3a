// The handlers of V2's calls, listed in router.cc; each answers its call exactly once.
#pragma once

#include "dialects/bigcommerce/call.h"

namespace oubli::dialects::bigcommerce::v2 {

void ListCustomers(Call& call);       // GET    /v2/customers
void CreateCustomer(Call& call);      // POST   /v2/customers
void DeleteAllCustomers(Call& call);  // DELETE /v2/customers
void CountCustomers(Call& call);      // GET    /v2/customers/count
void GetCustomer(Call& call);         // GET    /v2/customers/{id}
void UpdateCustomer(Call& call);      // PUT    /v2/customers/{id}
void DeleteCustomer(Call& call);      // DELETE /v2/customers/{id}
void ValidatePassword(Call& call);    // POST   /v2/customers/{id}/validate

void ListAddresses(Call& call);    // GET    /v2/customers/{id}/addresses
void CreateAddress(Call& call);    // POST   /v2/customers/{id}/addresses
void DeleteAddresses(Call& call);  // DELETE /v2/customers/{id}/addresses
void CountAddresses(Call& call);   // GET    /v2/customers/{id}/addresses/count
void GetAddress(Call& call);       // GET    /v2/customers/{id}/addresses/{address_id}
void UpdateAddress(Call& call);    // PUT    /v2/customers/{id}/addresses/{address_id}
void DeleteAddress(Call& call);    // DELETE /v2/customers/{id}/addresses/{address_id}

void ListGroups(Call& call);   // GET    /v2/customer_groups
void CreateGroup(Call& call);  // POST   /v2/customer_groups
void CountGroups(Call& call);  // GET    /v2/customer_groups/count
void GetGroup(Call& call);     // GET    /v2/customer_groups/{id}
void UpdateGroup(Call& call);  // PUT    /v2/customer_groups/{id}
void DeleteGroup(Call& call);  // DELETE /v2/customer_groups/{id}

void GetTime(Call& call);  // GET /v2/time

}  // namespace oubli::dialects::bigcommerce::v2
