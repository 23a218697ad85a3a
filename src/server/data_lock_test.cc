#include "server/data_lock.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace oubli::server {
namespace {

class DataLockTest : public ::testing::Test {
 protected:
  DataLockTest() {
    char path[] = "/tmp/oubli-lock-XXXXXX";
    root_ = mkdtemp(path);
    dir_ = root_ + "/a/data";
  }
  ~DataLockTest() override { std::filesystem::remove_all(root_); }
  std::string root_;
  std::string dir_;
};

TEST_F(DataLockTest, OneAloneHasItUntilItLetsGo) {
  {
    const auto first = DataLock::TryTake(dir_);
    ASSERT_TRUE(first && *first);
    // Of another open file, as another process would have it.
    const auto second = DataLock::TryTake(dir_);
    ASSERT_TRUE(second);
    EXPECT_FALSE(*second);
    EXPECT_NE(LockHolderText(dir_).find(std::to_string(getpid())), std::string::npos);
  }
  const auto third = DataLock::TryTake(dir_);
  ASSERT_TRUE(third);
  EXPECT_TRUE(*third);
}

TEST_F(DataLockTest, TheFolderIsMadeForItsOwnerAlone) {
  ASSERT_TRUE(DataLock::TryTake(dir_));
  struct stat status {};
  ASSERT_EQ(::stat(dir_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0700U);
  ASSERT_EQ(::stat((dir_ + "/oubli.lock").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(DataLockTest, WhatIsNoFolderIsAnError) {
  const auto lock = DataLock::TryTake("/dev/null");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace oubli::server
