// Count, check-email, addresses, passwords, store credit, coupons.

#include <string>
#include <vector>

#include "crypto/password.h"
#include "customers/coupons.h"
#include "customers/mail_request.h"
#include "customers/shop_records.h"
#include "dialects/webcommander/webcommander_fixture.h"
#include "erasure/eraser.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;
using customers::AddressRole;
using customers::Customer;
using customers::StoreTransaction;
using ::testing::HasSubstr;
using ::testing::Not;

class CustomerCallsTest : public WebCommanderTest {
 protected:
  Customer Stored(int64_t id) {
    auto view = world_.OpenStore("abc")->Read();
    auto customer = customers::FindCustomer(**view, id);
    EXPECT_TRUE(customer && *customer);
    return **customer;
  }
  std::vector<Address> Addresses(int64_t id) {
    auto view = world_.OpenStore("abc")->Read();
    return customers::ListAddresses(**view, Stored(id).head).value();
  }
  http::Response Get(const std::string& rest) {
    return Call("GET", std::string(kCustomers) + rest);
  }
  http::Response PostTo(int64_t id, const std::string& rest, const std::string& body) {
    return Call("POST", PathOf(id) + rest, body);
  }
};

// ---- count and check-email ----

TEST_F(CustomerCallsTest, CountHonoursAndIgnoresWhatTheContractSays) {
  CreateCustomer("Jane", "jane@example.com");
  CreateCustomer("John", "john@example.com");
  EXPECT_EQ(Get("/count").body, R"({"total":2})");
  EXPECT_EQ(Get("/count").status, 200);
  EXPECT_EQ(Get("/count?email=jane@example.com").body, R"({"total":1})");
  EXPECT_EQ(Get("/count?search=jo").body, R"({"total":1})");
  EXPECT_EQ(Get("/count?searchText=jo").body, R"({"total":1})");
  EXPECT_EQ(Get("/count?status=Active").body, R"({"total":0})");
  EXPECT_EQ(Get("/count?city=Sydney").body, R"({"total":0})");
  EXPECT_EQ(Get("/count?country=AU&limit=x&offset=-1&page=0&sort=x&createdFrom=&createdTo=&"
                "updatedFrom=&updatedTo=")
                .body,
            R"({"total":2})");
  for (const char* unknown : {"firstName", "max", "postCode", "mobile", "query", "keyword"}) {
    const auto response = Get(std::string("/count?") + unknown + "=x");
    EXPECT_EQ(response.status, 400) << unknown;
    EXPECT_THAT(response.body, HasSubstr(std::string(R"("error":"unknown_parameter","errors":)") +
                                         R"([{"field":")" + unknown));
  }
  EXPECT_THAT(Get("/count?status=dead").body, HasSubstr("awaiting_verification"));
}

TEST_F(CustomerCallsTest, CheckEmailSaysWhoHasIt) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  EXPECT_EQ(Get("/check-email?email=nobody@example.com").body, R"({"exists":false})");
  EXPECT_EQ(Get("/check-email?email=Jane@Example.com").body,
            R"({"exists":true,"customer_id":1,"internal_id":2})");
  for (const char* bad : {"/check-email", "/check-email?email=", "/check-email?email=a&email=b",
                          "/check-email?mail=x", "/check-email?email=%ff"}) {
    EXPECT_EQ(Get(bad).status, 400) << bad;
  }
  // There is no trash: an erased customer's address is free.
  EXPECT_EQ(Call("DELETE", PathOf(id)).status, 204);
  EXPECT_EQ(Get("/check-email?email=jane@example.com").body, R"({"exists":false})");
}

// ---- addresses ----

