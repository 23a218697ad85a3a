#include "dialects/native/router.h"

#include <array>

#include "base/text.h"
#include "dialects/native/handlers.h"
#include "http/parameters.h"

namespace oubli::dialects::native {
namespace {

constexpr auto kRoutes = std::to_array<Route>({
    {"GET", "/v1/stores/{handle}/customers/{customer_id}/stored-instruments",
     ListStoredInstruments},
    {"POST", "/v1/stores/{handle}/customers/{customer_id}/stored-instruments",
     CreateStoredInstrument},
    {"DELETE", "/v1/stores/{handle}/customers/{customer_id}/stored-instruments/{token}",
     DeleteStoredInstrument},
});

constexpr std::string_view kRoot = "/v1";
constexpr size_t kMaxPath = 4096;  // more than any path that fits

using Segments = std::vector<std::string_view>;

// A path is taken as it is: an empty segment fits no route.
bool Fits(const Segments& pattern, const Segments& path) {
  if (pattern.size() != path.size()) return false;
  for (size_t i = 1; i < path.size(); ++i) {
    if (path[i].empty()) return false;
    if (!pattern[i].starts_with('{') && pattern[i] != path[i]) return false;
  }
  return true;
}

void TakeParameters(const Segments& pattern, const Segments& path, Match& match) {
  for (size_t i = 0; i < path.size(); ++i) {
    if (!pattern[i].starts_with('{')) continue;
    std::string value = http::PercentDecode(path[i], false);
    if (pattern[i] == "{handle}") {
      match.handle = std::move(value);
    } else {
      match.path_parameters.push_back(std::move(value));
    }
  }
}

}  // namespace

std::span<const Route> Routes() { return kRoutes; }

Match FindRoute(std::string_view method, std::string_view path) {
  Match match;
  if (path.size() > kMaxPath) return match;
  const Segments segments = Split(path, '/');
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const Route& route : kRoutes) {
    const Segments pattern = Split(route.pattern, '/');
    if (!Fits(pattern, segments)) continue;
    match.pattern = route.pattern;
    if (route.method == wanted) {
      match.route = &route;
      TakeParameters(pattern, segments, match);
      return match;
    }
    if (!match.allow.empty()) match.allow += ", ";
    match.allow += route.method;
  }
  return match;
}

bool IsUnderRoot(std::string_view path) {
  return path.starts_with(kRoot) && (path.size() == kRoot.size() || path[kRoot.size()] == '/');
}

}  // namespace oubli::dialects::native
