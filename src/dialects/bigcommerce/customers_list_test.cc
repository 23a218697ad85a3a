// GET /v3/customers: the contract's literals, and what each parameter accepts.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "base/date_time.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"
#include "dialects/bigcommerce/choices.h"
#include "dialects/bigcommerce/pagination.h"

namespace oubli::dialects::bigcommerce {
namespace {

using Ids = std::vector<int64_t>;

const std::string kCustomersPath = "/v3/customers";

class ListTest : public BigCommerceTest {
 protected:
  using BigCommerceTest::BigCommerceTest;

  int64_t CreateAt(int64_t id, const std::string& created, const std::string& last_name = "L") {
    customers::Customer customer;
    customer.head.id = id;
    customer.head.created_at = *ParseIso8601(created);
    customer.profile.email = fmt::format("c{}@example.com", id);
    customer.profile.first_name = "F";
    customer.profile.last_name = last_name;
    return Create(customer).head.id;
  }
  std::string MetaOf(const std::string& target) {
    const std::string body = Get(target).body;
    return body.substr(body.find(R"("meta":)"));
  }
};

// Contract 2.2, first literal.
TEST_F(ListTest, TheContractsPlainCustomer) {
  customers::Customer customer;
  customer.head.id = 2;
  customer.head.created_at = *ParseIso8601("2022-09-11T05:39:18Z");
  customer.head.modified_at = *ParseIso8601("2023-01-29T00:34:35Z");
  customer.profile.email = "dem@example.com";
  customer.profile.first_name = "Dem";
  customer.profile.last_name = "Brockett";
  customer.profile.phone = "4435643434";
  customer.profile.accepts_marketing = true;
  Create(customer);
  EXPECT_EQ(
      Get(kCustomersPath).body,
      R"({"data":[{"id":2,"authentication":{"force_password_reset":false},"company":"",)"
      R"("customer_group_id":0,"email":"dem@example.com","first_name":"Dem",)"
      R"("last_name":"Brockett","notes":"","phone":"4435643434","registration_ip_address":"",)"
      R"("tax_exempt_category":"","date_created":"2022-09-11T05:39:18Z",)"
      R"("date_modified":"2023-01-29T00:34:35Z",)"
      R"("accepts_product_review_abandoned_cart_emails":true,"origin_channel_id":1,)"
      R"("channel_ids":null}],"meta":{"pagination":{"total":1,"count":1,"per_page":50,)"
      R"("current_page":1,"total_pages":1,"links":{"current":"?limit=50&page=1"}},)"
      R"("cursor_pagination":{"count":1,"per_page":50,"start_cursor":"eyJpZCI6Mn0",)"
      R"("end_cursor":"eyJpZCI6Mn0","links":{}}}})");
}

// Contract 2.2, with what a customer has by itself; the numbers of what hangs on it are ours.
TEST_F(ListTest, TheContractsIncludes) {
  world_.clock().SetWall(*ParseIso8601("2018-11-14T17:00:00Z"));
  ASSERT_EQ(Post("/v3/customers/attributes", R"([{"name":"Hat Size","type":"string"}])").status,
            200);
  customers::Customer jane;
  jane.head.id = 11;
  jane.head.created_at = *ParseIso8601("2018-11-13T18:00:00Z");
  jane.profile.email = "jane@example.com";
  jane.profile.first_name = "Jane";
  jane.profile.last_name = "Doe";
  jane.profile.phone = "1234567890";
  jane.profile.store_credit = *Decimal::Parse("43.15");
  jane.profile.channel_ids = {{1}};
  jane.profile.form_fields = {{"Sales Rep", {"James Bond"}, customers::FormField::Shape::kText}};
  Create(jane);
  ASSERT_EQ(Post("/v3/customers/addresses",
                 R"([{"customer_id":11,"address1":"123 Main Street","city":"Austin",
      "country_code":"US","first_name":"Jane","last_name":"Doe","phone":"1234567890",
      "postal_code":"78751","state_or_province":"Texas",
      "form_fields":[{"name":"Gate","value":"7"}]}])")
                .status,
            200);
  ASSERT_EQ(
      Put("/v3/customers/attribute-values", R"([{"attribute_id":1,"customer_id":11,"value":"9"}])")
          .status,
      200);
  const std::string body =
      Get(kCustomersPath + "?include=addresses,storecredit,attributes,formfields").body;
  EXPECT_EQ(
      body.substr(0, body.find(R"(,"meta")")),
      R"({"data":[{"id":11,"authentication":{"force_password_reset":false},"company":"",)"
      R"("customer_group_id":0,"email":"jane@example.com","first_name":"Jane",)"
      R"("last_name":"Doe","notes":"","phone":"1234567890","registration_ip_address":"",)"
      R"("tax_exempt_category":"","date_created":"2018-11-13T18:00:00Z",)"
      R"("date_modified":"2018-11-13T18:00:00Z",)"
      R"("accepts_product_review_abandoned_cart_emails":false,)"
      R"("store_credit_amounts":[{"amount":43.15}],"origin_channel_id":1,"channel_ids":[1],)"
      R"("addresses":[{"id":1,"address1":"123 Main Street","address2":"",)"
      R"("address_type":"residential","city":"Austin","company":"","country":"United States",)"
      R"("country_code":"US","customer_id":11,"first_name":"Jane","last_name":"Doe",)"
      R"("phone":"1234567890","postal_code":"78751","state_or_province":"Texas"}],)"
      R"("attributes":[{"id":1,"attribute_id":1,"attribute_value":"9","customer_id":11,)"
      R"("date_created":"2018-11-14T17:00:00Z","date_modified":"2018-11-14T17:00:00Z"}],)"
      R"("form_fields":[{"customer_id":11,"name":"Sales Rep","value":"James Bond"}]}])");
}

