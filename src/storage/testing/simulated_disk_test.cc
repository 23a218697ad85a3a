#include "storage/testing/simulated_disk.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace oubli::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr int kRounds = 400;

std::string Sectors(int count, char letter) { return std::string(count * kSectorBytes, letter); }

// What power cuts leave of a file, over many of them; "-" is no file.
template <class Prepare>
std::set<std::string> Outcomes(const std::string& path, const Prepare& prepare) {
  std::set<std::string> outcomes;
  std::mt19937_64 rng(20);
  for (int round = 0; round < kRounds; ++round) {
    SimulatedDisk disk;
    EXPECT_TRUE(disk.MakeFolder("/d"));
    prepare(disk);
    disk.Crash(rng);
    outcomes.insert(disk.CopyOf(path).value_or("-"));
  }
  return outcomes;
}

// A file whose name is durable.
std::unique_ptr<File> Make(SimulatedDisk& disk, const std::string& path) {
  auto file = disk.Open(path, OpenMode::kCreate).value();
  EXPECT_TRUE(disk.SyncFolder("/d"));
  return file;
}

TEST(SimulatedDiskTest, APowerCutKeepsWhatWasSyncedAndAnyPartOfTheRest) {
  const auto outcomes = Outcomes("/d/a", [](SimulatedDisk& disk) {
    auto file = Make(disk, "/d/a");
    ASSERT_TRUE(file->WriteAt(0, Sectors(2, 'a')));
    ASSERT_TRUE(file->Sync());
    ASSERT_TRUE(file->WriteAt(0, Sectors(2, 'b')));
    ASSERT_TRUE(file->WriteAt(kSectorBytes, Sectors(1, 'c')));
  });
  const auto two = [](char first, char second) { return Sectors(1, first) + Sectors(1, second); };
  EXPECT_THAT(outcomes, UnorderedElementsAre(two('a', 'a'), two('b', 'b'), two('b', 'c'),
                                             two('b', 'a'), two('a', 'b'), two('a', 'c')));
}

TEST(SimulatedDiskTest, WhatIsSyncedIsNeverLost) {
  const auto outcomes = Outcomes("/d/a", [](SimulatedDisk& disk) {
    auto file = Make(disk, "/d/a");
    ASSERT_TRUE(file->WriteAt(0, "old and long"));
    ASSERT_TRUE(file->WriteAt(0, "new"));
    ASSERT_TRUE(file->Truncate(5));
    ASSERT_TRUE(file->WriteAt(700, "end"));
    ASSERT_TRUE(file->Sync());
  });
  EXPECT_THAT(outcomes, ElementsAre("new a" + std::string(695, '\0') + "end"));
}

TEST(SimulatedDiskTest, ALengthMayBeLostOrComeBeforeTheBytes) {
  const auto outcomes = Outcomes("/d/a", [](SimulatedDisk& disk) {
    auto file = Make(disk, "/d/a");
    ASSERT_TRUE(file->WriteAt(0, "a"));
    ASSERT_TRUE(file->Sync());
    ASSERT_TRUE(file->WriteAt(kSectorBytes, Sectors(2, 'b')));
  });
  const std::string a = "a" + std::string(kSectorBytes - 1, '\0');
  EXPECT_TRUE(outcomes.contains("a"));
  EXPECT_TRUE(outcomes.contains(a + Sectors(2, 'b')));
  EXPECT_TRUE(outcomes.contains(a + Sectors(1, '\0') + Sectors(1, 'b')));
  EXPECT_TRUE(outcomes.contains(a + Sectors(1, 'b') + Sectors(1, '\0')));
}

TEST(SimulatedDiskTest, WhatFollowsALostTruncationIsLost) {
  const auto outcomes = Outcomes("/d/a", [](SimulatedDisk& disk) {
    auto file = Make(disk, "/d/a");
    ASSERT_TRUE(file->WriteAt(0, "aaaa"));
    ASSERT_TRUE(file->Sync());
    ASSERT_TRUE(file->Truncate(0));
    ASSERT_TRUE(file->WriteAt(0, "bb"));
  });
  EXPECT_TRUE(outcomes.contains("aaaa"));
  EXPECT_TRUE(outcomes.contains("bb"));
  EXPECT_TRUE(outcomes.contains(""));
  EXPECT_FALSE(outcomes.contains("bbaa"));
}

