// Whether old pages of a key tree still give keys to somebody who holds all that is current: the
// root keys in the slots, the root page, and with them every page of the present tree.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "crypto/key.h"
#include "doctor/tree_view.h"
#include "keys/journal_entry.h"
#include "keys/root_slots.h"

namespace oubli::doctor {

// What an attacker starts from. `settled`: the slots hold the root of the view's generation and
// the prepared one, as between two rotations. While one is under way they may hold a root whose
// erasures nobody has been told of yet.
struct SlotRoots {
  std::vector<crypto::Key> keys;
  bool settled = false;
};
SlotRoots ReadSlotRoots(const TreeView& tree, keys::RootSlots& slots);

// One thread at a time.
class KeyHunt {
 public:
  // Looks for keys of `wanted`, the canaries. `roots` is what lies in the slots. `tree` outlives
  // this.
  KeyHunt(TreeView& tree, std::vector<crypto::Key> roots, std::set<keys::Ordinal> wanted)
      : tree_(tree), roots_(std::move(roots)), wanted_(std::move(wanted)) {}

  // Tries one page under every current key that may be its, and under those that pages tried before
  // have given. What is newer than the snapshot is passed over. Errors: those of the database.
  Status Try(const keys::JournalPage& page);
  // Whether keys have been found, since the last call, that pages tried before were not tried
  // under: then all should be tried again.
  bool TakeNews() { return std::exchange(news_, false); }

  // The keys of wanted ordinals that were found. Handle them as what they are.
  const std::map<keys::Ordinal, std::vector<crypto::Key>>& found() const { return found_; }
  // Ordinals of others, erased by now, whose keys were found: as bad.
  const std::set<keys::Ordinal>& erased_found() const { return erased_found_; }
  // Root pages of earlier generations that opened.
  int64_t old_roots() const { return old_roots_; }
  int64_t tried() const { return tried_; }
  int64_t opened() const { return opened_; }

 private:
  Status TryRoot(const keys::JournalPage& page);
  Status TakeChild(keys::PageId child, const crypto::Key& key);
  Status TakeLeaf(keys::PageId id, const keys::KeyPage& leaf);

  TreeView& tree_;
  std::vector<crypto::Key> roots_;
  const std::set<keys::Ordinal> wanted_;
  // Keys of pages that are not the present ones.
  std::map<keys::PageId, std::vector<crypto::Key>> former_;
  std::map<keys::Ordinal, std::vector<crypto::Key>> found_;
  std::set<keys::Ordinal> erased_found_;
  std::set<std::string> old_roots_seen_;
  int64_t old_roots_ = 0;
  int64_t tried_ = 0;
  int64_t opened_ = 0;
  bool news_ = false;
};

}  // namespace oubli::doctor
