#include "storage/testing/simulated_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace oubli::storage {
namespace {

constexpr int64_t kBlockBytes = 4096;
// Nothing here needs a larger file; a test that asks for one has an error.
constexpr int64_t kMaxFileBytes = int64_t{1} << 30;

}  // namespace

Error DiskError(std::string_view what, const std::string& path, int error) {
  const ErrorKind kind = error == ENOENT ? ErrorKind::kNotFound : ErrorKind::kUnavailable;
  return Error{kind, fmt::format("cannot {} {}: {}", what, path, strerror(error))};
}

Error DeadError(const std::string& path) {
  return Error{ErrorKind::kUnavailable,
               fmt::format("cannot use {}: this process was killed (no Restart() yet?)", path)};
}

SimulatedFile::SimulatedFile(SimulatedDisk& disk, std::string path,
                             std::shared_ptr<SimulatedContent> content, bool can_write)
    : disk_(disk),
      path_(std::move(path)),
      content_(std::move(content)),
      can_write_(can_write),
      epoch_(disk.epoch_.load()) {}

Status SimulatedFile::WriteAt(int64_t offset, std::string_view bytes) {
  const auto size = static_cast<int64_t>(bytes.size());
  if (!can_write_ || offset < 0) return Fail(DiskError("write", path_, EBADF));
  if (offset + size > kMaxFileBytes) return Fail(DiskError("write", path_, EFBIG));
  const DiskOperation operation{DiskOperation::kWrite, path_, {}, offset, size};
  SimulatedDisk::Lock lock(disk_.mutex_);
  OUBLI_TRY_ASSIGN(const Verdict verdict, disk_.Ask(lock, epoch_, operation));
  if (SimulatedDisk::IsPartly(verdict)) bytes = bytes.substr(0, bytes.size() / 2);
  const auto room = static_cast<int64_t>(content_->view().size()) - offset;
  if (disk_.full_ && static_cast<int64_t>(bytes.size()) > room) {
    content_->Write(offset, bytes.substr(0, std::max<int64_t>(room, 0)));
    return Fail(DiskError("write", path_, ENOSPC));
  }
  content_->Write(offset, bytes);
  return disk_.Finish(verdict, operation);
}

Result<std::string> SimulatedFile::ReadAt(int64_t offset, size_t size) {
  return Read(offset, size, &SimulatedContent::view);
}

Result<std::string> SimulatedFile::ReadBack(int64_t offset, size_t size) {
  if (offset % kBlockBytes != 0 || size % kBlockBytes != 0) {
    return Fail(DiskError("read back", path_, EINVAL));
  }
  return Read(offset, size, &SimulatedContent::durable);
}

Status SimulatedFile::Sync() {
  const DiskOperation operation{DiskOperation::kSync, path_};
  SimulatedDisk::Lock lock(disk_.mutex_);
  auto verdict = disk_.Ask(lock, epoch_, operation);
  if (!verdict) {
    if (disk_.IsAlive(epoch_) && disk_.sync_errors_lose_) content_->LoseDirty();
    sync_failed_ = true;
    return Fail(verdict.error());
  }
  // As the real one: what an earlier error lost is not made good by asking again.
  if (sync_failed_) {
    OUBLI_TRY(disk_.Finish(*verdict, operation));
    return Fail(DiskError("sync", path_, EIO));
  }
  if (SimulatedDisk::IsPartly(*verdict)) {
    content_->SyncPartly();
  } else {
    content_->Sync();
    ++disk_.sync_counts_[path_];
  }
  auto finished = disk_.Finish(*verdict, operation);
  sync_failed_ = !finished;
  // The end of a process is no error of the device: what is dirty stays so.
  if (*verdict == Verdict::kFailPartly && disk_.sync_errors_lose_) content_->LoseDirty();
  return finished;
}

Result<int64_t> SimulatedFile::Size() {
  const SimulatedDisk::Lock lock(disk_.mutex_);
  if (!disk_.IsAlive(epoch_)) return Fail(DeadError(path_));
  return static_cast<int64_t>(content_->view().size());
}

Status SimulatedFile::Truncate(int64_t size) {
  if (!can_write_ || size < 0) return Fail(DiskError("truncate", path_, EINVAL));
  if (size > kMaxFileBytes) return Fail(DiskError("truncate", path_, EFBIG));
  const DiskOperation operation{DiskOperation::kTruncate, path_, {}, size};
  SimulatedDisk::Lock lock(disk_.mutex_);
  OUBLI_TRY_ASSIGN(const Verdict verdict, disk_.Ask(lock, epoch_, operation));
  if (disk_.full_ && size > static_cast<int64_t>(content_->view().size())) {
    return Fail(DiskError("truncate", path_, ENOSPC));
  }
  if (!SimulatedDisk::IsPartly(verdict)) content_->Truncate(size);
  return disk_.Finish(verdict, operation);
}

Result<std::string> SimulatedFile::Read(int64_t offset, size_t size,
                                        const std::string& (SimulatedContent::*view)() const) {
  if (offset < 0) return Fail(DiskError("read", path_, EINVAL));
  const DiskOperation operation{
      DiskOperation::kRead, path_, {}, offset, static_cast<int64_t>(size)};
  SimulatedDisk::Lock lock(disk_.mutex_);
  OUBLI_TRY_ASSIGN(const Verdict verdict, disk_.Ask(lock, epoch_, operation));
  OUBLI_TRY(disk_.Finish(verdict, operation));
  const std::string& bytes = (*content_.*view)();
  if (offset >= static_cast<int64_t>(bytes.size())) return std::string();
  return bytes.substr(offset, size);
}

}  // namespace oubli::storage
