#include "base/check.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace oubli {

// Not through the log: what broke may be the log, or the memory that it needs.
void CheckFailed(const char* condition, const char* file, int line) {
  const char* slash = std::strrchr(file, '/');
  std::fprintf(stderr, "oubli: check failed: %s (%s:%d)\n", condition,
               slash == nullptr ? file : slash + 1, line);
  std::fflush(stderr);
  std::abort();
}

}  // namespace oubli
