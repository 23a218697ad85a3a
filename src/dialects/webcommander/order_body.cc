#include "dialects/webcommander/order_body.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <span>
#include <utility>

#include "base/text.h"
#include "dialects/webcommander/address_body.h"
#include "dialects/webcommander/pagination.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;
using customers::OrderItem;

constexpr size_t kMaxProducts = 500;

// There is no catalogue here: name, sku and price come with the line, or are not known.
void ReadProduct(FieldReader& reader, NewOrder& order) {
  const auto product = reader.Int("product_id", 1);
  const auto quantity = reader.Int("quantity", 1);
  if (!product) reader.Fail("product_id", "invalid_value", "is required");
  if (!quantity) reader.Fail("quantity", "invalid_value", "is required");
  if (quantity && *quantity > kMaxQuantity) {
    reader.Fail("quantity", "out_of_range", "must be at most 1000000");
  }
  OrderItem item;
  item.quantity = Decimal::FromInt(std::min(quantity.value_or(0), kMaxQuantity));
  item.name = reader.Text("product_name").value_or("");
  item.sku = reader.Text("sku").value_or("");
  item.price = reader.Amount("price").value_or(Decimal());
  const auto line = item.price.Times(item.quantity);
  const auto total = line ? order.order.total.Plus(*line) : std::nullopt;
  if (!total) return reader.Fail("price", "out_of_range", "the total is too large");
  order.order.total = *total;
  order.order.items.push_back(std::move(item));
  order.details.product_ids->push_back(product.value_or(0));
}

void ReadProducts(FieldReader& reader, NewOrder& order) {
  const boost::json::array* products = reader.Array("products", kMaxProducts);
  if (products == nullptr || products->empty()) {
    return reader.Fail("products", "invalid_value", "must be an array of products");
  }
  order.details.product_ids.emplace();
  size_t no = 0;
  for (const boost::json::value& element : *products) {
    const std::string where = "products[" + std::to_string(no++) + "]";
    if (!element.is_object()) return reader.Fail(where, "invalid_value", "must be an object");
    FieldReader line(element.get_object(), where + ".");
    ReadProduct(line, order);
    reader.Adopt(line.problem());
    if (reader.problem()) return;
  }
}

std::optional<Address> ReadOrderAddress(FieldReader& reader, std::string_view name,
                                        bool& nameless) {
  const boost::json::object* object = reader.Object(name);
  if (object == nullptr) return std::nullopt;
  FieldReader fields(*object, std::string(name) + ".");
  Address address;
  ReadAddress(fields, address);
  reader.Adopt(fields.problem());
  if (Trim(address.first_name).empty()) nameless = true;
  return address;
}

void ReadPayment(FieldReader& reader, NewOrder& order) {
  const boost::json::object* object = reader.Object("payment");
  if (object == nullptr) return reader.Fail("payment", "invalid_value", "is required");
  FieldReader payment(*object, "payment.");
  const auto amount = payment.Amount("amount");
  if (!amount) payment.Fail("amount", "invalid_value", "is required");
  const auto status = payment.Word("status", {"awaiting", "pending", "success", "failed"});
  order.details.payment_method = payment.Text("payment_method").value_or("");
  order.details.payment_info = payment.Text("track_info").value_or("");
  reader.Adopt(payment.problem());
  if (!amount || (status && *status != "success")) return;
  if (*amount > order.order.total) {
    return reader.Fail("payment.amount", "exceeds_paid", "is more than the order comes to");
  }
  order.details.paid = *amount;
  order.details.payment_status = *amount == Decimal()          ? "unpaid"
                                 : *amount < order.order.total ? "partial"
                                                               : "paid";
}

