#include "base/clock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace oubli {
namespace {

TEST(SystemClockTest, FollowsTheWallClock) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  EXPECT_NEAR(static_cast<double>(SystemClock().NowMs()), static_cast<double>(now), 60'000);
}

TEST(SystemClockTest, CountsOnSinceTheBoot) {
  const int64_t before = SystemClock().BootMs();
  EXPECT_GT(before, 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_GE(SystemClock().BootMs() - before, 19);
}

TEST(SystemClockTest, NamesTheBoot) {
  EXPECT_GE(SystemClock().BootId().size(), 8U);
  EXPECT_EQ(SystemClock().BootId().find_first_of(" \n"), std::string::npos);
  EXPECT_EQ(SystemClock().BootId(), SystemClock().BootId());
}

TEST(ManualClockTest, MovesOnlyWhenMoved) {
  ManualClock clock(5'000);
  const std::string boot = clock.BootId();
  const int64_t start = clock.BootMs();
  clock.Advance(250);
  EXPECT_EQ(clock.NowMs(), 5'250);
  EXPECT_EQ(clock.BootMs(), start + 250);
  clock.SetWall(100);
  EXPECT_EQ(clock.NowMs(), 100);
  EXPECT_EQ(clock.BootMs(), start + 250);
  clock.Reboot();
  EXPECT_EQ(clock.BootMs(), 0);
  EXPECT_NE(clock.BootId(), boot);
}

}  // namespace
}  // namespace oubli
