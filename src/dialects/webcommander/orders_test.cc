// Orders: of customers, who take them with them, and of guests, who are erased with them.

#include <string>

#include "customers/kept_orders.h"
#include "customers/settings.h"
#include "customers/shop_records.h"
#include "dialects/webcommander/webcommander_fixture.h"
#include "erasure/eraser.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::OwnerKind;
using customers::StoreTransaction;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kOrders = "/api/v4/admin/orders";

class OrdersTest : public WebCommanderTest {
 protected:
  http::Response Post(const std::string& rest, const std::string& body) {
    return Call("POST", std::string(kOrders) + rest, body);
  }
  http::Response Get(const std::string& rest) { return Call("GET", std::string(kOrders) + rest); }

  int64_t NewOrder(int64_t customer_id) {
    std::string body = R"({"products":[{"product_id":101,"quantity":2,"product_name":"T-Shirt",)"
                       R"("sku":"TS-1","price":12.5}])";
    if (customer_id != 0) body += R"(,"customer_id":)" + std::to_string(customer_id);
    body += R"(,"billing_address":{"first_name":"Bill","last_name":"Payer",)"
            R"("email":"bill@example.com","address_line_1":"9 Paying Street"}})";
    const auto response = Post("", body);
    EXPECT_EQ(response.status, 201) << response.body;
    return AsInt(Json(response).at("order").at("order_id")).value_or(0);
  }
  std::string PathOfOrder(int64_t id) { return "/" + std::to_string(id); }
};

TEST_F(OrdersTest, CreateAnswersTheFlatOrder) {
  CreateCustomer("Jane", "jane@example.com");
  const auto response =
      Post("", R"({"products":[{"product_id":101,"quantity":1,"product_name":"Cotton T-Shirt",)"
               R"("sku":"TSHIRT-001","price":25}],"customer_id":1,"transaction_no":"TXN-1"})");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(
      response.body,
      R"({"order":{"order_id":1,"order_no":1,"internal_id":2,"order_status":"in_progress",)"
      R"("payment_status":"unpaid","shipping_status":"unshipped","currency_code":"AUD",)"
      R"("transaction_no":"TXN-1","ip_address":null,"created_at":"2026-09-01T10:00:00Z",)"
      R"("updated_at":"2026-09-01T10:00:00Z","customer_summary":{"first_name":"Jane",)"
      R"("last_name":"","customer_group":null,"gender":null,"customer_id":1,"internal_id":2,)"
      R"("email":"jane@example.com","address_line_1":"","address_line_2":"","city":"",)"
      R"("country":null,"state":null,"post_code":"","phone":"","mobile":"","fax":"",)"
      R"("company_name":""},"billing_address":null,"shipping_address":null,)"
      R"("order_line_details":[{"item_id":1,"product_name":"Cotton T-Shirt","product_id":101,)"
      R"("sku":"TSHIRT-001","quantity":1,"price":25.0,"total_amount":25.0,"tax":0.0,)"
      R"("discount":0.0,"tax_discount":0.0,"is_taxable":false,"is_shippable":true,)"
      R"("image_url":null,"variations":[],"serial_batch_number":null}],)"
      R"("shipping":{"delivery_type":"shipping","shipping_type":null,)"
      R"("shipping_status":"unshipped","shipping_cost":0.0,"shipping_tax":0.0},)"
      R"("discounts":{"total_discount":0.0,"coupon_code":null,"gift_card_code":null},)"
      R"("sub_total":25.0,"total_tax":0.0,"handling_cost":0.0,"total_surcharge":0.0,)"
      R"("other_charges":0.0,"grand_total":25.0,"paid":0.0,"due":25.0,"refunded":0.0,)"
      R"("refund_status":null,"items_total":1,"payments":[{"id":1,"status":"awaiting",)"
      R"("amount":25.0,"payment_method":null,"track_info":null,"gateway_name":null,)"
      R"("gateway_code":"PIS","payer_info":null,"paying_date":null,"transaction_date":null,)"
      R"("transaction_reference":null}],"fulfillment_mode":null,"fulfillment_term":null,)"
      R"("invoice_mode":null,"payment_term":null,"customer_po_number":null,)"
      R"("external_reference_order_id":null,"external_reference_store_id":null,)"
      R"("external_reference_order_no":null,"external_reference_status":null,)"
      R"("external_reference_url":null,"custom_fields":[]},"status":"success"})");
}

