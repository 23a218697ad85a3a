// Customers read from a store and written as accounts.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"
#include "dialects/hotcakes/envelope.h"

namespace oubli::dialects::hotcakes {

// The finished JSON of one account.
Result<std::string> AccountJson(customers::StoreView& view, const customers::Customer& customer);

// The customers by ascending id, without the first `skip`, at most `count`.
NextItems AccountList(std::shared_ptr<customers::Store> store, int64_t skip, int64_t count);

// A customer's id out of a Bvin: a positive number written as this server writes it, and nothing
// else.
std::optional<int64_t> ParseBvin(std::string_view bvin);

}  // namespace oubli::dialects::hotcakes