void ReadOrderDetails(FieldReader& reader, NewOrder& order) {
  order.customer_id = reader.Int("customer_id", 1).value_or(0);
  order.details.payment_gateway =
      reader
          .Word("payment_gateway", {"ACP", "API", "APY", "BDP", "CHQ", "COD", "CRD", "CRL", "EXC",
                                    "GCRD", "LPP", "MOR", "PAY_RIGHT", "PIS", "PPL", "SCR", "ZIP"})
          .value_or("PIS");
  order.details.delivery_type =
      reader.Word("delivery_type", {"delivery", "others_shipping", "shipping", "store_pickup"})
          .value_or("shipping");
  reader.Bool("is_send_email");
  order.details.transaction_no = reader.Text("transaction_no").value_or("");
  order.details.external_reference = reader.Text("external_reference_order_id").value_or("");
  order.order.currency = reader.Text("currency_code", {3}).value_or("AUD");
  if (const boost::json::object* discounts = reader.Object("discounts")) {
    FieldReader inner(*discounts, "discounts.");
    order.details.coupon_code = inner.Text("coupon_code").value_or("");
    reader.Adopt(inner.problem());
  }
  for (auto [name, target] : {std::pair("billing_address", &order.details.billing),
                              std::pair("shipping_address", &order.details.shipping)}) {
    if (auto address = ReadOrderAddress(reader, name, order.nameless_address)) {
      target->push_back(std::move(*address));
    }
  }
}

constexpr std::array<std::string_view, 7> kPutNames = {
    "customer_id",  "order_status",       "billing_address", "shipping_address",
    "payment_term", "customer_po_number", "transaction_no"};
constexpr std::array<std::string_view, 6> kPatchNames = {"order_status",     "billing_address",
                                                         "shipping_address", "customer_po_number",
                                                         "payment_term",     "transaction_no"};
constexpr std::array<std::string_view, 3> kAddressNames = {"billing_address", "shipping_address",
                                                           "transaction_no"};
constexpr std::array<std::string_view, 2> kStatusNames = {"status", "transaction_no"};

std::span<const std::string_view> KnownNames(OrderCall call) {
  switch (call) {
    case OrderCall::kPut:
      return kPutNames;
    case OrderCall::kPatch:
      return kPatchNames;
    case OrderCall::kAddresses:
      return kAddressNames;
    case OrderCall::kStatus:
      return kStatusNames;
  }
  return {};
}

void CheckKnown(const boost::json::object& body, OrderCall call, FieldReader& reader) {
  const auto known = KnownNames(call);
  for (const auto& member : body) {
    const std::string_view name = member.key();
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    reader.Adopt(ParameterRefused(ShownName(name), "unknown_field", "this field is not known"));
  }
}

}  // namespace

Parsed<NewOrder> ParseNewOrder(std::string_view body, bool with_payment) {
  const auto object = ParseObject(body);
  if (!object) return tl::unexpected(object.error());
  FieldReader reader(*object);
  NewOrder order;
  order.order.status = "in_progress";
  ReadProducts(reader, order);
  ReadOrderDetails(reader, order);
  if (with_payment) ReadPayment(reader, order);
  if (reader.problem()) return tl::unexpected(*reader.problem());
  return order;
}

Parsed<OrderChanges> ParseOrderChanges(std::string_view body, OrderCall call) {
  const auto object = ParseObject(body);
  if (!object) return tl::unexpected(object.error());
  FieldReader reader(*object);
  CheckKnown(*object, call, reader);
  OrderChanges changes;
  reader.Text("transaction_no");
  changes.customer_id = reader.Int("customer_id", 1);
  changes.status =
      reader.Word(call == OrderCall::kStatus ? "status" : "order_status",
                  {"cancelled", "completed", "draft", "in_progress", "paused", "reopened"});
  if (call == OrderCall::kStatus && !changes.status) {
    reader.Fail("status", "invalid_enum", "is required");
  }
  changes.customer_po_number = reader.Text("customer_po_number");
  changes.payment_term = reader.Text("payment_term");
  bool nameless = false;
  changes.billing = ReadOrderAddress(reader, "billing_address", nameless);
  changes.shipping = ReadOrderAddress(reader, "shipping_address", nameless);
  if (nameless) reader.Fail("first_name", "invalid_value", "an address needs a first_name");
  if (reader.problem()) return tl::unexpected(*reader.problem());
  return changes;
}

void ApplyChanges(const OrderChanges& changes, customers::Order& order,
                  customers::OrderDetails& details) {
  if (changes.status) order.status = *changes.status;
  if (changes.customer_po_number) details.customer_po_number = *changes.customer_po_number;
  if (changes.payment_term) details.payment_term = *changes.payment_term;
  if (changes.billing) details.billing = {*changes.billing};
  if (changes.shipping) details.shipping = {*changes.shipping};
}

}  // namespace oubli::dialects::webcommander
