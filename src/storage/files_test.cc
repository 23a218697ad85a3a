#include "storage/files.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "storage/testing/mirrored_disk.h"
#include "storage/testing/simulated_disk.h"

namespace oubli::storage {
namespace {

// What every Files must do: the real ones in a temporary folder, and the simulated ones.
class FilesTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (GetParam() == std::string_view("simulated")) {
      folder_ = "/data";
      ASSERT_TRUE(disk_.MakeFolder(folder_));
      files_ = &disk_;
      return;
    }
    std::string folder = testing::TempDir() + "oubli-files-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    if (GetParam() == std::string_view("system")) return;
    mirror_ = std::make_unique<MirroredDisk>(disk_, folder_);
    files_ = mirror_.get();
  }
  void TearDown() override {
    if (files_ != &disk_) std::filesystem::remove_all(folder_);
  }
  bool IsThere(const std::string& name) {
    return files_->Open(Path(name), OpenMode::kRead).has_value();
  }
  void Write(const std::string& name, std::string_view bytes) {
    ASSERT_TRUE(files_->Open(Path(name), OpenMode::kCreate).value()->WriteAt(0, bytes));
  }
  std::string Read(const std::string& name) {
    return files_->Open(Path(name), OpenMode::kRead).value()->ReadAt(0, 1000).value();
  }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  SimulatedDisk disk_;
  std::unique_ptr<MirroredDisk> mirror_;
  Files* files_ = &SystemFiles();
  std::filesystem::path folder_;
};

TEST_P(FilesTest, ReadsWhatWasWritten) {
  auto file = files_->Open(Path("a"), OpenMode::kCreate).value();
  ASSERT_TRUE(file->WriteAt(3, "hello"));
  EXPECT_EQ(file->Size().value(), 8);
  EXPECT_EQ(file->ReadAt(0, 8).value(), std::string_view("\0\0\0hello", 8));
  EXPECT_EQ(file->ReadAt(4, 100).value(), "ello");
  EXPECT_EQ(file->ReadAt(8, 1).value(), "");
  EXPECT_EQ(file->ReadAt(1000, 1).value(), "");
  ASSERT_TRUE(file->Truncate(5));
  EXPECT_EQ(file->ReadAt(0, 100).value(), std::string_view("\0\0\0he", 5));
  ASSERT_TRUE(file->Truncate(6));
  EXPECT_EQ(file->ReadAt(4, 100).value(), std::string_view("e\0", 2));
  EXPECT_TRUE(file->Sync());
  auto again = files_->Open(Path("a"), OpenMode::kRead).value();
  EXPECT_EQ(again->ReadAt(3, 2).value(), "he");
}

TEST_P(FilesTest, ALengthFromADamagedFileIsNoAllocation) {
  auto file = files_->Open(Path("a"), OpenMode::kCreate).value();
  ASSERT_TRUE(file->WriteAt(0, "abc"));
  EXPECT_EQ(file->ReadAt(1, size_t{1} << 60).value(), "bc");
  EXPECT_EQ(file->ReadAt(-1, 1).error().kind, ErrorKind::kUnavailable);
}

