// Which addresses the server may be made to connect to. Whoever has a key may name a destination:
// without these rules a hook would be a way into the network that the server stands in.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "webhooks/destination.h"

namespace oubli::webhooks {

// An IPv4 address is kept as the IPv6 address that it is mapped to (::ffff:a.b.c.d), so that both
// forms of one address meet the same rules.
struct IpAddress {
  std::array<uint8_t, 16> bytes{};

  static IpAddress V4(const std::array<uint8_t, 4>& bytes);
  static std::optional<IpAddress> Parse(std::string_view text);
  bool IsV4() const;
  std::string ToString() const;
  bool operator==(const IpAddress&) const = default;
};

// Addresses of the public Internet: not loopback, private, shared, link-local (cloud metadata among
// them), multicast, documentation, unspecified; nor IPv6 addresses that lead to IPv4 ones (NAT64,
// 6to4, Teredo).
bool IsPublic(const IpAddress& address);

// Safe from any thread.
class AddressRules {
 public:
  // What the operator allows beyond the rule: "10.0.0.0/8", "10.1.2.3:8080", "[fd00::/8]:443",
  // "::1", "hooks.internal", "hooks.internal:8443". Without a port: every port. Errors: kInvalid.
  static Result<AddressRules> Parse(const std::vector<std::string>& allowed);

  // Every address that the name leads to has to be good: public, by https on port 443; or allowed,
  // by whichever scheme and port the rule allows. Errors: kInvalid, field "destination".
  Status Check(const Destination& destination, std::span<const IpAddress> addresses) const;
  // The same as far as it can be said of a name that leads nowhere now.
  Status CheckUnresolved(const Destination& destination) const;

 private:
  struct Rule {
    std::string host;  // or, when empty:
    IpAddress network;
    int prefix_bits = 128;
    std::optional<uint16_t> port;
  };
  static Result<Rule> ParseRule(std::string_view text);
  bool AllowsName(const Destination& destination) const;
  bool AllowsAddress(const IpAddress& address, uint16_t port) const;

  std::vector<Rule> rules_;
};

}  // namespace oubli::webhooks
