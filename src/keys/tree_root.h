// The root page of a store's key tree: the keys of the pages below it, the keys of the blind
// indexes, and what says how the tree is laid out. Its bytes are told in docs/formats.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/key.h"
#include "keys/key_page.h"

namespace oubli::keys {

// How ordinals are laid out over pages. Pages of level `levels` hang from the root page; 0: leaves.
struct TreeShape {
  int leaf_keys = 0;
  int node_keys = 0;
  int levels = 0;

  PageId LeafOf(int64_t ordinal) const { return MakePageId(0, ordinal / leaf_keys); }
  int SlotOf(int64_t ordinal) const { return static_cast<int>(ordinal % leaf_keys); }
  bool HangsFromRoot(PageId page) const { return LevelOf(page) == levels; }
  // REQUIRES: !HangsFromRoot(page).
  PageId ParentOf(PageId page) const {
    return MakePageId(LevelOf(page) + 1, NumberOf(page) / node_keys);
  }
  int SlotInParent(PageId page) const {
    return static_cast<int>(HangsFromRoot(page) ? NumberOf(page) : NumberOf(page) % node_keys);
  }
  int SlotsOf(int level) const { return level == 0 ? leaf_keys : node_keys; }
  // Whether a tree of this height has a place for the ordinal.
  bool Holds(int64_t ordinal) const;
};

struct TreeRoot {
  std::string lineage;     // 16 bytes
  int64_t generation = 0;  // counts rotations, from kFirstGeneration
  int64_t epoch = 1;       // counts the times everything was erased, from 1
  TreeShape shape;
  // The first one makes and finds tokens; a second one, while a reindex is under way, finds those
  // that have not been made anew yet.
  std::vector<crypto::Key> index_keys;
  KeyPage children{0};  // its version is the root page's
};

inline constexpr size_t kLineageBytes = 16;
// Of a tree that a store is made with. A restore's goes on above the one that it was made from.
inline constexpr int64_t kFirstGeneration = 1;

// A header in clear and the sealed rest, bound to the store and to the header.
std::string SealRoot(const TreeRoot& root, const crypto::Key& root_key,
                     std::string_view store_identity);
// Errors: kCorrupt when key, store or bytes are not those that were sealed.
Result<TreeRoot> OpenRoot(std::string_view bytes, const crypto::Key& root_key,
                          std::string_view store_identity);
// What stands in the header: everything but keys. Errors: kCorrupt.
Result<TreeRoot> ReadRootHeader(std::string_view bytes);

std::string SealPage(const KeyPage& page, PageId id, const crypto::Key& key,
                     std::string_view store_identity);
Result<KeyPage> OpenPage(std::string_view sealed, PageId id, int64_t version,
                         const crypto::Key& key, std::string_view store_identity);

}  // namespace oubli::keys
