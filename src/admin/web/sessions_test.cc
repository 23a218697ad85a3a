#include "admin/web/sessions.h"

#include <gtest/gtest.h>

#include "crypto/random.h"

namespace oubli::admin::web {
namespace {

class SessionsTest : public ::testing::Test {
 protected:
  SessionsTest() { crypto::Initialize(); }
  static access::Administrator Somebody(int64_t id) {
    access::Administrator administrator;
    administrator.id = id;
    return administrator;
  }

  ManualClock clock_{1'700'000'000'000};
  Sessions sessions_{clock_};
};

TEST_F(SessionsTest, ASecretFindsItsSessionUntilItEnds) {
  const std::string secret = sessions_.Begin(Somebody(7));
  EXPECT_EQ(secret.size(), 64u);
  ASSERT_TRUE(sessions_.Use(secret));
  EXPECT_EQ(sessions_.Use(secret)->administrator_id, 7);
  EXPECT_EQ(sessions_.Use(secret)->csrf_token, sessions_.Use(secret)->csrf_token);
  EXPECT_FALSE(sessions_.Use(secret + "0"));
  EXPECT_FALSE(sessions_.Use(""));
  sessions_.End(secret);
  EXPECT_FALSE(sessions_.Use(secret));
}

TEST_F(SessionsTest, TwoSessionsShareNothing) {
  const std::string one = sessions_.Begin(Somebody(7));
  const std::string two = sessions_.Begin(Somebody(7));
  EXPECT_NE(one, two);
  EXPECT_NE(sessions_.Use(one)->csrf_token, sessions_.Use(two)->csrf_token);
  sessions_.End(one);
  EXPECT_TRUE(sessions_.Use(two));
}

TEST_F(SessionsTest, WhatIsNotUsedEnds) {
  const std::string secret = sessions_.Begin(Somebody(7));
  clock_.Advance(Sessions::kIdleMs - 1);
  EXPECT_TRUE(sessions_.Use(secret));
  clock_.Advance(Sessions::kIdleMs);
  EXPECT_FALSE(sessions_.Use(secret));
}

TEST_F(SessionsTest, LookingIsNoUse) {
  const std::string secret = sessions_.Begin(Somebody(7));
  clock_.Advance(Sessions::kIdleMs - 1);
  EXPECT_EQ(sessions_.Look(secret)->administrator_id, 7);
  EXPECT_FALSE(sessions_.Look(secret + "0"));
  clock_.Advance(1);
  EXPECT_FALSE(sessions_.Look(secret));
  EXPECT_FALSE(sessions_.Use(secret));
}

TEST_F(SessionsTest, UsingItDoesNotKeepItForEver) {
  const std::string secret = sessions_.Begin(Somebody(7));
  for (int64_t passed = 0; passed < Sessions::kLongestMs; passed += Sessions::kIdleMs / 2) {
    ASSERT_TRUE(sessions_.Use(secret)) << passed;
    clock_.Advance(Sessions::kIdleMs / 2);
  }
  EXPECT_FALSE(sessions_.Use(secret));
}

TEST_F(SessionsTest, TheOneUnusedLongestMakesRoom) {
  const std::string other = sessions_.Begin(Somebody(8));
  std::vector<std::string> secrets;
  for (size_t i = 0; i < Sessions::kMaxOfOne; ++i) {
    secrets.push_back(sessions_.Begin(Somebody(7)));
    clock_.Advance(1);
  }
  EXPECT_TRUE(sessions_.Use(secrets[0]));  // now the second is the one
  sessions_.Begin(Somebody(7));
  EXPECT_TRUE(sessions_.Use(secrets[0]));
  EXPECT_FALSE(sessions_.Use(secrets[1]));
  EXPECT_TRUE(sessions_.Use(other));
}

}  // namespace
}  // namespace oubli::admin::web
