// The address of a Unix socket by its path, also where the path is longer than the 107 bytes that
// an address holds.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <string>

#include "base/result.h"

namespace oubli::admin {

// A long path is reached through /proc/self/fd and the open folder, so the address is good in this
// process and for as long as this object lives.
class UnixAddress {
 public:
  // The folder must exist. Errors: kUnavailable.
  static Result<UnixAddress> For(const std::string& path);
  UnixAddress(UnixAddress&& other) noexcept;
  UnixAddress& operator=(UnixAddress&&) = delete;
  ~UnixAddress();

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  static constexpr socklen_t size() { return sizeof(sockaddr_un); }

 private:
  UnixAddress() = default;
  sockaddr_un address_{};
  int folder_ = -1;
};

}  // namespace oubli::admin
