#include "access/stores.h"

#include <thread>

#include "access/access_fixture.h"

namespace oubli::access {
namespace {

using StoresTest = AccessFixture;

TEST(HandleTest, IsLowerCaseLettersDigitsAndDashes) {
  for (const char* good : {"a", "7", "my-shop", "0-", "abc123"}) EXPECT_TRUE(IsValidHandle(good));
  for (const char* bad : {"", "-a", "A", "a b", "a_b", "a/b", "../x", "a.db", "\xc3\xa4"}) {
    EXPECT_FALSE(IsValidHandle(bad)) << bad;
  }
  EXPECT_TRUE(IsValidHandle(std::string(63, 'a')));
  EXPECT_FALSE(IsValidHandle(std::string(64, 'a')));
  EXPECT_FALSE(IsValidHandle(std::string_view("a\0", 2)));
}

TEST_F(StoresTest, CreatedStoresAreListedByNumberAndFound) {
  const StoreInfo second = stores_->Create("zebra").value();
  EXPECT_EQ(second.number, 1);
  EXPECT_EQ(second.handle, "zebra");
  EXPECT_EQ(second.created_at, kStart);
  EXPECT_EQ(stores_->Create("apple").value().number, 2);

  for (int round = 0; round < 2; ++round) {
    const std::vector<StoreInfo> list = stores_->List();
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0].handle, "zebra");
    EXPECT_EQ(list[1].handle, "apple");
    EXPECT_EQ(list[1].created_at, kStart);
    EXPECT_EQ(stores_->Find("apple").value().number, 2);
    EXPECT_EQ(stores_->Find(1).value().handle, "zebra");
    Restart();
  }
}

