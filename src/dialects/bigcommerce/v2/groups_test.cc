// /v2/customer_groups.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "dialects/bigcommerce/v2/v2_fixture.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

const std::string kVip =
    R"({"name":"VIP","category_access":{"type":"all"},"discount_rules":[{"type":"all","method":"percent","amount":"5.0000"}]})";
const std::string kVipShown =
    R"({"id":1,"name":"VIP","is_default":false,"category_access":{"type":"all"},"discount_rules":[{"type":"all","method":"percent","amount":"5.0000"}],"date_created":"2026-09-01 10:00:00","date_modified":"2026-09-01 10:00:00","is_group_for_guests":false})";

class V2GroupsTest : public V2Test {
 protected:
  using V2Test::V2Test;

  static std::string Refused(const std::string& title) {
    return R"({"errors":[{"status":400,"title":")" + title + R"(","type":)" + std::string(kT) +
           "}]}";
  }
  static std::string RefusedField(const std::string& field) {
    return Refused("The field '" + field + "' is invalid.");
  }
  std::string Names(const std::string& query, std::vector<http::Header> headers = {}) {
    const auto answer = Ask("GET", "/customer_groups" + query, std::move(headers));
    if (answer.status != 200) return fmt::format("{}{}", answer.status, answer.body);
    std::string names;
    const auto rows = Parse(answer);
    for (const auto& row : rows.as_array()) names += row.at("name").as_string().c_str();
    return names;
  }
};

TEST_F(V2GroupsTest, CreateAsInTheContractAndRead) {
  const auto made = AskJson("POST", "/customer_groups", kVip);
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(made.body, kVipShown);
  EXPECT_EQ(Ask("GET", "/customer_groups/1").body, kVipShown);
  EXPECT_EQ(Ask("GET", "/customer_groups").body, "[" + kVipShown + "]");
  EXPECT_EQ(Ask("GET", "/customer_groups/count").body, R"({"count":1})");
  EXPECT_EQ(Ask("GET", "/customer_groups/2").body, kNotFoundBody);
  EXPECT_EQ(Ask("GET", "/customer_groups/x").body, kNotFoundBody);
  EXPECT_EQ(Ask("GET", "/customer_groups/1.xml").body,
            std::string(kXmlStart) +
                "<customer_group><id>1</id><name>VIP</name><is_default>false</is_default>"
                "<category_access><type>all</type></category_access><discount_rules>"
                "<discount_rule><type>all</type><method>percent</method><amount>5.0000</amount>"
                "</discount_rule></discount_rules>"
                "<date_created>2026-09-01 10:00:00</date_created>"
                "<date_modified>2026-09-01 10:00:00</date_modified>"
                "<is_group_for_guests>false</is_group_for_guests></customer_group>");
  EXPECT_EQ(Ask("GET", "/customer_groups/count.xml").body,
            std::string(kXmlStart) + "<customer_groups><count>1</count></customer_groups>");
}

TEST_F(V2GroupsTest, EveryKindOfRuleAndOfAccess) {
  const auto made = AskJson(
      "POST", "/customer_groups",
      R"({"name":"A","is_default":true,"is_group_for_guests":true,"category_access":{"type":"specific","categories":[7,"12"]},"discount_rules":[{"type":"all","method":"percent","amount":2.5},{"type":"product","product_id":33,"method":"fixed","amount":5.00},{"type":"category","category_id":"7","method":"price","amount":"12"}]})");
  EXPECT_EQ(
      made.body,
      R"({"id":1,"name":"A","is_default":true,"category_access":{"type":"specific","categories":[7,12]},"discount_rules":[{"type":"all","method":"percent","amount":"2.5000"},{"type":"product","product_id":33,"method":"fixed","amount":"5.0000"},{"type":"category","category_id":7,"method":"price","amount":"12.0000"}],"date_created":"2026-09-01 10:00:00","date_modified":"2026-09-01 10:00:00","is_group_for_guests":true})");
  EXPECT_EQ(Ask("GET", "/customer_groups/1").body, made.body);
  // Any combination of fields; the rules as a whole.
  world_.clock().Advance(1000);
  EXPECT_EQ(
      AskJson(
          "PUT", "/customer_groups/1",
          R"({"category_access":{"type":"none"},"discount_rules":[{"type":"price_list","price_list_id":1}]})")
          .body,
      R"({"id":1,"name":"A","is_default":true,"category_access":{"type":"none"},"discount_rules":[{"type":"price_list","price_list_id":1}],"date_created":"2026-09-01 10:00:00","date_modified":"2026-09-01 10:00:01","is_group_for_guests":true})");
  EXPECT_EQ(
      AskJson("PUT", "/customer_groups/1", R"({"discount_rules":[],"is_default":false})").body,
      R"({"id":1,"name":"A","is_default":false,"category_access":{"type":"none"},"discount_rules":[],"date_created":"2026-09-01 10:00:00","date_modified":"2026-09-01 10:00:01","is_group_for_guests":true})");
}

