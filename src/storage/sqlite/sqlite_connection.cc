#include "storage/sqlite/sqlite_connection.h"

#include <string>
#include <vector>

#include "base/check.h"

namespace oubli::storage {
namespace {

class SqliteStatement final : public Statement {
 public:
  // SQLite numbers named parameters in order of appearance; "$3" shall be the third wherever it
  // stands.
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {
    const int count = sqlite3_bind_parameter_count(statement);
    for (int number = 1; number <= count; ++number) {
      const std::string name = "$" + std::to_string(number);
      positions_.push_back(sqlite3_bind_parameter_index(statement, name.c_str()));
    }
  }
  ~SqliteStatement() override { sqlite3_finalize(statement_); }

  Statement& Bind(int index, int64_t value) override {
    OUBLI_CHECK(sqlite3_bind_int64(statement_, At(index), value) == SQLITE_OK);
    return *this;
  }
  Statement& BindText(int index, std::string_view text) override {
    // A null pointer would bind NULL.
    const char* bytes = text.data() == nullptr ? "" : text.data();
    OUBLI_CHECK(sqlite3_bind_text64(statement_, At(index), bytes, text.size(), SQLITE_STATIC,
                                    SQLITE_UTF8) == SQLITE_OK);
    return *this;
  }
  Statement& BindBlob(int index, std::string_view bytes) override {
    const char* data = bytes.data() == nullptr ? "" : bytes.data();
    OUBLI_CHECK(sqlite3_bind_blob64(statement_, At(index), data, bytes.size(), SQLITE_STATIC) ==
                SQLITE_OK);
    return *this;
  }
  Statement& BindNull(int index) override {
    OUBLI_CHECK(sqlite3_bind_null(statement_, At(index)) == SQLITE_OK);
    return *this;
  }
  Result<bool> Step() override {
    const int rc = sqlite3_step(statement_);
    if (rc == SQLITE_ROW) return true;
    if (rc == SQLITE_DONE) return false;
    return Fail(SqliteError(sqlite3_extended_errcode(sqlite3_db_handle(statement_)), "statement"));
  }
  int64_t Int(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view Text(int column) const override {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return text == nullptr
               ? std::string_view()
               : std::string_view(text,
                                  static_cast<size_t>(sqlite3_column_bytes(statement_, column)));
  }
  std::string_view Blob(int column) const override {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return bytes == nullptr
               ? std::string_view()
               : std::string_view(bytes,
                                  static_cast<size_t>(sqlite3_column_bytes(statement_, column)));
  }
  bool IsNull(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  void Reset() override {
    sqlite3_reset(statement_);
    // Bound bytes belong to the caller and may be personal: drop the references.
    sqlite3_clear_bindings(statement_);
  }
  int64_t Changes() const override { return sqlite3_changes64(sqlite3_db_handle(statement_)); }

 private:
  int At(int number) const {
    OUBLI_CHECK(number >= 1 && static_cast<size_t>(number) <= positions_.size());
    return positions_[static_cast<size_t>(number) - 1];
  }

  sqlite3_stmt* statement_;
  std::vector<int> positions_;
};

ErrorKind KindOf(int rc) {
  switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
      return ErrorKind::kConflict;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_NOMEM:
    case SQLITE_PERM:
      return ErrorKind::kUnavailable;
    default:
      return ErrorKind::kCorrupt;
  }
}

}  // namespace

Error SqliteError(int rc, std::string_view what) {
  std::string text = "SQLite: ";
  text += what;
  text += ": ";
  text += sqlite3_errstr(rc);
  return Error{KindOf(rc), std::move(text)};
}

SqliteConnection::~SqliteConnection() {
  DropStatements();
  sqlite3_close(db_);
}

Status SqliteConnection::Execute(const std::string& sql) {
  const int rc = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK) return Fail(SqliteError(sqlite3_extended_errcode(db_), "command"));
  return {};
}

Status SqliteConnection::Run(const char* sql) {
  OUBLI_TRY_ASSIGN(auto statement, Prepare(sql));
  OUBLI_TRY(statement->Step());
  return {};
}

Status SqliteConnection::Commit() { return Run("COMMIT"); }

void SqliteConnection::Rollback() {
  // A failed COMMIT may already have rolled back; then there is nothing to undo.
  if (sqlite3_get_autocommit(db_) == 0) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
}

Status SqliteConnection::RollbackToSavepoint() {
  // A full disk makes SQLite roll back the whole transaction by itself.
  if (sqlite3_get_autocommit(db_) != 0) {
    return Fail(ErrorKind::kUnavailable, "SQLite gave up the transaction");
  }
  OUBLI_TRY(Run("ROLLBACK TO command"));
  return Run("RELEASE command");
}

Result<std::unique_ptr<Statement>> SqliteConnection::Compile(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int rc = sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (rc != SQLITE_OK) {
    return Fail(ErrorKind::kCorrupt, std::string("SQLite: cannot prepare: ") + sql);
  }
  return std::make_unique<SqliteStatement>(statement);
}

}  // namespace oubli::storage
