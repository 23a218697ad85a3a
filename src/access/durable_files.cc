#include "access/durable_files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace oubli::access {
namespace {

tl::unexpected<Error> FailWithErrno(std::string_view what, const std::string& path) {
  return Fail(ErrorKind::kUnavailable,
              fmt::format("cannot {} {}: {}", what, path, strerror(errno)));
}

class File {
 public:
  File(const std::string& path, int flags, mode_t mode = 0)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::string FolderOf(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

Status SyncFolder(const std::string& path) {
  const File folder(path, O_RDONLY | O_DIRECTORY);
  if (!folder.is_open() || ::fsync(folder.fd()) != 0) return FailWithErrno("sync", path);
  return {};
}

Status WriteAll(const File& file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.fd(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FailWithErrno("write", path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

}  // namespace

Status MakeFolder(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return {};
    return Fail(ErrorKind::kUnavailable, fmt::format("{} is not a folder", path));
  }
  if (errno != ENOENT) return FailWithErrno("read", path);
  // "a/b/" names the same folder as "a/b", but its parent path would be "a/b" itself.
  if (path.size() > 1 && path.back() == '/') return MakeFolder(path.substr(0, path.size() - 1));
  const std::string parent = FolderOf(path);
  OUBLI_TRY(MakeFolder(parent));
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return FailWithErrno("make", path);
  return SyncFolder(parent);
}

Result<std::optional<std::string>> ReadSmallFile(const std::string& path, size_t limit) {
  const File file(path, O_RDONLY);
  if (!file.is_open()) {
    if (errno == ENOENT) return std::nullopt;
    return FailWithErrno("open", path);
  }
  std::string bytes(limit, '\0');
  size_t size = 0;
  while (size < limit) {
    const ssize_t got = ::read(file.fd(), bytes.data() + size, limit - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FailWithErrno("read", path);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

Status WriteWholeFile(const std::string& path, std::string_view bytes) {
  const std::string draft = path + ".new";
  {
    const File file(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
    if (!file.is_open()) return FailWithErrno("make", draft);
    OUBLI_TRY(WriteAll(file, bytes, draft));
    if (::fsync(file.fd()) != 0) return FailWithErrno("sync", draft);
  }
  if (::rename(draft.c_str(), path.c_str()) != 0) return FailWithErrno("make", path);
  return SyncFolder(FolderOf(path));
}

}  // namespace oubli::access
