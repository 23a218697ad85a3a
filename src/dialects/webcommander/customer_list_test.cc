// The list: paging, filters, order, strictness.

#include <string>
#include <vector>

#include "customers/definitions.h"
#include "dialects/webcommander/webcommander_fixture.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;
using customers::AddressRole;
using customers::Customer;
using customers::CustomerStatus;
using customers::StoreTransaction;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class CustomerListTest : public WebCommanderTest {
 protected:
  using WebCommanderTest::WebCommanderTest;

  http::Response List(const std::string& query = "") {
    return Call("GET", std::string(kCustomers) + (query.empty() ? "" : "?" + query));
  }

  // The ids on the page, as a query finds them.
  std::vector<int64_t> Ids(const std::string& query = "") {
    const auto response = List(query);
    EXPECT_EQ(response.status, 200) << query << " " << response.body;
    std::vector<int64_t> ids;
    if (response.status != 200) return ids;
    const auto json = Json(response);
    for (const auto& row : json.at("customers").as_array()) {
      ids.push_back(row.at("customer_id").to_number<int64_t>());
    }
    EXPECT_EQ(json.at("pagination").at("count").to_number<size_t>(), ids.size());
    return ids;
  }

  int64_t Store(Customer customer, std::vector<Address> addresses = {}) {
    return *Write([&](StoreTransaction& transaction) -> Result<int64_t> {
      OUBLI_TRY_ASSIGN(const auto made, customers::CreateCustomer(transaction, customer));
      for (const Address& address : addresses) {
        OUBLI_TRY(customers::PutAddress(transaction, made.head, address));
      }
      return made.head.id;
    });
  }

  void StoreMany(int count) {
    for (int i = 0; i < count; ++i) {
      Customer customer;
      customer.profile.first_name = "N" + std::to_string(i);
      Store(customer);
    }
  }

  // 1 Jane Doe of Sydney, 2 john Smith of Melbourne, 3 Ärne Älg without any address.
  void StoreThree() {
    Customer jane;
    jane.profile.first_name = "Jane";
    jane.profile.last_name = "Doe";
    jane.profile.email = "Jane@Example.com";
    jane.profile.company = "Doe & Daughters";
    jane.profile.mobile = "0400 000 000";
    Address sydney;
    sydney.roles = AddressRole::kPrimary;
    sydney.city = "Sydney";
    sydney.postal_code = "2000";
    sydney.country_code = "AU";
    sydney.state = "New South Wales";
    sydney.state_code = "NSW";
    Store(jane, {sydney});
    world_.clock().Advance(1000);

    Customer john;
    john.profile.first_name = "john";
    john.profile.last_name = "Smith";
    john.profile.email = "john@example.com";
    john.profile.status = CustomerStatus::kPending;
    Address melbourne = sydney;
    melbourne.city = "Melbourne";
    melbourne.postal_code = "3000";
    melbourne.state = "Victoria";
    melbourne.state_code = "VIC";
    melbourne.phone = "0300000000";
    Address auckland;
    auckland.roles = AddressRole::kShipping;
    auckland.city = "Auckland";
    auckland.country_code = "NZ";
    Store(john, {melbourne, auckland});
    world_.clock().Advance(1000);

    const auto group = Write(
        [](StoreTransaction& transaction) { return customers::EnsureGroup(transaction, "Trade"); });
    Customer arne;
    arne.profile.first_name = "Ärne";
    arne.profile.last_name = "Älg";
    arne.profile.status = CustomerStatus::kInactive;
    arne.head.group_id = group->id;
    Store(arne);
  }
};

