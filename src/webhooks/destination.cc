#include "webhooks/destination.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"

namespace oubli::webhooks {
namespace {

constexpr size_t kMaxHost = 253;

bool IsHostCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

Status ReadPort(std::string_view text, Destination& destination) {
  const auto port = IsDigits(text) && text.size() <= 5 ? ParseInt(text) : std::nullopt;
  if (!port || *port < 1 || *port > 65'535) return BadDestination("has a port that is none");
  destination.port = static_cast<uint16_t>(*port);
  return {};
}

Status ReadAuthority(std::string_view authority, Destination& destination) {
  if (authority.find('@') != std::string_view::npos) {
    return BadDestination("must not hold a user name or password");
  }
  std::string_view rest;
  if (authority.starts_with('[')) {
    const size_t end = authority.find(']');
    if (end == std::string_view::npos) return BadDestination("has a host that is none");
    destination.host = AsciiLower(authority.substr(1, end - 1));
    destination.host_is_ipv6 = true;
    in6_addr parsed;
    if (inet_pton(AF_INET6, destination.host.c_str(), &parsed) != 1) {
      return BadDestination("has a host that is none");
    }
    rest = authority.substr(end + 1);
  } else {
    const size_t colon = authority.find(':');
    destination.host = AsciiLower(authority.substr(0, colon));
    if (colon != std::string_view::npos) rest = authority.substr(colon);
    if (destination.host.empty() || destination.host.size() > kMaxHost ||
        destination.host.front() == '.' ||
        !std::ranges::all_of(destination.host, IsHostCharacter)) {
      return BadDestination("has a host that is none");
    }
  }
  if (rest.empty()) return {};
  if (rest.front() != ':') return BadDestination("has a host that is none");
  return ReadPort(rest.substr(1), destination);
}

}  // namespace

tl::unexpected<Error> BadDestination(std::string_view text) {
  return Fail(ErrorKind::kInvalid, text, "destination");
}

std::string Destination::HostHeader() const {
  const std::string name = host_is_ipv6 ? fmt::format("[{}]", host) : host;
  return port == (tls ? 443 : 80) ? name : fmt::format("{}:{}", name, port);
}

std::string Destination::Origin() const {
  return fmt::format("{}://{}", tls ? "https" : "http", HostHeader());
}

Result<Destination> ParseDestination(std::string_view url) {
  if (url.empty() || url.size() > kMaxDestination) return BadDestination("is empty or too long");
  if (!std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7f && c != '\\'; })) {
    return BadDestination("must be printable ASCII without blanks and backslashes");
  }
  if (url.find('#') != std::string_view::npos) return BadDestination("must not have a fragment");
  Destination destination;
  const size_t scheme_end = url.find("://");
  const std::string scheme = AsciiLower(url.substr(0, scheme_end));
  if (scheme_end == std::string_view::npos || (scheme != "https" && scheme != "http")) {
    return BadDestination("must be an https URL");
  }
  destination.tls = scheme == "https";
  destination.port = destination.tls ? 443 : 80;
  url.remove_prefix(scheme_end + 3);
  const size_t authority_end = std::min(url.find_first_of("/?"), url.size());
  OUBLI_TRY(ReadAuthority(url.substr(0, authority_end), destination));
  destination.target = url.substr(authority_end);
  if (!destination.target.starts_with('/')) destination.target.insert(0, "/");
  return destination;
}

}  // namespace oubli::webhooks
