// The hooks' calls (contract 8.1 and appendix A). What is delivered is webhooks/'s.
#include <fmt/core.h>

#include "customers/outbox.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"

namespace oubli::dialects::bigcommerce {
namespace {

constexpr const char* kLiteral =
    R"({"scope":"store/customer/deleted","destination":"https://example.com/hooks",)"
    R"("is_active":true,"headers":{"x-secret":"s3"}})";

class HooksTest : public BigCommerceTest {
 protected:
  std::string ClientId() { return std::string(world_.api_keys().List("abc")->at(0).name); }
  http::Response Create(const std::string& scope, const std::string& destination) {
    return Post("/v3/hooks",
                fmt::format(R"({{"scope":"{}","destination":"{}"}})", scope, destination));
  }
  // The error envelope without the member `errors`.
  static std::string Bare(int status, const std::string& title) {
    return fmt::format(R"({{"status":{},"title":"{}","type":{}}})", status, title, kT);
  }
  static std::string Refused(const std::string& field, const std::string& text) {
    return Envelope(422, "Webhook could not be saved.",
                    fmt::format(R"({{"{}":"{}"}})", field, text));
  }
  static std::string Missing(const std::string& field, const std::string& text) {
    return Envelope(422, "JSON data is missing or invalid",
                    fmt::format(R"({{"{}":"{}"}})", field, text));
  }
};

TEST_F(HooksTest, TheContractsExchange) {
  const std::string object =
      fmt::format(R"({{"id":1,"client_id":"{}","store_hash":"abc","created_at":1788256800,)"
                  R"("updated_at":1788256800,"scope":"store/customer/deleted",)"
                  R"("destination":"https://example.com/hooks","is_active":true,)"
                  R"("headers":{{"x-secret":"s3"}}}})",
                  ClientId());
  const std::string one = fmt::format(R"({{"data":{},"meta":{{}}}})", object);
  http::Response made = Post("/v3/hooks", kLiteral);
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(made.body, one);
  EXPECT_EQ(Get("/v3/hooks/1").body, one);
  EXPECT_EQ(
      Get("/v3/hooks").body,
      fmt::format(R"({{"data":[{{"id":1,"client_id":"{}","store_hash":"abc",)"
                  R"("scope":"store/customer/deleted","destination":"https://example.com/hooks",)"
                  R"("headers":{{"x-secret":"s3"}},"is_active":true,"created_at":1788256800,)"
                  R"("updated_at":1788256800}}],"meta":{{"pagination":{{"total":1,"count":1,)"
                  R"("per_page":50,"current_page":1,"total_pages":1,)"
                  R"("links":{{"current":"?page=1&limit=50"}}}}}}}})",
                  ClientId()));
  http::Response deleted = Delete("/v3/hooks/1");
  EXPECT_EQ(deleted.status, 200);
  EXPECT_EQ(deleted.body, one);
  EXPECT_EQ(Delete("/v3/hooks/1").status, 404);
  EXPECT_EQ(Get("/v3/hooks/22561593").body, Bare(404, "Webhook with id [22561593] not found"));
  EXPECT_EQ(Put("/v3/hooks/22561593", "{}").status, 404);
  EXPECT_EQ(Get("/v3/hooks/abc").body, "The route is not found, check the URL");
  EXPECT_EQ(Get("/v3/hooks").status, 200);
}

TEST_F(HooksTest, AnyTokenWillDoAndSeesItsOwn) {
  ASSERT_EQ(Post("/v3/hooks", kLiteral).status, 200);
  token_ = TokenFor("abc", {"store_stored_payment_instruments_read_only"});
  EXPECT_TRUE(IdsOf(Get("/v3/hooks")).empty());
  EXPECT_EQ(Get("/v3/hooks/1").status, 404);
  EXPECT_EQ(Delete("/v3/hooks/1").status, 404);
  EXPECT_EQ(Put("/v3/hooks/1", R"({"is_active":false})").status, 404);
  EXPECT_EQ(Post("/v3/hooks", kLiteral).status, 200);
  EXPECT_EQ(IdsOf(Get("/v3/hooks")), std::vector<int64_t>{2});
  world_.CreateStore("other");
  token_ = TokenFor("other", {kModifyScope});
  EXPECT_EQ(Get("/v3/hooks").status, 403);
  token_ = "nonsense";
  EXPECT_EQ(Get("/v3/hooks").status, 401);
}

TEST_F(HooksTest, BadBodiesAreRefusedInTheContractsWords) {
  const auto post = [&](const std::string& body) { return Post("/v3/hooks", body).body; };
  EXPECT_EQ(post("{"), Bare(400, "Input is invalid."));
  EXPECT_EQ(Post("/v3/hooks", "").body, Bare(400, "Input is invalid."));
  EXPECT_EQ(post("[]"), Missing("obj", "error.expected.jsobject."));
  EXPECT_EQ(post("{}"), Missing("scope", "error.path.missing."));
  EXPECT_EQ(post(R"({"scope":"store/customer/*"})"), Missing("destination", "error.path.missing."));
  EXPECT_EQ(post(R"({"scope":7,"destination":"https://h/"})"),
            Missing("scope", "error.expected.jsstring."));
  EXPECT_EQ(post(R"({"scope":"store/customer/*","destination":"https://h/","is_active":"yes"})"),
            Missing("is_active", "error.expected.jsboolean."));
  EXPECT_EQ(post(R"({"scope":"store/customer/*","destination":"https://h/","headers":[]})"),
            Missing("headers", "error.expected.jsobject."));
  EXPECT_EQ(post(R"({"scope":"store/customer/*","destination":"https://h/","headers":{"a":1}})"),
            Missing("headers.a", "error.expected.jsstring."));
  EXPECT_EQ(post(R"({"scope":"store/order/*","destination":"https://h/"})"),
            Refused("scope", "is none that customers' events have"));
  EXPECT_EQ(post(R"({"scope":"store/customer/*","destination":"h"})"),
            Refused("destination", "must be an https URL"));
  EXPECT_EQ(post(R"({"scope":"store/customer/*","destination":"https://u:p@h/"})"),
            Refused("destination", "must not hold a user name or password"));
  for (const char* headers :
       {R"({"host":"x"})", R"({"Webhook-Id":"x"})", R"({"content-length":"1"})",
        R"({"a":"b\r\nc: d"})", R"({"a b":"c"})", R"({"":"c"})", R"({"x":"1","X":"2"})"}) {
    const http::Response refused = Post(
        "/v3/hooks",
        fmt::format(R"({{"scope":"store/customer/*","destination":"https://h/","headers":{}}})",
                    headers));
    EXPECT_EQ(refused.status, 422) << headers;
  }
  EXPECT_TRUE(IdsOf(Get("/v3/hooks")).empty());
  const auto response =
      world_.Send("POST", "/stores/abc/v3/hooks",
                  {{"X-Auth-Token", token_}, {"Content-Type", "text/plain"}}, kLiteral);
  EXPECT_EQ(response.status, 415);
}

TEST_F(HooksTest, DestinationsThatLeadAstrayAreRefused) {
  world_.deliveries().refused = "https://inside.example/";
  EXPECT_EQ(Create("store/customer/*", "https://inside.example/").body,
            Refused("destination", "is refused"));
  ASSERT_EQ(Create("store/customer/*", "https://outside.example/").status, 200);
  EXPECT_EQ(Put("/v3/hooks/1", R"({"destination":"https://inside.example/"})").status, 422);
  EXPECT_EQ(Put("/v3/hooks/1", R"({"destination":"https://outside.example/2"})").status, 200);
}

TEST_F(HooksTest, TenOfAScopeAndEachDestinationOnce) {
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(Create("store/customer/*", fmt::format("https://h/{}", i)).status, 200);
  }
  EXPECT_EQ(Create("store/customer/*", "https://h/10").body,
            Refused("scope", "this scope has as many webhooks as it may have already"));
  EXPECT_EQ(Create("store/customer/deleted", "https://h/0").status, 200);
  EXPECT_EQ(Create("store/customer/deleted", "https://h/0").body,
            Refused("destination", "this scope has a webhook with the same destination already"));
}

TEST_F(HooksTest, PutChangesWhatItNames) {
  ASSERT_EQ(Post("/v3/hooks", kLiteral).status, 200);
  world_.clock().Advance(5000);
  const std::string before = Get("/v3/hooks/1").body;
  EXPECT_EQ(Put("/v3/hooks/1", "{}").body, before);
  const http::Response off = Put("/v3/hooks/1", R"({"is_active":false})");
  EXPECT_EQ(off.status, 200);
  const auto changed = Parse(off).at("data");
  EXPECT_FALSE(changed.at("is_active").as_bool());
  EXPECT_EQ(changed.at("headers").at("x-secret").as_string(), "s3");
  EXPECT_EQ(changed.at("created_at").as_int64(), 1788256800);
  EXPECT_EQ(changed.at("updated_at").as_int64(), 1788256805);
  const auto cleared =
      Parse(Put("/v3/hooks/1", R"({"headers":null,"scope":"store/customer/address/*"})"));
  EXPECT_TRUE(cleared.at("data").at("headers").is_null());
  EXPECT_EQ(cleared.at("data").at("scope").as_string(), "store/customer/address/*");
  EXPECT_EQ(Put("/v3/hooks/1", R"({"scope":"store/order/*"})").status, 422);
  EXPECT_EQ(Put("/v3/hooks/1", "nonsense").status, 400);
}

TEST_F(HooksTest, ListsAreFilteredAndPaged) {
  ASSERT_EQ(Create("store/customer/created", "https://h/1").status, 200);
  ASSERT_EQ(Create("store/customer/deleted", "https://h/1").status, 200);
  ASSERT_EQ(Create("store/customer/deleted", "https://h/2").status, 200);
  ASSERT_EQ(Put("/v3/hooks/2", R"({"is_active":false})").status, 200);
  EXPECT_EQ(IdsOf(Get("/v3/hooks?is_active=true")), (std::vector<int64_t>{1, 3}));
  EXPECT_EQ(IdsOf(Get("/v3/hooks?is_active=false")), std::vector<int64_t>{2});
  EXPECT_EQ(IdsOf(Get("/v3/hooks?scope=store/customer/deleted")), (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(IdsOf(Get("/v3/hooks?destination=https%3A%2F%2Fh%2F1")), (std::vector<int64_t>{1, 2}));
  const http::Response second = Get("/v3/hooks?limit=2&page=2");
  EXPECT_EQ(IdsOf(second), std::vector<int64_t>{3});
  EXPECT_NE(
      second.body.find(R"("total":3,"count":1,"per_page":2,"current_page":2,"total_pages":2,)"
                       R"("links":{"previous":"?page=1&limit=2","current":"?page=2&limit=2"})"),
      std::string::npos);
  EXPECT_TRUE(IdsOf(Get("/v3/hooks?page=9")).empty());
  EXPECT_EQ(Get("/v3/hooks?is_active=perhaps").status, 422);
  EXPECT_EQ(Get("/v3/hooks?foo=1").body,
            Envelope(422, "The filter(s): foo are not valid filter parameter(s)."));
}

TEST_F(HooksTest, TheAdminCallShowsContactsStatesAndBlockedDomains) {
  ASSERT_EQ(Create("store/customer/created", "https://h/1").status, 200);
  ASSERT_EQ(Create("store/customer/created", "https://h/2").status, 200);
  ASSERT_EQ(Create("store/customer/created", "https://h/3").status, 200);
  ASSERT_EQ(Put("/v3/hooks/2", R"({"is_active":false})").status, 200);
  ASSERT_TRUE(world_.hooks().Deactivate(3, "all attempts failed: status 500"));
  EXPECT_EQ(Put("/v3/hooks/admin", R"({"emails":["a@b.co"]})").status, 204);
  world_.deliveries().blocked = {{"h", 119'001, {{"status 500", 11, 1'561'488'106'000}}}};
  const http::Response shown = Get("/v3/hooks/admin");
  EXPECT_EQ(shown.status, 200);
  const auto body = Parse(shown);
  const auto& hooks = body.at("data").at("hooks_list").as_array();
  ASSERT_EQ(hooks.size(), 3U);
  EXPECT_EQ(hooks[0].at("status").as_string(), "active");
  EXPECT_EQ(hooks[1].at("status").as_string(), "inactive");
  EXPECT_EQ(hooks[2].at("status").as_string(), "deactivated");
  EXPECT_TRUE(shown.body.starts_with(R"({"data":{"emails":["a@b.co"],"hooks_list":[{"id":1,)"));
  EXPECT_NE(shown.body.find(
                R"("blocked_domains":[{"destination":"h","time_left":120,"reasons":[)"
                R"({"failure_description":"status 500","count":11,"timestamp":1561488106}]}]},)"
                R"("meta":{"pagination":{"total":3,)"),
            std::string::npos);
  EXPECT_EQ(
      Parse(Get("/v3/hooks/admin?is_active=true")).at("data").at("hooks_list").as_array().size(),
      1U);
  for (const char* bad : {R"({})", R"({"emails":"a@b.co"})", R"({"emails":[1]})",
                          R"({"emails":["nobody"]})", R"({"emails":["a b@c"]})"}) {
    EXPECT_EQ(Put("/v3/hooks/admin", bad).status, 422) << bad;
  }
  EXPECT_EQ(Put("/v3/hooks/admin", "x").status, 400);
  EXPECT_EQ(Put("/v3/hooks/admin", R"({"emails":[]})").status, 204);
  EXPECT_EQ(Post("/v3/hooks/admin", "{}").status, 405);
}

TEST_F(HooksTest, ChangesAreNotedWhileThereIsAnActiveHook) {
  const auto events = [&] {
    auto reader = Store()->Read();
    return customers::LastEventNumber(**reader).value();
  };
  BigCommerceTest::Create("early@example.com");
  EXPECT_EQ(events(), 0);
  ASSERT_EQ(Post("/v3/hooks", kLiteral).status, 200);
  BigCommerceTest::Create("late@example.com");
  EXPECT_EQ(events(), 1);
  ASSERT_EQ(Delete("/v3/customers?id:in=1,2").status, 204);
  EXPECT_EQ(events(), 3);
  ASSERT_EQ(Delete("/v3/hooks/1").status, 200);
  BigCommerceTest::Create("later@example.com");
  EXPECT_EQ(events(), 3);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
