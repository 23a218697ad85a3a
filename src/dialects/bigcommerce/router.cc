#include "dialects/bigcommerce/router.h"

#include <array>

#include "base/text.h"
#include "dialects/bigcommerce/handlers.h"
#include "http/parameters.h"

namespace oubli::dialects::bigcommerce {
namespace {

constexpr std::array<Route, 15> kRoutes = {{
    {"GET", "/stores/{store_hash}/v3/customers", Need::kReadCustomers, ListCustomers},
    {"POST", "/stores/{store_hash}/v3/customers", Need::kModifyCustomers, CreateCustomers},
    {"PUT", "/stores/{store_hash}/v3/customers", Need::kModifyCustomers, UpdateCustomers},
    {"DELETE", "/stores/{store_hash}/v3/customers", Need::kModifyCustomers, DeleteCustomers},
    {"GET", "/stores/{store_hash}/v3/customers/addresses", Need::kReadCustomers, ListAddresses},
    {"POST", "/stores/{store_hash}/v3/customers/addresses", Need::kModifyCustomers,
     CreateAddresses},
    {"PUT", "/stores/{store_hash}/v3/customers/addresses", Need::kModifyCustomers, UpdateAddresses},
    {"DELETE", "/stores/{store_hash}/v3/customers/addresses", Need::kModifyCustomers,
     DeleteAddresses},
    {"GET", "/stores/{store_hash}/v3/hooks", Need::kAnyToken, ListHooks},
    {"POST", "/stores/{store_hash}/v3/hooks", Need::kAnyToken, CreateHook},
    // Before the pattern that "admin" fits too.
    {"GET", "/stores/{store_hash}/v3/hooks/admin", Need::kAnyToken, ShowHooksAdmin},
    {"PUT", "/stores/{store_hash}/v3/hooks/admin", Need::kAnyToken, UpdateHooksAdmin},
    {"GET", "/stores/{store_hash}/v3/hooks/{hook_id}", Need::kAnyToken, ShowHook},
    {"PUT", "/stores/{store_hash}/v3/hooks/{hook_id}", Need::kAnyToken, UpdateHook},
    {"DELETE", "/stores/{store_hash}/v3/hooks/{hook_id}", Need::kAnyToken, DeleteHook},
}};

constexpr size_t kMaxSegments = 12;  // more than any route has

// A path cut at its slashes, without copying.
struct Segments {
  std::array<std::string_view, kMaxSegments> at;
  size_t count = 0;
  bool overflow = false;
};

Segments Cut(std::string_view path, bool ignore_empty) {
  Segments segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    const size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (!segment.empty() || !ignore_empty) {
      if (segments.count == kMaxSegments) {
        segments.overflow = true;
        return segments;
      }
      segments.at[segments.count++] = segment;
    }
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool IsParameter(std::string_view segment) { return segment.starts_with('{'); }

bool Fits(std::string_view pattern, const Segments& segments) {
  pattern.remove_prefix(1);
  for (size_t i = 0; i < segments.count; ++i) {
    const size_t slash = pattern.find('/');
    const std::string_view wanted = pattern.substr(0, slash);
    const bool last = i + 1 == segments.count;
    if ((slash == std::string_view::npos) != last) return false;
    if (!IsParameter(wanted) && wanted != segments.at[i]) return false;
    if (segments.at[i].empty()) return false;
    if (!last) pattern.remove_prefix(slash + 1);
  }
  return segments.count > 0;
}

void TakeParameters(std::string_view pattern, const Segments& segments, Match& match) {
  size_t i = 0;
  for (pattern.remove_prefix(1); i < segments.count; ++i) {
    const size_t slash = pattern.find('/');
    if (IsParameter(pattern.substr(0, slash))) {
      std::string value = http::PercentDecode(segments.at[i], false);
      if (i == 1) {
        match.store_hash = std::move(value);
      } else {
        match.path_parameters.push_back(std::move(value));
      }
    }
    pattern.remove_prefix(slash == std::string_view::npos ? pattern.size() : slash + 1);
  }
}

}  // namespace

std::span<const Route> Routes() { return kRoutes; }

Match FindRoute(const Choices& choices, std::string_view method, std::string_view path) {
  Match match;
  const Segments segments = Cut(path, choices.ignore_extra_slashes);
  if (segments.overflow) return match;
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const Route& route : kRoutes) {
    if (!Fits(route.pattern, segments)) continue;
    match.path_is_known = true;
    match.pattern = route.pattern;
    if (route.method == wanted) {
      match.route = &route;
      TakeParameters(route.pattern, segments, match);
      return match;
    }
  }
  for (const Route& route : kRoutes) {
    if (!match.path_is_known || route.pattern != match.pattern) continue;
    if (!match.allow.empty()) match.allow += ", ";
    match.allow += route.method;
  }
  return match;
}

bool IsUnderRoot(std::string_view path) {
  constexpr std::string_view kRoot = "stores";
  const size_t start = path.find_first_not_of('/');
  if (start == 0 || start == std::string_view::npos) return false;
  path.remove_prefix(start);
  return path.starts_with(kRoot) && (path.size() == kRoot.size() || path[kRoot.size()] == '/');
}

}  // namespace oubli::dialects::bigcommerce
