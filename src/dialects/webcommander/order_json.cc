#include "dialects/webcommander/order_json.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/date_time.h"
#include "base/text.h"
#include "customers/customers.h"
#include "dialects/webcommander/address_json.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;
using customers::Order;
using customers::OrderDetails;

constexpr std::array<std::string_view, 6> kStates = {"cancelled",   "completed", "draft",
                                                     "in_progress", "paused",    "reopened"};

Decimal LineTotal(const customers::OrderItem& item) {
  return item.price.Times(item.quantity).value_or(Decimal());
}

// What the lines come to; the order's own total where there are none.
Decimal SubTotal(const Order& order) {
  if (order.items.empty()) return order.total;
  Decimal sum;
  for (const customers::OrderItem& item : order.items) {
    sum = sum.Plus(LineTotal(item)).value_or(sum);
  }
  return sum;
}

Decimal Due(const OrderView& view) {
  const Decimal due =
      view.owned.order.total.Plus(view.owned.details.paid.Negated()).value_or(Decimal());
  return std::max(due, Decimal());
}

int64_t At(const std::optional<std::vector<int64_t>>& numbers, size_t i) {
  return numbers && i < numbers->size() ? (*numbers)[i] : 0;
}

void NullableInt(JsonWriter& writer, std::string_view name, int64_t number) {
  writer.Key(name);
  if (number == 0) {
    writer.Null();
  } else {
    writer.Int(number);
  }
}

// Whose order it is, as an address has it: the customer with the primary address, or the guest with
// the billing one.
Address Person(const OrderView& view) {
  if (!view.customer) {
    return view.owned.details.billing.empty() ? Address() : view.owned.details.billing.front();
  }
  const customers::Profile& profile = view.customer->customer.profile;
  Address person;
  if (const Address* primary = FindAddressOfType(view.customer->addresses, kAddressTypes[0])) {
    person = *primary;
  }
  person.first_name = profile.first_name;
  person.last_name = profile.last_name;
  person.email = profile.email;
  person.company = profile.company;
  if (!profile.phone.empty()) person.phone = profile.phone;
  if (!profile.mobile.empty()) person.mobile = profile.mobile;
  if (!profile.fax.empty()) person.fax = profile.fax;
  return person;
}

void WriteCustomer(JsonWriter& writer, const OrderView& view, OrderShape shape) {
  const Address person = Person(view);
  const auto& customer = view.customer;
  const auto numbers = [&] {
    NullableInt(writer, "customer_id", customer ? customer->customer.head.id : 0);
    NullableInt(writer, "internal_id", customer ? InternalId(customer->customer.head) : 0);
  };
  writer.BeginObject();
  if (shape == OrderShape::kRow) numbers();
  writer.Member("first_name", person.first_name).Member("last_name", person.last_name);
  NullableText(writer, "customer_group",
               customer && customer->group ? customer->group->name : std::string());
  if (shape == OrderShape::kRow) {
    writer.EndObject();
    return;
  }
  NullableText(writer, "gender", customer ? customer->customer.profile.gender : std::string());
  numbers();
  writer.Member("email", person.email);
  WritePlace(writer, person);
  writer.Member("company_name", person.company).EndObject();
}

void WriteNumbers(JsonWriter& writer, const OrderView& view) {
  const Order& order = view.owned.order;
  writer.Member("order_id", order.id)
      .Member("order_no", order.id)
      .Member("internal_id", OrderInternalId(order))
      .Member("order_status", OrderStatus(order))
      .Member("payment_status", PaymentStatus(view));
}

void WriteHead(JsonWriter& writer, const OrderView& view) {
  NullableText(writer, "currency_code", view.owned.order.currency);
  NullableText(writer, "transaction_no", view.owned.details.transaction_no);
  // The address of the shopper's machine is not taken in, so there is none to show.
  writer.Key("ip_address").Null();
}

