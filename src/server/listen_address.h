// Where to listen: "127.0.0.1:8080", "[::1]:8080", "localhost:8080".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace oubli::server {

struct ListenAddress {
  std::string address;
  uint16_t port = 0;  // 0 takes a free one

  // Whether only programs of this machine can connect.
  bool IsLoopback() const;
  // "127.0.0.1:8080", with brackets around an address that has colons. `bound_port` is the real
  // one.
  std::string Text(uint16_t bound_port) const;
};

// Errors: kInvalid, with a text that shows the form.
Result<ListenAddress> ParseListenAddress(std::string_view text);

}  // namespace oubli::server
