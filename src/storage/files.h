// The files that Oubli writes itself, beside those of the database engine: root slots, key
// journals, backups. A seam, so that tests can lose, tear, refuse and delay writes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace oubli::storage {

// One open file, used by one thread at a time. Errors are kUnavailable and name the operation and
// the system's reason.
class File {
 public:
  virtual ~File() = default;
  virtual Status WriteAt(int64_t offset, std::string_view bytes) = 0;
  // Fewer bytes than `size` only where the file ends.
  virtual Result<std::string> ReadAt(int64_t offset, size_t size) = 0;
  // The same from the device, past the page cache, where the system can do that. REQUIRES: offset
  // and size are multiples of 4096, and everything written has been synced.
  virtual Result<std::string> ReadBack(int64_t offset, size_t size) = 0;
  // What was written, and the length, are durable when this returns. After an error this file stays
  // failed: the system may have dropped what was written and call it clean. Whoever tries again
  // opens the file anew and writes again.
  virtual Status Sync() = 0;
  virtual Result<int64_t> Size() = 0;
  virtual Status Truncate(int64_t size) = 0;
};

enum class OpenMode {
  kRead,
  kWrite,   // reading and writing a file that is there
  kCreate,  // the same; makes it (mode 0600) when it is missing. Its name is durable after a
            // SyncFolder() of its folder.
};

// Safe from any thread. Symbolic links at the end of a path are not followed. Errors: kNotFound for
// what is not there, else kUnavailable.
class Files {
 public:
  virtual ~Files() = default;
  virtual Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) = 0;
  // Makes the folder and the missing ones above it (mode 0700), durably.
  virtual Status MakeFolder(const std::string& path) = 0;
  virtual Status SyncFolder(const std::string& path) = 0;
  // Replaces what has the new name. Durable after SyncFolder() of the folder(s).
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  // Of two names, files or folders, each gets what the other one had, in one step: there is no
  // moment without either. Durable after SyncFolder() of the folder(s). kUnavailable also where the
  // file system cannot do that, or one of them is a mount point.
  virtual Status Exchange(const std::string& one, const std::string& other) = 0;
  virtual Status Remove(const std::string& path) = 0;  // a file; kNotFound when there is none
  // A folder with all that is in it, name by name in no order: after an error, and after a crash
  // without a SyncFolder(), any part of it may still be there. kNotFound when there is none.
  virtual Status RemoveFolder(const std::string& path) = 0;
  // Names in a folder, sorted, without "." and "..".
  virtual Result<std::vector<std::string>> List(const std::string& folder) = 0;
};

// The real ones.
Files& SystemFiles();

}  // namespace oubli::storage