TEST_F(CustomerCallsTest, AddressesAreAddedByType) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  auto response =
      PostTo(id, "/addresses",
             R"({"customer":{"addresses":[{"type":"primary","first_name":"Jane",)"
             R"("address_line_1":"1 Example Street","city":"Sydney","post_code":"2000",)"
             R"("country":"Australia","state":"NSW"},{"type":"billing","country":21,)"
             R"("state":{"name":"Victoria","code":"VIC"}}]}})");
  EXPECT_EQ(response.status, 201) << response.body;
  EXPECT_THAT(response.body, HasSubstr(R"("country":{"id":21,"name":"Australia","code":"AU"})"));
  EXPECT_THAT(response.body, HasSubstr(R"("state":{"id":null,"name":"","code":"NSW"})"));
  EXPECT_THAT(response.body, HasSubstr(R"("name":"Victoria","code":"VIC")"));
  ASSERT_EQ(Addresses(id).size(), 2u);
  // The same type again writes over, and only what is sent.
  response =
      PostTo(id, "/addresses", R"({"customer":{"addresses":[{"type":"primary","city":"Perth"}]}})");
  ASSERT_EQ(Addresses(id).size(), 2u);
  EXPECT_EQ(Addresses(id)[0].city, "Perth");
  EXPECT_EQ(Addresses(id)[0].line1, "1 Example Street");
}

TEST_F(CustomerCallsTest, AnAddressOfTwoPurposesKeepsTheOther) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  Write([&](StoreTransaction& transaction) -> Result<Address> {
    OUBLI_TRY_ASSIGN(auto head,
                     customers::FindHead(transaction, customers::OwnerKind::kCustomer, id));
    Address both;
    both.roles = AddressRole::kPrimary | AddressRole::kBilling;
    both.city = "Sydney";
    both.line3 = "only Hotcakes knows";
    both.extra = {{"hotcakes.x", "y"}};
    return customers::PutAddress(transaction, *head, both);
  });
  EXPECT_EQ(
      PostTo(id, "/addresses", R"({"customer":{"addresses":[{"type":"primary","city":"Perth"}]}})")
          .status,
      201);
  const auto addresses = Addresses(id);
  ASSERT_EQ(addresses.size(), 2u);
  EXPECT_EQ(addresses[0].roles, AddressRole::kBilling);
  EXPECT_EQ(addresses[0].city, "Sydney");
  EXPECT_EQ(addresses[0].line3, "only Hotcakes knows");
  EXPECT_EQ(addresses[1].roles, AddressRole::kPrimary);
  // Alone now: written over, and what this dialect cannot say stays.
  EXPECT_EQ(
      PostTo(id, "/addresses", R"({"customer":{"addresses":[{"type":"billing","city":"Hobart"}]}})")
          .status,
      201);
  EXPECT_EQ(Addresses(id)[0].city, "Hobart");
  EXPECT_EQ(Addresses(id)[0].extra.at("hotcakes.x"), "y");
}

// What is read and sent back, in whichever form, loses nothing that another dialect knows of it.
TEST_F(CustomerCallsTest, AStateAndACountryThatAreSentBackStayWhole) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  Write([&](StoreTransaction& transaction) -> Result<Address> {
    OUBLI_TRY_ASSIGN(auto head,
                     customers::FindHead(transaction, customers::OwnerKind::kCustomer, id));
    Address address;
    address.roles = AddressRole::kBilling;
    address.state = "New York";
    address.state_code = "NY";
    address.country_code = "US";
    address.country = "USA";
    return customers::PutAddress(transaction, *head, address);
  });
  const auto post = [&](const std::string& fields) {
    const auto response = PostTo(
        id, "/addresses", R"({"customer":{"addresses":[{"type":"billing",)" + fields + "}]}}");
    EXPECT_EQ(response.status, 201) << response.body;
    const Address address = Addresses(id).at(0);
    return address.state + "/" + address.state_code + "/" + address.country_code + "/" +
           address.country;
  };
  for (const char* same :
       {R"("state":"New York")", R"("state":"NY")", R"("state":{"name":"New York","code":"NY"})",
        R"("state":{"name":"New York"})", R"("state":{"code":"NY"})",
        R"("country":"United States")", R"("country":"us")", R"("country":{"code":"US"})"}) {
    EXPECT_EQ(post(same), "New York/NY/US/USA") << same;
  }
  EXPECT_EQ(post(R"("state":"Texas","country":"AU")"), "Texas//AU/Australia");
  EXPECT_EQ(post(R"("state":"VIC")"), "/VIC/AU/Australia");
  EXPECT_EQ(post(R"("state":"","country":"")"), "///");
}

