// Customers read from a store and written as accounts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::dialects::hotcakes {

// The finished JSON of one account.
Result<std::string> AccountJson(customers::StoreView& view, const customers::Customer& customer);

// The JSON list of the customers by ascending id, without the first `skip`, at most `count`.
Result<std::string> AccountListJson(customers::StoreView& view, int64_t skip, int64_t count);

// A customer's id out of a Bvin: a positive number written as this server writes it, and nothing
// else.
std::optional<int64_t> ParseBvin(std::string_view bvin);

}  // namespace oubli::dialects::hotcakes
