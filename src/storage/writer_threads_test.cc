#include "storage/writer_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <mutex>
#include <vector>

namespace oubli::storage {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(WriterThreadsTest, RunsEverythingInOrderBeforeItEnds) {
  std::vector<int> seen;
  {
    WriterThreads threads(1);
    threads.PostAfter(std::chrono::hours(1), [&] { seen.push_back(100); });
    for (int i = 0; i < 3; ++i) {
      threads.Post([&, i] {
        seen.push_back(i);
        if (i == 2) threads.PostLast([&] { seen.push_back(3); });
      });
    }
  }
  std::erase(seen, 100);
  EXPECT_EQ(seen, (std::vector<int>{0, 1, 2, 3}));
}

TEST(WriterThreadsTest, WhatIsForLaterComesNotBefore) {
  WriterThreads threads(1);
  std::promise<void> done;
  const auto start = std::chrono::steady_clock::now();
  threads.PostAfter(milliseconds(50), [&] { done.set_value(); });
  done.get_future().wait();
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(50));
}

TEST(WriterThreadsTest, NoMoreRunAtATimeThanItWasMadeWith) {
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  {
    WriterThreads threads(2);
    for (int i = 0; i < 100; ++i) {
      threads.Post([&] {
        const int now = ++running;
        most = std::max(most.load(), now);
        std::this_thread::sleep_for(milliseconds(1));
        --running;
        // Some of them have waited, and there are threads for it then.
        const WriterThreads::Waiting waiting;
        const WriterThreads::Waiting in_another;
        std::this_thread::sleep_for(milliseconds(1));
      });
    }
  }
  EXPECT_EQ(most, 2);
}

TEST(WriterThreadsTest, ThoseThatWaitHoldUpNoOthers) {
  constexpr int kWaiting = 20;
  std::promise<void> gate;
  const auto open = gate.get_future().share();
  std::latch all_wait(kWaiting);
  std::atomic<int> ended{0};
  {
    WriterThreads threads(2);
    for (int i = 0; i < kWaiting; ++i) {
      threads.Post([&] {
        const WriterThreads::Waiting waiting;
        all_wait.count_down();
        open.wait();
        ++ended;
      });
    }
    all_wait.wait();
    // As many of the others as ever run at a time.
    std::latch both_run(2);
    std::promise<void> one, other;
    const auto meet = [&](std::promise<void>& done) {
      threads.Post([&] {
        both_run.arrive_and_wait();
        done.set_value();
      });
    };
    meet(one);
    meet(other);
    EXPECT_EQ(one.get_future().wait_for(seconds(10)), std::future_status::ready);
    EXPECT_EQ(other.get_future().wait_for(seconds(10)), std::future_status::ready);
    EXPECT_EQ(ended, 0);
    gate.set_value();
  }
  EXPECT_EQ(ended, kWaiting);
}

TEST(WriterThreadsTest, WaitingOnAnotherThreadDoesNothing) {
  const WriterThreads::Waiting waiting;
  WriterThreads threads(1);
  std::promise<void> done;
  threads.Post([&] { done.set_value(); });
  EXPECT_EQ(done.get_future().wait_for(seconds(10)), std::future_status::ready);
}

}  // namespace
}  // namespace oubli::storage