// Contract 1.9: page 1 of 2.
TEST_F(ListTest, TheContractsCursors) {
  CreateAt(204, "2022-09-11T05:39:18Z");
  CreateAt(205, "2022-09-11T05:39:18Z");
  EXPECT_EQ(MetaOf(kCustomersPath + "?limit=1"),
            R"("meta":{"pagination":{"total":2,"count":1,"per_page":1,"current_page":1,)"
            R"("total_pages":2,"links":{"current":"?limit=1&page=1","next":"?limit=1&page=2"}},)"
            R"("cursor_pagination":{"count":1,"per_page":1,"start_cursor":"eyJpZCI6MjA0fQ",)"
            R"("end_cursor":"eyJpZCI6MjA0fQ",)"
            R"("links":{"next":"?limit=1&after=eyJpZCI6MjA0fQ"}}}})");
  // Behind page 1 only pages, with a cursor only cursors, and then `page` does not count.
  EXPECT_EQ(MetaOf(kCustomersPath + "?limit=1&page=2"),
            R"("meta":{"pagination":{"total":2,"count":1,"per_page":1,"current_page":2,)"
            R"("total_pages":2,"links":{"previous":"?limit=1&page=1",)"
            R"("current":"?limit=1&page=2"}}}})");
  const std::string last =
      R"("meta":{"cursor_pagination":{"count":1,"per_page":1,"start_cursor":"eyJpZCI6MjA1fQ",)"
      R"("end_cursor":"eyJpZCI6MjA1fQ",)"
      R"("links":{"previous":"?limit=1&before=eyJpZCI6MjA1fQ"}}}})";
  EXPECT_EQ(MetaOf(kCustomersPath + "?limit=1&after=eyJpZCI6MjA0fQ"), last);
  EXPECT_EQ(MetaOf(kCustomersPath + "?limit=1&after=eyJpZCI6MjA0fQ&page=7"), last);
  EXPECT_EQ(MetaOf(kCustomersPath + "?limit=1&before=eyJpZCI6MjA1fQ"),
            R"("meta":{"cursor_pagination":{"count":1,"per_page":1,)"
            R"("start_cursor":"eyJpZCI6MjA0fQ","end_cursor":"eyJpZCI6MjA0fQ",)"
            R"("links":{"next":"?limit=1&after=eyJpZCI6MjA0fQ"}}}})");
  // Behind the last row there is nothing, and nowhere to go.
  EXPECT_EQ(MetaOf(kCustomersPath + "?after=eyJpZCI6MjA1fQ"),
            R"("meta":{"cursor_pagination":{"count":0,"per_page":50}}})");
}

