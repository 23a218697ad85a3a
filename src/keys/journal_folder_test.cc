#include "keys/journal_folder.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <future>
#include <random>

#include "keys/journal_chain.h"
#include "keys/journal_test_entries.h"
#include "storage/testing/simulated_disk.h"

namespace oubli::keys {
namespace {

using storage::DiskOperation;
using storage::SimulatedDisk;
using storage::Verdict;

const std::string kJournalFolder = "/mnt/a/journal";
const std::string kJournalPath = kJournalFolder + "/30313233343536373839616263646566.journal";

class Generations final : public ChainVisitor {
 public:
  Status Visit(const JournalHead& head, JournalBody& body) override {
    while (true) {
      OUBLI_TRY_ASSIGN(const auto page, body.NextPage());
      if (!page) break;
    }
    seen.push_back(head.generation);
    return {};
  }
  std::vector<int64_t> seen;
};

class JournalFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    crypto::Initialize();
    ASSERT_TRUE(Folder().SetUp());
  }
  JournalFolder& Folder() {
    if (!folder_) folder_ = std::make_unique<JournalFolder>(disk_, kJournalFolder);
    return *folder_;
  }
  // The next process, after a kill, or a power cut that the test has made.
  void Reopen() {
    folder_.reset();
    disk_.Kill();
    disk_.Restart();
  }
  Status Append(const JournalEntry& entry) { return Folder().Append(kTestStore, Encoded(entry)); }
  ErrorKind AppendError(const JournalEntry& entry) {
    const Status done = Append(entry);
    EXPECT_FALSE(done);
    return done ? ErrorKind::kInvalid : done.error().kind;
  }
  int64_t Generation() {
    const auto tail = Folder().Tail(kTestStore);
    EXPECT_TRUE(tail) << tail.error().text;
    return tail && *tail ? (*tail)->generation : 0;
  }
  std::vector<int64_t> Chain(ChainReport* report = nullptr) {
    Generations visitor;
    const auto chain = ReadChain(disk_, kJournalFolder, kTestStore, visitor);
    EXPECT_TRUE(chain) << chain.error().text;
    if (report != nullptr && chain) *report = *chain;
    return visitor.seen;
  }
  void Damage(int64_t at) {
    std::string bytes = disk_.CopyOf(kJournalPath).value();
    bytes[static_cast<size_t>(at)] ^= 1;
    disk_.Put(kJournalPath, bytes);
  }

  SimulatedDisk disk_;
  std::unique_ptr<JournalFolder> folder_;
};

TEST_F(JournalFolderTest, EntriesLieBehindEachOtherInOrder) {
  ASSERT_TRUE(Append(TestFull(1)));
  ASSERT_TRUE(Append(TestRotation(2)));
  ASSERT_TRUE(Append(TestCounters(2)));
  ASSERT_TRUE(Append(TestRotation(3, 30, 4000)));
  EXPECT_EQ(Chain(), (std::vector<int64_t>{1, 2, 2, 3}));
  EXPECT_EQ(Folder().Tail(kTestStore).value(), (JournalTail{kTestLineage, 3}));
  EXPECT_EQ(Folder().Size(kTestStore).value(), 4096 * 4 + 4096 * 31);
  EXPECT_EQ(Folder().Tail(kOtherTestStore).value(), std::nullopt);
  EXPECT_EQ(Folder().Size(kOtherTestStore).value(), 0);
  Reopen();
  EXPECT_EQ(Generation(), 3);
  ASSERT_TRUE(Append(TestRotation(4)));
  EXPECT_EQ(Chain(), (std::vector<int64_t>{1, 2, 2, 3, 4}));
}

