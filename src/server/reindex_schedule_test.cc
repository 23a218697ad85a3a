#include "server/reindex_schedule.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "customers/customers.h"
#include "erasure/eraser.h"
#include "erasure/reindex.h"
#include "server/opened_data.h"

namespace oubli::server {
namespace {

constexpr int64_t kDay = 86'400'000;
constexpr int64_t kMinute = 60'000;

class ReindexScheduleTest : public ::testing::Test {
 protected:
  ReindexScheduleTest() {
    char path[] = "/tmp/oubli-reindex-XXXXXX";
    folder_ = mkdtemp(path);
    data_ = OpenedData::Open(*DataLock::TryTake(folder_ + "/data").value(), folder_ + "/data", 2,
                             clock_)
                .value();
  }
  ~ReindexScheduleTest() override {
    data_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::shared_ptr<customers::Store> Make(const std::string& handle, int customers) {
    const int64_t number = data_->stores().Create(handle)->number;
    auto store = data_->stores().Open(number).value();
    EXPECT_TRUE(store->WriteAndWait([&](customers::StoreTransaction& transaction) -> Status {
      for (int i = 0; i < customers; ++i) {
        customers::Customer customer;
        customer.profile.email = std::to_string(i) + "@example.com";
        OUBLI_TRY(customers::CreateCustomer(transaction, customer));
      }
      return {};
    }));
    return store;
  }
  static erasure::ReindexState StateOf(customers::Store& store) {
    customers::StoreReader reader = store.Read().value();
    return erasure::ReadReindex(*reader).value();
  }
  static bool Finds(customers::Store& store, int customer) {
    customers::StoreReader reader = store.Read().value();
    return customers::FindCustomerByEmail(*reader, std::to_string(customer) + "@example.com")
        .value()
        .has_value();
  }
  ReindexSchedule Schedule(int64_t days) { return {data_->stores(), clock_, {.days = days}}; }
  void Tick(ReindexSchedule& schedule, int times = 3) {
    for (int i = 0; i < times; ++i) schedule.Tick();
  }

  std::string folder_;
  ManualClock clock_{1'700'000'000'000};
  std::unique_ptr<OpenedData> data_;
};

TEST_F(ReindexScheduleTest, AStoreIsReindexedWhenItIsDueAndNotBefore) {
  const auto store = Make("demo", 250);
  ReindexSchedule schedule = Schedule(30);
  Tick(schedule);
  clock_.Advance(29 * kDay);
  Tick(schedule);
  EXPECT_EQ(StateOf(*store).ended_at, 0);
  const int64_t generation = store->key_tree().generation();
  clock_.Advance(1 * kDay);
  Tick(schedule);
  const UnixMs first = StateOf(*store).ended_at;
  EXPECT_EQ(first, clock_.NowMs());
  EXPECT_EQ(store->key_tree().generation(), generation + 1);
  EXPECT_TRUE(Finds(*store, 0));
  EXPECT_TRUE(Finds(*store, 249));
  clock_.Advance(29 * kDay);
  Tick(schedule);
  EXPECT_EQ(StateOf(*store).ended_at, first);
  clock_.Advance(1 * kDay);
  Tick(schedule);
  EXPECT_EQ(StateOf(*store).ended_at, clock_.NowMs());
}

TEST_F(ReindexScheduleTest, AStoreThatIsMadeLaterHasItsTurnToo) {
  ReindexSchedule schedule = Schedule(1);
  Tick(schedule);
  const auto store = Make("late", 1);
  clock_.Advance(kMinute);
  Tick(schedule);
  EXPECT_EQ(StateOf(*store).ended_at, 0);
  clock_.Advance(kDay);
  Tick(schedule);
  EXPECT_EQ(StateOf(*store).ended_at, clock_.NowMs());
}

TEST_F(ReindexScheduleTest, WhatAnEarlierProcessBeganIsFinishedEvenWithoutASchedule) {
  const auto store = Make("demo", 250);
  ASSERT_TRUE(erasure::StartReindex(*store));
  ASSERT_TRUE(erasure::StepReindex(*store));
  ReindexSchedule schedule = Schedule(0);
  schedule.Tick();
  EXPECT_FALSE(StateOf(*store).under_way);
  EXPECT_EQ(StateOf(*store).ended_at, clock_.NowMs());
  clock_.Advance(4000 * kDay);
  Tick(schedule);
  EXPECT_LT(StateOf(*store).ended_at, clock_.NowMs());
}

TEST_F(ReindexScheduleTest, WhatSomebodyLeftIsFinishedAndWhatMovesIsLeftAlone) {
  const auto store = Make("demo", 450);
  ReindexSchedule schedule = Schedule(0);
  Tick(schedule);
  ASSERT_TRUE(erasure::StartReindex(*store));
  ASSERT_TRUE(erasure::StepReindex(*store));
  clock_.Advance(kMinute);
  Tick(schedule);
  ASSERT_TRUE(erasure::StepReindex(*store));
  clock_.Advance(kMinute);
  Tick(schedule);
  EXPECT_TRUE(StateOf(*store).under_way);  // it has moved since the last look
  EXPECT_EQ(StateOf(*store).done, 400);
  clock_.Advance(kMinute);
  Tick(schedule);
  EXPECT_FALSE(StateOf(*store).under_way);
  EXPECT_TRUE(Finds(*store, 449));
}

TEST_F(ReindexScheduleTest, OneThatCannotEndIsTriedAgainTheNextDay) {
  const auto store = Make("demo", 3);
  ASSERT_TRUE(store->WriteAndWait([](customers::StoreTransaction& transaction) {
    return transaction.connection().Execute("UPDATE record SET sealed = x'00' WHERE ordinal = 2");
  }));
  ReindexSchedule schedule = Schedule(30);
  clock_.Advance(30 * kDay);
  Tick(schedule);
  EXPECT_EQ(StateOf(*store).unreadable, 1);
  const auto erased = std::make_shared<std::promise<void>>();
  erasure::Erase(*store, customers::OwnerKind::kCustomer, {2},
                 [erased](const Result<erasure::Outcome>& outcome) {
                   EXPECT_TRUE(outcome);
                   erased->set_value();
                 });
  erased->get_future().wait();
  clock_.Advance(kDay - 1);
  Tick(schedule);
  EXPECT_TRUE(StateOf(*store).under_way);
  clock_.Advance(1);
  Tick(schedule);
  EXPECT_FALSE(StateOf(*store).under_way);
  EXPECT_EQ(StateOf(*store).ended_at, clock_.NowMs());
}

TEST_F(ReindexScheduleTest, AStopLeavesARestForTheNextStart) {
  const auto store = Make("demo", 250);
  ASSERT_TRUE(erasure::StartReindex(*store));
  {
    ReindexSchedule stopped = Schedule(0);
    stopped.Stop();
    stopped.Tick();
    EXPECT_TRUE(StateOf(*store).under_way);
  }
  ReindexSchedule schedule(data_->stores(), clock_, {.days = 0, .tick_ms = 1});
  schedule.Start();
  for (int i = 0; i < 2000 && StateOf(*store).under_way; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  schedule.Stop();
  EXPECT_FALSE(StateOf(*store).under_way);
}

}  // namespace
}  // namespace oubli::server
