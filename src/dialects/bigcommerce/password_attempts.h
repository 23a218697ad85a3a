// How often passwords may be tried: a limit of its own, apart from that of all calls (contract 1.8
// and 5.1).
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "crypto/key.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce {

// Counts in memory alone, and by tokens under a key of this process: nothing here outlives it. A
// window begins with the first attempt in a store and ends for everybody of the store at once, so
// that nobody is remembered beyond it and there are never more of them than a store may have
// attempts. The two calls that take passwords count apart. Safe from any thread.
class PasswordAttempts {
 public:
  PasswordAttempts(const Clock& clock, const Choices& choices) : clock_(clock), choices_(choices) {}

  // Each counts one attempt, of V3's validate-credentials or of V2's validate. False, and nothing
  // is counted, when the store or the one who is named has had all that a window gives; one whom
  // nobody is is treated like any other.
  bool AllowEmail(int64_t store_number, std::string_view email);
  bool AllowCustomer(int64_t store_number, int64_t customer_id);

 private:
  enum class Call { kValidateCredentials, kValidate };
  struct Limits {
    int64_t of_store = 0;
    int64_t of_one = 0;
  };
  struct Window {
    int64_t begun_ms = 0;
    int64_t attempts = 0;
    std::unordered_map<std::string, int64_t> by_token;
  };

  bool Allow(Call call, int64_t store_number, std::string_view who, const Limits& limits);
  void ForgetEnded(int64_t now_ms);
  bool HasEnded(const Window& window, int64_t now_ms) const;

  const Clock& clock_;
  const Choices& choices_;
  const crypto::Key key_ = crypto::Key::Random();
  std::mutex mutex_;
  std::map<std::pair<int64_t, Call>, Window> windows_;  // by store and call; guarded by mutex_
};

}  // namespace oubli::dialects::bigcommerce
