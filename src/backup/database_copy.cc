#include "backup/database_copy.h"

#include "keys/tree_root.h"
#include "keys/tree_rows.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::backup {

Result<std::vector<ListedStore>> ReadStoreList(storage::Connection& connection) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare(
                                    "SELECT number, handle, identity FROM store ORDER BY number"));
  std::vector<ListedStore> stores;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return stores;
    stores.push_back({select->Int(0), std::string(select->Text(1)), std::string(select->Blob(2))});
  }
}

Result<TreePosition> ReadTreePosition(storage::Connection& connection) {
  OUBLI_TRY_ASSIGN(const auto row, keys::ReadRootRow(connection));
  if (!row) return Fail(ErrorKind::kCorrupt, "the store's file holds no key tree");
  OUBLI_TRY_ASSIGN(keys::TreeRoot header, keys::ReadRootHeader(row->root));
  return TreePosition{std::move(header.lineage), header.generation};
}

Result<OpenedCopy> OpenCopy(const std::string& path) {
  OpenedCopy copy;
  OUBLI_TRY_ASSIGN(copy.database,
                   storage::OpenSqlite(path, {.writer_cache_kib = 64 * 1024, .make_file = false}));
  OUBLI_TRY_ASSIGN(copy.connection, copy.database->OpenWriter());
  return copy;
}

}  // namespace oubli::backup
