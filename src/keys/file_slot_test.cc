#include "keys/file_slot.h"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <random>

#include "base/text.h"
#include "crypto/checksum.h"
#include "crypto/random.h"
#include "storage/testing/simulated_disk.h"

namespace oubli::keys {
namespace {

using storage::DiskOperation;
using storage::SimulatedDisk;
using storage::Verdict;

constexpr size_t kBlock = 4096;
constexpr size_t kSector = 512;
const std::string kStore = "0123456789abcdef";
const std::string kOtherStore = "fedcba9876543210";
const std::string kSlotFolder = "/mnt/a/roots";
const std::string kSlotPath = kSlotFolder + "/30313233343536373839616263646566.root";

RootCell RandomCell(int64_t generation) {
  return {crypto::RandomBytes(kLineageSize), generation, crypto::Key::Random()};
}

bool Same(const std::optional<RootCell>& a, const RootCell& b) {
  return a && a->lineage == b.lineage && a->generation == b.generation &&
         a->root.view() == b.root.view();
}

bool Holds(std::string_view bytes, const RootCell& cell) {
  return bytes.find(cell.root.view()) != std::string_view::npos;
}

class FileSlotTest : public testing::Test {
 protected:
  void SetUp() override {
    crypto::Initialize();
    ASSERT_TRUE(slot_.SetUp());
  }
  void Reseal(std::string& bytes, size_t block) {
    const std::string_view covered(bytes.data() + block, kBlock - crypto::kChecksumSize);
    bytes.replace(block + covered.size(), crypto::kChecksumSize, crypto::Checksum(covered));
  }
  // A slot as the next process has it.
  FileSlot Reopened() { return FileSlot(disk_, kSlotFolder); }

