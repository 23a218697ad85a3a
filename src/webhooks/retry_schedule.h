// When a delivery that failed is tried again (contract 8.2).
#pragma once

#include <cstdint>
#include <optional>

namespace oubli::webhooks {

// How long to wait after `attempts` that failed; nothing when there is no further one. `speed`
// divides the pauses: 1 in earnest.
std::optional<int64_t> RetryDelayMs(int64_t attempts, int64_t speed);

}  // namespace oubli::webhooks
