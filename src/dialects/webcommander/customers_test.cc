// Reading, creating and updating one customer.

#include <functional>
#include <string>
#include <vector>

#include "crypto/password.h"
#include "customers/definitions.h"
#include "dialects/webcommander/webcommander_fixture.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;
using customers::AddressRole;
using customers::Customer;
using customers::StoreTransaction;
using ::testing::HasSubstr;
using testing::HeaderOf;
using ::testing::Not;

class CustomersTest : public WebCommanderTest {
 protected:
  // The contract's Jane with her address.
  int64_t StoreJane(int64_t roles) {
    const auto id = Write([&](StoreTransaction& transaction) -> Result<int64_t> {
      Customer jane;
      jane.head.id = 123;
      jane.profile.first_name = "Jane";
      jane.profile.last_name = "Doe";
      jane.profile.email = "jane@example.com";
      OUBLI_TRY_ASSIGN(jane, customers::CreateCustomer(transaction, jane));
      Address address;
      address.id = 901;
      address.roles = roles;
      address.first_name = "Jane";
      address.last_name = "Doe";
      address.line1 = "1 Example Street";
      address.city = "Sydney";
      address.postal_code = "2000";
      address.country_code = "AU";
      address.state = "New South Wales";
      address.state_code = "NSW";
      OUBLI_TRY(customers::PutAddress(transaction, jane.head, address));
      return jane.head.id;
    });
    return *id;
  }

  Customer Stored(int64_t id) {
    auto view = world_.OpenStore("abc")->Read();
    auto customer = customers::FindCustomer(**view, id);
    EXPECT_TRUE(customer && *customer);
    return **customer;
  }

  http::Response Put(int64_t id, const std::string& customer) {
    return Call("PUT", PathOf(id), R"({"customer":)" + customer + "}");
  }
};

// The literal of the contract; internal_id, the country's and the state's id are ours.
constexpr std::string_view kJane =
    R"({"customer":{"customer_id":123,"internal_id":2,"first_name":"Jane","last_name":"Doe",)"
    R"("name":"Jane Doe","email":"jane@example.com","status":"active","gender":null,)"
    R"("company_name":null,"store_credit":0.0,"customer_groups":[],"addresses":[{"id":901,)"
    R"("type":"primary","first_name":"Jane","last_name":"Doe","email":"","company_name":"",)"
    R"("address_line_1":"1 Example Street","address_line_2":"",)"
    R"("country":{"id":21,"name":"Australia","code":"AU"},)"
    R"("state":{"id":null,"name":"New South Wales","code":"NSW"},"city":"Sydney",)"
    R"("post_code":"2000","mobile":"","phone":"","fax":""}],"custom_properties":[],"abn":null,)"
    R"("credit_limit":0.0,"allow_credit_limit":false,"account_hold":false,"hide_price":false,)"
    R"("sms_subscribed":false,"default_tax_code":null,"note":null,"source":null,"timezone":null,)"
    R"("created_at":"2026-09-01T10:00:00Z","updated_at":"2026-09-01T10:00:00Z",)"
    R"("is_in_trash":false}})";

TEST_F(CustomersTest, GetAnswersTheContractsLiteral) {
  const auto response = Call("GET", PathOf(StoreJane(AddressRole::kPrimary)));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, kJane);
  EXPECT_EQ(HeaderOf(response, "Content-Type"), "application/json");
}

TEST_F(CustomersTest, AnAddressOfTheBookStandsForThePrimaryOne) {
  EXPECT_EQ(Call("GET", PathOf(StoreJane(AddressRole::kBook))).body, kJane);
}

TEST_F(CustomersTest, OneAddressOfTwoTypesIsShownUnderBothWithOneId) {
  const auto response =
      Call("GET", PathOf(StoreJane(AddressRole::kPrimary | AddressRole::kBilling)));
  const auto addresses = Json(response).at("customer").at("addresses").as_array();
  ASSERT_EQ(addresses.size(), 2u);
  EXPECT_EQ(addresses[0].at("type"), "primary");
  EXPECT_EQ(addresses[1].at("type"), "billing");
  EXPECT_EQ(addresses[0].at("id"), addresses[1].at("id"));
}

