#include "backup/new_tree.h"

#include "crypto/random.h"

namespace oubli::backup {
namespace {

using crypto::Key;
using keys::KeyPage;
using keys::PageId;
using keys::SlotState;

class Maker {
 public:
  Maker(TreeHistory& history, NewTree& tree, const std::function<bool(int64_t)>& stays)
      : history_(history), tree_(tree), stays_(stays) {}

  // Gives every child of a page a new key; one that is nowhere is erased.
  Status RenewChildren(KeyPage& page, int level, int64_t first_child) {
    page.version = tree_.version;
    page.seals = 1;
    for (int slot = 0; slot < page.slots(); ++slot) {
      if (page.state(slot) != SlotState::kInUse) continue;
      const int64_t child = first_child + slot;
      if (level == 0) {
        if (!stays_(child)) page.Erase(slot);
        continue;
      }
      OUBLI_TRY_ASSIGN(const auto key, Renew(keys::MakePageId(level - 1, child)));
      if (key) {
        page.Put(slot, *key);
      } else {
        page.Erase(slot);
      }
    }
    return {};
  }

 private:
  Result<std::optional<Key>> Renew(PageId id) {
    OUBLI_TRY_ASSIGN(const auto old, history_.Page(id));
    if (!old) return std::nullopt;
    KeyPage page = *old;
    OUBLI_TRY(RenewChildren(page, keys::LevelOf(id), keys::NumberOf(id) * page.slots()));
    const Key key = Key::Random();
    tree_.pages.push_back({id, tree_.version, keys::SealPage(page, id, key, history_.identity())});
    return key;
  }

  TreeHistory& history_;
  NewTree& tree_;
  const std::function<bool(int64_t)>& stays_;
};

}  // namespace

Result<NewTree> MakeNewTree(TreeHistory& history, const Key& index_key, int64_t version,
                            const std::function<bool(int64_t ordinal)>& stays) {
  NewTree tree;
  tree.version = version;
  tree.root_key = Key::Random();
  tree.root = history.root();
  tree.root.lineage = crypto::RandomBytes(keys::kLineageBytes);
  ++tree.root.generation;
  tree.root.index_keys.assign(1, index_key);
  Maker maker(history, tree, stays);
  OUBLI_TRY(maker.RenewChildren(tree.root.children, tree.root.shape.levels + 1, 0));
  tree.pages.push_back(
      {keys::kRootPage, version, keys::SealRoot(tree.root, tree.root_key, history.identity())});
  return tree;
}

}  // namespace oubli::backup