TEST(SimulatedDiskTest, ANameIsDurableAfterTheSyncOfItsFolder) {
  const auto make = [](SimulatedDisk& disk) {
    auto file = disk.Open("/d/a", OpenMode::kCreate).value();
    ASSERT_TRUE(file->WriteAt(0, "x"));
    ASSERT_TRUE(file->Sync());
  };
  EXPECT_THAT(Outcomes("/d/a", make), ElementsAre("-", "x"));
  const auto make_and_sync = [&](SimulatedDisk& disk) {
    make(disk);
    ASSERT_TRUE(disk.SyncFolder("/d"));
  };
  EXPECT_THAT(Outcomes("/d/a", make_and_sync), ElementsAre("x"));
  const auto remove = [&](SimulatedDisk& disk) {
    make_and_sync(disk);
    ASSERT_TRUE(disk.Remove("/d/a"));
  };
  EXPECT_THAT(Outcomes("/d/a", remove), ElementsAre("-", "x"));
}

TEST(SimulatedDiskTest, ARenameLeavesTheOldFileOrTheNewOne) {
  const auto replace = [](SimulatedDisk& disk, bool sync_file) {
    auto old = Make(disk, "/d/a");
    ASSERT_TRUE(old->WriteAt(0, "old"));
    ASSERT_TRUE(old->Sync());
    auto file = disk.Open("/d/a.new", OpenMode::kCreate).value();
    ASSERT_TRUE(file->WriteAt(0, "new"));
    if (sync_file) {
      ASSERT_TRUE(file->Sync());
    }
    ASSERT_TRUE(disk.Rename("/d/a.new", "/d/a"));
  };
  EXPECT_THAT(Outcomes("/d/a", [&](SimulatedDisk& disk) { replace(disk, true); }),
              ElementsAre("new", "old"));
  // Who forgets to sync before the rename may find nothing.
  const auto careless = Outcomes("/d/a", [&](SimulatedDisk& disk) { replace(disk, false); });
  EXPECT_TRUE(careless.contains(""));
}

// What a power cut may leave: "" for a folder, else the bytes, by path.
std::set<std::map<std::string, std::string>> Trees(
    const std::function<void(SimulatedDisk&)>& before) {
  std::set<std::map<std::string, std::string>> trees;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SimulatedDisk disk;
    before(disk);
    std::mt19937_64 rng(seed);
    std::mt19937_64 same(seed);
    const DiskTree foretold = disk.TreeAfterCrash(&rng);
    disk.Crash(same);
    EXPECT_EQ(foretold.folders, disk.Tree().folders);
    auto tree = foretold.files;
    for (const std::string& folder : foretold.folders) tree[folder] = "";
    trees.insert(std::move(tree));
  }
  return trees;
}

TEST(SimulatedDiskTest, AnExchangeOfFoldersIsLostOrKeptAsAWhole) {
  const std::map<std::string, std::string> before = {
      {"/d", ""}, {"/d/new", ""}, {"/d/old", ""}, {"/d/new/a", "new"}, {"/d/old/a", "old"}};
  const std::map<std::string, std::string> after = {
      {"/d", ""}, {"/d/new", ""}, {"/d/old", ""}, {"/d/old/a", "new"}, {"/d/new/a", "old"}};
  const auto exchange = [](SimulatedDisk& disk) {
    disk.Put("/d/new/a", "new");
    disk.Put("/d/old/a", "old");
    ASSERT_TRUE(disk.Exchange("/d/new", "/d/old"));
  };
  EXPECT_THAT(Trees(exchange), UnorderedElementsAre(before, after));
  EXPECT_THAT(Trees([&](SimulatedDisk& disk) {
                exchange(disk);
                ASSERT_TRUE(disk.SyncFolder("/d"));
              }),
              ElementsAre(after));
}

