// What a key tree tells its journals, with a fan-out so small that the tree is high.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <future>

#include "crypto/random.h"
#include "keys/journal_chain.h"
#include "keys/key_tree.h"
#include "keys/testing/key_places.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::keys {
namespace {

constexpr const char* kIdentity = "sixteen bytes id";

struct Entry {
  JournalEntryKind kind;
  int64_t generation;
  std::vector<PageId> pages;
};

class Entries final : public ChainVisitor {
 public:
  Status Visit(const JournalHead& head, JournalBody& body) override {
    Entry entry{head.kind, head.generation, {}};
    while (true) {
      OUBLI_TRY_ASSIGN(const auto page, body.NextPage());
      if (!page) break;
      entry.pages.push_back(page->page);
    }
    all.push_back(std::move(entry));
    return {};
  }
  std::vector<Entry> all;
};

class KeyTreeJournalsTest : public testing::Test {
 protected:
  KeyTreeJournalsTest() {
    crypto::Initialize();
    std::string folder = testing::TempDir() + "oubli-journals-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    folder_ = folder;
    Open();
  }
  ~KeyTreeJournalsTest() override {
    tree_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Open() {
    tree_.reset();
    writer_.reset();
    places_ = TestPlaces(folder_);
    database_ = storage::OpenSqlite(folder_ / "tree.db").value();
    writer_ = database_->OpenWriter().value();
    const std::string_view ddl[] = {kKeyTreeDdl};
    ASSERT_TRUE(storage::Migrate(*database_, *writer_, ddl));
    KeyTreeOptions options;
    options.store_identity = kIdentity;
    options.places = places_;
    options.leaf_keys = 2;
    options.node_keys = 2;
    options.clock = &clock_;
    options.counters = [](storage::Connection&) { return JournalCounters{{"ordinal", 1}}; };
    tree_ = KeyTree::Open(
                *writer_, [this] { return database_->OpenReader(); }, options)
                .value();
  }
  Status Group(const std::function<void(KeyWriteSession&)>& run, bool erasing) {
    OUBLI_TRY(tree_->BeginGroup(*writer_));
    if (erasing) OUBLI_TRY(tree_->BeginErasing(*writer_));
    OUBLI_TRY(writer_->BeginWrite());
    run(*tree_->BeginWrite(*writer_));
    OUBLI_TRY(tree_->BeforeCommit(*writer_));
    OUBLI_TRY(writer_->Commit());
    std::promise<Status> finished;
    tree_->Committed(erasing, [&](const Status& status) { finished.set_value(status); });
    return finished.get_future().get();
  }
  void Create(Ordinal first, Ordinal last) {
    ASSERT_TRUE(Group(
        [&](KeyWriteSession& keys) {
          for (Ordinal ordinal = first; ordinal <= last; ++ordinal) keys.Create(ordinal);
        },
        false));
  }
  void Erase(Ordinal ordinal) {
    ASSERT_TRUE(Group([&](KeyWriteSession& keys) { keys.Erase(ordinal); }, true));
  }
  std::vector<Entry> Journal() {
    Entries entries;
    const auto report =
        ReadChain(storage::SystemFiles(), (folder_ / "journal").string(), kIdentity, entries);
    EXPECT_TRUE(report && report->CheckSound());
    return entries.all;
  }

  std::filesystem::path folder_;
  ManualClock clock_{1'700'000'000'000};
  KeyPlaces places_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::Connection> writer_;
  std::unique_ptr<KeyTree> tree_;
};

// Who erases first waits for it: it must not grow with the store.
TEST_F(KeyTreeJournalsTest, ItBeginsWithOnePageForEachLevelHoweverLargeTheStoreIs) {
  Create(0, 63);  // 32 leaves; 16, 8, 4 and 2 nodes above them
  ASSERT_EQ(tree_->root()->shape.levels, 4);
  ASSERT_TRUE(Group([](KeyWriteSession& keys) { keys.EraseAll(); }, true));
  const std::vector<Entry> entries = Journal();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].kind, JournalEntryKind::kFull);
  EXPECT_EQ(entries[0].generation, 1);
  EXPECT_EQ(entries[0].pages, (std::vector<PageId>{MakePageId(1, 0), MakePageId(2, 0),
                                                   MakePageId(3, 0), MakePageId(4, 0), kRootPage}));
  EXPECT_EQ(entries[1].kind, JournalEntryKind::kRotation);
  EXPECT_EQ(entries[1].pages, std::vector<PageId>{kRootPage});
}

TEST_F(KeyTreeJournalsTest, ALaterEntryOfEveryPageHasThemAll) {
  Create(0, 7);
  Erase(0);
  ASSERT_TRUE(tree_->CompactJournals(*writer_));
  Erase(1);  // waits for what was asked before
  const std::vector<Entry> entries = Journal();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].kind, JournalEntryKind::kFull);
  EXPECT_EQ(entries[0].generation, 2);
  EXPECT_EQ(entries[0].pages.size(), 4U + 2 + 1);
}

TEST_F(KeyTreeJournalsTest, ARotationTakesWhatGrowingHasMadeAlongOnce) {
  const PageId first_node = MakePageId(1, 0);
  const auto has_first_node = [&] {
    const std::vector<Entry> entries = Journal();
    return std::ranges::find(entries.back().pages, first_node) != entries.back().pages.end();
  };
  Create(0, 3);
  Erase(0);
  EXPECT_FALSE(has_first_node()) << "the leaves hang from the root";
  Create(4, 7);
  ASSERT_EQ(tree_->root()->shape.levels, 1);
  Erase(4);
  EXPECT_TRUE(has_first_node());
  Erase(5);
  EXPECT_FALSE(has_first_node()) << "the entry before has it";
  // What an earlier process has told is not known.
  Open();
  Erase(6);
  EXPECT_TRUE(has_first_node());
  // Grown by an erasure that failed, and then by a create.
  ASSERT_TRUE(tree_->BeginErasing(*writer_));
  ASSERT_TRUE(writer_->BeginWrite());
  {
    const auto keys = tree_->BeginWrite(*writer_);
    keys->Create(8);
    keys->Erase(7);
  }
  ASSERT_TRUE(tree_->BeforeCommit(*writer_));
  writer_->Rollback();
  tree_->RolledBack();
  Create(8, 9);
  ASSERT_EQ(tree_->root()->shape.levels, 2);
  Erase(9);
  EXPECT_TRUE(has_first_node());
}

}  // namespace
}  // namespace oubli::keys
