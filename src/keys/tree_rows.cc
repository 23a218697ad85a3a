#include "keys/tree_rows.h"

namespace oubli::keys {

using storage::Connection;

// One leaf page with its row fills a page of the database nearly: see docs/decisions/.
const std::string_view kKeyTreeDdl = R"sql(
CREATE TABLE key_root (
  one {rowid},
  generation BIGINT NOT NULL,
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  root {blob} NOT NULL
);
CREATE TABLE key_page (
  page {rowid},
  version BIGINT NOT NULL,
  sealed {blob} NOT NULL
);
)sql";

Result<std::optional<RootRow>> ReadRootRow(Connection& connection) {
  OUBLI_TRY_ASSIGN(auto select,
                   connection.Prepare("SELECT generation, version, root FROM key_root"));
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return std::nullopt;
  return RootRow{select->Int(0), select->Int(1), std::string(select->Blob(2))};
}

Result<TreeState> ReadTreeState(Connection& connection) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare("SELECT generation, version FROM key_root"));
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  return found ? TreeState{select->Int(0), select->Int(1)} : TreeState();
}

Status WriteRootRow(Connection& writer, const RootRow& row) {
  OUBLI_TRY_ASSIGN(auto put,
                   writer.Prepare("INSERT INTO key_root (one, generation, version, touched, root) "
                                  "VALUES (1, $1, $2, 0, $3) ON CONFLICT (one) DO UPDATE SET "
                                  "generation = excluded.generation, version = excluded.version, "
                                  "root = excluded.root"));
  put->Bind(1, row.generation).Bind(2, row.version).BindBlob(3, row.root);
  OUBLI_TRY(put->Step());
  return {};
}

Status WriteVersion(Connection& writer, int64_t version) {
  OUBLI_TRY_ASSIGN(auto update, writer.Prepare("UPDATE key_root SET version = $1"));
  update->Bind(1, version);
  OUBLI_TRY(update->Step());
  return {};
}

Status TouchRootRow(Connection& writer) {
  OUBLI_TRY_ASSIGN(auto update, writer.Prepare("UPDATE key_root SET touched = touched + 1"));
  OUBLI_TRY(update->Step());
  return {};
}

Result<std::optional<PageRow>> ReadPageRow(Connection& connection, PageId page) {
  OUBLI_TRY_ASSIGN(auto select,
                   connection.Prepare("SELECT version, sealed FROM key_page WHERE page = $1"));
  select->Bind(1, page);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return std::nullopt;
  return PageRow{select->Int(0), std::string(select->Blob(1))};
}

Status WritePageRow(Connection& writer, PageId page, const PageRow& row) {
  OUBLI_TRY_ASSIGN(
      auto put,
      writer.Prepare("INSERT INTO key_page (page, version, sealed) VALUES ($1, $2, $3) ON CONFLICT "
                     "(page) DO UPDATE SET version = excluded.version, sealed = excluded.sealed"));
  put->Bind(1, page).Bind(2, row.version).BindBlob(3, row.sealed);
  OUBLI_TRY(put->Step());
  return {};
}

Result<std::vector<JournalPage>> ReadAllPages(Connection& connection) {
  OUBLI_TRY_ASSIGN(auto select,
                   connection.Prepare("SELECT page, version, sealed FROM key_page ORDER BY page"));
  std::vector<JournalPage> pages;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return pages;
    pages.push_back({select->Int(0), select->Int(1), std::string(select->Blob(2))});
  }
}

Result<std::optional<PageId>> DeleteOldPages(Connection& writer, int64_t version, PageId after,
                                             int64_t limit) {
  std::vector<PageId> old;
  PageId last = after;
  {
    OUBLI_TRY_ASSIGN(auto select, writer.Prepare("SELECT page, version FROM key_page WHERE page > "
                                                 "$1 ORDER BY page LIMIT $2"));
    select->Bind(1, after).Bind(2, limit);
    while (true) {
      OUBLI_TRY_ASSIGN(const bool row, select->Step());
      if (!row) break;
      last = select->Int(0);
      if (select->Int(1) <= version) old.push_back(last);
    }
  }
  if (last == after) return std::nullopt;
  OUBLI_TRY_ASSIGN(auto erase, writer.Prepare("DELETE FROM key_page WHERE page = $1"));
  for (const PageId page : old) {
    erase->Reset();
    erase->Bind(1, page);
    OUBLI_TRY(erase->Step());
  }
  return last;
}

}  // namespace oubli::keys
