#include "admin/unix_address.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace oubli::admin {

Result<UnixAddress> UnixAddress::For(const std::string& path) {
  UnixAddress result;
  result.address_.sun_family = AF_UNIX;
  std::string name = path;
  if (name.size() >= sizeof(result.address_.sun_path)) {
    const std::filesystem::path whole(path);
    result.folder_ = ::open(whole.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (result.folder_ < 0) {
      return Fail(ErrorKind::kUnavailable,
                  fmt::format("cannot open the folder of {}: {}", path, strerror(errno)));
    }
    name = fmt::format("/proc/self/fd/{}/{}", result.folder_, whole.filename().string());
  }
  if (name.size() >= sizeof(result.address_.sun_path)) {
    return Fail(ErrorKind::kUnavailable, fmt::format("{} is too long for a socket", path));
  }
  memcpy(result.address_.sun_path, name.c_str(), name.size() + 1);
  return result;
}

UnixAddress::UnixAddress(UnixAddress&& other) noexcept
    : address_(other.address_), folder_(std::exchange(other.folder_, -1)) {}

UnixAddress::~UnixAddress() {
  if (folder_ >= 0) ::close(folder_);
}

}  // namespace oubli::admin
