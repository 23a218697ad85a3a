#include "cli/progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace oubli::cli {
namespace {

constexpr int64_t kWidth = 30;

}  // namespace

ProgressBar::ProgressBar() : on_(isatty(STDERR_FILENO) == 1) {}

void ProgressBar::Show(int64_t done, int64_t total, std::string_view text) {
  const auto now = std::chrono::steady_clock::now();
  if (!on_ || now - shown_ < std::chrono::milliseconds(100)) return;
  shown_ = now;
  std::string bar;
  if (total > 0) {
    done = std::clamp<int64_t>(done, 0, total);
    const auto filled = static_cast<size_t>(done * kWidth / total);
    bar = fmt::format("[{:<{}}] {:3} %  ", std::string(filled, '#'), kWidth, done * 100 / total);
  }
  fmt::print(stderr, "\r\x1b[K{}{}", bar, text);
  visible_ = true;
}

void ProgressBar::Clear() {
  if (visible_) fmt::print(stderr, "\r\x1b[K");
  visible_ = false;
}

}  // namespace oubli::cli
