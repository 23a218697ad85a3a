#include "webhooks/address_rules.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace oubli::webhooks {
namespace {

struct Range {
  const char* network;
  int prefix_bits;
};

// IANA's special-purpose registry (RFC 6890 and its followers), class E and multicast.
constexpr Range kReservedV4[] = {{"0.0.0.0", 8},
                                 {"10.0.0.0", 8},
                                 {"100.64.0.0", 10},
                                 {"127.0.0.0", 8},
                                 {"169.254.0.0", 16},
                                 {"172.16.0.0", 12},
                                 {"192.0.0.0", 24},
                                 {"192.0.2.0", 24},
                                 {"192.31.196.0", 24},
                                 {"192.52.193.0", 24},
                                 {"192.88.99.0", 24},
                                 {"192.168.0.0", 16},
                                 {"192.175.48.0", 24},
                                 {"198.18.0.0", 15},
                                 {"198.51.100.0", 24},
                                 {"203.0.113.0", 24},
                                 {"224.0.0.0", 4},
                                 {"240.0.0.0", 4},
                                 // A cloud's metadata at a public-looking address.
                                 {"168.63.129.16", 32}};

// Of IPv6 only what has been given out as global unicast counts, but for these parts of it. NAT64
// (64:ff9b::/96 and 64:ff9b:1::/48), unique local and link-local addresses lie outside of it.
constexpr Range kGlobalV6 = {"2000::", 3};
constexpr Range kReservedV6[] = {{"2001::", 23},  // Teredo, benchmarking, ORCHID and others
                                 {"2001:db8::", 32},
                                 {"2002::", 16},  // 6to4
                                 {"3fff::", 20},
                                 {"2620:4f:8000::", 48}};

bool HasPrefix(const IpAddress& address, const IpAddress& network, int bits) {
  const auto whole = static_cast<size_t>(bits / 8);
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + static_cast<long>(whole),
                  network.bytes.begin())) {
    return false;
  }
  const int rest = bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<uint8_t>(0xff << (8 - rest));
  return (address.bytes[whole] & mask) == (network.bytes[whole] & mask);
}

bool IsIn(const IpAddress& address, const Range& range) {
  const auto network = IpAddress::Parse(range.network);
  return HasPrefix(address, *network, network->IsV4() ? range.prefix_bits + 96 : range.prefix_bits);
}

constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

constexpr std::string_view kWantsHttps = "must be an https URL on port 443";

}  // namespace

IpAddress IpAddress::V4(const std::array<uint8_t, 4>& bytes) {
  IpAddress address;
  std::ranges::copy(kMapped, address.bytes.begin());
  std::ranges::copy(bytes, address.bytes.begin() + 12);
  return address;
}

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  const std::string zero_ended(text);
  std::array<uint8_t, 4> v4{};
  if (inet_pton(AF_INET, zero_ended.c_str(), v4.data()) == 1) return V4(v4);
  IpAddress address;
  if (inet_pton(AF_INET6, zero_ended.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

bool IpAddress::IsV4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes.begin()); }

std::string IpAddress::ToString() const {
  char text[INET6_ADDRSTRLEN];
  if (IsV4()) return inet_ntop(AF_INET, bytes.data() + 12, text, sizeof text);
  return inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
}

bool IsPublic(const IpAddress& address) {
  const auto contains = [&](const Range& range) { return IsIn(address, range); };
  if (address.IsV4()) return std::ranges::none_of(kReservedV4, contains);
  return contains(kGlobalV6) && std::ranges::none_of(kReservedV6, contains);
}

Result<AddressRules::Rule> AddressRules::ParseRule(std::string_view text) {
  const auto fault = [&] {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} allows nothing: give an address, a network as 10.0.0.0/8, or a "
                            "host, with :PORT or without",
                            text),
                "webhook_allow");
  };
  Rule rule;
  std::string_view place = text;
  std::string_view port;
  if (place.starts_with('[')) {
    const size_t end = place.find(']');
    if (end == std::string_view::npos) return fault();
    port = place.substr(end + 1);
    place = place.substr(1, end - 1);
    if (!port.empty() && port.front() != ':') return fault();
  } else if (std::ranges::count(place, ':') == 1) {
    port = place.substr(place.find(':'));
    place = place.substr(0, place.find(':'));
  }
  if (!port.empty()) {
    const auto number = ParseInt(port.substr(1));
    if (!number || *number < 1 || *number > 65'535) return fault();
    rule.port = static_cast<uint16_t>(*number);
  }
  const size_t slash = place.find('/');
  const auto network = IpAddress::Parse(place.substr(0, slash));
  if (!network) {
    if (slash != std::string_view::npos) return fault();
    // Held to the same form as in a URL.
    const auto host = ParseDestination(fmt::format("https://{}", place));
    if (!host || host->host_is_ipv6 || host->target != "/") return fault();
    rule.host = host->host;
    return rule;
  }
  rule.network = *network;
  if (slash != std::string_view::npos) {
    const auto bits = ParseInt(place.substr(slash + 1));
    if (!bits || *bits < 0 || *bits > (network->IsV4() ? 32 : 128)) return fault();
    rule.prefix_bits = static_cast<int>(*bits) + (network->IsV4() ? 96 : 0);
  }
  return rule;
}

Result<AddressRules> AddressRules::Parse(const std::vector<std::string>& allowed) {
  AddressRules rules;
  for (const std::string& text : allowed) {
    OUBLI_TRY_ASSIGN(Rule rule, ParseRule(text));
    rules.rules_.push_back(std::move(rule));
  }
  return rules;
}

bool AddressRules::AllowsName(const Destination& destination) const {
  return std::ranges::any_of(rules_, [&](const Rule& rule) {
    return !rule.host.empty() && rule.host == destination.host &&
           (!rule.port || *rule.port == destination.port);
  });
}

bool AddressRules::AllowsAddress(const IpAddress& address, uint16_t port) const {
  return std::ranges::any_of(rules_, [&](const Rule& rule) {
    return rule.host.empty() && HasPrefix(address, rule.network, rule.prefix_bits) &&
           (!rule.port || *rule.port == port);
  });
}

Status AddressRules::Check(const Destination& destination,
                           std::span<const IpAddress> addresses) const {
  if (addresses.empty()) return BadDestination("leads to no address");
  if (AllowsName(destination)) return {};
  for (const IpAddress& address : addresses) {
    if (AllowsAddress(address, destination.port)) continue;
    if (!IsPublic(address)) return BadDestination("must not lead to a private or reserved address");
    if (!destination.tls || destination.port != 443) return BadDestination(kWantsHttps);
  }
  return {};
}

Status AddressRules::CheckUnresolved(const Destination& destination) const {
  if (AllowsName(destination) || (destination.tls && destination.port == 443)) return {};
  return BadDestination(kWantsHttps);
}

}  // namespace oubli::webhooks
