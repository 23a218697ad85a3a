#include "storage/sqlite/log_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "storage/sqlite/log_piece.h"

namespace oubli::storage {
namespace {

constexpr size_t kGatheredAtMost = 1024 * 1024;
constexpr sqlite3_int64 kZerosAtMost = 4 * 1024 * 1024;

// SQLite writes a frame as its header and its page:
// https://www.sqlite.org/fileformat2.html#walformat
constexpr size_t kFrameHeader = 24;
// In a commit's last frame, the database's size in pages.
bool EndsCommit(std::string_view frame_header) {
  return frame_header.substr(4, 4) != std::string_view("\0\0\0\0", 4);
}

// One open log, over the base's.
class LogFile {
 public:
  explicit LogFile(sqlite3_vfs* base) : space_(static_cast<size_t>(base->szOsFile)) {}

  int Open(sqlite3_vfs* base, const char* path, int flags, int* out_flags) {
    return base->xOpen(base, path, real(), flags, out_flags);
  }
  bool is_open() { return real()->pMethods != nullptr; }

  int Close() {
    const int flushed = Flush();
    const int closed = io().xClose(real());
    return flushed != SQLITE_OK ? flushed : closed;
  }

  int Read(void* to, int size, sqlite3_int64 at) {
    if (const int rc = Flush(); rc != SQLITE_OK) return rc;
    return io().xRead(real(), to, size, at);
  }

  int Write(const void* from, int size, sqlite3_int64 at) {
    const bool follows = at == gathered_at_ + static_cast<sqlite3_int64>(gathered_.size());
    if (!gathered_.empty() && (!follows || gathered_.size() >= kGatheredAtMost)) {
      if (const int rc = Flush(); rc != SQLITE_OK) return rc;
    }
    if (gathered_.empty()) gathered_at_ = at;
    const std::string_view bytes(static_cast<const char*>(from), static_cast<size_t>(size));
    gathered_ += bytes;
    // Behind the last frame of a commit others may read all of them, with a sync or without.
    if (bytes.size() != kFrameHeader)
      return std::exchange(ends_commit_, false) ? Flush() : SQLITE_OK;
    ends_commit_ = EndsCommit(bytes);
    return SQLITE_OK;
  }

  int Truncate(sqlite3_int64 size) {
    if (const int rc = Flush(); rc != SQLITE_OK) return rc;
    sqlite3_int64 before = 0;
    if (const int rc = io().xFileSize(real(), &before); rc != SQLITE_OK) return rc;
    if (const int rc = io().xTruncate(real(), size); rc != SQLITE_OK) return rc;
    // SQLite needs the cut alone: where the zeros cannot be written, there are none.
    if (size == 0 && before > 0 && WriteZeros(std::min(before, kZerosAtMost)) != SQLITE_OK) {
      return io().xTruncate(real(), 0);
    }
    return SQLITE_OK;
  }

  int Sync(int flags) {
    if (const int rc = Flush(); rc != SQLITE_OK) return rc;
    return io().xSync(real(), flags);
  }

  int Size(sqlite3_int64* size) {
    if (const int rc = Flush(); rc != SQLITE_OK) return rc;
    return io().xFileSize(real(), size);
  }

  int Control(int operation, void* argument) {
    if (const int rc = Flush(); rc != SQLITE_OK) return rc;
    return io().xFileControl(real(), operation, argument);
  }

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(space_.data()); }
  const sqlite3_io_methods& io() { return *real()->pMethods; }

 private:
  // What fails is lost: SQLite undoes the transaction, as it does when a write fails at once.
  int Flush() {
    if (gathered_.empty()) return SQLITE_OK;
    const int rc = WritePieces(gathered_, gathered_at_);
    gathered_.clear();
    return rc;
  }

  int WritePieces(std::string_view bytes, sqlite3_int64 at) {
    while (!bytes.empty()) {
      const std::string_view piece = bytes.substr(0, kLogPiece);
      const int rc = io().xWrite(real(), piece.data(), static_cast<int>(piece.size()), at);
      if (rc != SQLITE_OK) return rc;
      bytes.remove_prefix(piece.size());
      at += static_cast<sqlite3_int64>(piece.size());
    }
    return SQLITE_OK;
  }

  // The truncation is made durable first: zeros over a part of the frames of before would leave a
  // shorter log, which takes the database back to an older state.
  int WriteZeros(sqlite3_int64 size) {
    if (const int rc = io().xSync(real(), SQLITE_SYNC_NORMAL); rc != SQLITE_OK) return rc;
    const std::string zeros(static_cast<size_t>(size), '\0');
    if (const int rc = WritePieces(zeros, 0); rc != SQLITE_OK) return rc;
    return io().xSync(real(), SQLITE_SYNC_NORMAL);
  }

  std::vector<char> space_;  // of the base's file
  std::string gathered_;
  sqlite3_int64 gathered_at_ = 0;
  bool ends_commit_ = false;  // the frame whose page comes next
};

// What SQLite allocates and knows.
struct SqliteFile {
  sqlite3_file base;
  LogFile* log;
};

LogFile& Of(sqlite3_file* file) { return *reinterpret_cast<SqliteFile*>(file)->log; }

// No exception may pass through SQLite.
template <class Call>
int Caught(Call call) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return SQLITE_IOERR_NOMEM;
  }
}

int Close(sqlite3_file* file) {
  const int rc = Of(file).Close();
  delete &Of(file);
  return rc;
}