TEST_F(CustomersTest, UnknownIdIsNotFound) {
  const auto response = Call("GET", PathOf(999));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, kNotFoundBody);
}

TEST_F(CustomersTest, CreateAnswersTheContractsObjectWithThreeAddresses) {
  const auto response = Call(
      "POST", kCustomers,
      R"({"customer":{"first_name":"Jane","last_name":"Doe","email":"jane@example.com",)"
      R"("company":false,"address_line":"discarded","phone":"0300000000"},"transaction_no":"T-1"})");
  const auto blank = [](const std::string& type) {
    return R"({"id":null,"type":")" + type +
           R"(","first_name":"","last_name":"","email":"","company_name":"","address_line_1":"",)"
           R"("address_line_2":"","country":null,"state":null,"city":"","post_code":"",)"
           R"("mobile":"","phone":"","fax":""})";
  };
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(HeaderOf(response, "Location"), "");
  EXPECT_EQ(
      response.body,
      R"({"customer":{"customer_id":1,"internal_id":2,"first_name":"Jane","last_name":"Doe",)"
      R"("name":"Jane Doe","email":"jane@example.com","status":"awaiting_verification",)"
      R"("gender":null,"company_name":null,"store_credit":0.0,"customer_groups":[],"addresses":[)" +
          blank("primary") + "," + blank("shipping") + "," + blank("billing") +
          R"(],"custom_properties":[],"abn":null,"credit_limit":0.0,"allow_credit_limit":false,)"
          R"("account_hold":false,"hide_price":false,"sms_subscribed":false,)"
          R"("default_tax_code":null,"note":null,"source":null,"timezone":null,)"
          R"("created_at":"2026-09-01T10:00:00Z","updated_at":"2026-09-01T10:00:00Z",)"
          R"("is_in_trash":false}})");
  // What was discarded is not kept either.
  EXPECT_EQ(Stored(1).profile.phone, "");
  EXPECT_THAT(Call("GET", PathOf(1)).body, HasSubstr(R"("addresses":[],)"));
}

TEST_F(CustomersTest, CreateTakesEveryField) {
  const auto response = Call(
      "POST", kCustomers,
      R"({"customer":{"first_name":" Zoë","last_name":"O\"Neill\u2028","email":"z@example.com",)"
      R"("password":"s3cret-canary","status":"Active","company":true,"company_name":"Zed & Co",)"
      R"("gender":"female","abn":"12 345","abn_branch":"7","note":"two\nlines","source":"web",)"
      R"("timezone":"Australia/Sydney","default_tax_code":"GST","hide_price":true,)"
      R"("store_credit":20,"credit_limit":12.34,"allow_credit_limit":true,"account_hold":true,)"
      R"("sms_subscribed":true,"customer_id":77,"unknown":{"a":[1]},"custom_properties":[)"
      R"({"label":"Size","description":"M"},{"name":"Colour","value":"red"},{"label":"Bare"}]}})");
  ASSERT_EQ(response.status, 201) << response.body;
  for (const char* part :
       {R"("first_name":" Zoë","last_name":"O\"Neill\u2028")", R"("status":"active")",
        R"("gender":"female","company_name":"Zed & Co","store_credit":20.0)",
        R"("custom_properties":[{"id":1,"label":"Size","description":"M"},)"
        R"({"id":2,"label":"Colour","description":"red"},)"
        R"({"id":3,"label":"Bare","description":""}],"abn":"12 345","credit_limit":12.34,)"
        R"("allow_credit_limit":true,"account_hold":true,"hide_price":true,"sms_subscribed":true,)"
        R"("default_tax_code":"GST","note":"two\nlines","source":"web",)"
        R"("timezone":"Australia/Sydney")"}) {
    EXPECT_THAT(response.body, HasSubstr(part));
  }
  EXPECT_EQ(CustomerIdOf(response), 1);
  EXPECT_THAT(response.body, Not(HasSubstr("canary")));
  const Customer stored = Stored(1);
  EXPECT_TRUE(stored.profile.is_company);
  EXPECT_EQ(stored.profile.abn_branch, "7");
  EXPECT_THAT(stored.profile.password_hash, Not(HasSubstr("canary")));
  EXPECT_TRUE(crypto::VerifyPassword(stored.profile.password_hash, "s3cret-canary"));
}