TEST_F(CustomerCallsTest, BadAddressesChangeNothing) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  const std::string good = R"({"type":"primary","city":"Sydney"},)";
  const auto post = [&](const std::string& second) {
    return PostTo(id, "/addresses", R"({"customer":{"addresses":[)" + good + second + "]}}");
  };
  EXPECT_EQ(post(R"({"type":"home"})").body,
            R"({"status":"error","code":400,"message":"invalid addresses[1].type",)"
            R"("error":"validation_failed","errors":[{"field":"addresses[1].type",)"
            R"("code":"invalid_enum","message":"must be one of primary, shipping, billing"}]})");
  EXPECT_THAT(post(R"({"type":"billing","country":"AU","state":7})").body,
              HasSubstr(R"("error":"state_country_mismatch","errors":[{"field":)"
                        R"("addresses[1].state_id","code":"state_country_mismatch")"));
  for (const char* bad :
       {R"({"city":"x"})", R"({"type":"billing","city":7})", "7", "[]", "null",
        R"({"type":"billing","city":"a\u0007b"})", R"({"type":"billing","country":9999})",
        R"({"type":"billing","email":"no address"})"}) {
    EXPECT_EQ(post(bad).status, 400) << bad;
  }
  EXPECT_EQ(PostTo(id, "/addresses", R"({"customer":{"addresses":[]}})").status, 400);
  EXPECT_EQ(PostTo(id, "/addresses", R"({"customer":{}})").status, 400);
  EXPECT_EQ(Addresses(id).size(), 0u);
  EXPECT_EQ(PostTo(999, "/addresses", R"({"customer":{"addresses":[{"type":"primary"}]}})").body,
            kNotFoundBody);
  EXPECT_EQ(Call("POST", std::string(kCustomers) + "/x/addresses", "{}").body, kInvalidIdBody);
}

// ---- passwords ----

constexpr std::string_view kChanged =
    R"({"status":"success","message":"Password has been changed successfully"})";

TEST_F(CustomerCallsTest, ResetAndChangePassword) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  auto response = PostTo(id, "/reset-password",
                         R"({"customer":{"password":"first one"},"transaction_no":"T-1"})");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, kChanged);
  EXPECT_TRUE(crypto::VerifyPassword(Stored(id).profile.password_hash, "first one"));

  const auto change = [&](const std::string& email, const std::string& old) {
    return PostTo(id, "/change-password",
                  R"({"customer":{"email":")" + email + R"(","old_password":")" + old +
                      R"(","password":"second"}})");
  };
  // Awaiting verification: not even with the right one.
  EXPECT_EQ(change("jane@example.com", "first one").status, 401);
  EXPECT_EQ(Call("PUT", PathOf(id), R"({"customer":{"status":"active"}})").status, 200);
  EXPECT_EQ(change("jane@example.com", "wrong").status, 401);
  EXPECT_EQ(change("john@example.com", "first one").status, 401);
  EXPECT_EQ(change("john@example.com", "first one").body,
            R"({"status":"error","code":401,"message":"Invalid email or password"})");
  response = change("Jane@example.com", "first one");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, kChanged);
  EXPECT_TRUE(crypto::VerifyPassword(Stored(id).profile.password_hash, "second"));
  EXPECT_EQ(Stored(id).profile.first_name, "Jane");
}

