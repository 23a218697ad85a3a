// oubli-bench-sqlite: what an application gets that keeps customers in SQLite itself, on a
// conventional schema: one table a kind, rowids in order of arrival, indexed foreign keys with ON
// DELETE CASCADE. bench/run compares deletions by id:in with it.
//
//   oubli-bench-sqlite load --dir DIR --tables DIR     fills DIR/customers.db
//   oubli-bench-sqlite delete --dir DIR --ids FILE --batch 250 [--skip N] [--take N] [--warm-up N]
//
// The tables' text is what bench/lib/tables.mjs writes (and PostgreSQL's COPY reads): tab
// separated, \N for NULL. Their first column is the number of arrival over all tables, and rows are
// inserted in that order, so that the rows of one customer lie where years of business would have
// put them.
#include <fmt/format.h>
#include <getopt.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace oubli::bench {
namespace {

constexpr const char* kSchema = R"(
CREATE TABLE customer (
  id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, first_name TEXT NOT NULL,
  last_name TEXT NOT NULL, company TEXT, phone TEXT, notes TEXT, card_number TEXT,
  customer_group TEXT, created_at TEXT NOT NULL);
CREATE TABLE address (
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  first_name TEXT, last_name TEXT, company TEXT, address1 TEXT, address2 TEXT, city TEXT,
  state TEXT, postal_code TEXT, country_code TEXT, phone TEXT, type TEXT);
CREATE INDEX address_customer ON address(customer_id);
CREATE TABLE loyalty_transaction (
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  campaign TEXT NOT NULL, date TEXT NOT NULL, amount NUMERIC, points NUMERIC, description TEXT,
  authorization TEXT);
CREATE INDEX loyalty_transaction_customer ON loyalty_transaction(customer_id);
)";

// 64 MB of page cache, far above SQLite's 2 MB, so that the baseline does not lose for want of
// memory that the server has; everything else is SQLite's default.
constexpr const char* kSettings =
    "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536;";

struct Close {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

tl::unexpected<Error> SqlError(sqlite3* db) {
  return Fail(ErrorKind::kUnavailable, fmt::format("SQLite: {}", sqlite3_errmsg(db)));
}

Status Execute(sqlite3* db, const char* sql) {
  if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return SqlError(db);
  return {};
}

Result<Database> Open(const std::string& dir, const char* synchronous) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open((dir + "/customers.db").c_str(), &raw);
  Database db(raw);
  if (code != SQLITE_OK) return SqlError(raw);
  OUBLI_TRY(Execute(raw, kSettings));
  OUBLI_TRY(Execute(raw, synchronous));
  return db;
}

Result<Statement> Prepare(sqlite3* db, const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(db, sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) return SqlError(db);
  return Statement(raw);
}

// One text file of rows on its way into its table.
class TableFile {
 public:
  static Result<TableFile> Open(sqlite3* db, const std::string& dir, const char* table,
                                int columns) {
    TableFile out;
    out.file_.open(fmt::format("{}/{}.tsv", dir, table));
    if (!out.file_) return Fail(ErrorKind::kNotFound, fmt::format("no {}.tsv in {}", table, dir));
    std::string sql = fmt::format("INSERT INTO {} VALUES (?", table);
    for (int i = 1; i < columns; ++i) sql += ",?";
    OUBLI_TRY_ASSIGN(out.insert_, Prepare(db, sql + ")"));
    out.Read();
    return out;
  }

  bool done() const { return done_; }
  int64_t arrival() const { return arrival_; }

  // Inserts the row at hand and reads the next one.
  Status InsertRow(sqlite3* db) {
    std::string_view rest = line_;
    for (int column = 1;; ++column) {
      const size_t tab = rest.find('\t');
      const std::string_view value = rest.substr(0, tab);
      if (value == "\\N") {
        sqlite3_bind_null(insert_.get(), column);
      } else {
        // The columns' affinity turns numbers into numbers.
        sqlite3_bind_text(insert_.get(), column, value.data(), static_cast<int>(value.size()),
                          SQLITE_STATIC);
      }
      if (tab == std::string_view::npos) break;
      rest.remove_prefix(tab + 1);
    }
    const int code = sqlite3_step(insert_.get());
    sqlite3_reset(insert_.get());
    if (code != SQLITE_DONE) return SqlError(db);
    Read();
    return {};
  }

 private:
  void Read() {
    done_ = !std::getline(file_, line_);
    arrival_ = done_ ? 0 : std::strtoll(line_.c_str(), nullptr, 10);
  }

  std::ifstream file_;
  Statement insert_;
  std::string line_;
  int64_t arrival_ = 0;
  bool done_ = false;
};

struct Arguments {
  std::string command;
  std::string dir;
  std::string tables;
  std::string ids;
  size_t batch = 250;
  size_t skip = 0;
  size_t take = SIZE_MAX;
  size_t warm_up = 0;
};