void WriteTimes(JsonWriter& writer, const OrderView& view, const char* created,
                const char* updated) {
  const UnixMs modified = view.owned.details.modified_at;
  writer.Member(created, FormatIso8601(view.owned.order.date))
      .Member(updated, FormatIso8601(modified == 0 ? view.owned.order.date : modified));
}

void WriteTotals(JsonWriter& writer, const OrderView& view) {
  const Order& order = view.owned.order;
  Amount(writer, "sub_total", SubTotal(order));
  for (const char* name : {"total_tax", "handling_cost", "total_surcharge", "other_charges"}) {
    Amount(writer, name, Decimal());
  }
  Amount(writer, "grand_total", order.total);
  Amount(writer, "paid", view.owned.details.paid);
  Amount(writer, "due", Due(view));
  Amount(writer, "refunded", Decimal());
  writer.Key("refund_status").Null();
  writer.Member("items_total", order.items.size());
}

void WriteShipping(JsonWriter& writer, const OrderView& view, std::string_view not_shipped) {
  const OrderDetails& details = view.owned.details;
  writer.Key("shipping").BeginObject();
  writer.Member("delivery_type",
                details.delivery_type.empty() ? "shipping" : details.delivery_type);
  writer.Key("shipping_type").Null();
  writer.Member("shipping_status",
                details.shipping_status.empty() ? not_shipped : details.shipping_status);
  Amount(writer, "shipping_cost", Decimal());
  Amount(writer, "shipping_tax", Decimal());
  writer.EndObject();
}

void WriteDiscounts(JsonWriter& writer, const OrderView& view) {
  writer.Key("discounts").BeginObject();
  Amount(writer, "total_discount", Decimal());
  NullableText(writer, "coupon_code", view.owned.details.coupon_code);
  writer.Key("gift_card_code").Null().EndObject();
}

void WritePayments(JsonWriter& writer, const OrderView& view) {
  const OrderDetails& details = view.owned.details;
  writer.Key("payments").BeginArray();
  if (details.payment_id != 0) {
    const bool paid = details.paid > Decimal();
    writer.BeginObject().Member("id", details.payment_id);
    writer.Member("status", paid ? "success" : "awaiting");
    Amount(writer, "amount", paid ? details.paid : view.owned.order.total);
    NullableText(writer, "payment_method", details.payment_method);
    NullableText(writer, "track_info", details.payment_info);
    writer.Key("gateway_name").Null();
    writer.Member("gateway_code", details.payment_gateway);
    for (const char* name :
         {"payer_info", "paying_date", "transaction_date", "transaction_reference"}) {
      writer.Key(name).Null();
    }
    writer.EndObject();
  }
  writer.EndArray();
}

void WriteFulfillment(JsonWriter& writer, const OrderView& view) {
  const OrderDetails& details = view.owned.details;
  for (const char* name : {"fulfillment_mode", "fulfillment_term", "invoice_mode"}) {
    writer.Key(name).Null();
  }
  NullableText(writer, "payment_term", details.payment_term);
  NullableText(writer, "customer_po_number", details.customer_po_number);
  NullableText(writer, "external_reference_order_id", details.external_reference);
  for (const char* name : {"external_reference_store_id", "external_reference_order_no",
                           "external_reference_status", "external_reference_url"}) {
    writer.Key(name).Null();
  }
  writer.Key("custom_fields").BeginArray().EndArray();
}

}  // namespace

Result<OrderView> ReadOrderView(customers::StoreView& view, customers::OwnedOrder owned) {
  OrderView shown;
  if (owned.owner.kind == customers::OwnerKind::kCustomer) {
    OUBLI_TRY_ASSIGN(auto customer, customers::OpenIfLiving(view, owned.owner));
    if (!customer) return Fail(ErrorKind::kNotFound, "the customer is gone");
    OUBLI_TRY_ASSIGN(shown.customer, ReadDetails(view, std::move(*customer)));
  }
  shown.owned = std::move(owned);
  return shown;
}

int64_t OrderInternalId(const Order& order) { return order.id * 2; }

