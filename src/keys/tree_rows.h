// The key tree's rows in a store's database: one for each page, and one for the root page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "keys/journal_entry.h"
#include "keys/key_page.h"
#include "storage/database.h"

namespace oubli::keys {

// Schema text for storage::Migrate().
extern const std::string_view kKeyTreeDdl;

struct RootRow {
  int64_t generation = 0;
  int64_t version = 0;  // the last one that a page of the tree was written with
  std::string root;     // see tree_root.h
};

// Nothing in a store whose tree has not been made yet.
Result<std::optional<RootRow>> ReadRootRow(storage::Connection& connection);
struct TreeState {
  int64_t generation = 0;  // 0 when there is no tree yet
  int64_t version = 0;     // as in RootRow
};
Result<TreeState> ReadTreeState(storage::Connection& connection);
Status WriteRootRow(storage::Connection& writer, const RootRow& row);
// Only the last version used, when no page above the changed ones did.
Status WriteVersion(storage::Connection& writer, int64_t version);
// A change of no meaning, so that a commit of its own makes certain what was committed before.
Status TouchRootRow(storage::Connection& writer);

struct PageRow {
  int64_t version = 0;
  std::string sealed;
};
Result<std::optional<PageRow>> ReadPageRow(storage::Connection& connection, PageId page);
Status WritePageRow(storage::Connection& writer, PageId page, const PageRow& row);
// All but the root page. What no page leads to any more may be among them.
Result<std::vector<JournalPage>> ReadAllPages(storage::Connection& connection);
// Deletes up to `limit` pages behind `after` that were last written with `version` or before; the
// last page looked at, or nothing when there are no more.
Result<std::optional<PageId>> DeleteOldPages(storage::Connection& writer, int64_t version,
                                             PageId after, int64_t limit);

}  // namespace oubli::keys
