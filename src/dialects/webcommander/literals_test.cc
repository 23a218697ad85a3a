// Bodies that the contract spells out and that no other test compares whole. What the contract
// leaves to us (numbers, the state's id, taxes) is ours here.
#include <string>

#include "dialects/webcommander/webcommander_fixture.h"

namespace oubli::dialects::webcommander {
namespace {

using testing::HeaderOf;
using ::testing::StartsWith;

class LiteralsTest : public WebCommanderTest {
 protected:
  int64_t CreateWithId(int64_t id, const std::string& email) {
    const auto made = Write([&](customers::StoreTransaction& transaction) {
      customers::Customer customer;
      customer.head.id = id;
      customer.profile.first_name = "Jane";
      customer.profile.last_name = "Doe";
      customer.profile.email = email;
      return customers::CreateCustomer(transaction, customer);
    });
    return made->head.id;
  }
  static std::string TextOf(const boost::json::value& value) {
    return std::string(AsString(value).value_or(""));
  }
};

// ---- 1.3, 2 ----

TEST_F(LiteralsTest, CreatedAnswersHaveNoLocationAndReadsNoValidators) {
  const auto created = Call("POST", kCustomers, R"({"customer":{"first_name":"Jane"}})");
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(HeaderOf(created, "Location"), "");
  const auto read = Call("GET", PathOf(1));
  for (const char* name : {"ETag", "Last-Modified"}) EXPECT_EQ(HeaderOf(read, name), "") << name;
}

TEST_F(LiteralsTest, TheWrappedShape) {
  const auto response = Call("GET", "/api/v4/admin/orders/7");
  const std::string id = TextOf(Json(response).at("error").at("request_id"));
  EXPECT_THAT(id, ::testing::MatchesRegex(
                      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(response.body,
            R"({"error":{"code":"not_found","message":"Order Not Found","details":[],)"
            R"("request_id":")" +
                id + R"("}})");
}

// ---- 3 ----

// The body that the public site shows, with all of its fields.
TEST_F(LiteralsTest, TheSitesOwnCreateBodyServes) {
  const auto response =
      Call("POST", kCustomers,
           R"({"customer":{"first_name":"Jane","last_name":"Doe","shipping_profile":1,)"
           R"("gender":"female","email":"jane@example.com","company_name":"Doe",)"
           R"("address_line":"1 Example Street","country":12,"state":71,"post_code":"2000",)"
           R"("city":"Sydney","mobile":"0400000000","phone":"0300000000","abn":"12",)"
           R"("abn_branch":"3","newsletter":{"subscribed":true},"password":"s3cret",)"
           R"("hide_price":false,"transaction_number":"T-1","parent":null,"is_company":true}})");
  ASSERT_EQ(response.status, 201) << response.body;
  const auto json = Json(response);
  EXPECT_EQ(json.at("customer").at("gender"), "female");
  EXPECT_EQ(json.at("customer").at("abn"), "12");
  // And the fields of its update beside the wrapper.
  const auto updated = Call(
      "PUT", PathOf(1),
      R"({"customer":{"first_name":"Janet","address_line":"2 Example Street","password":"n3w"},)"
      R"("store_credit":1,"credit_limit":2,"customer_password_expired":false,)"
      R"("allow_credit_limit":true})");
  EXPECT_EQ(updated.status, 200) << updated.body;
}

TEST_F(LiteralsTest, BulkResetOfTwo) {
  CreateWithId(123, "jane@example.com");
  CreateWithId(124, "john@example.com");
  const auto response =
      Call("POST", "/api/v4/admin/customers/bulk-reset-password", R"({"customer_ids":[123,124]})");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body,
            R"({"queued":[123,124],"skipped":[],"total_queued":2,"requested":2,)"
            R"("status":"queued","message":"Password reset emails queued for 2 of 2 customers."})");
}

TEST_F(LiteralsTest, StoreCreditAdjustments) {
  CreateWithId(123, "jane@example.com");
  const std::string path = PathOf(123) + "/store-credit/adjustments";
  auto response = Call("POST", path, R"({"action":"add","amount":20,"note":"Refund"})");
  EXPECT_EQ(response.status, 201);
  const std::string by = TextOf(Json(response).at("store_credit_adjustment").at("created_by"));
  EXPECT_NE(by, "");
  const std::string entry =
      R"("id":1,"customer_id":123,"internal_id":2,"action":"add","amount":20.0,)"
      R"("note":"Refund","created_at":"2026-09-01T10:00:00Z","created_by":")" +
      by + "\"";
  EXPECT_EQ(response.body, R"({"store_credit_adjustment":{)" + entry +
                               R"(,"balance_before":0.0,"balance_after":20.0},)"
                               R"("store_credit":20.0})");
  response = Call("GET", path);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body,
            R"({"store_credit_adjustments":[{)" + entry +
                R"(}],"pagination":{"total":1,"limit":20,"offset":0,"count":1,)"
                R"("current_page":1,"total_pages":1,"has_next":false,"has_previous":false,)"
                R"("previous_page":null,"next_page":null}})");
}

