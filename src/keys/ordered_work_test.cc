#include "keys/ordered_work.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <new>
#include <thread>
#include <vector>

namespace oubli::keys {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLong{60'000};

// What a test holds back until it opens it.
class Gate {
 public:
  void Open() { promise_.set_value(); }
  void Pass() { future_.wait(); }

 private:
  std::promise<void> promise_;
  std::shared_future<void> future_ = promise_.get_future().share();
};

TEST(OrderedWorkTest, ALaneKeepsItsOrderWhileOthersGoOn) {
  std::vector<std::vector<int>> seen(8);
  std::atomic<int> running{0}, most{0}, done{0};
  {
    OrderedWork work("test", 4);
    for (int i = 0; i < 400; ++i) {
      const size_t lane = static_cast<size_t>(i) % seen.size();
      work.Post(
          std::to_string(lane), kLong,
          [&, lane, i]() -> Status {
            const int now = ++running;
            most = std::max(most.load(), now);
            seen[lane].push_back(i);
            std::this_thread::sleep_for(std::chrono::microseconds(200));
            --running;
            return {};
          },
          [&](const Status& outcome) { done += outcome.has_value(); });
    }
  }
  EXPECT_EQ(done, 400) << "the destructor waits";
  EXPECT_GT(most, 1);
  EXPECT_LE(most, 4);
  for (const auto& lane : seen) {
    EXPECT_EQ(lane.size(), 50u);
    EXPECT_TRUE(std::is_sorted(lane.begin(), lane.end()));
  }
}

TEST(OrderedWorkTest, WhatHangsIsAnsweredAtItsDeadlineAndWhatWaitsBehindItIsDropped) {
  // Both outlive the work: a thread that hangs uses them afterwards.
  const auto gate = std::make_shared<Gate>();
  const auto ran = std::make_shared<std::atomic<int>>(0);
  std::promise<Status> first, second, other;
  const auto begun = std::chrono::steady_clock::now();
  {
    OrderedWork work("the device", 2);
    const auto post = [&](const char* lane, bool hangs, std::promise<Status>& answer) {
      work.Post(
          lane, milliseconds(100),
          [=]() -> Status {
            if (hangs) gate->Pass();
            ++*ran;
            return {};
          },
          [&answer](const Status& outcome) { answer.set_value(outcome); });
    };
    post("a", true, first);
    post("a", false, second);
    post("b", false, other);
    EXPECT_TRUE(other.get_future().get());
    const Status late = first.get_future().get();
    EXPECT_EQ(late.error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(late.error().text, "the device: no answer within 100 ms");
    EXPECT_FALSE(second.get_future().get());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(5000)) << "nor the destructor";
  gate->Open();
  while (*ran < 2) std::this_thread::yield();
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(*ran, 2) << "the dropped one never runs";
}

// The timer may sleep for one that was answered long ago, or for ever.
TEST(OrderedWorkTest, EachDeadlineIsMetWhateverTheOneBefore) {
  const auto gate = std::make_shared<Gate>();
  OrderedWork work("test", 8);
  int number = 0;
  for (const milliseconds deadline : {kLong, milliseconds(30), kLong, milliseconds(60)}) {
    std::promise<Status> quick, hanging;
    work.Post(
        "quick", deadline, []() -> Status { return {}; },
        [&](const Status& outcome) { quick.set_value(outcome); });
    EXPECT_TRUE(quick.get_future().get());
    const auto begun = std::chrono::steady_clock::now();
    work.Post(
        std::to_string(++number), milliseconds(20),
        [gate]() -> Status {
          gate->Pass();
          return {};
        },
        [&](const Status& outcome) { hanging.set_value(outcome); });
    EXPECT_FALSE(hanging.get_future().get());
    const auto took = std::chrono::steady_clock::now() - begun;
    EXPECT_GE(took, milliseconds(20));
    EXPECT_LT(took, milliseconds(5000));
  }
  gate->Open();
}

TEST(OrderedWorkTest, WhatComesBackLateIsDoneBeforeWhatIsAskedThen) {
  const auto gate = std::make_shared<Gate>();
  OrderedWork work("test", 1);
  std::string order;
  std::promise<Status> first, second;
  work.Post(
      "a", milliseconds(50),
      [&, gate]() -> Status {
        gate->Pass();
        order += "1";
        return {};
      },
      [&](const Status& outcome) { first.set_value(outcome); });
  EXPECT_FALSE(first.get_future().get());
  work.Post(
      "a", kLong,
      [&]() -> Status {
        order += "2";
        return {};
      },
      [&](const Status& outcome) { second.set_value(outcome); });
  gate->Open();
  EXPECT_TRUE(second.get_future().get());
  EXPECT_EQ(order, "12");
}

TEST(OrderedWorkTest, ErrorsAndExceptionsAreAnswersAndACallbackMayAskForMore) {
  std::promise<Status> last;
  OrderedWork work("test", 2);
  work.Post(
      "a", kLong, []() -> Status { return Fail(ErrorKind::kConflict, "no"); },
      [&](const Status& outcome) {
        EXPECT_EQ(outcome.error().kind, ErrorKind::kConflict);
        work.Post(
            "a", kLong, []() -> Status { throw std::bad_alloc(); },
            [&](const Status& second) { last.set_value(second); });
      });
  EXPECT_EQ(last.get_future().get().error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace oubli::keys
