// /v1/stores/{handle}/customers/{customer_id}/stored-instruments.
#include <fmt/core.h>

#include <future>
#include <random>

#include "customers/payment_instruments.h"
#include "dialects/native/native_fixture.h"
#include "erasure/eraser.h"

namespace oubli::dialects::native {
namespace {

class StoredInstrumentsTest : public NativeTest {
 protected:
  void SetUp() override {
    Create("a@example.com");
    Create("b@example.com");
  }
  static std::string Card(const std::string& token, const std::string& more = "") {
    return R"({"type":"stored_card","token":")" + token +
           R"(","brand":"VISA","expiry_month":1,"expiry_year":2030,)"
           R"("issuer_identification_number":"411111","last_4":"1111")" +
           more + "}";
  }
  static std::string Paypal(const std::string& token, const std::string& more = "") {
    return R"({"type":"stored_paypal_account","token":")" + token +
           R"(","email":"buyer@example.com")" + more + "}";
  }
  static std::string Bank(const std::string& token, const std::string& more = "") {
    return R"({"type":"stored_bank_account","token":")" + token +
           R"(","masked_account_number":"12XXX56","issuer":"DE001")" + more + "}";
  }
  // The tokens of a customer in order, the default's with a star.
  std::string Tokens(int64_t customer_id = 1) {
    const auto answer = Get(fmt::format("/customers/{}/stored-instruments", customer_id));
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::string tokens;
    const auto body = Parse(answer);
    for (const auto& row : body.at("data").as_array()) {
      tokens += (tokens.empty() ? "" : " ") + std::string(row.at("token").as_string()) +
                (row.at("is_default").as_bool() ? "*" : "");
    }
    return tokens;
  }
  void ExpectFault(const std::string& body, const std::string& pointer,
                   const std::string& slug = "invalid-request") {
    const auto answer = Post(kInstrumentsPath, body);
    EXPECT_EQ(answer.status, 422) << body;
    ASSERT_EQ(SlugOf(answer), slug) << answer.body;
    std::string pointers;
    const auto problem = Parse(answer);
    for (const auto& fault : problem.at("errors").as_array()) {
      pointers += (pointers.empty() ? "" : " ") + std::string(fault.at("pointer").as_string());
    }
    EXPECT_EQ(pointers, pointer) << body;
  }
};

TEST_F(StoredInstrumentsTest, EachTypeComesBackAsItWasGiven) {
  const std::string token = "84596bea275fa254da820056bdc3e495bdf01fd11c51b0336347d447ee16200c";
  const std::string address =
      R"(,"billing_address":{"first_name":"John","last_name":"Doe","email":"example@email.com",)"
      R"("company":"Test Company","address1":"1 Sample Street","address2":"Apt 1",)"
      R"("city":"Las Vegas","postal_code":"90854","state_or_province":"Nevada",)"
      R"("state_or_province_code":"NV","country_code":"US","phone":"101-192-0293"})";
  auto answer = Post(kInstrumentsPath, Card(token, address));
  EXPECT_EQ(answer.status, 201);
  const std::string card =
      R"({"type":"stored_card","token":")" + token +
      R"(","is_default":true,"brand":"VISA","expiry_month":1,"expiry_year":2030,)"
      R"("issuer_identification_number":"411111","last_4":"1111")" +
      address + R"(,"created_at":"2026-09-01T10:00:00Z"})";
  EXPECT_EQ(answer.body, card);
  EXPECT_EQ(HeaderOf(answer, "Location"), "/v1/stores/abc" + kInstrumentsPath + "/" + token);
  EXPECT_EQ(HeaderOf(answer, "Cache-Control"), "no-store");
  answer = Post(kInstrumentsPath, Paypal("dfgh"));
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, R"({"type":"stored_paypal_account","token":"dfgh","is_default":false,)"
                         R"("email":"buyer@example.com","created_at":"2026-09-01T10:00:00Z"})");
  answer = Post(kInstrumentsPath, Bank("5364"));
  EXPECT_EQ(answer.body, R"({"type":"stored_bank_account","token":"5364","is_default":false,)"
                         R"("masked_account_number":"12XXX56","issuer":"DE001",)"
                         R"("created_at":"2026-09-01T10:00:00Z"})");
  EXPECT_EQ(Get(kInstrumentsPath).body.substr(0, card.size() + 9), R"({"data":[)" + card);
  EXPECT_EQ(Tokens(), token + "* dfgh 5364");
  EXPECT_EQ(Tokens(2), "");
}

TEST_F(StoredInstrumentsTest, OneIsTheDefaultAlways) {
  ASSERT_EQ(Post(kInstrumentsPath, Card("a", R"(,"is_default":false)")).status, 201);
  EXPECT_EQ(Tokens(), "a*") << "the first one, whatever it says";
  ASSERT_EQ(Post(kInstrumentsPath, Paypal("b")).status, 201);
  ASSERT_EQ(Post(kInstrumentsPath, Bank("c", R"(,"is_default":true)")).status, 201);
  EXPECT_EQ(Tokens(), "a b c*");
  EXPECT_EQ(Delete(kInstrumentsPath + "/c").status, 204);
  EXPECT_EQ(Tokens(), "a* b");
  EXPECT_EQ(Delete(kInstrumentsPath + "/b").status, 204);
  EXPECT_EQ(Tokens(), "a*");
  EXPECT_EQ(SlugOf(Delete(kInstrumentsPath + "/b")), "stored-instrument-not-found");
  EXPECT_EQ(Delete(kInstrumentsPath + "/a").status, 204);
  EXPECT_EQ(Tokens(), "");
}

