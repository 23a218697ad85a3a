#include "access/key_custody.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "crypto/random.h"

namespace oubli::access {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class KeyCustodyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    crypto::Initialize();
    std::string folder = ::testing::TempDir() + "oubli-custody-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = fs::canonical(folder);
    data_dir_ = folder_ / "data";
    file_ = ServerFile::Open(data_dir_).value();
  }
  void TearDown() override {
    file_.reset();
    fs::remove_all(folder_);
  }

  Result<std::unique_ptr<KeyCustody>> Open(const KeyCustodyOptions& options = {}) {
    return KeyCustody::Open(*file_, data_dir_, clock_, options);
  }
  std::string In(const std::string& name) const { return folder_ / name; }
  // " slot 1 slot - journal data.journal": a dash for each that is missing.
  static std::string Summary(const KeyCustody& custody) {
    std::string text;
    for (const KeyPlaceKind kind : {KeyPlaceKind::kSlot, KeyPlaceKind::kJournal}) {
      for (const KeyPlace& place : custody.List()) {
        if (place.kind != kind) continue;
        text += kind == KeyPlaceKind::kSlot ? " slot " : " journal ";
        text += place.in_use ? fs::path(place.path).filename().string() : "-";
      }
    }
    return text;
  }
  static std::string IdOf(const KeyCustody& custody, const std::string& path) {
    for (const KeyPlace& place : custody.List()) {
      if (place.path == path) return place.id;
    }
    return "";
  }

  fs::path folder_;
  fs::path data_dir_;
  ManualClock clock_{1'700'000'000'000};
  std::unique_ptr<ServerFile> file_;
};

TEST_F(KeyCustodyTest, TwoSlotsAndAJournalLieBesideTheDataFolder) {
  {
    const auto custody = Open().value();
    EXPECT_EQ(Summary(*custody), " slot 1 slot 2 journal data.journal");
    EXPECT_TRUE(fs::exists(folder_ / "data.roots/1/slot.id"));
    EXPECT_TRUE(fs::exists(folder_ / "data.roots/2/slot.id"));
    EXPECT_TRUE(custody->places().erasing_allowed());
    EXPECT_EQ(custody->places().slots->size(), 2U);
  }
  EXPECT_EQ(Summary(*Open().value()), " slot 1 slot 2 journal data.journal");
}

TEST_F(KeyCustodyTest, OneFolderGetsTwoSlotsAndTwoGetOneEach) {
  EXPECT_EQ(Open({.roots = {In("one")}}).value()->places().slots->name(1), In("one/2"));
  EXPECT_EQ(Open({.roots = {In("one")}}).value()->places().slots->size(), 2U);
  const auto two = Open({.roots = {In("a"), In("b")}}).value();
  EXPECT_EQ(two->places().slots->size(), 2U);
  // Those of before are known, not named any more, and perhaps hold a root.
  EXPECT_FALSE(two->places().erasing_allowed());
}

