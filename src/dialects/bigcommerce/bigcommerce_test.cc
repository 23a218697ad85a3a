// Routes, authentication and the headers of every answer.
#include "dialects/bigcommerce/bigcommerce.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "dialects/bigcommerce/bigcommerce_fixture.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce {
namespace {

using testing::HeaderOf;

constexpr std::string_view kCustomersUrl = "/stores/abc/v3/customers";

TEST_F(BigCommerceTest, ClaimsWhatIsUnderStores) {
  for (const std::string_view path :
       {"/stores", "/stores/", "/stores/abc", "//stores/abc/v3/customers", "/stores/abc/v2/time"}) {
    EXPECT_TRUE(world_.dialect().Claims(path)) << path;
  }
  for (const std::string_view path :
       {"/", "", "/storesabc", "/v1/stores/abc", "stores/abc", "//"}) {
    EXPECT_FALSE(world_.dialect().Claims(path)) << path;
  }
}

TEST_F(BigCommerceTest, TheThreeRefusalsOfAToken) {
  const auto none = world_.Send("GET", kCustomersUrl);
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(HeaderOf(none, "content-type"), "text/plain");
  EXPECT_EQ(none.body, "X-Auth-Token header is required");

  for (const std::string_view blank : {"", "  "}) {
    const auto empty = world_.Send("GET", kCustomersUrl, {{"x-auth-token", std::string(blank)}});
    EXPECT_EQ(empty.status, 401);
    EXPECT_EQ(HeaderOf(empty, "content-type"), "text/plain");
    EXPECT_EQ(empty.body, "X-Auth-Token header should have correct format");
  }

  const auto nonsense = world_.Send("GET", kCustomersUrl, {{"X-Auth-Token", "nonsense"}});
  EXPECT_EQ(nonsense.status, 401);
  EXPECT_EQ(HeaderOf(nonsense, "content-type"), "application/json");
  EXPECT_EQ(nonsense.body, Envelope(401, "Unauthorized"));

  const auto twice =
      world_.Send("GET", kCustomersUrl, {{"X-Auth-Token", token_}, {"X-Auth-Token", token_}});
  EXPECT_EQ(twice.status, 401);
}

TEST_F(BigCommerceTest, ARevokedTokenIsRefused) {
  access::NewKey key;
  key.store = "abc";
  auto fields = world_.CreateKey(key);
  const std::vector<http::Header> headers = {{"X-Auth-Token", fields["token"]}};
  EXPECT_EQ(world_.Send("GET", kCustomersUrl, headers).status, 200);
  ASSERT_TRUE(world_.api_keys().Revoke("abc", *ParseInt(fields["id"])));
  EXPECT_EQ(world_.Send("GET", kCustomersUrl, headers).body, Envelope(401, "Unauthorized"));
}

TEST_F(BigCommerceTest, TheObsoleteClientHeaderDoesNotCount) {
  EXPECT_EQ(world_
                .Send("GET", kCustomersUrl,
                      {{"X-Auth-Token", token_}, {"X-Auth-Client", "somebody else"}})
                .status,
            200);
}

TEST_F(BigCommerceTest, RoutesAreLookedUpBeforeTokens) {
  for (const std::string_view path :
       {"/stores/abc/v3/nothing", "/stores", "/stores/abc", "/stores/abc/v3", "/stores/abc/v2",
        "/stores/abc/v1/customers", "/stores/abc/v2/orders", "/stores/abc/v3/customers.json",
        "/stores/abc/v3/customers/5", "/stores/abc/v3/Customers",
        "/stores/abc/v3/customers/5/nothing", "/stores/abc/v3/nothing/hooks",
        "/stores/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o"}) {
    const auto answer = world_.Send("GET", path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.body, "The route is not found, check the URL");
    EXPECT_EQ(HeaderOf(answer, "content-type"), "text/plain");
    EXPECT_EQ(answer.route, "/stores/{unknown}");
  }
  const auto wrong = world_.Send("PATCH", kCustomersUrl);
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.body,
            R"({"status":405,"title":"Method Not Allowed","type":)" + std::string(kT) +
                R"(,"detail":"The requested HTTP method is invalid for this endpoint."})");
  EXPECT_EQ(HeaderOf(wrong, "allow"), "GET, POST, PUT, DELETE");
  EXPECT_EQ(wrong.route, "/stores/{store_hash}/v3/customers");
}