TEST_F(StoredInstrumentsTest, ATokenIsOneInstrumentsOfACustomer) {
  ASSERT_EQ(Post(kInstrumentsPath, Card("a")).status, 201);
  const auto answer = Post(kInstrumentsPath, Paypal("a", R"(,"is_default":true)"));
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(SlugOf(answer), "duplicate-token");
  EXPECT_EQ(answer.body.find("\"a\""), std::string::npos) << "the token is not repeated";
  ASSERT_EQ(Post("/customers/2/stored-instruments", Paypal("a")).status, 201);
  EXPECT_EQ(Delete("/customers/2/stored-instruments/a").status, 204);
  EXPECT_EQ(Tokens(), "a*") << "the other customer's stays";
}

TEST_F(StoredInstrumentsTest, ThereIsALimit) {
  ASSERT_TRUE(Store()->WriteAndWait([](customers::StoreTransaction& transaction) -> Status {
    const auto owner = customers::FindHead(transaction, customers::OwnerKind::kCustomer, 1);
    for (size_t i = 0; i < customers::kMaxPaymentInstruments; ++i) {
      customers::PaymentInstrument instrument;
      instrument.token = std::to_string(i);
      OUBLI_TRY(customers::AddPaymentInstrument(transaction, **owner, instrument));
    }
    return {};
  }));
  EXPECT_EQ(SlugOf(Post(kInstrumentsPath, Card("a"))), "too-many-stored-instruments");
}

TEST_F(StoredInstrumentsTest, TokensWithSignsOfPathsAreFoundWhenEncoded) {
  for (const std::string token : {"a/b?c#d%e", "...", "a..", "~!@$&'()*+,;=:"}) {
    const auto made = Post(kInstrumentsPath, Card(token));
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string location = HeaderOf(made, "Location");
    EXPECT_EQ(Delete(location.substr(std::string("/v1/stores/abc").size())).status, 204) << token;
  }
  EXPECT_EQ(Tokens(), "");
}

TEST_F(StoredInstrumentsTest, WhatIsMissingOrWrong) {
  ExpectFault("{}", "#/type");
  ExpectFault(R"({"type":5})", "#/type");
  ExpectFault(R"({"type":"stored_gold"})", "#/type");
  ExpectFault(R"({"type":"stored_card"})",
              "#/token #/brand #/expiry_month #/expiry_year #/issuer_identification_number "
              "#/last_4");
  ExpectFault(R"({"type":"stored_paypal_account"})", "#/token #/email");
  ExpectFault(R"({"type":"stored_bank_account"})", "#/token #/masked_account_number #/issuer");
  for (const auto& [member, values] : std::map<std::string, std::vector<std::string>>{
           {"token",
            {"5", "null", "\"\"", "\"a b\"", "\".\"", "\"..\"", "\"\xC3\xA9\"",
             "\"" + std::string(256, 'x') + "\""}},
           {"is_default", {"1", "\"true\"", "null"}},
           {"brand", {"\"\"", "7", "\"a\\u0000b\"", "\"" + std::string(51, 'x') + "\""}},
           {"expiry_month", {"0", "13", "\"1\"", "1.5", "null", "1e30"}},
           {"expiry_year", {"30", "1999", "2100", "\"2030\""}},
           {"issuer_identification_number", {"\"41111\"", "\"411111111\"", "411111", "\"41111a\""}},
           {"last_4", {"\"111\"", "\"11111\"", "1111", "\"111a\"", "\"\""}},
           {"billing_address", {"[]", "\"x\"", "null"}}}) {
    for (const std::string& value : values) {
      ExpectFault(Card("a", ",\"" + member + "\":" + value), "#/" + member);
    }
  }
  for (const std::string value : {"\"x\"", "\"@b\"", "\"a@\"", "\"a @b\"", "5"}) {
    ExpectFault(Paypal("a", ",\"email\":" + value), "#/email");
  }
  for (const std::string value : {"\"123456789XX\"", "\"12345678\"", "\"12X45\"", "\"XX\"", "5"}) {
    ExpectFault(Bank("a", ",\"masked_account_number\":" + value), "#/masked_account_number");
  }
  ExpectFault(Card("a", R"(,"billing_address":{"country_code":"ZZ"})"),
              "#/billing_address/country_code");
  ExpectFault(Card("a", R"(,"billing_address":{"city":5})"), "#/billing_address/city");
  EXPECT_EQ(Tokens(), "");
}