  SimulatedDisk disk_;
  FileSlot slot_{disk_, kSlotFolder};
};

TEST_F(FileSlotTest, ASlotThatWasNeverSetUpIsNotMadeByUse) {
  FileSlot fresh(disk_, "/mnt/b");
  EXPECT_EQ(fresh.Id().error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(fresh.Read(kStore).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(fresh.Write(kStore, RandomCell(1)).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(fresh.Forget(kStore).error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(fresh.Read(kStore).error().text.find("/mnt/b"), std::string::npos);
  EXPECT_EQ(disk_.AllFiles(), std::vector<std::string>{kSlotFolder + "/slot.id"});
}

TEST_F(FileSlotTest, SettingUpIsDurableAndKeepsTheId) {
  const std::string id = slot_.Id().value();
  EXPECT_EQ(id.size(), 32u);
  ASSERT_TRUE(slot_.SetUp());
  ASSERT_TRUE(Reopened().SetUp());
  std::mt19937_64 rng(1);
  disk_.Crash(rng);
  disk_.Restart();
  EXPECT_EQ(Reopened().Id().value(), id);
  FileSlot other(disk_, "/mnt/b");
  ASSERT_TRUE(other.SetUp());
  EXPECT_NE(other.Id().value(), id);
}

TEST_F(FileSlotTest, ADamagedOrNewerIdIsRefused) {
  const std::string good = disk_.CopyOf(kSlotFolder + "/slot.id").value();
  for (const std::string& bad :
       {std::string(), good.substr(0, 40), good + "x", "oubli root slot 2 " + good.substr(18)}) {
    disk_.Put(kSlotFolder + "/slot.id", bad);
    EXPECT_EQ(Reopened().Id().error().kind, ErrorKind::kCorrupt) << bad;
    EXPECT_EQ(Reopened().SetUp().error().kind, ErrorKind::kCorrupt) << bad;
    EXPECT_EQ(Reopened().Write(kStore, RandomCell(1)).error().kind, ErrorKind::kCorrupt) << bad;
  }
}

TEST_F(FileSlotTest, HoldsTwoGenerationsAStore) {
  EXPECT_EQ(slot_.Read(kStore).error().kind, ErrorKind::kNotFound);
  const RootCell one = RandomCell(1);
  const RootCell two = RandomCell(2);
  const RootCell three = RandomCell(3);
  const RootCell other = RandomCell(1);
  ASSERT_TRUE(slot_.Write(kStore, one));
  EXPECT_FALSE(slot_.Read(kStore).value()[0]);
  ASSERT_TRUE(slot_.Write(kStore, two));
  ASSERT_TRUE(slot_.Write(kOtherStore, other));
  EXPECT_TRUE(Same(Reopened().Read(kStore).value()[1], one));
  ASSERT_TRUE(slot_.Write(kStore, three));
  const RootCells cells = Reopened().Read(kStore).value();
  EXPECT_TRUE(Same(cells[0], two));
  EXPECT_TRUE(Same(cells[1], three));
  EXPECT_TRUE(Same(slot_.Read(kOtherStore).value()[1], other));
  EXPECT_FALSE(Holds(disk_.CopyOf(kSlotPath).value(), one));
}

TEST_F(FileSlotTest, WritesTheBytesThatItsHeaderTells) {
  RootCell cell = RandomCell(0x0102030405060708);
  ASSERT_TRUE(slot_.Write(kStore, cell));
  std::string block = "OUBLROOT";
  block += std::string("\1\0\0\0\0\0\0\0", 8) + kStore + cell.lineage;
  block += std::string("\x08\7\6\5\4\3\2\1\0\0\0\0\0\0\0\0", 16) + std::string(cell.root.view());
  block.resize(4064, '\0');
  block += crypto::Checksum(block);
  EXPECT_EQ(disk_.CopyOf(kSlotPath).value(), block + std::string(kBlock, '\0'));
  EXPECT_EQ(disk_.CopyOf(kSlotFolder + "/slot.id").value(),
            "oubli root slot 1 " + slot_.Id().value() + "\n");
}

TEST_F(FileSlotTest, ATornCellIsEmptyAndTheOtherStaysGood) {
  for (const int64_t generation : {3, 4}) {
    const RootCell old = RandomCell(generation - 2);
    const RootCell other = RandomCell(generation - 1);
    ASSERT_TRUE(slot_.Write(kStore, old));
    ASSERT_TRUE(slot_.Write(kStore, other));
    const std::string before = disk_.CopyOf(kSlotPath).value();
    const RootCell fresh = RandomCell(generation);
    ASSERT_TRUE(slot_.Write(kStore, fresh));
    const std::string after = disk_.CopyOf(kSlotPath).value();
    const size_t start = CellOf(generation) * kBlock;
    for (size_t cut = 0; cut <= kBlock; cut += kSector) {
      disk_.Put(kSlotPath,
                before.substr(0, start) + after.substr(start, cut) + before.substr(start + cut));
      const RootCells cells = slot_.Read(kStore).value();
      EXPECT_TRUE(Same(cells[CellOf(generation - 1)], other)) << cut;
      const std::optional<RootCell>& cell = cells[CellOf(generation)];
      if (cut == 0) {
        EXPECT_TRUE(Same(cell, old));
      } else if (cut == kBlock) {
        EXPECT_TRUE(Same(cell, fresh));
      } else {
        EXPECT_FALSE(cell) << cut;
      }
      const RootCell repair = RandomCell(generation);
      ASSERT_TRUE(slot_.Write(kStore, repair)) << cut;
      EXPECT_TRUE(Same(slot_.Read(kStore).value()[CellOf(generation)], repair)) << cut;
    }
  }
}

TEST_F(FileSlotTest, NoDamagedByteAndNoMissingEndPassesForACell) {
  ASSERT_TRUE(slot_.Write(kStore, RandomCell(1)));
  const RootCell two = RandomCell(2);
  ASSERT_TRUE(slot_.Write(kStore, two));
  const std::string good = disk_.CopyOf(kSlotPath).value();
  for (size_t i = 0; i < kBlock; i += i < 128 || i >= 4060 ? 1 : 61) {
    std::string bad = good;
    bad[kBlock + i] = static_cast<char>(bad[kBlock + i] ^ 4);
    disk_.Put(kSlotPath, bad);
    const RootCells cells = slot_.Read(kStore).value();
    EXPECT_TRUE(Same(cells[0], two)) << i;
    EXPECT_FALSE(cells[1]) << i;
  }
  for (const size_t size : {size_t{0}, size_t{100}, kBlock - 1, kBlock, 2 * kBlock - 1}) {
    disk_.Put(kSlotPath, good.substr(0, size));
    const RootCells cells = slot_.Read(kStore).value();
    EXPECT_EQ(cells[0].has_value(), size >= kBlock) << size;
    EXPECT_FALSE(cells[1]) << size;
    ASSERT_TRUE(slot_.Write(kStore, RandomCell(3)));
    EXPECT_EQ(disk_.CopyOf(kSlotPath).value().size(), 2 * kBlock);
    EXPECT_EQ(slot_.Read(kStore).value()[0].has_value(), size >= kBlock) << size;
  }
}

TEST_F(FileSlotTest, ACellOfAnotherStoreIsNotReadAndNotOverwritten) {
  ASSERT_TRUE(slot_.Write(kOtherStore, RandomCell(1)));
  ASSERT_TRUE(slot_.Write(kOtherStore, RandomCell(2)));
  const std::string foreign =
      disk_.CopyOf(kSlotFolder + "/66656463626139383736353433323130.root").value();
  disk_.Put(kSlotPath, foreign);
  const RootCells cells = slot_.Read(kStore).value();
  EXPECT_FALSE(cells[0] || cells[1]);
  EXPECT_EQ(slot_.Write(kStore, RandomCell(3)).error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(slot_.Forget(kStore).error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(disk_.CopyOf(kSlotPath).value(), foreign);
}

TEST_F(FileSlotTest, ANewerVersionIsRefusedAndNotOverwritten) {
  ASSERT_TRUE(slot_.Write(kStore, RandomCell(1)));
  std::string newer = disk_.CopyOf(kSlotPath).value();
  newer[kBlock + 8] = 2;
  disk_.Put(kSlotPath, newer);
  // Damage, not a version, as long as the checksum does not say so too.
  EXPECT_FALSE(slot_.Read(kStore).value()[1]);
  Reseal(newer, kBlock);
  disk_.Put(kSlotPath, newer);
  const Error error = slot_.Read(kStore).error();
  EXPECT_EQ(error.kind, ErrorKind::kCorrupt);
  EXPECT_NE(error.text.find("newer version of Oubli"), std::string::npos);
  EXPECT_EQ(slot_.Write(kStore, RandomCell(3)).error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(slot_.Forget(kStore).error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(disk_.CopyOf(kSlotPath).value(), newer);
}

TEST_F(FileSlotTest, ACellInThePlaceOfTheOtherIsEmpty) {
  ASSERT_TRUE(slot_.Write(kStore, RandomCell(2)));
  const std::string block = disk_.CopyOf(kSlotPath).value().substr(0, kBlock);
  disk_.Put(kSlotPath, block + block);
  const RootCells cells = slot_.Read(kStore).value();
  EXPECT_TRUE(cells[0]);
  EXPECT_FALSE(cells[1]);
}

TEST_F(FileSlotTest, WhatCannotBeACellIsRefused) {
  RootCell cell = RandomCell(1);
  EXPECT_EQ(slot_.Write("short", cell).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(slot_.Read("").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(slot_.Forget(kStore + "x").error().kind, ErrorKind::kInvalid);
  cell.generation = 0;
  EXPECT_EQ(slot_.Write(kStore, cell).error().kind, ErrorKind::kInvalid);
  cell.generation = 1;
  cell.lineage += "x";
  EXPECT_EQ(slot_.Write(kStore, cell).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(slot_.Read(kStore).error().kind, ErrorKind::kNotFound);
}

TEST_F(FileSlotTest, ForgettingOverwritesDurablyBeforeTheFileGoes) {
  const RootCell one = RandomCell(1);
  const RootCell two = RandomCell(2);
  ASSERT_TRUE(slot_.Write(kStore, one));
  ASSERT_TRUE(slot_.Write(kStore, two));
  ASSERT_TRUE(slot_.Write(kOtherStore, one));
  std::string at_removal = "the file was not removed";
  disk_.SetHook([&](const DiskOperation& operation) {
    if (operation.kind == DiskOperation::kRemove) {
      at_removal = disk_.DurableCopyOf(operation.path).value();
    }
    return Verdict::kPass;
  });
  ASSERT_TRUE(slot_.Forget(kStore));
  disk_.SetHook({});
  EXPECT_EQ(at_removal, std::string(2 * kBlock, '\0'));
  EXPECT_EQ(slot_.Read(kStore).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(slot_.Forget(kStore));
  EXPECT_TRUE(Same(slot_.Read(kOtherStore).value()[1], one));
  EXPECT_FALSE(disk_.DurableCopyOf(kSlotPath));
  // Its name is made durable anew.
  ASSERT_TRUE(slot_.Write(kStore, two));
  EXPECT_TRUE(disk_.DurableCopyOf(kSlotPath));
}

TEST_F(FileSlotTest, OneSyncAWriteAndOneForAFreshName) {
  disk_.ResetSyncCounts();
  ASSERT_TRUE(slot_.Write(kStore, RandomCell(1)));
  EXPECT_EQ(disk_.SyncCounts(), (std::map<std::string, int64_t>{{kSlotFolder, 1}, {kSlotPath, 1}}));
  disk_.ResetSyncCounts();
  ASSERT_TRUE(slot_.Write(kStore, RandomCell(2)));
  EXPECT_EQ(disk_.SyncCounts(), (std::map<std::string, int64_t>{{kSlotPath, 1}}));
}

TEST_F(FileSlotTest, AWriteIsReadBackAndCompared) {
  ASSERT_TRUE(slot_.Write(kStore, RandomCell(1)));
  bool synced = false;
  disk_.SetHook([&](const DiskOperation& operation) {
    if (operation.path != kSlotPath) return Verdict::kPass;
    if (operation.kind == DiskOperation::kSync) synced = true;
    if (synced && operation.kind == DiskOperation::kRead) {
      std::string rotten = disk_.CopyOf(kSlotPath).value();
      rotten[kBlock - 1] = static_cast<char>(rotten[kBlock - 1] ^ 1);
      disk_.Put(kSlotPath, rotten);
    }
    return Verdict::kPass;
  });
  EXPECT_EQ(slot_.Write(kStore, RandomCell(2)).error().kind, ErrorKind::kUnavailable);
  disk_.SetHook({});
  EXPECT_TRUE(synced);
  EXPECT_TRUE(slot_.Write(kStore, RandomCell(2)));
}

// Each operation of a write fails, is cut off or is the last of its process; then the power is cut.
TEST_F(FileSlotTest, SuccessIsDurableAndNoFaultTouchesTheOtherCell) {
  int64_t failures = 0;
  for (const Verdict verdict :
       {Verdict::kFailBefore, Verdict::kFailPartly, Verdict::kFailAfter, Verdict::kNoSpace,
        Verdict::kKillBefore, Verdict::kKillPartly, Verdict::kKillAfter}) {
    for (int64_t fault = 1; fault <= 12; ++fault) {
      for (uint64_t seed = 1; seed <= 6; ++seed) {
        SCOPED_TRACE(fmt::format("verdict {}, operation {}, seed {}", static_cast<int>(verdict),
                                 fault, seed));
        std::mt19937_64 rng(seed);
        SimulatedDisk disk;
        const RootCell other = RandomCell(1);
        const RootCell fresh = RandomCell(2);
        const bool is_new = seed % 3 == 0;
        {
          FileSlot slot(disk, kSlotFolder);
          ASSERT_TRUE(slot.SetUp());
          ASSERT_TRUE(is_new || slot.Write(kStore, other));
          int64_t count = 0;
          disk.SetHook(
              [&](const DiskOperation&) { return ++count == fault ? verdict : Verdict::kPass; });
          Status written = slot.Write(kStore, fresh);
          disk.SetHook({});
          if (!written) {
            ++failures;
            EXPECT_FALSE(Holds(written.error().text, fresh));
            EXPECT_NE(written.error().kind, ErrorKind::kNotFound);
            const bool is_alive = verdict <= Verdict::kNoSpace;
            if (seed % 2 == 0 && is_alive) written = slot.Write(kStore, fresh);
          }
          disk.Crash(rng);
          disk.Restart();
          FileSlot next(disk, kSlotFolder);
          const Result<RootCells> cells = next.Read(kStore);
          EXPECT_TRUE(is_new || (cells && Same((*cells)[1], other)));
          EXPECT_TRUE(!written || (cells && Same((*cells)[0], fresh)));
          EXPECT_TRUE(!cells || !(*cells)[0] || Same((*cells)[0], fresh));
          const RootCell again = RandomCell(4);
          ASSERT_TRUE(next.Write(kStore, again));
          disk.Crash(rng);
          disk.Restart();
          EXPECT_TRUE(Same(FileSlot(disk, kSlotFolder).Read(kStore).value()[0], again));
        }
      }
    }
  }
  EXPECT_GT(failures, 200);
}

// The name is readable, but not durable, when a process dies before it has synced the folder.
TEST_F(FileSlotTest, TheNextProcessMakesANameDurableThatItFinds) {
  disk_.SetHook([&](const DiskOperation& operation) {
    return operation.kind == DiskOperation::kSyncFolder ? Verdict::kKillBefore : Verdict::kPass;
  });
  EXPECT_FALSE(slot_.Write(kStore, RandomCell(1)));
  disk_.SetHook({});
  disk_.Restart();
  ASSERT_TRUE(disk_.CopyOf(kSlotPath));
  ASSERT_FALSE(disk_.DurableCopyOf(kSlotPath));
  FileSlot next = Reopened();
  ASSERT_TRUE(next.Write(kStore, RandomCell(1)));
  EXPECT_TRUE(disk_.DurableCopyOf(kSlotPath));
}

TEST_F(FileSlotTest, ADiskThatIsUnmountedOrExchangedIsNoticed) {
  ASSERT_TRUE(slot_.Write(kStore, RandomCell(1)));
  const std::string id_path = kSlotFolder + "/slot.id";
  const std::string id = disk_.CopyOf(id_path).value();
  disk_.Lose(kSlotFolder);
  EXPECT_EQ(slot_.Write(kStore, RandomCell(2)).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(slot_.Read(kStore).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(slot_.SetUp().error().kind, ErrorKind::kUnavailable);
  EXPECT_TRUE(disk_.AllFiles().empty());
  disk_.Put(id_path, "oubli root slot 1 " + std::string(32, 'a') + "\n");
  EXPECT_EQ(slot_.Write(kStore, RandomCell(2)).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(slot_.Id().error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(disk_.AllFiles(), std::vector<std::string>{id_path});
  disk_.Put(id_path, id);
  EXPECT_EQ(slot_.Read(kStore).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(slot_.Write(kStore, RandomCell(2)));
}

TEST_F(FileSlotTest, AFullDiskStillLetsOldRootsBeOverwritten) {
  ASSERT_TRUE(slot_.Write(kStore, RandomCell(1)));
  disk_.SetFull(true);
  EXPECT_TRUE(slot_.Write(kStore, RandomCell(2)));
  EXPECT_TRUE(slot_.Write(kStore, RandomCell(3)));
  EXPECT_EQ(slot_.Write(kOtherStore, RandomCell(1)).error().kind, ErrorKind::kUnavailable);
  EXPECT_TRUE(slot_.Forget(kStore));
}

TEST_F(FileSlotTest, WorksOnARealFolder) {
  std::string base = testing::TempDir() + "oubli-slot-XXXXXX";
  ASSERT_NE(mkdtemp(base.data()), nullptr);
  const std::string folder = base + "/roots";
  FileSlot slot(storage::SystemFiles(), folder);
  EXPECT_EQ(slot.Id().error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(slot.SetUp());
  for (int64_t generation = 1; generation <= 5; ++generation) {
    const RootCell cell = RandomCell(generation);
    ASSERT_TRUE(slot.Write(kStore, cell));
    FileSlot next(storage::SystemFiles(), folder);
    EXPECT_TRUE(Same(next.Read(kStore).value()[CellOf(generation)], cell));
  }
  const std::filesystem::path path = folder + "/30313233343536373839616263646566.root";
  EXPECT_EQ(std::filesystem::file_size(path), 2 * kBlock);
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(std::filesystem::status(folder).permissions(), std::filesystem::perms(0700));
  ASSERT_TRUE(slot.Forget(kStore));
  EXPECT_FALSE(std::filesystem::exists(path));
  std::filesystem::remove_all(base);
}

}  // namespace
}  // namespace oubli::keys
