// Who is signed in to the admin page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "access/administrators.h"
#include "base/clock.h"

namespace oubli::admin::web {

struct Session {
  int64_t administrator_id = 0;
  int64_t password_version = 0;
  std::string csrf_token;  // what a changing call must repeat in a header
};

// Safe from any thread. In memory, as hashes: a restart signs everybody out. A session ends when it
// has not been used for kIdleMs, and at the latest after kLongestMs.
class Sessions {
 public:
  static constexpr int64_t kIdleMs = 30 * 60'000;
  static constexpr int64_t kLongestMs = 12 * 3'600'000;
  static constexpr size_t kMaxOfOne = 20;  // of an administrator; the one unused longest ends first

  explicit Sessions(const Clock& clock) : clock_(clock) {}

  // Returns the secret that the cookie holds: 64 hexadecimal digits.
  std::string Begin(const access::Administrator& administrator);
  // Counts as a use. Nothing when there is none, or none any more.
  std::optional<Session> Use(std::string_view secret);
  // The same, and does not: for what a page asks of its own accord while nobody may be there.
  std::optional<Session> Look(std::string_view secret);
  void End(std::string_view secret);

 private:
  struct Entry {
    Session session;
    int64_t began_ms = 0;  // BootMs()
    int64_t used_ms = 0;
  };
  bool IsOver(const Entry& entry) const;
  std::optional<Session> Find(std::string_view secret, bool counts);

  const Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;  // by the secret's hash; guarded by mutex_
};

}  // namespace oubli::admin::web