TEST_F(V2GroupsTest, XmlBodies) {
  const auto made =
      AskXml("POST", "/customer_groups",
             "<customer_group><name>A</name><is_default>true</is_default><category_access>"
             "<type>specific</type><categories><value>7</value></categories></category_access>"
             "<discount_rules><discount_rule><type>category</type><category_id>7</category_id>"
             "<method>fixed</method><amount>1.5</amount></discount_rule></discount_rules>"
             "</customer_group>");
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(
      Ask("GET", "/customer_groups/1").body,
      R"({"id":1,"name":"A","is_default":true,"category_access":{"type":"specific","categories":[7]},"discount_rules":[{"type":"category","category_id":7,"method":"fixed","amount":"1.5000"}],"date_created":"2026-09-01 10:00:00","date_modified":"2026-09-01 10:00:00","is_group_for_guests":false})");
  EXPECT_NE(made.body.find("<categories><value>7</value></categories>"), std::string::npos);
  EXPECT_EQ(
      AskXml("PUT", "/customer_groups/1", "<customer_group><discount_rules/></customer_group>")
          .status,
      200);
  EXPECT_NE(Ask("GET", "/customer_groups/1").body.find(R"("discount_rules":[])"),
            std::string::npos);
  EXPECT_EQ(
      AskXml("POST", "/customer_groups", "<customer_group><name></name></customer_group>").body,
      std::string(kXmlStart) +
          "<errors><error><status>400</status><title>The field 'name' is invalid.</title>"
          "<type>https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"
          "</type></error></errors>");
}

TEST_F(V2GroupsTest, BadBodies) {
  const auto rule = [](const std::string& text) {
    return R"({"name":"A","discount_rules":[)" + text + "]}";
  };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{}", Refused("The required field 'name' was not supplied.")},
      {R"({"name":""})", RefusedField("name")},
      {R"({"name":5})", RefusedField("name")},
      {R"({"name":"A","is_default":"maybe"})", RefusedField("is_default")},
      {R"({"name":"A","is_group_for_guests":2})", RefusedField("is_group_for_guests")},
      {R"({"name":"A","id":2})", Refused("The field 'id' is not supported by this resource.")},
      {R"({"name":"A","date_created":""})",
       Refused("The field 'date_created' is not supported by this resource.")},
      {R"({"name":"A","category_access":{}})",
       Refused("The required field 'type' was not supplied.")},
      {R"({"name":"A","category_access":{"type":"some"}})", RefusedField("type")},
      {R"({"name":"A","category_access":{"type":"specific"}})", RefusedField("categories")},
      {R"({"name":"A","category_access":{"type":"all","categories":[1]}})",
       RefusedField("categories")},
      {R"({"name":"A","category_access":{"type":"specific","categories":[0]}})",
       RefusedField("categories")},
      {R"({"name":"A","category_access":"all"})", RefusedField("category_access")},
      {R"({"name":"A","discount_rules":{}})", RefusedField("discount_rules")},
      {rule("5"), RefusedField("discount_rules")},
      {rule("{}"), Refused("The required field 'type' was not supplied.")},
      {rule(R"({"type":"some"})"), RefusedField("type")},
      {rule(R"({"type":"all"})"), Refused("The required field 'method' was not supplied.")},
      {rule(R"({"type":"all","method":"half","amount":1})"), RefusedField("method")},
      {rule(R"({"type":"all","method":"fixed"})"),
       Refused("The required field 'amount' was not supplied.")},
      {rule(R"({"type":"all","method":"fixed","amount":"x"})"), RefusedField("amount")},
      {rule(R"({"type":"all","method":"fixed","amount":-1})"), RefusedField("amount")},
      {rule(R"({"type":"product","method":"fixed","amount":1})"),
       Refused("The required field 'product_id' was not supplied.")},
      {rule(R"({"type":"category","category_id":0,"method":"fixed","amount":1})"),
       RefusedField("category_id")},
      {rule(R"({"type":"category","category_id":1,"method":"percent","amount":101})"),
       RefusedField("amount")},
      {rule(R"({"type":"price_list"})"),
       Refused("The required field 'price_list_id' was not supplied.")},
      {rule(R"({"type":"price_list","price_list_id":1},{"type":"price_list","price_list_id":2})"),
       RefusedField("discount_rules")},
      {rule(
           R"({"type":"price_list","price_list_id":1},{"type":"all","method":"fixed","amount":1})"),
       RefusedField("discount_rules")},
      {"[]", Refused("The request must be one object.")},
  };
  for (const auto& [body, expected] : cases) {
    const auto answer = AskJson("POST", "/customer_groups", body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.body, expected) << body;
  }
  EXPECT_EQ(Ask("GET", "/customer_groups").status, 204);
}

