// /v3/customers/attributes: the definitions.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/date_time.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"

namespace oubli::dialects::bigcommerce {
namespace {

const std::string kAttributesPath = "/v3/customers/attributes";
const std::string kValues = "/v3/customers/attribute-values";

class AttributesTest : public BigCommerceTest {
 protected:
  // Attributes 1 to `count`, named A1, A2 and so on.
  void Define(int count) {
    std::string items;
    for (int i = 1; i <= count; ++i) {
      items += fmt::format(R"({}{{"name":"A{}","type":"string"}})", i == 1 ? "" : ",", i);
    }
    ASSERT_EQ(Post(kAttributesPath, "[" + items + "]").status, 200);
  }
  std::string Value(int64_t attribute, int64_t customer) {
    return fmt::format(R"([{{"attribute_id":{},"customer_id":{},"value":"v"}}])", attribute,
                       customer);
  }
};

// Contract, appendix A.
TEST_F(AttributesTest, TheContractsExchanges) {
  Define(1);
  world_.clock().SetWall(*ParseIso8601("2018-11-14T16:34:57Z"));
  auto answer = Post(kAttributesPath, R"([{"name":"Shoe Size","type":"number"}])");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"({"data":[{"id":2,"name":"Shoe Size","type":"number",)"
            R"("date_created":"2018-11-14T16:34:57Z","date_modified":"2018-11-14T16:34:57Z"}],)"
            R"("meta":{}})");
  world_.clock().SetWall(*ParseIso8601("2018-11-14T16:46:23Z"));
  answer = Put(kAttributesPath, R"([{"id":2,"name":"Shoe Size EU"}])");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"({"data":[{"id":2,"name":"Shoe Size EU","type":"number",)"
            R"("date_created":"2018-11-14T16:34:57Z","date_modified":"2018-11-14T16:46:23Z"}],)"
            R"("meta":{}})");
  answer = Get(kAttributesPath + "?id:in=2");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body, Envelope(422, "The filter(s): id:in are not valid filter parameter(s)."));
  EXPECT_EQ(Get(kAttributesPath + "?name:in=x").status, 422);
}

// Contract 4.1.
TEST_F(AttributesTest, TheContractsList) {
  world_.clock().SetWall(*ParseIso8601("2018-11-13T21:42:06Z"));
  ASSERT_EQ(Post(kAttributesPath, R"([{"name":"Hat Size","type":"string"}])").status, 200);
  EXPECT_EQ(Get(kAttributesPath).body,
            R"({"data":[{"id":1,"name":"Hat Size","type":"string",)"
            R"("date_created":"2018-11-13T21:42:06Z","date_modified":"2018-11-13T21:42:06Z"}],)"
            R"("meta":{"pagination":{"total":1,"count":1,"per_page":50,"current_page":1,)"
            R"("total_pages":1,"links":{"current":"?limit=50&page=1"}}}})");
}

TEST_F(AttributesTest, EveryFilterFindsItsOwn) {
  const auto define = [&](const std::string& date, const std::string& name,
                          const std::string& type) {
    world_.clock().SetWall(*ParseIso8601(date));
    ASSERT_EQ(
        Post(kAttributesPath, fmt::format(R"([{{"name":"{}","type":"{}"}}])", name, type)).status,
        200);
  };
  define("2020-01-01T10:00:00Z", "Hat Size", "string");
  define("2020-01-02T10:00:00Z", "Shoe Size", "number");
  define("2020-01-03T10:00:00Z", "Birthday, Cat's", "date");
  world_.clock().SetWall(*ParseIso8601("2020-02-01T00:00:00Z"));
  ASSERT_EQ(Put(kAttributesPath, R"([{"id":1,"name":"Hat"}])").status, 200);
  using Ids = std::vector<int64_t>;
  const std::vector<std::pair<std::string, Ids>> table = {
      {"", {1, 2, 3}},
      {"?name=Hat", {1}},
      {"?name=hat", {1}},
      {"?name=Size", {}},
      {"?name=Birthday%2C+Cat's", {3}},
      {"?name:like=size", {2}},
      {"?name:like=hat,birth", {1, 3}},
      {"?type=string", {1}},
      {"?type=date&name:like=a", {3}},
      {"?date_created=2020-01-02", {2}},
      {"?date_created=2020-01-02T10:00:00", {2}},
      {"?date_created=1577959200", {2}},  // the same second
      {"?date_created=1577959201", {}},
      {"?date_created:min=1577959200", {2, 3}},
      {"?date_created:max=2020-01-02", {1, 2}},
      {"?date_created:min=2020-01-02&date_created:max=2020-01-02T10:00:00", {2}},
      {"?date_modified=2020-02-01", {1}},
      {"?date_modified:max=2020-01-31", {2, 3}},
      {"?limit=2", {1, 2}},
      {"?limit=2&page=2", {3}},
      {"?limit=2&page=3", {}},
  };
  for (const auto& [query, ids] : table)
    EXPECT_EQ(IdsOf(Get(kAttributesPath + query)), ids) << query;
}

