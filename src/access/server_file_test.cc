#include "access/server_file.h"

#include <sys/stat.h>

#include "access/access_fixture.h"

namespace oubli::access {
namespace {

mode_t ModeOf(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

class ServerFileTest : public AccessFixture {
 protected:
  std::filesystem::path KeyPath() const { return folder_ / "data" / "server.key"; }
  Result<int64_t> Take(const char* counter) {
    int64_t number = 0;
    OUBLI_TRY(file_->Write([&](storage::Connection& connection) -> Status {
      OUBLI_TRY_ASSIGN(number, TakeNumber(connection, counter));
      return {};
    }));
    return number;
  }
};

TEST_F(ServerFileTest, FilesAndFoldersAreForTheirOwnerAlone) {
  ASSERT_TRUE(stores_->Create("first"));
  EXPECT_EQ(ModeOf(folder_ / "data"), 0700u);
  EXPECT_EQ(ModeOf(folder_ / "data" / "stores"), 0700u);
  EXPECT_EQ(ModeOf(KeyPath()), 0600u);
  EXPECT_EQ(std::filesystem::file_size(KeyPath()), crypto::Key::kSize);
  EXPECT_EQ(ModeOf(folder_ / "data" / "server.db"), 0600u);
}

TEST_F(ServerFileTest, MakesMissingFoldersAboveItAndTakesASlashAtTheEnd) {
  const std::string deep = (folder_ / "a" / "b").string() + "/";
  ASSERT_TRUE(ServerFile::Open(deep));
  EXPECT_EQ(ModeOf(folder_ / "a"), 0700u);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "a" / "b" / "server.key"));
}

TEST_F(ServerFileTest, AFolderThatCannotBeMadeIsAnError) {
  std::ofstream(folder_ / "file") << "x";
  EXPECT_EQ(ServerFile::Open((folder_ / "file").string()).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(ServerFile::Open((folder_ / "file" / "data").string()).error().kind,
            ErrorKind::kUnavailable);
}

TEST_F(ServerFileTest, TheKeyStaysTheSame) {
  const std::string before(file_->sealing_key().view());
  Restart();
  EXPECT_EQ(file_->sealing_key().view(), before);
}

TEST_F(ServerFileTest, AKeyOfAnotherSizeIsRefusedAndLeftAlone) {
  CloseAll();
  for (const uintmax_t size : {uintmax_t{0}, uintmax_t{31}, uintmax_t{33}, uintmax_t{4096}}) {
    std::filesystem::resize_file(KeyPath(), size);
    EXPECT_EQ(ServerFile::Open(data_dir_).error().kind, ErrorKind::kCorrupt) << size;
    EXPECT_EQ(std::filesystem::file_size(KeyPath()), size);
  }
  std::filesystem::remove(KeyPath());
  OpenAll();
}

TEST_F(ServerFileTest, AMissingKeyIsMadeOnlyWhileNothingIsSealedWithIt) {
  CloseAll();
  std::filesystem::remove(KeyPath());
  OpenAll();
  ASSERT_TRUE(stores_->Create("first"));
  ASSERT_TRUE(keys_->Create({.store = "first"}));
  CloseAll();
  std::filesystem::rename(KeyPath(), folder_ / "kept");
  const auto refused = ServerFile::Open(data_dir_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kCorrupt);
  EXPECT_NE(refused.error().text.find("server.key is missing"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(KeyPath()));
  std::filesystem::rename(folder_ / "kept", KeyPath());
  OpenAll();
}

TEST_F(ServerFileTest, ADraftLeftByACrashIsNoKey) {
  const std::string before(file_->sealing_key().view());
  std::ofstream(KeyPath().string() + ".new") << "half";
  Restart();
  EXPECT_EQ(file_->sealing_key().view(), before);
}

TEST_F(ServerFileTest, ADamagedDatabaseIsAnError) {
  CloseAll();
  std::filesystem::rename(folder_ / "data" / "server.db", folder_ / "kept");
  std::ofstream(folder_ / "data" / "server.db") << std::string(8192, 'x');
  EXPECT_EQ(ServerFile::Open(data_dir_).error().kind, ErrorKind::kCorrupt);
  std::filesystem::rename(folder_ / "kept", folder_ / "data" / "server.db");
  OpenAll();
}

TEST_F(ServerFileTest, AFailedWriteLeavesNothingAndTheNextOneWorks) {
  const Status failed = file_->Write([](storage::Connection& connection) -> Status {
    EXPECT_EQ(TakeNumber(connection, "store").value(), 1);
    return Fail(ErrorKind::kTooMany, "no");
  });
  EXPECT_EQ(failed.error().kind, ErrorKind::kTooMany);
  EXPECT_EQ(Take("store").value(), 1);
}

TEST_F(ServerFileTest, NumbersGoOnAfterARestart) {
  EXPECT_EQ(Take("store").value(), 1);
  EXPECT_EQ(Take("store").value(), 2);
  Restart();
  EXPECT_EQ(Take("store").value(), 3);
  EXPECT_EQ(Take("api_key").value(), 1);
  EXPECT_EQ(Take("unheard of").error().kind, ErrorKind::kCorrupt);
}

TEST_F(ServerFileTest, ReadingCannotFailForWhoReadAndFailedBefore) {
  EXPECT_FALSE(
      file_->Read([](storage::Connection&) -> Status { return Fail(ErrorKind::kNotFound, "no"); }));
  EXPECT_TRUE(file_->Read([](storage::Connection&) -> Status { return {}; }));
}

TEST_F(ServerFileTest, TheWriteAheadLogStaysShort) {
  for (char c = 'a'; c <= 'z'; ++c) {
    const std::string large(200'000, c);
    ASSERT_TRUE(file_->Write([&](storage::Connection& connection) -> Status {
      OUBLI_TRY_ASSIGN(auto insert,
                       connection.Prepare("INSERT INTO counter (name, last) VALUES ($1, 0)"));
      insert->BindText(1, large);
      OUBLI_TRY(insert->Step());
      return {};
    }));
  }
  EXPECT_LT(std::filesystem::file_size(folder_ / "data" / "server.db-wal"), 2u << 20);
}

}  // namespace
}  // namespace oubli::access
