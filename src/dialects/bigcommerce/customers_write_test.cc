// POST and PUT /v3/customers: the contract's literals, the batch rules and what is refused.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "base/date_time.h"
#include "crypto/password.h"
#include "customers/attribute_definitions.h"
#include "customers/definitions.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"

namespace oubli::dialects::bigcommerce {
namespace {

using testing::HeaderOf;

class WriteTest : public BigCommerceTest {
 protected:
  int64_t DefineAttribute(const std::string& name) {
    return Store()
        ->WriteAndWait([&](customers::StoreTransaction& transaction) {
          return customers::EnsureAttributeDefinition(transaction, name);
        })
        ->id;
  }
  std::vector<customers::Address> AddressesOf(int64_t id) {
    auto reader = Store()->Read();
    return *customers::ListAddresses(**reader, Find(id)->head);
  }
  // One item with the required fields and `more`.
  static std::string Item(const std::string& email, const std::string& more = "") {
    return R"({"email":")" + email + R"(","first_name":"A","last_name":"B")" + more + "}";
  }
  static std::string Items(int count) {
    std::string items = "[";
    for (int i = 0; i < count; ++i) {
      items += (i == 0 ? "" : ",") + Item(fmt::format("p{}@example.com", i));
    }
    return items + "]";
  }
};

// Contract 2.3 and 2.1.
TEST_F(WriteTest, TheContractsCreate) {
  const int64_t attribute = DefineAttribute("Hat Size");
  const auto answer = Post("/v3/customers", R"([{"email":"sally@smithers.org","first_name":"Sally",
    "last_name":"Smithers","addresses":[{"first_name":"Sally","last_name":"Smithers",
    "address1":"1 Main","city":"Austin","state_or_province":"Texas","postal_code":"78751",
    "country_code":"US"}],"attributes":[{"attribute_id":)" +
                                                std::to_string(attribute) +
                                                R"(,"attribute_value":"9"}],
    "authentication":{"force_password_reset":false,"new_password":"string123"}}])");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(HeaderOf(answer, "content-type"), "application/json");
  EXPECT_EQ(
      answer.body,
      R"({"data":[{"id":1,"authentication":{"force_password_reset":false},"company":"",)"
      R"("customer_group_id":0,"email":"sally@smithers.org","first_name":"Sally",)"
      R"("last_name":"Smithers","notes":"","phone":"","registration_ip_address":"",)"
      R"("tax_exempt_category":"","date_created":"2026-09-01T10:00:00Z",)"
      R"("date_modified":"2026-09-01T10:00:00Z",)"
      R"("accepts_product_review_abandoned_cart_emails":false,)"
      R"("store_credit_amounts":[{"amount":0}],"origin_channel_id":1,"channel_ids":null,)"
      R"("addresses":[{"id":1,"address1":"1 Main","address2":"","address_type":"residential",)"
      R"("city":"Austin","company":"","country":"United States","country_code":"US",)"
      R"("customer_id":1,"first_name":"Sally","last_name":"Smithers","phone":"",)"
      R"("postal_code":"78751","state_or_province":"Texas"}]}],"meta":{}})");
  // The password is there as a hash and nowhere in an answer.
  const auto stored = Find(1);
  ASSERT_TRUE(stored);
  EXPECT_TRUE(stored->profile.password_hash.starts_with("$argon2id$"));
  EXPECT_TRUE(crypto::VerifyPassword(stored->profile.password_hash, "string123"));
  EXPECT_EQ(answer.body.find("string123"), std::string::npos);
  const auto shown = Get("/v3/customers?include=attributes");
  EXPECT_NE(shown.body.find(R"("attributes":[{"id":1,"attribute_id":1,"attribute_value":"9",)"
                            R"("customer_id":1,"date_created":"2026-09-01T10:00:00Z",)"
                            R"("date_modified":"2026-09-01T10:00:00Z"}])"),
            std::string::npos)
      << shown.body;
}

// Contract, appendix A.
TEST_F(WriteTest, TheContractsUpdate) {
  customers::Customer sally;
  sally.head.id = 147;
  sally.head.created_at = *ParseIso8601("2023-02-01T05:06:55Z");
  sally.profile.email = "sally@smithers.org";
  sally.profile.first_name = "Sally";
  sally.profile.last_name = "Smithers";
  Create(sally);
  world_.clock().SetWall(*ParseIso8601("2023-02-01T05:42:34Z"));
  const auto answer =
      Put("/v3/customers", R"([{"id":147,"first_name":"Bert","customer_group_id":3,)"
                           R"("authentication":{"force_password_reset":true}}])");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"({"data":[{"id":147,"authentication":{"force_password_reset":true},"company":"",)"
            R"("customer_group_id":3,"email":"sally@smithers.org","first_name":"Bert",)"
            R"("last_name":"Smithers","notes":"","phone":"","registration_ip_address":"",)"
            R"("tax_exempt_category":"","date_created":"2023-02-01T05:06:55Z",)"
            R"("date_modified":"2023-02-01T05:42:34Z",)"
            R"("accepts_product_review_abandoned_cart_emails":false,)"
            R"("store_credit_amounts":[{"amount":0}],"origin_channel_id":1,"channel_ids":null}],)"
            R"("meta":{}})");
  EXPECT_EQ(Put("/v3/customers", R"([{"first_name":"x"}])").body,
            Envelope(422, "JSON data is missing or invalid", R"({"id":"error.path.missing"})"));
  EXPECT_EQ(Put("/v3/customers", R"([{"id":999999}])").body,
            Envelope(422, "Update customers failed.", R"({"0.id":"invalid customer ID"})"));
}

