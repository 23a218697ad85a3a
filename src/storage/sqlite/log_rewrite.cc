#include "storage/sqlite/log_rewrite.h"

#include <sqlite3.h>

#include <algorithm>
#include <vector>

#include "storage/sqlite/log_piece.h"
#include "storage/sqlite/sqlite_connection.h"

namespace oubli::storage {
namespace {

constexpr sqlite3_int64 kHeaderBytes = 32;  // of a log; without it SQLite takes it for empty

// The log, opened through SQLite's own seam to the system.
class OpenedLog {
 public:
  OpenedLog(sqlite3_vfs* vfs, const char* name) : space_(static_cast<size_t>(vfs->szOsFile)) {
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL;
    opened_ = vfs->xOpen(vfs, name, file(), flags, &flags);
  }
  ~OpenedLog() {
    if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
  }
  OpenedLog(const OpenedLog&) = delete;
  OpenedLog& operator=(const OpenedLog&) = delete;

  int opened() const { return opened_; }
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(space_.data()); }

 private:
  std::vector<char> space_;
  int opened_ = SQLITE_CANTOPEN;
};

// A log that was cut (log_vfs.h) and not written since.
bool IsZero(const std::vector<char>& header) {
  return std::ranges::all_of(header, [](char byte) { return byte == 0; });
}

// `size`: 0 where nothing has been written to the log.
int Rewrite(sqlite3_file* file, sqlite3_int64& size) {
  const sqlite3_io_methods& io = *file->pMethods;
  if (const int rc = io.xFileSize(file, &size); rc != SQLITE_OK || size == 0) return rc;
  std::vector<char> header(static_cast<size_t>(std::min(size, kHeaderBytes)));
  const int read = io.xRead(file, header.data(), static_cast<int>(header.size()), 0);
  if (read != SQLITE_OK) return read;
  if (IsZero(header)) {
    size = 0;
    return SQLITE_OK;
  }
  std::vector<char> piece(static_cast<size_t>(std::min(size, kLogPiece)));
  for (sqlite3_int64 at = 0; at < size; at += kLogPiece) {
    const int count = static_cast<int>(std::min(size - at, kLogPiece));
    if (const int rc = io.xRead(file, piece.data(), count, at); rc != SQLITE_OK) return rc;
    if (const int rc = io.xWrite(file, piece.data(), count, at); rc != SQLITE_OK) return rc;
  }
  return io.xSync(file, SQLITE_SYNC_FULL);
}

}  // namespace

Result<bool> WriteLogAgain(const std::string& path, const std::string& vfs_name) {
  sqlite3_initialize();
  sqlite3_vfs* const vfs = sqlite3_vfs_find(vfs_name.empty() ? nullptr : vfs_name.c_str());
  if (vfs == nullptr) return Fail(ErrorKind::kUnavailable, "no such VFS");
  const std::string log = path + "-wal";
  int exists = 0;
  if (vfs->xAccess(vfs, log.c_str(), SQLITE_ACCESS_EXISTS, &exists) != SQLITE_OK || exists == 0) {
    return false;
  }
  sqlite3_filename const name =
      sqlite3_create_filename(path.c_str(), (path + "-journal").c_str(), log.c_str(), 0, nullptr);
  if (name == nullptr) return Fail(ErrorKind::kUnavailable, "out of memory");
  int rc = SQLITE_OK;
  sqlite3_int64 size = 0;
  {
    OpenedLog file(vfs, sqlite3_filename_wal(name));
    rc = file.opened() == SQLITE_OK ? Rewrite(file.file(), size) : file.opened();
  }
  sqlite3_free_filename(name);
  if (rc != SQLITE_OK) return Fail(SqliteError(rc, "write the log again"));
  return size > 0;
}

}  // namespace oubli::storage
