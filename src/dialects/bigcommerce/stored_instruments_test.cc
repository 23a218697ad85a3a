// GET /v3/customers/{customer_id}/stored-instruments. (They are made by the dialect `native`.)
#include "customers/payment_instruments.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::PaymentInstrument;

const std::string kInstrumentsPath = "/v3/customers/1/stored-instruments";

class StoredInstrumentsTest : public BigCommerceTest {
 protected:
  StoredInstrumentsTest() { token_ = TokenFor("abc", {"store_stored_payment_instruments"}); }

  void Add(const customers::Head& owner, const PaymentInstrument& instrument) {
    ASSERT_TRUE(Store()->WriteAndWait([&](customers::StoreTransaction& transaction) {
      return customers::AddPaymentInstrument(transaction, owner, instrument);
    }));
  }
  static PaymentInstrument Card() {
    PaymentInstrument card;
    card.token = "84596bea275fa254da820056bdc3e495bdf01fd11c51b0336347d447ee16200c";
    card.brand = "VISA";
    card.expiry_month = 1;
    card.expiry_year = 2030;
    card.issuer_identification_number = "411111";
    card.last_4 = "1111";
    customers::Address& address = card.billing_address.emplace();
    address.first_name = "John";
    address.last_name = "Doe";
    address.email = "example@email.com";
    address.company = "Test Company";
    address.line1 = "1 Sample Street";
    address.line2 = "Apt 1";
    address.city = "Las Vegas";
    address.postal_code = "90854";
    address.state = "Nevada";
    address.state_code = "NV";
    address.country_code = "US";
    address.phone = "101-192-0293";
    return card;
  }
};

// Contract 5.5.
TEST_F(StoredInstrumentsTest, TheContractsExchange) {
  const customers::Head owner = Create("a@example.com").head;
  EXPECT_EQ(Get(kInstrumentsPath).body, "[]");
  Add(owner, Card());
  PaymentInstrument paypal;
  paypal.type = PaymentInstrument::Type::kPaypalAccount;
  paypal.token = "dfgh";
  paypal.email = "buyer@example.com";
  Add(owner, paypal);
  PaymentInstrument bank;
  bank.type = PaymentInstrument::Type::kBankAccount;
  bank.token = "5364";
  bank.masked_account_number = "12XXX56";
  bank.issuer = "DE001";
  Add(owner, bank);
  const auto answer = Get(kInstrumentsPath);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(testing::HeaderOf(answer, "content-type"), "application/json");
  EXPECT_EQ(
      answer.body,
      R"([{"type":"stored_card","token":"84596bea275fa254da820056bdc3e495bdf01fd11c51b0336347d447ee16200c",)"
      R"("is_default":true,"brand":"VISA","expiry_month":1,"expiry_year":2030,)"
      R"("issuer_identification_number":"411111","last_4":"1111","billing_address":{)"
      R"("first_name":"John","last_name":"Doe","email":"example@email.com",)"
      R"("company":"Test Company","address1":"1 Sample Street","address2":"Apt 1",)"
      R"("city":"Las Vegas","postal_code":"90854","state_or_province":"Nevada",)"
      R"("state_or_province_code":"NV","country_code":"US","phone":"101-192-0293"}},)"
      R"({"type":"stored_paypal_account","token":"dfgh","is_default":false,)"
      R"("email":"buyer@example.com"},)"
      R"({"type":"stored_bank_account","token":"5364","is_default":false,)"
      R"("masked_account_number":"12XXX56","issuer":"DE001"}])");
}

TEST_F(StoredInstrumentsTest, RefusesInWordsOfItsOwn) {
  Create("a@example.com");
  const std::string unauthorized = R"({"code":401,"message":"Unauthorized"})";
  const std::string missing_scope = R"({"code":403,"message":"Missing scope"})";
  for (const std::vector<http::Header>& headers : std::vector<std::vector<http::Header>>{
           {}, {{"X-Auth-Token", ""}}, {{"X-Auth-Token", "nonsense"}}}) {
    const auto answer = world_.Send("GET", "/stores/abc" + kInstrumentsPath, headers);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.body, unauthorized);
    EXPECT_EQ(testing::HeaderOf(answer, "content-type"), "application/json");
  }
  token_ = TokenFor("abc", {"store_stored_payment_instruments_read_only"});
  EXPECT_EQ(Get(kInstrumentsPath).status, 200);
  token_ = TokenFor("abc", {kModifyScope, kReadScope});
  EXPECT_EQ(Get(kInstrumentsPath).status, 403);
  EXPECT_EQ(Get(kInstrumentsPath).body, missing_scope);
  world_.CreateStore("other");
  token_ = TokenFor("other", {"store_stored_payment_instruments"});
  EXPECT_EQ(Get(kInstrumentsPath).status, 403);
  EXPECT_EQ(Get(kInstrumentsPath).body, missing_scope);
  // There is no other method.
  EXPECT_EQ(Delete(kInstrumentsPath).status, 405);
  EXPECT_EQ(Post(kInstrumentsPath, "{}").status, 405);
}

TEST_F(StoredInstrumentsTest, GoWithTheCustomer) {
  const customers::Head owner = Create("a@example.com").head;
  const customers::Head neighbour = Create("b@example.com").head;
  Add(owner, Card());
  Add(neighbour, Card());
  const std::string reads = token_;
  token_ = TokenFor("abc", {kModifyScope});
  ASSERT_EQ(Delete("/v3/customers?id:in=1").status, 204);
  token_ = reads;
  EXPECT_EQ(Get(kInstrumentsPath).body, "[]");
  EXPECT_NE(Get("/v3/customers/2/stored-instruments").body, "[]");
  EXPECT_EQ(Get("/v3/customers/77/stored-instruments").body, "[]");
  EXPECT_EQ(Get("/v3/customers/x/stored-instruments").status, 404);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
