// Authenticated encryption of one record: XChaCha20-Poly1305 (libsodium) with a random 24-byte
// nonce.
#pragma once

#include <memory_resource>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/key.h"

namespace oubli::crypto {

// Bytes that sealing adds: nonce and tag.
inline constexpr size_t kSealOverhead = 24 + 16;

// nonce ‖ ciphertext ‖ tag. `associated` is bound to the result but not stored in it: what says
// where the sealed bytes belong, so that they do not open anywhere else.
std::string Seal(const Key& key, std::string_view plain, std::string_view associated);

// Errors: kCorrupt when key, place or bytes are not those that were sealed.
Result<std::string> Open(const Key& key, std::string_view sealed, std::string_view associated);

// The same into locked memory (locked_memory.h): for sealed keys.
Result<std::pmr::string> OpenLocked(const Key& key, std::string_view sealed,
                                    std::string_view associated);

}  // namespace oubli::crypto