TEST_F(CustomersTest, TakenEmailIsAConflict) {
  const int64_t jane = CreateCustomer("Jane", "jane@example.com");
  const int64_t john = CreateCustomer("John", "john@example.com");
  constexpr std::string_view kTaken =
      R"({"status":"error","code":409,"message":"Provided email already registered"})";
  const auto created =
      Call("POST", kCustomers, R"({"customer":{"first_name":"J","email":"JANE@example.com"}})");
  EXPECT_EQ(created.status, 409);
  EXPECT_EQ(created.body, kTaken);
  const auto updated = Put(john, R"({"email":"jane@example.com","last_name":"X"})");
  EXPECT_EQ(updated.status, 409);
  EXPECT_EQ(updated.body, kTaken);
  EXPECT_EQ(Stored(john).profile.last_name, "");
  EXPECT_EQ(Put(jane, R"({"email":"Jane@example.com"})").status, 200);
  // The address is free again when its owner is erased.
  EXPECT_EQ(Call("DELETE", PathOf(jane)).status, 204);
  EXPECT_EQ(Put(john, R"({"email":"jane@example.com"})").status, 200);
}

TEST_F(CustomersTest, SeveralCustomersMayHaveNoEmail) {
  EXPECT_EQ(Call("POST", kCustomers, R"({"customer":{"first_name":"A"}})").status, 201);
  EXPECT_EQ(Call("POST", kCustomers, R"({"customer":{"first_name":"B","email":""}})").status, 201);
  EXPECT_EQ(Call("POST", kCustomers, R"({"customer":{"first_name":"C","email":null}})").status,
            201);
}

TEST_F(CustomersTest, UpdateChangesTheFieldsSentAlone) {
  const int64_t id = StoreJane(AddressRole::kPrimary);
  world_.clock().Advance(60'000);
  const auto response = Put(id, R"({"last_name":"Smith"})");
  EXPECT_EQ(response.status, 200);
  std::string expected(kJane);
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {R"("last_name":"Doe","name":"Jane Doe")", R"("last_name":"Smith","name":"Jane Smith")"},
           {R"("updated_at":"2026-09-01T10:00:00Z")", R"("updated_at":"2026-09-01T10:01:00Z")"}}) {
    expected.replace(expected.find(from), from.size(), to);
  }
  EXPECT_EQ(response.body, expected);
  EXPECT_EQ(Call("GET", PathOf(id)).body, expected);
}

TEST_F(CustomersTest, UpdateKeepsWhatThisDialectCannotSay) {
  const auto id = Write([&](StoreTransaction& transaction) -> Result<int64_t> {
    Customer made;
    made.profile.first_name = "Jane";
    made.profile.card_number = "4000111122223333";
    made.profile.custom_fields[7] = "seven";
    made.profile.extra["hotcakes.price_group"] = "gold";
    made.profile.channel_ids = std::vector<int64_t>{1, 2};
    OUBLI_TRY_ASSIGN(const auto group, customers::EnsureGroup(transaction, "Retail"));
    made.head.group_id = group.id;
    OUBLI_TRY_ASSIGN(made, customers::CreateCustomer(transaction, made));
    return made.head.id;
  });
  const auto response = Put(*id, R"({"last_name":"Smith"})");
  EXPECT_THAT(response.body,
              HasSubstr(R"("customer_groups":[{"id":1,"name":"Retail","code":null}])"));
  const auto stored = Stored(*id);
  EXPECT_EQ(stored.profile.card_number, "4000111122223333");
  EXPECT_EQ(stored.profile.custom_fields.at(7), "seven");
  EXPECT_EQ(stored.profile.extra.at("hotcakes.price_group"), "gold");
  EXPECT_EQ(stored.profile.channel_ids->size(), 2u);
}

