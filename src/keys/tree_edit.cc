#include "keys/tree_edit.h"

#include <set>

#include "base/check.h"

namespace oubli::keys {
namespace {

using crypto::Key;

class Editor {
 public:
  Editor(TreeSource& source, EditedTree& tree, int64_t version, bool empty)
      : source_(source), tree_(tree), version_(version), empty_(empty) {}

  Status Apply(const PendingKeys::Summary& changes);

 private:
  // The tree's height grows until it has a place for the ordinal.
  void GrowFor(Ordinal ordinal);
  // A page to be changed. Made when there is none.
  Result<EditedPage*> Edit(PageId id);
  // Gives the page a new key, and so all above it.
  Status Rekey(PageId id);
  Status SetInParent(PageId id, const Key& key);
  void Touch(KeyPage& page) { page.version = version_; }

  TreeSource& source_;
  EditedTree& tree_;
  const int64_t version_;
  const bool empty_;  // what was committed before counts for nothing
  std::set<PageId> rekeyed_;
};

void Editor::GrowFor(Ordinal ordinal) {
  TreeRoot& root = tree_.root;
  while (!root.shape.Holds(ordinal)) {
    const PageId id = MakePageId(root.shape.levels + 1, 0);
    // What hung from the root hangs from a page of its own from now on.
    EditedPage below{root.children, Key::Random()};
    below.page.seals = 0;
    Touch(below.page);
    root.children = KeyPage(root.shape.node_keys);
    root.children.Put(0, below.key);
    tree_.pages.insert_or_assign(id, std::move(below));
    ++root.shape.levels;
    tree_.root_changed = true;
  }
}

Result<EditedPage*> Editor::Edit(PageId id) {
  if (const auto there = tree_.pages.find(id); there != tree_.pages.end()) return &there->second;
  std::shared_ptr<const KeyPage> page;
  std::optional<Key> key;
  // Above the committed tree's height there is nothing but what GrowFor() made.
  if (!empty_) {
    OUBLI_TRY_ASSIGN(page, source_.Page(id));
    OUBLI_TRY_ASSIGN(key, source_.KeyOfPage(id));
  }
  const bool fresh = !page || !key;
  EditedPage edited{fresh ? KeyPage(tree_.root.shape.SlotsOf(LevelOf(id))) : *page,
                    fresh ? Key::Random() : *key};
  Touch(edited.page);
  const auto made = tree_.pages.emplace(id, std::move(edited)).first;
  if (fresh) OUBLI_TRY(SetInParent(id, made->second.key));
  return &made->second;
}

Status Editor::SetInParent(PageId id, const Key& key) {
  const int slot = tree_.root.shape.SlotInParent(id);
  if (tree_.root.shape.HangsFromRoot(id)) {
    tree_.root.children.Put(slot, key);
    tree_.root_changed = true;
    return {};
  }
  OUBLI_TRY_ASSIGN(EditedPage * parent, Edit(tree_.root.shape.ParentOf(id)));
  parent->page.Put(slot, key);
  return {};
}

Status Editor::Rekey(PageId id) {
  if (!rekeyed_.insert(id).second) return {};
  OUBLI_TRY_ASSIGN(EditedPage * edited, Edit(id));
  edited->key = Key::Random();
  edited->page.seals = 0;
  OUBLI_TRY(SetInParent(id, edited->key));
  if (tree_.root.shape.HangsFromRoot(id)) return {};
  return Rekey(tree_.root.shape.ParentOf(id));
}

Status Editor::Apply(const PendingKeys::Summary& changes) {
  if (!changes.ordinals.empty()) GrowFor(changes.ordinals.rbegin()->first);
  for (const auto& [ordinal, last] : changes.ordinals) {
    const PageId leaf = tree_.root.shape.LeafOf(ordinal);
    const int slot = tree_.root.shape.SlotOf(ordinal);
    OUBLI_TRY_ASSIGN(EditedPage * edited, Edit(leaf));
    if (last.create) {
      edited->page.Put(slot, last.key);
    } else {
      edited->page.Erase(slot);
      OUBLI_TRY(Rekey(leaf));
    }
  }
  for (auto& [id, edited] : tree_.pages) {
    if (++edited.page.seals < kSealsToRotate) continue;
    tree_.worn = true;
    if (!changes.erases) continue;
    OUBLI_TRY(Rekey(id));
    edited.page.seals = 1;
  }
  return {};
}

}  // namespace

Result<EditedTree> EditTree(TreeSource& source, const TreeRoot& root,
                            const PendingKeys::Summary& changes, int64_t version) {
  EditedTree tree;
  tree.root = root;
  if (changes.erase_all) {
    tree.root.epoch += changes.epochs;
    tree.root.children = KeyPage(root.shape.node_keys);
  }
  tree.root.index_keys = changes.IndexKeysAfter(std::move(tree.root.index_keys));
  tree.root_changed |= !changes.index_changes.empty();
  if (changes.erases) {
    ++tree.root.generation;
    tree.root.children.seals = 0;
    tree.rotates = tree.root_changed = true;
  }
  Editor editor(source, tree, version, changes.erase_all);
  OUBLI_TRY(editor.Apply(changes));
  if (tree.root_changed) {
    tree.root.children.version = version;
    tree.worn |= ++tree.root.children.seals >= kSealsToRotate;
  }
  return tree;
}

}  // namespace oubli::keys
