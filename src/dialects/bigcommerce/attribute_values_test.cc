// /v3/customers/attribute-values.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "base/date_time.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"

namespace oubli::dialects::bigcommerce {
namespace {

const std::string kAttributeValuesPath = "/v3/customers/attribute-values";

class AttributeValuesTest : public BigCommerceTest {
 protected:
  AttributeValuesTest() {
    EXPECT_EQ(Post("/v3/customers/attributes",
                   R"([{"name":"Hat Size","type":"string"},{"name":"Shoe Size","type":"number"}])")
                  .status,
              200);
  }
  void CreateOfId(int64_t id) {
    customers::Customer customer;
    customer.head.id = id;
    customer.profile.email = fmt::format("c{}@example.com", id);
    Create(customer);
  }
  static std::string Item(int64_t attribute, int64_t customer, const std::string& value) {
    return fmt::format(R"({{"attribute_id":{},"customer_id":{},"value":"{}"}})", attribute,
                       customer, value);
  }
  static std::string Field(const std::string& name, const std::string& text) {
    return fmt::format(R"({{"{}":"{}"}})", name, text);
  }
};

// Contract, appendix A; the id is the first one here.
TEST_F(AttributeValuesTest, TheContractsExchanges) {
  CreateOfId(11);
  world_.clock().SetWall(*ParseIso8601("2018-11-14T17:00:00Z"));
  const std::string shown =
      R"({"id":1,"attribute_id":2,"attribute_value":"9","customer_id":11,)"
      R"("date_created":"2018-11-14T17:00:00Z","date_modified":"2018-11-14T17:00:00Z"})";
  auto answer = Put(kAttributeValuesPath, R"([{"attribute_id":2,"customer_id":11,"value":"9"}])");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"data":[)" + shown + R"(],"meta":{}})");
  EXPECT_EQ(Get(kAttributeValuesPath + "?customer_id:in=11").body,
            R"({"data":[)" + shown +
                R"(],"meta":{"pagination":{"total":1,"count":1,"per_page":50,"current_page":1,)"
                R"("total_pages":1,"links":{"current":"?limit=50&page=1"}}}})");
  answer = Delete(kAttributeValuesPath + "?id:in=1");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(IdsOf(Get(kAttributeValuesPath)), std::vector<int64_t>{});
}

TEST_F(AttributeValuesTest, CustomerAndAttributeNameOneValue) {
  CreateOfId(1);
  ASSERT_EQ(Put(kAttributeValuesPath, "[" + Item(1, 1, "a") + "]").status, 200);
  world_.clock().Advance(5000);
  const auto again =
      Put(kAttributeValuesPath, R"([{"id":1,"attribute_id":1,"customer_id":1,"value":""}])");
  EXPECT_EQ(again.body,
            R"({"data":[{"id":1,"attribute_id":1,"attribute_value":"","customer_id":1,)"
            R"("date_created":"2026-09-01T10:00:00Z","date_modified":"2026-09-01T10:00:05Z"}],)"
            R"("meta":{}})");
  // Both of one batch, the later one stays.
  EXPECT_EQ(Put(kAttributeValuesPath, "[" + Item(1, 1, "x") + "," + Item(1, 1, "y") + "]").status,
            200);
  EXPECT_NE(Get(kAttributeValuesPath).body.find(R"("attribute_value":"y")"), std::string::npos);
  EXPECT_EQ(IdsOf(Get(kAttributeValuesPath)), std::vector<int64_t>{1});
}

