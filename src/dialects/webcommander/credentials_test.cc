// Every endpoint with every kind of credential. A route that stands in the router and not here, or
// here and not there, fails.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dialects/webcommander/router.h"
#include "dialects/webcommander/webcommander_fixture.h"

namespace oubli::dialects::webcommander {
namespace {

using ::testing::HasSubstr;

enum class Staff { kMay, kMayNot };

// What a call with an empty body says to who may make it: the proof that the handler was reached.
struct Expected {
  Staff staff;
  int status;
};

const std::map<std::string, Expected>& Table() {
  static const std::map<std::string, Expected> table = {
      {"GET /api/v4/create-customer-fields", {Staff::kMay, 200}},
      {"GET /api/v4/admin/customers", {Staff::kMay, 200}},
      {"POST /api/v4/admin/customers", {Staff::kMay, 400}},
      {"GET /api/v4/admin/customers/count", {Staff::kMay, 200}},
      {"GET /api/v4/admin/customers/check-email", {Staff::kMay, 400}},
      {"GET /api/v4/admin/customers/export", {Staff::kMay, 200}},
      {"POST /api/v4/admin/customers/import", {Staff::kMay, 400}},
      {"POST /api/v4/admin/customers/bulk-reset-password", {Staff::kMay, 400}},
      {"GET /api/v4/admin/customers/{customer_id}", {Staff::kMay, 404}},
      {"PUT /api/v4/admin/customers/{customer_id}", {Staff::kMay, 400}},
      {"DELETE /api/v4/admin/customers/{customer_id}", {Staff::kMayNot, 404}},
      {"POST /api/v4/admin/customers/{customer_id}/addresses", {Staff::kMay, 400}},
      {"POST /api/v4/admin/customers/{customer_id}/reset-password", {Staff::kMay, 400}},
      {"POST /api/v4/admin/customers/{customer_id}/change-password", {Staff::kMay, 400}},
      {"GET /api/v4/admin/customers/{customer_id}/store-credit/adjustments", {Staff::kMay, 404}},
      {"POST /api/v4/admin/customers/{customer_id}/store-credit/adjustments", {Staff::kMay, 400}},
      {"GET /api/v4/admin/customers/{customer_id}/orders", {Staff::kMay, 404}},
      {"GET /api/v4/admin/orders", {Staff::kMay, 200}},
      {"POST /api/v4/admin/orders", {Staff::kMay, 400}},
      {"GET /api/v4/admin/orders/count", {Staff::kMay, 200}},
      {"POST /api/v4/admin/orders/with-payment", {Staff::kMay, 400}},
      {"POST /api/v4/admin/orders/carts/{session_id}", {Staff::kMay, 400}},
      {"GET /api/v4/admin/orders/{order_id}", {Staff::kMay, 404}},
      {"PUT /api/v4/admin/orders/{order_id}", {Staff::kMay, 400}},
      {"PATCH /api/v4/admin/orders/{order_id}", {Staff::kMay, 400}},
      {"DELETE /api/v4/admin/orders/{order_id}", {Staff::kMayNot, 200}},
      {"PATCH /api/v4/admin/orders/{order_id}/addresses", {Staff::kMay, 400}},
      {"POST /api/v4/admin/orders/{order_id}/cancel", {Staff::kMay, 404}},
      {"PATCH /api/v4/admin/orders/{order_id}/update-status", {Staff::kMay, 400}},
      {"GET /api/v4/admin/orders/{order_id}/comments", {Staff::kMay, 404}},
      {"POST /api/v4/admin/orders/{order_id}/comments", {Staff::kMay, 400}},
      {"POST /api/v4/carts", {Staff::kMay, 400}},
      {"GET /api/v4/carts/{session_id}", {Staff::kMay, 400}},
      {"PUT /api/v4/carts/{session_id}", {Staff::kMay, 200}},
      {"PATCH /api/v4/carts/{session_id}", {Staff::kMay, 400}},
      {"DELETE /api/v4/carts/{session_id}", {Staff::kMay, 400}},
      {"DELETE /api/v4/carts/{session_id}/cart_items/{cart_item_id}", {Staff::kMay, 404}},
      {"GET /api/v4/admin/discount_profiles", {Staff::kMay, 200}},
      {"POST /api/v4/admin/discount_profiles", {Staff::kMay, 400}},
      {"GET /api/v4/admin/discount_profiles/{id}", {Staff::kMay, 404}},
      {"PUT /api/v4/admin/discount_profiles/{id}", {Staff::kMay, 400}},
      {"PATCH /api/v4/admin/discount_profiles/{id}", {Staff::kMay, 405}},
      {"DELETE /api/v4/admin/discount_profiles/{id}", {Staff::kMay, 404}},
      {"POST /api/v4/admin/discount_profiles/{id}/create-coupons", {Staff::kMay, 400}},
      {"POST /api/v4/admin/discount_coupons/assign-customer", {Staff::kMay, 400}},
  };
  return table;
}

std::string NameOf(const Endpoint& endpoint) {
  return std::string(endpoint.method) + " " + std::string(endpoint.pattern);
}

// The pattern with "999" for every parameter.
std::string PathOfPattern(std::string_view pattern) {
  std::string path;
  while (!pattern.empty()) {
    const size_t open = pattern.find('{');
    path += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    path += "999";
    pattern.remove_prefix(pattern.find('}') + 1);
  }
  return path;
}

class CredentialsTest : public WebCommanderTest {};

TEST_F(CredentialsTest, TheTableHasEveryRouteAndNoOther) {
  size_t with_token = 0;
  for (const Endpoint& endpoint : Endpoints()) {
    if (endpoint.audience == Audience::kAnybody) {
      EXPECT_EQ(endpoint.pattern, "/api/v4/oauth2/token");
      continue;
    }
    ++with_token;
    EXPECT_TRUE(Table().contains(NameOf(endpoint))) << NameOf(endpoint);
  }
  EXPECT_EQ(with_token, Table().size());
}

TEST_F(CredentialsTest, EveryRouteWithEveryCredential) {
  world_.CreateStore("other");
  const auto revoked_key = NewKey();
  const std::string revoked = TokenFor(revoked_key);
  ASSERT_TRUE(world_.api_keys().Revoke("abc", std::stoll(revoked_key.at("id"))));
  const std::string staff = NewToken("abc", access::Role::kStaff);
  const std::string other = NewToken("other");
  for (const Endpoint& endpoint : Endpoints()) {
    if (endpoint.audience == Audience::kAnybody) continue;
    const std::string name = NameOf(endpoint);
    const std::string path = PathOfPattern(endpoint.pattern);
    const std::string method(endpoint.method);
    const Expected& expected = Table().at(name);
    for (const std::string& bad : {std::string("x"), revoked}) {
      EXPECT_EQ(Call(method, path, "", bad).body, kUnauthorizedBody) << name;
    }
    EXPECT_EQ(world_.Send(method, path).status, 401) << name;
    EXPECT_EQ(world_.Send(method, path, {{"Authorization", "Basic " + staff}}).status, 401);
    const auto admin = Call(method, path);
    EXPECT_EQ(admin.status, expected.status) << name << admin.body;
    EXPECT_EQ(admin.route, endpoint.pattern);
    EXPECT_EQ(Call(method, path, "", other).status, expected.status) << name;
    const auto by_staff = Call(method, path, "", staff);
    if (expected.staff == Staff::kMay) {
      EXPECT_EQ(by_staff.status, expected.status) << name;
    } else {
      EXPECT_EQ(by_staff.body, kDeniedBody) << name;
    }
    // The older SDK's header, by itself.
    EXPECT_EQ(world_.Send(method, path, {{"access_token", staff}}).status, by_staff.status) << name;
  }
}

TEST_F(CredentialsTest, NothingElseThatWeGiveOutIsAToken) {
  const auto key = NewKey();
  const auto tokens = TokenCall(TokenBody(key));
  const std::string access = TextAt(tokens, "access_token");
  std::vector<std::string> bad = {
      TextAt(tokens, "refresh_token"), access + "x", access.substr(1), "", " ",
      std::string(100'000, 'x')};
  for (const auto& [name, value] : key) bad.push_back(value);
  for (const std::string_view name : access::DialectNames()) {
    const auto dialect = access::ParseDialect(name);
    ASSERT_TRUE(dialect);
    if (*dialect == access::Dialect::kWebCommander) continue;
    for (const auto& [field, value] : world_.CreateKey({"abc", *dialect, {}})) bad.push_back(value);
  }
  for (const Endpoint& endpoint : Endpoints()) {
    if (endpoint.audience == Audience::kAnybody) continue;
    const std::string path = PathOfPattern(endpoint.pattern);
    const std::string method(endpoint.method);
    for (const std::string& token : bad) {
      for (const http::Header& header : {http::Header{"Authorization", "Bearer " + token},
                                         http::Header{"access_token", token}}) {
        EXPECT_EQ(world_.Send(method, path, {header}).body, kUnauthorizedBody)
            << NameOf(endpoint) << " " << token.substr(0, 40);
      }
    }
    // Neither in the query nor in the body.
    EXPECT_EQ(world_
                  .Send(method, path + "?access_token=" + access, {},
                        R"({"access_token":")" + access + "\"}")
                  .body,
              kUnauthorizedBody)
        << NameOf(endpoint);
  }
}

TEST_F(CredentialsTest, AnExpiredTokenServesNoRoute) {
  const std::string admin = NewToken();
  const std::string staff = NewToken("abc", access::Role::kStaff);
  world_.clock().Advance(3600 * 1000 - 1);
  EXPECT_EQ(Call("GET", kCustomers, "", admin).status, 200);
  world_.clock().Advance(1);
  for (const Endpoint& endpoint : Endpoints()) {
    if (endpoint.audience == Audience::kAnybody) continue;
    for (const std::string& token : {admin, staff}) {
      EXPECT_EQ(Call(std::string(endpoint.method), PathOfPattern(endpoint.pattern), "", token).body,
                kUnauthorizedBody)
          << NameOf(endpoint);
    }
  }
}

// With everything that a route could want to find in its own store, and nothing of it in another.
TEST_F(CredentialsTest, AForeignTokenNeitherReadsNorChangesOnAnyRoute) {
  world_.CreateStore("other");
  const std::string foreign = NewToken("other");
  const int64_t id = CreateCustomer("Canary", "canary@example.com");
  ASSERT_EQ(id, 1);
  Call("POST", "/api/v4/admin/orders",
       R"({"products":[{"product_id":1,"quantity":1}],"customer_id":1})");
  Call("POST", "/api/v4/carts",
       R"({"product_id":1,"quantity":1,"customer_id":2,"session_id":"1"})");
  Call("POST", "/api/v4/admin/discount_profiles", R"({"name":"canary","type":"customer"})");
  const std::string reads[] = {PathOf(1), "/api/v4/admin/orders/1", "/api/v4/carts/1",
                               "/api/v4/admin/discount_profiles/1"};
  std::vector<std::string> before;
  for (const std::string& path : reads) {
    before.push_back(Call("GET", path).body);
    EXPECT_EQ(Json(Call("GET", path)).as_object().contains("error"), false) << path;
  }
  const std::string bodies[] = {
      "",
      R"({"customer":{"last_name":"X","password":"p","addresses":[{"type":"primary"}]}})",
      R"({"order_status":"paused"})",
      R"({"status":"paused"})",
      R"({"billing_address":{"first_name":"X"}})",
      R"({"content":"x"})",
      R"({"cart_item_id":1,"quantity":9})",
      R"({"action":"add","amount":1})",
      R"({"requested_codes":1})",
      R"({"customer_id":1})",
      R"({"code":"x","email":"canary@example.com"})",
  };
  for (const Endpoint& endpoint : Endpoints()) {
    if (endpoint.audience == Audience::kAnybody) continue;
    std::string path(endpoint.pattern);
    for (size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) {
      path.replace(open, path.find('}', open) + 1 - open, "1");
    }
    for (const std::string& body : bodies) {
      const auto response = Call(std::string(endpoint.method), path, body, foreign);
      EXPECT_THAT(response.body, ::testing::Not(HasSubstr("anary"))) << NameOf(endpoint);
    }
  }
  for (size_t i = 0; i < before.size(); ++i) EXPECT_EQ(Call("GET", reads[i]).body, before[i]);
}

}  // namespace
}  // namespace oubli::dialects::webcommander
