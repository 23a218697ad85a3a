// Slows down who guesses passwords: after some wrong ones nobody is listened to for a while.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace oubli::admin::web {

// Safe from any thread. In memory: a restart forgets. Counts wrong passwords by (name, address), by
// name and by address; each count starts afresh kLockMs after the last wrong one.
class SignInGuard {
 public:
  static constexpr int64_t kLockMs = 15 * 60'000;
  static constexpr int kWrongOfPair = 5;      // one address, one name
  static constexpr int kWrongOfAddress = 20;  // one address, any names
  static constexpr int kWrongOfName = 50;     // one name, from anywhere

  explicit SignInGuard(const Clock& clock) : clock_(clock) {}

  // Seconds until a sign-in is listened to again, at least 1; 0 when it is now. Counts this one as
  // wrong until SignedIn() says otherwise, so that many at the same time do not slip through.
  int64_t Begin(std::string_view name, std::string_view address);
  void SignedIn(std::string_view name, std::string_view address);

 private:
  struct Count {
    int wrong = 0;
    int64_t last_ms = 0;
  };
  // Of the count, 0 or the milliseconds for which it says no.
  int64_t LockedFor(const std::string& key, int most);
  void DropOld();

  const Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, Count> counts_;  // guarded by mutex_
};

}  // namespace oubli::admin::web
