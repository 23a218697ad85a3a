// DELETE /v3/customers and /v3/customers/addresses: what goes, and above all what does not.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "dialects/bigcommerce/bigcommerce_fixture.h"
#include "dialects/bigcommerce/choices.h"

namespace oubli::dialects::bigcommerce {
namespace {

const std::string kBadIds = "Bulk operation has failed";

class DeleteTest : public BigCommerceTest {
 protected:
  // Customers 1 to `count`.
  void CreateMany(int count) {
    for (int i = 1; i <= count; ++i) {
      ASSERT_EQ(Create(fmt::format("c{}@example.com", i)).head.id, i);
    }
  }
};

TEST_F(DeleteTest, TheSeedPagesCall) {
  CreateMany(7);
  const auto answer = Delete("/v3/customers?id:in=4,5,6");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.route, "/stores/{store_hash}/v3/customers");
  EXPECT_EQ(IdsOf(Get("/v3/customers")), (std::vector<int64_t>{1, 2, 3, 7}));
  EXPECT_EQ(IdsOf(Get("/v3/customers?email:in=c4@example.com")), std::vector<int64_t>());
  EXPECT_EQ(IdsOf(Get("/v3/customers?id:in=4,5,6,7")), std::vector<int64_t>{7});
  // Their addresses are free for new people, with new ids.
  EXPECT_EQ(Create("c4@example.com").head.id, 8);
}

TEST_F(DeleteTest, WithoutIdsNothingIsDeletedWhateverElseIsAsked) {
  CreateMany(3);
  for (const std::string_view query : {"",
                                       "?",
                                       "?id:in=",
                                       "?id:in",
                                       "?id%3Ain=",
                                       "?id:in=&id:in=",
                                       "?0=1",
                                       "?id=1",
                                       "?ids=1,2",
                                       "?ID:IN=1",
                                       "?id:in[]=1",
                                       "?id:in%20=1",
                                       "?email:in=c1@example.com",
                                       "?customer_group_id:in=0",
                                       "?page=1&limit=250",
                                       "?id:in=&foo=1",
                                       "?all=true",
                                       "?&",
                                       "?=1",
                                       "?id:not_in=1",
                                       "?id:min=1",
                                       "?name:like=",
                                       "?%69d=1"}) {
    const auto answer = Delete("/v3/customers" + std::string(query));
    EXPECT_EQ(answer.status, 204) << query;
    EXPECT_EQ(answer.body, "");
  }
  EXPECT_EQ(Population(), 3);
}

TEST_F(DeleteTest, OneElementThatIsNoIdStopsTheCall) {
  CreateMany(3);
  for (const std::string_view query : {"abc",
                                       "1,abc",
                                       "abc,1",
                                       "1,,2",
                                       "1,",
                                       ",1",
                                       ",",
                                       "1.0",
                                       "1e0",
                                       "0x1",
                                       "1%00",
                                       "%20",
                                       "1,%202",
                                       "1;2",
                                       "+1",
                                       "%2B1",
                                       "-1",
                                       "1,-2",
                                       "0",
                                       "0,1",
                                       "9223372036854775808",
                                       "99999999999999999999999999",
                                       "-9223372036854775809",
                                       "1&id:in=x",
                                       "*",
                                       "1-3",
                                       "null",
                                       "%EF%BC%91",
                                       "[1]",
                                       "%221%22",
                                       "1%0A"}) {
    const auto answer = Delete("/v3/customers?id:in=" + std::string(query));
    EXPECT_EQ(answer.status, 422) << query;
    EXPECT_EQ(answer.body, Envelope(422, kBadIds)) << query;
  }
  EXPECT_EQ(Population(), 3);
}

TEST_F(DeleteTest, AnotherFilterBesideTheIdsStopsTheCall) {
  CreateMany(2);
  const auto answer = Delete("/v3/customers?id:in=1&0=1&foo=2");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body, Envelope(422, "The filter(s): 0, foo are not valid filter parameter(s)."));
  EXPECT_EQ(Population(), 2);
}

TEST_F(DeleteTest, AllSpellingsOfAListMeanTheSame) {
  const std::vector<std::string> spellings = {
      "id:in=1,2",           "id%3Ain=1%2C2", "id%3Ain=1,2",      "id:in=1&id:in=2",
      "%69d:in=1&id%3ain=2", "id:in=2,1",     "id:in=1,2,2,1,1",  "id:in=1,2&id:in=2",
      "id:in=&id:in=1,2",    "id:in=01,002",  "id:in=1,2,777777", "id:in=1,2&"};
  int64_t next = 1;
  for (const std::string& spelling : spellings) {
    // Two customers under the ids that the spelling names, whatever was there before.
    for (const int64_t id : {1, 2}) {
      customers::Customer customer;
      customer.head.id = id;
      customer.profile.email = fmt::format("s{}@example.com", next++);
      Create(customer);
    }
    ASSERT_EQ(Population(), 2);
    EXPECT_EQ(Delete("/v3/customers?" + spelling).status, 204) << spelling;
    EXPECT_EQ(Population(), 0) << spelling;
  }
}

