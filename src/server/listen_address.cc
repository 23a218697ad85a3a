#include "server/listen_address.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <optional>

#include "base/text.h"

namespace oubli::server {

bool ListenAddress::IsLoopback() const {
  if (address == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, address.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string ListenAddress::Text(uint16_t bound_port) const {
  if (address.find(':') == std::string::npos) return fmt::format("{}:{}", address, bound_port);
  return fmt::format("[{}]:{}", address, bound_port);
}

Result<ListenAddress> ParseListenAddress(std::string_view text) {
  const auto fail = [&] {
    return Fail(ErrorKind::kInvalid,
                fmt::format("'{}' is not of the form ADDRESS:PORT, like 127.0.0.1:8080, "
                            "0.0.0.0:8080 or [::1]:8080",
                            text));
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return fail();
  std::string_view address = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);
  if (!IsDigits(port_text)) return fail();
  const std::optional<int64_t> port = ParseInt(port_text);
  if (!port || *port > 65535) return fail();
  const bool bracketed = address.starts_with('[') && address.ends_with(']');
  if (bracketed) address = address.substr(1, address.size() - 2);
  if (address.empty() || bracketed != (address.find(':') != std::string_view::npos)) return fail();
  return ListenAddress{std::string(address), static_cast<uint16_t>(*port)};
}

}  // namespace oubli::server
