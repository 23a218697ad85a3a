// GET, POST and PUT /v3/customers/addresses. (DELETE is in customers_delete_test.cc.)
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "dialects/bigcommerce/bigcommerce_fixture.h"

namespace oubli::dialects::bigcommerce {
namespace {

const std::string kAddressesPath = "/v3/customers/addresses";

class AddressesTest : public BigCommerceTest {
 protected:
  // The address of the contract's appendix A, of customer 11.
  static std::string Body(const std::string& more = "") {
    return R"([{"customer_id":11,"first_name":"Jon","last_name":"Doe",)"
           R"("address1":"122 First Street","city":"Austin","state_or_province":"Texas",)"
           R"("postal_code":"78726","country_code":"US","phone":"6789012345")" +
           more + "}]";
  }
  static std::string Shown(int64_t id, const std::string& address1) {
    return fmt::format(
        R"({{"id":{},"address1":"{}","address2":"","address_type":"residential",)"
        R"("city":"Austin","company":"","country":"United States","country_code":"US",)"
        R"("customer_id":11,"first_name":"Jon","last_name":"Doe","phone":"6789012345",)"
        R"("postal_code":"78726","state_or_province":"Texas"}})",
        id, address1);
  }
  void CreateCustomerOfId(int64_t id) {
    customers::Customer customer;
    customer.head.id = id;
    customer.profile.email = fmt::format("c{}@example.com", id);
    Create(customer);
  }
};

// Contract, appendix A.
TEST_F(AddressesTest, TheContractsExchanges) {
  CreateCustomerOfId(11);
  auto answer = Post(kAddressesPath, Body());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"data":[)" + Shown(1, "122 First Street") + R"(],"meta":{}})");
  answer = Post(kAddressesPath, Body());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"data":[],"meta":{}})");
  answer = Put(kAddressesPath, R"([{"id":1,"address1":"555 East Street"}])");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"data":[)" + Shown(1, "555 East Street") + R"(],"meta":{}})");
  EXPECT_EQ(Get(kAddressesPath).body,
            R"({"data":[)" + Shown(1, "555 East Street") +
                R"(],"meta":{"pagination":{"total":1,"count":1,"per_page":50,"current_page":1,)"
                R"("total_pages":1,"links":{"current":"?limit=50&page=1"}}}})");
  answer = Delete(kAddressesPath + "?id:in=1");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(Get(kAddressesPath).body,
            R"({"data":[],"meta":{"pagination":{"total":0,"count":0,"per_page":50,)"
            R"("current_page":1,"total_pages":1,"links":{"current":"?limit=50&page=1"}}}})");
}

TEST_F(AddressesTest, EachOfTheTwelveFieldsMakesAnAddressAnother) {
  CreateCustomerOfId(11);
  CreateCustomerOfId(12);
  ASSERT_EQ(IdsOf(Post(kAddressesPath, Body())).size(), 1U);
  for (const std::string_view more :
       {R"(,"customer_id":12)", R"(,"first_name":"X")", R"(,"last_name":"X")", R"(,"company":"X")",
        R"(,"phone":"1")", R"(,"address_type":"commercial")", R"(,"address1":"X")",
        R"(,"address2":"X")", R"(,"city":"X")", R"(,"country_code":"MX")",
        R"(,"state_or_province":"Ohio")", R"(,"postal_code":"1")"}) {
    EXPECT_EQ(IdsOf(Post(kAddressesPath, Body(std::string(more)))).size(), 1U) << more;
    EXPECT_EQ(IdsOf(Post(kAddressesPath, Body(std::string(more)))).size(), 0U) << more;
  }
  EXPECT_EQ(IdsOf(Get(kAddressesPath)).size(), 13U);
}

TEST_F(AddressesTest, ARepeatInsideOneBatchIsLeftOut) {
  CreateCustomerOfId(11);
  std::string twice = Body();
  twice.pop_back();
  twice += "," + Body().substr(1);
  EXPECT_EQ(IdsOf(Post(kAddressesPath, twice)), std::vector<int64_t>{1});
}

TEST_F(AddressesTest, AnUpdateThatWouldMakeTwinsChangesNothing) {
  CreateCustomerOfId(11);
  ASSERT_EQ(IdsOf(Post(kAddressesPath, Body())), std::vector<int64_t>{1});
  ASSERT_EQ(IdsOf(Post(kAddressesPath, Body(R"(,"address1":"Second")"))), std::vector<int64_t>{2});
  EXPECT_EQ(Put(kAddressesPath, R"([{"id":2,"address1":"122 First Street"}])").body,
            R"({"data":[],"meta":{}})");
  EXPECT_NE(Get(kAddressesPath + "?id:in=2").body.find("Second"), std::string::npos);
  // An update to what it is already is no twin of itself.
  EXPECT_EQ(IdsOf(Put(kAddressesPath, R"([{"id":2,"address1":"Second"}])")),
            std::vector<int64_t>{2});
}

