// Which call a method and a path mean. A new call is one line of the table in router.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/native/call.h"

namespace oubli::dialects::native {

struct Route {
  std::string_view method;
  // A string literal, which is the route's name too: "/v1/stores/{handle}/customers".
  std::string_view pattern;
  void (*handle)(Call& call);
};

std::span<const Route> Routes();

struct Match {
  const Route* route = nullptr;  // null: see `pattern`
  std::string_view pattern;      // of the path; "" when no route has it
  std::string allow;             // the methods of a known path whose method does not fit
  std::string handle;            // of the store, percent-decoded
  std::vector<std::string> path_parameters;
};

// HEAD is answered as GET is.
Match FindRoute(std::string_view method, std::string_view path);

// Whether `path` belongs to this dialect: everything under /v1.
bool IsUnderRoot(std::string_view path);

}  // namespace oubli::dialects::native
