// POST /v3/customers/validate-credentials.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <chrono>

#include "crypto/password.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"
#include "dialects/bigcommerce/choices.h"
#include "dialects/bigcommerce/password_attempts.h"

namespace oubli::dialects::bigcommerce {
namespace {

using testing::HeaderOf;

const std::string kValidatePath = "/v3/customers/validate-credentials";
const std::string kInvalid = R"({"is_valid":false})";

class ValidateTest : public BigCommerceTest {
 protected:
  explicit ValidateTest(testing::DialectWorld::Make make = Make) : BigCommerceTest(make) {
    EXPECT_EQ(Post("/v3/customers",
                   R"([{"email":"Sally@Example.com","first_name":"S","last_name":"S",
                        "authentication":{"new_password":"secret12"}}])")
                  .status,
              200);
  }
  http::Response Try(const std::string& email, const std::string& password,
                     const std::string& more = "") {
    return Post(kValidatePath,
                fmt::format(R"({{"email":"{}","password":"{}"{}}})", email, password, more));
  }
};

// Contract 5.1.
TEST_F(ValidateTest, TheContractsExchanges) {
  const auto valid = Try("sally@example.com", "secret12", R"(,"channel_id":1)");
  EXPECT_EQ(valid.status, 200);
  EXPECT_EQ(HeaderOf(valid, "content-type"), "application/json");
  EXPECT_EQ(valid.body, R"({"is_valid":true,"customer_id":1})");
  const auto wrong = Try("sally@example.com", "secret13");
  EXPECT_EQ(wrong.status, 200);
  EXPECT_EQ(wrong.body, kInvalid);
  EXPECT_EQ(
      Post(kValidatePath, R"({"email":"a@b.co"})").body,
      Envelope(422, "JSON data is missing or invalid", R"({"password":"error.path.missing"})"));
  EXPECT_EQ(Post(kValidatePath, R"({"password":"x"})").body,
            Envelope(422, "JSON data is missing or invalid", R"({"email":"error.path.missing"})"));
}

TEST_F(ValidateTest, TheAnswerDoesNotSayWhatWasWrong) {
  Create("nopassword@example.com");
  const auto wrong = Try("sally@example.com", "wrong123");
  for (const auto& answer :
       {Try("nobody@example.com", "secret12"), Try("nopassword@example.com", "secret12"),
        Try("nopassword@example.com", " "), Try("not an address", "secret12"),
        Try("sally@example.com", "Secret12"), Try("sally@example.com", "secret12 ")}) {
    EXPECT_EQ(answer.status, wrong.status);
    EXPECT_EQ(answer.body, kInvalid);
    EXPECT_EQ(answer.headers.size(), wrong.headers.size());
  }
}

// An address that nobody has costs as much as one with a wrong password: a hash, not a look-up.
TEST_F(ValidateTest, TimeDoesNotTellWhetherThereIsAnAccount) {
  const auto time = [&](const std::string& email) {
    auto best = std::chrono::nanoseconds::max();
    for (int i = 0; i < 4; ++i) {
      const auto start = std::chrono::steady_clock::now();
      EXPECT_EQ(Try(email, "wrong123").body, kInvalid);
      best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - start);
    }
    return best;
  };
  const auto known = time("sally@example.com");
  const auto unknown = time("nobody@example.com");
  EXPECT_GT(unknown * 4, known);
  EXPECT_GT(known * 4, unknown);
}

TEST_F(ValidateTest, ACustomerLogsInToItsChannelsOnly) {
  ASSERT_EQ(Put("/v3/customers", R"([{"id":1,"channel_ids":[2,3]}])").status, 200);
  EXPECT_EQ(Try("sally@example.com", "secret12").body, kInvalid);  // channel 1 by default
  EXPECT_EQ(Try("sally@example.com", "secret12", R"(,"channel_id":3)").body,
            R"({"is_valid":true,"customer_id":1})");
  EXPECT_EQ(Try("sally@example.com", "secret12", R"(,"channel_id":4)").body, kInvalid);
}

TEST_F(ValidateTest, AChannelMayKeepGlobalCustomersOut) {
  ASSERT_EQ(Put("/v3/customers/settings/channels/5", R"({"allow_global_logins":false})").status,
            200);
  EXPECT_EQ(Try("sally@example.com", "secret12", R"(,"channel_id":5)").body, kInvalid);
  EXPECT_EQ(Try("sally@example.com", "secret12", R"(,"channel_id":6)").body,
            R"({"is_valid":true,"customer_id":1})");
}

TEST_F(ValidateTest, AnErasedCustomerIsNobody) {
  ASSERT_EQ(Delete("/v3/customers?id:in=1").status, 204);
  EXPECT_EQ(Try("sally@example.com", "secret12").body, kInvalid);
}

