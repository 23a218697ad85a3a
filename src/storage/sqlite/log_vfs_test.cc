#include "storage/sqlite/log_vfs.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "storage/sqlite/sqlite_database.h"
#include "storage/testing/simulated_vfs.h"

namespace oubli::storage {
namespace {

constexpr char kDatabase[] = "/data/store.db";
constexpr char kLog[] = "/data/store.db-wal";

class LogVfsTest : public ::testing::Test {
 protected:
  LogVfsTest() {
    disk_.Put("/data/.id", "1");
    Start();
    EXPECT_TRUE(writer_->Execute("CREATE TABLE item (id INTEGER PRIMARY KEY, body BLOB)"));
  }
  ~LogVfsTest() override { Close(); }

  void Start() {
    database_ = OpenSqlite(kDatabase, {.vfs = vfs_.name()}).value();
    writer_ = database_->OpenWriter().value();
  }
  void Close() {
    writer_.reset();
    database_.reset();
  }
  void Reboot() {
    Close();
    disk_.Restart();
    Start();
  }
  // One commit of so many rows of a page each.
  Status Put(int64_t rows) {
    const std::string body(1500, 'x');
    OUBLI_TRY(writer_->BeginWrite());
    for (int64_t i = 0; i < rows; ++i) {
      OUBLI_TRY_ASSIGN(auto put, writer_->Prepare("INSERT INTO item (body) VALUES ($1)"));
      put->BindBlob(1, body);
      OUBLI_TRY(put->Step());
    }
    const Status done = writer_->Commit();
    if (!done) writer_->Rollback();
    return done;
  }
  int64_t Count() {
    auto reader = database_->OpenReader().value();
    auto select = reader->Prepare("SELECT COUNT(*) FROM item").value();
    EXPECT_TRUE(select->Step().value());
    return select->Int(0);
  }
  // Operations on the log meanwhile, by kind.
  template <class Call>
  std::map<DiskOperation::Kind, int> Watch(Call call) {
    std::map<DiskOperation::Kind, int> seen;
    disk_.SetHook([&](const DiskOperation& operation) {
      if (operation.path == kLog) ++seen[operation.kind];
      return Verdict::kPass;
    });
    call();
    disk_.SetHook({});
    return seen;
  }

