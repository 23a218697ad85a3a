// The handlers of all calls; each answers its call exactly once. Listed in router.cc; a reader
// finds one by its path: customers_*.cc, addresses_*.cc, attributes.cc, attribute_values_*.cc and
// so on; later resources (metafields, hooks, V2) in files of their own.
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

void ListSegments(Call& call);    // GET    /v3/segments
void CreateSegments(Call& call);  // POST   /v3/segments
void UpdateSegments(Call& call);  // PUT    /v3/segments
void DeleteSegments(Call& call);  // DELETE /v3/segments

void ListSegmentMembers(Call& call);    // GET    /v3/segments/{segment_id}/shopper-profiles
void AddSegmentMembers(Call& call);     // POST   /v3/segments/{segment_id}/shopper-profiles
void RemoveSegmentMembers(Call& call);  // DELETE /v3/segments/{segment_id}/shopper-profiles

void ListShopperProfiles(Call& call);    // GET    /v3/shopper-profiles
void CreateShopperProfiles(Call& call);  // POST   /v3/shopper-profiles
void DeleteShopperProfiles(Call& call);  // DELETE /v3/shopper-profiles
void ListSegmentsOfProfile(Call& call);  // GET /v3/shopper-profiles/{shopper_profile_id}/segments
void ListAttributes(Call& call);         // GET    /v3/customers/attributes
void CreateAttributes(Call& call);       // POST   /v3/customers/attributes
void UpdateAttributes(Call& call);       // PUT    /v3/customers/attributes
void DeleteAttributes(Call& call);       // DELETE /v3/customers/attributes

void ListAttributeValues(Call& call);    // GET    /v3/customers/attribute-values
void PutAttributeValues(Call& call);     // PUT    /v3/customers/attribute-values
void DeleteAttributeValues(Call& call);  // DELETE /v3/customers/attribute-values

void ListFormFieldValues(Call& call);  // GET /v3/customers/form-field-values
void PutFormFieldValues(Call& call);   // PUT /v3/customers/form-field-values

void ValidateCredentials(Call& call);  // POST /v3/customers/validate-credentials

void GetConsent(Call& call);  // GET /v3/customers/{customer_id}/consent
void PutConsent(Call& call);  // PUT /v3/customers/{customer_id}/consent

void GetSettings(Call& call);               // GET /v3/customers/settings
void PutSettings(Call& call);               // PUT /v3/customers/settings
void GetChannelSettings(Call& call);        // GET /v3/customers/settings/channels/{channel_id}
void PutChannelSettings(Call& call);        // PUT /v3/customers/settings/channels/{channel_id}
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
void ListHooks(Call& call);          // GET    /v3/hooks
void CreateHook(Call& call);         // POST   /v3/hooks
void ShowHooksAdmin(Call& call);     // GET    /v3/hooks/admin
void UpdateHooksAdmin(Call& call);   // PUT    /v3/hooks/admin
void ShowHook(Call& call);           // GET    /v3/hooks/{hook_id}
void UpdateHook(Call& call);         // PUT    /v3/hooks/{hook_id}
void DeleteHook(Call& call);         // DELETE /v3/hooks/{hook_id}

}  // namespace oubli::dialects::bigcommerce