TEST_F(V2GroupsTest, AStoreWideDiscountThatCannotBeIsA207AndTheRestIsStored) {
  const auto much = AskJson(
      "POST", "/customer_groups",
      R"({"name":"A","discount_rules":[{"type":"all","method":"percent","amount":101},{"type":"product","product_id":1,"method":"fixed","amount":1}]})");
  EXPECT_EQ(much.status, 207);
  EXPECT_EQ(
      much.body,
      R"({"status":207,"message":"The customer group was saved without its store-wide discount: it is more than 100 percent."})");
  EXPECT_NE(Ask("GET", "/customer_groups/1")
                .body.find(R"("discount_rules":[{"type":"product","product_id":1,)"),
            std::string::npos);
  const auto two = AskJson(
      "PUT", "/customer_groups/1",
      R"({"discount_rules":[{"type":"all","method":"percent","amount":5},{"type":"all","method":"percent","amount":6}]})");
  EXPECT_EQ(two.status, 207);
  EXPECT_NE(
      Ask("GET", "/customer_groups/1")
          .body.find(R"("discount_rules":[{"type":"all","method":"percent","amount":"5.0000"}])"),
      std::string::npos);
}

class StrictGroupsTest : public V2GroupsTest {
 protected:
  StrictGroupsTest()
      : V2GroupsTest([](const Environment& environment) {
          Choices choices;
          choices.store_wide_fault_is_207 = false;
          choices.group_errors_in_object = false;
          return MakeWithChoices(environment, choices);
        }) {}
};

TEST_F(StrictGroupsTest, TheOtherChoices) {
  const auto answer =
      AskJson("POST", "/customer_groups",
              R"({"name":"A","discount_rules":[{"type":"all","method":"percent","amount":101}]})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body,
            Invalid("amount", "does not make a discount: it is more than 100 percent"));
  EXPECT_EQ(Ask("GET", "/customer_groups").status, 204);
}

TEST_F(V2GroupsTest, NamesAreTakenOnce) {
  AskJson("POST", "/customer_groups", kVip);
  AskJson("POST", "/customer_groups", R"({"name":"Retail"})");
  const std::string conflict =
      R"([{"status":409,"message":"A conflict occurred from a parameter provided in the request.","details":{"conflict_reason":"The provided value of 'name' is already in use."}}])";
  EXPECT_EQ(AskJson("POST", "/customer_groups", kVip).body, conflict);
  EXPECT_EQ(AskJson("PUT", "/customer_groups/2", R"({"name":"VIP"})").body, conflict);
  EXPECT_EQ(AskJson("PUT", "/customer_groups/1", R"({"name":"VIP"})").status, 200);
  EXPECT_EQ(AskJson("PUT", "/customer_groups/3", R"({"name":"C"})").body, kNotFoundBody);
  EXPECT_EQ(AskJson("PUT", "/customer_groups/x", R"({"name":"C"})").body, kNotFoundBody);
}

TEST_F(V2GroupsTest, OneGroupIsTheDefaultAndOneTheGuests) {
  AskJson("POST", "/customer_groups",
          R"({"name":"A","is_default":true,"is_group_for_guests":true})");
  AskJson("POST", "/customer_groups", R"({"name":"B","is_default":true})");
  EXPECT_EQ(Names("?is_default=true"), "B");
  EXPECT_EQ(Names("?is_group_for_guests=true"), "A");
  AskJson("PUT", "/customer_groups/2", R"({"is_group_for_guests":true})");
  EXPECT_EQ(Names("?is_group_for_guests=true"), "B");
  AskJson("PUT", "/customer_groups/1", R"({"is_default":true})");
  EXPECT_EQ(Names("?is_default=1"), "A");
}

