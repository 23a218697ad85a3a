// /carts: a customer's cart, known by its session, and the order that it becomes.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/text.h"
#include "crypto/random.h"
#include "customers/customers.h"
#include "customers/shop_records.h"
#include "dialects/webcommander/address_body.h"
#include "dialects/webcommander/address_json.h"
#include "dialects/webcommander/customer_details.h"
#include "dialects/webcommander/customer_lookup.h"
#include "dialects/webcommander/fields.h"
#include "dialects/webcommander/handlers.h"
#include "dialects/webcommander/order_body.h"
#include "dialects/webcommander/order_json.h"
#include "dialects/webcommander/order_write.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;
using customers::Cart;
using customers::CartItem;
using customers::OwnedCart;
using customers::StoreTransaction;

constexpr size_t kMaxSession = 128;
constexpr size_t kMaxItems = 500;

// The messages of this part of the system, some of which begin with "f:".
constexpr std::string_view kEmptyCart = "Your shopping cart is empty";
constexpr std::string_view kNoItem = "f:cart item not found";

ApiError Plain(int status, std::string_view message) {
  return ApiError{status, std::string(message), status == 404 ? "not_found" : "invalid_request"};
}

// The domain's errors; what these calls say of their own is in `text`, with the status by the kind.
ApiError CartError(const Error& error) {
  if (error.field == "session_id") {
    return ApiError{409, "the session belongs to another customer", "conflict"};
  }
  if (error.field == "cart") {
    return Plain(error.kind == ErrorKind::kNotFound ? 404 : 400, error.text);
  }
  if (error.kind == ErrorKind::kNotFound) return Plain(400, "No Customer Found");
  return FromError(error);
}

tl::unexpected<Error> Say(ErrorKind kind, std::string_view message) {
  return Fail(kind, message, "cart");
}

