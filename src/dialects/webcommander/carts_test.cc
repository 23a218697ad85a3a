// Carts: found by their session, gone with their customer.

#include <string>

#include "customers/shop_records.h"
#include "dialects/webcommander/webcommander_fixture.h"

namespace oubli::dialects::webcommander {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

constexpr std::string_view kCarts = "/api/v4/carts";

class CartsTest : public WebCommanderTest {
 protected:
  http::Response Add(const std::string& body) { return Call("POST", kCarts, body); }
  http::Response AddFor(int64_t internal_id, const std::string& session) {
    return Add(R"({"product_id":101,"quantity":1,"product_name":"Cotton T-Shirt",)"
               R"("sku":"TSHIRT-001","price":25,"customer_id":)" +
               std::to_string(internal_id) + R"(,"session_id":")" + session + R"("})");
  }
  static std::string PathOfCart(const std::string& session) {
    return std::string(kCarts) + "/" + session;
  }
  std::string MessageOf(const http::Response& response) {
    return std::string(*AsString(Json(response).at("error").at("message")));
  }
};

constexpr std::string_view kRest =
    R"("session_id":"cart-7f3a9c2e1b","currency_code":"AUD","currency_symbol":"$",)"
    R"("delivery_type":"shipping","totals":{"subtotal":25.0,"discount":0.0,)"
    R"("shipping_discount":0.0,"tax":0.0,"total":25.0,"grand_total":25.0,"paid":0.0},)"
    R"("shipping":{"cost":0.0,"handling_fee":0.0,"handling_tax":0.0,"shipping_tax":0.0,)"
    R"("total_tax":0.0},"items":[{"id":1,"quantity":1,"variations":null,"taxable":false,)"
    R"("shippable":true,"pricing":{"unit_price":25.0,"display_unit_price":25.0,"total":25.0,)"
    R"("discount":0.0,"discount_tax":0.0,"tax":0.0},"product":{"id":101,"sku":"TSHIRT-001",)"
    R"("base_price":25.0,"available_stock":null,"on_sale":false,"cost_price":0.0,)"
    R"("sale_price":0.0,"url":null,"name":"Cotton T-Shirt","product_type":"simple",)"
    R"("image_link":null}}],"discount":{"discount":0.0,"order_discount":0.0,)"
    R"("shipping_discount":0.0,"discount_on_tax":0.0,"discount_on_shipping_tax":0.0},)"
    R"("messages":{"discount":{"message":"","status":null}}})";

TEST_F(CartsTest, CreateAndGetAnswerTheContractsCart) {
  CreateCustomer("Jane", "jane@example.com");
  auto response = AddFor(2, "cart-7f3a9c2e1b");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, R"({"cart":{"customer_id":2,)" + std::string(kRest) + "}");
  response = Call("GET", PathOfCart("cart-7f3a9c2e1b"));
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, StartsWith(R"({"cart":{"customer_id":null,)" + std::string(kRest) +
                                        R"(,"group_meta":{)"));
}

TEST_F(CartsTest, ASessionIsMadeWhereNoneIsGiven) {
  CreateCustomer("Jane", "jane@example.com");
  const auto response = Add(R"({"product_id":1,"quantity":1,"customer_id":2})");
  EXPECT_THAT(std::string(*AsString(Json(response).at("cart").at("session_id"))),
              MatchesRegex("[0-9A-F]{32}"));
}

TEST_F(CartsTest, ItemsAreAddedChangedAndRemoved) {
  CreateCustomer("Jane", "jane@example.com");
  AddFor(2, "s1");
  EXPECT_THAT(AddFor(2, "s1").body, HasSubstr(R"("items":[{"id":1,"quantity":2,)"));
  Add(R"({"product_id":7,"quantity":1,"customer_id":2,"session_id":"s1"})");
  auto response = Call("PATCH", PathOfCart("s1"),
                       R"({"cart_item_id":2,"quantity":5,"shipping_address":{"city":"Perth"}})");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr(R"({"id":2,"quantity":5,)"));
  EXPECT_EQ(MessageOf(Call("PATCH", PathOfCart("s1"), R"({"quantity":5})")),
            "f:cart_item_id not found");
  EXPECT_EQ(MessageOf(Call("PATCH", PathOfCart("s1"), R"({"cart_item_id":2,"quantity":0})")),
            "f:Minimum required quantity is 1");
  response = Call("PATCH", PathOfCart("s1"), R"({"cart_item_id":99,"quantity":1})");
  EXPECT_EQ(response.status, 404);
  response = Call("PUT", PathOfCart("s1"), "{}");
  EXPECT_EQ(response.body, R"({"sessionId":"s1"})");
  EXPECT_EQ(Call("PUT", PathOfCart("s1"), R"({"sessionId":"s2"})").body, R"({"sessionId":"s2"})");
  EXPECT_EQ(Call("DELETE", PathOfCart("s1") + "/cart_items/1").status, 204);
  response = Call("DELETE", PathOfCart("s1") + "/cart_items/1");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(MessageOf(response), "f:cart item not found");
  EXPECT_EQ(Call("DELETE", PathOfCart("s1")).status, 204);
  response = Call("DELETE", PathOfCart("s1"));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(MessageOf(response), "Your shopping cart is empty");
  EXPECT_EQ(MessageOf(Call("GET", PathOfCart("s1"))), "Your shopping cart is empty");
}

