// Where a hook's events go: its URL, taken apart strictly.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace oubli::webhooks {

struct Destination {
  bool tls = true;
  std::string host;  // lower case; an IPv6 address without its brackets
  bool host_is_ipv6 = false;
  uint16_t port = 443;
  std::string target;  // path and query

  // As the Host header has it: the port only where it is not the scheme's own.
  std::string HostHeader() const;
  // "https://example.com": what may be shown, since paths and queries may hold secrets.
  std::string Origin() const;
};

inline constexpr size_t kMaxDestination = 2048;

// What is wrong with a destination: "must be ...".
tl::unexpected<Error> BadDestination(std::string_view text);

// http or https, a host of letters, digits, '-', '_', '.' or an IPv6 address in brackets, perhaps a
// port, path and query; printable ASCII. No user name, no password, no fragment. Errors: kInvalid,
// with a text that repeats nothing of the URL.
Result<Destination> ParseDestination(std::string_view url);

}  // namespace oubli::webhooks