bool IsSession(std::string_view text) {
  return !text.empty() && text.size() <= kMaxSession &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

Parsed<std::string> SessionOf(const Call& call) {
  const std::string& session = call.path_parameters.front();
  if (!IsSession(session)) {
    return tl::unexpected(ValidationFailed("session_id", "invalid_id", "is no session id"));
  }
  return session;
}

struct NewItem {
  int64_t customer_internal_id = 0;
  std::string session;
  CartItem item;
  std::optional<Address> shipping;
};

std::optional<Address> ReadCartAddress(FieldReader& reader, std::string_view name) {
  const boost::json::object* object = reader.Object(name);
  if (object == nullptr) return std::nullopt;
  FieldReader fields(*object, std::string(name) + ".");
  Address address;
  ReadAddress(fields, address);
  reader.Adopt(fields.problem());
  return address;
}

Parsed<NewItem> ParseNewItem(std::string_view body) {
  const auto object = ParseObject(body);
  if (!object) return tl::unexpected(object.error());
  FieldReader reader(*object);
  NewItem item;
  for (const char* name : {"customer_id", "quantity"}) {
    if (reader.Find(name) == nullptr) {
      return tl::unexpected(Plain(400, std::string(name) + " not found"));
    }
  }
  if (reader.Find("product_id") == nullptr) return tl::unexpected(Plain(400, "No product found"));
  item.customer_internal_id = reader.Int("customer_id", 0).value_or(0);
  item.item.product_id = reader.Int("product_id", 1).value_or(0);
  const int64_t quantity = reader.Int("quantity", 1).value_or(1);
  if (quantity > kMaxQuantity) {
    reader.Adopt(
        Plain(400, "f:" + std::to_string(quantity) + " quantity of this product is not available"));
  }
  item.item.quantity = Decimal::FromInt(std::min(quantity, kMaxQuantity));
  item.item.name = reader.Text("product_name").value_or("");
  item.item.sku = reader.Text("sku").value_or("");
  item.item.price = reader.Amount("price").value_or(Decimal());
  item.session = reader.Text("session_id", {kMaxSession}).value_or("");
  if (!item.session.empty() && !IsSession(item.session)) {
    reader.Fail("session_id", "invalid_character", "must be printable ASCII without blanks");
  }
  item.shipping = ReadCartAddress(reader, "shipping_address");
  if (reader.problem()) return tl::unexpected(*reader.problem());
  return item;
}

Decimal LineTotal(const CartItem& item) {
  return item.price.Times(item.quantity).value_or(Decimal());
}

Decimal Total(const Cart& cart) {
  Decimal sum;
  for (const CartItem& item : cart.items) sum = sum.Plus(LineTotal(item)).value_or(sum);
  return sum;
}

// Whether all of it still adds up: a cart that does not fit a number becomes no order.
bool AddsUp(const Cart& cart) {
  Decimal sum;
  for (const CartItem& item : cart.items) {
    const auto line = item.price.Times(item.quantity);
    const auto next = line ? sum.Plus(*line) : std::nullopt;
    if (!next) return false;
    sum = *next;
  }
  return true;
}

void Zeros(JsonWriter& writer, std::initializer_list<const char*> names) {
  for (const char* name : names) Amount(writer, name, Decimal());
}

void WriteItem(JsonWriter& writer, const CartItem& item) {
  writer.BeginObject().Member("id", item.id).Key("quantity").Raw(item.quantity.ToString());
  writer.Key("variations").Null().Member("taxable", false).Member("shippable", true);
  writer.Key("pricing").BeginObject();
  Amount(writer, "unit_price", item.price);
  Amount(writer, "display_unit_price", item.price);
  Amount(writer, "total", LineTotal(item));
  Zeros(writer, {"discount", "discount_tax", "tax"});
  writer.EndObject().Key("product").BeginObject();
  writer.Member("id", item.product_id).Member("sku", item.sku);
  Amount(writer, "base_price", item.price);
  writer.Key("available_stock").Null().Member("on_sale", false);
  Zeros(writer, {"cost_price", "sale_price"});
  writer.Key("url").Null().Member("name", item.name).Member("product_type", "simple");
  writer.Key("image_link").Null().EndObject().EndObject();
}

// `internal_id` 0 is null.
void WriteCart(JsonWriter& writer, const Cart& cart, int64_t internal_id) {
  writer.BeginObject().Key("customer_id");
  if (internal_id == 0) {
    writer.Null();
  } else {
    writer.Int(internal_id);
  }
  writer.Member("session_id", cart.session)
      .Member("currency_code", "AUD")
      .Member("currency_symbol", "$")
      .Member("delivery_type", "shipping");
  writer.Key("totals").BeginObject();
  Amount(writer, "subtotal", Total(cart));
  Zeros(writer, {"discount", "shipping_discount", "tax"});
  Amount(writer, "total", Total(cart));
  Amount(writer, "grand_total", Total(cart));
  Zeros(writer, {"paid"});
  writer.EndObject().Key("shipping").BeginObject();
  Zeros(writer, {"cost", "handling_fee", "handling_tax", "shipping_tax", "total_tax"});
  writer.EndObject().Key("items").BeginArray();
  for (const CartItem& item : cart.items) WriteItem(writer, item);
  writer.EndArray().Key("discount").BeginObject();
  Zeros(writer, {"discount", "order_discount", "shipping_discount", "discount_on_tax",
                 "discount_on_shipping_tax"});
  writer.EndObject().Key("messages").BeginObject().Key("discount").BeginObject();
  writer.Member("message", "").Key("status").Null();
  writer.EndObject().EndObject().EndObject();
}

auto AnswerCart(const Call& call, int status) {
  return [answer = call.answer, status](Result<OwnedCart> owned) {
    if (!owned) return answer(WrappedError(CartError(owned.error())));
    std::string body;
    JsonWriter writer(body);
    WriteCart(writer.BeginObject().Key("cart"), owned->cart, InternalId(owned->owner));
    writer.EndObject();
    answer(JsonResponse(status, std::move(body)));
  };
}

auto AnswerNothing(const Call& call) {
  return [answer = call.answer](Status status) {
    if (!status) return answer(WrappedError(CartError(status.error())));
    http::Response response;
    response.status = 204;
    answer(std::move(response));
  };
}

// Outside of the writer: a number that nobody has is looked for among all customers.
Result<int64_t> CustomerOf(customers::Store& store, int64_t internal_id) {
  OUBLI_TRY_ASSIGN(auto view, store.Read());
  OUBLI_TRY_ASSIGN(const auto head, FindByInternalId(*view, internal_id));
  if (!head) return Fail(ErrorKind::kNotFound, "no such customer", "customer_id");
  return head->id;
}

Result<OwnedCart> AddItem(StoreTransaction& transaction, const NewItem& wanted,
                          int64_t customer_id) {
  OUBLI_TRY_ASSIGN(const auto owner,
                   customers::FindHead(transaction, customers::OwnerKind::kCustomer, customer_id));
  if (!owner || InternalId(*owner) != wanted.customer_internal_id)
    return Fail(ErrorKind::kNotFound, "no such customer", "customer_id");
  OUBLI_TRY_ASSIGN(auto found, customers::FindCart(transaction, wanted.session));
  if (found && found->owner.ordinal != owner->ordinal) {
    return Fail(ErrorKind::kConflict, "somebody else's", "session_id");
  }
  Cart cart = found ? std::move(found->cart) : Cart();
  cart.session = wanted.session;
  const auto same = std::ranges::find(cart.items, wanted.item.product_id, &CartItem::product_id);
  if (same != cart.items.end()) {
    const Decimal sum = same->quantity.Plus(wanted.item.quantity).value_or(same->quantity);
    if (sum > Decimal::FromInt(kMaxQuantity)) {
      return Say(ErrorKind::kInvalid,
                 "f:" + sum.ToString() + " quantity of this product is not available");
    }
    same->quantity = sum;
  } else if (cart.items.size() == kMaxItems) {
    return Say(ErrorKind::kInvalid, "a cart has at most 500 items");
  } else {
    cart.items.push_back(wanted.item);
  }
  if (wanted.shipping) cart.shipping = {*wanted.shipping};
  if (!AddsUp(cart)) return Say(ErrorKind::kInvalid, "the total is too large");
  OUBLI_TRY_ASSIGN(cart, customers::PutCart(transaction, *owner, std::move(cart)));
  return OwnedCart{*owner, std::move(cart)};
}

Result<OwnedCart> ExistingCart(customers::StoreView& view, const std::string& session) {
  OUBLI_TRY_ASSIGN(auto found, customers::FindCart(view, session));
  if (!found || found->cart.items.empty()) return Say(ErrorKind::kInvalid, kEmptyCart);
  return std::move(*found);
}

struct CartChange {
  int64_t item_id = 0;
  std::optional<int64_t> quantity;
  std::optional<Address> shipping;
  std::optional<Address> billing;
};

Parsed<CartChange> ParseChange(std::string_view body) {
  const auto object = ParseObject(body);
  if (!object) return tl::unexpected(object.error());
  FieldReader reader(*object);
  if (reader.Find("cart_item_id") == nullptr) {
    return tl::unexpected(Plain(400, "f:cart_item_id not found"));
  }
  CartChange change;
  change.item_id = reader.Int("cart_item_id", 0).value_or(0);
  change.quantity = reader.Int("quantity", INT64_MIN);
  if (change.quantity && *change.quantity < 1) {
    reader.Adopt(Plain(400, "f:Minimum required quantity is 1"));
  }
  if (change.quantity && *change.quantity > kMaxQuantity) {
    reader.Adopt(Plain(400, "f:" + std::to_string(*change.quantity) +
                                " quantity of this product is not available"));
  }
  change.shipping = ReadCartAddress(reader, "shipping_address");
  change.billing = ReadCartAddress(reader, "billing_address");
  if (reader.problem()) return tl::unexpected(*reader.problem());
  return change;
}

Result<OwnedCart> ApplyChange(StoreTransaction& transaction, const std::string& session,
                              const CartChange& change) {
  OUBLI_TRY_ASSIGN(auto found, customers::FindCart(transaction, session));
  if (!found) return Say(ErrorKind::kNotFound, kNoItem);
  auto& items = found->cart.items;
  const auto item = std::ranges::find(items, change.item_id, &CartItem::id);
  if (item == items.end()) return Say(ErrorKind::kNotFound, kNoItem);
  if (change.quantity) item->quantity = Decimal::FromInt(*change.quantity);
  if (change.shipping) found->cart.shipping = {*change.shipping};
  if (change.billing) found->cart.billing = {*change.billing};
  if (!AddsUp(found->cart)) return Say(ErrorKind::kInvalid, "the total is too large");
  OUBLI_TRY_ASSIGN(found->cart,
                   customers::PutCart(transaction, found->owner, std::move(found->cart)));
  return std::move(*found);
}

Status RemoveItem(StoreTransaction& transaction, const std::string& session, int64_t item_id) {
  OUBLI_TRY_ASSIGN(auto found, customers::FindCart(transaction, session));
  if (!found) return Say(ErrorKind::kNotFound, kNoItem);
  if (std::erase_if(found->cart.items, [&](const CartItem& i) { return i.id == item_id; }) == 0) {
    return Say(ErrorKind::kNotFound, kNoItem);
  }
  if (found->cart.items.empty()) {
    OUBLI_TRY(customers::DeleteCart(transaction, *found));
    return {};
  }
  OUBLI_TRY(customers::PutCart(transaction, found->owner, std::move(found->cart)));
  return {};
}

Parsed<NewOrder> ParseCartOrder(std::string_view body) {
  const auto object = ParseObject(body);
  if (!object) return tl::unexpected(object.error());
  FieldReader reader(*object);
  NewOrder order;
  order.order.status = "in_progress";
  order.order.currency = "AUD";
  order.customer_id = reader.Int("customer_id", 0).value_or(0);
  order.details.payment_gateway = reader.Text("payment_gateway", {16}).value_or("PIS");
  order.details.delivery_type =
      reader.Word("delivery_type", {"delivery", "others_shipping", "shipping", "store_pickup"})
          .value_or("shipping");
  order.details.transaction_no = reader.Text("transaction_no").value_or("");
  if (!reader.problem() && order.customer_id == 0) reader.Adopt(Plain(400, "No Customer Found"));
  if (reader.problem()) return tl::unexpected(*reader.problem());
  return order;
}

Result<OrderView> OrderTheCart(StoreTransaction& transaction, const std::string& session,
                               NewOrder order) {
  OUBLI_TRY_ASSIGN(const OwnedCart owned, ExistingCart(transaction, session));
  // The addresses of a cart are its owner's, and go with the owner.
  if (owned.owner.id != order.customer_id) {
    return Fail(ErrorKind::kNotFound, "not the cart's customer", "customer_id");
  }
  order.details.product_ids.emplace();
  for (const CartItem& item : owned.cart.items) {
    order.order.items.push_back({item.name, item.sku, item.quantity, item.price});
    order.details.product_ids->push_back(item.product_id);
  }
  order.order.total = Total(owned.cart);
  order.details.billing = owned.cart.billing;
  order.details.shipping = owned.cart.shipping;
  OUBLI_TRY_ASSIGN(auto view, StoreNewOrder(transaction, std::move(order)));
  OUBLI_TRY(customers::DeleteCart(transaction, owned));
  return view;
}

}  // namespace

