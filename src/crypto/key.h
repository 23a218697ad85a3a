// A 32-byte secret that wipes itself.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace oubli::crypto {

void Wipe(void* bytes, size_t size);  // not optimised away

class Key {
 public:
  static constexpr size_t kSize = 32;

  Key() = default;
  ~Key() { Wipe(bytes_.data(), kSize); }
  Key(const Key&) = default;
  Key& operator=(const Key&) = default;

  static Key Random();
  // REQUIRES: bytes.size() == kSize.
  static Key FromBytes(std::string_view bytes);

  const uint8_t* data() const { return bytes_.data(); }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes_.data()), kSize}; }

 private:
  std::array<uint8_t, kSize> bytes_{};
};

}  // namespace oubli::crypto
