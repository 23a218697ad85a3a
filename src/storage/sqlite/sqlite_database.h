// The SQLite engine: one file a database, write-ahead log, synchronous=FULL, secure_delete=ON.
#pragma once

#include <memory>
#include <string>

#include "storage/database.h"

namespace oubli::storage {

struct SqliteOptions {
  int writer_cache_kib = 32 * 1024;
  int reader_cache_kib = 2 * 1024;
  int small_reader_cache_kib = 256;
  int busy_timeout_ms = 10'000;
  bool make_file = true;  // when there is none; else that is kCorrupt
  // Before anything is read, so that what is read is also durable: see log_rewrite.h. For who alone
  // has the database open.
  bool write_log_again = false;
  // A VFS that is registered with SQLite, for tests; empty: SQLite's own.
  std::string vfs = {};
};

// Opens the file, or makes it (mode 0600). Errors: kUnavailable, kCorrupt.
Result<std::unique_ptr<Database>> OpenSqlite(const std::string& path,
                                             const SqliteOptions& options = {});

}  // namespace oubli::storage
