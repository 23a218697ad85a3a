#include "doctor/tree_view.h"

#include <fmt/core.h>

#include <chrono>
#include <thread>

namespace oubli::doctor {
namespace {

using crypto::Key;
using keys::KeyPage;
using keys::PageId;
using keys::SlotState;

// Of a snapshot and the opened root page, which belong together but for moments.
constexpr int kTries = 2000;
constexpr std::chrono::microseconds kBetweenTries{200};

}  // namespace

Result<TreeView> TreeView::Take(customers::Store& store) {
  for (int tries = 0; tries < kTries; ++tries) {
    const auto root = store.key_tree().root();
    OUBLI_TRY_ASSIGN(auto reader, store.Read());
    OUBLI_TRY_ASSIGN(auto row, keys::ReadRootRow(reader->connection()));
    if (!row) return Fail(ErrorKind::kCorrupt, "the key tree is gone");
    OUBLI_TRY_ASSIGN(const keys::TreeRoot header, keys::ReadRootHeader(row->root));
    if (header.lineage == root->lineage && header.generation == root->generation &&
        header.children.version == root->children.version) {
      return TreeView(std::move(reader), root, *std::move(row), store.key_tree().store_identity());
    }
    std::this_thread::sleep_for(kBetweenTries);
  }
  return Fail(ErrorKind::kUnavailable, "the key tree did not stand still for a look");
}

Result<std::optional<Key>> TreeView::KeyOf(PageId page) {
  const keys::TreeShape& shape = root_->shape;
  if (page < 0 || keys::LevelOf(page) > shape.levels) return std::nullopt;
  const int slot = shape.SlotInParent(page);
  if (shape.HangsFromRoot(page)) {
    if (keys::NumberOf(page) >= root_->children.slots()) return std::nullopt;
    if (root_->children.state(slot) != SlotState::kInUse) return std::nullopt;
    return root_->children.key(slot);
  }
  OUBLI_TRY_ASSIGN(const KeyPage* const parent, Page(shape.ParentOf(page)));
  if (parent == nullptr || parent->state(slot) != SlotState::kInUse) return std::nullopt;
  return parent->key(slot);
}

Result<const KeyPage*> TreeView::Page(PageId page) {
  const int level = keys::LevelOf(page);
  if (const auto kept = kept_.find(level); kept != kept_.end() && kept->second.id == page) {
    return &kept->second.page;
  }
  OUBLI_TRY_ASSIGN(const std::optional<Key> key, KeyOf(page));
  if (!key) return nullptr;
  OUBLI_TRY_ASSIGN(const auto row, keys::ReadPageRow(connection(), page));
  const auto bad = [&](const char* what) {
    return Fail(ErrorKind::kCorrupt,
                fmt::format("key page {} of level {} {}", keys::NumberOf(page), level, what));
  };
  if (!row) return bad("is missing");
  auto opened = keys::OpenPage(row->sealed, page, row->version, *key, identity_);
  if (!opened) return bad("does not open under its parent");
  if (opened->slots() != root_->shape.SlotsOf(level)) return bad("has a wrong size");
  kept_.erase(level);
  return &kept_.try_emplace(level, Kept{page, *std::move(opened)}).first->second.page;
}

Result<SlotState> TreeView::StateOf(keys::Ordinal ordinal) {
  if (!root_->shape.Holds(ordinal)) return SlotState::kEmpty;
  OUBLI_TRY_ASSIGN(const KeyPage* const leaf, Page(root_->shape.LeafOf(ordinal)));
  return leaf == nullptr ? SlotState::kEmpty : leaf->state(root_->shape.SlotOf(ordinal));
}

}  // namespace oubli::doctor
