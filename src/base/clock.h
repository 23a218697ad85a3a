// Time, behind a seam so that tests can set it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace oubli {

// Milliseconds since 1970-01-01 UTC.
using UnixMs = int64_t;

// Safe for use from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // What the wall clock says; may jump.
  virtual UnixMs NowMs() const = 0;
  // Milliseconds since the machine started, also while it slept; never goes back within one boot.
  virtual int64_t BootMs() const = 0;
  // Names this boot of the machine: BootMs() of two different boots do not compare.
  virtual std::string BootId() const = 0;
};

// The real clock; lives for ever.
const Clock& SystemClock();

// A clock for tests: stands still until it is moved, also while other threads read it.
class ManualClock : public Clock {
 public:
  explicit ManualClock(UnixMs now_ms) : now_ms_(now_ms) {}
  UnixMs NowMs() const override { return now_ms_; }
  int64_t BootMs() const override { return boot_ms_; }
  std::string BootId() const override { return "boot-" + std::to_string(boot_); }
  void Advance(int64_t ms) { now_ms_ += ms, boot_ms_ += ms; }
  void SetWall(UnixMs now_ms) { now_ms_ = now_ms; }
  void Reboot() { ++boot_, boot_ms_ = 0; }

 private:
  std::atomic<UnixMs> now_ms_;
  std::atomic<int64_t> boot_ms_ = 1000;
  std::atomic<int> boot_ = 1;
};

}  // namespace oubli