TEST(SimulatedDiskTest, WhatWasWrittenInAMovedFolderStaysWithIt) {
  const auto trees = Trees([](SimulatedDisk& disk) {
    disk.Put("/d/a/x", "x");
    ASSERT_TRUE(disk.Rename("/d/a", "/d/b"));
    auto file = disk.Open("/d/b/y", OpenMode::kCreate).value();
    ASSERT_TRUE(file->WriteAt(0, "y"));
    ASSERT_TRUE(file->Sync());
    ASSERT_TRUE(disk.SyncFolder("/d/b"));  // of the move it says nothing
  });
  EXPECT_THAT(trees, UnorderedElementsAre(
                         std::map<std::string, std::string>{
                             {"/d", ""}, {"/d/a", ""}, {"/d/a/x", "x"}, {"/d/a/y", "y"}},
                         std::map<std::string, std::string>{
                             {"/d", ""}, {"/d/b", ""}, {"/d/b/x", "x"}, {"/d/b/y", "y"}}));
}

TEST(SimulatedDiskTest, AnyPartOfARemovedFolderMayStay) {
  const auto remove = [](SimulatedDisk& disk) {
    disk.Put("/d/a/x", "x");
    disk.Put("/d/a/y", "y");
    ASSERT_TRUE(disk.RemoveFolder("/d/a"));
  };
  EXPECT_EQ(Trees(remove).size(), 5u) << "nothing, the folder, and with either file or both";
  EXPECT_THAT(Trees([&](SimulatedDisk& disk) {
                remove(disk);
                ASSERT_TRUE(disk.SyncFolder("/d"));
              }),
              ElementsAre(std::map<std::string, std::string>{{"/d", ""}}));
}

TEST(SimulatedDiskTest, KillKeepsWhatWasWrittenAndEndsTheProcess) {
  SimulatedDisk disk;
  ASSERT_TRUE(disk.MakeFolder("/d"));
  auto file = Make(disk, "/d/a");
  ASSERT_TRUE(file->WriteAt(0, "not synced"));
  disk.Kill();
  EXPECT_FALSE(file->WriteAt(0, "x"));
  EXPECT_FALSE(file->Sync());
  EXPECT_FALSE(file->ReadAt(0, 1));
  EXPECT_FALSE(file->Size());
  EXPECT_FALSE(disk.Open("/d/a", OpenMode::kRead));
  EXPECT_FALSE(disk.SyncFolder("/d"));
  disk.Restart();
  EXPECT_FALSE(file->WriteAt(0, "x")) << "its process is dead for ever";
  auto again = disk.Open("/d/a", OpenMode::kWrite).value();
  EXPECT_EQ(again->ReadAt(0, 100).value(), "not synced");
  EXPECT_EQ(disk.DurableCopyOf("/d/a").value(), "");
  ASSERT_TRUE(again->Sync());
  EXPECT_EQ(disk.DurableCopyOf("/d/a").value(), "not synced");
}

TEST(SimulatedDiskTest, WhatAFailedSyncLostNeedsANewFileAndANewWrite) {
  SimulatedDisk disk;
  ASSERT_TRUE(disk.MakeFolder("/d"));
  auto file = Make(disk, "/d/a");
  ASSERT_TRUE(file->WriteAt(0, Sectors(1, 'a') + Sectors(1, 'b')));
  bool fails = true;
  disk.SetHook([&](const DiskOperation& operation) {
    return operation.kind == DiskOperation::kSync && fails ? Verdict::kFailBefore : Verdict::kPass;
  });
  const Status failed = file->Sync();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().text, "cannot sync /d/a: Input/output error");
  fails = false;
  EXPECT_FALSE(file->Sync()) << "a second call must not say that all is well";
  auto again = disk.Open("/d/a", OpenMode::kWrite).value();
  ASSERT_TRUE(again->WriteAt(0, Sectors(1, 'a')));
  EXPECT_TRUE(again->Sync());
  EXPECT_EQ(disk.CopyOf("/d/a").value(), Sectors(1, 'a') + Sectors(1, 'b'));
  EXPECT_EQ(disk.DurableCopyOf("/d/a").value(), Sectors(1, 'a') + Sectors(1, '\0'));
  ASSERT_TRUE(again->WriteAt(kSectorBytes, Sectors(1, 'b')));
  EXPECT_TRUE(again->Sync());
  EXPECT_EQ(disk.DurableCopyOf("/d/a").value(), Sectors(1, 'a') + Sectors(1, 'b'));
}

