// Makes a store's file, copied from a backup, into the first of a new lineage: without those who
// have been erased since, under fresh keys of every page, with fresh tokens.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backup/tree_history.h"
#include "base/clock.h"
#include "base/result.h"
#include "keys/root_slot.h"
#include "storage/database.h"

namespace oubli::backup {

// Numbers may have been given out after the last that any file tells of: creates are in the store's
// file alone. A restore leaves this many unused, of ordinals and of every kind of id.
inline constexpr int64_t kCounterGap = int64_t{1} << 20;

struct StoreReport {
  int64_t living = 0;   // owners that the restored store has
  int64_t removed = 0;  // owners in the backup that were erased since
  // Owners made after the backup, whose data is lost with it; those that are known of.
  int64_t given_up = 0;
  // Of those in the data folder, what the backup lacks; -1 when nothing can be read there.
  int64_t only_in_data = -1;
  // Users of the loyalty account who are gone, or have less, because it was withdrawn since; -1
  // when nobody can say, so that all are as in the backup.
  int64_t withdrawn_users = 0;
  // What does not open though nobody has erased it. It stays as it is.
  int64_t damaged = 0;
  std::vector<std::string> damage;  // the first of them, by number; nothing personal
};

struct RebuiltStore {
  StoreReport report;
  keys::RootCell root;        // of the new lineage
  std::string journal_entry;  // of every page, the first one of the new lineage
};

// `file` is the copy, which nobody else uses. It is left durable only when it is synced afterwards.
// `present`: the store's file in the data folder, or null. Errors: kCorrupt when the key of a
// living owner is not there, kUnavailable.
Result<RebuiltStore> RebuildStore(storage::Database& database, storage::Connection& file,
                                  TreeHistory& history, storage::Connection* present,
                                  const Clock& clock);

}  // namespace oubli::backup