TEST_F(CustomerListTest, AnswersTheContractsLiteral) {
  Customer jane;
  jane.head.id = 123;
  jane.profile.first_name = "Jane";
  jane.profile.last_name = "Doe";
  jane.profile.email = "jane@example.com";
  jane.profile.custom_properties = {{1, "hidden", "in lists"}};
  Address address;
  address.id = 901;
  address.roles = AddressRole::kPrimary;
  address.first_name = "Jane";
  address.last_name = "Doe";
  address.line1 = "1 Example Street";
  address.city = "Sydney";
  address.postal_code = "2000";
  Store(jane, {address});
  StoreMany(41);
  world_.set_tls(true);
  const auto response = List();
  EXPECT_EQ(response.route, "/api/v4/admin/customers");
  EXPECT_THAT(response.body,
              HasSubstr(R"({"customer_id":123,"internal_id":2,"first_name":"Jane",)"
                        R"("last_name":"Doe","name":"Jane Doe","email":"jane@example.com",)"
                        R"("status":"active","company_name":null,"store_credit":0.0,)"
                        R"("customer_groups":[],"addresses":[{"id":901,"type":"primary",)"
                        R"("first_name":"Jane","last_name":"Doe",)"
                        R"("address_line_1":"1 Example Street","city":"Sydney",)"
                        R"("post_code":"2000"}],"created_at":"2026-09-01T10:00:00Z",)"
                        R"("updated_at":"2026-09-01T10:00:00Z"})"));
  EXPECT_THAT(
      response.body,
      EndsWith(
          R"(],"pagination":{"total":42,"limit":20,"offset":0,"count":20,"current_page":1,)"
          R"("total_pages":3,"has_next":true,"has_previous":false,"previous_page":null,)"
          R"("next_page":"https://shop.example/api/v4/admin/customers?limit=20&offset=20"}})"));
}

TEST_F(CustomerListTest, EmptyStore) {
  EXPECT_EQ(List().body,
            R"({"customers":[],"pagination":{"total":0,"limit":20,"offset":0,"count":0,)"
            R"("current_page":1,"total_pages":0,"has_next":false,"has_previous":false,)"
            R"("previous_page":null,"next_page":null}})");
}

TEST_F(CustomerListTest, Paging) {
  StoreMany(25);
  EXPECT_THAT(Ids("limit=3"), ElementsAre(1, 2, 3));
  EXPECT_THAT(Ids("limit=3&page=2"), ElementsAre(4, 5, 6));
  EXPECT_THAT(Ids("limit=3&page=2&offset=1"), ElementsAre(2, 3, 4));
  EXPECT_THAT(Ids("offset=24"), ElementsAre(25));
  EXPECT_EQ(Ids("limit=1000").size(), 20u);
  EXPECT_THAT(List("limit=1000").body, HasSubstr(R"("limit":20,"offset":0,"count":20)"));
  for (const char* beyond :
       {"offset=25", "offset=9223372036854775807", "page=9223372036854775807"}) {
    EXPECT_THAT(Ids(beyond), IsEmpty()) << beyond;
    EXPECT_THAT(Ids(std::string(beyond) + "&sort=email"), IsEmpty()) << beyond;
    EXPECT_THAT(List(beyond).body, HasSubstr(R"("has_next":false,"has_previous":true)"));
  }
  EXPECT_THAT(List("limit=5&offset=7").body,
              HasSubstr(R"("current_page":2,"total_pages":5,"has_next":true,"has_previous":true,)"
                        R"("previous_page":"http://shop.example/api/v4/admin/customers?)"
                        R"(limit=5&offset=2","next_page":"http://shop.example/api/v4/admin/)"
                        R"(customers?limit=5&offset=12"})"));
}

TEST_F(CustomerListTest, LinksKeepTheFiltersAndTrustNoHost) {
  StoreMany(3);
  EXPECT_THAT(List("search=N&createdFrom=x&page=2&limit=1&sort=first_name&direction=desc").body,
              HasSubstr(R"("next_page":"http://shop.example/api/v4/admin/customers?)"
                        R"(search=N&sort=first_name&direction=desc&limit=1&offset=2")"));
  EXPECT_THAT(List("searchText=%6E&limit=1").body, HasSubstr("?searchText=n&limit=1&offset=1"));
  const std::string token = NewToken();
  for (const char* host : {"evil\"/><script>", "a/b", "", "a@b", "a b"}) {
    const auto response = world_.Send("GET", std::string(kCustomers) + "?limit=1",
                                      {{"Host", host}, {"access_token", token}});
    EXPECT_THAT(response.body,
                HasSubstr(R"("next_page":"/api/v4/admin/customers?limit=1&offset=1")"));
  }
  const auto ipv6 = world_.Send("GET", std::string(kCustomers) + "?limit=1",
                                {{"Host", "[::1]:8080"}, {"access_token", token}});
  EXPECT_THAT(ipv6.body, HasSubstr(R"("next_page":"http://[::1]:8080/api/v4/)"));
}

TEST_F(CustomerListTest, Filters) {
  StoreThree();
  EXPECT_THAT(Ids(), ElementsAre(1, 2, 3));
  const struct {
    const char* query;
    std::vector<int64_t> ids;
  } cases[] = {
      {"email=jane@example.com", {1}},
      {"email=%20JANE%40EXAMPLE.COM", {1}},
      {"email=jane", {}},
      {"email=", {}},
      {"email=jane@example.com&status=pending", {}},
      {"email=jane@example.com&city=sydney", {1}},
      {"email=jane@example.com&offset=1", {}},
      {"companyName=doe+%26+daughters", {1}},
      {"companyName=", {}},
      {"mobile=0400%20000%20000", {1}},
      {"phone=0300000000", {2}},
      {"country=AU", {1, 2}},
      {"country=new%20zealand", {2}},
      {"country=AUS", {1, 2}},
      {"country=", {}},
      {"state=nsw", {1}},
      {"state=Victoria", {2}},
      {"city=SYDNEY", {1}},
      {"postCode=3000", {2}},
      // One address has to fit all of it.
      {"city=Auckland&country=AU", {}},
      {"city=Auckland&country=NZ", {2}},
      {"customerGroup=trade", {3}},
      {"customerGroup=1", {3}},
      {"customerGroup=nobody", {}},
      {"status=PENDING", {2}},
      {"status=inactive", {3}},
      {"search=EXAMPLE", {1, 2}},
      {"searchText=ane%20do", {1}},
      {"query=%C3%A4LG", {3}},
      {"keyword=daughters", {1}},
      {"search=", {1, 2, 3}},
      {"createdFrom=2030-01-01&createdTo=%FF&updatedFrom=&updatedTo=x", {1, 2, 3}},
  };
  for (const auto& c : cases) EXPECT_EQ(Ids(c.query), c.ids) << c.query;
  EXPECT_THAT(List("search=example&limit=1").body,
              HasSubstr(R"("total":2,"limit":1,"offset":0,"count":1)"));
}

TEST_F(CustomerListTest, Order) {
  StoreThree();
  ASSERT_EQ(Call("PUT", PathOf(1), R"({"customer":{"gender":"female"}})").status, 200);
  world_.clock().Advance(1000);
  ASSERT_EQ(Call("PUT", PathOf(2), R"({"customer":{"gender":"male"}})").status, 200);
  const struct {
    const char* query;
    std::vector<int64_t> ids;
  } cases[] = {
      {"sort=customer_id", {1, 2, 3}},
      {"order_by=id&direction=desc", {3, 2, 1}},
      {"sort=internal_id&direction=DESC", {3, 2, 1}},
      {"sort=created_at", {1, 2, 3}},
      {"sort=created&direction=desc", {3, 2, 1}},
      // 1 and 3 were changed last in the same second: the id decides.
      {"sort=updated_at", {1, 3, 2}},
      {"sort=updatedAt&direction=desc", {2, 3, 1}},
      {"sort=first_name", {1, 2, 3}},
      {"sort=lastName&direction=desc", {3, 2, 1}},
      {"sort=name&direction=asc", {1, 2, 3}},
      {"order_by=email", {3, 1, 2}},
      {"sort=company_name&direction=desc", {1, 3, 2}},
      {"sort=status", {1, 3, 2}},
      {"sort=status&order_by=email", {1, 3, 2}},
      {"sort=email&limit=1&offset=1", {1}},
      {"sort=first_name&country=AU&direction=desc", {2, 1}},
      {"direction=desc&limit=2", {3, 2}},
  };
  for (const auto& c : cases) EXPECT_EQ(Ids(c.query), c.ids) << c.query;
}

// The orders that the index in memory has.
class IndexedListTest : public CustomerListTest {
 protected:
  IndexedListTest()
      : IndexedListTest(std::make_shared<customers::SearchIndexes>(customers::SearchOptions{})) {}
  explicit IndexedListTest(const std::shared_ptr<customers::SearchIndexes>& indexes)
      : CustomerListTest(indexes), indexes_(indexes) {}

  struct Row {
    int64_t number = 0;
    std::string text;
    int64_t id = 0;
    auto operator<=>(const Row&) const = default;
  };
  void ExpectPages(const std::string& query, std::vector<Row> rows) {
    std::ranges::sort(rows);
    for (const bool descending : {false, true}) {
      if (descending) std::ranges::reverse(rows);
      std::vector<int64_t> expected;
      for (const Row& row : rows) expected.push_back(row.id);
      std::vector<int64_t> seen;
      for (size_t page = 1; seen.size() < expected.size() && !HasFailure(); ++page) {
        const auto ids = Ids(query + (descending ? "&direction=desc" : "") +
                             "&limit=7&page=" + std::to_string(page));
        ASSERT_FALSE(ids.empty());
        seen.insert(seen.end(), ids.begin(), ids.end());
      }
      EXPECT_EQ(seen, expected) << query;
    }
  }

  const std::shared_ptr<customers::SearchIndexes> indexes_;
};

TEST_F(IndexedListTest, EveryOrderOfTheIndexIsThatOfTheStore) {
  std::vector<Row> created, modified, named, by_id;
  for (int i = 0; i < 40; ++i) {
    Customer customer;
    customer.head.created_at = 1'700'000'000'000 + i * 7919 % 5;
    customer.head.modified_at = customer.head.created_at + i * 31 % 7;
    customer.profile.last_name = std::array{"Doe", "doe", "Älg", ""}[static_cast<size_t>(i % 4)];
    const int64_t id = Store(customer);
    created.push_back({customer.head.created_at, "", id});
    modified.push_back({customer.head.modified_at, "", id});
    named.push_back({0, FoldCase(customer.profile.last_name), id});
    by_id.push_back({0, "", id});
  }
  ExpectPages("sort=created_at", created);
  ExpectPages("sort=updated_at", modified);
  ExpectPages("sort=last_name", named);
  ExpectPages("sort=customer_id", by_id);
  EXPECT_EQ(Ids("sort=last_name&page=3").size(), 0U);
  EXPECT_GT(indexes_->answers(), 20);
  EXPECT_EQ(indexes_->scans(), 0);
  EXPECT_EQ(indexes_->builds(), 1);
}

TEST_F(CustomerListTest, RefusesWhatItDoesNotKnow) {
  const struct {
    const char* query;
    const char* error;
    const char* field;
    const char* code;
  } cases[] = {
      {"firstName=Jane", "unknown_parameter", "firstName", "unknown_parameter"},
      {"max=5", "unknown_parameter", "max", "unknown_parameter"},
      {"postcode=2000", "unknown_parameter", "postcode", "unknown_parameter"},
      {"Limit=5", "unknown_parameter", "Limit", "unknown_parameter"},
      {"EMAIL=canary@example.com", "unknown_parameter", "EMAIL", "unknown_parameter"},
      {"canary@example.com", "unknown_parameter", "{...}", "unknown_parameter"},
      {"=x", "unknown_parameter", "{...}", "unknown_parameter"},
      {"%FF=x", "unknown_parameter", "{...}", "unknown_parameter"},
      {"id=1", "unknown_parameter", "id", "unknown_parameter"},
      {"sort=canary", "invalid_sort_field", "sort", "invalid_sort_field"},
      {"sort=", "invalid_sort_field", "sort", "invalid_sort_field"},
      {"order_by=canary", "invalid_sort_field", "order_by", "invalid_sort_field"},
      {"direction=canary", "validation_failed", "direction", "invalid_enum"},
      {"status=canary", "validation_failed", "status", "invalid_enum"},
      {"status=", "validation_failed", "status", "invalid_enum"},
      {"limit=canary", "validation_failed", "limit", "invalid_value"},
      {"limit=", "validation_failed", "limit", "invalid_value"},
      {"limit=1.5", "validation_failed", "limit", "invalid_value"},
      {"limit=99999999999999999999", "validation_failed", "limit", "invalid_value"},
      {"limit=0", "validation_failed", "limit", "out_of_range"},
      {"limit=-1", "validation_failed", "limit", "out_of_range"},
      {"offset=-1", "validation_failed", "offset", "out_of_range"},
      {"page=0", "validation_failed", "page", "out_of_range"},
      {"page=canary&offset=0", "validation_failed", "page", "invalid_value"},
      {"email=canary&email=b", "validation_failed", "email", "invalid_value"},
      {"search=canary&keyword=b", "validation_failed", "keyword", "invalid_value"},
      {"limit=1&limit=1", "validation_failed", "limit", "invalid_value"},
      {"email=canary%FF", "validation_failed", "email", "invalid_character"},
      {"search=canary%00", "validation_failed", "search", "invalid_character"},
      {"city=canary%0A", "validation_failed", "city", "invalid_character"},
  };
  for (const auto& c : cases) {
    const auto response = List(c.query);
    EXPECT_EQ(response.status, 400) << c.query;
    EXPECT_THAT(response.body,
                HasSubstr(R"("error":")" + std::string(c.error) + R"(","errors":[{"field":")" +
                          c.field + R"(","code":")" + c.code + "\""))
        << c.query;
    EXPECT_THAT(response.body, Not(HasSubstr("canary"))) << c.query;
  }
  EXPECT_THAT(List("status=x").body,
              HasSubstr("must be one of active, inactive, pending, approval_awaiting, "
                        "awaiting_verification"));
  EXPECT_THAT(List("city=" + std::string(256, 'x')).body, HasSubstr(R"("code":"too_long")"));
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "a=1&";
  EXPECT_EQ(List(many).status, 400);
}

TEST_F(CustomerListTest, TheErasedAreInNoList) {
  StoreThree();
  ASSERT_EQ(Call("DELETE", PathOf(2)).status, 204);
  EXPECT_THAT(Ids(), ElementsAre(1, 3));
  EXPECT_THAT(Ids("sort=customer_id&direction=desc"), ElementsAre(3, 1));
  EXPECT_THAT(Ids("search=john"), IsEmpty());
  EXPECT_THAT(Ids("phone=0300000000"), IsEmpty());
  EXPECT_THAT(List().body, HasSubstr(R"("pagination":{"total":2,)"));
}

}  // namespace
}  // namespace oubli::dialects::webcommander