TEST_F(AttributeValuesTest, EveryFilterFindsItsOwn) {
  const auto put = [&](const std::string& date, int64_t attribute, int64_t customer) {
    world_.clock().SetWall(*ParseIso8601(date));
    ASSERT_EQ(Put(kAttributeValuesPath, "[" + Item(attribute, customer, "v") + "]").status, 200);
  };
  for (const int64_t id : {1, 2, 3}) CreateOfId(id);
  put("2020-01-01T10:00:00Z", 1, 3);  // 1
  put("2020-01-02T10:00:00Z", 2, 3);  // 2
  put("2020-01-03T10:00:00Z", 1, 1);  // 3
  put("2020-01-04T10:00:00Z", 2, 2);  // 4
  put("2020-02-01T00:00:00Z", 1, 3);  // 1 again
  using Ids = std::vector<int64_t>;
  const std::vector<std::pair<std::string, Ids>> table = {
      {"", {1, 2, 3, 4}},
      {"?customer_id:in=3", {1, 2}},
      {"?customer_id:in=3,1,99", {1, 2, 3}},
      {"?customer_id:in=", {}},
      {"?attribute_id:in=1", {1, 3}},
      {"?attribute_id:in=2,1", {1, 2, 3, 4}},
      {"?attribute_id:in=9", {}},
      {"?attribute_id:in=1&customer_id:in=3", {1}},
      {"?name=Shoe+Size", {2, 4}},
      {"?name=shoe%20size", {2, 4}},
      {"?name=Shoe", {}},
      {"?name=Shoe+Size&attribute_id:in=1", {}},
      {"?date_created=2020-01-02", {2}},
      {"?date_created=1577959200", {2}},
      {"?date_created:min=2020-01-03", {3, 4}},
      {"?date_modified:min=2020-02-01", {1}},
      {"?date_modified:max=2020-01-03&date_created:min=2020-01-02", {2, 3}},
      {"?limit=3&page=2", {4}},
      {"?limit=3&page=99", {}},
      {"?page=9223372036854775807", {}},
  };
  for (const auto& [query, ids] : table)
    EXPECT_EQ(IdsOf(Get(kAttributeValuesPath + query)), ids) << query;
  for (const std::string query :
       {"?id:in=1", "?customer_id=3", "?name:in=x", "?customer_id:in=x", "?date_created=x",
        "?attribute_id:in=1,,2", "?after=eyJpZCI6MX0", "?limit=-1"}) {
    EXPECT_EQ(Get(kAttributeValuesPath + query).status, 422) << query;
  }
}

TEST_F(AttributeValuesTest, BadItemsAreRefusedAndNothingOfTheirBatchStays) {
  CreateOfId(1);
  CreateOfId(2);
  ASSERT_EQ(Put(kAttributeValuesPath, "[" + Item(1, 2, "old") + "]").status, 200);
  const std::string before = Get(kAttributeValuesPath).body;
  const std::string good = Item(1, 1, "good");
  const auto json = [&](const std::string& item) {
    return Put(kAttributeValuesPath, "[" + good + "," + item + "]").body;
  };
  const std::string failed = "Update customer attribute values failed.";
  const std::string missing = "JSON data is missing or invalid";
  EXPECT_EQ(json(R"({"customer_id":1,"value":"x"})"),
            Envelope(422, missing, Field("1.attribute_id", "error.path.missing")));
  EXPECT_EQ(json(R"({"attribute_id":1,"value":"x"})"),
            Envelope(422, missing, Field("1.customer_id", "error.path.missing")));
  EXPECT_EQ(json(R"({"attribute_id":1,"customer_id":1})"),
            Envelope(422, missing, Field("1.value", "error.path.missing")));
  // What the answers call attribute_value is no name for a request (T16).
  EXPECT_EQ(json(R"({"attribute_id":1,"customer_id":1,"attribute_value":"x"})"),
            Envelope(422, missing, Field("1.value", "error.path.missing")));
  EXPECT_EQ(json(R"({"attribute_id":2,"customer_id":1,"value":9})"),
            Envelope(422, missing, Field("1.value", "error.expected.jsstring")));
  EXPECT_EQ(json(Item(1, 99, "x")),
            Envelope(422, failed, Field("1.customer_id", "invalid customer ID")));
  EXPECT_EQ(json(Item(99, 1, "x")),
            Envelope(422, failed, Field("1.attribute_id", "invalid attribute ID")));
  for (const std::string id : {"99", "1"}) {  // nobody's, and another customer's
    EXPECT_EQ(json(R"({"id":)" + id + R"(,"attribute_id":1,"customer_id":1,"value":"x"})"),
              Envelope(422, failed, Field("1.id", "invalid attribute value ID")));
  }
  EXPECT_EQ(Put(kAttributeValuesPath, "[" + Item(1, 1, std::string(256, 'x')) + "]").status, 422);
  std::string many = good;
  for (int i = 0; i < 10; ++i) many += "," + good;
  EXPECT_EQ(Put(kAttributeValuesPath, "[" + many + "]").status, 413);
  EXPECT_EQ(Get(kAttributeValuesPath).body, before);
  EXPECT_EQ(Put(kAttributeValuesPath, "[" + Item(1, 1, std::string(255, 'x')) + "]").status, 200);
}

