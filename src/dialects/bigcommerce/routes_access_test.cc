// Who may call what: every route with every scope alone, and with every credential that is none.
//
// A new route needs a line in Expected(): its method, its pattern behind "/stores/{store_hash}",
// and who may. Without one the test fails, and so it does for a line without a route.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dialects/bigcommerce/bigcommerce_fixture.h"
#include "dialects/bigcommerce/router.h"

namespace oubli::dialects::bigcommerce {
namespace {

// The scopes of which each alone is enough.
using Scopes = std::set<std::string_view>;
const Scopes kReaders = {"store_v2_customers", "store_v2_customers_read_only"};
const Scopes kModifiers = {"store_v2_customers"};
const Scopes kOfInstruments = {"store_stored_payment_instruments",
                               "store_stored_payment_instruments_read_only"};
const Scopes kAnybody = [] {
  const auto known = access::KnownScopes();
  return Scopes(known.begin(), known.end());
}();

struct Line {
  std::string_view method;
  std::string_view path;
  const Scopes& may;
};

// One line a route.
std::vector<Line> Expected() {
  return {
      {"GET", "/v3/customers", kReaders},
      {"POST", "/v3/customers", kModifiers},
      {"PUT", "/v3/customers", kModifiers},
      {"DELETE", "/v3/customers", kModifiers},
      {"GET", "/v3/customers/addresses", kReaders},
      {"POST", "/v3/customers/addresses", kModifiers},
      {"PUT", "/v3/customers/addresses", kModifiers},
      {"DELETE", "/v3/customers/addresses", kModifiers},
      {"GET", "/v3/customers/attributes", kReaders},
      {"POST", "/v3/customers/attributes", kModifiers},
      {"PUT", "/v3/customers/attributes", kModifiers},
      {"DELETE", "/v3/customers/attributes", kModifiers},
      {"GET", "/v3/customers/attribute-values", kReaders},
      {"PUT", "/v3/customers/attribute-values", kModifiers},
      {"DELETE", "/v3/customers/attribute-values", kModifiers},
      {"GET", "/v3/customers/form-field-values", kReaders},
      {"PUT", "/v3/customers/form-field-values", kModifiers},
      {"POST", "/v3/customers/validate-credentials", kModifiers},
      {"GET", "/v3/customers/{customer_id}/consent", kReaders},
      {"PUT", "/v3/customers/{customer_id}/consent", kModifiers},
      {"GET", "/v3/customers/settings", kReaders},
      {"PUT", "/v3/customers/settings", kModifiers},
      {"GET", "/v3/customers/settings/channels/{channel_id}", kReaders},
      {"PUT", "/v3/customers/settings/channels/{channel_id}", kModifiers},
      {"GET", "/v3/customers/metafields", kReaders},
      {"POST", "/v3/customers/metafields", kAnybody},
      {"PUT", "/v3/customers/metafields", kAnybody},
      {"DELETE", "/v3/customers/metafields", kAnybody},
      {"GET", "/v3/customers/{customer_id}/metafields", kReaders},
      {"POST", "/v3/customers/{customer_id}/metafields", kAnybody},
      {"GET", "/v3/customers/{customer_id}/metafields/{metafield_id}", kReaders},
      {"PUT", "/v3/customers/{customer_id}/metafields/{metafield_id}", kAnybody},
      {"DELETE", "/v3/customers/{customer_id}/metafields/{metafield_id}", kAnybody},
      {"GET", "/v3/customers/{customer_id}/stored-instruments", kOfInstruments},
      {"GET", "/v3/customers/subscribers", kReaders},
      {"POST", "/v3/customers/subscribers", kModifiers},
      {"DELETE", "/v3/customers/subscribers", kModifiers},
      {"GET", "/v3/customers/subscribers/{subscriber_id}", kReaders},
      {"PUT", "/v3/customers/subscribers/{subscriber_id}", kModifiers},
      {"DELETE", "/v3/customers/subscribers/{subscriber_id}", kModifiers},
      {"GET", "/v3/segments", kReaders},
      {"POST", "/v3/segments", kModifiers},
      {"PUT", "/v3/segments", kModifiers},
      {"DELETE", "/v3/segments", kModifiers},
      // The one list that takes the right to change (contract 1.3).
      {"GET", "/v3/segments/{segment_id}/shopper-profiles", kModifiers},
      {"POST", "/v3/segments/{segment_id}/shopper-profiles", kModifiers},
      {"DELETE", "/v3/segments/{segment_id}/shopper-profiles", kModifiers},
      {"GET", "/v3/shopper-profiles", kReaders},
      {"POST", "/v3/shopper-profiles", kModifiers},
      {"DELETE", "/v3/shopper-profiles", kModifiers},
      {"GET", "/v3/shopper-profiles/{shopper_profile_id}/segments", kReaders},
      {"GET", "/v3/hooks", kAnybody},
      {"POST", "/v3/hooks", kAnybody},
      {"GET", "/v3/hooks/admin", kAnybody},
      {"PUT", "/v3/hooks/admin", kAnybody},
      {"GET", "/v3/hooks/{hook_id}", kAnybody},
      {"PUT", "/v3/hooks/{hook_id}", kAnybody},
      {"DELETE", "/v3/hooks/{hook_id}", kAnybody},
      {"GET", "/v2/customers", kReaders},
      {"POST", "/v2/customers", kModifiers},
      {"DELETE", "/v2/customers", kModifiers},
      {"GET", "/v2/customers/count", kReaders},
      {"GET", "/v2/customers/{customer_id}", kReaders},
      {"PUT", "/v2/customers/{customer_id}", kModifiers},
      {"DELETE", "/v2/customers/{customer_id}", kModifiers},
      {"POST", "/v2/customers/{customer_id}/validate", kModifiers},
      {"GET", "/v2/customers/{customer_id}/addresses", kReaders},
      {"POST", "/v2/customers/{customer_id}/addresses", kModifiers},
      {"DELETE", "/v2/customers/{customer_id}/addresses", kModifiers},
      {"GET", "/v2/customers/{customer_id}/addresses/count", kReaders},
      {"GET", "/v2/customers/{customer_id}/addresses/{address_id}", kReaders},
      {"PUT", "/v2/customers/{customer_id}/addresses/{address_id}", kModifiers},
      {"DELETE", "/v2/customers/{customer_id}/addresses/{address_id}", kModifiers},
      {"GET", "/v2/customer_groups", kReaders},
      {"POST", "/v2/customer_groups", kModifiers},
      {"GET", "/v2/customer_groups/count", kReaders},
      {"GET", "/v2/customer_groups/{group_id}", kReaders},
      {"PUT", "/v2/customer_groups/{group_id}", kModifiers},
      {"DELETE", "/v2/customer_groups/{group_id}", kModifiers},
      {"GET", "/v2/time", kAnybody},
  };
}

class RoutesAccessTest : public BigCommerceTest {
 protected:
  static constexpr std::string_view kRoot = "/stores/{store_hash}";