  SimulatedDisk disk_;
  SimulatedVfs vfs_{"under-the-log", disk_};
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> writer_;
};

TEST_F(LogVfsTest, ACommitIsFewWritesAndOneSync) {
  ASSERT_TRUE(Put(1));
  const auto seen = Watch([&] { ASSERT_TRUE(Put(20)); });
  EXPECT_EQ(seen.at(DiskOperation::kWrite), 1);
  EXPECT_EQ(seen.at(DiskOperation::kSync), 1);
  EXPECT_EQ(Count(), 21);
}

TEST_F(LogVfsTest, WithoutSyncsOthersSeeACommitAllTheSame) {
  ASSERT_TRUE(writer_->Execute("PRAGMA synchronous=OFF"));
  ASSERT_TRUE(Put(20));
  EXPECT_EQ(Count(), 20);
  ASSERT_TRUE(database_->Checkpoint(false));
  ASSERT_TRUE(Put(1));
  EXPECT_EQ(Count(), 21);
}

TEST_F(LogVfsTest, ATransactionLargerThanWhatIsGatheredIsWholeForItselfAndForOthers) {
  ASSERT_TRUE(writer_->Execute("PRAGMA cache_size=10; PRAGMA cache_spill=10"));
  ASSERT_TRUE(Put(3000));  // SQLite reads pages back that it has spilled
  ASSERT_TRUE(writer_->Execute("UPDATE item SET body = body || 'y'"));
  EXPECT_EQ(Count(), 3000);
  Close();
  Start();
  EXPECT_EQ(Count(), 3000);
}

TEST_F(LogVfsTest, ALogThatWasCutHasDurableZerosAndDoesNotGrow) {
  ASSERT_TRUE(Put(50));
  const size_t before = disk_.CopyOf(kLog)->size();
  ASSERT_TRUE(database_->Checkpoint(true));
  EXPECT_EQ(disk_.CopyOf(kLog), std::string(before, '\0'));
  EXPECT_EQ(disk_.DurableCopyOf(kLog), std::string(before, '\0'));
  ASSERT_TRUE(Put(20));
  EXPECT_EQ(disk_.CopyOf(kLog)->size(), before);
  EXPECT_EQ(Count(), 70);
  disk_.Kill();
  Reboot();
  EXPECT_EQ(Count(), 70);
}

TEST_F(LogVfsTest, WhereZerosCannotBeWrittenTheLogIsCutAllTheSame) {
  ASSERT_TRUE(Put(50));
  disk_.SetHook([](const DiskOperation& operation) {
    const bool is_zeros = operation.path == kLog && operation.kind == DiskOperation::kWrite;
    return is_zeros ? Verdict::kNoSpace : Verdict::kPass;
  });
  EXPECT_TRUE(database_->Checkpoint(true));
  disk_.SetHook({});
  EXPECT_EQ(disk_.CopyOf(kLog), "");
  ASSERT_TRUE(Put(1));
  EXPECT_EQ(Count(), 51);
}

TEST_F(LogVfsTest, AWriteThatFailsUndoesTheTransactionAlone) {
  ASSERT_TRUE(Put(1));
  disk_.SetHook([](const DiskOperation& operation) {
    const bool is_log = operation.path == kLog && operation.kind == DiskOperation::kWrite;
    return is_log ? Verdict::kNoSpace : Verdict::kPass;
  });
  EXPECT_FALSE(Put(20));
  disk_.SetHook({});
  EXPECT_EQ(Count(), 1);
  ASSERT_TRUE(Put(2));
  disk_.Kill();
  Reboot();
  EXPECT_EQ(Count(), 3);
}

// Zeros over a part of the frames of before would leave a shorter log, which takes the database
// back. The simulated disk never applies a write whose truncation it has lost; others may.
TEST_F(LogVfsTest, TheCutIsDurableBeforeTheFirstZero) {
  ASSERT_TRUE(Put(100));
  std::vector<DiskOperation::Kind> seen;
  disk_.SetHook([&](const DiskOperation& operation) {
    if (operation.path == kLog && operation.IsChange()) seen.push_back(operation.kind);
    return Verdict::kPass;
  });
  ASSERT_TRUE(database_->Checkpoint(true));
  disk_.SetHook({});
  const auto cut = std::ranges::find(seen, DiskOperation::kTruncate);
  ASSERT_GE(seen.end() - cut, 4);
  EXPECT_EQ(cut[1], DiskOperation::kSync);
  EXPECT_EQ(cut[2], DiskOperation::kWrite);
  EXPECT_EQ(seen.back(), DiskOperation::kSync);
}

TEST_F(LogVfsTest, APowerCutBehindACutOfTheLogLosesNothing) {
  std::mt19937_64 rng(7);
  int64_t rows = 0;
  for (int round = 0; round < 16; ++round) {
    for (int i = 0; i < 8; ++i, rows += 20) ASSERT_TRUE(Put(20));  // several pieces of zeros
    int64_t die_at = -1;  // the cut itself, or one of the changes behind it
    disk_.SetHook([&](const DiskOperation& operation) {
      if (operation.path == kLog && operation.kind == DiskOperation::kTruncate) {
        die_at = operation.change + 1 + round % 8;
      }
      return operation.change == die_at ? Verdict::kKillBefore : Verdict::kPass;
    });
    (void)database_->Checkpoint(true);
    disk_.SetHook({});
    ASSERT_GT(die_at, 0) << "the log was not cut";
    disk_.Crash(rng);
    Reboot();
    ASSERT_EQ(Count(), rows) << "round " << round;
    auto check = writer_->Prepare("PRAGMA integrity_check").value();
    ASSERT_TRUE(check->Step().value());
    ASSERT_EQ(check->Text(0), "ok");
  }
}

TEST_F(LogVfsTest, AnUnknownBaseIsAnError) {
  EXPECT_EQ(LogVfsOver("nobody registered this").error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(LogVfsOver(vfs_.name()).value(), LogVfsOver(vfs_.name()).value());
}

}  // namespace
}  // namespace oubli::storage
