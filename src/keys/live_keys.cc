#include "keys/live_keys.h"

#include <chrono>
#include <thread>

#include "base/check.h"
#include "keys/tree_rows.h"

namespace oubli::keys {
namespace {

using crypto::Key;
using storage::Connection;

// A commit is published within microseconds, unless the writer's thread waits for a processor; this
// only bounds a fault.
constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::microseconds kBetweenTries{100};
// Enough for some who go over all owners at the same time, each at a leaf and those above it.
constexpr size_t kPagesForOnce = 32;

size_t BytesOf(const KeyPage& page) {
  return static_cast<size_t>(page.slots()) * (Key::kSize + 1) + 160;
}

IndexKeys IndexKeysIn(const TreeRoot& root) {
  return {root.generation, root.epoch, root.index_keys};
}

}  // namespace

LiveKeys::LiveKeys(std::string store_identity, size_t cache_bytes, OpenReader open_reader)
    : store_identity_(std::move(store_identity)),
      cache_bytes_(cache_bytes),
      open_reader_(std::move(open_reader)) {}

std::optional<IndexKeys> LiveKeys::IndexKeysOf(int64_t generation) const {
  std::lock_guard lock(mutex_);
  // What is announced for the committed generation adds a key to those that count.
  if (announced_ && announced_->generation == generation) return announced_;
  if (root_ && root_->generation == generation) return IndexKeysIn(*root_);
  return std::nullopt;
}

std::shared_ptr<const TreeRoot> LiveKeys::root() const {
  std::lock_guard lock(mutex_);
  return root_;
}

void LiveKeys::Announce(IndexKeys next) {
  std::lock_guard lock(mutex_);
  announced_ = std::move(next);
}

void LiveKeys::WithdrawAnnouncement() {
  std::lock_guard lock(mutex_);
  announced_.reset();
}

void LiveKeys::Publish(std::shared_ptr<const TreeRoot> root, int64_t version, Pages pages,
                       bool purge_all) {
  std::lock_guard lock(mutex_);
  version_ = version;
  root_ = std::move(root);
  announced_.reset();
  if (purge_all) {
    pages_.clear();
    used_.clear();
    once_.clear();
    bytes_ = 0;
  }
  for (auto& [id, page] : pages) InsertLocked(id, std::move(page));
}

void LiveKeys::InsertLocked(PageId id, std::shared_ptr<const KeyPage> page) {
  const auto [entry, fresh] = pages_.try_emplace(id);
  if (fresh) {
    used_.push_front(id);
    entry->second.place = used_.begin();
  } else {
    bytes_ -= BytesOf(*entry->second.page);
    used_.splice(used_.begin(), used_, entry->second.place);
  }
  bytes_ += BytesOf(*page);
  entry->second.page = std::move(page);
  while (bytes_ > cache_bytes_ && used_.size() > 1) DropLocked(used_.back());
}

void LiveKeys::DropLocked(PageId id) {
  const auto found = pages_.find(id);
  bytes_ -= BytesOf(*found->second.page);
  used_.erase(found->second.place);
  pages_.erase(found);
}

void LiveKeys::NoteOnceLocked(PageId id) {
  const auto entry = pages_.find(id);
  if (entry == pages_.end()) return;
  entry->second.once = true;
  once_.push_front(id);
  if (once_.size() <= kPagesForOnce) return;
  const auto oldest = pages_.find(once_.back());
  if (oldest != pages_.end() && oldest->second.once) DropLocked(once_.back());
  once_.pop_back();
}

LiveKeys::Published LiveKeys::published() const {
  std::lock_guard lock(mutex_);
  return {root_, version_};
}

void LiveKeys::Insert(PageId id, std::shared_ptr<const KeyPage> page, const Published& read_in,
                      Use use) {
  std::lock_guard lock(mutex_);
  if (root_->generation != read_in.root->generation || version_ != read_in.version) return;
  const bool fresh = !pages_.contains(id);
  InsertLocked(id, std::move(page));
  if (use == Use::kOnce && fresh) NoteOnceLocked(id);
}

std::shared_ptr<const KeyPage> LiveKeys::LookUp(PageId page, int64_t generation, Use use) {
  std::lock_guard lock(mutex_);
  if (root_->generation != generation) return nullptr;
  const auto found = pages_.find(page);
  if (found == pages_.end()) return nullptr;
  if (use == Use::kAgain) {
    found->second.once = false;
    used_.splice(used_.begin(), used_, found->second.place);
  }
  return found->second.page;
}

Result<std::optional<Key>> LiveKeys::KeyOfPage(Connection& connection, PageId page,
                                               const Published& tree, Use use) {
  const TreeRoot& root = *tree.root;
  if (LevelOf(page) > root.shape.levels) return std::nullopt;  // the tree is not so high
  const int slot = root.shape.SlotInParent(page);
  if (root.shape.HangsFromRoot(page)) {
    if (NumberOf(page) >= root.children.slots() || root.children.state(slot) != SlotState::kInUse) {
      return std::nullopt;
    }
    return root.children.key(slot);
  }
  OUBLI_TRY_ASSIGN(const auto parent, Page(connection, root.shape.ParentOf(page), tree, use));
  if (!parent || parent->state(slot) != SlotState::kInUse) return std::nullopt;
  return parent->key(slot);
}

Result<std::shared_ptr<const KeyPage>> LiveKeys::Page(Connection& connection, PageId page,
                                                      const Published& tree, Use use) {
  if (auto cached = LookUp(page, tree.root->generation, use)) return cached;
  OUBLI_TRY_ASSIGN(const auto key, KeyOfPage(connection, page, tree, use));
  if (!key) return nullptr;
  OUBLI_TRY_ASSIGN(const auto row, ReadPageRow(connection, page));
  if (!row) return Fail(ErrorKind::kCorrupt, "a page of the key tree is missing");
  OUBLI_TRY_ASSIGN(KeyPage opened,
                   OpenPage(row->sealed, page, row->version, *key, store_identity_));
  if (opened.slots() != tree.root->shape.SlotsOf(LevelOf(page))) {
    return Fail(ErrorKind::kCorrupt, "a page of the key tree has a wrong size");
  }
  auto shared = std::make_shared<const KeyPage>(std::move(opened));
  Insert(page, shared, tree, use);
  return shared;
}

Result<std::shared_ptr<const KeyPage>> LiveKeys::Page(Connection& connection, PageId page) {
  return Page(connection, page, published(), Use::kAgain);
}

Result<std::optional<Key>> LiveKeys::KeyOfPage(Connection& connection, PageId page) {
  return KeyOfPage(connection, page, published(), Use::kAgain);
}

Result<LiveKeys::Loaded> LiveKeys::LoadLeaf(Ordinal ordinal, Use use) {
  std::lock_guard loading(loading_);
  if (!reader_) {
    OUBLI_TRY_ASSIGN(reader_, open_reader_());
  }
  OUBLI_TRY(reader_->BeginRead());
  const auto load = [&]() -> Result<Loaded> {
    OUBLI_TRY_ASSIGN(const TreeState state, ReadTreeState(*reader_));
    const Published tree = published();
    const auto is_of_snapshot = [&state](const Published& at) {
      return at.root->generation == state.generation && at.version == state.version;
    };
    if (!is_of_snapshot(tree)) return Loaded{};
    Loaded loaded{.is_last_word = true};
    if (!tree.root->shape.Holds(ordinal)) return loaded;
    auto page = Page(*reader_, tree.root->shape.LeafOf(ordinal), tree, use);
    // The tree may have moved on under the walk: then what did not open counts for nothing.
    if (!page && !is_of_snapshot(published())) return Loaded{};
    OUBLI_TRY_ASSIGN(loaded.page, std::move(page));
    return loaded;
  };
  auto loaded = load();
  reader_->Rollback();
  return loaded;
}

Result<Key> LiveKeys::Find(Ordinal ordinal, int64_t epoch, Use use) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    const auto at = root();
    if (at->epoch > epoch) return Fail(ErrorKind::kNotFound, "this owner has been erased");
    Loaded loaded;
    if (at->shape.Holds(ordinal))
      loaded.page = LookUp(at->shape.LeafOf(ordinal), at->generation, use);
    const int slot = at->shape.SlotOf(ordinal);
    if (!loaded.page || loaded.page->state(slot) == SlotState::kEmpty) {
      OUBLI_TRY_ASSIGN(loaded, LoadLeaf(ordinal, use));
    }
    const SlotState state = loaded.page ? loaded.page->state(slot) : SlotState::kEmpty;
    if (state == SlotState::kInUse) return loaded.page->key(slot);
    if (state == SlotState::kErased) {
      return Fail(ErrorKind::kNotFound, "this owner has been erased");
    }
    if (loaded.is_last_word && root()->epoch <= epoch) {
      return Fail(ErrorKind::kCorrupt, "the key tree has no key of this owner");
    }
    // Committed and not published yet.
    if (std::chrono::steady_clock::now() > end) {
      return Fail(ErrorKind::kUnavailable, "the keys that were committed last are not there yet");
    }
    std::this_thread::sleep_for(kBetweenTries);
  }
}

}  // namespace oubli::keys
