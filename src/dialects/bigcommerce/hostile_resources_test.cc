// What nobody in good faith sends, to every route that takes a body or a query: refused in the
// dialect's own words, and nothing changes.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <random>

#include "dialects/bigcommerce/bigcommerce_fixture.h"

namespace oubli::dialects::bigcommerce {
namespace {

using testing::HeaderOf;

struct Target {
  std::string method;
  std::string path;
  std::string valid;  // a body that it takes
};

// Every route of this file's resources that takes a body.
const std::vector<Target>& Targets() {
  static const std::vector<Target> kTargets = {
      {"POST", "/v3/customers/attributes", R"([{"name":"New one","type":"date"}])"},
      {"PUT", "/v3/customers/attributes", R"([{"id":1,"name":"Hat","type":"string"}])"},
      {"PUT", "/v3/customers/attribute-values",
       R"([{"id":1,"attribute_id":1,"customer_id":1,"value":"x"}])"},
      {"PUT", "/v3/customers/form-field-values",
       R"([{"customer_id":1,"name":"n","value":["x",""]}])"},
      {"PUT", "/v3/customers/1/consent", R"({"allow":["essential"],"deny":["analytics"]})"},
      {"PUT", "/v3/customers/settings",
       R"({"privacy_settings":{"policy_url":"https://a.example"},)"
       R"("customer_group_settings":{"default_customer_group_id":1}})"},
      {"PUT", "/v3/customers/settings/channels/1",
       R"({"privacy_settings":{"policy_url":null},"allow_global_logins":true})"},
      {"POST", "/v3/customers/validate-credentials",
       R"({"email":"a@example.com","password":"x","channel_id":1})"},
  };
  return kTargets;
}

// Every list of them.
constexpr std::string_view kLists[] = {"/v3/customers/attributes", "/v3/customers/attribute-values",
                                       "/v3/customers/form-field-values"};

class HostileResourcesTest : public BigCommerceTest {
 protected:
  void SetUp() override {
    ASSERT_EQ(Create("a@example.com").head.id, 1);
    ASSERT_EQ(Post("/v3/customers/attributes", R"([{"name":"Hat","type":"string"}])").status, 200);
    ASSERT_EQ(
        Put("/v3/customers/attribute-values", R"([{"attribute_id":1,"customer_id":1,"value":"x"}])")
            .status,
        200);
    ASSERT_EQ(Post("/v2/customer_groups", R"({"name":"VIP"})").status, 200);
    before_ = Everything();
  }
  std::string Everything() {
    std::string all = Get("/v3/customers?include=attributes,formfields").body;
    for (const std::string_view list : kLists) all += Get(std::string(list)).body;
    all += Get("/v3/customers/settings").body + Get("/v3/customers/settings/channels/1").body;
    return all + Get("/v3/customers/1/consent").body;
  }