TEST_F(WriteTest, AnEmailThatIsTaken) {
  EXPECT_EQ(Post("/v3/customers", "[" + Item("sally@smithers.org") + "]").status, 200);
  const std::string text = R"({".customer_create":"Error creating customers: email )";
  auto answer = Post("/v3/customers", "[" + Item("sally@smithers.org") + "]");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body, Envelope(422, "Create customers failed.",
                                  text + R"(sally@smithers.org already in use"})"));
  // Case does not tell addresses apart; the answer shows what was sent. Nothing of the batch stays.
  answer = Post("/v3/customers",
                "[" + Item("new@smithers.org") + "," + Item("SALLY@smithers.org") + "]");
  EXPECT_EQ(answer.body, Envelope(422, "Create customers failed.",
                                  text + R"(SALLY@smithers.org already in use"})"));
  EXPECT_EQ(IdsOf(Get("/v3/customers?email:in=new@smithers.org")), std::vector<int64_t>());
  EXPECT_EQ(Population(), 1);
  // Twice in one batch.
  answer = Post("/v3/customers", "[" + Item("two@x.org") + "," + Item("two@x.org") + "]");
  EXPECT_EQ(answer.body,
            Envelope(422, "Create customers failed.", text + R"(two@x.org already in use"})"));
  EXPECT_EQ(Population(), 1);
}

TEST_F(WriteTest, AnUpdateToAnEmailThatIsTaken) {
  const int64_t a = Create("a@example.com").head.id;
  const int64_t b = Create("b@example.com").head.id;
  const auto answer = Put("/v3/customers", fmt::format(R"([{{"id":{},"first_name":"changed"}},)"
                                                       R"({{"id":{},"email":"A@example.com"}}])",
                                                       a, b));
  EXPECT_EQ(answer.body,
            Envelope(422, "Update customers failed.",
                     R"({".customer_update":"Error updating customers: email A@example.com )"
                     R"(already in use"})"));
  EXPECT_EQ(Find(a)->profile.first_name, "Jane");
  EXPECT_EQ(Find(b)->profile.email, "b@example.com");
  // One's own address in other letters is no clash.
  EXPECT_EQ(Put("/v3/customers", fmt::format(R"([{{"id":{},"email":"A@Example.com"}}])", a)).status,
            200);
  EXPECT_EQ(Find(a)->profile.email, "A@Example.com");
}

TEST_F(WriteTest, ABatchIsAllOrNothing) {
  const int64_t a = Create("a@example.com").head.id;
  auto answer = Put("/v3/customers", fmt::format(R"([{{"id":{},"company":"X"}},{{"id":999}}])", a));
  EXPECT_EQ(answer.body,
            Envelope(422, "Update customers failed.", R"({"1.id":"invalid customer ID"})"));
  EXPECT_EQ(Find(a)->profile.company, "");
  answer = Post(
      "/v3/customers",
      "[" + Item("n@example.com") + "," +
          Item("m@example.com", R"(,"attributes":[{"attribute_id":77,"attribute_value":"x"}])") +
          "]");
  EXPECT_EQ(answer.body, Envelope(422, "Create customers failed.",
                                  R"({"1.attributes.0.attribute_id":"invalid attribute ID"})"));
  EXPECT_EQ(Population(), 1);
  // No id was used up by what did not happen.
  EXPECT_EQ(IdsOf(Post("/v3/customers", "[" + Item("n@example.com") + "]")),
            std::vector<int64_t>{a + 1});
}

