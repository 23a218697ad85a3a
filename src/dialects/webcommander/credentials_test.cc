// Every endpoint with every kind of credential. A route that stands in the router and not here, or
// here and not there, fails.

#include <map>
#include <string>
#include <utility>

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

// What every body call says to bodies that are none; nothing of them comes back.
TEST_F(CredentialsTest, HostileBodiesAreRefusedByEveryCallThatReadsOne) {
  const std::string deep(5000, '[');
  const std::string bodies[] = {"[]",
                                "null",
                                "\"canary\"",
                                "{\"canary\":",
                                deep,
                                "{\"customer\":{\"canary\":\"\xff\xfe\"}}",
                                "{\"a\":1e999}",
                                std::string("{\"a\":\"\0\"}", 9)};
  for (const Endpoint& endpoint : Endpoints()) {
    if (endpoint.method == "GET" || endpoint.method == "DELETE") continue;
    if (endpoint.pattern.ends_with("/import")) continue;  // multipart: has a test of its own
    const int expected = NameOf(endpoint).starts_with("PATCH /api/v4/admin/discount") ? 405 : 400;
    for (const std::string& body : bodies) {
      const auto response =
          Call(std::string(endpoint.method), PathOfPattern(endpoint.pattern), body);
      EXPECT_EQ(response.status, expected) << NameOf(endpoint) << " " << body.substr(0, 40);
      EXPECT_THAT(response.body, ::testing::Not(HasSubstr("canary"))) << NameOf(endpoint);
    }
  }
}

}  // namespace
}  // namespace oubli::dialects::webcommander