void CreateCart(const Call& call) {
  auto item = ParseNewItem(call.request.body);
  if (!item) return call.answer(WrappedError(item.error()));
  if (item->session.empty()) {
    item->session = crypto::RandomHex(32);
    std::ranges::transform(item->session, item->session.begin(),
                           [](char c) { return c >= 'a' ? static_cast<char>(c - 32) : c; });
  }
  const auto customer_id = CustomerOf(*call.store, item->customer_internal_id);
  if (!customer_id) return call.answer(WrappedError(CartError(customer_id.error())));
  call.store->Write([item = std::move(*item), id = *customer_id](
                        StoreTransaction& transaction) { return AddItem(transaction, item, id); },
                    AnswerCart(call, 201));
}

void GetCart(const Call& call) {
  const auto session = SessionOf(call);
  if (!session) return call.answer(WrappedError(session.error()));
  auto read = [&]() -> Result<OwnedCart> {
    OUBLI_TRY_ASSIGN(auto view, call.store->Read());
    return ExistingCart(*view, *session);
  };
  const auto owned = read();
  if (!owned) return call.answer(WrappedError(CartError(owned.error())));
  std::string body;
  JsonWriter writer(body);
  // Whose it is, this call does not say.
  WriteCart(writer.BeginObject().Key("cart"), owned->cart, 0);
  writer.Key("group_meta").BeginObject();
  for (const auto& [name, label] :
       {std::pair("totals", "Totals"), std::pair("shipping", "Shipping"),
        std::pair("items", "Items"), std::pair("discount", "Discount"),
        std::pair("messages", "Messages")}) {
    writer.Key(name).BeginObject().Member("label", label).EndObject();
  }
  writer.EndObject().EndObject();
  call.answer(JsonResponse(200, std::move(body)));
}