TEST_F(CartsTest, BadCartsInTheSystemsWords) {
  CreateCustomer("Jane", "jane@example.com");
  const struct {
    const char* body;
    const char* message;
  } cases[] = {
      {R"({"product_id":1,"quantity":1})", "customer_id not found"},
      {R"({"product_id":1,"customer_id":2})", "quantity not found"},
      {R"({"quantity":1,"customer_id":2})", "No product found"},
      {R"({"product_id":1,"quantity":1,"customer_id":1})", "No Customer Found"},
      {R"({"product_id":1,"quantity":1,"customer_id":99})", "No Customer Found"},
      {R"({"product_id":1,"quantity":1000001,"customer_id":2})",
       "f:1000001 quantity of this product is not available"},
  };
  for (const auto& c : cases) {
    const auto response = Add(c.body);
    EXPECT_EQ(response.status, 400) << c.body;
    EXPECT_EQ(MessageOf(response), c.message);
  }
  for (const char* bad : {R"({"product_id":1,"quantity":0,"customer_id":2})",
                          R"({"product_id":1,"quantity":1.5,"customer_id":2})",
                          R"({"product_id":1,"quantity":1,"customer_id":2,"session_id":"a b"})",
                          R"({"product_id":1,"quantity":1,"customer_id":2,"session_id":7})",
                          R"({"product_id":1,"quantity":1000000,"price":9000000000000,)"
                          R"("customer_id":2})"}) {
    EXPECT_EQ(Add(bad).status, 400) << bad;
  }
  EXPECT_EQ(Call("GET", PathOfCart("a%20b")).status, 400);
  EXPECT_EQ(Call("GET", PathOfCart(std::string(200, 'x'))).status, 400);
  EXPECT_EQ(Call("GET", kCarts).body, kInvalidApiRequestBody);
  EXPECT_EQ(Call("POST", PathOfCart("s1"), "{}").body, kInvalidApiRequestBody);
}

TEST_F(CartsTest, ErasingTheCustomerTakesTheCartAndFreesTheSession) {
  CreateCustomer("Jane", "jane@example.com");
  CreateCustomer("John", "john@example.com");
  AddFor(2, "s1");
  auto response = AddFor(4, "s1");
  EXPECT_EQ(response.status, 409);
  AddFor(4, "s2");
  EXPECT_EQ(Call("DELETE", PathOf(1)).status, 204);
  EXPECT_EQ(Call("GET", PathOfCart("s1")).status, 400);
  EXPECT_EQ(Call("GET", PathOfCart("s2")).status, 200);
  // Before the sweep has come by.
  EXPECT_EQ(AddFor(4, "s1").status, 201);
  EXPECT_THAT(Call("GET", PathOfCart("s1")).body, HasSubstr("Cotton T-Shirt"));
  EXPECT_EQ(Call("DELETE", PathOf(2)).status, 204);
  EXPECT_EQ(Call("GET", PathOfCart("s1")).status, 400);
}

TEST_F(CartsTest, ACartBecomesAnOrder) {
  CreateCustomer("Jane", "jane@example.com");
  AddFor(2, "s1");
  const std::string path = "/api/v4/admin/orders/carts/s1";
  auto response = Call("POST", path, R"({"customer_id":99})");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(MessageOf(response), "No Customer Found");
  EXPECT_EQ(Call("GET", PathOfCart("s1")).status, 200);
  // The cart's addresses are Jane's: they become nobody else's.
  CreateCustomer("John", "john@example.com");
  response = Call("POST", path, R"({"customer_id":2})");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(MessageOf(response), "No Customer Found");
  EXPECT_EQ(Call("GET", PathOfCart("s1")).status, 200);
  response = Call("POST", path, R"({"customer_id":1,"transaction_no":"T"})");
  EXPECT_EQ(response.status, 201);
  EXPECT_THAT(response.body, StartsWith(R"({"status":"success","order":{"order_id":1,)"));
  EXPECT_THAT(response.body, HasSubstr(R"("grand_total":25.0)"));
  EXPECT_EQ(Call("GET", PathOfCart("s1")).status, 400);
  EXPECT_EQ(MessageOf(Call("POST", path, R"({"customer_id":1})")), "Your shopping cart is empty");
}

TEST_F(CartsTest, TheSessionStandsNowhereInTheStoresFile) {
  CreateCustomer("Jane", "jane@example.com");
  AddFor(2, "canary-session");
  auto view = world_.OpenStore("abc")->Read();
  auto select = (*view)->connection().Prepare("SELECT id, ordinal FROM record_id WHERE kind = 12");
  ASSERT_TRUE(select && (*select)->Step().value());
  EXPECT_GT((*select)->Int(0), int64_t{1} << 61);
}

TEST_F(CartsTest, InternalNumbersAreFoundWhateverTheIds) {
  // Ids that fall while the ordinals rise, as an import makes them.
  for (const int64_t id : {500, 40, 300, 2, 77}) {
    Write([&](customers::StoreTransaction& transaction) {
      customers::Customer customer;
      customer.head.id = id;
      customer.profile.first_name = std::to_string(id);
      return customers::CreateCustomer(transaction, customer);
    });
  }
  for (const int64_t id : {500, 40, 300, 2, 77}) {
    const auto customer = Json(Call("GET", PathOf(id)));
    const auto internal = AsInt(customer.at("customer").at("internal_id")).value();
    const auto response = AddFor(internal, "s" + std::to_string(id));
    EXPECT_EQ(response.status, 201) << id;
    EXPECT_THAT(response.body,
                StartsWith(R"({"cart":{"customer_id":)" + std::to_string(internal) + ","));
    EXPECT_EQ(Call("DELETE", PathOf(id)).status, 204);
    EXPECT_EQ(Call("GET", PathOfCart("s" + std::to_string(id))).status, 400);
  }
}

}  // namespace
}  // namespace oubli::dialects::webcommander