  // The path of a pattern, in store "abc", every parameter a 1.
  static std::string PathOf(std::string_view pattern) {
    std::string path = "/stores/abc";
    bool in_parameter = false;
    for (const char c : pattern.substr(kRoot.size())) {
      if (c == '{') path += '1';
      in_parameter = (in_parameter || c == '{') && c != '}';
      if (!in_parameter && c != '}') path += c;
    }
    return path;
  }

  http::Response SendTo(const Route& route, std::vector<http::Header> headers) {
    return world_.Send(std::string(route.method), PathOf(route.pattern), std::move(headers));
  }
  static std::string Named(const Route& route) {
    return std::string(route.method) + " " + std::string(route.pattern);
  }

  // Every field of a key of another dialect, and the tokens that are issued for one.
  std::vector<std::string> SecretsOf(access::Dialect dialect) {
    access::NewKey key;
    key.store = "abc";
    key.dialect = dialect;
    auto fields = world_.CreateKey(key);
    std::vector<std::string> secrets;
    for (const auto& [name, value] : fields) {
      if (!value.empty()) secrets.push_back(value);
    }
    if (dialect != access::Dialect::kWebCommander) return secrets;
    access::ApiKeys::TokenRequest request;
    request.client_id = fields["client_id"];
    request.client_secret = fields["client_secret"];
    request.redirect_uri = fields["redirect_uri"];
    request.username = fields["username"];
    request.password = fields["password"];
    const auto tokens = world_.api_keys().IssueTokens(request);
    EXPECT_TRUE(tokens);
    secrets.push_back(tokens->access_token);
    secrets.push_back(tokens->refresh_token);
    return secrets;
  }

