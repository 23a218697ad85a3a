#include "keys/key_table.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "crypto/random.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::keys {
namespace {

class KeyTableTest : public testing::Test {
 protected:
  void SetUp() override {
    crypto::Initialize();
    std::string folder = testing::TempDir() + "oubli-keys-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    database_ = storage::OpenSqlite(folder_ / "store.db").value();
    writer_ = database_->OpenWriter().value();
    const std::string_view ddl[] = {kKeyTableDdl};
    ASSERT_TRUE(storage::Migrate(*database_, *writer_, ddl));
    keys_ = OpenKeyTable(*writer_).value();
    ASSERT_TRUE(writer_->BeginWrite());
  }
  void TearDown() override {
    writer_->Rollback();
    writer_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::unique_ptr<KeySession> Begin() { return keys_->Begin(*writer_).value(); }

  std::filesystem::path folder_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::Connection> writer_;
  std::unique_ptr<DataKeys> keys_;
};

TEST_F(KeyTableTest, AKeyIsFoundByWhatWasStoredForItsOwnerAlone) {
  const NewKey made = Begin()->Create(7).value();
  EXPECT_EQ(Begin()->Find(7, made.stored).value().view(), made.key.view());
  EXPECT_EQ(made.stored.find(made.key.view()), std::string::npos);
  EXPECT_EQ(Begin()->Find(8, made.stored).error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(Begin()->Find(7, "").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(Begin()->Find(7, made.stored.substr(1)).error().kind, ErrorKind::kCorrupt);
}

TEST_F(KeyTableTest, EraseAllMakesOldKeysUnopenableAndChangesTheIndexKey) {
  const NewKey made = Begin()->Create(3).value();
  const std::string old_index(Begin()->index_key().view());
  auto session = Begin();
  const int64_t epoch = session->epoch();
  ASSERT_TRUE(session->EraseAll());
  EXPECT_EQ(session->epoch(), epoch + 1);
  EXPECT_NE(session->index_key().view(), old_index);
  EXPECT_FALSE(session->Find(3, made.stored));
  EXPECT_EQ(Begin()->epoch(), epoch + 1);
  EXPECT_FALSE(Begin()->Find(3, made.stored));
  const NewKey fresh = session->Create(4).value();
  EXPECT_TRUE(Begin()->Find(4, fresh.stored));
}

}  // namespace
}  // namespace oubli::keys