TEST_F(AddressesTest, AnUpdateKeepsWhatOtherDialectsKnow) {
  CreateCustomerOfId(11);
  const auto head = Find(11)->head;
  customers::Address address;
  address.roles = customers::AddressRole::kBilling;
  address.state = "Texas";
  address.state_code = "TX";
  address.country_code = "US";
  address.line3 = "third line";
  address.extra["hotcakes.x"] = "y";
  ASSERT_TRUE(Store()->WriteAndWait([&](customers::StoreTransaction& transaction) {
    return customers::PutAddress(transaction, head, address);
  }));
  ASSERT_EQ(Put(kAddressesPath, R"([{"id":1,"city":"Dallas","customer_id":99}])").status, 200);
  const auto read = [&] {
    auto reader = Store()->Read();
    return **customers::FindAddress(**reader, head, 1);
  };
  EXPECT_EQ(read().city, "Dallas");
  EXPECT_EQ(read().state_code, "TX");
  EXPECT_EQ(read().line3, "third line");
  EXPECT_EQ(read().roles, customers::AddressRole::kBilling);
  EXPECT_EQ(read().extra.at("hotcakes.x"), "y");
  ASSERT_EQ(Put(kAddressesPath, R"([{"id":1,"state_or_province":"Ohio"}])").status, 200);
  EXPECT_EQ(read().state, "Ohio");
  EXPECT_EQ(read().state_code, "");
}

// The country of a state may be the stored one.
TEST_F(AddressesTest, AnUpdatesStateIsAFullNameToo) {
  CreateCustomerOfId(11);
  ASSERT_EQ(IdsOf(Post(kAddressesPath, Body())), std::vector<int64_t>{1});
  EXPECT_EQ(Put(kAddressesPath, R"([{"id":1,"city":"Reno","state_or_province":"NV"}])").body,
            Envelope(422, "Update customer addresses failed.",
                     R"({"0.state_or_province":"must be the full name"})"));
  EXPECT_NE(Get(kAddressesPath).body.find("Austin"), std::string::npos);
  EXPECT_EQ(
      IdsOf(Put(kAddressesPath, R"([{"id":1,"country_code":"GB","state_or_province":"NV"}])")),
      std::vector<int64_t>{1});
  // What is stored is let be.
  EXPECT_EQ(IdsOf(Put(kAddressesPath, R"([{"id":1,"country_code":"US"}])")),
            std::vector<int64_t>{1});
}

TEST_F(AddressesTest, WhatIsRefused) {
  CreateCustomerOfId(11);
  const std::string create = "Create customer addresses failed.";
  const std::string json = "JSON data is missing or invalid";
  for (const std::string_view field : {"customer_id", "first_name", "last_name", "address1", "city",
                                       "state_or_province", "postal_code", "country_code"}) {
    EXPECT_EQ(Post(kAddressesPath, Body(fmt::format(R"(,"{}":null)", field))).body,
              Envelope(422, json, fmt::format(R"({{"0.{}":"error.path.missing"}})", field)));
  }
  EXPECT_EQ(Post(kAddressesPath, Body(R"(,"customer_id":12)")).body,
            Envelope(422, create, R"({"0.customer_id":"invalid customer ID"})"));
  EXPECT_EQ(Post(kAddressesPath, Body(R"(,"country_code":"ZZ")")).body,
            Envelope(422, create, R"({"0.country_code":"is not the code of a country"})"));
  EXPECT_EQ(Post(kAddressesPath, Body(R"(,"state_or_province":"TX")")).body,
            Envelope(422, create, R"({"0.state_or_province":"must be the full name"})"));
  EXPECT_EQ(Post(kAddressesPath, Body(R"(,"address_type":"castle")")).body,
            Envelope(422, create, R"({"0.address_type":"must be residential or commercial"})"));
  EXPECT_EQ(Put(kAddressesPath, R"([{"id":77,"city":"X"}])").body,
            Envelope(422, "Update customer addresses failed.", R"({"0.id":"invalid address ID"})"));
  EXPECT_EQ(Put(kAddressesPath, R"([{"city":"X"}])").body,
            Envelope(422, json, R"({"id":"error.path.missing"})"));
  EXPECT_EQ(Get(kAddressesPath + "?customer_id=11").body,
            Envelope(422, "The filter(s): customer_id are not valid filter parameter(s)."));
  EXPECT_EQ(Get(kAddressesPath + "?after=x&sort=id").body,
            Envelope(422, "The filter(s): after, sort are not valid filter parameter(s)."));
  EXPECT_EQ(IdsOf(Get(kAddressesPath)).size(), 0U);
}

