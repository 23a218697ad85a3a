#include "keys/root_slots.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "crypto/random.h"
#include "keys/file_slot.h"
#include "storage/testing/simulated_disk.h"

namespace oubli::keys {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

std::string Store(int number) { return fmt::format("store {:010}", number); }

RootCell MakeCell(int64_t generation) {
  return {std::string(kLineageSize, 'l'), generation, crypto::Key::Random()};
}

// What a test sees of a FakeSlot, and how it makes it hang and fail. Outlives the slot.
class FakeState {
 public:
  void Hang(const std::string& store) {
    const std::lock_guard lock(mutex_);
    hang_.insert(store);
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    hang_.clear();
    changed_.notify_all();
  }
  bool WaitForHanging(int count) {
    return WaitFor([&] { return hanging_ == count; });
  }
  bool WaitForTheEnd() {
    return WaitFor([&] { return gone_; });
  }
  void SetFailure(Status failure) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
  }
  // Generations in the order in which they were written.
  std::vector<int64_t> Writes(const std::string& store) {
    const std::lock_guard lock(mutex_);
    return writes_[store];
  }
  // Calls for one store that were made at the same time.
  int overlaps() {
    const std::lock_guard lock(mutex_);
    return overlaps_;
  }

 private:
  friend class FakeSlot;
  template <class Condition>
  bool WaitFor(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> hang_;
  std::set<std::string> inside_;
  Status failure_;
  std::map<std::string, RootCells> cells_;
  std::map<std::string, std::vector<int64_t>> writes_;
  int hanging_ = 0;
  int overlaps_ = 0;
  bool gone_ = false;
};

class FakeSlot final : public RootSlot {
 public:
  FakeSlot(std::string name, std::shared_ptr<FakeState> state)
      : name_(std::move(name)), state_(std::move(state)) {}
  ~FakeSlot() override {
    const std::lock_guard lock(state_->mutex_);
    state_->gone_ = true;
    state_->changed_.notify_all();
  }

  const std::string& name() const override { return name_; }
  Result<std::string> Id() override { return "id of " + name_; }
  Status SetUp() override { return {}; }
  Result<RootCells> Read(std::string_view identity) override {
    std::unique_lock lock(state_->mutex_);
    OUBLI_TRY(Enter(lock, std::string(identity)));
    const auto cells = state_->cells_.find(std::string(identity));
    if (cells == state_->cells_.end()) return Fail(ErrorKind::kNotFound, "nothing");
    return cells->second;
  }
  Status Write(std::string_view identity, const RootCell& cell) override {
    const std::string store(identity);
    std::unique_lock lock(state_->mutex_);
    OUBLI_TRY(Enter(lock, store));
    state_->cells_[store][CellOf(cell.generation)] = cell;
    state_->writes_[store].push_back(cell.generation);
    return {};
  }
  Status Forget(std::string_view identity) override {
    std::unique_lock lock(state_->mutex_);
    OUBLI_TRY(Enter(lock, std::string(identity)));
    state_->cells_.erase(std::string(identity));
    return {};
  }

 private:
  Status Enter(std::unique_lock<std::mutex>& lock, const std::string& store) {
    if (!state_->inside_.insert(store).second) ++state_->overlaps_;
    ++state_->hanging_;
    state_->changed_.notify_all();
    state_->changed_.wait(lock, [&] { return !state_->hang_.contains(store); });
    --state_->hanging_;
    lock.unlock();
    std::this_thread::yield();
    lock.lock();
    state_->inside_.erase(store);
    return state_->failure_;
  }

  const std::string name_;
  const std::shared_ptr<FakeState> state_;
};

class RootSlotsTest : public testing::Test {
 protected:
  void SetUp() override { crypto::Initialize(); }
  void Start(milliseconds deadline, int threads_per_slot = 4) {
    std::vector<std::unique_ptr<RootSlot>> slots;
    slots.push_back(std::make_unique<FakeSlot>("slot A", a_));
    slots.push_back(std::make_unique<FakeSlot>("slot B", b_));
    slots_ = std::make_unique<RootSlots>(
        std::move(slots),
        RootSlotsOptions{.deadline = deadline, .threads_per_slot = threads_per_slot});
  }
  std::future<Status> WriteLater(const std::string& store, int64_t generation) {
    auto promise = std::make_shared<std::promise<Status>>();
    slots_->WriteAll(store, MakeCell(generation),
                     [promise](Status status) { promise->set_value(std::move(status)); });
    return promise->get_future();
  }