TEST_F(CustomerCallsTest, BadPasswordBodies) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  for (const char* bad : {"{}", R"({"customer":{}})", R"({"customer":{"password":""}})",
                          R"({"customer":{"password":7}})", R"({"customer":[]})",
                          R"({"customer":{"password":"a\u0000b"}})",
                          R"({"customer":{"password":"x"},"transaction_no":7})"}) {
    EXPECT_EQ(PostTo(id, "/reset-password", bad).status, 400) << bad;
  }
  for (const char* missing :
       {R"("old_password":"x","password":"y")", R"("email":"x","password":"y")",
        R"("email":"x","old_password":"y")"}) {
    EXPECT_EQ(
        PostTo(id, "/change-password", R"({"customer":{)" + std::string(missing) + "}}").status,
        400)
        << missing;
  }
  EXPECT_EQ(Stored(id).profile.password_hash, "");
  EXPECT_EQ(PostTo(999, "/reset-password", R"({"customer":{"password":"x"}})").body, kNotFoundBody);
}

TEST_F(CustomerCallsTest, BulkResetQueuesMailsByNumberAlone) {
  const int64_t jane = CreateCustomer("Jane", "jane@example.com");
  const int64_t john = CreateCustomer("John", "john@example.com");
  auto response =
      Call("POST", "/api/v4/admin/customers/bulk-reset-password", R"({"customer_ids":[1,2]})");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body,
            R"({"queued":[1,2],"skipped":[],"total_queued":2,"requested":2,"status":"queued",)"
            R"("message":"Password reset emails queued for 2 of 2 customers."})");
  Call("POST", kCustomers, R"({"customer":{"first_name":"No mail"}})");
  response =
      Call("POST", "/api/v4/admin/customers/bulk-reset-password", R"({"customer_ids":[9,2,2,3]})");
  EXPECT_EQ(response.body,
            R"({"queued":[2],"skipped":[{"customer_id":9,"reason":"not_found"},)"
            R"({"customer_id":2,"reason":"duplicate"},{"customer_id":3,"reason":"no_email"}],)"
            R"("total_queued":1,"requested":4,"status":"queued",)"
            R"("message":"Password reset emails queued for 1 of 4 customers."})");
  const auto waiting = [&] {
    auto view = world_.OpenStore("abc")->Read();
    std::vector<int64_t> ids;
    const auto requests = customers::ListMailRequests(**view, 100).value();
    for (const customers::MailRequest& request : requests) {
      ids.push_back(request.customer_id);
    }
    return ids;
  };
  EXPECT_THAT(waiting(), ::testing::ElementsAre(jane, john));
  // Who is erased gets no mail.
  EXPECT_EQ(Call("DELETE", PathOf(jane)).status, 204);
  EXPECT_THAT(waiting(), ::testing::ElementsAre(john));
  world_.clock().Advance(customers::kMailRequestLifetimeMs + 1);
  EXPECT_THAT(waiting(), ::testing::IsEmpty());
}

TEST_F(CustomerCallsTest, BadBulkLists) {
  for (const char* bad :
       {"{}", R"({"customer_ids":[]})", R"({"customer_ids":["1"]})", R"({"customer_ids":[1.5]})",
        R"({"customer_ids":1})", R"({"customer_ids":[1,null]})", R"({"customer_ids":[1e300]})"}) {
    const auto response = Call("POST", "/api/v4/admin/customers/bulk-reset-password", bad);
    EXPECT_EQ(response.status, 400) << bad;
    EXPECT_THAT(response.body, HasSubstr(R"("error":"validation_failed")")) << bad;
  }
}

// ---- store credit ----

