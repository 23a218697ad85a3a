// Which domains answer so badly that an account's deliveries to them pause (contract 8.2).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace oubli::webhooks {

struct FailureReason {
  std::string description;
  int64_t count = 0;
  UnixMs last_at = 0;
};

struct BlockedDomain {
  std::string domain;
  int64_t left_ms = 0;
  std::vector<FailureReason> reasons = {};
};

// One thread at a time. Times are of a clock that does not jump (Clock::BootMs), but for those of
// reasons. It dies with the process.
class DomainHealth {
 public:
  static constexpr int64_t kWindowMs = 120'000;
  static constexpr int64_t kBlockMs = 180'000;
  static constexpr int64_t kMinRequests = 100;
  static constexpr int64_t kMinPercent = 90;

  // Notes how one request of an account ended; `failure` is empty when it was taken. True when that
  // has blocked the domain.
  bool Note(int64_t key_id, const std::string& domain, std::string_view failure, int64_t now_ms,
            UnixMs wall_ms);
  // 0: it may be sent to.
  int64_t BlockedForMs(int64_t key_id, const std::string& domain, int64_t now_ms) const;
  std::vector<BlockedDomain> Blocked(int64_t key_id, int64_t now_ms) const;

 private:
  struct Window {
    int64_t began_ms = 0;
    int64_t requests = 0;
    int64_t taken = 0;
    int64_t blocked_until_ms = 0;
    std::vector<FailureReason> reasons;
  };
  using Key = std::pair<int64_t, std::string>;
  void DropOld(int64_t now_ms);

  std::map<Key, Window> windows_;
  int64_t dropped_ms_ = 0;
};

}  // namespace oubli::webhooks
