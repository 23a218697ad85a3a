// The half of old_pages.h that opens copies of SQLite files, by SQLite itself and not by the
// storage module: that one opens for writing.
#include <fmt/core.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "doctor/old_pages.h"
#include "keys/journal_file.h"

namespace oubli::doctor {
namespace {

namespace fs = std::filesystem;

constexpr size_t kIdentityBytes = 16;

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using Handle = std::unique_ptr<sqlite3, CloseDatabase>;
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Rows = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

std::string_view BlobOf(sqlite3_stmt* row, int column) {
  const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
  return {bytes == nullptr ? "" : bytes, static_cast<size_t>(sqlite3_column_bytes(row, column))};
}

// A folder in memory where there is one, else among the temporary ones; gone with this.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    for (const char* parent : {"/dev/shm", "/tmp"}) {
      std::string path = fmt::format("{}/oubli-residue-XXXXXX", parent);
      if (mkdtemp(path.data()) == nullptr) continue;
      path_ = path;
      return;
    }
  }
  ~TemporaryFolder() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string UriOf(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

class OldDatabase {
 public:
  // Errors: kUnavailable.
  Status Open(const std::string& path) {
    std::error_code error;
    const std::string log = path + "-wal";
    const bool has_log = fs::exists(log, error) && fs::file_size(log, error) > 0 && !error;
    std::string opened = path;
    if (has_log) OUBLI_TRY(Copy(path, log, opened));
    sqlite3* db = nullptr;
    const int flags = has_log ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    const std::string name = has_log ? opened : UriOf(path);
    const int rc = sqlite3_open_v2(name.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    db_.reset(db);
    return rc == SQLITE_OK ? Status() : Unreadable(path);
  }

  // Nothing when the text does not fit what is in the file.
  Rows Prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(db_.get(), sql, -1, &statement, nullptr);
    return Rows(statement);
  }

  // What the last Prepare() found.
  bool IsNoDatabase() { return sqlite3_errcode(db_.get()) == SQLITE_NOTADB; }

  static Status Unreadable(const std::string& path) {
    return Fail(ErrorKind::kUnavailable, fmt::format("{} cannot be read as a database", path));
  }

 private:
  Status Copy(const std::string& path, const std::string& log, std::string& opened) {
    copy_.emplace();
    opened = copy_->path() + "/copy.db";
    std::error_code error;
    if (copy_->path().empty()) return Unreadable(path);
    fs::copy_file(path, opened, error);
    if (!error) fs::copy_file(log, opened + "-wal", error);
    return error ? Unreadable(path) : Status();
  }

  std::optional<TemporaryFolder> copy_;  // outlives the connection
  Handle db_;
};

// Empty: no store's file. Errors: a store's file, it seems, that cannot be read.
Result<std::string> IdentityOf(const std::string& path) {
  OldDatabase database;
  OUBLI_TRY(database.Open(path));
  const Rows tables = database.Prepare("SELECT name FROM sqlite_master WHERE name = 'key_page'");
  // It is said to be a database at the first look at its tables.
  if (!tables && database.IsNoDatabase()) return std::string();
  if (!tables) return Fail(OldDatabase::Unreadable(path).error());
  const int there = sqlite3_step(tables.get());
  if (there == SQLITE_NOTADB || there == SQLITE_DONE) return std::string();
  if (there != SQLITE_ROW) return Fail(OldDatabase::Unreadable(path).error());
  const Rows identity = database.Prepare("SELECT value FROM store_identity");
  if (!identity || sqlite3_step(identity.get()) != SQLITE_ROW) {
    return Fail(OldDatabase::Unreadable(path).error());
  }
  return std::string(BlobOf(identity.get(), 0));
}

std::optional<std::pair<dev_t, ino_t>> FileId(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return std::pair{status.st_dev, status.st_ino};
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The identity in a journal's name; empty when it is none.
std::string IdentityInName(const std::string& stem) {
  std::string identity;
  if (stem.size() != 2 * kIdentityBytes) return identity;
  for (size_t i = 0; i < stem.size(); i += 2) {
    const int high = HexDigit(stem[i]);
    const int low = HexDigit(stem[i + 1]);
    if (high < 0 || low < 0) return {};
    identity.push_back(static_cast<char>(high << 4 | low));
  }
  return identity;
}

}  // namespace

OldFiles SortOldFiles(const std::vector<std::string>& files, const std::vector<std::string>& live) {
  std::set<std::pair<dev_t, ino_t>> open;
  for (const std::string& path : live) {
    if (const auto id = FileId(path)) open.insert(*id);
  }
  OldFiles sorted;
  for (const std::string& name : files) {
    const fs::path path(name);
    const auto id = FileId(name);
    if (!id || open.contains(*id)) continue;
    sorted.files.push_back(name);
    if (path.extension() == ".journal") {
      const std::string identity = IdentityInName(path.stem().string());
      if (!identity.empty()) sorted.journal_folders[identity].insert(path.parent_path().string());
    }
    if (path.extension() != ".db") continue;
    const auto identity = IdentityOf(name);
    if (!identity) {
      sorted.unreadable.push_back(name);
    } else if (identity->size() == kIdentityBytes) {
      sorted.databases[*identity].push_back(name);
    }
  }
  return sorted;
}

Status VisitDatabase(const std::string& path, const PageVisitor& visit) {
  OldDatabase database;
  OUBLI_TRY(database.Open(path));
  const std::pair<const char*, bool> reads[] = {
      {"SELECT page, version, sealed FROM key_page ORDER BY page", false},
      {"SELECT version, version, root FROM key_root", true}};
  for (const auto& [sql, is_root] : reads) {
    const Rows rows = database.Prepare(sql);
    if (!rows) return OldDatabase::Unreadable(path);
    int step = SQLITE_ROW;
    while ((step = sqlite3_step(rows.get())) == SQLITE_ROW) {
      OUBLI_TRY(visit({is_root ? keys::kRootPage : sqlite3_column_int64(rows.get(), 0),
                       sqlite3_column_int64(rows.get(), 1), std::string(BlobOf(rows.get(), 2))}));
    }
    if (step != SQLITE_DONE) return OldDatabase::Unreadable(path);
  }
  return {};
}

}  // namespace oubli::doctor
