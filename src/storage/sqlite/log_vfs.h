// A layer over SQLite's VFS, for write-ahead logs alone: a commit's frames in few long writes, and
// a log that does not grow with each commit.
#pragma once

#include <string>

#include "base/result.h"

namespace oubli::storage {

// The name of a VFS that does what `base` does (empty: SQLite's default), except for logs:
// * Writes that follow each other are gathered, and written with the last frame of a commit, or
//   before the next sync or read of that open file. SQLite makes two small ones of each frame.
// * A log that is cut to nothing gets durable zeros as long as it was (4 MiB at most): a sync that
//   need not make a new length durable takes about half the time. SQLite takes zeros for no log.
// Registered at the first call for each base, for the life of the process; safe from any thread.
// Errors: kUnavailable when SQLite knows no such base.
Result<std::string> LogVfsOver(const std::string& base);

}  // namespace oubli::storage
