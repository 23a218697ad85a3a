// Keyed and unkeyed BLAKE2b: blind-index tokens, and hashes of secrets that are random already.
#pragma once

#include <string>
#include <string_view>

#include "crypto/key.h"

namespace oubli::crypto {

// A 16-byte blind-index token of `value` for look-up by equality. Who lacks the key can neither
// make nor test one. `field` keeps equal values of different fields apart.
std::string BlindToken(const Key& key, std::string_view field, std::string_view value);

// 32 bytes; for API keys and access tokens, which have at least 128 random bits of their own. What
// people choose (passwords, PINs) goes through password.h.
std::string HashSecret(std::string_view secret);

// Compares in constant time. Different lengths are unequal.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

// A 52-bit number from `value`, the same for the same key, field and value.
uint64_t KeyedNumber(const Key& key, std::string_view field, std::string_view value);

}  // namespace oubli::crypto