TEST_F(OrdersTest, GetAnswersTheSectionedOrder) {
  CreateCustomer("Jane", "jane@example.com");
  const auto response = Get(PathOfOrder(NewOrder(1)));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(
      response.body,
      R"({"order":{"order_id":1,"order_no":1,"internal_id":2,"order_status":"in_progress",)"
      R"("payment_status":"unpaid","shipping_status":"not_shipped","currency_code":"AUD",)"
      R"("transaction_no":null,"ip_address":null,"created_on":"2026-09-01T10:00:00Z",)"
      R"("last_updated_on":"2026-09-01T10:00:00Z","customer":{"first_name":"Jane",)"
      R"("last_name":"","customer_group":null,"gender":null,"customer_id":1,"internal_id":2,)"
      R"("email":"jane@example.com","address_line_1":"","address_line_2":"","city":"",)"
      R"("country":null,"state":null,"post_code":"","phone":"","mobile":"","fax":"",)"
      R"("company_name":""},"billing_address":{"id":1,"first_name":"Bill","last_name":"Payer",)"
      R"("email":"bill@example.com","company_name":"","address_line_1":"9 Paying Street",)"
      R"("address_line_2":"","country":null,"state":null,"city":"","post_code":"","mobile":"",)"
      R"("phone":"","fax":""},"shipping_address":null,"items":[{"item_id":1,)"
      R"("product_name":"T-Shirt","product_id":101,"sku":"TS-1","quantity":2,"price":12.5,)"
      R"("total_amount":25.0,"tax":0.0,"discount":0.0,"tax_discount":0.0,"is_taxable":false,)"
      R"("is_shippable":true,"image_url":null,"variations":[],"serial_batch_number":null}],)"
      R"("shipping":{"delivery_type":"shipping","shipping_type":null,)"
      R"("shipping_status":"not_shipped","shipping_cost":0.0,"shipping_tax":0.0},)"
      R"("discounts":{"total_discount":0.0,"coupon_code":null,"gift_card_code":null},)"
      R"("charges_totals":{"sub_total":25.0,"total_tax":0.0,"handling_cost":0.0,)"
      R"("total_surcharge":0.0,"other_charges":0.0,"grand_total":25.0,"paid":0.0,"due":25.0,)"
      R"("refunded":0.0,"refund_status":null,"items_total":1},"payments":[{"id":1,)"
      R"("status":"awaiting","amount":25.0,"payment_method":null,"track_info":null,)"
      R"("gateway_name":null,"gateway_code":"PIS","payer_info":null,"paying_date":null,)"
      R"("transaction_date":null,"transaction_reference":null}],"fulfillment":{)"
      R"("fulfillment_mode":null,"fulfillment_term":null,"invoice_mode":null,)"
      R"("payment_term":null,"customer_po_number":null,"external_reference_order_id":null,)"
      R"("external_reference_store_id":null,"external_reference_order_no":null,)"
      R"("external_reference_status":null,"external_reference_url":null,"custom_fields":[]}},)"
      R"("group_meta":{"customer":{"label":"Customer"},"billing_address":{"label":)"
      R"("Billing Address"},"shipping_address":{"label":"Shipping Address"},"items":{"label":)"
      R"("Items"},"shipping":{"label":"Shipping"},"discounts":{"label":"Discounts"},)"
      R"("charges_totals":{"label":"Charges and Totals"},"payments":{"label":"Payments"},)"
      R"("fulfillment":{"label":"Fulfillment"}}})");
  EXPECT_THAT(Get("/999").body,
              StartsWith(R"({"error":{"code":"not_found","message":"Order Not Found",)"
                         R"("details":[],"request_id":")"));
  EXPECT_EQ(Get("/abc").status, 400);
}

TEST_F(OrdersTest, ErasingTheCustomerTakesOrdersFromEveryCall) {
  CreateCustomer("Jane", "jane@example.com");
  CreateCustomer("John", "john@example.com");
  const int64_t janes = NewOrder(1);
  const int64_t johns = NewOrder(2);
  EXPECT_EQ(Call("DELETE", PathOf(1)).status, 204);
  EXPECT_EQ(Get(PathOfOrder(janes)).status, 404);
  EXPECT_EQ(Call("PATCH", std::string(kOrders) + PathOfOrder(janes), "{}").status, 404);
  EXPECT_EQ(Get(PathOfOrder(janes) + "/comments").status, 404);
  EXPECT_EQ(Get("/count").body, R"({"orders":{"count":1}})");
  EXPECT_THAT(Get("").body, Not(HasSubstr("Jane")));
  EXPECT_EQ(Call("GET", PathOf(1) + "/orders").body, kNotFoundBody);
  EXPECT_EQ(Get(PathOfOrder(johns)).status, 200);
  EXPECT_EQ(Call("DELETE", std::string(kOrders) + PathOfOrder(janes)).body,
            R"({"status":"not_found","order_id":1})");
}

TEST_F(OrdersTest, AGuestsOrderIsErasedWithItsOwnKey) {
  const int64_t id = NewOrder(0);
  auto response = Get(PathOfOrder(id));
  EXPECT_THAT(response.body, HasSubstr(R"("first_name":"Bill","last_name":"Payer",)"
                                       R"("customer_group":null,"gender":null,)"
                                       R"("customer_id":null,"internal_id":null)"));
  {
    auto view = world_.OpenStore("abc")->Read();
    EXPECT_EQ(customers::CountOwners(**view, OwnerKind::kGuestOrder).value(), 1);
  }
  response = Call("DELETE", std::string(kOrders) + PathOfOrder(id));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"status":"deleted","order_id":1,"internal_id":2})");
  EXPECT_EQ(Get(PathOfOrder(id)).status, 404);
  {
    auto view = world_.OpenStore("abc")->Read();
    EXPECT_EQ(customers::CountOwners(**view, OwnerKind::kGuestOrder).value(), 0);
  }
  response = Call("DELETE", std::string(kOrders) + PathOfOrder(id));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"status":"not_found","order_id":1})");
  // The number is not given again.
  EXPECT_EQ(NewOrder(0), 2);
}

