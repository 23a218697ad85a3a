#include "admin/web/sign_in_guard.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace oubli::admin::web {
namespace {

class SignInGuardTest : public ::testing::Test {
 protected:
  ManualClock clock_{1'700'000'000'000};
  SignInGuard guard_{clock_};
};

TEST_F(SignInGuardTest, AfterFiveWrongOnesNobodyIsListenedToForAWhile) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(guard_.Begin("ada", "10.0.0.1"), 0);
  EXPECT_EQ(guard_.Begin("ada", "10.0.0.1"), 15 * 60);
  clock_.Advance(SignInGuard::kLockMs - 500);
  EXPECT_EQ(guard_.Begin("ada", "10.0.0.1"), 1);
  clock_.Advance(500);
  EXPECT_EQ(guard_.Begin("ada", "10.0.0.1"), 0);
}

TEST_F(SignInGuardTest, BeingLockedOutDoesNotLockOutOthers) {
  for (int i = 0; i < 6; ++i) guard_.Begin("ada", "10.0.0.1");
  EXPECT_EQ(guard_.Begin("ada", "10.0.0.2"), 0);
  EXPECT_EQ(guard_.Begin("bob", "10.0.0.1"), 0);
}

TEST_F(SignInGuardTest, ARightPasswordStartsAfresh) {
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(guard_.Begin("ada", fmt::format("10.0.{}.1", round)), 0);
    guard_.SignedIn("ada", fmt::format("10.0.{}.1", round));
    EXPECT_EQ(guard_.Begin("ada", fmt::format("10.0.{}.1", round)), 0);
  }
}

TEST_F(SignInGuardTest, OneAddressMayNotTryManyNames) {
  for (int i = 0; i < SignInGuard::kWrongOfAddress; ++i) {
    EXPECT_EQ(guard_.Begin(fmt::format("name{}", i), "10.0.0.1"), 0);
  }
  EXPECT_GT(guard_.Begin("fresh", "10.0.0.1"), 0);
  EXPECT_EQ(guard_.Begin("fresh", "10.0.0.2"), 0);
}

TEST_F(SignInGuardTest, ManyAddressesMayNotTryOneName) {
  for (int i = 0; i < SignInGuard::kWrongOfName; ++i) {
    EXPECT_EQ(guard_.Begin("ada", fmt::format("10.0.{}.{}", i / 100, i % 100)), 0);
  }
  EXPECT_GT(guard_.Begin("ada", "10.9.9.9"), 0);
  EXPECT_EQ(guard_.Begin("bob", "10.9.9.9"), 0);
}

}  // namespace
}  // namespace oubli::admin::web
