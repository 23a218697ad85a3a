// One line on a terminal's standard error that is rewritten as work goes on; nothing elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace oubli::cli {

// For one thread.
class ProgressBar {
 public:
  ProgressBar();
  ~ProgressBar() { Clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  bool is_on() const { return on_; }
  // At most ten times a second. `total` 0: not known.
  void Show(int64_t done, int64_t total, std::string_view text);
  void Clear();  // so that another line can be printed

 private:
  const bool on_;
  std::chrono::steady_clock::time_point shown_;
  bool visible_ = false;
};

}  // namespace oubli::cli