TEST_F(CustomersTest, UpdateTakesTheOlderFieldsBesideTheWrapper) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  const auto response = Call("PUT", PathOf(id),
                             R"({"customer":{"address_line":"x"},"store_credit":5.5,)"
                             R"("credit_limit":100,"customer_password_expired":true,)"
                             R"("allow_credit_limit":true,"hide_price":true})");
  ASSERT_EQ(response.status, 200) << response.body;
  const auto stored = Stored(id).profile;
  EXPECT_EQ(stored.store_credit.ToString(), "5.5");
  EXPECT_EQ(stored.credit_limit.ToString(), "100");
  EXPECT_TRUE(stored.force_password_reset);
  EXPECT_TRUE(stored.allow_credit_limit);
  EXPECT_FALSE(stored.hide_price);  // inside the wrapper only
}

TEST_F(CustomersTest, CustomPropertiesAreReplacedAndTheirIdsNeverComeBack) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  const auto properties = [&](const std::string& list) {
    const auto response = Put(id, R"({"custom_properties":)" + list + "}");
    EXPECT_EQ(response.status, 200) << response.body;
    const std::string begin = R"("custom_properties":)";
    const size_t from = response.body.find(begin) + begin.size();
    return response.body.substr(from, response.body.find(R"(,"abn")") - from);
  };
  EXPECT_EQ(properties(R"([{"label":"a"},{"label":"b","description":"B"}])"),
            R"([{"id":1,"label":"a","description":""},{"id":2,"label":"b","description":"B"}])");
  // An id that the customer has is kept, once; any other is made anew.
  EXPECT_EQ(properties(R"([{"id":2,"label":"b2"},{"id":2,"label":"c"},{"id":99,"label":"d"}])"),
            R"([{"id":2,"label":"b2","description":""},{"id":3,"label":"c","description":""},)"
            R"({"id":4,"label":"d","description":""}])");
  EXPECT_EQ(properties("[]"), "[]");
  EXPECT_EQ(properties(R"([{"label":"e"}])"), R"([{"id":5,"label":"e","description":""}])");
}

TEST_F(CustomersTest, NameIsRequired) {
  constexpr std::string_view kRequired =
      R"({"status":"error","code":400,"message":"Customer name is required"})";
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  for (const char* customer :
       {"{}", R"({"first_name":""})", R"({"first_name":"  "})", R"({"first_name":null})"}) {
    const auto created = Call("POST", kCustomers, R"({"customer":)" + std::string(customer) + "}");
    EXPECT_EQ(created.status, 400);
    EXPECT_EQ(created.body, kRequired) << customer;
    if (std::string_view(customer) == "{}") continue;
    EXPECT_EQ(Put(id, customer).body, kRequired) << customer;
  }
  EXPECT_EQ(Stored(id).profile.first_name, "Jane");
}

TEST_F(CustomersTest, NullClearsText) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  EXPECT_EQ(Put(id, R"({"note":"x","gender":"female"})").status, 200);
  const auto response = Put(id, R"({"note":null,"email":null})");
  EXPECT_THAT(response.body, HasSubstr(R"("note":null)"));
  EXPECT_THAT(response.body, HasSubstr(R"("email":"")"));
  EXPECT_THAT(response.body, HasSubstr(R"("gender":"female")"));
}

