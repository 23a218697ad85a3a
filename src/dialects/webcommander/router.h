// Which call a method and a path mean. A new call is one line of the table in router.cc.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/webcommander/call.h"

namespace oubli::dialects::webcommander {

// The root of every path of this dialect.
inline constexpr std::string_view kRoot = "/api/v4";

// Whom an endpoint serves.
enum class Audience {
  kAnybody,        // no token
  kUsers,          // every shop user with a token
  kAdministrators  // tokens that act for an administrator
};

struct Endpoint {
  std::string_view method;
  std::string_view pattern;  // a string literal, which is the route's name too: "/api/v4/a/{id}"
  Audience audience;
  void (*handle)(const Call& call);
};

// All of them: for the test that each has been thought about.
std::span<const Endpoint> Endpoints();

struct Match {
  const Endpoint* endpoint = nullptr;
  std::vector<std::string> path_parameters;  // percent-decoded
};

// Nothing when the router does not know the pair. A {parameter} takes any one segment, an empty one
// too: what stands there is for the handler to judge.
std::optional<Match> FindEndpoint(std::string_view method, std::string_view path);

// Whether `path` belongs to this dialect, and whether an unknown pair there is answered as order
// calls answer it.
bool IsUnderRoot(std::string_view path);
bool IsUnderOrders(std::string_view path);

}  // namespace oubli::dialects::webcommander