TEST_F(JournalFolderTest, AnAppendSyncsOnceAndWhereRoomWasMadeWithoutANewLength) {
  ASSERT_TRUE(Append(TestFull(1)));
  int made = 0;
  for (int64_t generation = 2; generation < 102; ++generation) {
    if (Folder().WantsRoom(kTestStore)) {
      ASSERT_TRUE(Folder().MakeRoom(kTestStore));
      ++made;
    }
    EXPECT_FALSE(Folder().WantsRoom(kTestStore));
    const size_t before = disk_.CopyOf(kJournalPath)->size();
    disk_.ResetSyncCounts();
    ASSERT_TRUE(Append(TestRotation(generation)));
    EXPECT_EQ(disk_.SyncCounts(), (std::map<std::string, int64_t>{{kJournalPath, 1}}));
    EXPECT_EQ(disk_.CopyOf(kJournalPath)->size(), before);
  }
  EXPECT_LT(made, 60);
  EXPECT_GT(made, 0);
  EXPECT_EQ(Chain().back(), 101);
}

// It is asked where an answer is given, and a thread that gives answers must not hang.
TEST_F(JournalFolderTest, AskingForRoomWaitsForNothing) {
  ASSERT_TRUE(Append(TestFull(1)));
  disk_.SetHook([](const DiskOperation& operation) {
    return operation.kind == DiskOperation::kSync ? Verdict::kHang : Verdict::kPass;
  });
  auto appended = std::async(std::launch::async, [this] { return Append(TestRotation(2)); });
  ASSERT_TRUE(disk_.WaitForHanging(1, 10'000));
  auto asked = std::async(std::launch::async, [this] { return Folder().WantsRoom(kTestStore); });
  EXPECT_EQ(asked.wait_for(std::chrono::seconds(5)), std::future_status::ready);
  disk_.SetHook({});
  disk_.Release();
  EXPECT_TRUE(appended.get());
  EXPECT_FALSE(asked.get());
}

TEST_F(JournalFolderTest, WhatDoesNotFollowIsRefusedAndAFullEntryHeals) {
  EXPECT_EQ(AppendError(TestRotation(2)), ErrorKind::kConflict) << "nothing is there";
  ASSERT_TRUE(Append(TestFull(5)));
  const std::string before = disk_.CopyOf(kJournalPath).value();
  EXPECT_EQ(AppendError(TestRotation(7)), ErrorKind::kConflict);
  EXPECT_EQ(AppendError(TestRotation(4)), ErrorKind::kConflict);
  EXPECT_EQ(AppendError(TestFull(4)), ErrorKind::kConflict);
  EXPECT_EQ(AppendError(TestCounters(6)), ErrorKind::kConflict);
  JournalEntry other = TestRotation(6);
  other.lineage = kOtherTestLineage;
  EXPECT_EQ(AppendError(other), ErrorKind::kConflict);
  EXPECT_EQ(disk_.CopyOf(kJournalPath), before);
  EXPECT_TRUE(Append(TestFull(8)));
  EXPECT_TRUE(Append(TestRotation(9)));
  other.full = true;
  EXPECT_TRUE(Append(other)) << "another lineage, from here on";
  EXPECT_EQ(Folder().Tail(kTestStore).value(), (JournalTail{kOtherTestLineage, 6}));
  EXPECT_EQ(Chain(), (std::vector<int64_t>{5, 8, 9, 6}));
}

TEST_F(JournalFolderTest, WhatIsThereAlreadyIsNotAppendedAgain) {
  ASSERT_TRUE(Append(TestFull(1)));
  ASSERT_TRUE(Append(TestFull(1)));
  ASSERT_TRUE(Append(TestRotation(2)));
  ASSERT_TRUE(Append(TestCounters(2)));
  ASSERT_TRUE(Append(TestRotation(2)));
  ASSERT_TRUE(Append(TestFull(2)));
  EXPECT_EQ(Chain(), (std::vector<int64_t>{1, 2, 2}));
}

TEST_F(JournalFolderTest, WhatIsNoEntryOfTheStoreIsInvalid) {
  const std::string entry = Encoded(TestFull(1));
  EXPECT_EQ(Folder().Append(kOtherTestStore, entry).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(Folder().Append(kTestStore, entry.substr(1)).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(Folder().Append(kTestStore, entry + entry).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(Folder().Append("x", entry).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(Folder().Tail("x").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(Folder().StartAfresh(kTestStore, Encoded(TestRotation(1))).error().kind,
            ErrorKind::kInvalid);
  EXPECT_FALSE(disk_.CopyOf(kJournalPath));
}

TEST_F(JournalFolderTest, AFolderThatWasNeverSetUpOrIsNotThereAnyMoreIsNotMade) {
  JournalFolder other(disk_, "/mnt/b/journal");
  EXPECT_EQ(other.Id().error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(other.Append(kTestStore, Encoded(TestFull(1))).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(other.Tail(kTestStore).error().kind, ErrorKind::kUnavailable);
  const std::string id = Folder().Id().value();
  EXPECT_EQ(id.size(), 32u);
  ASSERT_TRUE(Folder().SetUp());
  EXPECT_EQ(Folder().Id().value(), id);
  ASSERT_TRUE(Append(TestFull(1)));
  const auto copy = disk_.Snapshot();
  disk_.Lose(kJournalFolder);
  EXPECT_EQ(AppendError(TestRotation(2)), ErrorKind::kUnavailable);
  disk_.Put(kJournalFolder + "/journal.id", "oubli key journal 1 " + std::string(32, 'a') + "\n");
  EXPECT_EQ(AppendError(TestFull(2)), ErrorKind::kUnavailable) << "another disk";
  for (const auto& [path, bytes] : copy) disk_.Put(path, bytes);
  EXPECT_TRUE(Append(TestRotation(2)));
}

TEST_F(JournalFolderTest, ATornTailIsCutOffBeforeTheNextAppend) {
  ASSERT_TRUE(Append(TestFull(1)));
  ASSERT_TRUE(Append(TestRotation(2)));
  const int64_t end = Folder().Size(kTestStore).value();
  ASSERT_TRUE(Append(TestRotation(3, 20, 4000)));
  std::string bytes = disk_.CopyOf(kJournalPath).value();
  for (const bool loses_its_head : {false, true}) {
    SCOPED_TRACE(loses_its_head);
    std::string torn = bytes;
    const auto first = static_cast<size_t>(loses_its_head ? end : end + 2 * 4096);
    torn.replace(first, 4096, 4096, '\0');
    disk_.Put(kJournalPath, torn);
    Reopen();
    ChainReport report;
    EXPECT_EQ(Chain(&report), (std::vector<int64_t>{1, 2}));
    EXPECT_TRUE(report.Has(ChainFinding::kTornTail));
    EXPECT_TRUE(report.CheckSound());
    EXPECT_EQ(Generation(), 2);
    ASSERT_TRUE(Append(TestRotation(3)));
    EXPECT_EQ(Chain(&report), (std::vector<int64_t>{1, 2, 3}));
    EXPECT_TRUE(report.findings.empty());
  }
}

TEST_F(JournalFolderTest, AnEntryWhoseSyncFailedIsNotTakenForDurable) {
  ASSERT_TRUE(Append(TestFull(1)));
  std::mt19937_64 rng(1);
  for (const bool reopened : {false, true}) {
    SCOPED_TRACE(reopened);
    const int64_t next = Generation() + 1;
    const JournalEntry entry = TestRotation(next);
    disk_.SetHook([](const DiskOperation& operation) {
      return operation.kind == DiskOperation::kSync ? Verdict::kFailBefore : Verdict::kPass;
    });
    EXPECT_EQ(AppendError(entry), ErrorKind::kUnavailable);
    disk_.SetHook({});
    // The process dies, which loses nothing that can be read; the next one reads it.
    if (reopened) Reopen();
    ASSERT_TRUE(Append(entry)) << "the same again, and it says that it is durable";
    disk_.Crash(rng);
    Reopen();
    EXPECT_EQ(Generation(), next);
    EXPECT_EQ(Chain().back(), next);
  }
}

TEST_F(JournalFolderTest, AnAppendThatWasCutOffLeavesNothingBehindTheNext) {
  ASSERT_TRUE(Append(TestFull(1)));
  disk_.SetHook([](const DiskOperation& operation) {
    return operation.kind == DiskOperation::kWrite ? Verdict::kFailPartly : Verdict::kPass;
  });
  EXPECT_EQ(AppendError(TestRotation(2, 40, 4000)), ErrorKind::kUnavailable);
  disk_.SetHook({});
  ASSERT_TRUE(Append(TestRotation(2)));
  ChainReport report;
  EXPECT_EQ(Chain(&report), (std::vector<int64_t>{1, 2}));
  EXPECT_TRUE(report.findings.empty());
}

// The promise itself: what was answered with success is there after any crash, and what is there is
// a chain without gaps.
TEST_F(JournalFolderTest, AcknowledgedEntriesSurviveEveryCrash) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 rng(seed);
  ASSERT_TRUE(Append(TestFull(1)));
  int64_t acknowledged = 1;
  constexpr Verdict kVerdicts[] = {Verdict::kFailBefore, Verdict::kFailPartly, Verdict::kFailAfter,
                                   Verdict::kNoSpace,    Verdict::kKillBefore, Verdict::kKillPartly,
                                   Verdict::kKillAfter};
  for (int round = 0; round < 600; ++round) {
    const int64_t fault_at = disk_.ChangeCount() + 1 + static_cast<int64_t>(rng() % 12);
    const Verdict verdict = kVerdicts[rng() % std::size(kVerdicts)];
    disk_.SetHook([&](const DiskOperation& operation) {
      return operation.change == fault_at ? verdict : Verdict::kPass;
    });
    for (int i = 0; i < 6; ++i) {
      const bool afresh = rng() % 5 == 0;
      const int64_t next = acknowledged + 1;
      const int pages = static_cast<int>(rng() % 40);
      Status done =
          afresh ? Folder().StartAfresh(kTestStore, Encoded(TestFull(next, pages)))
                 : Append(rng() % 8 == 0 ? TestFull(next, pages) : TestRotation(next, pages));
      if (done) acknowledged = next;
    }
    disk_.SetHook({});
    if (rng() % 3 != 0) disk_.Crash(rng);

    Reopen();
    ChainReport report;
    const std::vector<int64_t> chain = Chain(&report);
    ASSERT_TRUE(report.CheckSound()) << report.CheckSound().error().text;
    ASSERT_FALSE(chain.empty());
    ASSERT_GE(chain.back(), acknowledged);
    ASSERT_LE(chain.back(), acknowledged + 1) << "one may have got there without an answer";
    ASSERT_EQ(report.runs.size(), 1u);
    ASSERT_TRUE(CheckCoverage(report.runs, kTestLineage, acknowledged, chain.back()));
    ASSERT_EQ(Generation(), chain.back());
    acknowledged = chain.back();
  }
}

TEST_F(JournalFolderTest, CompactionReplacesTheFileWholeOrNotAtAll) {
  std::mt19937_64 rng(7);
  for (int change = 1; change < 12; ++change) {
    SCOPED_TRACE(change);
    disk_.Lose(kJournalPath);
    Reopen();
    ASSERT_TRUE(Append(TestFull(1)));
    ASSERT_TRUE(Append(TestRotation(2)));
    ASSERT_TRUE(Append(TestRotation(3)));
    ASSERT_EQ(Folder().StartAfresh(kTestStore, Encoded(TestFull(2))).error().kind,
              ErrorKind::kConflict)
        << "an older one";
    const int64_t at = disk_.ChangeCount() + change;
    disk_.SetHook([&](const DiskOperation& operation) {
      return operation.change == at ? Verdict::kKillPartly : Verdict::kPass;
    });
    const Status done = Folder().StartAfresh(kTestStore, Encoded(TestFull(3)));
    disk_.SetHook({});
    disk_.Crash(rng);
    Reopen();
    const std::vector<int64_t> chain = Chain();
    const bool is_new = chain == std::vector<int64_t>{3};
    EXPECT_TRUE(is_new || chain == (std::vector<int64_t>{1, 2, 3}));
    EXPECT_TRUE(is_new || !done);
    EXPECT_TRUE(Append(TestRotation(4)));
  }
}

TEST_F(JournalFolderTest, AFullDiskRefusesAndNothingIsLost) {
  ASSERT_TRUE(Append(TestFull(1)));
  ASSERT_TRUE(Folder().MakeRoom(kTestStore));
  disk_.SetFull(true);
  int64_t generation = 2;
  while (Append(TestRotation(generation))) ++generation;
  EXPECT_GT(generation, 2) << "what was written ahead is used";
  EXPECT_FALSE(Folder().MakeRoom(kTestStore));
  EXPECT_EQ(Chain().back(), generation - 1);
  disk_.SetFull(false);
  EXPECT_TRUE(Append(TestRotation(generation)));
}

TEST_F(JournalFolderTest, ADamagedLastEntryNeedsAFullOneAndTheJournalGoesOn) {
  ASSERT_TRUE(Append(TestFull(1)));
  ASSERT_TRUE(Append(TestRotation(2)));
  Damage(2 * 4096 + 200);
  Reopen();
  EXPECT_EQ(Generation(), 1);
  EXPECT_EQ(AppendError(TestRotation(3)), ErrorKind::kConflict);
  ASSERT_TRUE(Append(TestFull(3)));
  ASSERT_TRUE(Append(TestRotation(4)));
  ChainReport report;
  EXPECT_EQ(Chain(&report), (std::vector<int64_t>{1, 3, 4}));
  EXPECT_TRUE(report.Has(ChainFinding::kHealedGap));
  EXPECT_TRUE(report.CheckSound());
}

TEST_F(JournalFolderTest, AFileInWhichNothingIsWholeIsSetAside) {
  ASSERT_TRUE(Append(TestFull(1)));
  Damage(4096 + 200);
  const std::string damaged = disk_.CopyOf(kJournalPath).value();
  Reopen();
  EXPECT_EQ(Folder().Tail(kTestStore).value(), std::nullopt);
  EXPECT_EQ(AppendError(TestRotation(2)), ErrorKind::kConflict);
  ASSERT_TRUE(Append(TestFull(2)));
  EXPECT_EQ(disk_.CopyOf(kJournalPath + ".damaged"), damaged);
  EXPECT_EQ(Chain(), (std::vector<int64_t>{2}));
}

TEST_F(JournalFolderTest, ADamagedHeaderIsWrittenAgainAndAForeignOneIsLeftAlone) {
  ASSERT_TRUE(Append(TestFull(1)));
  Damage(20);
  Reopen();
  ChainReport report;
  EXPECT_EQ(Chain(&report), (std::vector<int64_t>{1}));
  EXPECT_EQ(report.CheckSound().error().kind, ErrorKind::kCorrupt);
  ASSERT_TRUE(Append(TestRotation(2)));
  EXPECT_EQ(Chain(&report), (std::vector<int64_t>{1, 2}));
  EXPECT_TRUE(report.CheckSound());

  std::string foreign = EncodeFileHeader(kOtherTestStore);
  disk_.Put(kJournalPath, foreign);
  EXPECT_EQ(AppendError(TestFull(3)), ErrorKind::kCorrupt);
  EXPECT_EQ(Folder().StartAfresh(kTestStore, Encoded(TestFull(3))).error().kind,
            ErrorKind::kCorrupt);
  EXPECT_EQ(disk_.CopyOf(kJournalPath), foreign);
}

TEST(JournalFolderOnTheRealDisk, TheSameBytesComeBack) {
  crypto::Initialize();
  std::string folder = (std::filesystem::temp_directory_path() / "oubli-journal-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  {
    JournalFolder journal(storage::SystemFiles(), folder + "/j");
    ASSERT_TRUE(journal.SetUp());
    ASSERT_TRUE(journal.Append(kTestStore, Encoded(TestFull(1, 300, 9000))));
    for (int64_t generation = 2; generation < 40; ++generation) {
      ASSERT_TRUE(journal.Append(kTestStore, Encoded(TestRotation(generation))));
    }
  }
  JournalFolder again(storage::SystemFiles(), folder + "/j");
  EXPECT_EQ(again.Tail(kTestStore).value(), (JournalTail{kTestLineage, 39}));
  const auto report = ReadChain(storage::SystemFiles(), folder + "/j", kTestStore);
  EXPECT_EQ(report->entries, 39);
  EXPECT_TRUE(report->findings.empty());
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace oubli::keys