TEST_F(AttributeValuesTest, DeleteHoldsToTheRulesOfIdIn) {
  CreateOfId(1);
  ASSERT_EQ(Put(kAttributeValuesPath, "[" + Item(1, 1, "a") + "," + Item(2, 1, "b") + "]").status,
            200);
  for (const std::string query : {"", "?", "?id:in=", "?customer_id:in=1"}) {
    EXPECT_EQ(Delete(kAttributeValuesPath + query).status, 204) << query;
  }
  for (const std::string query : {"?id:in=x", "?id:in=1,-2", "?id:in=1&customer_id:in=1"}) {
    EXPECT_EQ(Delete(kAttributeValuesPath + query).body.empty(), false) << query;
  }
  EXPECT_EQ(IdsOf(Get(kAttributeValuesPath)), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(Delete(kAttributeValuesPath + "?id:in=2,2,77").status, 204);
  EXPECT_EQ(IdsOf(Get(kAttributeValuesPath)), std::vector<int64_t>{1});
}

TEST_F(AttributeValuesTest, TheyGoWithTheirCustomerAndNoOther) {
  CreateOfId(1);
  CreateOfId(2);
  ASSERT_EQ(Put(kAttributeValuesPath, "[" + Item(1, 1, "a") + "," + Item(1, 2, "b") + "]").status,
            200);
  ASSERT_EQ(Delete("/v3/customers?id:in=1").status, 204);
  EXPECT_EQ(IdsOf(Get(kAttributeValuesPath)), std::vector<int64_t>{2});
  EXPECT_EQ(IdsOf(Get(kAttributeValuesPath + "?customer_id:in=1")), std::vector<int64_t>{});
  EXPECT_EQ(Delete(kAttributeValuesPath + "?id:in=1").status, 204);
  EXPECT_EQ(Put(kAttributeValuesPath, "[" + Item(1, 1, "a") + "]").status, 422);
}

// What is set through one store is not seen in another.
TEST_F(AttributeValuesTest, AnotherStoreHasItsOwn) {
  CreateOfId(1);
  ASSERT_EQ(Put(kAttributeValuesPath, "[" + Item(1, 1, "a") + "]").status, 200);
  world_.CreateStore("other");
  const std::string token = TokenFor("other", {kModifyScope});
  const auto send = [&](const std::string& method, const std::string& target) {
    return world_.Send(method, "/stores/other" + target, {{"X-Auth-Token", token}});
  };
  EXPECT_EQ(IdsOf(send("GET", kAttributeValuesPath)), std::vector<int64_t>{});
  EXPECT_EQ(send("DELETE", kAttributeValuesPath + "?id:in=1").status, 204);
  EXPECT_EQ(send("DELETE", "/v3/customers/attributes?id:in=1").status, 204);
  EXPECT_EQ(IdsOf(Get(kAttributeValuesPath)), std::vector<int64_t>{1});
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