TEST_F(LiteralsTest, OrdersOfACustomer) {
  CreateWithId(512, "jane.doe@example.com");
  EXPECT_EQ(Call("GET", PathOf(512) + "/orders").body,
            R"({"customer_id":512,"internal_id":2,"orders":[]})");
  const auto created = Call("POST", "/api/v4/admin/orders",
                            R"({"products":[{"product_id":101,"quantity":1}],"customer_id":512})");
  ASSERT_THAT(created.body, StartsWith(R"({"order":{)"));
  const std::string end = R"(,"status":"success"})";
  const std::string flat = created.body.substr(9, created.body.size() - 9 - end.size());
  EXPECT_EQ(Call("GET", PathOf(512) + "/orders?limit=0&nothing=read").body,
            R"({"customer_id":512,"internal_id":2,"orders":[)" + flat + "]}");
  EXPECT_EQ(Call("GET", PathOf(999) + "/orders").body, kNotFoundBody);
  EXPECT_EQ(Call("GET", std::string(kCustomers) + "/x/orders").body, kInvalidIdBody);
}

TEST_F(LiteralsTest, TheFieldsOfAForm) {
  const auto response = Call("GET", "/api/v4/create-customer-fields");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(
      response.body,
      StartsWith(R"({"fields":["first_name","last_name","email","password","gender","company",)"
                 R"("company_name","abn","abn_branch"],"fields_configs":{)"
                 R"("first_name_order":"1","first_name_key":"first_name",)"
                 R"("first_name_label":"First Name","first_name_active":true,)"
                 R"("first_name_required":true,"last_name_order":"2","last_name_key":)"
                 R"("last_name","last_name_label":"Last Name","last_name_active":true,)"
                 R"("last_name_required":false,)"));
  // Every field that it names is one that a create takes and keeps.
  const auto json = Json(response);
  std::string body = R"({"customer":{)";
  for (const auto& field : json.at("fields").as_array()) {
    const std::string name = TextOf(field);
    const std::string value = name == "company" ? "true" : R"("a@b.example")";
    body += (body.back() == '{' ? "\"" : ",\"") + name + "\":" + value;
  }
  EXPECT_EQ(Call("POST", kCustomers, body + "}}").status, 201);
}

// ---- 4 ----

TEST_F(LiteralsTest, TheSectionedOrder) {
  CreateWithId(512, "jane.doe@example.com");
  const std::string address =
      R"("first_name":"Jane","last_name":"Doe","email":"jane.doe@example.com",)"
      R"("company_name":"","address_line_1":"1 Example Street","address_line_2":"Level 2",)";
  const std::string place =
      R"("city":"Melbourne","post_code":"3000","mobile":"0400000000","phone":"0300000000",)"
      R"("fax":"")";
  const std::string sent = "{" + address +
                           R"("country":{"name":"Australia","code":"AU"},)"
                           R"("state":{"name":"Victoria","code":"VIC"},)" +
                           place + "}";
  ASSERT_EQ(Call("POST", PathOf(512) + "/addresses",
                 R"({"customer":{"addresses":[{"type":"primary",)" + sent.substr(1) + "]}}")
                .status,
            201);
  ASSERT_EQ(Call("POST", "/api/v4/admin/orders",
                 R"({"products":[{"product_id":101,"quantity":1,"product_name":)"
                 R"("Cotton T-Shirt","sku":"TSHIRT-001","price":25.0},{"product_id":102,)"
                 R"("quantity":1,"price":15}],"customer_id":512,)"
                 R"("transaction_no":"TXN-ORDER-0001","billing_address":)" +
                     sent + R"(,"shipping_address":)" + sent + "}")
                .status,
            201);
  const std::string shown = address +
                            R"("country":{"id":21,"name":"Australia","code":"AU"},)"
                            R"("state":{"id":null,"name":"Victoria","code":"VIC"},)" +
                            place + "}";
  const auto item = [](const std::string& front, const std::string& price) {
    return R"({"item_id":)" + front + R"(,"quantity":1,"price":)" + price + R"(,"total_amount":)" +
           price +
           R"(,"tax":0.0,"discount":0.0,"tax_discount":0.0,"is_taxable":false,)"
           R"("is_shippable":true,"image_url":null,"variations":[],)"
           R"("serial_batch_number":null})";
  };
  EXPECT_THAT(
      Call("GET", "/api/v4/admin/orders/1").body,
      StartsWith(
          R"({"order":{"order_id":1,"order_no":1,"internal_id":2,"order_status":"in_progress",)"
          R"("payment_status":"unpaid","shipping_status":"not_shipped","currency_code":"AUD",)"
          R"("transaction_no":"TXN-ORDER-0001","ip_address":null,)"
          R"("created_on":"2026-09-01T10:00:00Z","last_updated_on":"2026-09-01T10:00:00Z",)"
          R"("customer":{"first_name":"Jane","last_name":"Doe","customer_group":null,)"
          R"("gender":null,"customer_id":512,"internal_id":2,"email":"jane.doe@example.com",)"
          R"("address_line_1":"1 Example Street","address_line_2":"Level 2","city":"Melbourne",)"
          R"("country":{"id":21,"name":"Australia","code":"AU"},)"
          R"("state":{"id":null,"name":"Victoria","code":"VIC"},"post_code":"3000",)"
          R"("phone":"0300000000","mobile":"0400000000","fax":"","company_name":""},)"
          R"("billing_address":{"id":2,)" +
          shown + R"(,"shipping_address":{"id":3,)" + shown + R"(,"items":[)" +
          item(R"(1,"product_name":"Cotton T-Shirt","product_id":101,"sku":"TSHIRT-001")", "25.0") +
          "," + item(R"(2,"product_name":"","product_id":102,"sku":"")", "15.0") +
          R"(],"shipping":{"delivery_type":"shipping","shipping_type":null,)"
          R"("shipping_status":"not_shipped","shipping_cost":0.0,"shipping_tax":0.0},)"
          R"("discounts":{"total_discount":0.0,"coupon_code":null,"gift_card_code":null},)"
          R"("charges_totals":{"sub_total":40.0,"total_tax":0.0,"handling_cost":0.0,)"
          R"("total_surcharge":0.0,"other_charges":0.0,"grand_total":40.0,"paid":0.0,)"
          R"("due":40.0,"refunded":0.0,"refund_status":null,"items_total":2},)"
          R"("payments":[{"id":1,"status":"awaiting","amount":40.0,"payment_method":null,)"
          R"("track_info":null,"gateway_name":null,"gateway_code":"PIS","payer_info":null,)"
          R"("paying_date":null,"transaction_date":null,"transaction_reference":null}],)"
          R"("fulfillment":{"fulfillment_mode":null,"fulfillment_term":null,)"
          R"("invoice_mode":null,"payment_term":null,"customer_po_number":null,)"
          R"("external_reference_order_id":null,"external_reference_store_id":null,)"
          R"("external_reference_order_no":null,"external_reference_status":null,)"
          R"("external_reference_url":null,"custom_fields":[]}})"));
}

