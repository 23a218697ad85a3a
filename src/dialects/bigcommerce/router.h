// Which call a method and a path mean. A new call is one line of the table in router.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/bigcommerce/call.h"

namespace oubli::dialects::bigcommerce {

// What a token must be allowed to do (contract 1.3); the scopes that will do are in
// authentication.cc.
enum class Need {
  kReadCustomers,
  kModifyCustomers,
  kAnyToken,
};

struct Route {
  std::string_view method;
  // A string literal, which is the route's name too: "/stores/{store_hash}/v3/customers".
  std::string_view pattern;
  Need need;
  void (*handle)(Call& call);
};

std::span<const Route> Routes();

struct Match {
  const Route* route = nullptr;  // null: see `path_is_known`
  bool path_is_known = false;    // some other method has this path
  std::string_view pattern;      // of the path, when it is known
  std::string allow;             // the methods of a known path whose method does not fit
  std::string store_hash;        // percent-decoded
  std::vector<std::string> path_parameters;
};

// HEAD is answered as GET is. Costs no allocation for the routes without further parameters.
Match FindRoute(const Choices& choices, std::string_view method, std::string_view path);

// Whether `path` belongs to this dialect: everything under /stores.
bool IsUnderRoot(std::string_view path);

}  // namespace oubli::dialects::bigcommerce
