// Who calls, and whether they may (contract 1.3 and 1.4).
#pragma once

#include <optional>
#include <string_view>

#include "dialects/bigcommerce/call.h"
#include "dialects/bigcommerce/router.h"

namespace oubli::dialects::bigcommerce {

// Fills in `call.principal` and `call.store`, or returns the refusal: token present, well formed,
// known; then its store, then its scope. A store that is not the token's is refused in the same
// words whether it exists or not.
std::optional<http::Response> Authenticate(Call& call, std::string_view store_hash, Need need);

// Whether a token with these scopes will do.
bool Allows(const access::Principal& principal, Need need);

}  // namespace oubli::dialects::bigcommerce
