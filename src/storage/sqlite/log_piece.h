// How much of a write-ahead log is written at a time.
#pragma once

#include <sqlite3.h>

namespace oubli::storage {

// SQLite's own layer writes no more than 128 KiB at a time, and takes more for a full disk.
inline constexpr sqlite3_int64 kLogPiece = 64 * 1024;

}  // namespace oubli::storage
