#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <random>
#include <thread>

#include "erasure/reindex_fixture.h"

namespace oubli::erasure {
namespace {

using customers::Store;
using customers::StoreTransaction;

using ReindexConcurrencyTest = ReindexTest;

// Holds up the store's writer, so that what is asked for meanwhile is committed together.
class HeldWriter {
 public:
  explicit HeldWriter(Store& store) {
    store.Write(
        [this](StoreTransaction&) -> Status {
          begun_.set_value();
          go_on_.get_future().wait();
          return {};
        },
        [](const Status&) {});
    begun_.get_future().wait();
  }
  // Calls one after the other, each on a thread of its own, then lets the writer go on.
  void Run(const std::vector<std::function<void()>>& calls) {
    std::vector<std::thread> threads;
    for (const auto& call : calls) {
      threads.emplace_back(call);
      std::this_thread::sleep_for(std::chrono::milliseconds(40));
    }
    go_on_.set_value();
    for (std::thread& thread : threads) thread.join();
  }

 private:
  std::promise<void> begun_;
  std::promise<void> go_on_;
};

TEST_F(ReindexConcurrencyTest, OneCommitMayEndOneAndBeginTheNext) {
  Fill(1, 30);
  ASSERT_TRUE(StartReindex(*store_));
  ASSERT_TRUE(StepReindex(*store_).value().complete);
  HeldWriter(*store_).Run({[&] { EXPECT_FALSE(EndReindex(*store_).value().under_way); },
                           [&] { EXPECT_TRUE(StartReindex(*store_)); },
                           [&] { EXPECT_TRUE(CreateIn(*store_, ProfileOf(Word(31)))); }});
  EXPECT_EQ(IndexKeys().size(), 2U);
  ExpectAllFound(1, 31);
  EXPECT_EQ(CreateIn(*store_, ProfileOf(Word(7))).error().kind, ErrorKind::kConflict);
  Reopen();
  ExpectAllFound(1, 31);
  ASSERT_TRUE(RunToTheEnd(*store_));
  ExpectAllFound(1, 31);
}

TEST_F(ReindexConcurrencyTest, OneCommitMayEraseAllCreateAndBeginOne) {
  Fill(1, 30);
  HeldWriter(*store_).Run({[&] {
                             ClearAll(
                                 *store_, [] { return true; },
                                 [](const Status& done) { EXPECT_TRUE(done); });
                           },
                           [&] { EXPECT_TRUE(CreateIn(*store_, ProfileOf(Word(31)))); },
                           [&] { EXPECT_TRUE(StartReindex(*store_)); },
                           [&] { EXPECT_TRUE(CreateIn(*store_, ProfileOf(Word(32)))); }});
  ExpectAllFound(31, 32);
  EXPECT_EQ(FoundBy(*store_, Word(1)), 0);
  ASSERT_TRUE(RunToTheEnd(*store_));
  ExpectAllFound(31, 32);
}

TEST_F(ReindexConcurrencyTest, ManyCallersDriveTheSameOne) {
  Fill(1, 30);
  ASSERT_TRUE(StartReindex(*store_));
  ASSERT_TRUE(StepReindex(*store_).value().complete);
  std::vector<std::thread> threads;
  std::atomic<bool> go = false;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!go) std::this_thread::yield();
      for (int round = 0; round < 25; ++round) EXPECT_TRUE(RunToTheEnd(*store_));
    });
  }
  go = true;
  for (int i = 0; i < 20; ++i) ExpectAllFound(1, 30);
  for (std::thread& thread : threads) thread.join();
  ExpectAllFound(1, 30);
  ASSERT_TRUE(RunToTheEnd(*store_));
  ExpectAllFound(1, 30);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM token"), 4 * 30);
}

// Each thread has words of its own and knows who has them; some customers nobody touches.
class Caller {
 public:
  Caller(Store& store, int number, uint32_t seed) : store_(store), number_(number), random_(seed) {}

  void Run(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) Step();
    for (int word = 0; word < kWords; ++word) Expect(word);
  }

 private:
  static constexpr int kWords = 12;

  std::string WordOf(int word) const {
    return "t" + std::to_string(number_) + "x" + std::to_string(word);
  }
  void Expect(int word) { EXPECT_EQ(FoundBy(store_, WordOf(word)), ids_[word]) << WordOf(word); }

  void Step() {
    const int word = static_cast<int>(random_() % kWords);
    const int other = static_cast<int>(random_() % kWords);
    switch (random_() % 4) {
      case 0:
        Create(word);
        break;
      case 1:
        if (ids_[word] == 0) break;
        EXPECT_EQ(EraseIn(store_, {ids_[word]}).value().erased.size(), 1U);
        ids_[word] = 0;
        break;
      case 2:
        Rename(word, other);
        break;
      default:
        break;
    }
    Expect(word);
    Expect(other);
  }

  void Create(int word) {
    const auto made = CreateIn(store_, ProfileOf(WordOf(word)));
    EXPECT_EQ(made.has_value(), ids_[word] == 0) << WordOf(word);
    if (made) {
      ids_[word] = made->head.id;
    } else {
      EXPECT_EQ(made.error().kind, ErrorKind::kConflict);
    }
  }

  void Rename(int word, int other) {
    if (ids_[word] == 0) return;
    const auto renamed = store_.WriteAndWait([&](StoreTransaction& transaction) -> Status {
      OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(transaction, ids_[word]));
      if (!customer) return Fail(ErrorKind::kNotFound, "is gone");
      customer->profile = ProfileOf(WordOf(other));
      OUBLI_TRY(customers::UpdateCustomer(transaction, *customer));
      return {};
    });
    if (word != other && ids_[other] != 0) {
      EXPECT_FALSE(renamed);
      EXPECT_EQ(renamed ? ErrorKind::kCorrupt : renamed.error().kind, ErrorKind::kConflict);
      return;
    }
    EXPECT_TRUE(renamed);
    std::swap(ids_[word], ids_[other]);
  }

  Store& store_;
  const int number_;
  std::mt19937 random_;
  std::map<int, int64_t> ids_;  // by word; 0: nobody has it
};

TEST_F(ReindexConcurrencyTest, LookUpsAreRightAtEveryMoment) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Fill(1, 300);
  std::atomic<int> callers = 3;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      Caller(*store_, i, seed + static_cast<uint32_t>(i)).Run(150);
      --callers;
    });
  }
  threads.emplace_back([&] {
    std::mt19937 random(seed);
    while (callers > 0) {
      const auto id = static_cast<int64_t>(random() % 300 + 1);
      EXPECT_EQ(FoundBy(*store_, Word(id)), id);
    }
  });
  int reindexed = 0;
  while (callers > 0) {
    EXPECT_TRUE(RunToTheEnd(*store_));
    ++reindexed;
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(reindexed, 2);
  ExpectAllFound(1, 300);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM token"), 4 * Count());
}

}  // namespace
}  // namespace oubli::erasure