std::string OrderStatus(const Order& order) {
  for (std::string_view state : kStates) {
    if (EqualsIgnoreCase(state, order.status)) return std::string(state);
  }
  return "in_progress";
}

std::string PaymentStatus(const OrderView& view) {
  if (!view.owned.details.payment_status.empty()) return view.owned.details.payment_status;
  return "unpaid";
}

std::string OrderCustomerName(const OrderView& view) {
  const Address person = Person(view);
  return std::string(Trim(person.first_name + " " + person.last_name));
}

void WriteOrderItems(JsonWriter& writer, const OrderView& view) {
  const Order& order = view.owned.order;
  writer.BeginArray();
  for (size_t i = 0; i < order.items.size(); ++i) {
    const customers::OrderItem& item = order.items[i];
    NullableInt(writer.BeginObject(), "item_id", At(view.owned.details.item_ids, i));
    writer.Member("product_name", item.name);
    NullableInt(writer, "product_id", At(view.owned.details.product_ids, i));
    writer.Member("sku", item.sku).Key("quantity").Raw(item.quantity.ToString());
    Amount(writer, "price", item.price);
    Amount(writer, "total_amount", LineTotal(item));
    for (const char* name : {"tax", "discount", "tax_discount"}) Amount(writer, name, Decimal());
    writer.Member("is_taxable", false).Member("is_shippable", true).Key("image_url").Null();
    writer.Key("variations").BeginArray().EndArray().Key("serial_batch_number").Null().EndObject();
  }
  writer.EndArray();
}

void WriteOrderAddress(JsonWriter& writer, int64_t id, const std::vector<Address>& address) {
  if (address.empty()) {
    writer.Null();
    return;
  }
  writer.BeginObject()
      .Member("id", id)
      .Member("first_name", address.front().first_name)
      .Member("last_name", address.front().last_name);
  WriteAddressFields(writer, address.front());
  writer.EndObject();
}

void WriteSectionedOrder(JsonWriter& writer, const OrderView& view, OrderShape shape) {
  const OrderDetails& details = view.owned.details;
  writer.BeginObject();
  WriteNumbers(writer, view);
  writer.Member("shipping_status",
                details.shipping_status.empty() ? "not_shipped" : details.shipping_status);
  WriteHead(writer, view);
  WriteTimes(writer, view, "created_on", "last_updated_on");
  WriteCustomer(writer.Key("customer"), view, shape);
  if (shape == OrderShape::kSectioned) {
    WriteOrderAddress(writer.Key("billing_address"), details.billing_id, details.billing);
    WriteOrderAddress(writer.Key("shipping_address"), details.shipping_id, details.shipping);
  }
  WriteOrderItems(writer.Key("items"), view);
  WriteShipping(writer, view, "not_shipped");
  WriteDiscounts(writer, view);
  writer.Key("charges_totals").BeginObject();
  WriteTotals(writer, view);
  writer.EndObject();
  WritePayments(writer, view);
  writer.Key("fulfillment").BeginObject();
  WriteFulfillment(writer, view);
  writer.EndObject().EndObject();
}

void WriteFlatOrder(JsonWriter& writer, const OrderView& view) {
  const OrderDetails& details = view.owned.details;
  writer.BeginObject();
  WriteNumbers(writer, view);
  writer.Member("shipping_status",
                details.shipping_status.empty() ? "unshipped" : details.shipping_status);
  WriteHead(writer, view);
  WriteTimes(writer, view, "created_at", "updated_at");
  WriteCustomer(writer.Key("customer_summary"), view, OrderShape::kSectioned);
  WriteOrderAddress(writer.Key("billing_address"), details.billing_id, details.billing);
  WriteOrderAddress(writer.Key("shipping_address"), details.shipping_id, details.shipping);
  WriteOrderItems(writer.Key("order_line_details"), view);
  WriteShipping(writer, view, "unshipped");
  WriteDiscounts(writer, view);
  WriteTotals(writer, view);
  WritePayments(writer, view);
  WriteFulfillment(writer, view);
  writer.EndObject();
}

}  // namespace oubli::dialects::webcommander
