// SQLite on a MirroredDisk: all databases below its folder, without a word to who opens them.
#pragma once

#include <memory>

#include "storage/testing/mirrored_disk.h"

namespace oubli::storage {

// SQLite's own VFS for all who name none, as long as the object lives; for files elsewhere it
// changes nothing. One at a time. It tells the simulated disk what SQLite writes, truncates, syncs
// and removes; locks and the log's index are the real ones.
class MirroredVfs {
 public:
  explicit MirroredVfs(MirroredDisk& disk);
  ~MirroredVfs();  // REQUIRES: all connections are closed
  MirroredVfs(const MirroredVfs&) = delete;
  MirroredVfs& operator=(const MirroredVfs&) = delete;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace oubli::storage
