#include "server/maintenance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <thread>

#include "access/server_file.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "erasure/eraser.h"
#include "server/opened_data.h"

namespace oubli::server {
namespace {

class MaintenanceTest : public ::testing::Test {
 protected:
  MaintenanceTest() {
    char path[] = "/tmp/oubli-maintenance-XXXXXX";
    folder_ = mkdtemp(path);
    dir_ = folder_ + "/data";
    Open();
  }
  ~MaintenanceTest() override {
    data_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Open() {
    data_ = OpenedData::Open(*DataLock::TryTake(dir_).value(), dir_, 2, SystemClock()).value();
  }
  Maintenance Make(Maintenance::Options options) {
    return Maintenance(data_->stores(), data_->windows(), SystemClock(), options);
  }
  static int64_t CreateCustomer(customers::Store& store) {
    customers::Customer customer;
    customer.profile.first_name = "Ann";
    return store
        .WriteAndWait([&](customers::StoreTransaction& transaction) {
          return customers::CreateCustomer(transaction, customer);
        })
        .value()
        .head.id;
  }
  // A log that is cut has zeros for what comes next.
  bool LogHoldsAnything() const {
    std::ifstream log(dir_ + "/stores/1.db-wal", std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(log)), {});
    return bytes.find_first_not_of('\0') != std::string::npos;
  }
  static bool Eventually(const std::function<bool()>& condition) {
    for (int i = 0; i < 1000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  // The stores' files in the first of the root slots.
  std::vector<std::filesystem::path> SlotFiles() const {
    std::vector<std::filesystem::path> files;
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(dir_ + ".roots/1", missing)) {
      if (entry.path().extension() == ".root") files.push_back(entry.path());
    }
    return files;
  }

  std::string folder_;
  std::string dir_;
  std::unique_ptr<OpenedData> data_;
};

// As a process leaves it that dies in the midst of a removal: the definition is gone, its values
// are there.
TEST_F(MaintenanceTest, ARemovalOfAnAttributeThatWasCutOffIsFinishedAfterTheNextOpening) {
  const int64_t number = data_->stores().Create("abc").value().number;
  const int64_t customer = CreateCustomer(*data_->stores().Open(number).value());
  const auto values = [&] {
    auto reader = data_->stores().Open(number).value()->Read().value();
    const auto head =
        customers::FindHead(*reader, customers::OwnerKind::kCustomer, customer).value();
    return customers::ListAttributeValues(*reader, *head).value().size();
  };
  ASSERT_TRUE(data_->stores().Open(number).value()->WriteAndWait(
      [&](customers::StoreTransaction& transaction) -> Status {
        OUBLI_TRY_ASSIGN(
            const auto head,
            customers::FindHead(transaction, customers::OwnerKind::kCustomer, customer));
        customers::AttributeValue value;
        value.attribute_id = 7;
        OUBLI_TRY(customers::PutAttributeValue(transaction, *head, value));
        return transaction.connection().Execute(
            "INSERT INTO attribute_removal (attribute_id) VALUES (7)");
      }));
  data_.reset();
  Open();
  EXPECT_EQ(values(), 1U);
  Maintenance maintenance = Make({});
  maintenance.Tick();
  EXPECT_EQ(values(), 0U);
}

TEST_F(MaintenanceTest, TheLogIsCutToNothingWhenAStoreIsQuiet) {
  const int64_t number = data_->stores().Create("demo")->number;
  CreateCustomer(**data_->stores().Open(number));
  ASSERT_TRUE(LogHoldsAnything());
  Maintenance maintenance = Make({.quiet_ms = 30});
  maintenance.Tick();
  EXPECT_TRUE(LogHoldsAnything());  // not yet: somebody wrote just now
  EXPECT_TRUE(Eventually([&] {
    maintenance.Tick();
    return !LogHoldsAnything();
  }));
  // And again after the next write.
  CreateCustomer(**data_->stores().Open(number));
  ASSERT_TRUE(LogHoldsAnything());
  EXPECT_TRUE(Eventually([&] {
    maintenance.Tick();
    return !LogHoldsAnything();
  }));
}

TEST_F(MaintenanceTest, IdleStoresAreClosed) {
  const int64_t number = data_->stores().Create("demo")->number;
  Maintenance maintenance = Make({.store_idle_ms = 2000});
  maintenance.Tick();
  EXPECT_EQ(data_->stores().OpenStores().size(), 1U);
  EXPECT_TRUE(Eventually([&] {
    maintenance.Tick();
    return data_->stores().OpenStores().empty();
  }));
  EXPECT_TRUE(data_->stores().Open(number));
}

TEST_F(MaintenanceTest, TheStartOpensAllAndKeepsFewOpen) {
  // Of these the fourth is one too many, and the last three may stay.
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(data_->stores().Create("s" + std::to_string(i)));
  data_->stores().CloseIdle(0);
  ASSERT_TRUE(data_->stores().OpenStores().empty());
  Maintenance maintenance =
      Make({.store_idle_ms = 1'000'000, .tick_ms = 1'000'000, .open_at_start = 3});
  maintenance.Start();
  // The last one is opened last, so all have been by then.
  EXPECT_TRUE(Eventually([&] {
    for (const auto& store : data_->stores().OpenStores()) {
      if (store->number() == 7) return true;
    }
    return false;
  }));
  maintenance.Stop();
  EXPECT_LE(data_->stores().OpenStores().size(), 3U);
}

TEST_F(MaintenanceTest, TheStartFinishesWhatIsUnfinishedInEveryStoreAndKeepsFewOpen) {
  constexpr size_t kStores = 9;
  for (size_t i = 0; i < kStores; ++i) {
    ASSERT_TRUE(data_->stores().Create("s" + std::to_string(i)));
  }
  data_->stores().CloseIdle(0);
  ASSERT_EQ(SlotFiles().size(), kStores);
  for (const auto& file : SlotFiles()) std::filesystem::remove(file);
  Maintenance maintenance = Make({.store_idle_ms = 1'000'000, .tick_ms = 300, .open_at_start = 3});
  maintenance.Start();
  size_t most = 0;
  EXPECT_TRUE(Eventually([&] {
    most = std::max(most, data_->stores().OpenStores().size());
    return SlotFiles().size() == kStores;
  })) << SlotFiles().size();
  maintenance.Stop();
  EXPECT_LE(most, 4U) << "the next one is opened when one of these is finished and closed";
}

// It is what tells the next process that this one died in the middle.
TEST_F(MaintenanceTest, TheLogStaysWhileAnErasureIsUnfinished) {
  const int64_t number = data_->stores().Create("demo")->number;
  const auto store = *data_->stores().Open(number);
  const int64_t first = CreateCustomer(*store);
  const int64_t second = CreateCustomer(*store);
  const auto erase = [&](int64_t id) {
    std::promise<bool> erased;
    erasure::Erase(
        *store, customers::OwnerKind::kCustomer, {id},
        [&](const Result<erasure::Outcome>& done) { erased.set_value(done.has_value()); });
    return erased.get_future().get();
  };
  ASSERT_TRUE(erase(first));
  const std::string slot = dir_ + ".roots/1";
  std::filesystem::rename(slot, slot + ".away");
  ASSERT_FALSE(erase(second));
  Maintenance maintenance = Make({.quiet_ms = 1});
  for (int i = 0; i < 50; ++i) {
    maintenance.Tick();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_TRUE(LogHoldsAnything());
  std::filesystem::rename(slot + ".away", slot);
  EXPECT_TRUE(Eventually([&] {
    maintenance.Tick();
    return !LogHoldsAnything();
  }));
  EXPECT_FALSE(store->key_tree().HasUnfinishedWork());
}

TEST_F(MaintenanceTest, StopsAtOnce) {
  Maintenance maintenance = Make({.tick_ms = 1'000'000});
  maintenance.Start();
  const auto begin = std::chrono::steady_clock::now();
  maintenance.Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace oubli::server