TEST_F(OrdersTest, ACustomersOrderIsDeletedAloneAndCustomersStay) {
  CreateCustomer("Jane", "jane@example.com");
  const int64_t first = NewOrder(1);
  const int64_t second = NewOrder(1);
  EXPECT_EQ(Call("DELETE", std::string(kOrders) + PathOfOrder(first)).body,
            R"({"status":"deleted","order_id":1,"internal_id":2})");
  EXPECT_EQ(Get(PathOfOrder(second)).status, 200);
  EXPECT_EQ(Call("GET", PathOf(1)).status, 200);
  for (const char* bad : {"/x", "/-1", "/9223372036854775808", "/1,2", "/"}) {
    EXPECT_EQ(Call("DELETE", std::string(kOrders) + bad).status, 400) << bad;
  }
  EXPECT_EQ(Get("/count").body, R"({"orders":{"count":1}})");
}

TEST_F(OrdersTest, PutMovesAnOrderAndErasesTheGuest) {
  CreateCustomer("Jane", "jane@example.com");
  CreateCustomer("John", "john@example.com");
  const int64_t id = NewOrder(0);
  const std::string path = std::string(kOrders) + PathOfOrder(id);
  auto response = Call("PUT", path, R"({"customer_id":1})");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr(R"("customer_id":1,"internal_id":2)"));
  {
    auto view = world_.OpenStore("abc")->Read();
    EXPECT_EQ(customers::CountOwners(**view, OwnerKind::kGuestOrder).value(), 0);
  }
  const auto owners = [&](OwnerKind kind) {
    auto view = world_.OpenStore("abc")->Read();
    return customers::CountOwners(**view, kind).value();
  };
  // All in one commit: one that is refused leaves the guest.
  const int64_t other = NewOrder(0);
  EXPECT_EQ(Call("PUT", std::string(kOrders) + PathOfOrder(other), R"({"customer_id":99})").status,
            400);
  EXPECT_EQ(owners(OwnerKind::kGuestOrder), 1);
  EXPECT_EQ(Get(PathOfOrder(other)).status, 200);
  EXPECT_EQ(Call("PUT", path, R"({"customer_id":2})").status, 200);
  EXPECT_THAT(Call("GET", PathOf(1) + "/orders").body, HasSubstr(R"("orders":[])"));
  EXPECT_THAT(Call("GET", PathOf(2) + "/orders").body, HasSubstr("9 Paying Street"));
  response = Call("PUT", path, R"({"customer_id":99})");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("No Customer Found"));
  // It goes with the customer it has now, and with nobody else.
  EXPECT_EQ(Call("DELETE", PathOf(1)).status, 204);
  EXPECT_EQ(Get(PathOfOrder(id)).status, 200);
  EXPECT_EQ(Call("DELETE", PathOf(2)).status, 204);
  EXPECT_EQ(Get(PathOfOrder(id)).status, 404);
}

