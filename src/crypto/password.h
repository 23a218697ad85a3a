// Passwords and PINs, which people choose: Argon2id (RFC 9106) by libsodium.
#pragma once

#include <string>
#include <string_view>

namespace oubli::crypto {

// A self-describing hash ("$argon2id$..."). Takes about 20 ms and 19 MiB; at most four run at once,
// the others wait, so that a flood of log-ins cannot take the memory. Throws std::bad_alloc when
// there is none.
std::string HashPassword(std::string_view password);

// An empty hash matches nothing, but takes as long as a real one, so that time does not tell
// whether there is an account.
bool VerifyPassword(std::string_view hash, std::string_view password);

}  // namespace oubli::crypto
