#include <gmock/gmock.h>

#include <atomic>
#include <fstream>

#include "backup/backup_fixture.h"
#include "keys/journal_chain.h"

namespace oubli::backup {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

using BackupTest = BackupFixture;

TEST_F(BackupTest, ASetHoldsTheDataAndNothingOfASlot) {
  Create("ann");
  const std::string path = BackUp();
  const auto set = FindSet(storage::SystemFiles(), path);
  ASSERT_TRUE(set) << set.error().text;
  EXPECT_TRUE(VerifySet(storage::SystemFiles(), *set));
  ASSERT_EQ(set->manifest.stores.size(), 1U);
  EXPECT_EQ(set->manifest.stores[0].handle, "abc");
  EXPECT_EQ(set->manifest.stores[0].generation, 1);
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (!entry.is_regular_file()) continue;
    files.insert(fs::relative(entry.path(), path).string());
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }
  EXPECT_EQ(files,
            (std::set<std::string>{"manifest.json", "server.db", "server.key", "stores/1.db"}));
  // The root is 32 bytes of a cell; no file of the backup folder holds them.
  const auto cells = custody_->places().slots->ReadAll(set->manifest.stores[0].identity);
  for (const auto& entry : fs::recursive_directory_iterator(to_)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    for (const auto& cell : *cells.at(0)) {
      if (cell) {
        EXPECT_EQ(bytes.find(cell->root.view()), std::string::npos) << entry.path();
      }
    }
  }
}

TEST_F(BackupTest, TheJournalLeadsFromEveryCopyWhileWritersRun) {
  std::atomic<bool> stop = false;
  std::vector<int64_t> ids;
  for (int i = 0; i < 200; ++i) ids.push_back(Create("c" + std::to_string(i)));
  std::thread writer([&] {
    for (size_t i = 0; i < ids.size() && !stop; ++i) {
      EXPECT_TRUE(Erase({ids[i]}));
      Create("n" + std::to_string(i));
    }
  });
  std::vector<std::string> sets;
  for (int i = 0; i < 3; ++i) sets.push_back(BackUp());
  stop = true;
  writer.join();
  const int64_t generation = store_->key_tree().generation();
  EXPECT_GT(generation, 1);
  for (const std::string& path : sets) {
    const BackupSet set = FindSet(storage::SystemFiles(), path).value();
    const CopiedStore& store = set.manifest.stores.at(0);
    const auto chain = keys::ReadChain(storage::SystemFiles(), set.JournalFolder(), store.identity);
    ASSERT_TRUE(chain);
    EXPECT_TRUE(chain->CheckSound());
    const Status covered =
        keys::CheckCoverage(chain->runs, store.lineage, store.generation, generation);
    EXPECT_TRUE(covered) << covered.error().text;
  }
}

