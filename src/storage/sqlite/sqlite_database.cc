#include "storage/sqlite/sqlite_database.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "storage/sqlite/log_rewrite.h"
#include "storage/sqlite/log_vfs.h"
#include "storage/sqlite/sqlite_connection.h"

namespace oubli::storage {
namespace {

// A random erasure changes a few bytes in each of a few pages, and the log takes whole pages: half
// of SQLite's usual page is measured to be best (docs/decisions/004-small-pages.md).
constexpr int kPageBytes = 2048;
// Frames of the write-ahead log: a page and 24 bytes of header each.
constexpr int64_t kFrameBytes = kPageBytes + 24;

std::string Replace(std::string text, std::string_view word, std::string_view by) {
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + by.size())) {
    text.replace(at, word.size(), by);
  }
  return text;
}

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::string path, SqliteOptions options)
      : path_(std::move(path)), options_(options) {}

  Result<std::unique_ptr<Connection>> OpenWriter() override {
    OUBLI_TRY_ASSIGN(auto connection, Open(options_.writer_cache_kib));
    // Checkpoints are Checkpoint()'s: on the maintenance thread, not inside somebody's commit.
    OUBLI_TRY(connection->Execute("PRAGMA wal_autocheckpoint=0"));
    sqlite3_wal_hook(
        connection->db(),
        [](void* self, sqlite3*, const char*, int pages) {
          static_cast<SqliteDatabase*>(self)->log_pages_.store(pages, std::memory_order_relaxed);
          return SQLITE_OK;
        },
        this);
    return connection;
  }

  Result<std::unique_ptr<Connection>> OpenReader() override {
    return OpenReaderWith(options_.reader_cache_kib);
  }

  Result<std::unique_ptr<Connection>> OpenSmallReader() override {
    return OpenReaderWith(options_.small_reader_cache_kib);
  }

  std::string Ddl(std::string_view portable) const override {
    std::string text = Replace(std::string(portable), PortableDdl::kClustered, " WITHOUT ROWID");
    text = Replace(std::move(text), PortableDdl::kRowId, "INTEGER PRIMARY KEY");
    return Replace(std::move(text), PortableDdl::kBlob, "BLOB");
  }

  Status Checkpoint(bool truncate) override {
    std::lock_guard lock(checkpoint_mutex_);
    if (!checkpointer_) {
      OUBLI_TRY_ASSIGN(checkpointer_, Open(options_.reader_cache_kib));
      OUBLI_TRY(checkpointer_->Execute("PRAGMA wal_autocheckpoint=0"));
      // TRUNCATE waits for readers no longer than this; it is tried again later.
      sqlite3_busy_timeout(checkpointer_->db(), 50);
    }
    int log_pages = 0;
    int moved_pages = 0;
    const int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    const int rc =
        sqlite3_wal_checkpoint_v2(checkpointer_->db(), nullptr, mode, &log_pages, &moved_pages);
    if (rc == SQLITE_BUSY) return Fail(ErrorKind::kUnavailable, "readers hold the log");
    if (rc != SQLITE_OK) return Fail(SqliteError(rc, "checkpoint"));
    if (truncate) log_pages_.store(0, std::memory_order_relaxed);
    return {};
  }

  Status CopyTo(const std::string& path) override {
    // SQLite would make the file with the umask's mode; an empty one it takes as it is.
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
      return Fail(ErrorKind::kUnavailable,
                  fmt::format("cannot make {}: {}", path, strerror(errno)));
    }
    Status copied = VacuumInto(path);
    if (copied && ::fsync(fd) != 0) {
      copied =
          Fail(ErrorKind::kUnavailable, fmt::format("cannot sync {}: {}", path, strerror(errno)));
    }
    ::close(fd);
    return copied;
  }

  int64_t LogBytes() const override {
    return log_pages_.load(std::memory_order_relaxed) * kFrameBytes;
  }
  bool HadLogAtOpen() const override { return had_log_; }
  Status WriteLogAgain() {
    OUBLI_TRY_ASSIGN(had_log_, storage::WriteLogAgain(path_, options_.vfs));
    return {};
  }

 private:
  // One snapshot, read by a connection of its own.
  Status VacuumInto(const std::string& path) {
    OUBLI_TRY_ASSIGN(const auto connection, Open(options_.reader_cache_kib));
    OUBLI_TRY_ASSIGN(auto copy, connection->Prepare("VACUUM INTO $1"));
    copy->BindText(1, path);
    const Result<bool> done = copy->Step();
    if (done) return {};
    return Fail(done.error().kind,
                fmt::format("cannot copy the database to {}: {}", path, done.error().text));
  }

  Result<std::unique_ptr<Connection>> OpenReaderWith(int cache_kib) {
    OUBLI_TRY_ASSIGN(auto connection, Open(cache_kib));
    OUBLI_TRY(connection->Execute("PRAGMA query_only=ON"));
    return connection;
  }

  // Errors: as OpenSqlite().
  Status MakeFile() const {
    if (!options_.vfs.empty()) {
      sqlite3_vfs* const vfs = sqlite3_vfs_find(options_.vfs.c_str());
      int exists = 1;
      if (vfs == nullptr) return Fail(ErrorKind::kUnavailable, "no such VFS");
      if (vfs->xAccess(vfs, path_.c_str(), SQLITE_ACCESS_READWRITE, &exists) != SQLITE_OK) {
        return Fail(ErrorKind::kUnavailable, fmt::format("cannot open {}", path_));
      }
      if (exists != 0 || options_.make_file) return {};
      return Fail(ErrorKind::kCorrupt, fmt::format("{} is missing", path_));
    }
    // SQLite would make the file with the umask's mode: make it first, for its owner alone. The log
    // and the index of the log get the mode of the file.
    const int make = options_.make_file ? O_CREAT : 0;
    const int fd = ::open(path_.c_str(), O_RDWR | make | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == ENOENT && !options_.make_file) {
      return Fail(ErrorKind::kCorrupt, fmt::format("{} is missing", path_));
    }
    if (fd < 0) return Fail(ErrorKind::kUnavailable, fmt::format("cannot open {}", path_));
    ::close(fd);
    return {};
  }

  Result<std::unique_ptr<SqliteConnection>> Open(int cache_kib) {
    OUBLI_TRY(MakeFile());
    sqlite3* db = nullptr;
    OUBLI_TRY_ASSIGN(const std::string vfs, LogVfsOver(options_.vfs));
    const bool is_made_by_vfs = !options_.vfs.empty() && options_.make_file;
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (is_made_by_vfs ? SQLITE_OPEN_CREATE : 0);
    const int rc = sqlite3_open_v2(path_.c_str(), &db, flags, vfs.c_str());
    auto connection = std::make_unique<SqliteConnection>(db);
    if (rc != SQLITE_OK) return Fail(SqliteError(rc, "open"));
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, options_.busy_timeout_ms);
    OUBLI_TRY(connection->Execute(
        fmt::format("PRAGMA page_size={}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                    "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;"
                    "PRAGMA cache_size=-{};",
                    kPageBytes, cache_kib)));
    return connection;
  }

  const std::string path_;
  const SqliteOptions options_;
  bool had_log_ = false;  // before this opened it
  std::atomic<int64_t> log_pages_{0};
  std::mutex checkpoint_mutex_;
  std::unique_ptr<SqliteConnection> checkpointer_;
};

}  // namespace

Result<std::unique_ptr<Database>> OpenSqlite(const std::string& path,
                                             const SqliteOptions& options) {
  auto database = std::make_unique<SqliteDatabase>(path, options);
  if (options.write_log_again) OUBLI_TRY(database->WriteLogAgain());
  // Opens once now, so that a bad path or a damaged file is an error of this call.
  OUBLI_TRY(database->OpenReader());
  return database;
}

}  // namespace oubli::storage
