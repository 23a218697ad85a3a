#include "crypto/password.h"

#include <sodium.h>

#include <new>
#include <semaphore>

namespace oubli::crypto {
namespace {

// OWASP's minimum for Argon2id: 19 MiB, two passes.
constexpr unsigned long long kPasses = 2;
constexpr size_t kMemoryBytes = 19 * 1024 * 1024;

std::counting_semaphore<4>& Slots() {
  static std::counting_semaphore<4> slots(4);
  return slots;
}

class Slot {
 public:
  Slot() { Slots().acquire(); }
  ~Slot() { Slots().release(); }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
};

}  // namespace

std::string HashPassword(std::string_view password) {
  Slot slot;
  char hash[crypto_pwhash_STRBYTES];
  const int rc = crypto_pwhash_str_alg(hash, password.data(), password.size(), kPasses,
                                       kMemoryBytes, crypto_pwhash_ALG_ARGON2ID13);
  if (rc != 0) throw std::bad_alloc();  // the only cause: 19 MiB cannot be had
  return hash;
}

bool VerifyPassword(std::string_view hash, std::string_view password) {
  static const std::string kNobody = HashPassword("nobody has this password");
  const bool exists = !hash.empty();
  const std::string tested(exists ? hash : std::string_view(kNobody));
  Slot slot;
  const bool matches =
      tested.size() < crypto_pwhash_STRBYTES &&
      crypto_pwhash_str_verify(tested.c_str(), password.data(), password.size()) == 0;
  return matches && exists;
}

}  // namespace oubli::crypto
