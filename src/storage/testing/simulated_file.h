// An open file of a SimulatedDisk, and the disk's errors. For simulated_disk.cc alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "storage/testing/simulated_disk.h"

namespace oubli::storage {

// As the real files' errors; `error` is an errno.
Error DiskError(std::string_view what, const std::string& path, int error);
Error DeadError(const std::string& path);

// One open file of a process. Every call asks the disk's hook first.
class SimulatedFile final : public File {
 public:
  // REQUIRES: the disk's lock is held, here only.
  SimulatedFile(SimulatedDisk& disk, std::string path, std::shared_ptr<SimulatedContent> content,
                bool can_write);

  Status WriteAt(int64_t offset, std::string_view bytes) override;
  Result<std::string> ReadAt(int64_t offset, size_t size) override;
  Result<std::string> ReadBack(int64_t offset, size_t size) override;
  Status Sync() override;
  Result<int64_t> Size() override;
  Status Truncate(int64_t size) override;

 private:
  Result<std::string> Read(int64_t offset, size_t size,
                           const std::string& (SimulatedContent::*view)() const);

  SimulatedDisk& disk_;
  const std::string path_;
  const std::shared_ptr<SimulatedContent> content_;
  const bool can_write_;
  const uint64_t epoch_;
  bool sync_failed_ = false;
};

}  // namespace oubli::storage
