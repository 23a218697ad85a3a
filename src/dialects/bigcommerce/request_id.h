// The value of x-request-id: tells answers apart, and is no secret.
#pragma once

#include <string>

namespace oubli::dialects::bigcommerce {

// 32 hex digits, never the same twice on one thread and, but for chance, on none. Costs no call of
// the operating system, which a random number would. Safe from any thread.
std::string NextRequestId();

}  // namespace oubli::dialects::bigcommerce
