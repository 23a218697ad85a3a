#include "webhooks/domain_health.h"

#include <gtest/gtest.h>

#include "webhooks/retry_schedule.h"

namespace oubli::webhooks {
namespace {

constexpr int64_t kStart = 1000;

// Notes so many requests, the failed ones last; whether one of them has blocked the domain.
bool Note(DomainHealth& health, int taken, int failed, int64_t now) {
  bool blocked = false;
  for (int i = 0; i < taken; ++i) blocked |= health.Note(7, "h", "", now, 50'000);
  for (int i = 0; i < failed; ++i) blocked |= health.Note(7, "h", "status 500", now, 50'000);
  return blocked;
}

TEST(DomainHealth, BlocksWhenMoreThanATenthOfAHundredFail) {
  DomainHealth health;
  EXPECT_FALSE(Note(health, 90, 10, kStart));
  EXPECT_TRUE(Note(health, 0, 1, kStart));
  EXPECT_EQ(health.BlockedForMs(7, "h", kStart), 180'000);
  EXPECT_EQ(health.BlockedForMs(7, "h", kStart + 179'999), 1);
  EXPECT_EQ(health.BlockedForMs(7, "h", kStart + 180'000), 0);
  EXPECT_EQ(health.BlockedForMs(8, "h", kStart), 0);
  EXPECT_EQ(health.BlockedForMs(7, "other", kStart), 0);
  const auto blocked = health.Blocked(7, kStart);
  ASSERT_EQ(blocked.size(), 1U);
  EXPECT_EQ(blocked[0].domain, "h");
  ASSERT_EQ(blocked[0].reasons.size(), 1U);
  EXPECT_EQ(blocked[0].reasons[0].description, "status 500");
  EXPECT_EQ(blocked[0].reasons[0].count, 11);
  EXPECT_EQ(blocked[0].reasons[0].last_at, 50'000);
  EXPECT_TRUE(health.Blocked(8, kStart).empty());
}

TEST(DomainHealth, FewRequestsAndOldOnesDoNotCount) {
  DomainHealth health;
  EXPECT_FALSE(Note(health, 0, 99, kStart));
  EXPECT_FALSE(Note(health, 0, 1, kStart + 120'000));
  EXPECT_FALSE(Note(health, 0, 98, kStart + 120'000));
  EXPECT_TRUE(Note(health, 0, 1, kStart + 120'000));
}

TEST(DomainHealth, BeginsAnewAfterThePause) {
  DomainHealth health;
  EXPECT_TRUE(Note(health, 0, 100, kStart));
  EXPECT_FALSE(Note(health, 0, 50, kStart + 1));  // what was under way
  EXPECT_FALSE(Note(health, 0, 99, kStart + 180'000));
  EXPECT_TRUE(Note(health, 0, 1, kStart + 180'000));
}

TEST(RetrySchedule, IsTheOriginals) {
  std::vector<int64_t> pauses;
  int64_t attempts = 1;
  while (const auto pause = RetryDelayMs(attempts, 1)) pauses.push_back(*pause / 1000), ++attempts;
  EXPECT_EQ(pauses,
            (std::vector<int64_t>{60, 180, 300, 600, 900, 1800, 3600, 7200, 21600, 50400, 86400}));
  EXPECT_FALSE(RetryDelayMs(0, 1));
  EXPECT_EQ(RetryDelayMs(1, 1000), 60);
}

}  // namespace
}  // namespace oubli::webhooks