TEST_F(BackupTest, ErasuresWaitForTheBackupsJournalFromThenOn) {
  const int64_t ann = Create("ann");
  BackUp();
  fs::rename(to_ + "/journal", to_ + "/elsewhere");
  EXPECT_FALSE(Erase({ann}));
  fs::rename(to_ + "/elsewhere", to_ + "/journal");
  Status erased;
  for (int tries = 0; tries < 200; ++tries) {
    erased = Erase({ann});
    if (erased) break;
    store_->FinishErasures();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_TRUE(erased) << erased.error().text;
}

TEST_F(BackupTest, TheNewestCompleteSetIsFoundAndTornOnesAreNot) {
  Create("ann");
  const std::string first = BackUp();
  const std::string second = BackUp();
  EXPECT_EQ(FindSet(storage::SystemFiles(), to_)->path, second);
  EXPECT_EQ(FindSet(storage::SystemFiles(), first)->path, first);
  // As a crash leaves it.
  fs::rename(second, second + ".partial");
  EXPECT_EQ(FindSet(storage::SystemFiles(), to_)->path, first);
  fs::create_directory(to_ + "/mine.partial");
  const std::string third = BackUp();
  EXPECT_FALSE(fs::exists(second + ".partial"));
  EXPECT_TRUE(fs::exists(to_ + "/mine.partial"));
  EXPECT_TRUE(fs::exists(first));
  EXPECT_EQ(FindSet(storage::SystemFiles(), to_)->path, third);
}

TEST_F(BackupTest, DamageOfASetIsFound) {
  Create("ann");
  const BackupSet set = FindSet(storage::SystemFiles(), BackUp()).value();
  {
    std::fstream file(set.path + "/stores/1.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(5000);
    file.put('x');
  }
  const Status verified = VerifySet(storage::SystemFiles(), set);
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().kind, ErrorKind::kCorrupt);
  EXPECT_THAT(verified.error().text, HasSubstr("stores/1.db"));
  fs::remove(set.path + "/server.key");
  EXPECT_THAT(VerifySet(storage::SystemFiles(), set).error().text, HasSubstr("server.key"));
}

TEST_F(BackupTest, FoldersThatWouldTakeKeysOrDataWithThemAreRefused) {
  fs::create_directory(data_dir_ + "/b");
  for (const std::string& folder :
       {data_dir_ + "/b", data_dir_, world_ + "/data.roots", world_ + "/data.roots/1", world_}) {
    const auto refused = TryBackUp(folder);
    ASSERT_FALSE(refused) << folder;
    EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid) << folder;
  }
  const auto missing = TryBackUp(world_ + "/none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(custody_->List().size(), 3U) << "two slots and the local journal";
}

TEST_F(BackupTest, OneAtATime) {
  const auto first = backups_->Begin(to_);
  ASSERT_TRUE(first);
  EXPECT_EQ(backups_->Begin(to_).error().kind, ErrorKind::kConflict);
  EXPECT_EQ(backups_->Finish(first->id).error().kind, ErrorKind::kInvalid) << "nothing is copied";
  EXPECT_EQ(backups_->CopyStore("other", 1).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(backups_->CopyStore(first->id, 1));
  backups_->Cancel(first->id);
  EXPECT_FALSE(fs::exists(first->working_path));
  EXPECT_TRUE(TryBackUp(to_));
}

TEST_F(BackupTest, StoresMadeMeanwhileCanEraseAtOnce) {
  const auto begun = backups_->Begin(to_).value();
  const access::StoreInfo late = stores_->Create("late").value();
  store_ = stores_->Open(late.number).value();
  const int64_t ann = Create("ann");
  const int64_t bob = Create("bob");
  EXPECT_TRUE(Erase({ann}));  // the tree is ready to rotate before the folder is waited for
  ASSERT_TRUE(backups_->CopyStore(begun.id, info_.number));
  ASSERT_TRUE(backups_->Finish(begun.id));
  EXPECT_TRUE(Erase({bob}));
}

TEST(ManifestTest, OnlyWhatWasWrittenIsRead) {
  Manifest manifest;
  manifest.time_ms = 1'700'000'000'123;
  manifest.server_file = {"server.db", 12, std::string(64, 'a')};
  manifest.server_key = {"server.key", 32, std::string(64, 'b')};
  manifest.stores.push_back({7,
                             "abc",
                             std::string(16, '\x01'),
                             std::string(16, '\xfe'),
                             42,
                             {"stores/7.db", 99, std::string(64, 'c')}});
  const std::string text = EncodeManifest(manifest);
  const Manifest read = DecodeManifest(text).value();
  EXPECT_EQ(EncodeManifest(read), text);
  EXPECT_EQ(read.stores.at(0).lineage, std::string(16, '\xfe'));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return DecodeManifest(changed);
  };
  EXPECT_EQ(with("\"oubli_backup\": 1", "\"oubli_backup\": 2").error().kind,
            ErrorKind::kUnavailable);
  EXPECT_FALSE(with("stores/7.db", "../../../x"));
  EXPECT_FALSE(with("stores/7.db", "/etc/passwd"));
  EXPECT_FALSE(with("\"generation\": 42", "\"generation\": \"42\""));
  EXPECT_FALSE(with("0101", "01"));
  EXPECT_FALSE(with("0101", "01zz"));
  EXPECT_FALSE(DecodeManifest(text.substr(0, text.size() / 2)));
}

}  // namespace
}  // namespace oubli::backup
