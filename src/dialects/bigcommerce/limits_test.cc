// The limits of contract 1.8, with a clock that stands still until it is moved.
#include "dialects/bigcommerce/limits.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <future>
#include <vector>

#include "customers/settings.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/router.h"

namespace oubli::dialects::bigcommerce {
namespace {

using testing::HeaderOf;

TEST(RollingWindow, MovesOnWithTheTime) {
  RollingWindow window;
  EXPECT_TRUE(window.Take(1000, 2));
  EXPECT_EQ(window.ResetMs(1000, 2), 30'000);
  EXPECT_TRUE(window.Take(11'000, 2));
  EXPECT_EQ(window.ResetMs(11'000, 2), 20'000);
  EXPECT_FALSE(window.Take(30'999, 2));
  EXPECT_EQ(window.ResetMs(30'999, 2), 1);
  EXPECT_TRUE(window.Take(31'000, 2)) << "the first one has left";
  EXPECT_FALSE(window.Take(31'000, 2));
  EXPECT_EQ(window.used(), 2);
  EXPECT_EQ(window.ResetMs(31'000, 2), 10'000) << "until the second one leaves";
}

TEST(RollingWindow, WaitsForAllThatHaveToLeaveWhereTheQuotaWasMadeSmaller) {
  RollingWindow window;
  for (int64_t i = 0; i < 10; ++i) EXPECT_TRUE(window.Take(i * 100, 10));
  EXPECT_FALSE(window.Take(1000, 3));
  EXPECT_EQ(window.ResetMs(1000, 3), 700 + 30'000 - 1000);
  EXPECT_FALSE(window.Take(30'699, 3));
  EXPECT_TRUE(window.Take(30'700, 3));
}

class LimitsTest : public BigCommerceTest {
 protected:
  void Set(const char* name, const char* value, std::string_view store = "abc") {
    ASSERT_TRUE(customers::ChangeSetting(*world_.OpenStore(store), name, value));
  }
  static void ExpectHeaders(const http::Response& response, const std::string& quota,
                            const std::string& left, const std::string& reset_ms) {
    EXPECT_EQ(HeaderOf(response, "x-rate-limit-time-window-ms"), "30000");
    EXPECT_EQ(HeaderOf(response, "x-rate-limit-requests-quota"), quota);
    EXPECT_EQ(HeaderOf(response, "x-rate-limit-requests-left"), left);
    EXPECT_EQ(HeaderOf(response, "x-rate-limit-time-reset-ms"), reset_ms);
  }
  void ExpectRefused(const http::Response& response, const std::string& retry_after) {
    EXPECT_EQ(response.status, 429);
    EXPECT_EQ(response.body, Envelope(429, "Too many requests"));
    EXPECT_EQ(HeaderOf(response, "content-type"), "application/json");
    EXPECT_EQ(HeaderOf(response, "x-retry-after"), retry_after);
  }
};

TEST_F(LimitsTest, NothingIsCountedUnlessTheStoreSaysSo) {
  for (int i = 0; i < 400; ++i) {
    const http::Response response = Get("/v3/customers?id:in=1");
    ASSERT_EQ(response.status, 200);
    ExpectHeaders(response, "150", "149", "15000");
    EXPECT_EQ(HeaderOf(response, "x-retry-after"), "");
  }
}

TEST_F(LimitsTest, TheQuotaOfAStoreIsSharedByItsTokensAndComesBack) {
  Set("bigcommerce_rate_limit", "3");
  const std::string other = TokenFor("abc", {kReadScope});
  ExpectHeaders(Get("/v3/customers"), "3", "2", "30000");
  world_.clock().Advance(10'000);
  ExpectHeaders(world_.Send("GET", "/stores/abc/v3/customers", {{"X-Auth-Token", other}}), "3", "1",
                "20000");
  // Errors of the call's own count too, and have the headers.
  const http::Response bad = Get("/v3/customers?foo=1");
  EXPECT_EQ(bad.status, 422);
  ExpectHeaders(bad, "3", "0", "20000");
  world_.clock().Advance(500);
  const http::Response refused =
      Post("/v3/customers", R"([{"email":"a@example.com","first_name":"A","last_name":"B"}])");
  ExpectRefused(refused, "20");
  ExpectHeaders(refused, "3", "0", "19500");
  EXPECT_EQ(Population(), 0) << "nothing was done";
  // Who waits as long as the header says gets through, and not a millisecond before.
  world_.clock().Advance(19'499);
  ExpectRefused(Get("/v3/customers"), "1");
  world_.clock().Advance(1);
  ExpectHeaders(Get("/v3/customers"), "3", "0", "10000");
}

TEST_F(LimitsTest, ARefusedRequestUsesNothingUp) {
  Set("bigcommerce_rate_limit", "1");
  EXPECT_EQ(Get("/v3/customers").status, 200);
  world_.clock().Advance(10'000);
  for (int i = 0; i < 50; ++i) ExpectRefused(Delete("/v3/customers?id:in=1"), "20");
  world_.clock().Advance(20'000);
  EXPECT_EQ(Get("/v3/customers").status, 200);
}

TEST_F(LimitsTest, WhoIsNotAuthenticatedUsesNobodysQuota) {
  Set("bigcommerce_rate_limit", "2");
  world_.CreateStore("other");
  const std::string foreign = TokenFor("other", {kModifyScope});
  const std::string reader = TokenFor("abc", {kReadScope});
  for (const std::string& token : {std::string("nonsense"), foreign, std::string()}) {
    const http::Response response =
        world_.Send("GET", "/stores/abc/v3/customers", {{"X-Auth-Token", token}});
    EXPECT_THAT(response.status, ::testing::AnyOf(401, 403));
    ExpectHeaders(response, "150", "149", "15000");
  }
  EXPECT_EQ(world_.Send("DELETE", "/stores/abc/v3/customers", {{"X-Auth-Token", reader}}).status,
            403);
  EXPECT_EQ(world_.Send("GET", "/stores/abc/v3/nothing", {{"X-Auth-Token", token_}}).status, 404);
  EXPECT_EQ(world_.Send("PATCH", "/stores/abc/v3/customers", {{"X-Auth-Token", token_}}).status,
            405);
  ExpectHeaders(Get("/v3/customers"), "2", "1", "30000");
  // Nor does one store use up another's, used up or not.
  EXPECT_EQ(Get("/v3/customers").status, 200);
  ExpectRefused(Get("/v3/customers"), "30");
  EXPECT_EQ(world_.Send("GET", "/stores/other/v3/customers", {{"X-Auth-Token", foreign}}).status,
            200);
}

TEST_F(LimitsTest, OneSwitchTurnsOnTheOriginalsFigures) {
  Set("bigcommerce_original_limits", "on");
  ExpectHeaders(Get("/v3/customers"), "150", "149", "30000");
  for (int i = 0; i < 149; ++i) ASSERT_EQ(Get("/v3/customers?id:in=1").status, 200);
  ExpectRefused(Get("/v3/customers"), "30");
  Set("bigcommerce_rate_limit", "450");
  ExpectHeaders(Get("/v3/customers"), "450", "299", "30000");
  Set("bigcommerce_original_limits", "off");
  Set("bigcommerce_rate_limit", "original");
  ExpectRefused(Get("/v3/customers"), "30");
  Set("bigcommerce_rate_limit", "off");
  ExpectHeaders(Get("/v3/customers"), "150", "149", "15000");
}

// Keeps the writer busy, so that whatever writes has no answer yet.
class HeldWriter {
 public:
  explicit HeldWriter(customers::Store& store) : state_(std::make_shared<State>()) {
    store.Write(
        [state = state_](customers::StoreTransaction&) -> Status {
          state->begun.set_value();
          state->release.get_future().wait();
          return {};
        },
        [](const Status&) {});
    state_->begun.get_future().wait();
  }
  void Release() { state_->release.set_value(); }

 private:
  struct State {
    std::promise<void> begun;
    std::promise<void> release;
  };
  std::shared_ptr<State> state_;
};

class ConcurrencyTest : public LimitsTest {
 protected:
  // Sends without waiting for the answer.
  std::future<http::Response> Begin(const std::string& method, const std::string& target,
                                    const std::string& body) {
    auto request = std::make_shared<http::Request>();
    request->method = method;
    request->path = "/stores/abc" + target;
    request->headers = {{"X-Auth-Token", token_}, {"Content-Type", "application/json"}};
    request->body = body;
    auto answer = std::make_shared<std::promise<http::Response>>();
    world_.dialect().Handle(std::move(request), http::Responder([answer](http::Response response) {
                              answer->set_value(std::move(response));
                            }));
    return answer->get_future();
  }
};

TEST_F(ConcurrencyTest, AFourthUpdateAtATimeIsRefusedAndAnAnswerMakesRoom) {
  Set("bigcommerce_concurrency_limits", "on");
  const int64_t id = Create("a@example.com").head.id;
  const std::string body = R"([{"id":)" + std::to_string(id) + R"(,"first_name":"Ann"}])";
  const auto store = Store();
  for (int round = 0; round < 2; ++round) {
    HeldWriter held(*store);
    std::vector<std::future<http::Response>> under_way;
    for (int i = 0; i < 3; ++i) under_way.push_back(Begin("PUT", "/v3/customers", body));
    const http::Response refused = Put("/v3/customers", body);
    ExpectRefused(refused, "1");
    ExpectHeaders(refused, "150", "149", "1000");
    // Other endpoints and methods have places of their own, and most no limit.
    EXPECT_EQ(Get("/v3/customers").status, 200);
    auto create = Begin("POST", "/v3/customers/addresses", "[]");
    held.Release();
    for (auto& answer : under_way) EXPECT_EQ(answer.get().status, 200);
    EXPECT_NE(create.get().status, 429);
    EXPECT_EQ(Put("/v3/customers", body).status, 200);
  }
}

TEST_F(ConcurrencyTest, ARefusedCallIsNotCountedAndErrorsGiveTheirPlaceBack) {
  Set("bigcommerce_concurrency_limits", "on");
  Set("bigcommerce_rate_limit", "100");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Put("/v3/customers", "nonsense").status, 400);
  const auto store = Store();
  const int64_t id = Create("a@example.com").head.id;
  const std::string body = R"([{"id":)" + std::to_string(id) + R"(,"first_name":"Ann"}])";
  HeldWriter held(*store);
  std::vector<std::future<http::Response>> under_way;
  for (int i = 0; i < 3; ++i) under_way.push_back(Begin("PUT", "/v3/customers", body));
  for (int i = 0; i < 5; ++i) ExpectHeaders(Put("/v3/customers", body), "100", "77", "30000");
  held.Release();
  for (auto& answer : under_way) EXPECT_EQ(answer.get().status, 200);
  ExpectHeaders(Get("/v3/customers"), "100", "76", "30000");
}

TEST(ConcurrencyRules, EachIsOneOfARoute) {
  for (const ConcurrencyRule& rule : ConcurrencyRules()) {
    const auto fits = [&](const Route& route) {
      return route.method == rule.method && route.pattern == rule.pattern;
    };
    EXPECT_EQ(std::ranges::count_if(Routes(), fits), 1) << rule.method << " " << rule.pattern;
    EXPECT_GT(rule.at_most, 0) << rule.pattern;
  }
}

TEST_F(ConcurrencyTest, NoLimitUnlessTheStoreSaysSo) {
  const int64_t id = Create("a@example.com").head.id;
  const std::string body = R"([{"id":)" + std::to_string(id) + R"(,"first_name":"Ann"}])";
  const auto store = Store();
  HeldWriter held(*store);
  std::vector<std::future<http::Response>> under_way;
  for (int i = 0; i < 20; ++i) under_way.push_back(Begin("PUT", "/v3/customers", body));
  held.Release();
  for (auto& answer : under_way) EXPECT_EQ(answer.get().status, 200);
}

TEST_F(LimitsTest, ChannelIdsAreAnArrayWhereTheStoreWantsIt) {
  Create("a@example.com");
  EXPECT_THAT(Get("/v3/customers").body, ::testing::HasSubstr(R"("channel_ids":null)"));
  Set("bigcommerce_channel_ids_as_array", "yes");
  EXPECT_THAT(Get("/v3/customers").body, ::testing::HasSubstr(R"("channel_ids":[1])"));
  const http::Response made =
      Post("/v3/customers", R"([{"email":"b@example.com","first_name":"A","last_name":"B"}])");
  EXPECT_EQ(made.status, 200);
  EXPECT_THAT(made.body, ::testing::HasSubstr(R"("channel_ids":[1])"));
  Set("bigcommerce_channel_ids_as_array", "no");
  EXPECT_THAT(Get("/v3/customers").body, ::testing::HasSubstr(R"("channel_ids":null)"));
}

TEST(TooManyRequests, HasTheShapeOfTheVersion) {
  const Choices choices;
  EXPECT_EQ(TooManyRequests(choices, "/stores/{store_hash}/v2/customers", 7).body,
            R"([{"status":429,"message":"Too many requests"}])");
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
