#include "server/version.h"

namespace oubli::server {

std::string_view Version() { return OUBLI_VERSION; }

std::string_view Compiler() {
#if defined(__clang__)
  return __VERSION__;
#else
  return "g++ " __VERSION__;
#endif
}

bool IsOptimized() {
#if defined(__OPTIMIZE__)
  return true;
#else
  return false;
#endif
}

}  // namespace oubli::server