TEST_F(StoredInstrumentsTest, WhatIsNotKnownIsRefused) {
  ExpectFault(Card("a", R"(,"cvv":"123")"), "#/cvv");
  ExpectFault(Card("a", R"(,"number":"4111111111111111")"), "#/number");
  ExpectFault(Card("a", R"(,"email":"a@b.co")"), "#/email");
  ExpectFault(Paypal("a", R"(,"brand":"VISA")"), "#/brand");
  ExpectFault(Card("a", R"(,"created_at":"2026-09-01T10:00:00Z")"), "#/created_at");
  ExpectFault(Card("a", R"(,"billing_address":{"street":"x"})"), "#/billing_address/street");
  // A name that says something itself is not repeated.
  ExpectFault(Card("a", R"(,"4111111111111111":1)"), "#");
  ExpectFault(Card("a", R"(,"a\"b":1)"), "#");
}

TEST_F(StoredInstrumentsTest, ACardNumberIsRefusedWhereverItStands) {
  const std::string number = "4111 1111 1111 1111";
  const std::string slug = "card-number";
  ExpectFault(Card("4111111111111111"), "#/token", slug);
  ExpectFault(Card("a", ",\"brand\":\"" + number + "\""), "#/brand", slug);
  ExpectFault(Card("a", R"(,"last_4":"4111111111111111")"), "#/last_4", slug);
  ExpectFault(Card("a", R"(,"issuer_identification_number":"4111111111111111")"),
              "#/issuer_identification_number", slug);
  ExpectFault(Card("a", R"(,"billing_address":{"address2":")" + number + "\"}"),
              "#/billing_address/address2", slug);
  ExpectFault(Card("a", R"(,"billing_address":{"company":"x4111111111111111"})"),
              "#/billing_address/company", slug);
  ExpectFault(Bank("a", ",\"issuer\":\"" + number + "\""), "#/issuer", slug);
  ExpectFault(Paypal("a", R"(,"email":"4111111111111111@b.co")"), "#/email", slug);
  EXPECT_EQ(Post(kInstrumentsPath, Card("4111111111111111")).body.find("41111"), std::string::npos);
  EXPECT_EQ(Tokens(), "");
}

TEST_F(StoredInstrumentsTest, BodiesThatNobodySendsInGoodFaith) {
  for (const std::string& body :
       {std::string("{"), std::string("nonsense"), std::string("{} {}"), std::string("{\"a\":1,}"),
        std::string("{\"token\":\"\xff\"}"), std::string(100'000, '['), std::string("{\0}", 3)}) {
    const auto answer = Post(kInstrumentsPath, body);
    EXPECT_EQ(answer.status, 400) << body.substr(0, 40);
    EXPECT_EQ(SlugOf(answer), "malformed-json");
  }
  ExpectFault("[]", "#");
  ExpectFault("null", "#");
  ExpectFault("5", "#");
  std::string many = "{\"type\":\"stored_card\"";
  for (int i = 0; i < 10'000; ++i) many += fmt::format(",\"x{}\":1", i);
  EXPECT_LT(Post(kInstrumentsPath, many + "}").body.size(), 2000U);
  EXPECT_EQ(Post(kInstrumentsPath, "").status, 415);
  // Valid bodies with a few bytes changed.
  const unsigned seed = std::random_device()();
  fmt::print("seed {}\n", seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 300; ++i) {
    std::string body = Card("a", R"(,"billing_address":{"city":"C","country_code":"US"})");
    for (int changes = 0; changes < 3; ++changes) {
      body[random() % body.size()] = static_cast<char>(random() % 256);
    }
    const auto answer = Post(kInstrumentsPath, body);
    EXPECT_TRUE(answer.status == 201 || answer.status == 400 || answer.status == 409 ||
                answer.status == 422)
        << answer.status << " " << body;
    EXPECT_TRUE(ParseJson(answer.body)) << answer.body;
  }
}

TEST_F(StoredInstrumentsTest, CustomersThatThereAreNot) {
  for (const std::string id : {"3", "0", "-1", "x", "1.5", "99999999999999999999", "%00"}) {
    const std::string path = "/customers/" + id + "/stored-instruments";
    EXPECT_EQ(SlugOf(Get(path)), "customer-not-found") << id;
    EXPECT_EQ(SlugOf(Post(path, Card("a"))), "customer-not-found") << id;
    EXPECT_EQ(SlugOf(Delete(path + "/a")), "customer-not-found") << id;
  }
}

TEST_F(StoredInstrumentsTest, GoWithTheirCustomer) {
  ASSERT_EQ(Post(kInstrumentsPath, Card("a")).status, 201);
  ASSERT_EQ(Post("/customers/2/stored-instruments", Card("b")).status, 201);
  std::promise<Result<erasure::Outcome>> erased;
  erasure::Erase(*Store(), customers::OwnerKind::kCustomer, {1},
                 [&](Result<erasure::Outcome> outcome) { erased.set_value(std::move(outcome)); });
  ASSERT_TRUE(erased.get_future().get());
  EXPECT_EQ(SlugOf(Get(kInstrumentsPath)), "customer-not-found");
  EXPECT_EQ(Tokens(2), "b*");
}

}  // namespace
}  // namespace oubli::dialects::native
