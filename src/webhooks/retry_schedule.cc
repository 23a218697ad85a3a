#include "webhooks/retry_schedule.h"

#include <array>

namespace oubli::webhooks {
namespace {

constexpr std::array<int64_t, 11> kPausesS = {60,   180,  300,   600,   900,  1800,
                                              3600, 7200, 21600, 50400, 86400};

}  // namespace

std::optional<int64_t> RetryDelayMs(int64_t attempts, int64_t speed) {
  if (attempts < 1 || attempts > static_cast<int64_t>(kPausesS.size())) return std::nullopt;
  return kPausesS[static_cast<size_t>(attempts - 1)] * 1000 / speed;
}

}  // namespace oubli::webhooks
