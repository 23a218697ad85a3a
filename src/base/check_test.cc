#include "base/check.h"

#include <gtest/gtest.h>

namespace oubli {
namespace {

TEST(CheckDeathTest, StopsTheProcessAndNamesThePlace) {
  const int lives = 9;
  OUBLI_CHECK(lives == 9);
  EXPECT_DEATH(OUBLI_CHECK(lives == 8), "check failed: lives == 8 \\(check_test.cc:[0-9]+\\)");
}

TEST(CheckDeathTest, EvaluatesItsConditionOnce) {
  int evaluated = 0;
  OUBLI_CHECK(++evaluated == 1);
  EXPECT_EQ(evaluated, 1);
}

}  // namespace
}  // namespace oubli
