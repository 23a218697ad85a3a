// The key tree over a real database and real slots, with a fan-out so small that it is high.
#include "keys/key_tree.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <future>
#include <map>
#include <random>
#include <set>

#include "crypto/random.h"
#include "keys/testing/key_places.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::keys {
namespace {

using crypto::Key;

class KeyTreeTest : public testing::Test {
 protected:
  KeyTreeTest() {
    crypto::Initialize();
    std::string folder = testing::TempDir() + "oubli-tree-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    folder_ = folder;
    places_ = TestPlaces(folder_);
    Open();
  }
  ~KeyTreeTest() override {
    tree_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Open() {
    tree_.reset();
    writer_.reset();
    database_ = storage::OpenSqlite(folder_ / "tree.db").value();
    writer_ = database_->OpenWriter().value();
    const std::string_view ddl[] = {kKeyTreeDdl};
    ASSERT_TRUE(storage::Migrate(*database_, *writer_, ddl));
    KeyTreeOptions options;
    options.store_identity = "sixteen bytes id";
    options.places = places_;
    options.leaf_keys = 3;
    options.node_keys = 2;
    options.cache_bytes = cache_bytes_;
    options.clock = &clock_;
    options.counters = [](storage::Connection&) { return JournalCounters{{"ordinal", 1}}; };
    tree_ = KeyTree::Open(
                *writer_, [this] { return database_->OpenReader(); }, options)
                .value();
  }

  // One group of one command; the keys of what `run` created.
  Status Group(const std::function<void(KeyWriteSession&)>& run, bool erasing = true) {
    OUBLI_TRY(tree_->BeginGroup(*writer_));
    if (erasing) OUBLI_TRY(tree_->BeginErasing(*writer_));
    OUBLI_TRY(writer_->BeginWrite());
    run(*tree_->BeginWrite(*writer_));
    if (Status done = tree_->BeforeCommit(*writer_); !done) {
      writer_->Rollback();
      tree_->RolledBack();
      return done;
    }
    OUBLI_TRY(writer_->Commit());
    std::promise<Status> finished;
    tree_->Committed(erasing, [&](const Status& status) { finished.set_value(status); });
    return finished.get_future().get();
  }
  Result<Key> Find(Ordinal ordinal) {
    auto reader = database_->OpenReader().value();
    EXPECT_TRUE(reader->BeginRead());
    auto session = tree_->BeginRead(*reader).value();
    if (++finds_ % 2 == 0) session->ReadOnce();  // finds the same
    auto key = session->Find(ordinal);
    session.reset();
    reader->Rollback();
    return key;
  }
  RootCells Cells(const std::string& slot) {
    FileSlot file(storage::SystemFiles(), (folder_ / "roots" / slot).string());
    return file.Read("sixteen bytes id").value();
  }

  int finds_ = 0;
  size_t cache_bytes_ = 2000;  // a few pages
  std::filesystem::path folder_;
  ManualClock clock_{1'700'000'000'000};
  KeyPlaces places_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::Connection> writer_;
  std::unique_ptr<KeyTree> tree_;
};

// Whoever goes over all owners leaves nothing behind, and drives nobody else's pages out.
TEST_F(KeyTreeTest, WhatIsReadOnceIsNotKept) {
  cache_bytes_ = 1 << 20;
  Open();
  ASSERT_TRUE(Group([](KeyWriteSession& keys) {
    for (Ordinal ordinal = 1; ordinal <= 300; ++ordinal) keys.Create(ordinal);
  }));
  Open();  // with nothing in memory
  auto reader = database_->OpenReader().value();
  ASSERT_TRUE(reader->BeginRead());
  auto session = tree_->BeginRead(*reader).value();
  ASSERT_TRUE(session->Find(7).has_value());
  session->ReadOnce();
  for (Ordinal ordinal = 1; ordinal <= 300; ++ordinal)
    ASSERT_TRUE(session->Find(ordinal).has_value()) << ordinal;
  session.reset();
  reader->Rollback();
  ASSERT_TRUE(writer_->Execute("DELETE FROM key_page"));
  EXPECT_TRUE(Find(7).has_value()) << "had been read to be kept";
  EXPECT_TRUE(Find(300).has_value()) << "one of the last few";
  EXPECT_FALSE(Find(30).has_value());
  EXPECT_FALSE(Find(200).has_value());
}

TEST_F(KeyTreeTest, RandomHistoriesAgreeWithAModel) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::map<Ordinal, std::string> living;
  std::set<Ordinal> erased;
  Ordinal next = 1;
  for (int step = 0; step < 120; ++step) {
    const bool fails = random() % 8 == 0;
    const auto before = living;
    const auto erased_before = erased;
    const auto run = [&](KeyWriteSession& keys) {
      for (auto count = random() % 12; count > 0; --count) {
        if (random() % 3 > 0 || living.empty()) {
          const Key key = keys.Create(next);
          living[next++] = key.view();
        } else if (random() % 40 == 0) {
          for (const auto& [ordinal, key] : living) erased.insert(ordinal);
          living.clear();
          keys.EraseAll();
        } else {
          const auto victim =
              std::next(living.begin(), static_cast<long>(random() % living.size()));
          EXPECT_EQ(keys.Find(victim->first)->view(), victim->second);
          keys.Erase(victim->first);
          EXPECT_FALSE(keys.Find(victim->first));
          erased.insert(victim->first);
          living.erase(victim);
        }
      }
    };
    if (fails) {
      ASSERT_TRUE(tree_->BeginErasing(*writer_));
      ASSERT_TRUE(writer_->BeginWrite());
      run(*tree_->BeginWrite(*writer_));
      ASSERT_TRUE(tree_->BeforeCommit(*writer_));
      writer_->Rollback();
      tree_->RolledBack();
      living = before;
      erased = erased_before;
    } else {
      ASSERT_TRUE(Group(run));
    }
    if (random() % 15 == 0) Open();
    if (step % 5 > 0) continue;
    for (const auto& [ordinal, key] : living) {
      const auto found = Find(ordinal);
      ASSERT_TRUE(found) << ordinal << ": " << found.error().text;
      EXPECT_EQ(found->view(), key) << ordinal;
    }
    for (const Ordinal ordinal : erased) EXPECT_FALSE(Find(ordinal)) << ordinal;
  }
  EXPECT_GT(living.size() + erased.size(), 100U);
}

TEST_F(KeyTreeTest, ErasingRotatesTheRootOfEverySlotAndCreatingDoesNot) {
  ASSERT_TRUE(Group([](KeyWriteSession& keys) { keys.Create(1), keys.Create(2); }, false));
  EXPECT_EQ(tree_->generation(), 1);
  const std::string first = Cells("1")[1]->root.view().data();
  ASSERT_TRUE(Group([](KeyWriteSession& keys) { keys.Erase(1); }));
  EXPECT_EQ(tree_->generation(), 2);
  for (const char* slot : {"1", "2"}) {
    const RootCells cells = Cells(slot);
    EXPECT_EQ(cells[0]->generation, 2) << "the root of the tree";
    EXPECT_EQ(cells[1]->generation, 3) << "the next one, over the one before";
    EXPECT_NE(cells[1]->root.view(), first);
  }
  EXPECT_TRUE(Find(2));
  EXPECT_EQ(Find(1).error().kind, ErrorKind::kNotFound);
}

TEST_F(KeyTreeTest, AnOldLeafOpensUnderNoKeyOfTheTreeAfterAnErasure) {
  ASSERT_TRUE(Group([](KeyWriteSession& keys) { keys.Create(1); }, false));
  const auto key_before = [&]() -> std::optional<Key> {
    const std::optional<Key> root_key = Cells("1")[1]->root;
    const auto row = ReadRootRow(*writer_).value();
    const auto root = OpenRoot(row->root, *root_key, "sixteen bytes id").value();
    return root.children.key(0);
  }();
  const auto old_leaf = ReadPageRow(*writer_, MakePageId(0, 0)).value();
  // It is the last key of its leaf: the leaf gets a new key all the same.
  ASSERT_TRUE(Group([](KeyWriteSession& keys) { keys.Erase(1); }));
  const auto row = ReadRootRow(*writer_).value();
  const auto root = OpenRoot(row->root, Cells("1")[0]->root, "sixteen bytes id").value();
  EXPECT_NE(root.children.key(0).view(), key_before->view());
  EXPECT_FALSE(OpenPage(old_leaf->sealed, MakePageId(0, 0), old_leaf->version, root.children.key(0),
                        "sixteen bytes id"));
  EXPECT_TRUE(OpenPage(old_leaf->sealed, MakePageId(0, 0), old_leaf->version, *key_before,
                       "sixteen bytes id"))
      << "else this test shows nothing";
}

TEST_F(KeyTreeTest, AStoreWithoutItsRootIsRefusedAndNothingIsMadeAnew) {
  ASSERT_TRUE(Group([](KeyWriteSession& keys) { keys.Create(1); }, false));
  const auto remove = [&](const char* slot) {
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "roots" / slot)) {
      if (entry.path().extension() == ".root") std::filesystem::remove(entry.path());
    }
  };
  remove("1");
  Open();  // the other slot serves
  EXPECT_TRUE(Find(1));
  EXPECT_TRUE(tree_->NeedsAttention());
  ASSERT_TRUE(Group([](KeyWriteSession& keys) { keys.Create(2); }));  // an erasing group repairs
  EXPECT_EQ(Cells("1")[1]->generation, 1);
  remove("1");
  remove("2");
  tree_.reset();
  KeyTreeOptions options;
  options.store_identity = "sixteen bytes id";
  options.places = places_;
  options.clock = &clock_;
  const auto refused = KeyTree::Open(
      *writer_, [this] { return database_->OpenReader(); }, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kCorrupt);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "roots/1/7369787465656e206279746573206964.root"));
}

}  // namespace
}  // namespace oubli::keys
