// The handlers of all calls; each answers its call exactly once. Listed in router.cc; a reader
// finds one by its path: customers_*.cc, addresses_*.cc, and later resources (attributes,
// metafields, hooks, V2) in files of their own.
#pragma once

#include "dialects/bigcommerce/call.h"

namespace oubli::dialects::bigcommerce {

void ListCustomers(Call& call);    // GET    /v3/customers
void CreateCustomers(Call& call);  // POST   /v3/customers
void UpdateCustomers(Call& call);  // PUT    /v3/customers
void DeleteCustomers(Call& call);  // DELETE /v3/customers

void ListAddresses(Call& call);    // GET    /v3/customers/addresses
void CreateAddresses(Call& call);  // POST   /v3/customers/addresses
void UpdateAddresses(Call& call);  // PUT    /v3/customers/addresses
void DeleteAddresses(Call& call);  // DELETE /v3/customers/addresses

void ListHooks(Call& call);         // GET    /v3/hooks
void CreateHook(Call& call);        // POST   /v3/hooks
void ShowHooksAdmin(Call& call);    // GET    /v3/hooks/admin
void UpdateHooksAdmin(Call& call);  // PUT    /v3/hooks/admin
void ShowHook(Call& call);          // GET    /v3/hooks/{hook_id}
void UpdateHook(Call& call);        // PUT    /v3/hooks/{hook_id}
void DeleteHook(Call& call);        // DELETE /v3/hooks/{hook_id}

}  // namespace oubli::dialects::bigcommerce
