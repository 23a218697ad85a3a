// How much a store's callers may ask for, of all its tokens together (contract 1.8): requests in
// any 30 seconds, and calls of some endpoints at a time. A store has neither unless its settings
// say so (customers/settings.h); then this costs two reads of memory.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "customers/store.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce {

// What the headers of contract 1.7 tell.
struct ShownQuota {
  int64_t quota = 0;  // 0: nothing is counted, and the headers show a quota that is never reached
  int64_t left = 0;
  int64_t reset_ms = 0;
};

// Moments of requests in a window that moves on with the time. One thread at a time.
class RollingWindow {
 public:
  static constexpr int64_t kLengthMs = 30'000;

  // Counts a request, unless `quota` of them are in the window.
  bool Take(int64_t now_ms, int64_t quota);
  int64_t used() const { return used_; }
  // After Take(): until another request fits, where none does, else until the oldest one leaves.
  int64_t ResetMs(int64_t now_ms, int64_t quota) const;

 private:
  struct Moment {
    int64_t at_ms = 0;
    int64_t count = 0;
  };
  std::deque<Moment> moments_;  // at most one a millisecond, whatever the quota
  int64_t used_ = 0;
};

// An endpoint with a limit of its own (contract 1.8): `method` and `pattern` are a route's.
struct ConcurrencyRule {
  std::string_view method;
  std::string_view pattern;
  int64_t at_most;
};
inline constexpr size_t kConcurrencyRules = 11;
std::span<const ConcurrencyRule, kConcurrencyRules> ConcurrencyRules();

// What is under way and was asked for in one store. Safe from any thread.
class StoreLimits {
 public:
  std::optional<ShownQuota> Take(int64_t now_ms, int64_t quota);  // nothing: none is left
  ShownQuota Refused(int64_t now_ms, int64_t quota);
  bool Enter(size_t rule, int64_t at_most);
  void Leave(size_t rule);

 private:
  std::mutex mutex_;
  RollingWindow window_;
  std::array<int64_t, kConcurrencyRules> under_way_ = {};
};

// A call's place among those that are under way; given back once: by Leave(), or when the last copy
// of the call's answer has gone.
class Place {
 public:
  Place(std::shared_ptr<StoreLimits> limits, size_t rule)
      : limits_(std::move(limits)), rule_(rule) {}
  ~Place() { Leave(); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  void Leave() {
    if (!left_.exchange(true)) limits_->Leave(rule_);
  }

 private:
  const std::shared_ptr<StoreLimits> limits_;
  const size_t rule_;
  std::atomic<bool> left_{false};
};

struct Admission {
  bool admitted = true;
  ShownQuota shown;
  std::shared_ptr<Place> place;  // to be held until the call is answered; often none
  int64_t retry_after_s = 0;     // where it is not admitted
};

// Safe from any thread. What it holds of a store is small, and stays.
class Limits {
 public:
  Limits(const Clock& clock, const Choices& choices) : clock_(clock), choices_(choices) {}

  // Whether a call that has been authenticated for `store` may be handled. One that may not counts
  // nowhere. `method` and `pattern` are a route's.
  Admission Admit(customers::Store& store, std::string_view method, std::string_view pattern);

 private:
  std::shared_ptr<StoreLimits> Of(int64_t store);

  const Clock& clock_;
  const Choices& choices_;
  std::mutex mutex_;
  std::unordered_map<int64_t, std::shared_ptr<StoreLimits>> stores_;
};

}  // namespace oubli::dialects::bigcommerce