TEST_F(DeleteTest, UnknownAndLargeIdsArePassedOver) {
  CreateMany(1);
  for (const std::string_view ids : {"999999", "2147483648", "9223372036854775807"}) {
    EXPECT_EQ(Delete("/v3/customers?id:in=" + std::string(ids)).status, 204) << ids;
  }
  EXPECT_EQ(Population(), 1);
  EXPECT_EQ(Delete("/v3/customers?id:in=1").status, 204);
  EXPECT_EQ(Delete("/v3/customers?id:in=1").status, 204);
  EXPECT_EQ(Population(), 0);
}

std::string IdList(int from, int to) {
  std::string list;
  for (int id = from; id <= to; ++id) list += (list.empty() ? "" : ",") + std::to_string(id);
  return list;
}

TEST_F(DeleteTest, TwoHundredAndFiftyDistinctIdsGoInOneCallAndNotOneMore) {
  CreateMany(251);
  EXPECT_EQ(Delete("/v3/customers?id:in=" + IdList(1, 251)).body, Envelope(422, kBadIds));
  EXPECT_EQ(Population(), 251);
  const std::string ids = IdList(1, 250);
  EXPECT_EQ(Delete("/v3/customers?id:in=" + ids + "&id:in=" + ids).status, 204);
  EXPECT_EQ(IdsOf(Get("/v3/customers")), std::vector<int64_t>{251});
}

TEST_F(DeleteTest, ContentTypesAndBodiesDoNotCount) {
  CreateMany(2);
  for (const std::string_view type : {"undefined", "application/json", "text/xml"}) {
    const auto answer =
        world_.Send("DELETE", "/stores/abc/v3/customers",
                    {{"X-Auth-Token", token_}, {"Content-Type", std::string(type)}}, "[1,2]");
    EXPECT_EQ(answer.status, 204) << type;
  }
  EXPECT_EQ(Population(), 2);
}

TEST_F(DeleteTest, WhatHangsOnACustomerIsGoneFromEveryList) {
  CreateMany(2);
  for (const int64_t id : {1, 2}) {
    const auto head = Find(id)->head;
    ASSERT_TRUE(Store()->WriteAndWait([&](customers::StoreTransaction& transaction) -> Status {
      customers::Address address;
      address.city = "Austin";
      OUBLI_TRY(customers::PutAddress(transaction, head, address));
      return {};
    }));
  }
  EXPECT_EQ(IdsOf(Get("/v3/customers/addresses")), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(Delete("/v3/customers?id:in=1").status, 204);
  EXPECT_EQ(IdsOf(Get("/v3/customers/addresses")), std::vector<int64_t>{2});
  EXPECT_EQ(IdsOf(Get("/v3/customers/addresses?id:in=1")), std::vector<int64_t>());
  EXPECT_EQ(IdsOf(Get("/v3/customers/addresses?customer_id:in=1")), std::vector<int64_t>());
  EXPECT_EQ(Put("/v3/customers/addresses", R"([{"id":1,"city":"X"}])").status, 422);
  EXPECT_EQ(Put("/v3/customers", R"([{"id":1}])").status, 422);
}

TEST_F(DeleteTest, AddressesByTheSameRules) {
  CreateMany(1);
  const auto head = Find(1)->head;
  ASSERT_TRUE(Store()->WriteAndWait([&](customers::StoreTransaction& transaction) -> Status {
    for (const std::string city : {"Austin", "Paris", "Rome", "Bonn"}) {
      customers::Address address;
      address.city = city;
      OUBLI_TRY(customers::PutAddress(transaction, head, address));
    }
    return {};
  }));
  const std::string path = "/v3/customers/addresses";
  EXPECT_EQ(Delete(path).status, 204);
  EXPECT_EQ(Delete(path + "?id:in=").status, 204);
  EXPECT_EQ(Delete(path + "?customer_id:in=1").status, 204);
  EXPECT_EQ(Delete(path + "?id:in=1,x").body, Envelope(422, kBadIds));
  EXPECT_EQ(Delete(path + "?id:in=1&customer_id:in=1").status, 422);
  EXPECT_EQ(IdsOf(Get(path)), (std::vector<int64_t>{1, 2, 3, 4}));
  EXPECT_EQ(Delete(path + "?id:in=2,2,777&id:in=4").status, 204);
  EXPECT_EQ(IdsOf(Get(path)), (std::vector<int64_t>{1, 3}));
  EXPECT_EQ(Population(), 1);
}

class LenientDeleteTest : public BigCommerceTest {
 protected:
  LenientDeleteTest()
      : BigCommerceTest([](const Environment& environment) {
          Choices choices;
          choices.unknown_filter_stops_delete = false;
          choices.max_ids_a_delete = 2;
          return MakeWithChoices(environment, choices);
        }) {}
};

TEST_F(LenientDeleteTest, TheChoicesCanBeMadeOtherwise) {
  for (int i = 1; i <= 4; ++i) Create(fmt::format("c{}@example.com", i));
  EXPECT_EQ(Delete("/v3/customers?id:in=1&foo=1").status, 204);
  EXPECT_EQ(Delete("/v3/customers?id:in=2,3,4").status, 422);
  EXPECT_EQ(Population(), 3);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
