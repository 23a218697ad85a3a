// What the hostile tests share: a good example of every call, and the judgement of an answer.
#pragma once

#include <string>
#include <vector>

#include "dialects/webcommander/webcommander_fixture.h"

namespace oubli::dialects::webcommander {

struct HostileCall {
  std::string name;  // method and pattern, as in the router
  std::string path;
  std::string body;  // a good one; "" for calls that read none
};

// Over the world of Seed(): customer 1 with an order 1 and the cart "s1", profile 1 with coupons.
inline std::vector<HostileCall> Calls() {
  const std::string customers(kCustomers);
  const std::string orders = "/api/v4/admin/orders";
  const std::string profiles = "/api/v4/admin/discount_profiles";
  const std::string address =
      R"({"first_name":"J","last_name":"D","email":"a@b.example","company_name":"C",)"
      R"("address_line_1":"1 St","address_line_2":"","city":"Sydney","post_code":"2000",)"
      R"("country":{"id":21,"name":"Australia","code":"AU"},"state":{"name":"N","code":"NSW"},)"
      R"("mobile":"1","phone":"2","fax":"3"})";
  const std::string typed = R"({"type":"primary",)" + address.substr(1);
  const std::string customer =
      R"({"first_name":"J","last_name":"D","gender":"f","status":"active","company":true,)"
      R"("company_name":"C","note":"n","abn":"1","store_credit":1.5,"credit_limit":2,)"
      R"("hide_price":false,"custom_properties":[{"label":"a","description":"b"}]})";
  const std::string order =
      R"("products":[{"product_id":1,"quantity":2,"product_name":"T","sku":"s","price":1.5}],)"
      R"("customer_id":1,"payment_gateway":"PIS","delivery_type":"shipping","is_send_email":true,)"
      R"("transaction_no":"t","external_reference_order_id":"x","discounts":{"coupon_code":""},)"
      R"("billing_address":)" +
      address + R"(,"shipping_address":)" + address;
  return {
      {"POST /api/v4/oauth2/token", "/api/v4/oauth2/token",
       R"({"grant_type":"client_credentials","client_id":"a","client_secret":"b",)"
       R"("redirect_uri":"c","auth_string":"YTpi"})"},
      {"GET /api/v4/create-customer-fields", "/api/v4/create-customer-fields", ""},
      {"GET /api/v4/admin/customers", customers, ""},
      {"POST /api/v4/admin/customers", customers,
       R"({"customer":)" + customer + R"(,"transaction_no":"t"})"},
      {"GET /api/v4/admin/customers/count", customers + "/count", ""},
      {"GET /api/v4/admin/customers/check-email", customers + "/check-email", ""},
      {"GET /api/v4/admin/customers/export", customers + "/export", ""},
      {"POST /api/v4/admin/customers/import", customers + "/import", ""},
      {"POST /api/v4/admin/customers/bulk-reset-password", customers + "/bulk-reset-password",
       R"({"customer_ids":[1,2]})"},
      {"GET /api/v4/admin/customers/{customer_id}", customers + "/1", ""},
      {"PUT /api/v4/admin/customers/{customer_id}", customers + "/1",
       R"({"customer":)" + customer +
           R"(,"transaction_no":"t","store_credit":1,"credit_limit":2,)"
           R"("customer_password_expired":false,"allow_credit_limit":true})"},
      {"DELETE /api/v4/admin/customers/{customer_id}", customers + "/999", ""},
      {"POST /api/v4/admin/customers/{customer_id}/addresses", customers + "/1/addresses",
       R"({"customer":{"addresses":[)" + typed + "]}}"},
      {"POST /api/v4/admin/customers/{customer_id}/reset-password", customers + "/1/reset-password",
       R"({"customer":{"password":"p"},"transaction_no":"t"})"},
      {"POST /api/v4/admin/customers/{customer_id}/change-password",
       customers + "/1/change-password",
       R"({"customer":{"email":"a@b.example","old_password":"o","password":"p"}})"},
      {"GET /api/v4/admin/customers/{customer_id}/store-credit/adjustments",
       customers + "/1/store-credit/adjustments", ""},
      {"POST /api/v4/admin/customers/{customer_id}/store-credit/adjustments",
       customers + "/1/store-credit/adjustments", R"({"action":"add","amount":2.5,"note":"n"})"},
      {"GET /api/v4/admin/customers/{customer_id}/orders", customers + "/1/orders", ""},
      {"GET /api/v4/admin/orders", orders, ""},
      {"POST /api/v4/admin/orders", orders, "{" + order + "}"},
      {"GET /api/v4/admin/orders/count", orders + "/count", ""},
      {"POST /api/v4/admin/orders/with-payment", orders + "/with-payment",
       "{" + order + R"(,"payment":{"amount":1,"status":"success","payment_method":"card",)" +
           R"("track_info":"i"}})"},
      {"POST /api/v4/admin/orders/carts/{session_id}", orders + "/carts/none",
       R"({"customer_id":1,"payment_gateway":"PIS","delivery_type":"shipping",)"
       R"("transaction_no":"t"})"},
      {"GET /api/v4/admin/orders/{order_id}", orders + "/1", ""},
      {"PUT /api/v4/admin/orders/{order_id}", orders + "/1",
       R"({"customer_id":1,"order_status":"paused","payment_term":"p","customer_po_number":"q",)"
       R"("transaction_no":"t","billing_address":)" +
           address + "}"},
      {"PATCH /api/v4/admin/orders/{order_id}", orders + "/1",
       R"({"order_status":"paused","payment_term":"p","customer_po_number":"q",)"
       R"("shipping_address":)" +
           address + "}"},
      {"DELETE /api/v4/admin/orders/{order_id}", orders + "/999", ""},
      {"PATCH /api/v4/admin/orders/{order_id}/addresses", orders + "/1/addresses",
       R"({"billing_address":)" + address + "}"},
      {"POST /api/v4/admin/orders/{order_id}/cancel", orders + "/999/cancel",
       R"({"reason":"r","refund_automatically":true,"is_gateway_refund":false})"},
      {"PATCH /api/v4/admin/orders/{order_id}/update-status", orders + "/1/update-status",
       R"({"status":"paused","transaction_no":"t"})"},
      {"GET /api/v4/admin/orders/{order_id}/comments", orders + "/1/comments", ""},
      {"POST /api/v4/admin/orders/{order_id}/comments", orders + "/1/comments",
       R"({"content":"c","save_and_send":true})"},
      {"POST /api/v4/carts", "/api/v4/carts",
       R"({"product_id":1,"quantity":2,"customer_id":2,"session_id":"s1","product_name":"T",)"
       R"("sku":"s","price":1.5,"shipping_address":)" +
           address + "}"},
      {"GET /api/v4/carts/{session_id}", "/api/v4/carts/s1", ""},
      {"PUT /api/v4/carts/{session_id}", "/api/v4/carts/s1", R"({"sessionId":"s1"})"},
      {"PATCH /api/v4/carts/{session_id}", "/api/v4/carts/s1",
       R"({"cart_item_id":1,"quantity":2,"shipping_address":)" + address +
           R"(,"billing_address":)" + address + "}"},
      {"DELETE /api/v4/carts/{session_id}", "/api/v4/carts/none", ""},
      {"DELETE /api/v4/carts/{session_id}/cart_items/{cart_item_id}",
       "/api/v4/carts/s1/cart_items/999", ""},
      {"GET /api/v4/admin/discount_profiles", profiles, ""},
      {"POST /api/v4/admin/discount_profiles", profiles,
       R"({"name":"A","type":"customer","description":"d","is_active":true,"priority":1,)"
       R"("start_date":"2026-09-01 10:00:00","discount_details_type":"amount",)"
       R"("amount_details":{"amount":1}})"},
      {"GET /api/v4/admin/discount_profiles/{id}", profiles + "/1", ""},
      {"PUT /api/v4/admin/discount_profiles/{id}", profiles + "/1",
       R"({"name":"B","type":"customer","end_date":"2026-09-01 10:00:00"})"},
      {"PATCH /api/v4/admin/discount_profiles/{id}", profiles + "/1", ""},
      {"DELETE /api/v4/admin/discount_profiles/{id}", profiles + "/999", ""},
      {"POST /api/v4/admin/discount_profiles/{id}/create-coupons", profiles + "/1/create-coupons",
       R"({"requested_codes":2})"},
      {"POST /api/v4/admin/discount_coupons/assign-customer",
       "/api/v4/admin/discount_coupons/assign-customer", R"({"code":"X","email":"a@b.example"})"},
  };
}

class HostileInputTest : public WebCommanderTest {
 protected:
  void Seed() {
    CreateCustomer("Jane", "jane@example.com");
    CreateCustomer("John", "john@example.com");
    ASSERT_EQ(Call("POST", "/api/v4/admin/orders",
                   R"({"products":[{"product_id":1,"quantity":1}],"customer_id":1})")
                  .status,
              201);
    ASSERT_EQ(Call("POST", "/api/v4/carts",
                   R"({"product_id":1,"quantity":1,"customer_id":2,"session_id":"s1"})")
                  .status,
              201);
    ASSERT_EQ(
        Call("POST", "/api/v4/admin/discount_profiles", R"({"name":"Z","type":"customer"})").status,
        201);
  }
  // All that a call could have changed.
  std::string State() {
    auto view = world_.OpenStore("abc")->Read();
    EXPECT_TRUE(view);
    std::string state;
    // A record that is written again has another nonce in front.
    for (const char* sql : {"SELECT group_concat(hex(substr(sealed, 1, 24))) FROM record",
                            "SELECT group_concat(ordinal || '/' || id) FROM owner",
                            "SELECT group_concat(name || type || fields) FROM discount_profile",
                            "SELECT group_concat(code) FROM coupon",
                            "SELECT group_concat(no || '/' || customer_id) FROM mail_request",
                            "SELECT group_concat(name || '=' || value) FROM counter"}) {
      auto select = (*view)->connection().Prepare(sql);
      EXPECT_TRUE(select && (*select)->Step().value()) << sql;
      state += std::string((*select)->Text(0)) + "\n";
    }
    return state;
  }
  // An answer that is in order: no crash, no failure of ours, JSON, and nothing repeated.
  void Judge(const http::Response& response, const std::string& shown) {
    EXPECT_GE(response.status, 200) << shown;
    // The system's own words to an order's address without a name.
    const bool nameless = response.status == 500 && response.body == "{}";
    EXPECT_TRUE(response.status < 500 || nameless) << shown << " " << response.body;
    if (response.status == 204) return;
    if (response.body.starts_with("PK")) return;
    EXPECT_TRUE(ParseJson(response.body)) << shown << " " << response.body.substr(0, 200);
    if (response.status < 400) return;
    EXPECT_THAT(response.body, ::testing::Not(::testing::HasSubstr("canary"))) << shown;
    EXPECT_LT(response.body.size(), 2000u) << shown;
  }
  // Sends it and sees that a refusal left everything as it was.
  int Try(const HostileCall& call, const std::string& target, const std::string& body) {
    const std::string shown = call.name + " " + target.substr(0, 120) + " " + body.substr(0, 300);
    const std::string before = State();
    const auto response = Call(call.name.substr(0, call.name.find(' ')), target, body);
    Judge(response, shown);
    if (response.status >= 400) {
      EXPECT_EQ(State(), before) << shown;
    }
    return response.status;
  }
};

}  // namespace oubli::dialects::webcommander
