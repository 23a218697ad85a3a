// The lock of a data folder: one process alone opens the data.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"

namespace oubli::server {

// Held as long as this lives; the system frees it when the process ends, however it ends.
class DataLock {
 public:
  // Makes the folder (mode 0700) when it is missing. Nothing when another process holds the lock.
  // Errors: kUnavailable.
  static Result<std::optional<DataLock>> TryTake(const std::string& data_dir);
  DataLock(DataLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  DataLock& operator=(DataLock&&) = delete;
  ~DataLock();

 private:
  explicit DataLock(int fd) : fd_(fd) {}
  int fd_;
};

// "process 1234 has the data in DIR open", for an error text.
std::string LockHolderText(const std::string& data_dir);

}  // namespace oubli::server
