#include "crypto/seal.h"

#include <sodium.h>

#include "crypto/locked_memory.h"

namespace oubli::crypto {
namespace {

constexpr size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kNonce + kTag == kSealOverhead);

uint8_t* Bytes(std::string& text) { return reinterpret_cast<uint8_t*>(text.data()); }
const uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

}  // namespace

std::string Seal(const Key& key, std::string_view plain, std::string_view associated) {
  std::string sealed(kNonce + plain.size() + kTag, '\0');
  randombytes_buf(sealed.data(), kNonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(Bytes(sealed) + kNonce, nullptr, Bytes(plain),
                                             plain.size(), Bytes(associated), associated.size(),
                                             nullptr, Bytes(sealed), key.data());
  return sealed;
}

namespace {

// `plain` takes what the sealed bytes hold.
template <class String>
Status OpenInto(String& plain, const Key& key, std::string_view sealed,
                std::string_view associated) {
  if (sealed.size() < kSealOverhead) return Fail(ErrorKind::kCorrupt, "sealed bytes are too short");
  plain.resize(sealed.size() - kSealOverhead);
  const int rc = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<uint8_t*>(plain.data()), nullptr, nullptr, Bytes(sealed) + kNonce,
      sealed.size() - kNonce, Bytes(associated), associated.size(), Bytes(sealed), key.data());
  if (rc != 0) return Fail(ErrorKind::kCorrupt, "sealed bytes do not open");
  return {};
}

}  // namespace

Result<std::string> Open(const Key& key, std::string_view sealed, std::string_view associated) {
  std::string plain;
  OUBLI_TRY(OpenInto(plain, key, sealed, associated));
  return plain;
}

Result<std::pmr::string> OpenLocked(const Key& key, std::string_view sealed,
                                    std::string_view associated) {
  std::pmr::string plain(LockedMemory());
  OUBLI_TRY(OpenInto(plain, key, sealed, associated));
  return plain;
}

}  // namespace oubli::crypto
