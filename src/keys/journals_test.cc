#include "keys/journals.h"

#include <gtest/gtest.h>

#include <future>
#include <random>
#include <thread>

#include "keys/journal_chain.h"
#include "keys/journal_test_entries.h"
#include "storage/testing/simulated_disk.h"

namespace oubli::keys {
namespace {

using storage::DiskOperation;
using storage::SimulatedDisk;
using storage::Verdict;

Journals::Entry Shared(const JournalEntry& entry, const std::string& store = kTestStore) {
  return std::make_shared<const std::string>(Encoded(entry, store));
}

std::string StoreNumber(int number) {
  std::string store = kTestStore;
  store[0] = static_cast<char>(number);
  store[1] = static_cast<char>(number >> 8);
  return store;
}

class JournalsTest : public testing::Test {
 protected:
  void SetUp() override {
    crypto::Initialize();
    for (const auto& folder : {a_, b_}) {
      ASSERT_TRUE(folder->SetUp());
      journals_->Add(folder, true);
    }
  }
  // Ends what hangs, and lets its threads come back before the disk goes.
  void TearDown() override {
    journals_.reset();
    disk_.SetHook({});
    disk_.Release();
    while (a_.use_count() > 1 || b_.use_count() > 1) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  // Lets every sync below a folder end so.
  void OnSync(const std::string& folder, Verdict verdict) {
    disk_.SetHook([=](const DiskOperation& operation) {
      const bool hit =
          operation.kind == DiskOperation::kSync && operation.path.starts_with(folder + "/");
      return hit ? verdict : Verdict::kPass;
    });
  }
  Status Append(const JournalEntry& entry) { return journals_->Append(kTestStore, Shared(entry)); }
  static int64_t Generation(JournalFolder& folder, const std::string& store = kTestStore) {
    const auto tail = folder.Tail(store);
    EXPECT_TRUE(tail) << tail.error().text;
    return tail && *tail ? (*tail)->generation : 0;
  }

  SimulatedDisk disk_;
  std::shared_ptr<JournalFolder> a_ = std::make_shared<JournalFolder>(disk_, "/mnt/a");
  std::shared_ptr<JournalFolder> b_ = std::make_shared<JournalFolder>(disk_, "/mnt/b");
  std::unique_ptr<Journals> journals_ =
      std::make_unique<Journals>(JournalsOptions{std::chrono::milliseconds(300), 4});
};

TEST_F(JournalsTest, RoomForTheNextEntryIsMadeBehindTheAnswer) {
  ASSERT_TRUE(Append(TestFull(1)));
  for (const auto& folder : {a_, b_}) {
    const std::string path = folder->path() + "/30313233343536373839616263646566.journal";
    const auto room = [&] {
      return static_cast<int64_t>(disk_.CopyOf(path).value().size()) -
             folder->Size(kTestStore).value();
    };
    for (int i = 0; i < 5000 && room() == 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_GT(room(), 0);
  }
  ASSERT_TRUE(Append(TestRotation(2)));
  EXPECT_EQ(Generation(*a_), 2);
}

TEST_F(JournalsTest, AnEntryIsAtEveryDestinationWhenItIsAcknowledged) {
  ASSERT_TRUE(Append(TestFull(1)));
  std::promise<Status> answered;
  journals_->Append(kTestStore, Shared(TestRotation(2)),
                    [&](const Status& outcome) { answered.set_value(outcome); });
  ASSERT_TRUE(answered.get_future().get());
  EXPECT_EQ(Generation(*a_), 2);
  EXPECT_EQ(Generation(*b_), 2);
  EXPECT_TRUE(journals_->Reach(kTestStore, kTestLineage, 2));
  EXPECT_FALSE(journals_->Reach(kTestStore, kTestLineage, 1));
  EXPECT_FALSE(journals_->Reach(kTestStore, kOtherTestLineage, 2));
  EXPECT_FALSE(journals_->Reach(kOtherTestStore, kTestLineage, 2));
  EXPECT_EQ(journals_->Size(kTestStore), 3 * 4096);
  ASSERT_TRUE(journals_->StartAfresh(kTestStore, Shared(TestFull(2))));
  EXPECT_EQ(journals_->Size(kTestStore), 2 * 4096);
  EXPECT_EQ(Generation(*b_), 2);
}

TEST_F(JournalsTest, AFailingDestinationIsNamedAndARepetitionFinishesIt) {
  ASSERT_TRUE(Append(TestFull(1)));
  OnSync("/mnt/b", Verdict::kFailBefore);
  const Status failed = Append(TestRotation(2));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(failed.error().text.find("/mnt/b"), std::string::npos) << failed.error().text;
  EXPECT_EQ(failed.error().text.find("/mnt/a"), std::string::npos) << failed.error().text;
  EXPECT_FALSE(journals_->Reach(kTestStore, kTestLineage, 2));
  disk_.SetHook({});
  EXPECT_TRUE(Append(TestRotation(2)));
  EXPECT_TRUE(journals_->Reach(kTestStore, kTestLineage, 2));
  const auto chain = ReadChain(disk_, "/mnt/a", kTestStore);
  EXPECT_EQ(chain->entries, 2) << "not twice where it was there";
}

TEST_F(JournalsTest, AHangingDestinationHoldsNobodyLongerThanTheDeadline) {
  ASSERT_TRUE(Append(TestFull(1)));
  OnSync("/mnt/b", Verdict::kHang);
  const auto begun = std::chrono::steady_clock::now();
  const Status late = Append(TestRotation(2));
  EXPECT_EQ(late.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(late.error().text.find("/mnt/b: no answer within 300 ms"), std::string::npos);
  EXPECT_FALSE(Append(TestRotation(2))) << "waits behind the first";
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  EXPECT_EQ(Generation(*a_), 2);
  disk_.SetHook({});
  disk_.Release();
  EXPECT_TRUE(Append(TestRotation(2)));
  EXPECT_TRUE(Append(TestRotation(3)));
  EXPECT_EQ(ReadChain(disk_, "/mnt/b", kTestStore)->entries, 3);
}

TEST_F(JournalsTest, AHangingDestinationDoesNotHoldTheEnd) {
  ASSERT_TRUE(Append(TestFull(1)));
  OnSync("/mnt/b", Verdict::kHang);
  std::promise<Status> answered;
  journals_->Append(kTestStore, Shared(TestRotation(2)),
                    [&](const Status& outcome) { answered.set_value(outcome); });
  const auto begun = std::chrono::steady_clock::now();
  journals_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  EXPECT_FALSE(answered.get_future().get());
}

TEST_F(JournalsTest, ADestinationThatCameLaterNeedsAFullEntryAndThenGoesOn) {
  ASSERT_TRUE(Append(TestFull(1)));
  const auto c = std::make_shared<JournalFolder>(disk_, "/mnt/c");
  ASSERT_TRUE(c->SetUp());
  journals_->Add(c, false);
  EXPECT_TRUE(Append(TestRotation(2))) << "it is not waited for";
  const auto failed_at_c = [&] { return !journals_->States()[2].last; };
  for (int i = 0; i < 2000 && !failed_at_c(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_EQ(journals_->States().size(), 3u);
  EXPECT_EQ(journals_->States()[2].last.error().kind, ErrorKind::kConflict);
  ASSERT_TRUE(journals_->SetWaits("/mnt/c", true));
  const Status gap = Append(TestRotation(3));
  EXPECT_EQ(gap.error().kind, ErrorKind::kConflict) << "a full one is needed";
  EXPECT_NE(gap.error().text.find("/mnt/c"), std::string::npos);
  EXPECT_TRUE(Append(TestFull(3)));
  EXPECT_TRUE(Append(TestRotation(4)));
  EXPECT_TRUE(journals_->Reach(kTestStore, kTestLineage, 4));
  EXPECT_EQ(ReadChain(disk_, "/mnt/a", kTestStore)->runs.back().full, std::vector<int64_t>{1})
      << "the full one was not needed there";
  EXPECT_TRUE(journals_->Remove("/mnt/c"));
  EXPECT_EQ(journals_->Remove("/mnt/c").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(journals_->SetWaits("/mnt/c", true).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(Append(TestRotation(5)));
  EXPECT_EQ(Generation(*c), 4);
}

TEST_F(JournalsTest, WithNoDestinationThereIsNothingToWaitFor) {
  Journals none;
  EXPECT_TRUE(none.Append(kTestStore, Shared(TestFull(1))));
  EXPECT_TRUE(none.Reach(kTestStore, kTestLineage, 1));
  EXPECT_EQ(none.Size(kTestStore), 0);
}

TEST_F(JournalsTest, StoresGoTheirWaysAtTheSameTimeEachInItsOrder) {
  constexpr int kStores = 40;
  constexpr int64_t kGenerations = 25;
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int64_t generation = 1; generation <= kGenerations; ++generation) {
        std::vector<std::future<Status>> answers;
        for (int store = t; store < kStores; store += 4) {
          const std::string identity = StoreNumber(store);
          const auto promise = std::make_shared<std::promise<Status>>();
          answers.push_back(promise->get_future());
          journals_->Append(
              identity,
              Shared(generation == 1 ? TestFull(1) : TestRotation(generation, store % 5), identity),
              [promise](const Status& outcome) { promise->set_value(outcome); });
        }
        for (auto& answer : answers) failed += !answer.get();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  for (int store = 0; store < kStores; ++store) {
    for (const char* folder : {"/mnt/a", "/mnt/b"}) {
      const auto chain = ReadChain(disk_, folder, StoreNumber(store));
      ASSERT_TRUE(chain);
      EXPECT_EQ(chain->entries, kGenerations);
      EXPECT_TRUE(chain->findings.empty());
    }
  }
}

TEST_F(JournalsTest, AStoreThatHangsDoesNotHoldTheOthers) {
  ASSERT_TRUE(Append(TestFull(1)));
  const std::string path = JournalPath("/mnt/b", kTestStore);
  disk_.SetHook([=](const DiskOperation& operation) {
    const bool hit = operation.kind == DiskOperation::kSync && operation.path == path;
    return hit ? Verdict::kHang : Verdict::kPass;
  });
  std::promise<Status> late;
  journals_->Append(kTestStore, Shared(TestRotation(2)),
                    [&](const Status& outcome) { late.set_value(outcome); });
  ASSERT_TRUE(disk_.WaitForHanging(1, 5000));
  EXPECT_TRUE(journals_->Append(kOtherTestStore, Shared(TestFull(1), kOtherTestStore)));
  EXPECT_FALSE(late.get_future().get());
}

}  // namespace
}  // namespace oubli::keys