TEST_F(BigCommerceTest, ExtraSlashesMeanNothing) {
  for (const std::string_view path : {"/v3/customers/", "//v3/customers", "/v3//customers//",
                                      "/v3/customers//addresses", "/v3/customers/addresses/"}) {
    EXPECT_EQ(Get(std::string(path)).status, 200) << path;
  }
  EXPECT_EQ(Get("/v3/customers//addresses").route, "/stores/{store_hash}/v3/customers/addresses");
}

class StrictSlashesTest : public BigCommerceTest {
 protected:
  StrictSlashesTest()
      : BigCommerceTest([](const Environment& environment) {
          Choices choices;
          choices.ignore_extra_slashes = false;
          return MakeWithChoices(environment, choices);
        }) {}
};

TEST_F(StrictSlashesTest, ExtraSlashesAreAnUnknownRoute) {
  EXPECT_EQ(Get("/v3/customers").status, 200);
  for (const std::string_view path : {"/v3/customers/", "//v3/customers", "/v3//customers"}) {
    EXPECT_EQ(Get(std::string(path)).status, 404) << path;
  }
}

TEST_F(BigCommerceTest, AForeignStoreAndAnUnknownOneAreRefusedAlike) {
  world_.CreateStore("other");
  const auto foreign = world_.Send("GET", "/stores/other/v3/customers", {{"X-Auth-Token", token_}});
  const auto unknown =
      world_.Send("GET", "/stores/nobody/v3/customers", {{"X-Auth-Token", token_}});
  EXPECT_EQ(foreign.status, 403);
  EXPECT_EQ(unknown.status, 403);
  EXPECT_EQ(foreign.body, unknown.body);
  EXPECT_EQ(HeaderOf(foreign, "content-type"), HeaderOf(unknown, "content-type"));
  EXPECT_EQ(foreign.route, unknown.route);
  EXPECT_EQ(foreign.headers.size(), unknown.headers.size());
}

TEST_F(BigCommerceTest, EveryAnswerHasTheHeadersOfTheRateLimit) {
  const std::string email = R"("email":"a@b.co","first_name":"A","last_name":"B")";
  std::vector<http::Response> answers;
  answers.push_back(Get("/v3/customers"));
  answers.push_back(Get("/v3/customers?nonsense=1"));
  answers.push_back(Get("/v3/nothing"));
  answers.push_back(Send("PATCH", "/v3/customers"));
  answers.push_back(Post("/v3/customers", "[{" + email + "}]"));
  answers.push_back(Post("/v3/customers", "[{" + email + "}]"));
  answers.push_back(Delete("/v3/customers"));
  answers.push_back(Delete("/v3/customers?id:in=1"));
  answers.push_back(world_.Send("GET", kCustomersUrl));
  std::set<std::string> request_ids;
  for (const auto& answer : answers) {
    EXPECT_EQ(HeaderOf(answer, "x-rate-limit-time-window-ms"), "30000");
    EXPECT_EQ(HeaderOf(answer, "x-rate-limit-time-reset-ms"), "15000");
    EXPECT_EQ(HeaderOf(answer, "x-rate-limit-requests-quota"), "150");
    EXPECT_EQ(HeaderOf(answer, "x-rate-limit-requests-left"), "149");
    EXPECT_EQ(HeaderOf(answer, "vary"), "Accept-Encoding");
    EXPECT_EQ(HeaderOf(answer, "strict-transport-security"), "max-age=31536000; includeSubDomains");
    const std::string id = HeaderOf(answer, "x-request-id");
    EXPECT_EQ(id.size(), 32U);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    request_ids.insert(id);
  }
  EXPECT_EQ(request_ids.size(), answers.size());
}

TEST_F(BigCommerceTest, HeadIsAnsweredAsGetIs) {
  const auto head = Send("HEAD", "/v3/customers");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, Get("/v3/customers").body);
}

TEST_F(BigCommerceTest, AcceptMustAdmitJson) {
  const std::map<std::string, int> table = {
      {"", 200},
      {"*/*", 200},
      {"application/json", 200},
      {"application/json, text/plain, */*", 200},
      {"text/html, application/*;q=0.5", 200},
      {"Application/JSON; charset=utf-8", 200},
      {"application/xml", 406},
      {"text/html", 406},
  };
  for (const auto& [accept, status] : table) {
    EXPECT_EQ(
        world_.Send("GET", kCustomersUrl, {{"X-Auth-Token", token_}, {"Accept", accept}}).status,
        status)
        << accept;
  }
  EXPECT_EQ(
      world_.Send("DELETE", kCustomersUrl, {{"X-Auth-Token", token_}, {"Accept", "text/html"}})
          .status,
      204);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
