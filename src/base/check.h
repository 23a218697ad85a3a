// Assertions that stay on in release: for invariants whose breach could lose or leak data.
#pragma once

namespace oubli {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}

#define OUBLI_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::oubli::CheckFailed(#condition, __FILE__, __LINE__))
