#include "keys/key_tree.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "crypto/random.h"
#include "storage/writer_threads.h"

namespace oubli::keys {

using crypto::Key;
using storage::Connection;

namespace {

// Far less than the gap that a restore leaves above the counters that it finds.
constexpr int64_t kCreatesBetweenCounters = 1 << 17;

}  // namespace

// ---- sessions ----

class KeyTree::ReadSession final : public KeySession {
 public:
  ReadSession(LiveKeys& live, IndexKeys index) : live_(live), index_(std::move(index)) {}
  int64_t epoch() const override { return index_.epoch; }
  const std::vector<Key>& index_keys() const override { return index_.keys; }
  Result<Key> Find(Ordinal ordinal) override { return live_.Find(ordinal, index_.epoch, use_); }
  void ReadOnce() override { use_ = LiveKeys::Use::kOnce; }

 private:
  LiveKeys& live_;
  const IndexKeys index_;
  LiveKeys::Use use_ = LiveKeys::Use::kAgain;
};

class KeyTree::Source final : public TreeSource {
 public:
  Source(LiveKeys& live, Connection& connection) : live_(live), connection_(connection) {}
  Result<std::shared_ptr<const KeyPage>> Page(PageId page) override {
    return live_.Page(connection_, page);
  }
  Result<std::optional<Key>> KeyOfPage(PageId page) override {
    return live_.KeyOfPage(connection_, page);
  }

 private:
  LiveKeys& live_;
  Connection& connection_;
};

class KeyTree::WriteSession final : public KeyWriteSession {
 public:
  WriteSession(KeyTree& tree, Connection& connection)
      : tree_(tree), connection_(connection), root_(tree.live_.root()) {
    TakeIndexKeys();
  }
  int64_t epoch() const override { return root_->epoch + tree_.pending_.epochs_begun(); }
  const std::vector<Key>& index_keys() const override { return index_keys_; }

  Result<Key> Find(Ordinal ordinal) override {
    if (const auto known = tree_.pending_.Find(ordinal)) {
      if (known->key) return *known->key;
      return Fail(ErrorKind::kNotFound, "this owner has been erased");
    }
    if (root_->shape.Holds(ordinal)) {
      OUBLI_TRY_ASSIGN(const auto page,
                       tree_.live_.Page(connection_, root_->shape.LeafOf(ordinal)));
      const int slot = root_->shape.SlotOf(ordinal);
      if (page && page->state(slot) == SlotState::kInUse) return page->key(slot);
    }
    return Fail(ErrorKind::kCorrupt, "the key tree has no key of this owner");
  }
  Key Create(Ordinal ordinal) override {
    Key key = Key::Random();
    tree_.pending_.Create(ordinal, key);
    return key;
  }
  void Erase(Ordinal ordinal) override { tree_.pending_.Erase(ordinal); }
  void EraseAll() override {
    tree_.pending_.EraseAll(Key::Random());
    TakeIndexKeys();
  }
  void StartReindex() override {
    tree_.pending_.StartReindex(Key::Random());
    TakeIndexKeys();
  }
  void EndReindex() override {
    tree_.pending_.EndReindex();
    TakeIndexKeys();
  }
  int64_t version() const override { return tree_.version_; }

 private:
  void TakeIndexKeys() {
    index_keys_ = tree_.pending_.SumWithoutOrdinals().IndexKeysAfter(root_->index_keys);
  }

