#include "keys/slot_folders.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

namespace oubli::keys {
namespace {

namespace fs = std::filesystem;

class SlotFoldersTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = testing::TempDir() + "oubli-folders-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    base_ = fs::canonical(folder);
    fs::create_directories(base_ / "data/deep");
  }
  void TearDown() override { fs::remove_all(base_); }
  std::string Path(const std::string& name) const { return (base_ / name).string(); }
  bool Accepts(const std::string& data, const std::optional<std::string>& journal,
               const std::vector<std::string>& roots) {
    const Status status = CheckSlotFolders(data, journal, roots);
    EXPECT_TRUE(status || status.error().kind == ErrorKind::kInvalid);
    return status.has_value();
  }

  fs::path base_;
};

TEST_F(SlotFoldersTest, TheDefaultsAreSiblingsHoweverTheFolderIsWritten) {
  const std::string roots = Path("data.roots");
  for (const char* name :
       {"data", "data/", "data//", "data/.", "data/deep/..", "./data/deep/../"}) {
    EXPECT_EQ(DefaultRootsFolder(Path(name)).value(), roots) << name;
  }
  EXPECT_EQ(DefaultJournalFolder(Path("data/")).value(), Path("data.journal"));
  EXPECT_EQ(DefaultRootsFolder(Path("not/yet/")).value(), Path("not/yet.roots"));
  fs::create_directory_symlink(base_ / "data", base_ / "link");
  EXPECT_EQ(DefaultRootsFolder(Path("link")).value(), roots);
  EXPECT_EQ(DefaultRootsFolder("").error().kind, ErrorKind::kInvalid);

  const fs::path before = fs::current_path();
  fs::current_path(base_ / "data");
  EXPECT_EQ(DefaultRootsFolder(".").value(), roots);
  EXPECT_EQ(DefaultRootsFolder("./").value(), roots);
  EXPECT_EQ(DefaultRootsFolder("deep/..").value(), roots);
  EXPECT_EQ(DefaultRootsFolder("../new").value(), Path("new.roots"));
  EXPECT_FALSE(Accepts(".", std::nullopt, {"deep"}));
  EXPECT_TRUE(Accepts(".", std::nullopt, {"../data.roots"}));
  fs::current_path(before);
}

TEST_F(SlotFoldersTest, SlotsLieOutsideTheDataFolder) {
  const std::string data = Path("data");
  EXPECT_TRUE(Accepts(data, std::nullopt, {Path("data.roots")}));
  EXPECT_TRUE(Accepts(data, Path("data.journal"), {Path("data.roots"), Path("other/roots/")}));
  EXPECT_FALSE(Accepts(data, std::nullopt, {}));
  EXPECT_FALSE(Accepts(data, std::nullopt, {""}));
  for (const char* bad : {"data", "data/", "data/roots", "data/deep/roots", "x/../data/roots", "",
                          "data.roots/../data/deep"}) {
    EXPECT_FALSE(Accepts(data, std::nullopt, {Path("data.roots"), Path(bad)})) << bad;
  }
  EXPECT_FALSE(Accepts("/", std::nullopt, {DefaultRootsFolder("/").value()}));
}

TEST_F(SlotFoldersTest, SymbolicLinksDoNotHideAFolder) {
  fs::create_directory_symlink(base_ / "data/deep", base_ / "outside");
  fs::create_directory(base_ / "elsewhere");
  fs::create_directory_symlink(base_ / "elsewhere", base_ / "data/inside");
  EXPECT_FALSE(Accepts(Path("data"), std::nullopt, {Path("outside")}));
  EXPECT_FALSE(Accepts(Path("data"), std::nullopt, {Path("outside/new")}));
  // It only looks as if it were inside.
  EXPECT_TRUE(Accepts(Path("data"), std::nullopt, {Path("data/inside/roots")}));
}

TEST_F(SlotFoldersTest, NoSlotIsNamedTwice) {
  fs::create_directory(base_ / "a");
  fs::create_directory_symlink(base_ / "a", base_ / "b");
  const std::string data = Path("data");
  EXPECT_FALSE(Accepts(data, std::nullopt, {Path("a"), Path("a/")}));
  EXPECT_FALSE(Accepts(data, std::nullopt, {Path("a"), Path("c"), Path("b")}));
  EXPECT_FALSE(Accepts(data, std::nullopt, {Path("new"), Path("c/../new")}));
  EXPECT_TRUE(Accepts(data, std::nullopt, {Path("a"), Path("c")}));
}

TEST_F(SlotFoldersTest, JournalsLieApartFromDataAndSlots) {
  const std::string data = Path("data");
  EXPECT_FALSE(Accepts(data, Path("data/journal"), {Path("roots")}));
  EXPECT_FALSE(Accepts(data, Path("roots"), {Path("roots")}));
  EXPECT_FALSE(Accepts(data, Path("journal"), {Path("journal/roots")}));
  EXPECT_FALSE(Accepts(data, Path("roots/journal"), {Path("roots")}));
  EXPECT_FALSE(Accepts(data, base_.string(), {Path("roots")}));
}

TEST_F(SlotFoldersTest, TheErrorNamesBothFolders) {
  const std::string text =
      CheckSlotFolders(Path("data"), std::nullopt, {Path("data/roots")}).error().text;
  EXPECT_NE(text.find("root slot " + Path("data/roots")), std::string::npos) << text;
  EXPECT_NE(text.find("data folder " + Path("data") + ":"), std::string::npos) << text;
}

}  // namespace
}  // namespace oubli::keys