TEST_F(WriteTest, TenItemsAndNotOneMore) {
  const auto answer = Post("/v3/customers", Items(11));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.body, Envelope(413,
                                  "The request payload is too large. The maximum number of items "
                                  "allowed in the array is 10."));
  EXPECT_EQ(Population(), 0);
  EXPECT_EQ(IdsOf(Post("/v3/customers", Items(10))),
            (std::vector<int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  std::string updates = "[";
  for (int i = 1; i <= 11; ++i) updates += (i == 1 ? "" : ",") + fmt::format(R"({{"id":{}}})", i);
  EXPECT_EQ(Put("/v3/customers", updates + "]").status, 413);
}

TEST_F(WriteTest, ContentTypes) {
  const auto send = [&](std::vector<http::Header> headers) {
    headers.push_back({"X-Auth-Token", token_});
    return world_.Send("POST", "/stores/abc/v3/customers", headers, Items(1));
  };
  EXPECT_EQ(send({}).status, 400);
  const auto xml = send({{"Content-Type", "application/xml"}});
  EXPECT_EQ(xml.status, 415);
  EXPECT_EQ(xml.body, Envelope(415, "Unsupported Media Type"));
  EXPECT_EQ(send({{"Content-Type", "undefined"}}).status, 415);
  EXPECT_EQ(send({{"Content-Type", "application/jsonp"}}).status, 415);
  EXPECT_EQ(Population(), 0);
  EXPECT_EQ(send({{"content-type", "Application/JSON; charset=utf-8"}}).status, 200);
  // A GET says what it likes (T3).
  EXPECT_EQ(world_
                .Send("GET", "/stores/abc/v3/customers",
                      {{"X-Auth-Token", token_}, {"Content-Type", "undefined"}})
                .status,
            200);
}

TEST_F(WriteTest, EveryFieldIsStoredAndShown) {
  const auto answer =
      Post("/v3/customers",
           "[" +
               Item("Nina.Ni@nina.co",
                    R"(,"company":"Café & \"Söhne\"","phone":"+49 30 1","notes":"line 1\nline 2 😀",
      "tax_exempt_category":"X","customer_group_id":7,"origin_channel_id":2,"channel_ids":[2,5],
      "accepts_product_review_abandoned_cart_emails":true,"store_credit_amounts":[{"amount":43.15}],
      "registration_ip_address":"10.0.0.1","trigger_account_created_notification":true,
      "unknown_member":{"a":[1]},
      "form_fields":[{"name":"Sales Rep","value":"James Bond"},{"name":"Shoes","value":44.5},
                     {"name":"Colours","value":["red","blue"]},{"name":"Nothing"}])") +
               "]");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto shown =
      Get("/v3/customers?include=storecredit,formfields,addresses,attributes,"
          "shopper_profile_id,segment_ids");
  const std::string expected =
      R"({"id":1,"authentication":{"force_password_reset":false},"company":"Café & \"Söhne\"",)"
      R"("customer_group_id":7,"email":"Nina.Ni@nina.co","first_name":"A","last_name":"B",)"
      R"("notes":"line 1\nline 2 😀","phone":"+49 30 1","registration_ip_address":"",)"
      R"("tax_exempt_category":"X","date_created":"2026-09-01T10:00:00Z",)"
      R"("date_modified":"2026-09-01T10:00:00Z",)"
      R"("accepts_product_review_abandoned_cart_emails":true,)"
      R"("store_credit_amounts":[{"amount":43.15}],"origin_channel_id":2,"channel_ids":[2,5],)"
      R"("addresses":[],"attributes":[],"form_fields":[)"
      R"({"customer_id":1,"name":"Sales Rep","value":"James Bond"},)"
      R"({"customer_id":1,"name":"Shoes","value":44.5},)"
      R"({"customer_id":1,"name":"Colours","value":["red","blue"]},)"
      R"({"customer_id":1,"name":"Nothing","value":""}],"segment_ids":[]})";
  EXPECT_NE(shown.body.find(expected), std::string::npos) << shown.body;
}