TEST(SimulatedDiskTest, WhatASyncDidNotDoStaysDirtyWhenTheProcessDies) {
  for (const bool is_killed : {true, false}) {
    SimulatedDisk disk;
    disk.SetSyncErrorsLose(is_killed);
    disk.Put("/d/a", "");
    auto file = disk.Open("/d/a", OpenMode::kWrite).value();
    ASSERT_TRUE(file->WriteAt(0, Sectors(1, 'a')));
    ASSERT_TRUE(file->WriteAt(kSectorBytes, Sectors(1, 'b')));
    disk.SetHook([&](const DiskOperation&) {
      return is_killed ? Verdict::kKillPartly : Verdict::kFailPartly;
    });
    EXPECT_FALSE(file->Sync());
    EXPECT_EQ(disk.DurableCopyOf("/d/a").value(), Sectors(1, 'a'));
    disk.SetHook({});
    if (is_killed) disk.Restart();
    ASSERT_TRUE(disk.Open("/d/a", OpenMode::kWrite).value()->Sync());
    EXPECT_EQ(disk.DurableCopyOf("/d/a").value(), Sectors(1, 'a') + Sectors(1, 'b'));
  }
}

TEST(SimulatedDiskTest, ReadsBackWhatTheDeviceHas) {
  SimulatedDisk disk;
  ASSERT_TRUE(disk.MakeFolder("/d"));
  auto file = Make(disk, "/d/a");
  ASSERT_TRUE(file->WriteAt(0, std::string(4096, 'a')));
  ASSERT_TRUE(file->Sync());
  ASSERT_TRUE(file->WriteAt(0, std::string(4096, 'b')));
  EXPECT_EQ(file->ReadAt(0, 4096).value(), std::string(4096, 'b'));
  EXPECT_EQ(file->ReadBack(0, 4096).value(), std::string(4096, 'a'));
}

TEST(SimulatedDiskTest, AFullDiskTakesOverwritesOnly) {
  SimulatedDisk disk;
  ASSERT_TRUE(disk.MakeFolder("/d"));
  auto file = Make(disk, "/d/a");
  ASSERT_TRUE(file->WriteAt(0, "1234"));
  disk.SetFull(true);
  EXPECT_TRUE(file->WriteAt(0, "abcd"));
  const Status grown = file->WriteAt(2, "xyz");
  ASSERT_FALSE(grown);
  EXPECT_TRUE(SimulatedDisk::IsNoSpace(grown.error()));
  EXPECT_EQ(disk.CopyOf("/d/a").value(), "abxy") << "a short write";
  EXPECT_FALSE(file->Truncate(100));
  EXPECT_FALSE(disk.Open("/d/b", OpenMode::kCreate));
  disk.SetFull(false);
  EXPECT_TRUE(file->WriteAt(2, "xyz"));
}

// What a write of "abcd" over "...." leaves under a verdict.
std::string AfterWrite(Verdict verdict) {
  SimulatedDisk disk;
  disk.Put("/d/a", "....");
  auto file = disk.Open("/d/a", OpenMode::kWrite).value();
  disk.SetHook([&](const DiskOperation&) { return verdict; });
  EXPECT_EQ(file->WriteAt(0, "abcd").has_value(), verdict == Verdict::kPass);
  const bool is_kill = verdict == Verdict::kKillBefore || verdict == Verdict::kKillPartly ||
                       verdict == Verdict::kKillAfter;
  disk.SetHook({});
  EXPECT_NE(file->Size().has_value(), is_kill);
  return disk.CopyOf("/d/a").value();
}

TEST(SimulatedDiskTest, TheHookDecidesBeforeInTheMiddleAndAfter) {
  EXPECT_EQ(AfterWrite(Verdict::kPass), "abcd");
  for (const Verdict verdict : {Verdict::kFailBefore, Verdict::kNoSpace, Verdict::kKillBefore}) {
    EXPECT_EQ(AfterWrite(verdict), "....");
  }
  EXPECT_EQ(AfterWrite(Verdict::kFailPartly), "ab..");
  EXPECT_EQ(AfterWrite(Verdict::kKillPartly), "ab..");
  EXPECT_EQ(AfterWrite(Verdict::kFailAfter), "abcd");
  EXPECT_EQ(AfterWrite(Verdict::kKillAfter), "abcd");
}