TEST_F(AddressesTest, ABatchIsAllOrNothing) {
  CreateCustomerOfId(11);
  std::string two = Body();
  two.pop_back();
  two += "," + Body(R"(,"customer_id":12)").substr(1);
  EXPECT_EQ(Post(kAddressesPath, two).body, Envelope(422, "Create customer addresses failed.",
                                                     R"({"1.customer_id":"invalid customer ID"})"));
  EXPECT_EQ(IdsOf(Get(kAddressesPath)).size(), 0U);
  std::string eleven = "[";
  for (int i = 0; i < 11; ++i) {
    const std::string one = Body(fmt::format(R"(,"address2":"{}")", i));
    eleven += (i == 0 ? "" : ",") + one.substr(1, one.size() - 2);
  }
  EXPECT_EQ(Post(kAddressesPath, eleven + "]").status, 413);
}

TEST_F(AddressesTest, FiltersAndPages) {
  CreateCustomerOfId(11);
  CreateCustomerOfId(12);
  for (int i = 1; i <= 6; ++i) {
    ASSERT_EQ(IdsOf(Post(kAddressesPath,
                         Body(fmt::format(R"(,"address2":"{}","customer_id":{},"company":"{}",)"
                                          R"("last_name":"{}")",
                                          i, i % 2 == 0 ? 12 : 11, i < 3 ? "ACME" : "Other",
                                          i < 5 ? "Doe" : "Roe")))),
              std::vector<int64_t>{i});
  }
  using Ids = std::vector<int64_t>;
  EXPECT_EQ(IdsOf(Get(kAddressesPath + "?id:in=6,2,99,2")), (Ids{2, 6}));
  EXPECT_EQ(IdsOf(Get(kAddressesPath + "?customer_id:in=12,13")), (Ids{2, 4, 6}));
  EXPECT_EQ(IdsOf(Get(kAddressesPath + "?customer_id:in=12,11&limit=250")),
            (Ids{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(IdsOf(Get(kAddressesPath + "?customer_id:in=12&id:in=1,2,3,4")), (Ids{2, 4}));
  EXPECT_EQ(IdsOf(Get(kAddressesPath + "?company:in=acme,x")), (Ids{1, 2}));
  EXPECT_EQ(IdsOf(Get(kAddressesPath + "?name:in=jon+roe")), (Ids{5, 6}));
  EXPECT_EQ(IdsOf(Get(kAddressesPath + "?name:in=Jon%20Roe&customer_id:in=12")), (Ids{6}));
  EXPECT_EQ(IdsOf(Get(kAddressesPath + "?page=2&limit=4")), (Ids{5, 6}));
  EXPECT_EQ(IdsOf(Get(kAddressesPath + "?page=3&limit=4")), (Ids{}));
  const auto page = Get(kAddressesPath + "?page=2&limit=2&company:in=Other,ACME");
  EXPECT_EQ(IdsOf(page), (Ids{3, 4}));
  EXPECT_NE(page.body.find(R"("meta":{"pagination":{"total":6,"count":2,"per_page":2,)"
                           R"("current_page":2,"total_pages":3,"links":{)"
                           R"("previous":"?limit=2&page=1","current":"?limit=2&page=2",)"
                           R"("next":"?limit=2&page=3"}}})"),
            std::string::npos)
      << page.body;
}

TEST_F(AddressesTest, FormFields) {
  CreateCustomerOfId(11);
  ASSERT_EQ(
      Post(kAddressesPath, Body(R"(,"form_fields":[{"name":"Door","value":"Front"}])")).status,
      200);
  EXPECT_EQ(Get(kAddressesPath).body.find("form_fields"), std::string::npos);
  EXPECT_NE(Get(kAddressesPath + "?include=formfields")
                .body.find(R"("form_fields":[{"address_id":1,"name":"Door","value":"Front"}])"),
            std::string::npos);
  EXPECT_EQ(Get(kAddressesPath + "?include=everything").status, 422);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