TEST_F(WriteTest, AnUpdateChangesWhatItNamesAndNothingElse) {
  customers::Customer before;
  before.profile.email = "a@example.com";
  before.profile.first_name = "A";
  before.profile.last_name = "B";
  before.profile.code = "LOYAL1";
  before.profile.card_number = "4711";
  before.profile.extra["hotcakes.bvin"] = "x";
  before.profile.store_credit = Decimal::FromInt(5);
  before.profile.channel_ids = {1, 2};
  before.profile.registration_ip_address = "10.0.0.9";
  before.profile.form_fields = {{"Rep", {"old"}, customers::FormField::Shape::kText},
                                {"Size", {"9"}, customers::FormField::Shape::kText}};
  const int64_t id = Create(before).head.id;
  const auto created_at = Find(id)->head.created_at;
  world_.clock().Advance(5000);
  ASSERT_EQ(Put("/v3/customers",
                fmt::format(R"([{{"id":{},"company":"New","channel_ids":null,"phone":null,)"
                            R"("registration_ip_address":"1.2.3.4","origin_channel_id":9,)"
                            R"("date_created":"2001-01-01T00:00:00Z","addresses":[{{}}],)"
                            R"("attributes":[{{"attribute_id":99}}],)"
                            R"("form_fields":[{{"name":"Rep","value":"new"}}]}}])",
                            id))
                .status,
            200);
  const auto after = Find(id);
  EXPECT_EQ(after->profile.company, "New");
  EXPECT_EQ(after->profile.channel_ids, std::nullopt);
  EXPECT_EQ(after->profile.code, "LOYAL1");
  EXPECT_EQ(after->profile.card_number, "4711");
  EXPECT_EQ(after->profile.extra.at("hotcakes.bvin"), "x");
  EXPECT_EQ(after->profile.store_credit, Decimal::FromInt(5));
  EXPECT_EQ(after->profile.registration_ip_address, "10.0.0.9");
  EXPECT_EQ(after->profile.origin_channel_id, 1);
  EXPECT_EQ(after->profile.form_fields.at(0).values.at(0), "new");
  EXPECT_EQ(after->profile.form_fields.at(1).values.at(0), "9");
  EXPECT_EQ(after->head.created_at, created_at);
  EXPECT_EQ(after->head.modified_at, created_at + 5000);
  EXPECT_TRUE(AddressesOf(id).empty());
}

TEST_F(WriteTest, APasswordCanBeChanged) {
  const int64_t id = Create("a@example.com").head.id;
  ASSERT_EQ(Put("/v3/customers",
                fmt::format(R"([{{"id":{},"authentication":{{"new_password":"abc1234"}}}}])", id))
                .status,
            200);
  EXPECT_TRUE(crypto::VerifyPassword(Find(id)->profile.password_hash, "abc1234"));
}

TEST_F(WriteTest, EqualNestedAddressesAreStoredOnce) {
  const std::string address = R"({"first_name":"A","last_name":"B","address1":"1","city":"C",)"
                              R"("country_code":"de"})";
  const auto answer =
      Post("/v3/customers",
           "[" + Item("a@b.co", R"(,"addresses":[)" + address + "," + address + "]") + "]");
  ASSERT_EQ(answer.status, 200);
  const auto addresses = AddressesOf(1);
  ASSERT_EQ(addresses.size(), 1U);
  EXPECT_EQ(addresses[0].country_code, "DE");
  EXPECT_NE(answer.body.find(R"("country":"Germany","country_code":"DE")"), std::string::npos);
}