TEST_F(AttributesTest, BadFiltersAreRefused) {
  for (const std::string query :
       {"?type=text", "?type=", "?date_created=yesterday", "?date_created=99999999999999999999",
        "?date_created=999999999999", "?date_modified:min=-5", "?limit=0", "?page=x",
        "?name=a&name=b", "?sort=name", "?include=x", "?after=eyJpZCI6MX0"}) {
    EXPECT_EQ(Get(kAttributesPath + query).status, 422) << query;
  }
}

TEST_F(AttributesTest, BadItemsAreRefusedAndNothingOfTheirBatchStays) {
  Define(1);
  const auto field = [&](const std::string& name, const std::string& text) {
    return fmt::format(R"({{"{}":"{}"}})", name, text);
  };
  const std::string good = R"({"name":"good","type":"date"})";
  const auto json = [&](const std::string& name, const std::string& text) {
    return Envelope(422, "JSON data is missing or invalid", field(name, text));
  };
  EXPECT_EQ(Post(kAttributesPath, "[" + good + R"(,{"type":"date"}])").body,
            json("1.name", "error.path.missing"));
  EXPECT_EQ(Post(kAttributesPath, "[" + good + R"(,{"name":"x"}])").body,
            json("1.type", "error.path.missing"));
  EXPECT_EQ(Post(kAttributesPath, R"([{"name":5,"type":"date"}])").body,
            json("0.name", "error.expected.jsstring"));
  EXPECT_EQ(Post(kAttributesPath, R"([{"name":"x","type":"text"}])").body,
            Envelope(422, "Create customer attributes failed.",
                     field("0.type", "must be string, number or date")));
  EXPECT_EQ(Post(kAttributesPath, "[" + good + R"(,{"name":"A1","type":"date"}])").body,
            Envelope(422, "Create customer attributes failed.", field("1.name", "already in use")));
  EXPECT_EQ(Post(kAttributesPath, "[" + good + "," + good + "]").status, 422);
  EXPECT_EQ(Post(kAttributesPath, R"([{"name":"","type":"date"}])").status, 422);
  EXPECT_EQ(Post(kAttributesPath, R"([{"name":")" + std::string(256, 'x') + R"(","type":"date"}])")
                .status,
            422);
  EXPECT_EQ(Put(kAttributesPath, R"([{"name":"x"}])").body, json("id", "error.path.missing"));
  EXPECT_EQ(Put(kAttributesPath, R"([{"id":1}])").body, json("0.name", "error.path.missing"));
  EXPECT_EQ(
      Put(kAttributesPath, R"([{"id":1,"name":"new"},{"id":9,"name":"x"}])").body,
      Envelope(422, "Update customer attributes failed.", field("1.id", "invalid attribute ID")));
  EXPECT_EQ(
      Put(kAttributesPath, R"([{"id":1,"name":"x","type":"number"}])").body,
      Envelope(422, "Update customer attributes failed.", field("0.type", "cannot be changed")));
  EXPECT_EQ(Put(kAttributesPath, R"([{"id":1,"name":"A1","type":"string"}])").status, 200);
  EXPECT_EQ(IdsOf(Get(kAttributesPath)), std::vector<int64_t>{1});
  EXPECT_EQ(IdsOf(Get(kAttributesPath + "?name=A1")), std::vector<int64_t>{1});
}

TEST_F(AttributesTest, AStoreHasAtMostFifty) {
  Define(49);
  EXPECT_EQ(
      Post(kAttributesPath, R"([{"name":"x","type":"date"},{"name":"y","type":"date"}])").body,
      Envelope(422, "A store can have at most 50 customer attributes."));
  EXPECT_EQ(Post(kAttributesPath, R"([{"name":"x","type":"date"}])").status, 200);
  EXPECT_EQ(Post(kAttributesPath, R"([{"name":"y","type":"date"}])").status, 422);
  ASSERT_EQ(Delete(kAttributesPath + "?id:in=7").status, 204);
  EXPECT_EQ(Post(kAttributesPath, R"([{"name":"y","type":"date"}])").status, 200);
  std::string items = R"({"id":1,"name":"x"})";
  for (int i = 0; i < 50; ++i) items += R"(,{"id":1,"name":"x"})";
  EXPECT_EQ(Put(kAttributesPath, "[" + items + "]").status, 413);
}

