// A folder of the real disk with a SimulatedDisk beside it that follows every change: for code that
// asks the system itself what there is, and for SQLite as it is, under power cuts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/testing/simulated_disk.h"

namespace oubli::storage {

// The real folder is what a process sees; the simulated disk knows what of it is durable, and has
// the hook: each change is done there first, and here only when it came through there. Nothing is
// really synced, so this is fast. What is changed past this (std::filesystem) is not followed.
// Safe from any thread.
class MirroredDisk final : public Files {
 public:
  // Follows what lies at or below `top`, a real folder that is there.
  MirroredDisk(SimulatedDisk& disk, std::string top);

  // The simulated disk gets what the real folder holds, durably. REQUIRES, as for the next ones: no
  // file below `top` is open.
  void Load();
  // Both get this tree, durably.
  void Load(const DiskTree& tree);
  // The real folder gets what the simulated disk shows now, after a kill or a power cut of it.
  void Follow() const { Store(disk_.Tree()); }

  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  Status MakeFolder(const std::string& path) override;
  Status SyncFolder(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Exchange(const std::string& one, const std::string& other) override;
  Status Remove(const std::string& path) override;
  Status RemoveFolder(const std::string& path) override;
  Result<std::vector<std::string>> List(const std::string& folder) override;

  SimulatedDisk& disk() { return disk_; }
  bool Follows(const std::string& path) const;

 private:
  void Store(const DiskTree& tree) const;
  void Tell(const DiskTree& tree);

  SimulatedDisk& disk_;
  const std::string top_;
};

}  // namespace oubli::storage
