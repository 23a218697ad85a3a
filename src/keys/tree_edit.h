// Works the changes of one group into the key tree: which pages are written anew, under which keys.
//
// A create rewrites a leaf under its existing key. An erasure gives every page on the path a new
// key, a leaf that becomes empty too, and the tree a new root: what earlier copies of those pages
// hold then hangs from a root that will be destroyed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "crypto/key.h"
#include "keys/key_page.h"
#include "keys/pending_keys.h"
#include "keys/tree_root.h"

namespace oubli::keys {

// A page is given a new key, by a rotation, when it has been sealed so often under the old one. The
// nonces are random and 192 bits long: 2^64 seals under one key would still be far from a repeat.
inline constexpr uint32_t kSealsToRotate = 1U << 20;

// The committed tree, as the writer sees it.
class TreeSource {
 public:
  virtual ~TreeSource() = default;
  virtual Result<std::shared_ptr<const KeyPage>> Page(PageId page) = 0;  // null: there is none
  virtual Result<std::optional<crypto::Key>> KeyOfPage(PageId page) = 0;
};

struct EditedPage {
  KeyPage page;
  crypto::Key key;  // that it is to be sealed with
};

struct EditedTree {
  TreeRoot root;
  bool root_changed = false;
  bool rotates = false;  // the root has to be sealed under another root key
  std::map<PageId, EditedPage> pages;
  bool worn = false;  // some page should get a new key soon
};

// `version` is the one that all pages written get. `changes.erases` makes it a rotation: then
// `root.generation` of the result is one higher. Errors: those of `source`.
Result<EditedTree> EditTree(TreeSource& source, const TreeRoot& root,
                            const PendingKeys::Summary& changes, int64_t version);

}  // namespace oubli::keys