TEST_F(StoresTest, BadAndTakenHandlesAreRefusedAndUseNoNumberUp) {
  ASSERT_TRUE(stores_->Create("first"));
  EXPECT_EQ(stores_->Create("First").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(stores_->Create("first").error().kind, ErrorKind::kConflict);
  Restart();
  EXPECT_EQ(stores_->Create("first").error().kind, ErrorKind::kConflict);
  EXPECT_EQ(stores_->Create("second").value().number, 2);
  EXPECT_EQ(stores_->List().size(), 2u);
}

TEST_F(StoresTest, UnknownStoresAreNotFound) {
  EXPECT_TRUE(stores_->List().empty());
  EXPECT_EQ(stores_->Find("first").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(stores_->Find(1).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(stores_->Open(1).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(opened_.empty());
}

TEST_F(StoresTest, CreatingLeavesAUsableFile) {
  ASSERT_TRUE(stores_->Create("first"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "data" / "stores" / "1.db"));
  EXPECT_EQ(opened_, std::vector<int64_t>{1});
  const auto store = stores_->Open(1).value();
  EXPECT_EQ(store->number(), 1);
  EXPECT_EQ(store->handle(), "first");
  EXPECT_TRUE(store->Read());
}

TEST_F(StoresTest, AStoreWhoseFileIsNotThereYetGetsItWhenItOpens) {
  ASSERT_TRUE(stores_->Create("first"));
  // As a creation leaves it that is cut off behind the row.
  ASSERT_TRUE(file_->Write([](storage::Connection& connection) {
    return connection.Execute("UPDATE store SET file_made = 0");
  }));
  CloseAll();
  std::filesystem::remove_all(folder_ / "data" / "stores");
  OpenAll();
  EXPECT_TRUE(stores_->Open(1).value()->Read());
}

// A missing file must not pass for a store without customers, in which every delete succeeds.
TEST_F(StoresTest, AMissingEmptyOrExchangedFileIsRefusedAndLeftAlone) {
  ASSERT_TRUE(stores_->Create("first"));
  ASSERT_TRUE(stores_->Create("second"));
  CloseAll();
  const auto first = folder_ / "data" / "stores" / "1.db";
  const auto second = folder_ / "data" / "stores" / "2.db";
  const auto away = folder_ / "away.db";

  std::filesystem::rename(first, away);
  OpenAll();
  EXPECT_EQ(stores_->Open(1).error().kind, ErrorKind::kCorrupt);
  EXPECT_FALSE(std::filesystem::exists(first));
  EXPECT_TRUE(stores_->Open(2));
  CloseAll();

  std::ofstream(first).close();
  OpenAll();
  EXPECT_EQ(stores_->Open(1).error().kind, ErrorKind::kCorrupt);
  CloseAll();

  std::filesystem::copy_file(second, first, std::filesystem::copy_options::overwrite_existing);
  OpenAll();
  EXPECT_EQ(stores_->Open(1).error().kind, ErrorKind::kCorrupt) << "another store's";
  CloseAll();

  std::filesystem::remove(first);
  std::filesystem::rename(away, first);
  OpenAll();
  EXPECT_TRUE(stores_->Open(1)) << "the right one again";
}

TEST_F(StoresTest, AStoreThatDoesNotOpenIsAnErrorEachTimeAndWorksOnceItIsRepaired) {
  ASSERT_TRUE(stores_->Create("first"));
  CloseAll();
  const auto path = folder_ / "data" / "stores" / "1.db";
  const auto away = folder_ / "away.db";
  std::filesystem::rename(path, away);
  std::filesystem::create_directory(path);
  OpenAll();
  EXPECT_FALSE(stores_->Open(1));
  EXPECT_FALSE(stores_->Open(1));
  EXPECT_TRUE(stores_->OpenStores().empty());
  std::filesystem::remove(path);
  std::filesystem::rename(away, path);
  EXPECT_TRUE(stores_->Open(1));
}

TEST_F(StoresTest, OpensOnceAtFirstUse) {
  ASSERT_TRUE(stores_->Create("first"));
  ASSERT_TRUE(stores_->Create("second"));
  Restart();
  opened_.clear();
  EXPECT_TRUE(stores_->OpenStores().empty());
  const auto store = stores_->Open(2).value();
  EXPECT_EQ(stores_->Open(2).value(), store);
  EXPECT_EQ(opened_, std::vector<int64_t>{2});
  ASSERT_EQ(stores_->OpenStores().size(), 1u);
  EXPECT_EQ(stores_->OpenStores()[0], store);
}

TEST_F(StoresTest, ManyThreadsOpenEachStoreOnce) {
  for (const char* handle : {"a", "b", "c", "d"}) ASSERT_TRUE(stores_->Create(handle));
  Restart();
  opened_.clear();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int64_t n = 0; n < 40; ++n) {
        const auto store = stores_->Open(1 + (n + i) % 4);
        EXPECT_TRUE(store && (*store)->number() == 1 + (n + i) % 4);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::sort(opened_.begin(), opened_.end());
  EXPECT_EQ(opened_, (std::vector<int64_t>{1, 2, 3, 4}));
}

TEST_F(StoresTest, TwoThreadsCannotMakeTheSameStore) {
  std::atomic<int> made{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (const char* handle : {"a", "b", "c"}) made += stores_->Create(handle) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 3);
  EXPECT_EQ(stores_->List().size(), 3u);
}

TEST_F(StoresTest, OnlyIdleStoresClose) {
  for (const char* handle : {"used", "idle", "held", "sweeping"}) {
    ASSERT_TRUE(stores_->Create(handle));
  }
  const auto held = stores_->Open(3).value();
  stores_->Open(4).value()->sweep_backlog() = 1;
  clock_.Advance(5000);
  ASSERT_TRUE(stores_->Open(1));
  stores_->CloseIdle(5001);
  EXPECT_EQ(stores_->OpenStores().size(), 4u);
  stores_->CloseIdle(5000);
  std::vector<int64_t> open;
  for (const auto& store : stores_->OpenStores()) open.push_back(store->number());
  std::sort(open.begin(), open.end());
  EXPECT_EQ(open, (std::vector<int64_t>{1, 3, 4}));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "data" / "stores" / "2.db-wal"));
  opened_.clear();
  EXPECT_TRUE(stores_->Open(2).value()->Read());
  EXPECT_EQ(opened_, std::vector<int64_t>{2});
}

TEST_F(StoresTest, AStoreWithSomethingUnfinishedStaysOpenUntilItIsDone) {
  for (int64_t i = 1; i <= 5; ++i) ASSERT_TRUE(stores_->Create("s" + std::to_string(i)));
  stores_->CloseIdle(0);
  ASSERT_TRUE(stores_->OpenStores().empty());
  // One slot has lost what it held.
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "roots" / "1")) {
    if (entry.path().extension() == ".root") std::filesystem::remove(entry.path());
  }
  for (int64_t i = 1; i <= 5; ++i) ASSERT_TRUE(stores_->Open(i));
  stores_->CloseIdle(0);
  EXPECT_EQ(stores_->OpenStores().size(), 5u);
  stores_->CloseIdle(0, 3);
  EXPECT_EQ(stores_->OpenStores().size(), 3u) << "not any number of open files";
  for (const auto& store : stores_->OpenStores()) store->FinishErasures();
  for (int i = 0; i < 1000 && !stores_->OpenStores().empty(); ++i) {
    stores_->CloseIdle(0);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(stores_->OpenStores().empty());
}

TEST_F(StoresTest, ClosingAndOpeningAtOnceNeverOpensAFileTwice) {
  ASSERT_TRUE(stores_->Create("first"));
  std::atomic<bool> stop{false};
  std::thread closer([&] {
    while (!stop) stores_->CloseIdle(0);
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 60; ++n) {
        const auto store = stores_->Open(1);
        ASSERT_TRUE(store);
        // Two that are open at once would clash over the file's one writer.
        EXPECT_TRUE(
            (*store)->WriteAndWait([](customers::StoreTransaction&) -> Status { return {}; }));
        EXPECT_LE(stores_->OpenStores().size(), 1u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  stop = true;
  closer.join();
}

TEST_F(StoresTest, AReferenceOutlivesTheList) {
  ASSERT_TRUE(stores_->Create("first"));
  auto store = stores_->Open(1).value();
  stores_.reset();
  EXPECT_TRUE(store->Read());
  store.reset();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "data" / "stores" / "1.db-wal"));
}

}  // namespace
}  // namespace oubli::access
