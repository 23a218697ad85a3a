// SQLite on a SimulatedDisk: a VFS, so that a whole database with its log suffers the disk's power
// cuts, kills and faults.
#pragma once

#include <memory>
#include <string>

#include "storage/testing/simulated_disk.h"

namespace oubli::storage {

// Registered under `name`, which no other VFS may have, as long as the object lives; set
// SqliteOptions::vfs to it. Several connections and threads may use it at once. Locks and the
// log's index lie in this process's memory and are gone after a Kill() or Crash() of the disk;
// connections from before then get errors (but can be closed). It does to the disk what SQLite's
// own VFS for unix does, sync for sync; with one exception: an error when the folder of a new
// log or journal is synced is an error here, and not ignored.
class SimulatedVfs {
 public:
  SimulatedVfs(std::string name, SimulatedDisk& disk);
  ~SimulatedVfs();  // REQUIRES: all connections are closed
  SimulatedVfs(const SimulatedVfs&) = delete;
  SimulatedVfs& operator=(const SimulatedVfs&) = delete;

  const std::string& name() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace oubli::storage