TEST_F(OrdersTest, KeptAmountsFollowAnOrderAndGoWithIt) {
  const auto store = world_.OpenStore("abc");
  ASSERT_TRUE(customers::ChangeSetting(*store, "keep_order_amounts", "yes"));
  const auto kept = [&] {
    size_t count = 0;
    auto view = store->Read();
    EXPECT_TRUE(customers::ForEachKeptOrder(
        **view, 0, [&](const customers::Head&, const customers::KeptOrder&) {
          ++count;
          return true;
        }));
    return count;
  };
  CreateCustomer("Jane", "jane@example.com");
  CreateCustomer("John", "john@example.com");
  const int64_t of_jane = NewOrder(1);
  const int64_t of_a_guest = NewOrder(0);
  EXPECT_EQ(kept(), 2U);
  for (const int64_t id : {of_jane, of_a_guest}) {
    EXPECT_EQ(Call("PUT", std::string(kOrders) + PathOfOrder(id), R"({"customer_id":2})").status,
              200);
  }
  EXPECT_EQ(kept(), 2U) << "moved, not written again";
  EXPECT_THAT(Call("DELETE", std::string(kOrders) + PathOfOrder(of_jane)).body,
              HasSubstr(R"("status":"deleted")"));
  EXPECT_EQ(kept(), 1U) << "a deleted order stays in no books";
  const int64_t of_nobody = NewOrder(0);
  EXPECT_EQ(kept(), 2U);
  EXPECT_THAT(Call("DELETE", std::string(kOrders) + PathOfOrder(of_nobody)).body,
              HasSubstr(R"("status":"deleted")"));
  EXPECT_EQ(kept(), 1U);
}

TEST_F(OrdersTest, PatchStatusAddressesCancelAndComments) {
  CreateCustomer("Jane", "jane@example.com");
  const int64_t id = NewOrder(1);
  const std::string path = std::string(kOrders) + PathOfOrder(id);
  EXPECT_THAT(Call("PATCH", path, R"({"order_status":"paused","customer_po_number":"PO-7"})").body,
              HasSubstr(R"("customer_po_number":"PO-7")"));
  auto response = Call("PATCH", path + "/addresses",
                       R"({"shipping_address":{"first_name":"Jane","city":"Melbourne"}})");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body,
              StartsWith(R"({"order_id":1,"internal_id":2,"billing_address":{"id":1,)"));
  EXPECT_THAT(response.body, HasSubstr(R"("shipping_address":{"id":2,"first_name":"Jane")"));
  response = Call("PATCH", path + "/update-status", R"({"status":"paused"})");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr(R"("order_status":"paused")"));
  EXPECT_THAT(response.body, HasSubstr(R"("customer_summary")"));
  for (const char* bad : {R"({"order_status":"gone"})", R"({"order_stat":"paused"})",
                          R"({"billing_address":{"city":"x"}})", R"({"customer_id":1})"}) {
    EXPECT_EQ(Call("PATCH", path, bad).status, 400) << bad;
  }
  EXPECT_THAT(Call("PATCH", path, R"({"colour":1})").body,
              HasSubstr(R"("code":"unknown_field","message":"invalid colour","details":)"
                        R"([{"field":"colour","reason":"unknown_field")"));

  response =
      Post(PathOfOrder(id) + "/comments", R"({"content":"Call first","save_and_send":true})");
  EXPECT_EQ(response.status, 201);
  EXPECT_THAT(response.body, StartsWith(R"({"comment":{"id":1,"content":"Call first",)"));
  EXPECT_THAT(response.body, HasSubstr(R"("visible_to_customer":true,"admin":true,)"
                                       R"("created":"2026-09-01T10:00:00Z"}})"));
  EXPECT_THAT(Get(PathOfOrder(id) + "/comments").body, StartsWith(R"({"comments":[{"id":1,)"));

  EXPECT_EQ(Post(PathOfOrder(id) + "/cancel", "").status, 201);
  response = Post(PathOfOrder(id) + "/cancel", R"({"reason":"again"})");
  EXPECT_EQ(response.status, 409);
  EXPECT_THAT(response.body, HasSubstr("order 1 is already cancelled"));
  // Hidden where nobody asks for cancelled ones.
  EXPECT_EQ(Get("/count").body, R"({"orders":{"count":0}})");
  EXPECT_EQ(Get("/count?order_status=cancelled").body, R"({"orders":{"count":1}})");
  EXPECT_THAT(Call("GET", PathOf(1) + "/orders").body, HasSubstr(R"("orders":[])"));
}