TEST_F(ValidateTest, BadBodiesAreRefused) {
  for (const std::string body :
       {R"({"email":5,"password":"x"})", R"({"email":"a@b.co","password":5})",
        R"({"email":"","password":"x"})", R"({"email":"a@b.co","password":""})",
        R"({"email":null,"password":"x"})", R"({"email":"a@b.co","password":"x","channel_id":"1"})",
        R"({"email":"a@b.co","password":"x","channel_id":0})",
        R"({"email":"a@b.co","password":"x","channel_id":99999999999})",
        R"({"email":"a@b.co","password":"a\u0000b"})", "[]", "null", R"([{"email":"a@b.co"}])"}) {
    const auto answer = Post(kValidatePath, body);
    EXPECT_EQ(answer.status, 422) << body;
    EXPECT_EQ(answer.body.find("a@b.co"), std::string::npos);
  }
  EXPECT_EQ(
      Post(kValidatePath, R"({"email":")" + std::string(256, 'x') + R"(","password":"x"})").status,
      422);
  EXPECT_EQ(Post(kValidatePath, "{").status, 400);
  EXPECT_EQ(Post(kValidatePath, "").status, 400);
  EXPECT_EQ(Send("GET", kValidatePath).status, 405);
}

// Contract 5.1 and 1.8: its own limit, and no X-Retry-After.
TEST_F(ValidateTest, AnAddressHasSoManyAttemptsAWindow) {
  const int64_t allowed = Choices().max_logins_of_an_email;
  for (int64_t i = 0; i < allowed; ++i) {
    EXPECT_EQ(Try("sally@example.com", "wrong123").status, 200) << i;
  }
  for (const std::string email : {"sally@example.com", " SALLY@example.com "}) {
    const auto refused = Try(email, "secret12");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.body, Envelope(429, "Too many requests"));
    EXPECT_EQ(HeaderOf(refused, "x-retry-after"), "");
  }
  // A body with a fault is no attempt, and other addresses and stores go on.
  EXPECT_EQ(Post(kValidatePath, R"({"email":"sally@example.com"})").status, 422);
  EXPECT_EQ(Try("other@example.com", "secret12").status, 200);
  world_.CreateStore("other");
  EXPECT_EQ(world_
                .Send("POST", "/stores/other" + kValidatePath,
                      {{"X-Auth-Token", TokenFor("other", {kModifyScope})},
                       {"Content-Type", "application/json"}},
                      R"({"email":"sally@example.com","password":"x"})")
                .status,
            200);
  world_.clock().Advance(Choices().password_window_ms - 1);
  EXPECT_EQ(Try("sally@example.com", "secret12").status, 429);
  world_.clock().Advance(1);
  EXPECT_EQ(Try("sally@example.com", "secret12").body, R"({"is_valid":true,"customer_id":1})");
}

TEST_F(ValidateTest, AnAddressThatNobodyHasIsLimitedTheSame) {
  for (int64_t i = 0; i < Choices().max_logins_of_an_email; ++i) {
    EXPECT_EQ(Try("nobody@example.com", "wrong123").status, 200) << i;
  }
  EXPECT_EQ(Try("nobody@example.com", "wrong123").status, 429);
}

TEST(PasswordAttemptsTest, AStoreHasSoManyAttemptsAWindow) {
  ManualClock clock(0);
  Choices choices;
  choices.max_logins_of_a_store = 3;
  PasswordAttempts attempts(clock, choices);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(attempts.AllowEmail(1, fmt::format("p{}@example.com", i)));
  }
  EXPECT_FALSE(attempts.AllowEmail(1, "p9@example.com"));
  EXPECT_TRUE(attempts.AllowEmail(2, "p9@example.com"));
  // What was refused did not count: the window ends when it would have ended.
  clock.Advance(choices.password_window_ms);
  EXPECT_TRUE(attempts.AllowEmail(1, "p9@example.com"));
}

TEST(PasswordAttemptsTest, TheTwoCallsCountApart) {
  ManualClock clock(0);
  Choices choices;
  choices.max_logins_of_a_store = 1;
  choices.max_validations_of_a_store = 3;
  choices.max_validations_of_a_customer = 2;
  PasswordAttempts attempts(clock, choices);
  EXPECT_TRUE(attempts.AllowEmail(1, "7"));
  EXPECT_FALSE(attempts.AllowEmail(1, "7"));
  EXPECT_TRUE(attempts.AllowCustomer(1, 7));
  EXPECT_TRUE(attempts.AllowCustomer(1, 7));
  EXPECT_FALSE(attempts.AllowCustomer(1, 7));
  EXPECT_TRUE(attempts.AllowCustomer(1, 8));
  EXPECT_FALSE(attempts.AllowCustomer(1, 9)) << "the store's three";
  EXPECT_TRUE(attempts.AllowCustomer(2, 7));
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
