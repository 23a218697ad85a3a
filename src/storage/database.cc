#include "storage/database.h"

#include <algorithm>
#include <span>

#include "base/check.h"

namespace oubli::storage {

Result<StatementHandle> Connection::Prepare(const char* sql) {
  const auto [first, last] = statements_.equal_range(sql);
  for (auto it = first; it != last; ++it) {
    Cached& cached = *it->second;
    if (cached.in_use) continue;  // a loop over this text is running further up
    cached.in_use = true;
    return StatementHandle(cached.statement.get(), &cached.in_use);
  }
  auto cached = std::make_unique<Cached>();
  OUBLI_TRY_ASSIGN(cached->statement, Compile(sql));
  cached->in_use = true;
  StatementHandle handle(cached->statement.get(), &cached->in_use);
  statements_.emplace(sql, std::move(cached));
  return handle;
}

namespace {

Status StoreSchemaVersion(Connection& connection, int64_t version) {
  OUBLI_TRY(connection.Execute("DELETE FROM schema_version"));
  OUBLI_TRY_ASSIGN(auto statement,
                   connection.Prepare("INSERT INTO schema_version (version) VALUES ($1)"));
  statement->Bind(1, version);
  OUBLI_TRY(statement->Step());
  return {};
}

}  // namespace

Result<int64_t> SchemaVersion(Connection& connection) {
  OUBLI_TRY_ASSIGN(auto statement, connection.Prepare("SELECT version FROM schema_version"));
  OUBLI_TRY_ASSIGN(const bool found, statement->Step());
  return found ? statement->Int(0) : 0;
}

Status Migrate(Database& database, Connection& writer, std::span<const std::string_view> ddl,
               size_t up_to) {
  OUBLI_TRY(writer.Execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)"));
  OUBLI_TRY_ASSIGN(const int64_t version, SchemaVersion(writer));
  const auto newest = static_cast<int64_t>(ddl.size());
  if (version > newest) {
    return Fail(ErrorKind::kCorrupt,
                "this database was written by a newer version of Oubli; use that version");
  }
  const auto last = static_cast<int64_t>(std::min(ddl.size(), up_to));
  for (int64_t step = version; step < last; ++step) {
    OUBLI_TRY(writer.BeginWrite());
    Status done = writer.Execute(database.Ddl(ddl[static_cast<size_t>(step)]));
    if (done) done = StoreSchemaVersion(writer, step + 1);
    if (done) done = writer.Commit();
    if (!done) {
      writer.Rollback();
      return done;
    }
  }
  return {};
}

}  // namespace oubli::storage
