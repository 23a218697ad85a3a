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

void ListAllMetafields(Call& call);         // GET    /v3/customers/metafields
void CreateMetafields(Call& call);          // POST   /v3/customers/metafields
void UpdateMetafields(Call& call);          // PUT    /v3/customers/metafields
void DeleteMetafields(Call& call);          // DELETE /v3/customers/metafields
void ListMetafieldsOfCustomer(Call& call);  // GET    /v3/customers/{customer_id}/metafields
void CreateMetafield(Call& call);           // POST   /v3/customers/{customer_id}/metafields
void GetMetafield(Call& call);     // GET    /v3/customers/{customer_id}/metafields/{metafield_id}
void UpdateMetafield(Call& call);  // PUT    /v3/customers/{customer_id}/metafields/{metafield_id}
void DeleteMetafield(Call& call);  // DELETE /v3/customers/{customer_id}/metafields/{metafield_id}

void ListStoredInstruments(Call& call);  // GET /v3/customers/{customer_id}/stored-instruments

void ListSubscribers(Call& call);    // GET    /v3/customers/subscribers
void CreateSubscriber(Call& call);   // POST   /v3/customers/subscribers
void DeleteSubscribers(Call& call);  // DELETE /v3/customers/subscribers
void GetSubscriber(Call& call);      // GET    /v3/customers/subscribers/{subscriber_id}
void UpdateSubscriber(Call& call);   // PUT    /v3/customers/subscribers/{subscriber_id}
void DeleteSubscriber(Call& call);   // DELETE /v3/customers/subscribers/{subscriber_id}

}  // namespace oubli::dialects::bigcommerce