TEST_F(CustomersTest, HostileFieldsAreRefusedByNameAndNothingChanges) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  const std::string before = Call("GET", PathOf(id)).body;
  const std::string long_name(256, 'x');
  const struct {
    std::string field;
    std::string code;
    std::string value;
  } cases[] = {
      {"first_name", "invalid_value", "5"},
      {"first_name", "invalid_value", "[]"},
      {"first_name", "too_long", "\"" + long_name + "\""},
      {"last_name", "invalid_value", "{}"},
      {"last_name", "invalid_character", R"("canary\u0000")"},
      {"last_name", "invalid_character", R"("canary\nx")"},
      {"last_name", "invalid_character", R"("canary\u007f")"},
      {"email", "invalid_value", R"("canary")"},
      {"email", "invalid_value", R"("a@b@canary")"},
      {"email", "invalid_value", R"("can ary@example.com")"},
      {"email", "invalid_value", "true"},
      {"email", "too_long", "\"" + long_name + "@example.com\""},
      {"note", "too_long", "\"" + std::string(65'536, 'x') + "\""},
      {"note", "invalid_character", R"("\u001b[2Jcanary")"},
      {"status", "invalid_enum", R"("canary")"},
      {"status", "invalid_value", "0"},
      {"status", "invalid_value", "null"},
      {"password", "invalid_value", "12345678"},
      {"password", "invalid_value", R"("")"},
      {"password", "too_long", "\"" + long_name + "\""},
      {"company", "invalid_boolean", R"("true")"},
      {"hide_price", "invalid_boolean", "1"},
      {"account_hold", "invalid_boolean", "null"},
      {"store_credit", "invalid_value", R"("20")"},
      {"store_credit", "invalid_value", "1e300"},
      {"store_credit", "invalid_value", "0.1234567"},
      {"store_credit", "out_of_range", "-1"},
      {"custom_properties", "invalid_value", "{}"},
      {"custom_properties[0]", "invalid_value", "[1]"},
      {"custom_properties[0].label", "invalid_value", "[{}]"},
      {"custom_properties[0].label", "invalid_value", R"([{"label":[]}])"},
      {"custom_properties[1].value", "invalid_value", R"([{"label":"a"},{"name":"b","value":1}])"},
      {"custom_properties[0].id", "invalid_value", R"([{"label":"a","id":"1"}])"},
  };
  for (const auto& c : cases) {
    const std::string name = c.field.substr(0, c.field.find('['));
    const std::string head = name == "first_name" ? "{" : R"({"first_name":"Canary",)";
    const std::string customer = head + "\"" + name + "\":" + c.value + "}";
    const std::string body = R"({"customer":)" + customer + "}";
    for (const auto& response : {Call("POST", kCustomers, body), Put(id, customer)}) {
      const std::string shown = c.field + " " + c.value.substr(0, 40);
      EXPECT_EQ(response.status, 400) << shown;
      EXPECT_THAT(response.body, HasSubstr(R"("error":"validation_failed","errors":[{"field":")" +
                                           c.field + R"(","code":")" + c.code + "\""))
          << shown;
      EXPECT_THAT(response.body, Not(HasSubstr("anary"))) << shown;
    }
  }
  EXPECT_EQ(Call("GET", PathOf(id)).body, before);
  EXPECT_THAT(Call("GET", kCustomers).body, HasSubstr(R"("total":1,)"));
}

TEST_F(CustomersTest, HostileBodiesAreRefused) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  const std::string deep = R"({"customer":{"first_name":"x","unknown":)" + std::string(5'000, '[') +
                           std::string(5'000, ']') + "}}";
  for (const std::string& body : std::vector<std::string>{
           "", "null", "[]", "5", "{", "{}", R"({"customer":null})", R"({"customer":[]})",
           R"({"customer":"x"})", R"({"Customer":{"first_name":"x"}})", "first_name=x",
           R"({"customer":{"first_name":"x"}} trailing)", R"({"customer":{"first_name":"x"},})",
           "{\"customer\":{\"first_name\":\"\xff\xfe\"}}",
           R"({"customer":{"first_name":"\ud800"}})", R"({"customer":{"store_credit":1e999}})",
           R"({"customer":{"first_name":"x"},"transaction_no":5})", deep}) {
    for (const auto& response : {Call("POST", kCustomers, body), Call("PUT", PathOf(id), body)}) {
      EXPECT_EQ(response.status, 400) << body.substr(0, 60);
      EXPECT_EQ(TextAt(response, "status"), "error");
    }
  }
  EXPECT_THAT(Call("GET", kCustomers).body, HasSubstr(R"("total":1,)"));
}

TEST_F(CustomersTest, LimitsCountCharactersNotBytes) {
  std::string name;
  for (int i = 0; i < 255; ++i) name += "é";
  const auto response =
      Call("POST", kCustomers, R"({"customer":{"first_name":")" + name + R"("}})");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(Stored(CustomerIdOf(response)).profile.first_name, name);
}

}  // namespace
}  // namespace oubli::dialects::webcommander