TEST_F(KeyCustodyTest, FoldersThatACopyWouldTakeAlongAreRefused) {
  for (const std::string& root : {In("data/roots"), In("data"), In(".")}) {
    const auto refused = Open({.roots = {root}});
    ASSERT_FALSE(refused) << root;
    EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(refused.error().text, HasSubstr("lies inside"));
  }
  EXPECT_EQ(Open({.roots = {In("a"), In("a")}}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(Open({.roots = {In("a")}, .journal = In("data/j")}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(Open({.roots = {In("b")}, .journal = In("b/1/j")}).error().kind, ErrorKind::kInvalid);
}

TEST_F(KeyCustodyTest, AMissingSlotForbidsErasingUntilItIsBackOrRetired) {
  Open().value();
  fs::rename(folder_ / "data.roots/2", folder_ / "away");
  fs::create_directory(folder_ / "data.roots/2");  // as where a disk is not mounted
  {
    const auto custody = Open().value();
    EXPECT_EQ(Summary(*custody), " slot 1 slot - journal data.journal");
    const Status allowed = custody->places().erasing_allowed();
    ASSERT_FALSE(allowed);
    EXPECT_EQ(allowed.error().kind, ErrorKind::kUnavailable);
    EXPECT_THAT(allowed.error().text, HasSubstr(In("data.roots/2")));
    EXPECT_TRUE(fs::is_empty(folder_ / "data.roots/2"));  // never taken for a new one
  }
  fs::remove(folder_ / "data.roots/2");
  fs::rename(folder_ / "away", folder_ / "data.roots/2");
  EXPECT_TRUE(Open().value()->places().erasing_allowed());
  fs::remove_all(folder_ / "data.roots/2");
  {
    const auto custody = Open().value();
    EXPECT_FALSE(custody->places().erasing_allowed());
    ASSERT_TRUE(custody->Retire(IdOf(*custody, In("data.roots/2"))));
    EXPECT_TRUE(custody->places().erasing_allowed());
    EXPECT_EQ(Summary(*custody), " slot 1 journal data.journal");
  }
  EXPECT_EQ(Summary(*Open().value()), " slot 1 journal data.journal");
}

TEST_F(KeyCustodyTest, WithoutAnySlotNothingOpens) {
  Open().value();
  fs::remove_all(folder_ / "data.roots");
  const auto custody = Open();
  ASSERT_FALSE(custody);
  EXPECT_EQ(custody.error().kind, ErrorKind::kUnavailable);
  EXPECT_FALSE(fs::exists(folder_ / "data.roots"));
}

TEST_F(KeyCustodyTest, AFolderMayMoveButNotBeCopied) {
  Open({.roots = {In("a"), In("b")}}).value();
  fs::copy(folder_ / "b", folder_ / "copy", fs::copy_options::recursive);
  const auto copied = Open({.roots = {In("a"), In("copy")}});
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(copied.error().text, HasSubstr("is a copy of"));
  fs::remove_all(folder_ / "b");
  const auto moved = Open({.roots = {In("a"), In("copy")}}).value();
  EXPECT_TRUE(moved->places().erasing_allowed());
  EXPECT_EQ(Summary(*moved), " slot a slot copy journal data.journal");
}

TEST_F(KeyCustodyTest, ANewFolderThatCannotBeUsedIsAnError) {
  std::ofstream(folder_ / "file") << "x";
  EXPECT_FALSE(Open({.roots = {In("a"), In("file")}}));
  fs::create_directory(folder_ / "b");
  std::ofstream(folder_ / "b/slot.id") << "something else\n";
  EXPECT_FALSE(Open({.roots = {In("a"), In("b")}}));
}

TEST_F(KeyCustodyTest, AnErasureWaitsForAllJournalsOrForTheLocalOne) {
  const auto waits = [](const KeyCustody& custody) {
    std::string text;
    for (const auto& state : custody.JournalStates()) {
      text += " " + fs::path(state.path).filename().string() + (state.waits ? "+" : "-");
    }
    return text;
  };
  {
    const auto custody = Open().value();
    clock_.Advance(1);
    ASSERT_TRUE(custody->AddJournal(In("backup")));
    EXPECT_EQ(waits(*custody), " data.journal+ backup-");
    ASSERT_TRUE(custody->MakeWaited(In("backup")));
    EXPECT_EQ(waits(*custody), " data.journal+ backup+");
  }
  EXPECT_EQ(waits(*Open().value()), " data.journal+ backup+");
  {
    const auto custody = Open({.wait = JournalWait::kLocal}).value();
    EXPECT_EQ(waits(*custody), " data.journal+ backup-");
    ASSERT_TRUE(custody->MakeWaited(In("backup")));
    EXPECT_EQ(waits(*custody), " data.journal+ backup-");
  }
  fs::remove_all(folder_ / "backup");
  EXPECT_FALSE(Open().value()->places().erasing_allowed());
  EXPECT_TRUE(Open({.wait = JournalWait::kLocal}).value()->places().erasing_allowed());
  fs::remove_all(folder_ / "data.journal");
  EXPECT_FALSE(Open({.wait = JournalWait::kLocal}).value()->places().erasing_allowed());
}

TEST_F(KeyCustodyTest, TheLocalJournalMayMoveAndWhatIsInUseStays) {
  Open().value();
  const auto custody = Open({.journal = In("j")}).value();
  EXPECT_EQ(Summary(*custody), " slot 1 slot 2 journal data.journal journal j");
  EXPECT_EQ(custody->Retire(IdOf(*custody, In("j"))).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(custody->Retire(IdOf(*custody, In("data.roots/1"))).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(custody->Retire("nothing").error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(custody->Retire(IdOf(*custody, In("data.journal"))));
  EXPECT_EQ(custody->JournalStates().size(), 1U);
  EXPECT_EQ(Summary(*Open().value()), " slot 1 slot 2 journal j");
}

}  // namespace
}  // namespace oubli::access
