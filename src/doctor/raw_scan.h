// Looking for marks in the raw bytes of files, as somebody would who holds a copy of the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace oubli::doctor {

struct RawHit {
  std::string path;
  int64_t offset = 0;
};

struct RawScan {
  int64_t files = 0;
  int64_t bytes = 0;
  std::vector<RawHit> hits;             // the first ones
  int64_t hit_count = 0;                // of all
  std::vector<std::string> unreadable;  // paths
};

// The regular files in these folders and below, and those that are named themselves, each once,
// whatever names it has. What is not there is passed over. Errors: kUnavailable for a folder that
// cannot be listed.
Result<std::vector<std::string>> FilesBelow(const std::vector<std::string>& roots);

// Reads every file to its end and looks for the needles, which are at least 8 bytes long and may
// lie across any border. Files may grow, shrink and go away meanwhile.
//
// Reads in a child process: a process that closes a file of a SQLite database loses its locks on
// it, also those that its open connections hold. `keep_going` is asked ten times a second. Errors:
// kUnavailable, also when it says false.
Result<RawScan> ScanFiles(const std::vector<std::string>& files,
                          const std::vector<std::string>& needles,
                          const std::function<bool()>& keep_going);

}  // namespace oubli::doctor
