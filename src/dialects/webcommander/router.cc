#include "dialects/webcommander/router.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/webcommander/handlers.h"
#include "http/parameters.h"

namespace oubli::dialects::webcommander {
namespace {

constexpr std::string_view kOrders = "/api/v4/admin/orders";

constexpr std::array<Endpoint, 6> kEndpoints = {{
    {"POST", "/api/v4/oauth2/token", Audience::kAnybody, IssueToken},
    {"GET", "/api/v4/admin/customers", Audience::kUsers, ListCustomers},
    {"POST", "/api/v4/admin/customers", Audience::kUsers, CreateCustomer},
    {"GET", "/api/v4/admin/customers/{customer_id}", Audience::kUsers, GetCustomer},
    {"PUT", "/api/v4/admin/customers/{customer_id}", Audience::kUsers, UpdateCustomer},
    {"DELETE", "/api/v4/admin/customers/{customer_id}", Audience::kAdministrators, DeleteCustomer},
}};

bool IsParameter(std::string_view segment) { return segment.starts_with('{'); }

// The parameters of `pattern` in `segments`, when they fit.
std::optional<std::vector<std::string>> Fit(std::string_view pattern,
                                            const std::vector<std::string>& segments) {
  const std::vector<std::string_view> wanted = Split(pattern, '/');
  if (wanted.size() != segments.size()) return std::nullopt;
  std::vector<std::string> parameters;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (IsParameter(wanted[i])) {
      parameters.push_back(segments[i]);
    } else if (wanted[i] != segments[i]) {
      return std::nullopt;
    }
  }
  return parameters;
}

bool IsAtOrUnder(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace

std::optional<Match> FindEndpoint(std::string_view method, std::string_view path) {
  std::vector<std::string> segments;
  for (std::string_view segment : Split(path, '/')) {
    segments.push_back(http::PercentDecode(segment, false));
  }
  for (const Endpoint& endpoint : kEndpoints) {
    if (endpoint.method != method) continue;
    if (auto parameters = Fit(endpoint.pattern, segments)) {
      return Match{&endpoint, std::move(*parameters)};
    }
  }
  return std::nullopt;
}

bool IsUnderRoot(std::string_view path) { return IsAtOrUnder(path, kRoot); }
bool IsUnderOrders(std::string_view path) { return IsAtOrUnder(path, kOrders); }

}  // namespace oubli::dialects::webcommander
