// A store as the earlier program left it, with its keys beside the records.
#include "customers/key_table_upgrade.h"

#include "crypto/seal.h"
#include "crypto/secret_hash.h"
#include "customers/codec.h"
#include "customers/schema.h"
#include "customers/testing/store_fixture.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::customers {
namespace {

using crypto::Key;

class KeyTableUpgradeTest : public StoreFixture {
 protected:
  static std::string Numbers(std::string place, std::initializer_list<int64_t> numbers) {
    for (const int64_t number : numbers) {
      place.append(reinterpret_cast<const char*>(&number), sizeof number);
    }
    return place;
  }
  static void Run(storage::Connection& connection, const char* sql,
                  std::initializer_list<int64_t> numbers,
                  std::initializer_list<std::string_view> blobs) {
    auto statement = connection.Prepare(sql).value();
    int at = 1;
    for (const int64_t number : numbers) statement->Bind(at++, number);
    for (const std::string_view blob : blobs) statement->BindBlob(at++, blob);
    ASSERT_TRUE(statement->Step());
  }

  // The file of a store with these customers, of the second epoch.
  void MakeOldStore(const std::vector<std::string>& emails) {
    store_.reset();
    std::filesystem::remove_all(folder_ / "data");
    std::filesystem::create_directories(folder_ / "data");
    auto database = storage::OpenSqlite(folder_ / "data/store.db").value();
    auto writer = database->OpenWriter().value();
    ASSERT_TRUE(storage::Migrate(*database, *writer, StoreSchema(), 2));
    Run(*writer, "INSERT INTO store_identity (value) VALUES ($1)", {}, {"sixteen bytes id"});
    const Key index_key = Key::Random();
    Run(*writer, "INSERT INTO key_epoch (epoch, root, index_key) VALUES ($1, $2, $3)", {2},
        {root_.view(), index_key.view()});
    int64_t ordinal = 100;
    for (const std::string& email : emails) {
      const int64_t id = ++ordinal - 100;
      const Key key = Key::Random();
      data_keys_.push_back(key);
      Profile profile;
      profile.email = email;
      const std::string token = crypto::BlindToken(index_key, "email", email);
      Run(*writer,
          "INSERT INTO owner (epoch, kind, id, ordinal, group_id, created_at, modified_at, tokens, "
          "stored_key) VALUES (2, 1, $1, $2, 0, 5, 6, $3, $4)",
          {id, ordinal},
          {"\x01" + token, crypto::Seal(root_, key.view(), Numbers("data key ", {2, ordinal}))});
      Run(*writer,
          "INSERT INTO token (ordinal, owner_kind, owner_id, value) VALUES ($1, 1, $2, $3)",
          {ordinal, id}, {token});
      Run(*writer, "INSERT INTO record (ordinal, kind, id, sealed) VALUES ($1, 1, 0, $2)",
          {ordinal}, {crypto::Seal(key, Encode(profile), Numbers("record ", {ordinal, 1, 0}))});
    }
    Run(*writer, "INSERT INTO counter (name, value) VALUES ('ordinal', $1)", {ordinal}, {});
    Run(*writer, "INSERT INTO counter (name, value) VALUES ('customer_id', $1)", {ordinal - 100},
        {});
    Run(*writer, "INSERT INTO counter (name, value) VALUES ('customers living', $1)",
        {static_cast<int64_t>(emails.size())}, {});
  }

  const Key root_ = Key::Random();
  std::vector<Key> data_keys_;
};

TEST_F(KeyTableUpgradeTest, EverybodyIsThereUnderFreshKeysAndNoEarlierKeyOpensAnything) {
  MakeOldStore({"ann@example.com", "bob@example.com"});
  Reopen();
  for (int64_t id = 1; id <= 2; ++id) ASSERT_TRUE(Find(id)) << id;
  {
    StoreReader reader = store_->Read().value();
    EXPECT_EQ(FindCustomerByEmail(*reader, "bob@example.com")->value().head.id, 2);
    EXPECT_EQ(Rows("SELECT COUNT(*) FROM token"), 2);
    auto select = reader->connection().Prepare("SELECT ordinal, sealed FROM record").value();
    while (select->Step().value()) {
      const std::string place = Numbers("record ", {select->Int(0), 1, 0});
      for (const Key& key : data_keys_) EXPECT_FALSE(crypto::Open(key, select->Blob(1), place));
    }
  }
  EXPECT_EQ(Create("cid@example.com")->head.id, 3);
  store_.reset();
  const std::string bytes = AllBytes();
  EXPECT_EQ(bytes.find(root_.view()), std::string::npos) << "the earlier table's key is left";
  Reopen();
  EXPECT_EQ(Count(), 3);
}

TEST_F(KeyTableUpgradeTest, ADamagedRecordStopsTheUpgradeAndChangesNothing) {
  MakeOldStore({"ann@example.com", "bob@example.com"});
  {
    auto database = storage::OpenSqlite(folder_ / "data/store.db").value();
    auto writer = database->OpenWriter().value();
    ASSERT_TRUE(writer->Execute("UPDATE record SET sealed = X'00' WHERE ordinal = 102"));
  }
  StoreOptions options;
  options.identity = "sixteen bytes id";
  options.make_file = false;
  options.places = keys::TestPlaces(folder_);
  const auto opened = Store::Open(folder_ / "data/store.db", 1, "abc", threads_, clock_, options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::kCorrupt);
}

}  // namespace
}  // namespace oubli::customers
