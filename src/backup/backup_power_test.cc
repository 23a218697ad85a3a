// Backups to a disk that fills up, and kills and power cuts at every operation of one: earlier sets
// stay, a half-made one is never taken for one, and the store goes on.
#include "backup/power_fixture.h"

namespace oubli::backup {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class BackupPowerTest : public PowerFixture {
 protected:
  void SetUp() override {
    ann_ = Create("ann");
    Create("bob");
    Close();
    StartMirror();
    Open();
  }
  // From the operation of that number on (0: the first) that needs room below the backup folder,
  // none of them gets any. Other disks have room.
  void FillUpAt(int number) {
    room_ = number;
    disk_.SetHook([this](const storage::DiskOperation& operation) {
      return NeedsRoom(operation) && room_-- <= 0 ? storage::Verdict::kNoSpace
                                                  : storage::Verdict::kPass;
    });
  }
  bool NeedsRoom(const storage::DiskOperation& operation) const {
    if (!operation.path.starts_with(to_ + "/")) return false;
    switch (operation.kind) {
      case storage::DiskOperation::kMakeFolder:
        return !fs::exists(operation.path);
      case storage::DiskOperation::kCreate:
        // A database's own file is made by a call of the system's that no seam sees, and what
        // SQLite makes beside it has no bytes yet.
        return operation.path.find(".db") == std::string::npos;
      case storage::DiskOperation::kWrite:
        return operation.offset + operation.size >
               static_cast<int64_t>(disk_.CopyOf(operation.path).value_or("").size());
      default:
        return false;
    }
  }
  void ExpectNoSpace(const Result<std::string>& backup) {
    ASSERT_FALSE(backup);
    EXPECT_EQ(backup.error().kind, ErrorKind::kUnavailable) << backup.error().text;
    EXPECT_THAT(backup.error().text,
                AnyOf(HasSubstr("No space left on device"), HasSubstr("disk is full")));
  }
  std::vector<std::string> Unfinished() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(to_)) {
      if (entry.path().extension() == ".partial") found.push_back(entry.path().string());
    }
    return found;
  }
  // The newest set, which is whole.
  std::string NewestSet() {
    const auto set = FindSet(*system_, to_);
    EXPECT_TRUE(set) << set.error().text;
    if (!set) return "";
    const Status whole = VerifySet(*system_, *set);
    EXPECT_TRUE(whole) << whole.error().text;
    return set->path;
  }
  std::atomic<int> room_ = 0;
  int64_t ann_ = 0;
};

TEST_F(BackupPowerTest, AFullDiskEndsTheBackupAndNothingElse) {
  const std::string earlier = BackUp();
  People living = Living();
  int number = 0;
  for (;; ++number) {
    SCOPED_TRACE(testing::Message() << "full from operation " << number << " on");
    clock_.Advance(1000);
    FillUpAt(number);
    const auto backup = TryBackUp(to_);
    if (backup) break;
    ExpectNoSpace(backup);
    EXPECT_EQ(NewestSet(), earlier);
    EXPECT_THAT(Unfinished(), testing::IsEmpty()) << "it gives the room back";
    const std::string name = "c" + std::to_string(number);
    living[Create(name)] = name;
    EXPECT_EQ(Living(), living);
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(number, 20) << "a set takes more pieces than that";
  // The journal there is a place that erasures wait for; it has some room put by.
  FillUpAt(0);
  Status erased;
  for (int tries = 0; tries < 1000 && erased; ++tries) erased = Erase({Create("guest")});
  ASSERT_FALSE(erased) << "the journal needs no room";
  EXPECT_EQ(erased.error().kind, ErrorKind::kUnavailable);
  living[Create("late")] = "late";
  disk_.SetHook({});
  EXPECT_TRUE(EraseInTheEnd(ann_));
  living.erase(ann_);
  EXPECT_EQ(Living(), living);
  const std::string last = BackUp();
  EXPECT_EQ(NewestSet(), last);
  EXPECT_TRUE(fs::exists(earlier + "/manifest.json"));
  Close();
  MustRestore(last);
  Open();
  EXPECT_EQ(Living(), living);
}

TEST_F(BackupPowerTest, AFullDiskForTheFirstBackupLeavesErasuresAlone) {
  for (const int number : {0, 1, 2, 4, 8, 16}) {
    SCOPED_TRACE(testing::Message() << "full from operation " << number << " on");
    FillUpAt(number);
    ExpectNoSpace(TryBackUp(to_));
    EXPECT_EQ(FindSet(*system_, to_).error().kind, ErrorKind::kNotFound);
    const Status erased = Erase({Create("c" + std::to_string(number))});
    EXPECT_TRUE(erased) << erased.error().text;
  }
  disk_.SetHook({});
  const std::string first = BackUp();
  EXPECT_EQ(NewestSet(), first);
}

TEST_F(BackupPowerTest, AHalfMadeSetIsNoneAndGoesWithTheNextBackup) {
  const std::string earlier = BackUp();
  const People living = Living();
  clock_.Advance(1000);
  Watch();
  const auto backup = TryBackUp(to_);
  phase_ = 1;  // answered
  StopWatching();
  Close();
  ASSERT_TRUE(backup) << backup.error().text;
  int earlier_ones = 0;
  int half_made = 0;
  for (const Left& left : TakeLeft()) {
    SCOPED_TRACE(left.where);
    GoTo(left);
    const std::string found = NewestSet();
    EXPECT_TRUE(found == *backup || (found == earlier && left.phase == 0)) << found;
    earlier_ones += found == earlier ? 1 : 0;
    half_made += Unfinished().empty() ? 0 : 1;
    Open();
    EXPECT_EQ(Living(), living);
    clock_.Advance(1000);
    const auto next = TryBackUp(to_);
    EXPECT_TRUE(next) << next.error().text;
    EXPECT_THAT(Unfinished(), testing::IsEmpty());
    EXPECT_TRUE(EraseInTheEnd(ann_));
    Close();
    // What was found serves, with the journal as it is by now.
    MustRestore(found);
    EXPECT_EQ(report().living, 1);
    EXPECT_EQ(report().removed, 1);
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(earlier_ones, 20);
  EXPECT_GT(half_made, 20);
}

}  // namespace
}  // namespace oubli::backup