TEST_F(AttributesTest, DeletingADefinitionDeletesEveryCustomersValueOfIt) {
  Define(2);
  for (int i = 1; i <= 3; ++i) {
    Create(fmt::format("c{}@example.com", i));
    ASSERT_EQ(Put(kValues, Value(1, i)).status, 200);
    ASSERT_EQ(Put(kValues, Value(2, i)).status, 200);
  }
  const auto gone = Delete(kAttributesPath + "?id:in=1,77");
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.body, "");
  EXPECT_EQ(IdsOf(Get(kAttributesPath)), std::vector<int64_t>{2});
  EXPECT_EQ(IdsOf(Get(kValues)), (std::vector<int64_t>{2, 4, 6}));
  const std::string shown = Get("/v3/customers?id:in=1&include=attributes").body;
  EXPECT_EQ(shown.find(R"("attribute_id":1)"), std::string::npos);
  EXPECT_NE(shown.find(R"("attribute_id":2)"), std::string::npos);
  EXPECT_EQ(Put(kValues, Value(1, 1)).status, 422);
  auto reader = Store()->Read();
  auto rows = (*reader)->connection().Prepare("SELECT COUNT(*) FROM record WHERE kind = 3");
  ASSERT_TRUE((*rows)->Step().value());
  EXPECT_EQ((*rows)->Int(0), 3);
}

TEST_F(AttributesTest, DeleteHoldsToTheRulesOfIdIn) {
  Define(2);
  EXPECT_EQ(Delete(kAttributesPath).status, 204);
  EXPECT_EQ(Delete(kAttributesPath + "?id:in=").status, 204);
  EXPECT_EQ(Delete(kAttributesPath + "?0=1").status, 204);
  EXPECT_EQ(Delete(kAttributesPath + "?id:in=abc").body,
            Envelope(422, "Bulk operation has failed"));
  EXPECT_EQ(Delete(kAttributesPath + "?id:in=1,0").status, 422);
  EXPECT_EQ(Delete(kAttributesPath + "?id:in=1&name=A2").status, 422);
  EXPECT_EQ(IdsOf(Get(kAttributesPath)), (std::vector<int64_t>{1, 2}));
}

// While a removal is under way, and after one that was interrupted, no value of it is shown.
TEST_F(AttributesTest, ValuesOfADefinitionThatIsGoneAreNotShown) {
  Define(2);
  Create("c1@example.com");
  ASSERT_EQ(Put(kValues, Value(1, 1)).status, 200);
  ASSERT_EQ(Put(kValues, Value(2, 1)).status, 200);
  ASSERT_TRUE(Store()->WriteAndWait([](customers::StoreTransaction& transaction) -> Status {
    OUBLI_TRY(transaction.connection().Execute(
        "INSERT INTO attribute_removal (attribute_id) VALUES (1)"));
    return transaction.connection().Execute("DELETE FROM attribute_definition WHERE id = 1");
  }));
  EXPECT_EQ(IdsOf(Get(kValues)), std::vector<int64_t>{2});
  EXPECT_EQ(IdsOf(Get(kValues + "?customer_id:in=1")), std::vector<int64_t>{2});
  EXPECT_EQ(Get("/v3/customers?include=attributes").body.find(R"("attribute_id":1)"),
            std::string::npos);
  EXPECT_EQ(Delete(kAttributesPath + "?id:in=1").status, 204);
  EXPECT_EQ(IdsOf(Get(kValues)), std::vector<int64_t>{2});
}

// Values written and customers erased while their definition goes: none is left behind.
TEST_F(AttributesTest, ARemovalBesideWritersLeavesNothing) {
  Define(1);
  for (int i = 1; i <= 40; ++i) {
    Create(fmt::format("c{}@example.com", i));
    ASSERT_EQ(Put(kValues, Value(1, i)).status, 200);
  }
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      const int status = Put(kValues, Value(1, 1 + i % 40)).status;
      EXPECT_TRUE(status == 200 || status == 422) << status;
    }
  });
  std::thread eraser([&] {
    for (int i = 1; i <= 20; ++i) {
      EXPECT_EQ(Delete(fmt::format("/v3/customers?id:in={}", i)).status, 204);
    }
  });
  EXPECT_EQ(Delete(kAttributesPath + "?id:in=1").status, 204);
  EXPECT_EQ(IdsOf(Get(kValues)), std::vector<int64_t>{});
  eraser.join();
  stop = true;
  writer.join();
  auto reader = Store()->Read();
  for (int i = 21; i <= 40; ++i) {
    EXPECT_TRUE(customers::ListAttributeValues(**reader, Find(i)->head)->empty()) << i;
  }
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
