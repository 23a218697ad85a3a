// How often passwords may be tried: the rate limit of validate-credentials, apart from that of all
// calls (contract 5.1).
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "crypto/key.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce {

// Counts in memory alone, and e-mail addresses by tokens under a key of this process: nothing here
// outlives it. A window begins with the first attempt in a store and ends for all of the store's
// addresses at once, so that there are never more of them than a store may have attempts. Safe from
// any thread.
class LoginAttempts {
 public:
  LoginAttempts(const Clock& clock, const Choices& choices) : clock_(clock), choices_(choices) {}

  // Counts one attempt. False, and nothing is counted, when the store or the address has had all
  // that a window gives; an address that nobody has is treated like any other.
  bool Allow(int64_t store_number, std::string_view email);

 private:
  struct Window {
    int64_t begun_ms = 0;
    int64_t attempts = 0;
    std::unordered_map<std::string, int64_t> by_email;  // token to attempts
  };

  void ForgetEnded(int64_t now_ms);
  bool HasEnded(const Window& window, int64_t now_ms) const;

  const Clock& clock_;
  const Choices& choices_;
  const crypto::Key key_ = crypto::Key::Random();
  std::mutex mutex_;
  std::unordered_map<int64_t, Window> windows_;  // by store; guarded by mutex_
};

}  // namespace oubli::dialects::bigcommerce