  std::string before_;
};

TEST_F(HostileResourcesTest, Bodies) {
  const std::vector<std::pair<std::string, int>> cases = {
      {"", 400},
      {"{", 400},
      {"[", 400},
      {"nonsense", 400},
      {"{} {}", 400},
      {R"({"a":1,})", 400},
      {R"(["\ud800"])", 400},
      {"[1e999]", 400},
      {Nested(40), 400},
      {std::string(1'000'000, '['), 400},
      {std::string(1'000'000, ' '), 400},
      {std::string("[\0]", 3), 400},
      {"\xef\xbb\xbf{}", 400},
      {"[\"\xff\"]", 422},
      {"null", 422},
      {"5", 422},
      {"\"text\"", 422},
      {"[]", 422},
      {"[null]", 422},
      {"[5]", 422},
      {"[[]]", 422},
      {"[{}]", 422},
  };
  for (const auto& [body, status] : cases) {
    for (const Target& target : Targets()) {
      const auto answer = Send(target.method, target.path, body);
      EXPECT_EQ(answer.status, status)
          << target.method << " " << target.path << " " << body.substr(0, 40) << answer.body;
      EXPECT_EQ(HeaderOf(answer, "content-type"), "application/json");
      EXPECT_TRUE(ParseJson(answer.body)) << answer.body;
      EXPECT_LT(answer.body.size(), 1000U);
    }
  }
  EXPECT_EQ(Everything(), before_);
}

TEST_F(HostileResourcesTest, ContentTypes) {
  for (const Target& target : Targets()) {
    const auto send = [&](std::vector<http::Header> headers) {
      headers.push_back({"X-Auth-Token", token_});
      return world_.Send(target.method, "/stores/abc" + target.path, std::move(headers),
                         target.valid);
    };
    EXPECT_EQ(send({}).status, 400) << target.path;
    EXPECT_EQ(send({{"Content-Type", "text/xml"}}).status, 415) << target.path;
    EXPECT_EQ(send({{"Content-Type", ""}}).status, 415) << target.path;
    EXPECT_EQ(send({{"Content-Type", "application/json"}, {"Accept", "text/html"}}).status, 406);
  }
  EXPECT_EQ(Everything(), before_);
}

// Valid bodies with a few bytes changed: whatever comes, the answer is one of the dialect's, and
// the store still answers.
TEST_F(HostileResourcesTest, ChangedBytes) {
  const unsigned seed = std::random_device()();
  fmt::print("seed {}\n", seed);
  std::mt19937 random(seed);
  for (const Target& target : Targets()) {
    ASSERT_EQ(Send(target.method, target.path, target.valid).status, 200) << target.path;
    const bool slow = target.path.ends_with("credentials");
    for (int i = 0; i < (slow ? 8 : 200); ++i) {
      std::string body = target.valid;
      for (int changes = 0; changes < 2; ++changes) {
        body[random() % body.size()] = static_cast<char>(random() % 256);
      }
      const auto answer = Send(target.method, target.path, body);
      EXPECT_TRUE(answer.status == 200 || answer.status == 400 || answer.status == 422)
          << answer.status << " " << body;
      EXPECT_TRUE(ParseJson(answer.body)) << answer.body;
    }
  }
  for (const std::string_view list : kLists) EXPECT_EQ(Get(std::string(list)).status, 200);
}

TEST_F(HostileResourcesTest, Queries) {
  std::string many = "?";
  for (int i = 0; i < 1500; ++i) many += fmt::format("p{}=1&", i);
  for (const std::string& query :
       {many, std::string("?%"), std::string("?%zz=1"), std::string("?limit=%"),
        std::string("?page=9223372036854775808"), std::string("?limit=1&limit=1"),
        std::string("?date_created=%c3%28"), "?customer_id=" + std::string(10'000, '9'),
        "?" + std::string(10'000, '&') + "x", std::string("?===="), std::string("?<script>=1"),
        std::string("?page=1%00")}) {
    for (const std::string_view list : kLists) {
      const auto answer = Get(std::string(list) + query);
      EXPECT_EQ(answer.status, 422) << list << query.substr(0, 60);
      EXPECT_TRUE(ParseJson(answer.body)) << answer.body;
    }
  }
  for (const std::string_view list :
       {"/v3/customers/attributes", "/v3/customers/attribute-values"}) {
    for (const std::string& query :
         {std::string("?id:in=1,x"), std::string("?id:in=%00"), "?id:in=" + std::string(9999, ','),
          "?id:in=" + std::string(9999, '9'), std::string("?id:in=1&x=1")}) {
      EXPECT_EQ(Delete(std::string(list) + query).status, 422) << list << query.substr(0, 60);
    }
    std::string ids = "?id:in=1000";
    for (int i = 1001; i <= 1250; ++i) ids += fmt::format(",{}", i);
    EXPECT_EQ(Delete(std::string(list) + ids).status, 422);
  }
  EXPECT_EQ(Everything(), before_);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