TEST(SimulatedDiskTest, TheHookSeesEveryOperationAndMayKill) {
  SimulatedDisk disk;
  disk.Put("/d/a", "....");
  std::vector<std::string> seen;
  disk.SetHook([&](const DiskOperation& operation) {
    seen.push_back(fmt::format("{}/{} {} {}", operation.number, operation.change,
                               static_cast<int>(operation.kind), operation.path));
    if (operation.kind == DiskOperation::kRemove) disk.Kill();
    return Verdict::kPass;
  });
  {
    auto file = disk.Open("/d/b", OpenMode::kCreate).value();
    ASSERT_TRUE(file->WriteAt(0, "x"));
    ASSERT_TRUE(file->ReadAt(0, 1));
    ASSERT_TRUE(file->Sync());
  }
  ASSERT_TRUE(disk.Rename("/d/b", "/d/c"));
  EXPECT_FALSE(disk.Remove("/d/c"));
  EXPECT_THAT(seen, ElementsAre("1/1 3 /d/b", "2/2 4 /d/b", "3/0 1 /d/b", "4/3 5 /d/b",
                                "5/4 9 /d/b", "6/5 10 /d/c"));
  EXPECT_THAT(disk.AllFiles(), ElementsAre("/d/a", "/d/c"));
}

TEST(SimulatedDiskTest, AHangingDeviceWaitsForItsRelease) {
  SimulatedDisk disk;
  ASSERT_TRUE(disk.MakeFolder("/d"));
  auto file = Make(disk, "/d/a");
  disk.SetHook([](const DiskOperation& operation) {
    return operation.kind == DiskOperation::kSync ? Verdict::kHang : Verdict::kPass;
  });
  EXPECT_FALSE(disk.WaitForHanging(1, 0));
  Status first;
  std::thread released([&] { first = file->Sync(); });
  EXPECT_TRUE(disk.WaitForHanging(1, 10'000));
  EXPECT_TRUE(disk.Open("/d/a", OpenMode::kRead)) << "the others go on";
  disk.Release();
  released.join();
  EXPECT_TRUE(first);
  Status second;
  std::thread killed([&] { second = file->Sync(); });
  EXPECT_TRUE(disk.WaitForHanging(1, 10'000));
  disk.Kill();
  killed.join();
  EXPECT_FALSE(second);
}

TEST(SimulatedDiskTest, CountsSyncsByPath) {
  SimulatedDisk disk;
  ASSERT_TRUE(disk.MakeFolder("/d"));
  auto file = Make(disk, "/d/a");
  ASSERT_TRUE(file->Sync());
  ASSERT_TRUE(file->Sync());
  EXPECT_EQ(disk.SyncCount("/d/a"), 2);
  EXPECT_EQ(disk.SyncCount("/d/"), 1);
  disk.ResetSyncCounts();
  EXPECT_THAT(disk.SyncCounts(), IsEmpty());
}

TEST(SimulatedDiskTest, FilesComeAndGoBehindTheProcess) {
  SimulatedDisk disk;
  disk.Put("/d/e/a", "one");
  disk.Put("/d/b", "two");
  EXPECT_THAT(disk.AllFiles(), ElementsAre("/d/b", "/d/e/a"));
  EXPECT_EQ(disk.Open("/d/e/a", OpenMode::kRead).value()->ReadAt(0, 10).value(), "one");
  EXPECT_EQ(disk.Snapshot().at("/d/b"), "two");
  disk.Lose("/d/e");
  EXPECT_THAT(disk.AllFiles(), ElementsAre("/d/b"));
  EXPECT_EQ(disk.List("/d").value(), std::vector<std::string>{"b"});
  std::mt19937_64 rng(1);
  disk.Crash(rng);
  EXPECT_EQ(disk.CopyOf("/d/b").value(), "two");
}

}  // namespace
}  // namespace oubli::storage