TEST_P(FilesTest, ReadsBackPastThePageCache) {
  auto file = files_->Open(Path("a"), OpenMode::kCreate).value();
  const std::string block(4096, 'k');
  ASSERT_TRUE(file->WriteAt(0, block));
  ASSERT_TRUE(file->WriteAt(4096, block + "tail"));
  ASSERT_TRUE(file->Sync());
  EXPECT_EQ(file->ReadBack(0, 4096).value(), block);
  EXPECT_EQ(file->ReadBack(4096, 8192).value(), block + "tail");
  EXPECT_EQ(file->ReadBack(12288, 4096).value(), "");
  EXPECT_EQ(file->ReadBack(100, 4096).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(file->ReadBack(0, 100).error().kind, ErrorKind::kUnavailable);
  // Its name may change while it is open.
  ASSERT_TRUE(files_->Rename(Path("a"), Path("b")));
  EXPECT_EQ(file->ReadBack(0, 4096).value(), block);
}

TEST_P(FilesTest, MakesFoldersAbove) {
  ASSERT_TRUE(files_->MakeFolder(Path("x/y/z/")));
  EXPECT_TRUE(files_->MakeFolder(Path("x/y/z")));
  EXPECT_EQ(files_->List(Path("x")).value(), std::vector<std::string>{"y"});
  EXPECT_TRUE(files_->Open(Path("x/y/z/a"), OpenMode::kCreate));
}

TEST_P(FilesTest, WhatIsMissingIsNotFound) {
  EXPECT_EQ(files_->Open(Path("a"), OpenMode::kRead).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files_->Open(Path("a"), OpenMode::kWrite).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files_->Open(Path("no/a"), OpenMode::kCreate).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files_->Remove(Path("a")).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files_->Rename(Path("a"), Path("b")).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files_->List(Path("no")).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files_->SyncFolder(Path("no")).error().kind, ErrorKind::kNotFound);
}

TEST_P(FilesTest, ErrorsNameTheOperationAndTheReason) {
  const Error error = files_->Open(Path("a"), OpenMode::kRead).error();
  EXPECT_EQ(error.text, "cannot open " + Path("a") + ": No such file or directory");
}

TEST_P(FilesTest, RenamesOverAndRemoves) {
  ASSERT_TRUE(files_->Open(Path("a"), OpenMode::kCreate).value()->WriteAt(0, "new"));
  ASSERT_TRUE(files_->Open(Path("b"), OpenMode::kCreate).value()->WriteAt(0, "older"));
  ASSERT_TRUE(files_->Rename(Path("a"), Path("b")));
  ASSERT_TRUE(files_->SyncFolder(Path("")));
  EXPECT_EQ(files_->List(Path("")).value(), std::vector<std::string>{"b"});
  EXPECT_EQ(files_->Open(Path("b"), OpenMode::kRead).value()->ReadAt(0, 10).value(), "new");
  ASSERT_TRUE(files_->Remove(Path("b")));
  EXPECT_TRUE(files_->List(Path("")).value().empty());
}

TEST_P(FilesTest, RenamesFoldersWithAllInThem) {
  ASSERT_TRUE(files_->MakeFolder(Path("a/b")));
  Write("a/b/c", "x");
  ASSERT_TRUE(files_->Rename(Path("a"), Path("z")));
  EXPECT_EQ(Read("z/b/c"), "x");
  EXPECT_FALSE(IsThere("a/b/c"));
  EXPECT_EQ(files_->Rename(Path("z"), Path("z/b/z")).error().kind, ErrorKind::kUnavailable);
  Write("file", "y");
  EXPECT_EQ(files_->Rename(Path("z"), Path("file")).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(files_->Rename(Path("file"), Path("z")).error().kind, ErrorKind::kUnavailable);
  ASSERT_TRUE(files_->MakeFolder(Path("y/y")));
  EXPECT_EQ(files_->Rename(Path("z"), Path("y")).error().kind, ErrorKind::kUnavailable);
}

TEST_P(FilesTest, ExchangesWhatTwoNamesName) {
  ASSERT_TRUE(files_->MakeFolder(Path("new/inner")));
  ASSERT_TRUE(files_->MakeFolder(Path("old")));
  Write("new/inner/a", "new");
  Write("old/a", "old");
  ASSERT_TRUE(files_->Exchange(Path("new"), Path("old")));
  EXPECT_EQ(Read("old/inner/a"), "new");
  EXPECT_EQ(Read("new/a"), "old");
  EXPECT_FALSE(IsThere("old/a"));
  EXPECT_TRUE(files_->SyncFolder(Path("")));
  EXPECT_EQ(files_->Exchange(Path("new"), Path("none")).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files_->Exchange(Path("none"), Path("new")).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(Read("new/a"), "old");
}

TEST_P(FilesTest, RemovesAFolderWithAllInIt) {
  ASSERT_TRUE(files_->MakeFolder(Path("a/b/c")));
  Write("a/x", "x");
  Write("a/b/y", "y");
  Write("stays", "z");
  ASSERT_TRUE(files_->RemoveFolder(Path("a")));
  EXPECT_EQ(files_->List(Path("")).value(), std::vector<std::string>{"stays"});
  EXPECT_EQ(files_->RemoveFolder(Path("a")).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files_->RemoveFolder(Path("stays")).error().kind, ErrorKind::kUnavailable);
  EXPECT_TRUE(IsThere("stays"));
}

TEST_P(FilesTest, ListsSorted) {
  for (const char* name : {"c", "a", "b"}) {
    ASSERT_TRUE(files_->Open(Path(name), OpenMode::kCreate));
  }
  ASSERT_TRUE(files_->MakeFolder(Path("bb")));
  EXPECT_EQ(files_->List(Path("")).value(), (std::vector<std::string>{"a", "b", "bb", "c"}));
}

TEST_P(FilesTest, OnlyFilesAreOpenedAndRemoved) {
  ASSERT_TRUE(files_->MakeFolder(Path("folder")));
  EXPECT_EQ(files_->Open(Path("folder"), OpenMode::kRead).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(files_->Open(Path("folder"), OpenMode::kWrite).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(files_->Remove(Path("folder")).error().kind, ErrorKind::kUnavailable);
  ASSERT_TRUE(files_->Open(Path("file"), OpenMode::kCreate));
  EXPECT_EQ(files_->MakeFolder(Path("file")).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(files_->MakeFolder(Path("file/x")).error().kind, ErrorKind::kUnavailable);
}

TEST_P(FilesTest, AFileOpenForReadingIsNotWritten) {
  ASSERT_TRUE(files_->Open(Path("a"), OpenMode::kCreate));
  auto file = files_->Open(Path("a"), OpenMode::kRead).value();
  EXPECT_EQ(file->WriteAt(0, "x").error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(file->Truncate(1).error().kind, ErrorKind::kUnavailable);
}

INSTANTIATE_TEST_SUITE_P(Disks, FilesTest, testing::Values("system", "simulated", "mirrored"),
                         [](const auto& disk) { return std::string(disk.param); });

class SystemFilesTest : public FilesTest {
 protected:
  static mode_t ModeOf(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
  }
};
INSTANTIATE_TEST_SUITE_P(Disks, SystemFilesTest, testing::Values("system"),
                         [](const auto& disk) { return std::string(disk.param); });

TEST_P(SystemFilesTest, FilesAreForTheirOwnerAlone) {
  ASSERT_TRUE(files_->MakeFolder(Path("x/y/z/")));
  ASSERT_TRUE(files_->Open(Path("x/y/z/a"), OpenMode::kCreate));
  EXPECT_EQ(ModeOf(Path("x")), 0700u);
  EXPECT_EQ(ModeOf(Path("x/y/z")), 0700u);
  EXPECT_EQ(ModeOf(Path("x/y/z/a")), 0600u);
}

TEST_P(SystemFilesTest, SymbolicLinksToFilesAreNotFollowed) {
  ASSERT_TRUE(files_->Open(Path("a"), OpenMode::kCreate));
  ASSERT_EQ(::symlink(Path("a").c_str(), Path("link").c_str()), 0);
  ASSERT_EQ(::symlink(Path("new").c_str(), Path("nowhere").c_str()), 0);
  EXPECT_EQ(files_->Open(Path("link"), OpenMode::kRead).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(files_->Open(Path("nowhere"), OpenMode::kCreate).error().kind, ErrorKind::kUnavailable);
  EXPECT_FALSE(std::filesystem::exists(Path("new")));
}

TEST_P(SystemFilesTest, APipeIsAnErrorAndNoWait) {
  ASSERT_EQ(::mkfifo(Path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(files_->Open(Path("pipe"), OpenMode::kRead).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(files_->Open(Path("pipe"), OpenMode::kWrite).error().kind, ErrorKind::kUnavailable);
}

TEST_P(SystemFilesTest, ALimitOnFileSizesIsAnError) {
  // As the server does: the signal would end it.
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit old {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const struct rlimit small { 100, old.rlim_max };
  auto file = files_->Open(Path("a"), OpenMode::kCreate).value();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status status = file->WriteAt(0, std::string(200, 'x'));
  const Status truncated = file->Truncate(200);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, before);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().text, "cannot write " + Path("a") + ": File too large");
  EXPECT_FALSE(truncated);
}

}  // namespace
}  // namespace oubli::storage
