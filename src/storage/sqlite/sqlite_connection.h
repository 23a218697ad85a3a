// One SQLite connection and its statements (C API, sqlite.org/c3ref).
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <memory>
#include <string>

#include "storage/database.h"

namespace oubli::storage {

// Turns an SQLite result code into our error. The text names the operation and SQLite's own words
// for the code, never a value: sqlite3_errmsg() may quote data and is not used.
Error SqliteError(int rc, std::string_view what);

class SqliteConnection final : public Connection {
 public:
  // Takes over `db`.
  explicit SqliteConnection(sqlite3* db) : db_(db) {}
  ~SqliteConnection() override;

  Status Execute(const std::string& sql) override;
  Status BeginWrite() override { return Execute("BEGIN IMMEDIATE"); }
  Status BeginRead() override { return Execute("BEGIN"); }
  Status Commit() override;
  void Rollback() override;
  Status Savepoint() override { return Run("SAVEPOINT command"); }
  Status ReleaseSavepoint() override { return Run("RELEASE command"); }
  Status RollbackToSavepoint() override;
  int64_t TotalChanges() const override { return sqlite3_total_changes64(db_); }
  sqlite3* db() const { return db_; }

 protected:
  Result<std::unique_ptr<Statement>> Compile(const char* sql) override;

 private:
  Status Run(const char* sql);

  sqlite3* db_;
};

}  // namespace oubli::storage