TEST_F(ListTest, AnEmptyStoreAndPagesBehindTheEnd) {
  EXPECT_EQ(Get(kCustomersPath).body,
            R"({"data":[],"meta":{"pagination":{"total":0,"count":0,"per_page":50,)"
            R"("current_page":1,"total_pages":1,"links":{"current":"?limit=50&page=1"}},)"
            R"("cursor_pagination":{"count":0,"per_page":50}}})");
  CreateAt(1, "2022-09-11");
  EXPECT_EQ(Get(kCustomersPath + "?page=9").body,
            R"({"data":[],"meta":{"pagination":{"total":1,"count":0,"per_page":50,)"
            R"("current_page":9,"total_pages":1,"links":{"previous":"?limit=50&page=8",)"
            R"("current":"?limit=50&page=9"}}}})");
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?page=9223372036854775807&limit=250")), Ids{});
}

// What a real client sends (contract 11).
TEST_F(ListTest, AllSpellingsOfAFilterMeanTheSame) {
  for (int64_t id = 1; id <= 3; ++id) CreateAt(id, "2022-09-11");
  for (const std::string_view query :
       {"?id:in=1,2", "?id%3Ain=1%2C2&limit=250", "?id%3Ain=1,2", "?id:in=1&id:in=2",
        "?%69%64:in=2&id%3ain=1,1", "?id:in=1,2,99&", "?id:in=2,1,0,-5"}) {
    EXPECT_EQ(IdsOf(Get(kCustomersPath + std::string(query))), (Ids{1, 2})) << query;
  }
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?")), (Ids{1, 2, 3}));
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "/?id:in=1,2")), (Ids{1, 2}));
  // An empty list of numbers has nobody in it.
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?id:in=")), Ids{});
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?customer_group_id:in=")), Ids{});
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?email:in=C2%40Example.COM,nobody@example.com")), Ids{2});
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?email:in=c3@example.com&email:in=c1@example.com")),
            (Ids{1, 3}));
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?email:in=c3@example.com&id:in=1,2")), Ids{});
}

TEST_F(ListTest, UnknownFilters) {
  const auto title = [](const std::string& names) {
    return Envelope(422, "The filter(s): " + names + " are not valid filter parameter(s).");
  };
  EXPECT_EQ(Get(kCustomersPath + "?foo=1").status, 422);
  EXPECT_EQ(Get(kCustomersPath + "?foo=1").body, title("foo"));
  EXPECT_EQ(Get(kCustomersPath + "?foo=1&id:in=1&bar&foo=2").body, title("foo, bar"));
  EXPECT_EQ(Get(kCustomersPath + "?&page=2").body, title(""));
  for (const std::string_view name : {"email", "id", "name", "Id:in", "id:not_in", "customer_id",
                                      "date_created:in", "company", "phone", "offset"}) {
    EXPECT_EQ(Get(kCustomersPath + "?" + std::string(name) + "=1").body, title(std::string(name)));
  }
  EXPECT_EQ(Get(kCustomersPath + "?a%22b=1").body, title(R"(a\"b)"));
  EXPECT_EQ(Get(kCustomersPath + "?%ff%00=1").body, title("?"));
}

TEST_F(ListTest, ValuesThatAreRefused) {
  CreateAt(1, "2022-09-11");
  for (const std::string_view query : {"page=0",
                                       "page=-1",
                                       "page=x",
                                       "page=",
                                       "page=1&page=2",
                                       "page=1.5",
                                       "page=9223372036854775808",
                                       "limit=0",
                                       "limit=x",
                                       "limit=-50",
                                       "id:in=x",
                                       "id:in=1,",
                                       "id:in=1.5",
                                       "customer_group_id:in=x",
                                       "date_created=yesterday",
                                       "date_created:min=",
                                       "date_created:max=2024-13-01",
                                       "date_modified=2024-02-30",
                                       "date_modified:min=1700000000",
                                       "date_modified:max=2024-05-14T25:00:00",
                                       "sort=id",
                                       "sort=date_created",
                                       "sort=date_created:up",
                                       "sort=last_name:",
                                       "sort=",
                                       "sort=last_name:asc,date_created:asc",
                                       "include=orders",
                                       "include=addresses,x",
                                       "after=x",
                                       "after=",
                                       "after=eyJpZCI6MjA0fQ==",
                                       "after=bnVsbA",
                                       "after=W10",
                                       "before=e30",
                                       "before=eyJpZCI6IjEifQ",
                                       "before=eyJpZCI6LTF9",
                                       "after=eyJpZCI6MX0&before=eyJpZCI6MX0",
                                       "email:in=%ff",
                                       "company:in=%00",
                                       "name:like=%1b"}) {
    const auto answer = Get(kCustomersPath + "?" + std::string(query));
    EXPECT_EQ(answer.status, 422) << query;
    const std::string field(query.substr(0, query.find('=')));
    if (query.find('&') == std::string_view::npos) {
      EXPECT_NE(answer.body.find(R"("errors":{")" + field + R"(":)"), std::string::npos)
          << answer.body;
    }
    EXPECT_TRUE(ParseJson(answer.body));
  }
}