// Nobody asks a log for locks or shared memory: SQLite does that with the database's own file.
const sqlite3_io_methods kMethods = {
    .iVersion = 1,
    .xClose = Close,
    .xRead = [](sqlite3_file* f, void* to, int size,
                sqlite3_int64 at) { return Of(f).Read(to, size, at); },
    .xWrite = [](sqlite3_file* f, const void* from, int size,
                 sqlite3_int64 at) { return Caught([&] { return Of(f).Write(from, size, at); }); },
    .xTruncate = [](sqlite3_file* f,
                    sqlite3_int64 size) { return Caught([&] { return Of(f).Truncate(size); }); },
    .xSync = [](sqlite3_file* f, int flags) { return Of(f).Sync(flags); },
    .xFileSize = [](sqlite3_file* f, sqlite3_int64* size) { return Of(f).Size(size); },
    .xLock = [](sqlite3_file*, int) { return SQLITE_OK; },
    .xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; },
    .xCheckReservedLock =
        [](sqlite3_file*, int* result) {
          *result = 0;
          return SQLITE_OK;
        },
    .xFileControl = [](sqlite3_file* f, int operation,
                       void* argument) { return Of(f).Control(operation, argument); },
    .xSectorSize = [](sqlite3_file* f) { return Of(f).io().xSectorSize(Of(f).real()); },
    .xDeviceCharacteristics =
        [](sqlite3_file* f) { return Of(f).io().xDeviceCharacteristics(Of(f).real()); },
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

// A VFS over another one. Looks the other one up each time: tests register theirs anew.
class LogVfs {
 public:
  explicit LogVfs(const sqlite3_vfs& base)
      : base_name_(base.zName), name_("oubli over " + base_name_) {
    vfs_.iVersion = 2;
    vfs_.szOsFile = std::max<int>(sizeof(SqliteFile), base.szOsFile);
    vfs_.mxPathname = base.mxPathname;
    vfs_.zName = name_.c_str();
    vfs_.pAppData = this;
    vfs_.xOpen = Open;
    vfs_.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync_folder) {
      sqlite3_vfs* const below = BaseOf(vfs);
      return below->xDelete(below, path, sync_folder);
    };
    vfs_.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* result) {
      sqlite3_vfs* const below = BaseOf(vfs);
      return below->xAccess(below, path, flags, result);
    };
    vfs_.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int size, char* out) {
      sqlite3_vfs* const below = BaseOf(vfs);
      return below->xFullPathname(below, path, size, out);
    };
    vfs_.xRandomness = [](sqlite3_vfs* vfs, int size, char* out) {
      sqlite3_vfs* const below = BaseOf(vfs);
      return below->xRandomness(below, size, out);
    };
    vfs_.xSleep = [](sqlite3_vfs* vfs, int microseconds) {
      sqlite3_vfs* const below = BaseOf(vfs);
      return below->xSleep(below, microseconds);
    };
    vfs_.xCurrentTime = [](sqlite3_vfs* vfs, double* out) {
      sqlite3_vfs* const below = BaseOf(vfs);
      return below->xCurrentTime(below, out);
    };
    vfs_.xGetLastError = [](sqlite3_vfs* vfs, int size, char* out) {
      sqlite3_vfs* const below = BaseOf(vfs);
      return below->xGetLastError(below, size, out);
    };
    vfs_.xCurrentTimeInt64 = [](sqlite3_vfs* vfs, sqlite3_int64* out) {
      sqlite3_vfs* const below = BaseOf(vfs);
      return below->xCurrentTimeInt64(below, out);
    };
  }
  LogVfs(const LogVfs&) = delete;
  LogVfs& operator=(const LogVfs&) = delete;

  const std::string& name() const { return name_; }
  int Register() { return sqlite3_vfs_register(&vfs_, 0); }

 private:
  static sqlite3_vfs* BaseOf(sqlite3_vfs* vfs) {
    sqlite3_vfs* const base =
        sqlite3_vfs_find(static_cast<LogVfs*>(vfs->pAppData)->base_name_.c_str());
    OUBLI_CHECK(base != nullptr && base->szOsFile <= vfs->szOsFile);
    return base;
  }

  static int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                  int* out_flags) {
    sqlite3_vfs* const base = BaseOf(vfs);
    if ((flags & SQLITE_OPEN_WAL) == 0) return base->xOpen(base, path, file, flags, out_flags);
    file->pMethods = nullptr;
    return Caught([&] {
      auto log = std::make_unique<LogFile>(base);
      if (const int rc = log->Open(base, path, flags, out_flags); rc != SQLITE_OK) {
        if (log->is_open()) (void)log->Close();
        return rc;
      }
      reinterpret_cast<SqliteFile*>(file)->log = log.release();
      file->pMethods = &kMethods;
      return SQLITE_OK;
    });
  }

  const std::string base_name_;
  const std::string name_;
  sqlite3_vfs vfs_{};
};

}  // namespace

Result<std::string> LogVfsOver(const std::string& base_name) {
  static std::mutex mutex;
  // Never destroyed: SQLite knows them until the process ends.
  static auto& all = *new std::map<std::string, std::unique_ptr<LogVfs>>;
  sqlite3_initialize();
  const sqlite3_vfs* const base = sqlite3_vfs_find(base_name.empty() ? nullptr : base_name.c_str());
  if (base == nullptr) return Fail(ErrorKind::kUnavailable, "no such VFS");
  const std::lock_guard lock(mutex);
  std::unique_ptr<LogVfs>& known = all[base->zName];
  if (!known) {
    auto made = std::make_unique<LogVfs>(*base);
    if (made->Register() != SQLITE_OK) return Fail(ErrorKind::kUnavailable, "out of memory");
    known = std::move(made);
  }
  return known->name();
}

}  // namespace oubli::storage
