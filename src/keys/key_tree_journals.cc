// What a key tree tells its journals: the entries of a rotation, of every page, of the beginning.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "keys/key_tree.h"

namespace oubli::keys {

using storage::Connection;

namespace {

constexpr int64_t kLookAtJournalsEveryMs = 30'000;

}  // namespace

Result<std::string> KeyTree::Entry(Connection& connection, const TreeRoot& root,
                                   JournalEntryKind kind, std::vector<JournalPage> pages) {
  JournalEntry entry;
  entry.lineage = root.lineage;
  entry.from_generation =
      kind == JournalEntryKind::kCounters ? root.generation : root.generation - 1;
  entry.generation = root.generation;
  entry.full = kind == JournalEntryKind::kFull;
  entry.time_ms = options_.clock->NowMs();
  OUBLI_TRY_ASSIGN(entry.counters, options_.counters(connection));
  entry.pages = std::move(pages);
  return EncodeEntry(options_.store_identity, entry);
}

// A create writes no journal, and what it makes leads to nobody whom a backup holds: with one
// exception. Where the tree has grown, all that hung from the root hangs from pages that are in no
// backup of before, the first ones of their levels.
Status KeyTree::AddGrownPages(Connection& connection, const TreeRoot& root,
                              std::vector<JournalPage>& pages) {
  for (int level = 1; level <= root.shape.levels; ++level) {
    const PageId id = MakePageId(level, 0);
    if (std::ranges::find(pages, id, &JournalPage::page) != pages.end()) continue;
    OUBLI_TRY_ASSIGN(auto row, ReadPageRow(connection, id));
    // After an erasure of everything there need not be one.
    if (row) pages.push_back({id, row->version, std::move(row->sealed)});
  }
  return {};
}

Result<std::string> KeyTree::FullEntry(Connection& connection) {
  OUBLI_TRY_ASSIGN(const auto row, ReadRootRow(connection));
  if (!row) return Fail(ErrorKind::kCorrupt, "the key tree is gone");
  OUBLI_TRY_ASSIGN(const TreeRoot root, ReadRootHeader(row->root));
  std::vector<JournalPage> pages;
  if (root.generation == kFirstGeneration) {
    // No backup of this lineage is of an earlier one, and no page that a backup of it holds has got
    // another key since. So the first erasure in a store's life need not wait for all its pages.
    OUBLI_TRY(AddGrownPages(connection, root, pages));
  } else {
    OUBLI_TRY_ASSIGN(pages, ReadAllPages(connection));
  }
  pages.push_back({kRootPage, root.children.version, row->root});
  return Entry(connection, root, JournalEntryKind::kFull, std::move(pages));
}

bool KeyTree::JournalsAreLarge() const {
  return options_.places.journals->Size(options_.store_identity) > compact_above_;
}

Status KeyTree::CompactJournals(Connection& connection) {
  OUBLI_TRY_ASSIGN(std::string entry, FullEntry(connection));
  compact_above_ = std::max(kCompactJournalsAbove, 4 * static_cast<int64_t>(entry.size()));
  // What is asked for a store is done in order: no entry of a later rotation comes before it.
  options_.places.journals->StartAfresh(
      options_.store_identity, std::make_shared<const std::string>(std::move(entry)),
      [](const Status& done) {
        if (done) return;
        Log(LogLevel::kWarning, "a key journal was not made shorter",
            {{"reason", done.error().text}});
      });
  return {};
}

void KeyTree::LookAtJournals() {
  const int64_t now = options_.clock->BootMs();
  if (now - looked_at_journals_ms_ < kLookAtJournalsEveryMs) return;
  looked_at_journals_ms_ = now;
  // What is under way, or tried again by itself, is not behind.
  const Rotation::State state = rotation_.state();
  if (state == Rotation::State::kFinishing || state == Rotation::State::kPending) return;
  const auto root = live_.root();
  options_.places.journals->FindBehind(options_.store_identity, {root->lineage, root->generation},
                                       [behind = behind_](std::vector<std::string> paths) {
                                         const std::lock_guard lock(behind->mutex);
                                         behind->paths = std::move(paths);
                                       });
}

bool KeyTree::JournalsAreBehind() const {
  const std::lock_guard lock(behind_->mutex);
  return !behind_->paths.empty();
}

Status KeyTree::HealJournals(Connection& connection) {
  std::vector<std::string> paths;
  {
    const std::lock_guard lock(behind_->mutex);
    paths.swap(behind_->paths);
  }
  if (paths.empty()) return {};
  OUBLI_TRY_ASSIGN(std::string bytes, FullEntry(connection));
  const auto entry = std::make_shared<const std::string>(std::move(bytes));
  for (const std::string& path : paths) {
    options_.places.journals->AppendAt(
        path, options_.store_identity, entry, [path](const Status& done) {
          Log(done ? LogLevel::kInfo : LogLevel::kWarning,
              done ? "a key journal that was behind is complete again"
                   : "a key journal is behind and cannot be completed",
              {{"journal", path}, {"reason", done ? "" : done.error().text}});
        });
  }
  return {};
}

}  // namespace oubli::keys