TEST_F(LiteralsTest, OrderComments) {
  ASSERT_EQ(Call("POST", "/api/v4/admin/orders", R"({"products":[{"product_id":1,"quantity":1}]})")
                .status,
            201);
  const std::string path = "/api/v4/admin/orders/1/comments";
  const auto response = Call("POST", path, R"({"content":"Call first","save_and_send":true})");
  EXPECT_EQ(response.status, 201);
  const std::string comment =
      R"({"id":1,"content":"Call first","admin_name":")" +
      TextOf(Json(response).at("comment").at("admin_name")) +
      R"(","visible_to_customer":true,"admin":true,"created":"2026-09-01T10:00:00Z"})";
  EXPECT_EQ(response.body, R"({"comment":)" + comment + "}");
  EXPECT_EQ(Call("GET", path).body, R"({"comments":[)" + comment + "]}");
}

// ---- 6 ----

TEST_F(LiteralsTest, CouponsOfAProfile) {
  CreateWithId(123, "jane@example.com");
  Call("POST", "/api/v4/admin/discount_profiles", R"({"name":"Ten","type":"offer_coupon"})");
  const auto made =
      Call("POST", "/api/v4/admin/discount_profiles/1/create-coupons", R"({"requested_codes":2})");
  const auto codes = Json(made).at("codes").as_array();
  const std::string first = TextOf(codes.at(0)), second = TextOf(codes.at(1));
  EXPECT_THAT(first, ::testing::MatchesRegex("[A-Z0-9]{10}"));
  EXPECT_EQ(made.body, R"({"status":"success","message":"2 new codes generated.","codes":[")" +
                           first + "\",\"" + second + "\"]}");
  EXPECT_EQ(Call("POST", "/api/v4/admin/discount_coupons/assign-customer",
                 R"({"code":")" + first + R"(","email":"jane@example.com"})")
                .status,
            201);
  EXPECT_EQ(Call("GET", "/api/v4/admin/discount_profiles/1").body,
            R"({"discount_profile":{"id":1,"name":"Ten","type":"offer_coupon",)"
            R"("customer_coupons":[{"id":1,"code":")" +
                first + R"(","customer_email":"jane@example.com"},{"id":2,"code":")" + second +
                R"(","customer_email":""}]}})");
}

TEST_F(LiteralsTest, PatchOfAProfileIsNoMethod) {
  const auto response = Call("PATCH", "/api/v4/admin/discount_profiles/1", "{}");
  EXPECT_EQ(response.status, 405);
  EXPECT_THAT(response.body, StartsWith(R"({"error":{"code":"invalid_request",)"
                                        R"("message":"Method Not Allowed","details":[],)"));
}

}  // namespace
}  // namespace oubli::dialects::webcommander
