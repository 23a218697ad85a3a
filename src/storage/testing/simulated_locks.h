// The locks of one database file on a simulated disk and the shared memory of its log's index.
#pragma once

#include <sqlite3.h>

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace oubli::storage {

// Shared by all connections to one file. `who` is any address that is a connection's own. Returns
// SQLite's result codes, with the meanings of sqlite3_io_methods. Safe from any thread.
class SimulatedLocks {
 public:
  int Lock(const void* who, int level);
  void Unlock(const void* who, int level);
  bool IsReserved() const;

  // The region's memory, the same for all; null when it is not there and may not be made. Valid as
  // long as this object.
  void* MapShared(const void* who, int region, int size, bool may_make);
  int LockShared(const void* who, int first, int count, int flags);
  // The last one who leaves frees the regions for the next who come.
  void UnmapShared(const void* who);

 private:
  int LevelOf(const void* who) const;

  mutable std::mutex mutex_;
  std::map<const void*, int> levels_;
  std::set<const void*> mapped_;
  std::vector<std::unique_ptr<char[]>> regions_;
  std::array<std::set<const void*>, SQLITE_SHM_NLOCK> sharers_;
  std::array<const void*, SQLITE_SHM_NLOCK> exclusive_{};
};

}  // namespace oubli::storage