Status Load(const Arguments& arguments) {
  // Loading is not measured, so it need not be durable; the file that it leaves is the same.
  OUBLI_TRY_ASSIGN(Database db, Open(arguments.dir, "PRAGMA synchronous=OFF;"));
  OUBLI_TRY(Execute(db.get(), kSchema));
  std::vector<TableFile> tables;
  for (const auto& [name, columns] :
       {std::pair{"customer", 10}, {"address", 13}, {"loyalty_transaction", 8}}) {
    OUBLI_TRY_ASSIGN(auto table, TableFile::Open(db.get(), arguments.tables, name, columns));
    tables.push_back(std::move(table));
  }
  OUBLI_TRY(Execute(db.get(), "BEGIN"));
  for (int64_t rows = 1;; ++rows) {
    TableFile* next = nullptr;
    for (TableFile& table : tables) {
      if (!table.done() && (!next || table.arrival() < next->arrival())) next = &table;
    }
    if (!next) break;
    OUBLI_TRY(next->InsertRow(db.get()));
    if (rows % 10'000 == 0) OUBLI_TRY(Execute(db.get(), "COMMIT; BEGIN"));
  }
  OUBLI_TRY(Execute(db.get(), "COMMIT; PRAGMA wal_checkpoint(TRUNCATE); ANALYZE"));
  return {};
}

Result<std::vector<int64_t>> ReadIds(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Fail(ErrorKind::kNotFound, "cannot open " + path);
  std::vector<int64_t> ids;
  for (std::string line; std::getline(file, line);) {
    ids.push_back(std::strtoll(line.c_str(), nullptr, 10));
  }
  return ids;
}

// Deletes in transactions of `batch`. Returns how many customers there were.
Result<int64_t> DeleteAll(sqlite3* db, std::span<const int64_t> ids, size_t batch) {
  OUBLI_TRY_ASSIGN(Statement erase, Prepare(db, "DELETE FROM customer WHERE id = ?"));
  int64_t deleted = 0;
  for (size_t at = 0; at < ids.size(); at += batch) {
    OUBLI_TRY(Execute(db, "BEGIN IMMEDIATE"));
    for (const int64_t id : ids.subspan(at, std::min(batch, ids.size() - at))) {
      sqlite3_bind_int64(erase.get(), 1, id);
      const int code = sqlite3_step(erase.get());
      sqlite3_reset(erase.get());
      if (code != SQLITE_DONE) return SqlError(db);
      deleted += sqlite3_changes(db);
    }
    OUBLI_TRY(Execute(db, "COMMIT"));
  }
  return deleted;
}

Status Delete(const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(const std::vector<int64_t> all, ReadIds(arguments.ids));
  OUBLI_TRY_ASSIGN(const Database db, Open(arguments.dir, "PRAGMA synchronous=FULL;"));
  std::span<const int64_t> ids = all;
  ids = ids.subspan(std::min(arguments.skip, ids.size()));
  const size_t warm_up = std::min(arguments.warm_up, ids.size());
  OUBLI_TRY(DeleteAll(db.get(), ids.first(warm_up), arguments.batch));
  ids = ids.subspan(warm_up);
  ids = ids.first(std::min(arguments.take, ids.size()));
  const auto start = std::chrono::steady_clock::now();
  OUBLI_TRY_ASSIGN(const int64_t deleted, DeleteAll(db.get(), ids, arguments.batch));
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (deleted != static_cast<int64_t>(ids.size())) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} of {} ids were unknown", ids.size() - static_cast<size_t>(deleted),
                            ids.size()));
  }
  fmt::print(
      "{{\"customers\":{},\"seconds\":{:.4f},\"customers_per_second\":{:.1f},"
      "\"sqlite\":\"{}\"}}\n",
      deleted, seconds, static_cast<double>(deleted) / seconds, sqlite3_libversion());
  return {};
}

Result<Arguments> ParseArguments(int argc, char** argv) {
  static const option kOptions[] = {
      {"dir", required_argument, nullptr, 'd'},     {"tables", required_argument, nullptr, 't'},
      {"ids", required_argument, nullptr, 'i'},     {"batch", required_argument, nullptr, 'b'},
      {"skip", required_argument, nullptr, 's'},    {"take", required_argument, nullptr, 'n'},
      {"warm-up", required_argument, nullptr, 'w'}, {}};
  Arguments a;
  for (int c; (c = getopt_long(argc, argv, "", kOptions, nullptr)) != -1;) {
    switch (c) {
      case 'd':
        a.dir = optarg;
        break;
      case 't':
        a.tables = optarg;
        break;
      case 'i':
        a.ids = optarg;
        break;
      case 'b':
        a.batch = std::strtoull(optarg, nullptr, 10);
        break;
      case 's':
        a.skip = std::strtoull(optarg, nullptr, 10);
        break;
      case 'n':
        a.take = std::strtoull(optarg, nullptr, 10);
        break;
      case 'w':
        a.warm_up = std::strtoull(optarg, nullptr, 10);
        break;
      default:
        return Fail(ErrorKind::kInvalid, "unknown option");
    }
  }
  if (optind < argc) a.command = argv[optind];
  const bool load = a.command == "load" && !a.tables.empty();
  const bool erase = a.command == "delete" && !a.ids.empty() && a.batch > 0;
  if (a.dir.empty() || (!load && !erase)) {
    return Fail(ErrorKind::kInvalid,
                "usage: oubli-bench-sqlite load --dir DIR --tables DIR | delete --dir DIR --ids "
                "FILE [--batch 250] [--skip N] [--take N] [--warm-up N]");
  }
  return a;
}

Status RunCommand(int argc, char** argv) {
  OUBLI_TRY_ASSIGN(const Arguments arguments, ParseArguments(argc, argv));
  return arguments.command == "load" ? Load(arguments) : Delete(arguments);
}

}  // namespace
}  // namespace oubli::bench

int main(int argc, char** argv) {
  const oubli::Status status = oubli::bench::RunCommand(argc, argv);
  if (status) return 0;
  fmt::print(stderr, "oubli-bench-sqlite: {}\n", status.error().text);
  return status.error().kind == oubli::ErrorKind::kInvalid ? 2 : 1;
}