  static constexpr milliseconds kLong{30'000};
  static constexpr milliseconds kShort{250};
  std::shared_ptr<FakeState> a_ = std::make_shared<FakeState>();
  std::shared_ptr<FakeState> b_ = std::make_shared<FakeState>();
  std::unique_ptr<RootSlots> slots_;
};

TEST_F(RootSlotsTest, WritesAndReadsEverySlot) {
  Start(kLong);
  EXPECT_EQ(slots_->size(), 2u);
  EXPECT_EQ(slots_->name(1), "slot B");
  EXPECT_EQ(slots_->Ids()[1].value(), "id of slot B");
  EXPECT_TRUE(slots_->SetUp(0));
  EXPECT_EQ(slots_->ReadAll(Store(1))[0].error().kind, ErrorKind::kNotFound);
  const RootCell cell = MakeCell(7);
  ASSERT_TRUE(slots_->WriteAll(Store(1), cell));
  for (const auto& cells : slots_->ReadAll(Store(1))) {
    ASSERT_TRUE(cells);
    EXPECT_FALSE((*cells)[0]);
    EXPECT_EQ((*cells)[1].value().root.view(), cell.root.view());
  }
  ASSERT_TRUE(slots_->Write(1, Store(1), MakeCell(8)));
  EXPECT_FALSE(slots_->ReadAll(Store(1))[0].value()[0]);
  EXPECT_TRUE(slots_->ReadAll(Store(1))[1].value()[0]);
  ASSERT_TRUE(slots_->ForgetAll(Store(1)));
  EXPECT_EQ(slots_->ReadAll(Store(1))[1].error().kind, ErrorKind::kNotFound);
}

TEST_F(RootSlotsTest, WhatCannotBeACellIsRefusedBeforeAnySlotIsAsked) {
  Start(kLong);
  EXPECT_EQ(slots_->WriteAll("x", MakeCell(1)).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(slots_->WriteAll(Store(1), MakeCell(0)).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(slots_->Write(0, Store(1), MakeCell(-1)).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(WriteLater(Store(1), 0).get().error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(slots_->ReadAll("")[1].error().kind, ErrorKind::kInvalid);
  EXPECT_TRUE(a_->Writes(Store(1)).empty());
}

TEST_F(RootSlotsTest, OneFailingSlotIsNamedAndTheOtherIsWritten) {
  Start(kLong);
  b_->SetFailure(Fail(ErrorKind::kCorrupt, "slot B: rotten"));
  const Error error = slots_->WriteAll(Store(1), MakeCell(1)).error();
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.text, "slot B: rotten");
  EXPECT_EQ(a_->Writes(Store(1)).size(), 1u);
  const auto cells = slots_->ReadAll(Store(1));
  EXPECT_TRUE(cells[0]);
  EXPECT_EQ(cells[1].error().kind, ErrorKind::kCorrupt);
  b_->SetFailure({});
  EXPECT_TRUE(slots_->WriteAll(Store(1), MakeCell(1)));
}

TEST_F(RootSlotsTest, AHangingSlotDoesNotHangTheCaller) {
  Start(kShort);
  b_->Hang(Store(1));
  const auto start = Clock::now();
  const Error error = slots_->WriteAll(Store(1), MakeCell(1)).error();
  EXPECT_GE(Clock::now() - start, kShort);
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.text, "root slot slot B: no answer within 250 ms");
  EXPECT_EQ(a_->Writes(Store(1)).size(), 1u);
  const auto cells = slots_->ReadAll(Store(1));
  EXPECT_TRUE(cells[0]);
  EXPECT_EQ(cells[1].error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(slots_->Write(1, Store(1), MakeCell(2)).error().kind, ErrorKind::kUnavailable);
  a_->SetFailure(Fail(ErrorKind::kUnavailable, "slot A: full"));
  EXPECT_EQ(slots_->WriteAll(Store(1), MakeCell(1)).error().text,
            "slot A: full; root slot slot B: no answer within 250 ms");
  b_->Release();
}

TEST_F(RootSlotsTest, OtherStoresGoOnWhileOneHangs) {
  Start(kLong);
  b_->Hang(Store(1));
  auto hanging = WriteLater(Store(1), 1);
  ASSERT_TRUE(b_->WaitForHanging(1));
  for (int store = 2; store < 1000; ++store) {
    ASSERT_TRUE(slots_->WriteAll(Store(store), MakeCell(1)));
  }
  EXPECT_TRUE(slots_->Ids()[1]);
  EXPECT_EQ(hanging.wait_for(milliseconds(0)), std::future_status::timeout);
  b_->Release();
  EXPECT_TRUE(hanging.get());
}

TEST_F(RootSlotsTest, OneStoreIsServedInTheOrderOfTheCalls) {
  Start(kLong);
  b_->Hang(Store(1));
  std::vector<std::future<Status>> writes;
  for (int64_t generation = 1; generation <= 50; ++generation) {
    writes.push_back(WriteLater(Store(1), generation));
  }
  ASSERT_TRUE(b_->WaitForHanging(1));
  b_->Release();
  for (auto& write : writes) EXPECT_TRUE(write.get());
  std::vector<int64_t> expected(50);
  for (size_t i = 0; i < 50; ++i) expected[i] = static_cast<int64_t>(i) + 1;
  EXPECT_EQ(a_->Writes(Store(1)), expected);
  EXPECT_EQ(b_->Writes(Store(1)), expected);
  EXPECT_EQ(a_->overlaps() + b_->overlaps(), 0);
}

// A write that ends long after its deadline comes before whatever was asked later; what had not
// begun by its deadline never happens.
TEST_F(RootSlotsTest, ALateWriteNeverLiesOverANewerOne) {
  Start(kShort);
  b_->Hang(Store(1));
  EXPECT_FALSE(slots_->WriteAll(Store(1), MakeCell(1)));
  EXPECT_FALSE(slots_->WriteAll(Store(1), MakeCell(3)));
  EXPECT_EQ(a_->Writes(Store(1)), (std::vector<int64_t>{1, 3}));
  EXPECT_TRUE(b_->Writes(Store(1)).empty());
  b_->Release();
  Status written = slots_->WriteAll(Store(1), MakeCell(5));
  while (!written) written = slots_->WriteAll(Store(1), MakeCell(5));  // on a slow machine
  const std::vector<int64_t> writes = b_->Writes(Store(1));
  EXPECT_EQ(writes.front(), 1);
  EXPECT_EQ(writes.back(), 5);
  EXPECT_EQ(std::count(writes.begin(), writes.end(), 3), 0);
  EXPECT_EQ(slots_->ReadAll(Store(1))[1].value()[1].value().generation, 5);
}

TEST_F(RootSlotsTest, DestructionDoesNotWaitForWhatHangs) {
  Start(kShort);
  for (int store = 1; store <= 2; ++store) b_->Hang(Store(store));
  std::atomic<int> called = 0;
  for (int round = 0; round < 3; ++round) {
    for (int store = 1; store <= 3; ++store) {
      slots_->WriteAll(Store(store), MakeCell(1 + round), [&](const Status& status) {
        ++called;
        EXPECT_TRUE(status || status.error().kind == ErrorKind::kUnavailable);
      });
    }
  }
  ASSERT_TRUE(b_->WaitForHanging(2));
  slots_.reset();
  EXPECT_EQ(called, 9);
  // What hung ends after everything else is gone.
  EXPECT_EQ(b_->Writes(Store(1)).size(), 0u);
  b_->Release();
  EXPECT_TRUE(b_->WaitForTheEnd());
  EXPECT_EQ(b_->Writes(Store(1)), std::vector<int64_t>{1});
  EXPECT_EQ(b_->Writes(Store(2)), std::vector<int64_t>{1});
}

TEST_F(RootSlotsTest, DestructionWaitsForWhatGoesOn) {
  for (int round = 0; round < 50; ++round) {
    Start(kLong, 1 + round % 3);
    std::atomic<int> succeeded = 0;
    for (int store = 0; store < 20; ++store) {
      slots_->WriteAll(Store(store), MakeCell(1), [&](const Status& status) {
        if (status) ++succeeded;
      });
    }
    slots_.reset();
    ASSERT_EQ(succeeded, 20);
  }
  EXPECT_TRUE(a_->WaitForTheEnd());
}

TEST_F(RootSlotsTest, ACallbackMayAskForMore) {
  Start(kLong, 1);
  std::promise<void> finished;
  std::function<void(int64_t)> write = [&](int64_t generation) {
    slots_->WriteAll(Store(1), MakeCell(generation), [&, generation](const Status& status) {
      EXPECT_TRUE(status);
      generation < 100 ? write(generation + 1) : finished.set_value();
    });
  };
  write(1);
  finished.get_future().wait();
  EXPECT_EQ(b_->Writes(Store(1)).size(), 100u);
  slots_.reset();
}

TEST_F(RootSlotsTest, ManyThreadsWithDeadlinesThatPass) {
  Start(milliseconds(2), 2);
  std::atomic<bool> stop = false;
  std::thread disturber([&] {
    for (int i = 0; !stop; ++i) {
      b_->Hang(Store(i % 5));
      std::this_thread::sleep_for(milliseconds(3));
      b_->Release();
      std::this_thread::sleep_for(milliseconds(3));
    }
  });
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 1; i <= 150; ++i) {
        slots_->WriteAll(Store((i + thread) % 5), MakeCell(i), [&](const Status&) { ++answered; });
        if (i % 10 == 0) (void)slots_->WriteAll(Store(i % 5), MakeCell(i));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  stop = true;
  disturber.join();
  slots_.reset();
  EXPECT_EQ(answered, 600);
  EXPECT_EQ(a_->overlaps() + b_->overlaps(), 0);
}

class FileSlotsTest : public testing::Test {
 protected:
  void SetUp() override {
    crypto::Initialize();
    std::vector<std::unique_ptr<RootSlot>> slots;
    slots.push_back(std::make_unique<FileSlot>(disk_, "/a"));
    slots.push_back(std::make_unique<FileSlot>(disk_, "/b"));
    slots_ = std::make_unique<RootSlots>(std::move(slots), RootSlotsOptions{milliseconds(60'000)});
    ASSERT_TRUE(slots_->SetUp(0));
    ASSERT_TRUE(slots_->SetUp(1));
  }

  storage::SimulatedDisk disk_;
  std::unique_ptr<RootSlots> slots_;
};

TEST_F(FileSlotsTest, AThousandStoresFromEightThreads) {
  constexpr int kStores = 1000;
  constexpr int kThreads = 8;
  std::atomic<int> failed = 0;
  std::vector<std::string> last(kStores);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int64_t generation = 1; generation <= 3; ++generation) {
        for (int store = thread; store < kStores; store += kThreads) {
          const RootCell cell = MakeCell(generation);
          if (!slots_->WriteAll(Store(store), cell)) ++failed;
          last[static_cast<size_t>(store)] = std::string(cell.root.view());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  for (int store = 0; store < kStores; ++store) {
    for (const auto& cells : slots_->ReadAll(Store(store))) {
      ASSERT_TRUE(cells);
      EXPECT_EQ((*cells)[0].value().generation, 2);
      EXPECT_EQ((*cells)[1].value().generation, 3);
      EXPECT_EQ((*cells)[1].value().root.view(), last[static_cast<size_t>(store)]);
    }
  }
}

TEST_F(FileSlotsTest, ASlotWhoseDiskIsGoneIsNamed) {
  ASSERT_TRUE(slots_->WriteAll(Store(1), MakeCell(1)));
  disk_.Lose("/b");
  const std::string text = slots_->WriteAll(Store(1), MakeCell(2)).error().text;
  EXPECT_NE(text.find("/b"), std::string::npos) << text;
  EXPECT_EQ(text.find("/a"), std::string::npos) << text;
  const auto cells = slots_->ReadAll(Store(1));
  EXPECT_EQ(cells[0].value()[0].value().generation, 2);
  EXPECT_EQ(cells[1].error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace oubli::keys
