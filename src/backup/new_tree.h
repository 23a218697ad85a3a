// The first tree of a new lineage: the pages of the old one under fresh keys, hanging from a fresh
// root. The data keys stay, so that no record has to be sealed anew.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "backup/tree_history.h"
#include "base/result.h"
#include "crypto/key.h"
#include "keys/journal_entry.h"
#include "keys/tree_root.h"

namespace oubli::backup {

struct NewTree {
  keys::TreeRoot root;
  crypto::Key root_key;
  int64_t version = 0;                   // of every page
  std::vector<keys::JournalPage> pages;  // the root page last
};

// `stays` says whose slots go on; those of all others are erased in the new tree.
Result<NewTree> MakeNewTree(TreeHistory& history, const crypto::Key& index_key, int64_t version,
                            const std::function<bool(int64_t ordinal)>& stays);

}  // namespace oubli::backup