TEST_F(OrdersTest, TheListFiltersSortsAndPages) {
  CreateCustomer("Jane", "jane@example.com");
  CreateCustomer("John", "john@example.com");
  NewOrder(1);
  world_.clock().Advance(1000);
  NewOrder(2);
  world_.clock().Advance(1000);
  NewOrder(0);
  EXPECT_THAT(Get("").body, StartsWith(R"({"orders":[{"order_id":3,)"));
  EXPECT_THAT(Get("?limit=1&page=2").body, StartsWith(R"({"orders":[{"order_id":2,)"));
  EXPECT_THAT(Get("?sort=orderNo&dir=asc").body, StartsWith(R"({"orders":[{"order_id":1,)"));
  const std::string row = Get("?customerId=4").body;  // John's internal number
  EXPECT_THAT(row, StartsWith(R"({"orders":[{"order_id":2,)"));
  EXPECT_THAT(row, HasSubstr(R"("customer":{"customer_id":2,"internal_id":4,"first_name":"John",)"
                             R"("last_name":"","customer_group":null},"items")"));
  EXPECT_THAT(row, Not(HasSubstr("billing_address")));
  const auto count = [&](const std::string& query) { return Get("/count?" + query).body; };
  const auto is = [](int n) { return R"({"orders":{"count":)" + std::to_string(n) + "}}"; };
  EXPECT_EQ(count("customerName=jan"), is(1));
  EXPECT_EQ(count("search_text=bill@example.com"), is(1));
  EXPECT_EQ(count("search_text=john@example.com"), is(1));
  EXPECT_EQ(count("productId=101"), is(3));
  EXPECT_EQ(count("productSku=nothing"), is(0));
  EXPECT_EQ(count("orderIds=2,%206"), is(2));
  EXPECT_EQ(count("order_id=3"), is(1));
  EXPECT_EQ(count("total=25"), is(3));
  EXPECT_EQ(count("orderFrom=2026-09-02"), is(0));
  EXPECT_EQ(count("orderFrom=2026-09-01&orderTo=2026-09-01"), is(3));
  EXPECT_EQ(count("payment_status=paid"), is(0));
  EXPECT_EQ(count("customerId=1"), is(0));  // nobody's internal number
  const auto unknown = Get("?firstName=x");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_THAT(unknown.body, HasSubstr(R"("message":"unknown query parameter(s): firstName")"));
  for (const char* bad : {"?sort=x", "?dir=up", "?total=x", "?orderFrom=yesterday", "?limit=0",
                          "?order_id=x", "?customerId=1&customerId=2", "?productName=%ff"}) {
    EXPECT_EQ(Get(bad).status, 400) << bad;
  }
}

