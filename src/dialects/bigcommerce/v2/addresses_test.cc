// /v2/customers/{id}/addresses.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "dialects/bigcommerce/v2/v2_fixture.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

const std::string kMain =
    R"({"first_name":"Jane","last_name":"Doe","phone":"1234567890","street_1":"1 Main","city":"Austin","state":"Texas","zip":"78751","country":"United States"})";
const std::string kMainShown =
    R"({"id":1,"customer_id":1,"first_name":"Jane","last_name":"Doe","company":"","street_1":"1 Main","street_2":"","city":"Austin","state":"Texas","zip":"78751","country":"United States","country_iso2":"US","phone":"1234567890","address_type":"residential","form_fields":null})";

class V2AddressesTest : public V2Test {
 protected:
  void SetUp() override {
    Create("a@example.com");
    Create("b@example.com");
  }
};

TEST_F(V2AddressesTest, CreateAsInTheContractAndRead) {
  const auto made = AskJson("POST", "/customers/1/addresses", kMain);
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(made.body, kMainShown);
  EXPECT_EQ(Ask("GET", "/customers/1/addresses/1").body, kMainShown);
  EXPECT_EQ(Ask("GET", "/customers/1/addresses").body, "[" + kMainShown + "]");
  EXPECT_EQ(Ask("GET", "/customers/1/addresses/count").body, R"({"count":1})");
  EXPECT_EQ(Ask("GET", "/customers/2/addresses").status, 204);
  EXPECT_EQ(Ask("GET", "/customers/2/addresses/count").body, R"({"count":0})");
  EXPECT_EQ(Ask("GET", "/customers/2/addresses/1").body, kNotFoundBody) << "somebody else's";
  // V3 shows the same address.
  EXPECT_NE(Get("/v3/customers/addresses").body.find(R"("address1":"1 Main")"), std::string::npos);
  // V2 keeps equal ones.
  EXPECT_EQ(AskJson("POST", "/customers/1/addresses", kMain).status, 200);
  EXPECT_EQ(Ask("GET", "/customers/1/addresses/count").body, R"({"count":2})");
  EXPECT_EQ(Ask("GET", "/customers/1/addresses?limit=1").body, "[" + kMainShown + "]");
  EXPECT_EQ(IdsOf(Get("/v3/customers/addresses")), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(Ask("GET", "/customers/1/addresses?limit=1&page=3").status, 204);
}

TEST_F(V2AddressesTest, Xml) {
  const std::string one =
      "<address><id>1</id><customer_id>1</customer_id><first_name>Jane</first_name>"
      "<last_name>Doe</last_name><company></company><street_1>1 Main</street_1>"
      "<street_2></street_2><city>Reykjavík</city><state></state><zip>101</zip>"
      "<country>Iceland</country><country_iso2>IS</country_iso2><phone>5</phone>"
      "<address_type>commercial</address_type><form_fields>NULL</form_fields></address>";
  const auto made = AskXml(
      "POST", "/customers/1/addresses",
      "<address><customer_id>1</customer_id><first_name>Jane</first_name><last_name>Doe</last_name>"
      "<street_1>1 Main</street_1><city>Reykjavík</city><state> </state><zip>101</zip>"
      "<country>iceland</country><phone>5</phone><address_type>commercial</address_type></"
      "address>");
  EXPECT_EQ(made.body, std::string(kXmlStart) + one);
  EXPECT_EQ(Ask("GET", "/customers/1/addresses.xml").body,
            std::string(kXmlStart) + "<addresses>" + one + "</addresses>");
  EXPECT_EQ(Ask("GET", "/customers/1/addresses/1.xml").body, made.body);
  EXPECT_EQ(Ask("GET", "/customers/1/addresses/count.xml").body,
            std::string(kXmlStart) + "<addresses><count>1</count></addresses>");
}

TEST_F(V2AddressesTest, UpdateChangesWhatIsNamed) {
  AskJson("POST", "/customers/1/addresses", kMain);
  const auto changed =
      AskJson("PUT", "/customers/1/addresses/1",
              R"({"customer_id":"1","street_1":"2 Main","state":"","country":"Iceland"})");
  EXPECT_EQ(
      changed.body,
      R"({"id":1,"customer_id":1,"first_name":"Jane","last_name":"Doe","company":"","street_1":"2 Main","street_2":"","city":"Austin","state":"","zip":"78751","country":"Iceland","country_iso2":"IS","phone":"1234567890","address_type":"residential","form_fields":null})");
  EXPECT_EQ(Ask("GET", "/customers/1/addresses/1").body, changed.body);
  for (const std::string path : {"/customers/2/addresses/1", "/customers/1/addresses/2",
                                 "/customers/1/addresses/x", "/customers/9/addresses/1"}) {
    EXPECT_EQ(AskJson("PUT", path, R"({"street_1":"x"})").body, kNotFoundBody) << path;
  }
  EXPECT_EQ(Ask("GET", "/customers/1/addresses/1").body, changed.body);
}

TEST_F(V2AddressesTest, BadBodies) {
  const auto with = [](const std::string& without, const std::string& instead) {
    std::string body = kMain;
    body.replace(body.find(without), without.size(), instead);
    return body;
  };
  std::vector<std::pair<std::string, std::string>> cases = {
      {with(R"("state":"Texas")", R"("state":null)"), Missing("state")},
      {with(R"("state":"Texas")", R"("state":"TX")"),
       Invalid("state", "is not the full name of a state")},
      {with("United States", "Atlantis"), Invalid("country", "is not a country's name")},
      {with("United States", ""), Invalid("country", "is not a country's name")},
      {with("1 Main", ""),
       Invalid("street_1", fmt::format("must have 1 to {} characters", SIZE_MAX))},
      {with("{", R"({"id":7,)"), Unsupported("id")},
      {with("{", R"({"country_iso2":"US",)"), Unsupported("country_iso2")},
      {with("{", R"({"customer_id":2,)"),
       Invalid("customer_id", "is not the customer of the path")},
      {with("{", R"({"address_type":"tent",)"),
       Invalid("address_type", "is neither residential nor commercial")},
  };
  for (const std::string field :
       {"first_name", "last_name", "phone", "street_1", "city", "state", "zip", "country"}) {
    cases.emplace_back(with("\"" + field + "\"", "\"x_" + field + "\""), Missing(field));
  }
  for (const auto& [body, expected] : cases) {
    const auto answer = AskJson("POST", "/customers/1/addresses", body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.body, expected) << body;
  }
  EXPECT_EQ(Ask("GET", "/customers/1/addresses/count").body, R"({"count":0})");
  AskJson("POST", "/customers/1/addresses", kMain);
  EXPECT_EQ(AskJson("PUT", "/customers/1/addresses/1", R"({"state":null})").body,
            Invalid("state", "is null"));
  EXPECT_EQ(AskJson("PUT", "/customers/1/addresses/1", R"({"state":"CA"})").body,
            Invalid("state", "is not the full name of a state"));
  EXPECT_EQ(Ask("GET", "/customers/1/addresses/1").body, kMainShown);
  for (const std::string path : {"/customers/9/addresses", "/customers/x/addresses"}) {
    EXPECT_EQ(AskJson("POST", path, kMain).body, kNotFoundBody) << path;
    EXPECT_EQ(Ask("GET", path).body, kNotFoundBody) << path;
    EXPECT_EQ(Ask("GET", path + "/count").body, kNotFoundBody) << path;
    EXPECT_EQ(Ask("DELETE", path).body, kNotFoundBody) << path;
  }
  EXPECT_EQ(Ask("GET", "/customers/1/addresses?id=1").body, Unsupported("id"));
}

TEST_F(V2AddressesTest, DeleteOneAndAllOfACustomer) {
  for (const int64_t owner : {1, 1, 1, 2}) {
    AskJson("POST", fmt::format("/customers/{}/addresses", owner), kMain);
  }
  EXPECT_EQ(Ask("DELETE", "/customers/2/addresses/1").body, kNotFoundBody) << "somebody else's";
  EXPECT_EQ(Ask("DELETE", "/customers/1/addresses/1").status, 204);
  EXPECT_EQ(Ask("DELETE", "/customers/1/addresses/1").body, kNotFoundBody);
  EXPECT_EQ(IdsOf(Get("/v3/customers/addresses")), (std::vector<int64_t>{2, 3, 4}));

  EXPECT_EQ(Ask("DELETE", "/customers/1/addresses?id=2").body, Unsupported("id"));
  EXPECT_EQ(Ask("DELETE", "/customers/1/addresses/").body, kNotFoundBody) << "a blank id";
  EXPECT_EQ(IdsOf(Get("/v3/customers/addresses")), (std::vector<int64_t>{2, 3, 4}));
  EXPECT_EQ(Ask("DELETE", "/customers/1/addresses").status, 204);
  EXPECT_EQ(IdsOf(Get("/v3/customers/addresses")), (std::vector<int64_t>{4}));
  EXPECT_EQ(Ask("DELETE", "/customers/1/addresses").status, 204) << "also when there are none";
  EXPECT_EQ(Population(), 2);
}

TEST_F(V2AddressesTest, IfModifiedSince) {
  AskJson("POST", "/customers/1/addresses", kMain);
  world_.clock().Advance(5000);
  AskJson("POST", "/customers/1/addresses", kMain);
  const std::vector<http::Header> since = {{"If-Modified-Since", std::string(kNow)}};
  EXPECT_EQ(Parse(Ask("GET", "/customers/1/addresses", since)).as_array().size(), 1U);
  EXPECT_EQ(Ask("GET", "/customers/1/addresses/1", since).status, 304);
  EXPECT_EQ(Ask("GET", "/customers/1/addresses/2", since).status, 200);
  EXPECT_EQ(
      Ask("GET", "/customers/1/addresses", {{"If-Modified-Since", "Tue, 01 Sep 2026 10:00:05 GMT"}})
          .status,
      304);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce::v2
