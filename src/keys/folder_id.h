// A small file that tells a folder which was set up from an empty one in its place, as where a disk
// is not mounted.
#pragma once

#include <mutex>
#include <string>

#include "base/result.h"
#include "storage/files.h"

namespace oubli::keys {

// The file holds `prefix`, 32 hexadecimal digits and a line end. Safe from any thread.
class FolderId {
 public:
  // `prefix` says what the folder is for, and in which format.
  FolderId(storage::Files& files, std::string folder, std::string file_name, std::string prefix);

  // 32 hexadecimal digits. Errors: kNotFound for a folder that has not been set up; kUnavailable as
  // soon as the folder shows another id than before, or none; kCorrupt for a damaged file.
  Result<std::string> Read();
  // For those who use the folder: no error is kNotFound.
  Status CheckStillThere();
  // Makes the folder, with a fresh id, durably; one that is there stays as it is.
  Status SetUp();

 private:
  Result<std::string> ReadFile();

  storage::Files& files_;
  const std::string folder_;
  const std::string path_;
  const std::string prefix_;
  std::mutex mutex_;
  std::string known_;  // guarded by mutex_; empty: not read yet
};

}  // namespace oubli::keys
