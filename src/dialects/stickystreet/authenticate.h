// Who calls (contract, 1.1): the owner of an account, which is an API key of the server, or one of
// the account's users.
#pragma once

#include "base/result.h"
#include "dialects/dialect.h"
#include "dialects/stickystreet/permissions.h"
#include "dialects/stickystreet/request.h"
#include "http/message.h"

namespace oubli::dialects::stickystreet {

inline constexpr size_t kUserKeyDigits = 32;  // of a user's key, hexadecimal in lower case

// If the header api_access_key holds a key, that one alone counts. Errors: the contract's texts,
// kUnavailable.
Result<Caller> Authenticate(const http::Request& request, const Fields& fields,
                            const Environment& environment);

}  // namespace oubli::dialects::stickystreet