// Changes nothing, as in the system itself.
void PutCartSession(const Call& call) {
  const auto session = SessionOf(call);
  if (!session) return call.answer(WrappedError(session.error()));
  const auto object = ParseObject(call.request.body, true);
  if (!object) return call.answer(WrappedError(object.error()));
  FieldReader reader(*object);
  const std::string named = reader.Text("sessionId", {kMaxSession}).value_or(*session);
  if (!IsSession(named)) reader.Fail("sessionId", "invalid_id", "is no session id");
  if (reader.problem()) return call.answer(WrappedError(*reader.problem()));
  std::string body;
  JsonWriter(body).BeginObject().Member("sessionId", named).EndObject();
  call.answer(JsonResponse(200, std::move(body)));
}

void PatchCart(const Call& call) {
  const auto session = SessionOf(call);
  if (!session) return call.answer(WrappedError(session.error()));
  auto change = ParseChange(call.request.body);
  if (!change) return call.answer(WrappedError(change.error()));
  call.store->Write(
      [session = *session, change = std::move(*change)](StoreTransaction& transaction) {
        return ApplyChange(transaction, session, change);
      },
      AnswerCart(call, 200));
}

void DeleteCart(const Call& call) {
  const auto session = SessionOf(call);
  if (!session) return call.answer(WrappedError(session.error()));
  call.store->Write(
      [session = *session](StoreTransaction& transaction) -> Status {
        OUBLI_TRY_ASSIGN(const OwnedCart owned, ExistingCart(transaction, session));
        OUBLI_TRY(customers::DeleteCart(transaction, owned));
        return {};
      },
      AnswerNothing(call));
}

void DeleteCartItem(const Call& call) {
  const auto session = SessionOf(call);
  if (!session) return call.answer(WrappedError(session.error()));
  const int64_t item = ParseInt(call.path_parameters[1]).value_or(0);
  call.store->Write(
      [session = *session, item](StoreTransaction& transaction) {
        return RemoveItem(transaction, session, item);
      },
      AnswerNothing(call));
}

void CreateOrderFromCart(const Call& call) {
  const auto session = SessionOf(call);
  if (!session) return call.answer(WrappedError(session.error()));
  auto order = ParseCartOrder(call.request.body);
  if (!order) return call.answer(WrappedError(order.error()));
  call.store->Write(
      [session = *session, order = std::move(*order)](StoreTransaction& transaction) {
        return OrderTheCart(transaction, session, order);
      },
      [answer = call.answer](Result<OrderView> view) {
        if (!view) return answer(WrappedError(CartError(view.error())));
        std::string body;
        JsonWriter writer(body);
        writer.BeginObject().Member("status", "success");
        WriteFlatOrder(writer.Key("order"), *view);
        writer.EndObject();
        answer(JsonResponse(201, std::move(body)));
      });
}

}  // namespace oubli::dialects::webcommander