TEST_F(V2GroupsTest, FiltersPagesAndIfModifiedSince) {
  for (const char* name : {"Alpha", "Beta", "Gamma"}) {
    AskJson("POST", "/customer_groups", fmt::format(R"({{"name":"{}"}})", name));
    world_.clock().Advance(86'400'000);
  }
  AskJson("PUT", "/customer_groups/1", R"({"is_default":true})");
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "AlphaBetaGamma"},
      {"?name=beta", "Beta"},
      {"?name=bet", "204"},
      {"?name:like=a,b", "204"},
      {"?name%3Alike=MM", "Gamma"},
      {"?is_default=true", "Alpha"},
      {"?is_default=0", "BetaGamma"},
      {"?is_group_for_guests=false", "AlphaBetaGamma"},
      {"?date_created=2026-09-02", "Beta"},
      {"?date_created:min=2026-09-02", "BetaGamma"},
      {"?date_created:max=2026-09-02", "AlphaBeta"},
      {"?date_modified:min=2026-09-03", "AlphaGamma"},
      {"?date_modified=2026-09-04", "Alpha"},
      {"?date_modified:max=2026-09-03T10:00:00", "BetaGamma"},
      {"?limit=2", "AlphaBeta"},
      {"?limit=2&page=2", "Gamma"},
      {"?limit=2&page=3", "204"},
      {"?id=1", "400" + Unsupported("id")},
      {"?is_default=x", "400" + Invalid("is_default", "is neither true nor false")},
      {"?date_created=x", "400" + Invalid("date_created", "must be a date")},
      {"?page=-1", "400" + Invalid("page", "must be a positive integer")},
  };
  for (const auto& [query, expected] : table) EXPECT_EQ(Names(query), expected) << query;
  EXPECT_EQ(Ask("GET", "/customer_groups/count?is_default=0").body, R"({"count":2})");
  const auto since = [](const char* date) {
    return std::vector<http::Header>{{"If-Modified-Since", date}};
  };
  EXPECT_EQ(Names("", since("Thu, 03 Sep 2026 10:00:00 GMT")), "Alpha");
  EXPECT_EQ(Names("", since("Fri, 04 Sep 2026 10:00:00 GMT")), "304");
  EXPECT_EQ(Ask("GET", "/customer_groups/2", since("Wed, 02 Sep 2026 10:00:00 GMT")).status, 304);
}

TEST_F(V2GroupsTest, DeletingOnePutsItsMembersIntoNone) {
  const int64_t vip = MakeGroup("VIP").id;
  const int64_t other = MakeGroup("Other").id;
  for (const char* email : {"a@example.com", "b@example.com", "c@example.com"}) Create(email);
  MoveTo(1, vip);
  MoveTo(2, other);
  MoveTo(3, vip);
  world_.clock().Advance(5000);
  EXPECT_EQ(Ask("DELETE", "/customer_groups/1").status, 204);
  EXPECT_EQ(Ask("GET", "/customer_groups/1").body, kNotFoundBody);
  EXPECT_EQ(Find(1)->head.group_id, 0);
  EXPECT_EQ(Find(2)->head.group_id, other);
  EXPECT_EQ(Find(3)->head.group_id, 0);
  EXPECT_EQ(Find(3)->head.modified_at, testing::DialectWorld::kStart + 5000);
  EXPECT_EQ(Find(2)->head.modified_at, testing::DialectWorld::kStart);
  EXPECT_EQ(Ask("GET", "/customers/count?customer_group_id=0").body, R"({"count":2})");
  EXPECT_EQ(Ask("DELETE", "/customer_groups/1").body, kNotFoundBody);
  // An id is never given twice.
  EXPECT_EQ(Parse(AskJson("POST", "/customer_groups", kVip)).at("id"), 3);
}

TEST_F(V2GroupsTest, DeletingAllIsNoCall) {
  AskJson("POST", "/customer_groups", kVip);
  ASSERT_TRUE(world_.windows().Open(world_.stores().Find("abc")->number).has_value());
  const auto answer = Ask("DELETE", "/customer_groups");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(HeaderOf(answer, "allow"), "GET, POST");
  EXPECT_EQ(Ask("DELETE", "/customer_groups/").status, 405);
  EXPECT_EQ(Names(""), "VIP");
}

TEST_F(V2GroupsTest, GroupsBelongToTheirStore) {
  AskJson("POST", "/customer_groups", kVip);
  world_.CreateStore("other");
  const std::string foreign = TokenFor("other", {kModifyScope});
  EXPECT_EQ(
      world_.Send("GET", "/stores/other/v2/customer_groups/1", {{"X-Auth-Token", foreign}}).body,
      kNotFoundBody);
  EXPECT_EQ(world_.Send("DELETE", "/stores/other/v2/customer_groups/1", {{"X-Auth-Token", foreign}})
                .status,
            404);
  EXPECT_EQ(Names(""), "VIP");
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce::v2
