#include "doctor/key_hunt.h"

#include <algorithm>

#include "crypto/checksum.h"

namespace oubli::doctor {
namespace {

using crypto::Key;
using keys::JournalPage;
using keys::KeyPage;
using keys::PageId;
using keys::SlotState;

bool AddIfNew(std::vector<Key>& list, const Key& key) {
  const auto same = [&](const Key& known) { return known.view() == key.view(); };
  if (std::ranges::any_of(list, same)) return false;
  list.push_back(key);
  return true;
}

}  // namespace

SlotRoots ReadSlotRoots(const TreeView& tree, keys::RootSlots& slots) {
  SlotRoots roots;
  roots.settled = true;
  const keys::TreeRoot& now = tree.root();
  // Both cells of every slot: whoever has the slots has the prepared root too.
  for (const auto& cells : slots.ReadAll(tree.identity())) {
    if (!cells) continue;
    for (const auto& cell : *cells) {
      if (!cell) continue;
      AddIfNew(roots.keys, cell->root);
      if (cell->lineage != now.lineage || cell->generation < now.generation ||
          cell->generation > now.generation + 1) {
        roots.settled = false;
      }
    }
  }
  return roots;
}

Status KeyHunt::Try(const JournalPage& page) {
  if (page.version > tree_.row().version) return {};
  ++tried_;
  if (page.page == keys::kRootPage) return TryRoot(page);
  std::vector<Key> candidates;
  if (const auto former = former_.find(page.page); former != former_.end()) {
    candidates = former->second;
  }
  // A damaged page above says nothing about this one; the doctor tells of it.
  const auto current = tree_.KeyOf(page.page);
  if (current && *current) candidates.push_back(**current);
  for (const Key& key : candidates) {
    const auto opened = keys::OpenPage(page.sealed, page.page, page.version, key, tree_.identity());
    if (!opened) continue;
    ++opened_;
    if (keys::LevelOf(page.page) == 0) return TakeLeaf(page.page, *opened);
    const int64_t first = keys::NumberOf(page.page) * tree_.root().shape.node_keys;
    for (int slot = 0; slot < opened->slots(); ++slot) {
      if (opened->state(slot) != SlotState::kInUse) continue;
      OUBLI_TRY(TakeChild(keys::MakePageId(keys::LevelOf(page.page) - 1, first + slot),
                          opened->key(slot)));
    }
    return {};
  }
  return {};
}

Status KeyHunt::TryRoot(const JournalPage& page) {
  for (const Key& key : roots_) {
    const auto opened = keys::OpenRoot(page.sealed, key, tree_.identity());
    if (!opened) continue;
    ++opened_;
    const keys::TreeRoot& now = tree_.root();
    const bool is_old = opened->lineage != now.lineage || opened->generation != now.generation;
    if (is_old && old_roots_seen_.insert(crypto::Checksum(page.sealed)).second) ++old_roots_;
    for (int slot = 0; slot < opened->children.slots(); ++slot) {
      if (opened->children.state(slot) != SlotState::kInUse) continue;
      OUBLI_TRY(
          TakeChild(keys::MakePageId(opened->shape.levels, slot), opened->children.key(slot)));
    }
    return {};
  }
  return {};
}

Status KeyHunt::TakeChild(PageId child, const Key& key) {
  const auto current = tree_.KeyOf(child);
  if (current && *current && (*current)->view() == key.view()) return {};
  if (AddIfNew(former_[child], key)) news_ = true;
  return {};
}

Status KeyHunt::TakeLeaf(PageId id, const KeyPage& leaf) {
  const int64_t first = keys::NumberOf(id) * tree_.root().shape.leaf_keys;
  for (int slot = 0; slot < leaf.slots(); ++slot) {
    if (leaf.state(slot) != SlotState::kInUse) continue;
    const keys::Ordinal ordinal = first + slot;
    if (wanted_.contains(ordinal)) AddIfNew(found_[ordinal], leaf.key(slot));
    const auto state = tree_.StateOf(ordinal);
    if (!state && state.error().kind == ErrorKind::kCorrupt) continue;
    if (!state) return Fail(state.error());
    if (*state != SlotState::kInUse) erased_found_.insert(ordinal);
  }
  return {};
}

}  // namespace oubli::doctor
