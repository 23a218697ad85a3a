#include "server/data_lock.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "access/durable_files.h"
#include "base/text.h"

namespace oubli::server {
namespace {

std::string LockPath(const std::string& data_dir) {
  return (std::filesystem::path(data_dir) / "oubli.lock").string();
}

}  // namespace

Result<std::optional<DataLock>> DataLock::TryTake(const std::string& data_dir) {
  OUBLI_TRY(access::MakeFolder(data_dir));
  const std::string path = LockPath(data_dir);
  DataLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (lock.fd_ >= 0 && ::flock(lock.fd_, LOCK_EX | LOCK_NB) == 0) {
    // For the people who wonder who has it; whether it could be written does not matter.
    const std::string pid = fmt::format("{}\n", ::getpid());
    if (::ftruncate(lock.fd_, 0) == 0) (void)!::write(lock.fd_, pid.data(), pid.size());
    return lock;
  }
  if (lock.fd_ >= 0 && errno == EWOULDBLOCK) return std::nullopt;
  return Fail(ErrorKind::kUnavailable, fmt::format("cannot lock {}: {}", path, strerror(errno)));
}

DataLock::~DataLock() {
  if (fd_ >= 0) ::close(fd_);
}

std::string LockHolderText(const std::string& data_dir) {
  std::string who = "another process";
  const auto text = access::ReadSmallFile(LockPath(data_dir), 32);
  if (text && *text && IsDigits(Trim(**text))) who = fmt::format("process {}", Trim(**text));
  return fmt::format("{} has the data in {} open", who, data_dir);
}

}  // namespace oubli::server