TEST_F(OrdersTest, BadOrdersAreRefusedWhole) {
  CreateCustomer("Jane", "jane@example.com");
  const std::string line = R"("products":[{"product_id":1,"quantity":1}])";
  for (const char* bad :
       {"{}", R"({"products":[]})", R"({"products":[7]})", R"({"products":[{"product_id":1}]})",
        R"({"products":[{"product_id":0,"quantity":1}]})",
        R"({"products":[{"product_id":1,"quantity":-1}]})",
        R"({"products":[{"product_id":1,"quantity":1e300}]})",
        R"({"products":[{"product_id":1,"quantity":1000000,"price":9000000000000}]})",
        R"({"products":[{"product_id":1,"quantity":1,"sku":"a\u0001"}]})"}) {
    EXPECT_EQ(Post("", bad).status, 400) << bad;
  }
  for (const char* bad : {R"("customer_id":99)", R"("customer_id":"1")", R"("payment_gateway":"X")",
                          R"("delivery_type":"drone")", R"("billing_address":7)"}) {
    EXPECT_EQ(Post("", "{" + line + "," + bad + "}").status, 400) << bad;
  }
  auto response = Post("", "{" + line + R"(,"billing_address":{"city":"x"}})");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, "{}");
  response = Post("", "{" + line + R"(,"discounts":{"coupon_code":"NONE"}})");
  EXPECT_EQ(response.status, 422);
  EXPECT_THAT(response.body, HasSubstr(R"("message":"Invalid Code")"));
  EXPECT_EQ(Post("/with-payment", "{" + line + "}").status, 400);
  EXPECT_EQ(Post("/with-payment", "{" + line + R"(,"payment":{"amount":5}})").status, 400);
  EXPECT_EQ(Get("/count").body, R"({"orders":{"count":0}})");
  {
    auto view = world_.OpenStore("abc")->Read();
    EXPECT_EQ(customers::CountOwners(**view, OwnerKind::kGuestOrder).value(), 0);
  }
  response = Post("/with-payment",
                  R"({"products":[{"product_id":1,"quantity":1,"price":10}],"customer_id":1,)"
                  R"("payment":{"amount":10,"status":"success","payment_method":"card"}})");
  EXPECT_EQ(response.status, 201);
  EXPECT_THAT(response.body, HasSubstr(R"("payment_status":"paid")"));
  EXPECT_THAT(response.body, HasSubstr(R"("paid":10.0,"due":0.0)"));
}

TEST_F(OrdersTest, AnImportedOrderIsShownAndKeepsWhatItHas) {
  CreateCustomer("Jane", "jane@example.com");
  Write([&](StoreTransaction& transaction) -> Result<customers::Order> {
    OUBLI_TRY_ASSIGN(auto head, customers::FindHead(transaction, OwnerKind::kCustomer, 1));
    customers::Order order;
    order.number = "A-17";
    order.note = "leave at the door";
    order.import_ref = "ref";
    order.total = Decimal::FromInt(9);
    order.status = "Awaiting Fulfillment";
    return customers::PutOrder(transaction, *head, order);
  });
  EXPECT_THAT(Get("/1").body, HasSubstr(R"("grand_total":9.0)"));
  EXPECT_EQ(Call("PATCH", std::string(kOrders) + "/1", R"({"payment_term":"30 days"})").status,
            200);
  auto view = world_.OpenStore("abc")->Read();
  const auto stored = customers::FindOrder(**view, 1).value();
  EXPECT_EQ(stored->order.number, "A-17");
  EXPECT_EQ(stored->order.note, "leave at the door");
  EXPECT_EQ(stored->order.import_ref, "ref");
  EXPECT_EQ(stored->order.status, "Awaiting Fulfillment");
}

TEST_F(OrdersTest, StoresDoNotSeeEachOther) {
  world_.CreateStore("other");
  const std::string other = NewToken("other");
  const int64_t id = NewOrder(0);
  EXPECT_EQ(Call("GET", std::string(kOrders) + PathOfOrder(id), "", other).status, 404);
  EXPECT_EQ(Call("DELETE", std::string(kOrders) + PathOfOrder(id), "", other).body,
            R"({"status":"not_found","order_id":1})");
  EXPECT_EQ(Get(PathOfOrder(id)).status, 200);
}

}  // namespace
}  // namespace oubli::dialects::webcommander