// What is refused, and under which key.
TEST_F(WriteTest, FieldsThatAreRefused) {
  struct Case {
    std::string member;  // of an item that has the required ones as well
    std::string key;
    std::string text;
  };
  const std::string long_text(256, 'x');
  const std::vector<Case> cases = {
      {R"("first_name":5)", "0.first_name", "error.expected.jsstring"},
      {R"("first_name":"")", "0.first_name", "must have 1 to 100 characters"},
      {R"("first_name":")" + std::string(101, 'x') + '"', "0.first_name",
       "must have 1 to 100 characters"},
      {R"("last_name":null)", "0.last_name", "error.path.missing"},
      {R"("email":"a")", "0.email", "must have 3 to 250 characters"},
      {R"("email":"no address")", "0.email", "is not an e-mail address"},
      {R"("email":"a@b@c")", "0.email", "is not an e-mail address"},
      {R"("email":")" + long_text + R"(@b.co")", "0.email", "must have 3 to 250 characters"},
      {R"("company":")" + long_text + '"', "0.company", "must have 0 to 255 characters"},
      {R"("phone":")" + std::string(51, '1') + '"', "0.phone", "must have 0 to 50 characters"},
      {R"("notes":"a\u0000b")", "0.notes", "must not contain control characters"},
      {R"("company":"\u001b[31m")", "0.company", "must not contain control characters"},
      {R"("customer_group_id":"3")", "0.customer_group_id", "error.expected.jsnumber"},
      {R"("customer_group_id":1.5)", "0.customer_group_id", "error.expected.jsnumber"},
      {R"("customer_group_id":-1)", "0.customer_group_id", "is out of range"},
      {R"("customer_group_id":4294967296)", "0.customer_group_id", "is out of range"},
      {R"("accepts_product_review_abandoned_cart_emails":"yes")",
       "0.accepts_product_review_abandoned_cart_emails", "error.expected.jsboolean"},
      {R"("authentication":[])", "0.authentication", "error.expected.jsobject"},
      {R"("authentication":{"force_password_reset":1})", "0.authentication.force_password_reset",
       "error.expected.jsboolean"},
      {R"("authentication":{"new_password":"abc123"})", "0.authentication.new_password",
       "must have 7 to 255 characters, letters and digits among them"},
      {R"("authentication":{"new_password":"abcdefgh"})", "0.authentication.new_password",
       "must have 7 to 255 characters, letters and digits among them"},
      {R"("authentication":{"new_password":"12345678"})", "0.authentication.new_password",
       "must have 7 to 255 characters, letters and digits among them"},
      {R"("channel_ids":[])", "0.channel_ids", "must have 1 to 1000 elements, or be null"},
      {R"("channel_ids":["1"])", "0.channel_ids", "error.expected.jsnumber"},
      {R"("channel_ids":5)", "0.channel_ids", "error.expected.jsarray"},
      {R"("store_credit_amounts":[{"amount":"5"}])", "0.store_credit_amounts.0.amount",
       "error.expected.jsnumber"},
      {R"("store_credit_amounts":[{}])", "0.store_credit_amounts.0.amount", "error.path.missing"},
      {R"("store_credit_amounts":[{"amount":-1}])", "0.store_credit_amounts.0.amount",
       "is out of range"},
      {R"("store_credit_amounts":[{"amount":1e300}])", "0.store_credit_amounts.0.amount",
       "is out of range"},
      {R"("form_fields":[{"value":"x"}])", "0.form_fields.0.name", "error.path.missing"},
      {R"("form_fields":[{"name":"a","value":{}}])", "0.form_fields.0.value",
       "error.expected.jsstring"},
      {R"("form_fields":[{"name":"a","value":[1]}])", "0.form_fields.0.value",
       "error.expected.jsstring"},
      {R"("form_fields":["a"])", "0.form_fields.0", "error.expected.jsobject"},
      {R"("addresses":{})", "0.addresses", "error.expected.jsarray"},
      {R"("addresses":[{"last_name":"B","address1":"1","city":"C","country_code":"US"}])",
       "0.addresses.0.first_name", "error.path.missing"},
      {R"("addresses":[{"first_name":"A","last_name":"B","address1":"1","city":"C",)"
       R"("country_code":"XX"}])",
       "0.addresses.0.country_code", "is not the code of a country"},
      {R"("addresses":[{"first_name":"A","last_name":"B","address1":"1","city":"C",)"
       R"("country_code":"USA"}])",
       "0.addresses.0.country_code", "must have 2 to 2 characters"},
      {R"("attributes":[{"attribute_id":1}])", "0.attributes.0.attribute_value",
       "error.path.missing"},
      {R"("attributes":[{"attribute_id":1,"attribute_value":5}])", "0.attributes.0.attribute_value",
       "error.expected.jsstring"},
      {R"("attributes":[{"attribute_id":1,"attribute_value":"5"}])", "0.attributes.0.attribute_id",
       "invalid attribute ID"},
  };
  for (const Case& entry : cases) {
    // Of two equal names the last one counts.
    const auto answer =
        Post("/v3/customers", "[" + Item("ok@example.com", "," + entry.member) + "]");
    EXPECT_EQ(answer.status, 422) << entry.member;
    const std::string title = entry.text.starts_with("error.") ? "JSON data is missing or invalid"
                                                               : "Create customers failed.";
    EXPECT_EQ(answer.body,
              Envelope(422, title, R"({")" + entry.key + R"(":")" + entry.text + R"("})"))
        << entry.member;
  }
  EXPECT_EQ(Population(), 0);
}

TEST_F(WriteTest, LengthsCountCodePoints) {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "😀";
  EXPECT_EQ(
      Post("/v3/customers", "[" + Item("a@b.co", R"(,"first_name":")" + name + '"') + "]").status,
      200);
  EXPECT_EQ(Post("/v3/customers", "[" + Item("b@b.co", R"(,"first_name":")" + name + R"(x")") + "]")
                .status,
            422);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