  KeyTree& tree_;
  Connection& connection_;
  const std::shared_ptr<const TreeRoot> root_;
  std::vector<Key> index_keys_;
};

// ---- opening ----

KeyTree::KeyTree(LiveKeys::OpenReader open_reader, KeyTreeOptions options)
    : options_(std::move(options)),
      live_(options_.store_identity, options_.cache_bytes, std::move(open_reader)),
      rotation_(options_.store_identity, options_.places.slots, options_.places.journals,
                options_.places.retry),
      looked_at_journals_ms_(options_.clock->BootMs()) {}

Result<std::unique_ptr<KeyTree>> KeyTree::Open(Connection& writer, LiveKeys::OpenReader open_reader,
                                               KeyTreeOptions options) {
  std::unique_ptr<KeyTree> tree(new KeyTree(std::move(open_reader), std::move(options)));
  OUBLI_TRY_ASSIGN(const auto row, ReadRootRow(writer));
  if (row) {
    OUBLI_TRY(tree->Load(*row));
    // All may read as if the last rotation had come to its end, and its overwrite not be durable
    // yet. Who has not closed the store can have died there. Nothing is promised then, since no
    // erasure is acknowledged before MakeReady() has written everything again; this makes it happen
    // also when nobody asks for one. What remains: when somebody else (a command that reads) opens
    // and closes the store before the server does, this is not seen any more. The system then
    // writes the block by itself; or the power goes first, and the cell shows it at the next start.
    // Until the next erasure nobody notices only when that write fails.
    if (!tree->options_.closed_in_order && tree->generation() > kFirstGeneration)
      tree->attention_ = true;
  } else {
    OUBLI_TRY(tree->Make(writer));
  }
  return tree;
}

Status KeyTree::Make(Connection& writer) {
  auto root = std::make_shared<TreeRoot>();
  root->lineage = crypto::RandomBytes(kLineageBytes);
  root->generation = kFirstGeneration;
  root->shape = {options_.leaf_keys, options_.node_keys, 0};
  root->index_keys.push_back(Key::Random());
  root->children = KeyPage(options_.node_keys);
  root->children.version = 1;
  root_key_ = Key::Random();
  // The slots first: a tree whose root is nowhere would be lost.
  OUBLI_TRY(options_.places.slots->WriteAll(options_.store_identity,
                                            {root->lineage, root->generation, root_key_}));
  OUBLI_TRY(writer.BeginWrite());
  Status done = WriteRootRow(
      writer, {root->generation, 1, SealRoot(*root, root_key_, options_.store_identity)});
  if (done) done = writer.Commit();
  if (!done) {
    writer.Rollback();
    return done;
  }
  version_ = 1;
  certain_ = true;
  live_.Publish(std::move(root), version_, {}, true);
  return {};
}

// Roots that may be the one: those in memory, and those in the slots' cells of that generation.
// Whatever a slot lacks is noted.
std::vector<Key> KeyTree::Candidates(std::string_view lineage, int64_t generation) {
  std::vector<Key> candidates = attempted_roots_;
  if (live_.root()) candidates.push_back(root_key_);
  const auto slots = [this] {
    const storage::WriterThreads::Waiting waiting;
    return options_.places.slots->ReadAll(options_.store_identity);
  }();
  for (const auto& cells : slots) {
    const auto& cell = cells ? (*cells)[CellOf(generation)] : std::nullopt;
    const auto& other = cells ? (*cells)[CellOf(generation + 1)] : std::nullopt;
    if (cell && cell->lineage == lineage && cell->generation == generation) {
      candidates.push_back(cell->root);
    } else {
      attention_ = true;
    }
    // The root that the last rotation had to destroy may be there, whole or torn.
    const bool has_rotated = generation > kFirstGeneration || other;
    const bool is_finished =
        other && other->lineage == lineage && other->generation == generation + 1;
    if (has_rotated && !is_finished) attention_ = true;
  }
  return candidates;
}

Status KeyTree::Load(const RootRow& row) {
  OUBLI_TRY_ASSIGN(const TreeRoot header, ReadRootHeader(row.root));
  if (header.generation != row.generation) {
    return Fail(ErrorKind::kCorrupt, "the root page of the key tree is of another generation");
  }
  for (const Key& key : Candidates(header.lineage, header.generation)) {
    auto root = OpenRoot(row.root, key, options_.store_identity);
    if (!root) continue;
    root_key_ = key;
    version_ = row.version;
    attempted_roots_.clear();
    grown_ = true;  // for all that is known here
    live_.Publish(std::make_shared<const TreeRoot>(*std::move(root)), version_, {}, true);
    return {};
  }
  std::string names;
  for (size_t i = 0; i < options_.places.slots->size(); ++i) {
    names += (i > 0 ? ", " : "") + options_.places.slots->name(i);
  }
  return Fail(ErrorKind::kCorrupt,
              fmt::format("no root slot ({}) has the root key of generation {} of this store",
                          names, header.generation));
}

// What an earlier process committed may be readable and not durable yet; and a COMMIT that returned
// an error may have happened. After a synced commit of our own there is one answer.
Status KeyTree::MakeCertain(Connection& connection) {
  OUBLI_TRY(connection.BeginWrite());
  Status done = TouchRootRow(connection);
  if (done) done = connection.Commit();
  if (!done) {
    connection.Rollback();
    return done;
  }
  if (stopped_) {
    OUBLI_TRY_ASSIGN(const auto row, ReadRootRow(connection));
    if (!row) return Fail(ErrorKind::kCorrupt, "the key tree is gone");
    OUBLI_TRY(Load(*row));
    stopped_ = false;
  }
  certain_ = true;
  return {};
}

Result<std::unique_ptr<KeySession>> KeyTree::BeginRead(Connection& connection) {
  OUBLI_TRY_ASSIGN(const TreeState state, ReadTreeState(connection));
  auto index = live_.IndexKeysOf(state.generation);
  if (!index) return Fail(ErrorKind::kConflict, "a snapshot of an older generation");
  return std::make_unique<ReadSession>(live_, *std::move(index));
}

std::unique_ptr<KeyWriteSession> KeyTree::BeginWrite(Connection& connection) {
  return std::make_unique<WriteSession>(*this, connection);
}

// ---- a group ----

Status KeyTree::BeginGroup(Connection& connection) {
  return stopped_ ? MakeCertain(connection) : Status();
}

Status KeyTree::BeginErasing(Connection& connection) {
  OUBLI_TRY(options_.places.erasing_allowed());
  // Also while it is just being tried: the device may hang now, and what else this store has to
  // write must not wait for it.
  if (rotation_.is_retried()) {
    rotation_.RetryIfDue();
    return Fail(
        ErrorKind::kUnavailable,
        "an earlier erasure is not finished: a root slot or a key journal cannot be written");
  }
  // What a slot lacked when it was last looked at is repaired first, also when all seems ready.
  if (attention_ || rotation_.needs_repair()) rotation_.Burn();
  if (rotation_.state() != Rotation::State::kUnready) return {};
  if (!certain_) OUBLI_TRY(MakeCertain(connection));
  const auto root = live_.root();
  OUBLI_TRY(rotation_.MakeReady({root->lineage, root->generation, root_key_},
                                [&] { return FullEntry(connection); }));
  attention_ = false;
  return {};
}

Status KeyTree::WriteTree(Connection& connection, EditedTree& tree, Written& written) {
  std::vector<JournalPage> dirty;
  for (auto& [id, edited] : tree.pages) {
    std::string sealed = SealPage(edited.page, id, edited.key, options_.store_identity);
    OUBLI_TRY(WritePageRow(connection, id, {edited.page.version, sealed}));
    if (tree.rotates) dirty.push_back({id, edited.page.version, std::move(sealed)});
    written.pages.emplace_back(id, std::make_shared<const KeyPage>(std::move(edited.page)));
  }
  if (!tree.root_changed) {
    written.root = live_.root();
    return WriteVersion(connection, written.version);
  }
  std::string sealed = SealRoot(tree.root, written.root_key, options_.store_identity);
  OUBLI_TRY(WriteRootRow(connection, {tree.root.generation, written.version, sealed}));
  written.root = std::make_shared<const TreeRoot>(std::move(tree.root));
  if (!tree.rotates) return {};
  if (grown_ && !written.purges) OUBLI_TRY(AddGrownPages(connection, *written.root, dirty));
  dirty.push_back({kRootPage, written.version, std::move(sealed)});
  OUBLI_TRY_ASSIGN(written.journal_entry,
                   Entry(connection, *written.root, JournalEntryKind::kRotation, std::move(dirty)));
  return {};
}

Status KeyTree::BeforeCommit(Connection& connection) {
  if (pending_.empty()) return {};
  PendingKeys::Summary changes = pending_.Sum();
  if (worn_ && rotation_.state() == Rotation::State::kReady) changes.erases = true;
  Source source(live_, connection);
  Written written;
  written.version = version_ + 1;
  OUBLI_TRY_ASSIGN(EditedTree tree, EditTree(source, *live_.root(), changes, written.version));
  written.rotates = tree.rotates;
  written.purges = changes.erase_all;
  written.grows = tree.root.shape.levels > live_.root()->shape.levels;
  written.worn = tree.worn && !tree.rotates;
  written.root_key = root_key_;
  if (tree.rotates) {
    const auto next = rotation_.TakeNextRoot();
    if (!next) return Fail(ErrorKind::kConflict, "no root is prepared");
    took_root_ = true;
    written.root_key = *next;
  }
  OUBLI_TRY(WriteTree(connection, tree, written));
  if (written.rotates) {
    // Nobody may overwrite the cell of the root before the last one while that is still needed.
    OUBLI_TRY(rotation_.WaitUntilFinished());
  }
  // Readers that begin between the commit and Publish() need them.
  if (written.rotates || !changes.index_changes.empty()) {
    live_.Announce({written.root->generation, written.root->epoch, written.root->index_keys});
  }
  written.created = static_cast<int64_t>(changes.ordinals.size());
  if (!written.rotates && created_ + written.created > kCreatesBetweenCounters) {
    OUBLI_TRY_ASSIGN(written.counters_entry,
                     Entry(connection, *written.root, JournalEntryKind::kCounters, {}));
  }
  written_ = std::move(written);
  return {};
}

void KeyTree::Committed(bool erasing, std::function<void(const Status&)> finished) {
  pending_.Clear();
  took_root_ = false;
  if (!written_) {
    if (erasing) return rotation_.AfterThoseInFlight(std::move(finished));
    return finished({});
  }
  certain_ = true;  // a commit that changes nothing syncs nothing
  Written written = *std::move(written_);
  written_.reset();
  version_ = written.version;
  worn_ = written.worn;
  grown_ = !written.rotates && (grown_ || written.grows);
  created_ = written.rotates || !written.counters_entry.empty() ? 0 : created_ + written.created;
  root_key_ = written.root_key;
  live_.Publish(written.root, version_, std::move(written.pages), written.purges);
  if (written.rotates) {
    if (!erasing) {
      finished({});
      finished = nullptr;
    }
    rotation_.Start(written.root->lineage, written.root->generation,
                    std::move(written.journal_entry), std::move(finished));
    return;
  }
  if (!written.counters_entry.empty()) {
    // Also a failure is no harm: a restore leaves a gap above what it knows.
    options_.places.journals->Append(
        options_.store_identity,
        std::make_shared<const std::string>(std::move(written.counters_entry)),
        [](const Status& /*appended*/) {});
  }
  erasing ? rotation_.AfterThoseInFlight(std::move(finished)) : finished({});
}

void KeyTree::RolledBack() {
  pending_.Clear();
  written_.reset();
  live_.WithdrawAnnouncement();
  if (took_root_) rotation_.Burn();
  took_root_ = false;
}

void KeyTree::CommitUnclear() {
  pending_.Clear();
  stopped_ = true;
  certain_ = false;
  if (took_root_) {
    attempted_roots_.push_back(written_->root_key);
    attention_ = true;
    rotation_.Burn();
  }
  took_root_ = false;
  written_.reset();
}

bool KeyTree::NeedsAttention() const {
  return attention_ || rotation_.needs_repair() ||
         (rotation_.pending() && rotation_.state() == Rotation::State::kUnready);
}

}  // namespace oubli::keys
