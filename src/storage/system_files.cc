#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "storage/files.h"

namespace oubli::storage {
namespace {

// What O_DIRECT asks of offsets, sizes and addresses, on every device in use.
constexpr size_t kBlockBytes = 4096;
// <linux/fs.h> clashes with other headers.
constexpr unsigned kRenameExchange = 2;

Error SystemError(std::string_view what, const std::string& path, int error = errno) {
  const ErrorKind kind = error == ENOENT ? ErrorKind::kNotFound : ErrorKind::kUnavailable;
  return Error{kind, fmt::format("cannot {} {}: {}", what, path, strerror(error))};
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Memory that O_DIRECT can read into. What was read may be a key: it is wiped.
class AlignedBuffer {
 public:
  explicit AlignedBuffer(size_t size)
      : size_(size), bytes_(static_cast<char*>(std::aligned_alloc(kBlockBytes, size))) {}
  ~AlignedBuffer() {
    if (bytes_ != nullptr) explicit_bzero(bytes_, size_);
    std::free(bytes_);
  }
  AlignedBuffer(const AlignedBuffer&) = delete;
  AlignedBuffer& operator=(const AlignedBuffer&) = delete;
  char* bytes() { return bytes_; }

 private:
  const size_t size_;
  char* const bytes_;
};

// Bytes read, fewer than `size` only at the end of the file, or -1 with errno.
ssize_t ReadFully(int fd, char* to, size_t size, int64_t offset) {
  size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(fd, to + done, size - done, offset + static_cast<int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return static_cast<ssize_t>(done);
}

class SystemFile final : public File {
 public:
  SystemFile(std::string path, Descriptor fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  Status WriteAt(int64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      // Past a limit on file sizes this is EFBIG, as the process ignores SIGXFSZ.
      const ssize_t written = ::pwrite(fd_.get(), bytes.data(), bytes.size(), offset);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return Fail(SystemError("write", path_));
      if (written == 0) return Fail(SystemError("write", path_, ENOSPC));
      bytes.remove_prefix(static_cast<size_t>(written));
      offset += written;
    }
    return {};
  }

  Result<std::string> ReadAt(int64_t offset, size_t size) override {
    // A length that came from a damaged file must not become an allocation.
    OUBLI_TRY_ASSIGN(const size_t there, BytesFrom(offset, size));
    std::string bytes(there, '\0');
    const ssize_t got = ReadFully(fd_.get(), bytes.data(), bytes.size(), offset);
    if (got < 0) {
      const int error = errno;
      explicit_bzero(bytes.data(), bytes.size());
      return Fail(SystemError("read", path_, error));
    }
    bytes.resize(static_cast<size_t>(got));
    return bytes;
  }

  Result<std::string> ReadBack(int64_t offset, size_t size) override {
    if (offset % static_cast<int64_t>(kBlockBytes) != 0 || size % kBlockBytes != 0) {
      return Fail(SystemError("read back", path_, EINVAL));
    }
    OUBLI_TRY_ASSIGN(const size_t there, BytesFrom(offset, size));
    if (there == 0) return std::string();
    // Another open file of the same inode, also where its name has changed meanwhile.
    const Descriptor direct(::open(fmt::format("/proc/self/fd/{}", fd_.get()).c_str(),
                                   O_RDONLY | O_CLOEXEC | O_DIRECT));
    if (direct.is_open()) {
      const size_t blocks = (there + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
      AlignedBuffer buffer(blocks);
      if (buffer.bytes() == nullptr) return Fail(SystemError("read back", path_, ENOMEM));
      const ssize_t got = ReadDirect(direct.get(), buffer.bytes(), blocks, offset);
      if (got >= 0) return std::string(buffer.bytes(), std::min<size_t>(got, size));
      // EINVAL: a file system that takes the flag and cannot do it.
      if (errno != EINVAL) return Fail(SystemError("read back", path_));
    }
    // What has been synced is clean, so the page cache lets go of it.
    const int error =
        ::posix_fadvise(fd_.get(), offset, static_cast<off_t>(size), POSIX_FADV_DONTNEED);
    if (error != 0) return Fail(SystemError("read back", path_, error));
    return ReadAt(offset, size);
  }

  Status Sync() override {
    // After an error the kernel takes the lost pages for clean: a second call would succeed without
    // having written them. Only a new writing through a newly opened file can be trusted.
    if (sync_error_ == 0 && ::fdatasync(fd_.get()) != 0) sync_error_ = errno;
    if (sync_error_ != 0) return Fail(SystemError("sync", path_, sync_error_));
    return {};
  }

  Result<int64_t> Size() override {
    struct stat status {};
    if (::fstat(fd_.get(), &status) != 0) return Fail(SystemError("read the size of", path_));
    return status.st_size;
  }

  Status Truncate(int64_t size) override {
    int rc = 0;
    do {
      rc = ::ftruncate(fd_.get(), size);
    } while (rc != 0 && errno == EINTR);
    if (rc != 0) return Fail(SystemError("truncate", path_));
    return {};
  }

 private:
  // How much of [offset, offset + size) lies before the end of the file.
  Result<size_t> BytesFrom(int64_t offset, size_t size) {
    if (offset < 0) return Fail(SystemError("read", path_, EINVAL));
    OUBLI_TRY_ASSIGN(const int64_t end, Size());
    return end <= offset ? 0 : std::min<size_t>(size, static_cast<size_t>(end - offset));
  }

  // As ReadFully(), but a read may only go on at a block's beginning: where one ends elsewhere, the
  // file ends.
  static ssize_t ReadDirect(int fd, char* to, size_t size, int64_t offset) {
    size_t done = 0;
    while (done < size && done % kBlockBytes == 0) {
      const ssize_t got = ::pread(fd, to + done, size - done, offset + static_cast<int64_t>(done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return -1;
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return static_cast<ssize_t>(done);
  }

  const std::string path_;
  const Descriptor fd_;
  int sync_error_ = 0;
};

std::string FolderOf(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

// Folders may be named by symbolic links (an operator's /var/lib/oubli often is one); files may
// not.
class RealFiles final : public Files {
 public:
  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override {
    int flags = mode == OpenMode::kRead ? O_RDONLY : O_RDWR;
    if (mode == OpenMode::kCreate) flags |= O_CREAT;
    // O_NONBLOCK: a named pipe in the place of a file must be an error, not a wait.
    Descriptor fd(
        ::open(path.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600));
    if (!fd.is_open()) return Fail(SystemError("open", path));
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) return Fail(SystemError("open", path));
    if (!S_ISREG(status.st_mode)) {
      return Fail(ErrorKind::kUnavailable, fmt::format("cannot open {}: not a file", path));
    }
    return std::make_unique<SystemFile>(path, std::move(fd));
  }

  Status MakeFolder(const std::string& path) override {
    // "a/b/" names the same folder as "a/b", but its parent path would be "a/b" itself.
    if (path.size() > 1 && path.back() == '/') return MakeFolder(path.substr(0, path.size() - 1));
    const std::string parent = FolderOf(path);
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) {
      if (!S_ISDIR(status.st_mode)) {
        return Fail(ErrorKind::kUnavailable, fmt::format("cannot make {}: not a folder", path));
      }
      // A process that was killed may have made it without syncing. Who may not read the parent
      // did not make it.
      return SyncFolderOr(parent, EACCES);
    }
    if (errno != ENOENT) return Fail(SystemError("make", path));
    OUBLI_TRY(MakeFolder(parent));
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return Fail(SystemError("make", path));
    return SyncFolder(parent);
  }

  Status SyncFolder(const std::string& path) override { return SyncFolderOr(path, 0); }

  Status Rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return Fail(SystemError("rename", from));
    return {};
  }

  Status Remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return Fail(SystemError("remove", path));
    return {};
  }

  Status Exchange(const std::string& one, const std::string& other) override {
    if (::syscall(SYS_renameat2, AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), kRenameExchange) !=
        0) {
      const int error = errno;
      Error failed = SystemError("exchange", other, error);
      if (error == EBUSY) failed.text += ": it is a mount point";
      return Fail(std::move(failed));
    }
    return {};
  }

  Status RemoveFolder(const std::string& path) override {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return Fail(SystemError("remove", path));
    if (!S_ISDIR(status.st_mode)) return Fail(SystemError("remove", path, ENOTDIR));
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (error) return Fail(SystemError("remove", path, error.value()));
    return {};
  }

  Result<std::vector<std::string>> List(const std::string& folder) override {
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(folder.c_str()), ::closedir);
    if (!stream) return Fail(SystemError("list", folder));
    std::vector<std::string> names;
    while (true) {
      errno = 0;
      const dirent* entry = ::readdir(stream.get());
      if (entry == nullptr) break;
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) return Fail(SystemError("list", folder));
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  // Opening it may fail with `allowed`.
  static Status SyncFolderOr(const std::string& path, int allowed) {
    const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.is_open() && errno == allowed) return {};
    if (!folder.is_open() || ::fsync(folder.get()) != 0) return Fail(SystemError("sync", path));
    return {};
  }
};

}  // namespace

Files& SystemFiles() {
  static RealFiles files;
  return files;
}

}  // namespace oubli::storage
