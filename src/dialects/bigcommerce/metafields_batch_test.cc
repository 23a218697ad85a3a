// POST, PUT and DELETE /v3/customers/metafields.
#include "dialects/bigcommerce/metafields_fixture.h"

namespace oubli::dialects::bigcommerce {
namespace {

class MetafieldBatchesTest : public MetafieldsTest {
 protected:
  static std::string Item(int64_t customer, const std::string& key,
                          const std::string& access = "read") {
    return fmt::format(
        R"({{"resource_id":{},"permission_set":"{}","namespace":"n","key":"{}","value":"v"}})",
        customer, access, key);
  }
  std::string Shown(int64_t id, int64_t customer, const std::string& key,
                    const std::string& value = "v") {
    return fmt::format(
        R"({{"id":{},"key":"{}","value":"{}","namespace":"n","permission_set":"read",)"
        R"("resource_type":"customer","resource_id":{},"description":"",)"
        R"("date_created":"2022-06-16T18:39:00+00:00",)"
        R"("date_modified":"2022-06-16T18:39:00+00:00","owner_client_id":"{}"}})",
        id, key, value, customer, first_.client_id);
  }
  static std::string Done(const std::string& data, int count) {
    return fmt::format(R"({{"data":{},"errors":[],"meta":{{"total":{},"success":{},"failed":0}}}})",
                       data, count, count);
  }
  std::vector<int64_t> Ids() { return IdsOf(Get(kAllMetafields)); }
};

TEST_F(MetafieldBatchesTest, TheContractsExchanges) {
  auto answer = Post(kAllMetafields, "[" + Item(147, "k") + "]");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, Done("[" + Shown(1, 147, "k") + "]", 1));
  answer = Post(kAllMetafields, "[" + Item(147, "l") + "," + Item(148, "k") + "]");
  EXPECT_EQ(answer.body, Done("[" + Shown(2, 147, "l") + "," + Shown(3, 148, "k") + "]", 2));
  answer = Put(kAllMetafields, R"([{"id":3,"value":"w"},{"id":1,"value":"x"}])");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            Done("[" + Shown(3, 148, "k", "w") + "," + Shown(1, 147, "k", "x") + "]", 2));
  answer = Send("DELETE", kAllMetafields, "[3,1]");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, Done("[3,1]", 2));
  EXPECT_EQ(Ids(), std::vector<int64_t>{2});
  EXPECT_EQ(Delete(kAllMetafields + "?id:in=2").body, Done("[2]", 1));
  EXPECT_EQ(Ids(), std::vector<int64_t>{});
}

// The partial failure of the contract, which is a 422 with what was done.
TEST_F(MetafieldBatchesTest, WhatCanBeDoneIsDone) {
  Be(second_);
  ASSERT_EQ(Make1(Body("read", "a")), 1);
  Be(first_);
  ASSERT_EQ(Make1(Body("read", "b")), 2);
  ASSERT_EQ(Make1(Body("read", "c")), 3);
  ASSERT_EQ(Delete(Path() + "/2").status, 204);
  auto answer = Send("DELETE", kAllMetafields, "[1,2,3]");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body,
            Bulk("[3]", R"({"1":"Unauthorized to delete","2":"Metafield does not exist"})", 3, 1));
  EXPECT_EQ(Ids(), std::vector<int64_t>{1});

  answer = Put(kAllMetafields, R"([{"id":1,"value":"x"},{"id":9,"value":"x"}])");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body,
            Bulk("[]", R"({"1":"Unauthorized to update","9":"Metafield does not exist"})", 2, 0));

  answer = Post(kAllMetafields,
                "[" + Item(149, "k") + "," + Item(147, "k") + "," + Item(147, "k") + "]");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body,
            Bulk("[" + Shown(4, 147, "k") + "]",
                 R"({"0":"Resource does not exist","2":"The Metafield conflicts with another )"
                 R"(Metafield. An application may have one of each namespace and key at a )"
                 R"(resource."})",
                 3, 1));
  EXPECT_EQ(Ids(), (std::vector<int64_t>{1, 4}));
}

