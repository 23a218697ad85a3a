// The seam between the server and a database engine. Both engines run the same SQL text: statements
// use $1, $2, ... in order; what differs in DDL is spelled with the words of PortableDdl.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/result.h"

namespace oubli::storage {

// One prepared statement, in use by one caller at a time. Bind what it needs, then Step() until it
// says false. Binding does not copy: the bytes must live until the statement is done.
class Statement {
 public:
  virtual ~Statement() = default;
  virtual Statement& Bind(int index, int64_t value) = 0;  // the first parameter is 1
  virtual Statement& BindText(int index, std::string_view text) = 0;
  virtual Statement& BindBlob(int index, std::string_view bytes) = 0;
  virtual Statement& BindNull(int index) = 0;
  // True: there is a row to read. False: done. Errors: kConflict for a violated constraint,
  // kUnavailable for a full disk, a failing device or a busy database, kCorrupt for damaged data.
  virtual Result<bool> Step() = 0;
  // Columns of the current row, the first is 0. Views live until the next Step() or Reset().
  virtual int64_t Int(int column) const = 0;
  virtual std::string_view Text(int column) const = 0;
  virtual std::string_view Blob(int column) const = 0;
  virtual bool IsNull(int column) const = 0;
  virtual void Reset() = 0;
  // Rows changed by the last execution.
  virtual int64_t Changes() const = 0;
};

// A statement taken from its connection's cache; goes back when this dies.
class StatementHandle {
 public:
  StatementHandle(Statement* statement, bool* in_use) : statement_(statement), in_use_(in_use) {}
  StatementHandle(StatementHandle&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)), in_use_(other.in_use_) {}
  StatementHandle& operator=(StatementHandle&&) = delete;
  ~StatementHandle() {
    if (statement_ != nullptr) statement_->Reset(), *in_use_ = false;
  }
  Statement* operator->() const { return statement_; }
  Statement& operator*() const { return *statement_; }

 private:
  Statement* statement_;
  bool* in_use_;
};

// One connection, used by one thread at a time.
class Connection {
 public:
  virtual ~Connection() = default;

  // A cached prepared statement. `sql` must be a literal or live as long as the connection: its
  // address is the key. Errors: kCorrupt when the text does not fit the schema.
  Result<StatementHandle> Prepare(const char* sql);
  // One or more statements without parameters or results.
  virtual Status Execute(const std::string& sql) = 0;

  virtual Status BeginWrite() = 0;
  virtual Status BeginRead() = 0;  // one snapshot until the end
  virtual Status Commit() = 0;     // durable when it returns
  virtual void Rollback() = 0;     // also after a failed Commit(); never fails
  // Marks inside a write transaction: RollbackTo undoes what came after the mark and ends it.
  virtual Status Savepoint() = 0;
  virtual Status ReleaseSavepoint() = 0;
  virtual Status RollbackToSavepoint() = 0;
  // Rows changed through this connection since it was opened; what was rolled back counts too.
  virtual int64_t TotalChanges() const = 0;

 protected:
  virtual Result<std::unique_ptr<Statement>> Compile(const char* sql) = 0;
  // Engines call this before they close: statements must die first.
  void DropStatements() { statements_.clear(); }

 private:
  struct Cached {
    std::unique_ptr<Statement> statement;
    bool in_use = false;
  };
  std::unordered_multimap<const char*, std::unique_ptr<Cached>> statements_;
};

struct PortableDdl {
  // The words that schema text uses, and that an engine replaces: see Database::Ddl().
  static constexpr std::string_view kClustered = "{clustered}";  // behind a table's last bracket
  static constexpr std::string_view kBlob = "{blob}";
  // The type of a table's one 64-bit key column, where rows of a whole page each shall lie in the
  // table itself (SQLite keeps long rows of a clustered table on pages apart).
  static constexpr std::string_view kRowId = "{rowid}";
};

// One database (a SQLite file, a PostgreSQL schema). Safe from any thread.
class Database {
 public:
  virtual ~Database() = default;
  // The one connection that writes. REQUIRES: none is open.
  virtual Result<std::unique_ptr<Connection>> OpenWriter() = 0;
  virtual Result<std::unique_ptr<Connection>> OpenReader() = 0;
  // One with little memory of its own, for who keeps what it has read.
  virtual Result<std::unique_ptr<Connection>> OpenSmallReader() = 0;
  // Schema text in the engine's own words.
  virtual std::string Ddl(std::string_view portable) const = 0;
  // Moves what commits have logged into the main file. `truncate` also shortens the log to nothing,
  // and may then wait for readers. Called from a maintenance thread; never blocks the writer for
  // long.
  virtual Status Checkpoint(bool truncate) = 0;
  virtual int64_t LogBytes() const = 0;  // what Checkpoint() would have to move, about
  // An earlier process has left a log: it has not closed the database in good order.
  virtual bool HadLogAtOpen() const = 0;
  // Writes what is committed now to a fresh database at `path` (mode 0600), durably but for its
  // name, while reading and writing go on. Errors: kUnavailable, also when there is a file already;
  // what has been written of it then stays.
  virtual Status CopyTo(const std::string& path) = 0;
};

// Runs `ddl[from_version..]` in order, one transaction each, and stores how far it came in the
// table schema_version; no further than to version `up_to`. Errors: kCorrupt when the database is
// newer than the program.
Status Migrate(Database& database, Connection& writer, std::span<const std::string_view> ddl,
               size_t up_to = SIZE_MAX);
// 0 for a database that no text has been run in.
Result<int64_t> SchemaVersion(Connection& connection);

}  // namespace oubli::storage
