// Bodies, paths and queries that nobody in good faith sends: refused in the dialect's own words,
// and nothing changes.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <random>

#include "dialects/bigcommerce/bigcommerce_fixture.h"

namespace oubli::dialects::bigcommerce {
namespace {

using testing::HeaderOf;

class HostileInputTest : public BigCommerceTest {
 protected:
  void SetUp() override {
    ASSERT_EQ(Create("a@example.com").head.id, 1);
    before_ = Get("/v3/customers").body;
  }
  void ExpectUnchanged() { EXPECT_EQ(Get("/v3/customers").body, before_); }

  std::string before_;
};

TEST_F(HostileInputTest, Bodies) {
  struct Case {
    std::string body;
    int status;
  };
  const std::vector<Case> cases = {
      {"{", 400},
      {"[", 400},
      {"[}", 400},
      {"[{]", 400},
      {"[{\"a\":1,}]", 400},
      {"nonsense", 400},
      {"[] []", 400},
      {"[1e999]", 400},
      {"['a']", 400},
      {"[\"\\ud800\"]", 400},
      {Nested(40), 400},
      {Nested(100'000), 400},
      {std::string(1'000'000, '['), 400},
      {std::string(1'000'000, ' '), 400},
      {std::string("[\0]", 3), 400},
      {"[\"\xff\"]", 422},
      {"[{\"email\":\"\xc3\x28@b.co\"}]", 422},
      {"\xef\xbb\xbf[]", 400},
      {"[]", 422},
      {"{}", 422},
      {"null", 422},
      {"5", 422},
      {"\"text\"", 422},
      {"[null]", 422},
      {"[5]", 422},
      {"[[]]", 422},
      {"[{}]", 422},
      {R"([{"id":"1"}])", 422},
      {R"([{"id":1.5}])", 422},
      {R"([{"id":null}])", 422},
      {R"([{"id":true}])", 422},
      {R"([{"id":99999999999999999999}])", 422},
      {R"([{"id":-1}])", 422},
      {R"([{"id":0}])", 422},
      {R"([{"id":1e300}])", 422},
      {R"([{"id":1,"email":{}}])", 422},
      {R"([{"id":1,"notes":"\u0000"}])", 422},
      {R"([{"id":1,"email":"a\r\nb@c.de"}])", 422},
      {R"([{"id":1,"form_fields":)" + Nested(20) + "}]", 422},
      {R"([{"id":1,"company":")" + std::string(1'000'000, 'x') + R"("}])", 422},
  };
  for (const Case& one : cases) {
    for (const std::string_view method : {"POST", "PUT"}) {
      for (const std::string_view path :
           {"/v3/customers", "/v3/customers/addresses", "/v3/customers/metafields"}) {
        const auto answer = Send(std::string(method), std::string(path), one.body);
        EXPECT_EQ(answer.status, one.status)
            << method << " " << path << " " << one.body.substr(0, 60) << " -> " << answer.body;
        EXPECT_EQ(HeaderOf(answer, "content-type"), "application/json");
        EXPECT_TRUE(ParseJson(answer.body)) << answer.body;
        EXPECT_LT(answer.body.size(), 1000U);
      }
    }
  }
  // No body at all is no JSON.
  EXPECT_EQ(Post("/v3/customers", "").status, 400);
  ExpectUnchanged();
}

TEST_F(HostileInputTest, BodiesOfOneObject) {
  struct Case {
    std::string body;
    int status;
  };
  const std::vector<Case> cases = {
      {"{", 400},
      {"{\"a\":1,}", 400},
      {"nonsense", 400},
      {"{} {}", 400},
      {"{\"id\":1e999}", 400},
      {Nested(100'000), 400},
      {std::string("{\0}", 3), 400},
      {"{\"email\":\"\xff\"}", 422},
      {"[]", 422},
      {"null", 422},
      {"5", 422},
      {R"({"email":{},"key":[]})", 422},
      {R"({"email":"a\u0000@b.co","key":"a\u0000"})", 422},
      {R"({"email":"a\r\n@b.co","key":""})", 422},
      {R"({"email":")" + std::string(1'000'000, 'x') + R"(@b.co","value":")" +
           std::string(1'000'000, 'x') + R"("})",
       422},
      {R"({"consents":{},"namespace":5})", 422},
  };
  const std::string key = R"({"permission_set":"read","namespace":"n","key":"k","value":"v"})";
  ASSERT_EQ(Post("/v3/customers/1/metafields", key).status, 200);
  ASSERT_EQ(Post("/v3/customers/subscribers", R"({"email":"s@example.com"})").status, 200);
  for (const auto& [method, path] :
       std::vector<std::pair<std::string, std::string>>{{"POST", "/v3/customers/1/metafields"},
                                                        {"PUT", "/v3/customers/1/metafields/1"},
                                                        {"POST", "/v3/customers/subscribers"},
                                                        {"PUT", "/v3/customers/subscribers/1"}}) {
    for (const Case& one : cases) {
      const auto answer = Send(method, path, one.body);
      EXPECT_EQ(answer.status, one.status)
          << method << " " << path << " " << one.body.substr(0, 60) << " -> " << answer.body;
      EXPECT_TRUE(ParseJson(answer.body)) << answer.body;
      EXPECT_LT(answer.body.size(), 1000U);
    }
  }
  EXPECT_EQ(IdsOf(Get("/v3/customers/metafields")).size(), 1U);
  EXPECT_EQ(IdsOf(Get("/v3/customers/subscribers")).size(), 1U);
  ExpectUnchanged();
}

TEST_F(HostileInputTest, TheLiteralOfASyntaxError) {
  EXPECT_EQ(Post("/v3/customers", "{").body, R"({"status":400,"title":"Input is invalid","type":)" +
                                                 std::string(kT) + R"(,"detail":"Syntax error"})");
}

TEST_F(HostileInputTest, Queries) {
  std::string many = "?";
  for (int i = 0; i < 1500; ++i) many += fmt::format("p{}=1&", i);
  for (const std::string& query :
       {many, std::string("?%"), std::string("?%zz=1"), std::string("?id:in=%"),
        std::string("?name:like=%c3%28"), "?id:in=" + std::string(10'000, ','),
        "?id:in=" + std::string(10'000, '9'), "?" + std::string(10'000, '&') + "x",
        std::string("?===="), std::string("?id:in==1"), std::string("?<script>=1")}) {
    for (const std::string path : {"/v3/customers", "/v3/customers/metafields",
                                   "/v3/customers/1/metafields", "/v3/customers/subscribers"}) {
      const auto answer = Get(path + query);
      EXPECT_EQ(answer.status, 422) << path << query.substr(0, 60);
      EXPECT_TRUE(ParseJson(answer.body)) << answer.body;
    }
    EXPECT_EQ(Delete("/v3/customers/subscribers" + query).status, 422) << query.substr(0, 60);
  }
  ExpectUnchanged();
}

TEST_F(HostileInputTest, PathsAndTokens) {
  for (const std::string_view path :
       {"/stores/abc/../other/v3/customers", "/stores/%2e%2e/v3/customers",
        "/stores/abc%2Fv3%2Fcustomers", "/stores/abc/v3/customers%00",
        "/stores/abc/v3/customers/%2e%2e/customers", "/stores/\xff/v3/customers",
        "/stores/abc%00/v3/customers", "/stores/ABC/v3/customers", "/stores/ abc/v3/customers"}) {
    const auto answer = world_.Send("GET", path, {{"X-Auth-Token", token_}});
    EXPECT_TRUE(answer.status == 404 || answer.status == 403) << path << answer.status;
  }
  for (const std::string& token :
       {std::string(100'000, 'a'), std::string("\0", 1), token_ + "x", token_.substr(1),
        "Bearer " + token_, std::string("' OR 1=1 --"), std::string("\xff\xfe")}) {
    EXPECT_EQ(world_.Send("GET", "/stores/abc/v3/customers", {{"X-Auth-Token", token}}).status,
              401);
  }
}

// Valid bodies with a few bytes changed: whatever comes, the answer is one of the dialect's, and
// the store still answers.
TEST_F(HostileInputTest, ChangedBytes) {
  const unsigned seed = std::random_device()();
  fmt::print("seed {}\n", seed);
  std::mt19937 random(seed);
  const std::string valid =
      R"([{"id":1,"email":"a@example.com","first_name":"A","last_name":"B","channel_ids":[1],)"
      R"("store_credit_amounts":[{"amount":1.5}],"form_fields":[{"name":"n","value":["x"]}],)"
      R"("addresses":[{"first_name":"A","last_name":"B","address1":"1","city":"C",)"
      R"("country_code":"US"}]}])";
  for (int i = 0; i < 300; ++i) {
    std::string body = valid;
    for (int changes = 0; changes < 3; ++changes) {
      body[random() % body.size()] = static_cast<char>(random() % 256);
    }
    const auto answer = Put("/v3/customers", body);
    EXPECT_TRUE(answer.status == 200 || answer.status == 400 || answer.status == 422)
        << answer.status << " " << body;
    EXPECT_TRUE(ParseJson(answer.body)) << answer.body;
  }
  EXPECT_EQ(Get("/v3/customers").status, 200);
}

TEST_F(HostileInputTest, AFilterHasAtMost250Texts) {
  std::string texts = "a";
  for (int i = 1; i < 250; ++i) texts += ",a";
  EXPECT_EQ(Get(std::string("/v3/customers?name:like=") + texts).status, 200);
  EXPECT_EQ(Get(std::string("/v3/customers?name:like=") + texts + ",a").status, 422);
  EXPECT_EQ(Get(std::string("/v3/customers?name:like=") + texts + "&name:like=a").status, 422);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