TEST_F(MetafieldBatchesTest, AnAppOnlyRowOfAnotherApplicationDoesNotExist) {
  Be(second_);
  ASSERT_EQ(Make1(Body()), 1);
  Be(first_);
  EXPECT_EQ(Send("DELETE", kAllMetafields, "[1]").body,
            Bulk("[]", R"({"1":"Metafield does not exist"})", 1, 0));
  EXPECT_EQ(Put(kAllMetafields, R"([{"id":1,"value":"x"}])").body,
            Bulk("[]", R"({"1":"Metafield does not exist"})", 1, 0));
  Be(second_);
  EXPECT_EQ(Ids(), std::vector<int64_t>{1});
}

TEST_F(MetafieldBatchesTest, AFaultInOneItemStopsAll) {
  const std::string good = Item(147, "k");
  const std::string title = "JSON data is missing or invalid";
  EXPECT_EQ(Post(kAllMetafields, "[" + good + R"(,{"resource_id":147}])").body,
            Envelope(422, title, R"({"1.permission_set":"error.path.missing"})"));
  EXPECT_EQ(Post(kAllMetafields, "[" + good + "," + Body() + "]").body,
            Envelope(422, title, R"({"1.resource_id":"error.path.missing"})"));
  EXPECT_EQ(Post(kAllMetafields, "[" + good + ",5]").body,
            Envelope(422, title, R"({"1":"error.expected.jsobject"})"));
  EXPECT_EQ(Post(kAllMetafields, good).status, 422) << "no array";
  EXPECT_EQ(Post(kAllMetafields, "[]").status, 422);
  EXPECT_EQ(Post(kAllMetafields, "[").status, 400);
  std::string many = "[" + good;
  for (int i = 0; i < 10; ++i) many += "," + good;
  EXPECT_EQ(Post(kAllMetafields, many + "]").status, 413);
  EXPECT_EQ(Put(kAllMetafields, R"([{"value":"x"}])").body,
            Envelope(422, title, R"({"0.id":"error.path.missing"})"));
  EXPECT_EQ(Put(kAllMetafields, R"([{"id":"1"}])").body,
            Envelope(422, title, R"({"0.id":"error.expected.jsnumber"})"));
  EXPECT_EQ(Ids(), std::vector<int64_t>{});
}

TEST_F(MetafieldBatchesTest, ADeleteWithoutIdsDeletesNothing) {
  ASSERT_EQ(Make1(Body()), 1);
  const std::string nothing = Done("[]", 0);
  for (const std::string query : {"", "?", "?id:in=", "?foo=1", "?namespace=warehouse", "?0=1"}) {
    const auto answer = Delete(kAllMetafields + query);
    EXPECT_EQ(answer.status, 200) << query;
    EXPECT_EQ(answer.body, nothing) << query;
  }
  EXPECT_EQ(Send("DELETE", kAllMetafields, "[]").body, nothing);
  for (const std::string body : {"[0]", "[-1]", "[1.5]", "[\"1\"]", "[null]", "{}", "5", "null",
                                 "[[1]]", "[1,\"x\"]", "{\"ids\":[1]}", "[99999999999999999999]"}) {
    const auto answer = Send("DELETE", kAllMetafields, body);
    EXPECT_EQ(answer.status, 422) << body;
    EXPECT_EQ(answer.body, Envelope(422, "Bulk operation has failed")) << body;
  }
  EXPECT_EQ(Send("DELETE", kAllMetafields, "[1").status, 400);
  EXPECT_EQ(Send("DELETE", kAllMetafields, "[1 \xff]").status, 422);
  EXPECT_EQ(Send("DELETE", kAllMetafields + "?id:in=1", "[1]").status, 422) << "two lists";
  for (const std::string query : {"?id:in=x", "?id:in=0", "?id:in=1&foo=2", "?id:in=1,,2"}) {
    EXPECT_EQ(Delete(kAllMetafields + query).status, 422) << query;
  }
  std::string many = "[1";
  for (int i = 2; i <= 251; ++i) many += fmt::format(",{}", i);
  EXPECT_EQ(Send("DELETE", kAllMetafields, many + "]").status, 422);
  EXPECT_EQ(Ids(), std::vector<int64_t>{1});
}

TEST_F(MetafieldBatchesTest, ADeleteTakesRepeatsOnceAndAnyContentType) {
  ASSERT_EQ(Make1(Body()), 1);
  const auto answer =
      world_.Send("DELETE", "/stores/abc" + kAllMetafields,
                  {{"X-Auth-Token", token_}, {"Content-Type", "undefined"}}, "[1,1,1]");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, Done("[1]", 1));
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
