// For the tests of restores: BackupFixture, and what they ask of slots and refusals.
#pragma once

#include <gmock/gmock.h>

#include "backup/backup_fixture.h"
#include "keys/file_slot.h"

namespace oubli::backup {

using People = std::map<int64_t, std::string>;

class RestoreTest : public BackupFixture {
 protected:
  std::string Identity() {
    return FindSet(storage::SystemFiles(), to_).value().manifest.stores.at(0).identity;
  }
  std::string SlotFile(int slot) {
    for (const auto& entry :
         std::filesystem::directory_iterator(data_dir_ + ".roots/" + std::to_string(slot))) {
      if (entry.path().extension() == ".root") return entry.path().string();
    }
    return "";
  }
  // Two customers, and a backup of both.
  struct BackedUp {
    int64_t ann = 0;
    int64_t bob = 0;
    std::string set;
  };
  BackedUp BackUpAnnAndBob() {
    BackedUp made{Create("ann"), Create("bob"), {}};
    made.set = BackUp();
    return made;
  }
  // Of the disks of the data folder, and of its own journal too, nothing is left but an empty data
  // folder. REQUIRES: closed.
  void LoseData() {
    std::filesystem::remove_all(data_dir_);
    std::filesystem::create_directories(data_dir_);
  }
  void LoseDataAndItsJournal() {
    LoseData();
    std::filesystem::remove_all(data_dir_ + ".journal");
  }
  // What the slots hold of the store, by number of the slot and of the cell.
  std::vector<keys::RootCells> Cells() {
    std::vector<keys::RootCells> cells;
    for (const char* name : {".roots/1", ".roots/2"}) {
      keys::FileSlot slot(storage::SystemFiles(), data_dir_ + name);
      cells.push_back(slot.Read(Identity()).value());
    }
    return cells;
  }
  void ExpectRefused(const std::string& from, ErrorKind kind, const std::string& words,
                     RestoreOptions options = {}) {
    const size_t set_aside = Siblings(".before-restore-").size();
    const auto refused = RestoreFrom(from, std::move(options));
    ASSERT_FALSE(refused) << "restored though " << words;
    EXPECT_EQ(refused.error().kind, kind) << refused.error().text;
    EXPECT_THAT(refused.error().text, ::testing::HasSubstr(words));
    EXPECT_TRUE(Siblings(".restoring-").empty());
    EXPECT_EQ(Siblings(".before-restore-").size(), set_aside);
  }
  void MustRestore(const std::string& from, RestoreOptions options = {}) {
    const auto restored = RestoreFrom(from, std::move(options));
    ASSERT_TRUE(restored) << restored.error().text;
    EXPECT_THAT(restored->unfinished, ::testing::IsEmpty());
  }
};

}  // namespace oubli::backup
