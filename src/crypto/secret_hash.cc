#include "crypto/secret_hash.h"

#include <sodium.h>

#include <cstring>

namespace oubli::crypto {
namespace {

std::string Blake2b(size_t size, const Key* key, std::string_view field, std::string_view value) {
  std::string out(size, '\0');
  crypto_generichash_state state;
  crypto_generichash_init(&state, key ? key->data() : nullptr, key ? Key::kSize : 0, size);
  // The length in front keeps ("ab","c") and ("a","bc") apart.
  const uint64_t length = field.size();
  crypto_generichash_update(&state, reinterpret_cast<const uint8_t*>(&length), sizeof length);
  crypto_generichash_update(&state, reinterpret_cast<const uint8_t*>(field.data()), field.size());
  crypto_generichash_update(&state, reinterpret_cast<const uint8_t*>(value.data()), value.size());
  crypto_generichash_final(&state, reinterpret_cast<uint8_t*>(out.data()), size);
  return out;
}

}  // namespace

std::string BlindToken(const Key& key, std::string_view field, std::string_view value) {
  return Blake2b(16, &key, field, value);
}

std::string HashSecret(std::string_view secret) {
  return Blake2b(32, nullptr, "oubli secret", secret);
}

bool ConstantTimeEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

uint64_t KeyedNumber(const Key& key, std::string_view field, std::string_view value) {
  const std::string hash = Blake2b(16, &key, field, value);
  uint64_t number = 0;
  std::memcpy(&number, hash.data(), sizeof number);
  return number & ((uint64_t{1} << 52) - 1);
}

}  // namespace oubli::crypto
