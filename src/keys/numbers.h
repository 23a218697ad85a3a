// Unsigned little-endian numbers in the bytes of cells, pages and journals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace oubli::keys {

// Into `count` bytes of `block`, from `at` on. REQUIRES: they are there; the number fits.
template <class String>
void PutNumber(String& block, size_t at, uint64_t number, size_t count) {
  for (size_t i = 0; i < count; ++i) block[at + i] = static_cast<char>(number >> (8 * i));
}

template <class String>
void AppendNumber(String& out, uint64_t number, size_t count) {
  for (size_t i = 0; i < count; ++i) out.push_back(static_cast<char>(number >> (8 * i)));
}

// REQUIRES: the bytes are there.
inline uint64_t GetNumber(std::string_view bytes, size_t at, size_t count) {
  uint64_t number = 0;
  for (size_t i = count; i > 0; --i) {
    number = number << 8 | static_cast<uint8_t>(bytes[at + i - 1]);
  }
  return number;
}

}  // namespace oubli::keys
