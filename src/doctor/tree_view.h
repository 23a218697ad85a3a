// The key tree of a store as one snapshot has it, read beside the live keys: for examinations.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "customers/store.h"
#include "keys/key_page.h"
#include "keys/tree_root.h"
#include "keys/tree_rows.h"

namespace oubli::doctor {

// One thread at a time. Holds a snapshot, and the opened root page of its generation.
class TreeView {
 public:
  // Errors: kUnavailable, also when the tree never stands still; kCorrupt.
  static Result<TreeView> Take(customers::Store& store);

  customers::StoreView& view() { return *reader_; }
  storage::Connection& connection() { return reader_->connection(); }
  const keys::TreeRoot& root() const { return *root_; }
  const keys::RootRow& row() const { return row_; }
  const std::string& identity() const { return identity_; }

  // The key that the tree gives a page; nothing where none hangs from it. Errors: kCorrupt when a
  // page above it is missing or does not open.
  Result<std::optional<crypto::Key>> KeyOf(keys::PageId page);
  // Nothing where none hangs from the tree. The last page of each level is kept; what is returned
  // lives until the next call.
  Result<const keys::KeyPage*> Page(keys::PageId page);
  Result<keys::SlotState> StateOf(keys::Ordinal ordinal);

 private:
  struct Kept {
    keys::PageId id;
    keys::KeyPage page;
  };
  TreeView(customers::StoreReader reader, std::shared_ptr<const keys::TreeRoot> root,
           keys::RootRow row, std::string identity)
      : reader_(std::move(reader)),
        root_(std::move(root)),
        row_(std::move(row)),
        identity_(std::move(identity)) {}

  customers::StoreReader reader_;
  std::shared_ptr<const keys::TreeRoot> root_;
  keys::RootRow row_;
  std::string identity_;
  std::map<int, Kept> kept_;  // by level
};

}  // namespace oubli::doctor