TEST_F(CustomerCallsTest, StoreCreditIsAddedDeductedAndListed) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  auto response =
      PostTo(id, "/store-credit/adjustments", R"({"action":"add","amount":20,"note":"Refund"})");
  EXPECT_EQ(response.status, 201);
  EXPECT_THAT(response.body,
              HasSubstr(R"({"store_credit_adjustment":{"id":1,"customer_id":1,"internal_id":2,)"
                        R"("action":"add","amount":20.0,"note":"Refund",)"
                        R"("created_at":"2026-09-01T10:00:00Z","created_by":")"));
  EXPECT_THAT(response.body, HasSubstr(R"(","balance_before":0.0,"balance_after":20.0},)"
                                       R"("store_credit":20.0})"));
  response = PostTo(id, "/store-credit/adjustments", R"({"action":"deduct","amount":0.05})");
  EXPECT_THAT(response.body, HasSubstr(R"("note":null)"));
  EXPECT_THAT(response.body, HasSubstr(R"("balance_after":19.95},"store_credit":19.95})"));
  // Set by an update: no entry.
  Call("PUT", PathOf(id), R"({"customer":{"store_credit":5}})");
  response = Call("GET", PathOf(id) + "/store-credit/adjustments?limit=1&page=2");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr(R"({"store_credit_adjustments":[{"id":1,)"));
  EXPECT_THAT(response.body, HasSubstr(R"("pagination":{"total":2,"limit":1,"offset":1,"count":1,)"
                                       R"("current_page":2,"total_pages":2,"has_next":false,)"
                                       R"("has_previous":true,"previous_page":"http://shop.example)"
                                       R"(/api/v4/admin/customers/1/store-credit/adjustments?)"
                                       R"(limit=1&offset=0","next_page":null)"));
  response = Call("GET", PathOf(id) + "/store-credit/adjustments");
  EXPECT_LT(response.body.find(R"("id":2)"), response.body.find(R"("id":1,)"));
  EXPECT_EQ(Call("GET", PathOf(999) + "/store-credit/adjustments").body, kNotFoundBody);
  EXPECT_EQ(Call("GET", PathOf(id) + "/store-credit/adjustments?sort=x").status, 400);
}

TEST_F(CustomerCallsTest, BadAdjustmentsChangeNothing) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  PostTo(id, "/store-credit/adjustments", R"({"action":"add","amount":5})");
  for (const char* bad :
       {R"({"action":"add"})", R"({"amount":5})", R"({"action":"set","amount":5})",
        R"({"action":"add","amount":0})", R"({"action":"add","amount":-1})",
        R"({"action":"add","amount":"5"})", R"({"action":"add","amount":0.0000001})",
        R"({"action":"add","amount":9223372036854})", R"({"action":"deduct","amount":5.01})",
        R"({"action":"add","amount":1,"note":7})"}) {
    const auto response = PostTo(id, "/store-credit/adjustments", bad);
    EXPECT_EQ(response.status, 400) << bad;
    EXPECT_THAT(response.body, HasSubstr("validation_failed")) << bad;
  }
  EXPECT_EQ(Stored(id).profile.store_credit, Decimal::FromInt(5));
}

// ---- coupons ----

TEST_F(CustomerCallsTest, ACouponIsMadeAssignedAndFreeAgain) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  auto response =
      Call("POST", "/api/v4/admin/discount_profiles",
           R"({"name":"Ten off","type":"offer_coupon","discount_details_type":"amount",)"
           R"("amount_details":{"amount":10},"assigned_customer":"canary"})");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, R"({"discount_profile":{"id":1,"name":"Ten off","type":"offer_coupon",)"
                           R"("discount_details_type":"amount","amount_details":{"amount":10},)"
                           R"("customer_coupons":[]}})");
  response =
      Call("POST", "/api/v4/admin/discount_profiles/1/create-coupons", R"({"requested_codes":3})");
  EXPECT_EQ(response.status, 201);
  EXPECT_THAT(response.body, HasSubstr(R"({"status":"success","message":"3 new codes generated.",)"
                                       R"("codes":[")"));
  const std::string code(*AsString(Json(response).at("codes").at(1)));
  const auto assign = [&](const std::string& body) {
    return Call("POST", "/api/v4/admin/discount_coupons/assign-customer", body);
  };
  response = assign(R"({"code":")" + code + R"(","email":"jane@example.com"})");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body,
            R"({"status":"success","message":"customer has been assigned successfully."})");
  EXPECT_THAT(
      Call("GET", "/api/v4/admin/discount_profiles/1").body,
      HasSubstr(R"({"id":2,"code":")" + code + R"(","customer_email":"jane@example.com"})"));
  // To another customer, and away with that one.
  const int64_t john = CreateCustomer("John", "john@example.com");
  assign(R"({"code":")" + code + R"(","email":"john@example.com"})");
  EXPECT_THAT(Call("GET", "/api/v4/admin/discount_profiles").body,
              HasSubstr(R"("customer_email":"john@example.com")"));
  EXPECT_EQ(Call("DELETE", PathOf(john)).status, 204);
  response = Call("GET", "/api/v4/admin/discount_profiles/1");
  EXPECT_THAT(response.body, HasSubstr(R"("code":")" + code + R"(","customer_email":"")"));
  EXPECT_THAT(response.body, Not(HasSubstr("john")));
  EXPECT_EQ(assign(R"({"code":")" + code + R"(","email":"jane@example.com"})").status, 201);
  EXPECT_EQ(Call("DELETE", PathOf(id)).status, 204);
  EXPECT_THAT(Call("GET", "/api/v4/admin/discount_profiles/1").body, Not(HasSubstr("jane")));
}

