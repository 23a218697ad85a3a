#include "crypto/random.h"

#include <sodium.h>

#include "base/check.h"
#include "crypto/key.h"

namespace oubli::crypto {

void Wipe(void* bytes, size_t size) { sodium_memzero(bytes, size); }

Key Key::Random() {
  Key key;
  randombytes_buf(key.bytes_.data(), kSize);
  return key;
}

Key Key::FromBytes(std::string_view bytes) {
  OUBLI_CHECK(bytes.size() == kSize);
  Key key;
  std::memcpy(key.bytes_.data(), bytes.data(), kSize);
  return key;
}

void Initialize() { OUBLI_CHECK(sodium_init() >= 0); }

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), count);
  return bytes;
}

uint64_t RandomBelow(uint64_t bound) {
  OUBLI_CHECK(bound > 0);
  // The largest multiple of bound that fits: what lies above it would favour small results.
  const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  uint64_t value = 0;
  do {
    randombytes_buf(&value, sizeof value);
  } while (value >= limit);
  return value % bound;
}

namespace {

// Bytes at or above the largest multiple of the alphabet's size would favour its first letters and
// are passed over. The bytes come in one call: each is a system call.
std::string RandomFrom(std::string_view alphabet, size_t count) {
  const size_t limit = 256 - 256 % alphabet.size();
  std::string text;
  text.reserve(count);
  while (text.size() < count) {
    for (const char c : RandomBytes(2 * (count - text.size()))) {
      const auto byte = static_cast<uint8_t>(c);
      if (byte < limit && text.size() < count) text += alphabet[byte % alphabet.size()];
    }
  }
  return text;
}

}  // namespace

std::string RandomHex(size_t digits) { return RandomFrom("0123456789abcdef", digits); }

std::string RandomDigits(size_t count) {
  std::string digits = RandomFrom("0123456789", count);
  if (!digits.empty() && digits[0] == '0') digits[0] = RandomFrom("123456789", 1)[0];
  return digits;
}

std::string RandomAlphanumeric(size_t count) {
  return RandomFrom("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", count);
}

std::string RandomUuid() {
  std::string hex = RandomHex(32);
  hex[12] = '4';
  hex[16] = RandomFrom("89ab", 1)[0];
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' +
         hex.substr(16, 4) + '-' + hex.substr(20);
}

}  // namespace oubli::crypto
