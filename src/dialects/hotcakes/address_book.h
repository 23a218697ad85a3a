// A customer's addresses as this dialect has them: a book, one for billing and one for shipping,
// out of the addresses and roles that all dialects share.
#pragma once

#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "customers/records.h"
#include "customers/store.h"
#include "dialects/hotcakes/account_json.h"

namespace oubli::dialects::hotcakes {

AddressDto ToDto(const customers::Address& address);
// Sets what this dialect can say; the rest of `address` stays.
void Apply(const AddressDto& dto, customers::Address& address);

// Fills the account's addresses. An address that the customer does not have is a blank one, dated
// `account.last_updated`.
void FillAddresses(const std::vector<customers::Address>& addresses, AccountDto& account);

// Adds each of `posted` that is not yet in the book, under an id of its own.
Status AddToBook(customers::StoreTransaction& transaction, const customers::Head& owner,
                 const std::vector<AddressDto>& posted);

// Makes book, billing and shipping address what `account` says. An address that is known again, by
// its Bvin or its content, keeps its id and what only other dialects show of it; one that has
// another role besides keeps that role with what it held.
Status ReplaceAddresses(customers::StoreTransaction& transaction, const customers::Head& owner,
                        const AccountDto& account);

}  // namespace oubli::dialects::hotcakes