TEST_F(ListTest, ALimitThatIsTooLargeIsLowered) {
  CreateAt(1, "2022-09-11");
  EXPECT_NE(Get(kCustomersPath + "?limit=1000").body.find(R"("per_page":250)"), std::string::npos);
}

TEST_F(ListTest, DatesAreWholeSecondsAndBothEndsCount) {
  CreateAt(1, "2024-05-14T09:34:00.000Z");
  CreateAt(2, "2024-05-14T09:34:00.999Z");
  CreateAt(3, "2024-05-14T09:34:01.000Z");
  CreateAt(4, "2024-05-15T00:00:00.000Z");
  const auto ids = [&](const std::string& query) {
    return IdsOf(Get(kCustomersPath + "?" + query));
  };
  EXPECT_EQ(ids("date_created=2024-05-14T09:34:00"), (Ids{1, 2}));
  EXPECT_EQ(ids("date_created=2024-05-14T11:34:00%2B02:00"), (Ids{1, 2}));
  EXPECT_EQ(ids("date_created:min=2024-05-14T09:34:01Z"), (Ids{3, 4}));
  EXPECT_EQ(ids("date_created:max=2024-05-14T09:34:00Z"), (Ids{1, 2}));
  EXPECT_EQ(ids("date_created=2024-05-14"), (Ids{1, 2, 3}));
  EXPECT_EQ(ids("date_created:max=2024-05-14"), (Ids{1, 2, 3}));
  EXPECT_EQ(ids("date_created:min=2024-05-14"), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(ids("date_created:min=2024-05-15&date_created:max=2024-05-14"), Ids{});
}

TEST_F(ListTest, ACursorOutlivesItsRow) {
  for (int64_t id = 1; id <= 5; ++id) CreateAt(id, "2022-09-11", fmt::format("N{}", 6 - id));
  const auto next_of = [&](const std::string& sort) {
    const auto page = Parse(Get(kCustomersPath + "?limit=2" + sort));
    return std::string(*AsString(page.at("meta").at("cursor_pagination").at("end_cursor")));
  };
  const std::string by_id = next_of("");
  const std::string by_date = next_of("&sort=date_created:desc");
  const std::string by_name = next_of("&sort=last_name:asc");
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?limit=2&sort=last_name:asc&after=" + by_name)),
            (Ids{3, 2}));
  ASSERT_EQ(Delete(kCustomersPath + "?id:in=2,4").status, 204);
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?limit=2&after=" + by_id)), (Ids{3, 5}));
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?sort=date_created:desc&after=" + by_date)), (Ids{3, 5}));
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?sort=last_name:asc&after=" + by_name)), (Ids{3, 1}));
  // A name does not stand in a cursor for everybody to read.
  EXPECT_TRUE(Base64UrlDecode(by_name)->starts_with(R"({"id":4,"at":")")) << by_name;
  const auto sealed = DecodeCursor(by_name)->sealed;
  EXPECT_EQ(sealed.find("n2"), std::string::npos);
  // Nor does one say where somebody else stands, or somebody who is gone, when it cannot be read.
  const std::string foreign = EncodeCursor({3, {}, {}, sealed});
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?sort=last_name:asc&after=" + foreign)), Ids{1});
  const std::string plain = EncodeCursor({4, std::nullopt});
  EXPECT_EQ(Get(kCustomersPath + "?sort=last_name:asc&after=" + plain).status, 422);
}

TEST_F(ListTest, ACursorStaysWhereItStoodWhenItsRowMoves) {
  for (int64_t id = 1; id <= 4; ++id) CreateAt(id, "2022-09-11", fmt::format("N{}", id));
  const auto page = Parse(Get(kCustomersPath + "?limit=2&sort=last_name:asc"));
  const std::string cursor(*AsString(page.at("meta").at("cursor_pagination").at("end_cursor")));
  ASSERT_EQ(Put(kCustomersPath, R"([{"id":2,"last_name":"Z"}])").status, 200);
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?sort=last_name:asc&after=" + cursor)), (Ids{3, 4, 2}));
}

TEST_F(ListTest, AtMostTenAddressesAreShownInsideACustomer) {
  CreateAt(1, "2022-09-11");
  const auto head = Find(1)->head;
  ASSERT_TRUE(Store()->WriteAndWait([&](customers::StoreTransaction& transaction) -> Status {
    for (int i = 0; i < 12; ++i) {
      OUBLI_TRY(customers::PutAddress(transaction, head, customers::Address()));
    }
    return {};
  }));
  const auto shown = Parse(Get(kCustomersPath + "?include=addresses"));
  EXPECT_EQ(shown.at("data").at(0).at("addresses").as_array().size(), 10U);
}

class OtherChoicesTest : public ListTest {
 protected:
  OtherChoicesTest()
      : ListTest([](const Environment& environment) {
          Choices choices;
          choices.links_repeat_filters = true;
          choices.global_channel_ids_as_array = true;
          choices.date_bounds_inclusive = false;
          choices.plain_date_is_whole_day = false;
          choices.text_filters_ignore_case = false;
          choices.clamp_limit = false;
          choices.check_accept = false;
          return MakeWithChoices(environment, choices);
        }) {}
};

TEST_F(OtherChoicesTest, TheListsOtherChoices) {
  for (int64_t id = 1; id <= 3; ++id) CreateAt(id, "2022-09-11", "Doe");
  const auto page = Get(kCustomersPath + "?limit=1&name:like=F+Doe&page=1&id:in=1,2");
  EXPECT_NE(page.body.find(R"("next":"?name%3Alike=F%20Doe&id%3Ain=1%2C2&limit=1&page=2")"),
            std::string::npos)
      << page.body;
  EXPECT_NE(page.body.find(R"("channel_ids":[1])"), std::string::npos);
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?name:like=f+doe")), Ids{});
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?date_created:min=2022-09-11")), Ids{});
  EXPECT_EQ(IdsOf(Get(kCustomersPath + "?date_created=2022-09-11")), (Ids{1, 2, 3}));
  EXPECT_EQ(Get(kCustomersPath + "?limit=251").status, 413);
  EXPECT_EQ(world_
                .Send("GET", "/stores/abc/v3/customers",
                      {{"X-Auth-Token", token_}, {"Accept", "text/html"}})
                .status,
            200);
}

TEST(CursorTest, RoundTripAndForeignText) {
  EXPECT_EQ(EncodeCursor({204, std::nullopt}), "eyJpZCI6MjA0fQ");
  const auto cursor = DecodeCursor(EncodeCursor({INT64_MAX, INT64_MIN}));
  ASSERT_TRUE(cursor);
  EXPECT_EQ(cursor->id, INT64_MAX);
  EXPECT_EQ(cursor->key, INT64_MIN);
  EXPECT_EQ(DecodeCursor(EncodeCursor({1, {}, {}, "\xff\x00"}))->sealed, "\xff\x00");
  EXPECT_FALSE(DecodeCursor(std::string(2000, 'A')));
  EXPECT_FALSE(DecodeCursor(Base64UrlEncode(R"({"id":1,"at":"?"})")));
  EXPECT_FALSE(DecodeCursor(Base64UrlEncode(R"({"id":1,"at":7})")));
  EXPECT_FALSE(DecodeCursor(Base64UrlEncode(R"({"id":1,"key":"x"})")));
  EXPECT_FALSE(DecodeCursor(Base64UrlEncode(R"({"key":1})")));
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
