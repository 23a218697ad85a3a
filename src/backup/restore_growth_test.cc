// Backups of a tree that was lower than it is now: growing puts pages between the root and those
// that the backup holds. And journals that begin without the pages of a large tree.
#include "backup/restore_fixture.h"
#include "customers/heads.h"

namespace oubli::backup {
namespace {

namespace fs = std::filesystem;

// Ordinals that a tree holds whose leaves hang from the root, and one of one level more.
constexpr int64_t kOneLevelUp = 60LL * 60;
constexpr int64_t kTwoLevelsUp = 60 * kOneLevelUp;

class RestoreGrowthTest : public RestoreTest {
 protected:
  // What is created from now on has higher ordinals than `ordinal`.
  void RaiseOrdinals(int64_t ordinal) {
    const Status raised = store_->WriteAndWait([&](customers::StoreTransaction& transaction) {
      return customers::RaiseCounter(transaction, customers::kOrdinalCounter, ordinal);
    });
    ASSERT_TRUE(raised);
  }
  int Levels() { return store_->key_tree().root()->shape.levels; }
  void Restart() {
    Close();
    Open();
  }
};

// The data folder is gone, and with it the pages that nothing but a create has written.
TEST_F(RestoreGrowthTest, TheLivingOfBeforeOpenBehindAnErasureElsewhere) {
  for (const int64_t ordinal : {kOneLevelUp, kTwoLevelsUp}) {
    for (const bool has_rotated : {false, true}) {
      for (const bool restarts : {false, true}) {
        SCOPED_TRACE(testing::Message()
                     << "grown to " << ordinal << (has_rotated ? ", with a journal" : "")
                     << (restarts ? ", another process" : ""));
        Close();
        if (!fs::exists(top_ + "/fresh")) Save("fresh");
        GoBackTo("fresh");
        Open();
        const int64_t ann = Create("ann");
        if (has_rotated) {
          ASSERT_TRUE(Erase({Create("gone")}));
        }
        ASSERT_EQ(Levels(), 0);
        const std::string set = BackUp();
        RaiseOrdinals(ordinal);
        const int64_t bob = Create("bob");
        ASSERT_EQ(Levels(), ordinal == kOneLevelUp ? 1 : 2);
        if (restarts) Restart();
        ASSERT_TRUE(Erase({bob}));
        Close();
        LoseDataAndItsJournal();
        MustRestore(set);
        EXPECT_EQ(report().living, 1);
        EXPECT_EQ(report().damaged, 0);
        Open();
        EXPECT_EQ(Living(), (People{{ann, "ann"}}));
      }
    }
  }
}

// Level by level, with erasures and backups between them.
TEST_F(RestoreGrowthTest, EachBackupOfAGrowingTreeServes) {
  People all;
  std::vector<std::string> sets;
  std::vector<People> living_then;
  for (const int64_t ordinal : {int64_t{0}, kOneLevelUp, kTwoLevelsUp}) {
    RaiseOrdinals(ordinal);
    for (const char* name : {"a", "b"}) {
      const std::string whole = name + std::to_string(ordinal);
      all[Create(whole)] = whole;
    }
    sets.push_back(fs::path(BackUp()).filename().string());
    living_then.push_back(all);
    ASSERT_TRUE(Erase({Create("gone" + std::to_string(ordinal))}));
  }
  Close();
  Save("end");
  for (size_t i = 0; i < sets.size(); ++i) {
    for (const bool disk_is_gone : {false, true}) {
      SCOPED_TRACE(testing::Message() << "backup " << i << (disk_is_gone ? ", no data" : ""));
      GoBackTo("end");
      if (disk_is_gone) LoseDataAndItsJournal();
      MustRestore(to_ + "/" + sets[i]);
      Open();
      EXPECT_EQ(Living(), living_then[i]);
      Close();
    }
  }
}

// The journal is begun by an erasure that then fails, behind the growing: its root page is newer
// than the backup's, and leads over pages that the backup does not hold.
TEST_F(RestoreGrowthTest, AJournalThatWasOnlyBegunLeadsToTheLivingOfBefore) {
  const int64_t ann = Create("ann");
  const std::string set = BackUp();
  RaiseOrdinals(kTwoLevelsUp);
  Create("bob");
  // Erases nobody: the journals are made ready, and no rotation follows.
  ASSERT_TRUE(Erase({12345}));
  ASSERT_EQ(store_->key_tree().generation(), 1);
  Close();
  LoseData();
  MustRestore(set);
  Open();
  EXPECT_EQ(Living(), (People{{ann, "ann"}}));
}

// The journal then holds no page of before at all.
TEST_F(RestoreGrowthTest, AClearAllAsTheFirstErasureOfALargeTree) {
  Create("ann");
  RaiseOrdinals(kTwoLevelsUp);
  Create("bob");
  const std::string before = fs::path(BackUp()).filename().string();
  ASSERT_TRUE(ClearAll());
  const int64_t cid = Create("cid");
  const std::string after = fs::path(BackUp()).filename().string();
  ASSERT_TRUE(Erase({Create("dora")}));
  Close();
  Save("end");
  for (const bool disk_is_gone : {false, true}) {
    SCOPED_TRACE(disk_is_gone ? "no data" : "");
    GoBackTo("end");
    if (disk_is_gone) LoseDataAndItsJournal();
    MustRestore(to_ + "/" + before);
    EXPECT_EQ(report().removed, 2);
    Open();
    EXPECT_EQ(Living(), People());
    Close();
    GoBackTo("end");
    if (disk_is_gone) LoseDataAndItsJournal();
    MustRestore(to_ + "/" + after);
    Open();
    EXPECT_EQ(Living(), (People{{cid, "cid"}}));
    Close();
  }
}

}  // namespace
}  // namespace oubli::backup
