// Making sure that a write-ahead log which an earlier process left is really on the disk.
#pragma once

#include <string>

#include "base/result.h"

namespace oubli::storage {

// Writes the log of the database `path` again, byte for byte, and syncs it. After a sync that
// failed the system may hold frames that it calls clean and has never written: they are read, a
// commit behind them is synced, and a power cut still takes both. What was written again is dirty,
// and the sync is one that counts. Nothing to do without a log, or with an empty one: false. `vfs`:
// SQLite's, empty for the default. REQUIRES: nobody has the database open. Errors: kUnavailable.
Result<bool> WriteLogAgain(const std::string& path, const std::string& vfs);

}  // namespace oubli::storage