  std::string TokenOfEveryScope(const std::string& store) {
    return TokenFor(store, access::KnownScopes());
  }
};

TEST_F(RoutesAccessTest, EveryRouteHasItsLineAndEveryLineItsRoute) {
  std::set<std::pair<std::string, std::string>> lines;
  for (const Line& line : Expected()) {
    EXPECT_TRUE(lines.emplace(line.method, std::string(kRoot) + std::string(line.path)).second)
        << "twice: " << line.method << " " << line.path;
  }
  std::set<std::pair<std::string, std::string>> routes;
  for (const Route& route : Routes()) {
    EXPECT_TRUE(routes.emplace(route.method, route.pattern).second) << "twice: " << Named(route);
    EXPECT_TRUE(lines.contains({std::string(route.method), std::string(route.pattern)}))
        << "no line in Expected(): " << Named(route);
  }
  for (const auto& line : lines) {
    EXPECT_TRUE(routes.contains(line)) << "no route: " << line.first << " " << line.second;
  }
}

TEST_F(RoutesAccessTest, EveryRouteWithEveryScopeAlone) {
  std::map<std::pair<std::string, std::string>, const Scopes*> expected;
  for (const Line& line : Expected()) {
    expected[{std::string(line.method), std::string(kRoot) + std::string(line.path)}] = &line.may;
  }
  for (const std::string_view scope : access::KnownScopes()) {
    const std::string token = TokenFor("abc", {scope});
    for (const Route& route : Routes()) {
      const auto line = expected.find({std::string(route.method), std::string(route.pattern)});
      ASSERT_NE(line, expected.end()) << Named(route);
      const auto answer = SendTo(route, {{"X-Auth-Token", token}});
      if (line->second->contains(scope)) {
        EXPECT_TRUE(answer.status != 401 && answer.status != 403)
            << Named(route) << " with " << scope << ": " << answer.body;
      } else {
        EXPECT_EQ(answer.status, 403) << Named(route) << " with " << scope;
      }
      EXPECT_EQ(answer.route, route.pattern);
    }
  }
}

// A HEAD is a GET.
TEST_F(RoutesAccessTest, HeadIsHeldToTheScopeOfGet) {
  const std::string token = TokenFor("abc", {"store_stored_payment_instruments_read_only"});
  for (const Line& line : Expected()) {
    if (line.method != "GET" || &line.may != &kReaders) continue;
    const std::string path = PathOf(std::string(kRoot) + std::string(line.path));
    EXPECT_EQ(world_.Send("HEAD", path, {{"X-Auth-Token", token}}).status, 403) << path;
  }
}

TEST_F(RoutesAccessTest, NoRouteTakesWhatIsNoTokenOfItsStore) {
  world_.CreateStore("other");
  const std::string foreign = TokenOfEveryScope("other");
  access::NewKey key;
  key.store = "abc";
  for (const std::string_view scope : access::KnownScopes()) key.scopes.emplace_back(scope);
  auto revoked = world_.CreateKey(key);
  ASSERT_TRUE(world_.api_keys().Revoke("abc", *ParseInt(revoked["id"])));

  for (const Route& route : Routes()) {
    // The calls about stored instruments have words of their own (contract 1.4).
    const bool own_words = route.need == Need::kReadInstruments;
    const std::string unauthorized = R"({"code":401,"message":"Unauthorized"})";
    const auto missing = SendTo(route, {});
    EXPECT_EQ(missing.status, 401) << Named(route);
    EXPECT_EQ(missing.body, own_words ? unauthorized : "X-Auth-Token header is required")
        << Named(route);
    const auto empty = SendTo(route, {{"X-Auth-Token", ""}});
    EXPECT_EQ(empty.status, 401) << Named(route);
    EXPECT_EQ(empty.body,
              own_words ? unauthorized : "X-Auth-Token header should have correct format")
        << Named(route);
    EXPECT_EQ(SendTo(route, {{"X-Auth-Token", "nonsense"}}).status, 401) << Named(route);
    EXPECT_EQ(SendTo(route, {{"X-Auth-Token", revoked["token"]}}).status, 401) << Named(route);
    EXPECT_EQ(SendTo(route, {{"X-Auth-Token", foreign}}).status, 403) << Named(route);
  }
}

TEST_F(RoutesAccessTest, NoRouteTakesAnythingElseThatWeGiveOut) {
  access::NewKey key;
  key.store = "abc";
  auto own = world_.CreateKey(key);
  std::vector<std::string> secrets = {own["client_id"], own["client_secret"], own["id"]};
  for (const std::string_view name : access::DialectNames()) {
    const auto dialect = access::ParseDialect(name);
    ASSERT_TRUE(dialect);
    if (*dialect == access::Dialect::kBigCommerce) continue;
    for (std::string& secret : SecretsOf(*dialect)) secrets.push_back(std::move(secret));
  }
  for (const Route& route : Routes()) {
    for (const std::string& secret : secrets) {
      EXPECT_EQ(SendTo(route, {{"X-Auth-Token", secret}}).status, 401) << Named(route);
    }
  }
}

// With everything that a route could want to find in its own store, and nothing of it in another.
TEST_F(RoutesAccessTest, AForeignTokenNeitherReadsNorChangesOnAnyRoute) {
  const int64_t id = Create("jane@example.com").head.id;
  world_.CreateStore("other");
  const std::string foreign = TokenOfEveryScope("other");
  for (const Route& route : Routes()) {
    for (const std::string_view body : {"[]", "{}"}) {
      const auto answer = world_.Send(
          std::string(route.method), PathOf(route.pattern) + "?id:in=1",
          {{"X-Auth-Token", foreign}, {"Content-Type", "application/json"}}, std::string(body));
      EXPECT_EQ(answer.status, 403) << Named(route);
      EXPECT_EQ(answer.body.find("jane"), std::string::npos) << Named(route);
    }
  }
  EXPECT_TRUE(Find(id));
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
