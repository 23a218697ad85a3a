// Customers: create, find, change. (Erasing one is erasure/eraser.h, and nowhere else.)
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::customers {

// The fields of Error::field when a create or update clashes with somebody else's value
// (kConflict): "email", "code", "card_number", "username", "id".

// Reads. Nothing (an empty optional) when there is no such living customer; errors are kCorrupt and
// kUnavailable alone.
Result<std::optional<Customer>> FindCustomer(StoreView& view, int64_t id);
Result<std::optional<Customer>> FindCustomerByEmail(StoreView& view, std::string_view email);
// By CodeOf(): the code that was given, or the one made from the id.
Result<std::optional<Customer>> FindCustomerByCode(StoreView& view, std::string_view code);
Result<std::optional<Customer>> FindCustomerByCard(StoreView& view, std::string_view card_number);
Result<std::optional<Customer>> FindCustomerByUsername(StoreView& view, std::string_view username);
Result<std::optional<Head>> FindHead(StoreView& view, OwnerKind kind, int64_t id);
// By code, without opening anything: for erasing a customer whose records are damaged.
Result<std::optional<Head>> FindHeadByCode(StoreView& view, std::string_view code);

// The heads of living owners with id > after_id, ascending, until `visit` returns false.
Status ForEachHead(StoreView& view, OwnerKind kind, int64_t after_id,
                   const std::function<bool(const Head&)>& visit);
// The living customers with id > after_id, ascending, opened one by one, until `visit` returns
// false.
Status ForEachCustomer(StoreView& view, int64_t after_id,
                       const std::function<bool(const Customer&)>& visit);
// How many living owners there are; a stored counter, not a scan.
Result<int64_t> CountOwners(StoreView& view, OwnerKind kind);

// Opens the profile of a head (a customer's or a subscriber's) that was read from this view. Nobody
// when the customer has been erased since the view began: to be passed over as if it were not
// there.
Result<std::optional<Customer>> OpenIfLiving(StoreView& view, const Head& head);

// Stores a new customer. `customer.head.id` 0 takes the next free id, another one is kept if no
// living customer has it; ordinal is made here; created_at and modified_at 0 become now. Returns
// the customer as stored. Errors: kConflict with a field, kInvalid.
Result<Customer> CreateCustomer(StoreTransaction& transaction, Customer customer);

// Replaces the profile, and group_id of the head, of a living customer. modified_at becomes now.
// Errors: kNotFound, kConflict with a field.
Result<Customer> UpdateCustomer(StoreTransaction& transaction, Customer customer);

// Personal data without a customer: a subscriber, a guest's order or cart, with an ordinal and a
// key of its own. Records are attached with records.h. `id` 0 takes the next one of its kind.
// `created_at` 0 is now.
Result<Head> CreateOwner(StoreTransaction& transaction, OwnerKind kind, int64_t id,
                         UnixMs created_at = 0);

// Sticky Street's code of a customer: the one that was given, else 16 digits made from the id, "8"
// and the id with zeros in front. A given code never equals another customer's made one.
std::string CodeOf(const Customer& customer);

// E-mail addresses are compared without regard to case and blanks around them.
std::string NormalizeEmail(std::string_view email);

}  // namespace oubli::customers
