// What the account is called in answers.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "customers/store.h"

namespace oubli::dialects::stickystreet {

// The name of the business, as account_update set it; until then the store's handle.
Result<std::string> AccountName(customers::StoreView& view, std::string_view handle);

}  // namespace oubli::dialects::stickystreet