TEST_F(CustomerCallsTest, CouponErrorsInTheirOwnShape) {
  CreateCustomer("Jane", "jane@example.com");
  const auto assign = [&](const std::string& body) {
    const auto response = Call("POST", "/api/v4/admin/discount_coupons/assign-customer", body);
    EXPECT_EQ(response.status, 400);
    return response.body;
  };
  EXPECT_EQ(assign(R"({"code":"X","email":"nobody@example.com"})"),
            R"({"status":"error","message":"Customer not found",)"
            R"("detailsMessage":"customer.not.found"})");
  EXPECT_EQ(assign(R"({"code":"X","email":"jane@example.com"})"),
            R"({"status":"error","message":"Coupon not found",)"
            R"("detailsMessage":"coupon.not.found.by.code"})");
  EXPECT_THAT(assign(R"({"code":"X"})"), HasSubstr(R"("message":"Email is required")"));
  EXPECT_THAT(assign(R"({"email":"x@y.z"})"), HasSubstr(R"("message":"Code is required")"));
  EXPECT_THAT(assign(R"({"code":7,"email":"x@y.z"})"), HasSubstr("validation_failed"));
}

TEST_F(CustomerCallsTest, DiscountProfilesAreChangedAndDeleted) {
  const std::string path = "/api/v4/admin/discount_profiles";
  Call("POST", path, R"({"name":"A","type":"customer","description":"d"})");
  Call("POST", path, R"({"name":"B","type":"customer"})");
  auto response = Call("PUT", path + "/2", R"({"name":"A"})");
  EXPECT_EQ(response.status, 409);
  EXPECT_THAT(response.body, HasSubstr(R"({"error":{"code":"conflict","message":"Discount Name )"
                                       R"(already exists","details":[],"request_id":")"));
  EXPECT_EQ(Call("PUT", path + "/1", R"({"name":"C"})").body,
            R"({"discount_profile":{"id":1,"name":"C","type":"customer","description":"d",)"
            R"("customer_coupons":[]}})");
  EXPECT_THAT(Call("GET", path + "?sort=name&dir=desc&limit=1").body,
              HasSubstr(R"({"discount_profiles":[{"id":1,"name":"C")"));
  EXPECT_EQ(Call("DELETE", path + "/1").status, 204);
  EXPECT_EQ(Call("DELETE", path + "/1").status, 404);
  EXPECT_EQ(Call("GET", path + "/x").status, 400);
  EXPECT_EQ(Call("POST", path, R"({"name":"D","type":"none"})").status, 400);
  EXPECT_EQ(Call("POST", path + "/2/create-coupons", R"({"requested_codes":100001})").status, 400);
}

}  // namespace
}  // namespace oubli::dialects::webcommander
