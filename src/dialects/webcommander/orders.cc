// /admin/orders: one order. A customer's order is a record of the customer; a guest's is an owner
// of its own, so that it can be erased like everybody else.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/date_time.h"
#include "base/text.h"
#include "customers/coupons.h"
#include "customers/customers.h"
#include "customers/heads.h"
#include "customers/records.h"
#include "customers/shop_records.h"
#include "dialects/webcommander/handlers.h"
#include "dialects/webcommander/order_body.h"
#include "dialects/webcommander/order_json.h"
#include "dialects/webcommander/order_write.h"
#include "erasure/eraser.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::OwnedOrder;
using customers::OwnerKind;
using customers::StoreTransaction;

constexpr size_t kMaxComment = 4096;

ApiError OrderNotFound() { return ApiError{404, "Order Not Found", "not_found"}; }

ApiError OrderError(const Error& error) {
  if (error.kind == ErrorKind::kNotFound && error.field == "customer_id") {
    return ApiError{400, "No Customer Found", "invalid_request"};
  }
  if (error.kind == ErrorKind::kNotFound && error.field == "coupon_code") {
    return ApiError{422, "Invalid Code", "unprocessable"};
  }
  if (error.kind == ErrorKind::kNotFound) return OrderNotFound();
  return FromError(error);
}

Parsed<int64_t> OrderId(const Call& call) {
  const std::string& text = call.path_parameters.front();
  const auto id = IsDigits(text) ? ParseInt(text) : std::nullopt;
  if (!id) {
    return tl::unexpected(ValidationFailed("order_id", "invalid_id", "order id must be numeric"));
  }
  return *id;
}

enum class Body { kFlat, kCreated, kSectioned, kAddresses };

std::string OrderText(const OrderView& view, Body shape) {
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject();
  if (shape == Body::kAddresses) {
    const customers::OrderDetails& details = view.owned.details;
    writer.Member("order_id", view.owned.order.id)
        .Member("internal_id", OrderInternalId(view.owned.order));
    WriteOrderAddress(writer.Key("billing_address"), details.billing_id, details.billing);
    WriteOrderAddress(writer.Key("shipping_address"), details.shipping_id, details.shipping);
  } else if (shape == Body::kSectioned) {
    WriteSectionedOrder(writer.Key("order"), view, OrderShape::kSectioned);
  } else {
    WriteFlatOrder(writer.Key("order"), view);
    if (shape == Body::kCreated) writer.Member("status", "success");
  }
  writer.EndObject();
  return body;
}

auto AnswerOrder(const Call& call, int status, Body shape) {
  return [answer = call.answer, status, shape](Result<OrderView> view) {
    if (!view) return answer(WrappedError(OrderError(view.error())));
    answer(JsonResponse(status, OrderText(*view, shape)));
  };
}

void CreateFrom(const Call& call, bool with_payment) {
  auto order = ParseNewOrder(call.request.body, with_payment);
  if (!order) return call.answer(WrappedError(order.error()));
  // The system's own words to an address without a name.
  if (order->nameless_address) return call.answer(JsonResponse(500, "{}"));
  call.store->Write(
      [order = std::move(*order)](StoreTransaction& transaction) {
        return StoreNewOrder(transaction, order);
      },
      AnswerOrder(call, 201, Body::kCreated));
}

Status EnsureAddressIds(StoreTransaction& transaction, customers::OrderDetails& details) {
  if (details.billing_id == 0 && !details.billing.empty()) {
    OUBLI_TRY_ASSIGN(details.billing_id, customers::NextNumber(transaction, "address_id"));
  }
  if (details.shipping_id == 0 && !details.shipping.empty()) {
    OUBLI_TRY_ASSIGN(details.shipping_id, customers::NextNumber(transaction, "address_id"));
  }
  return {};
}

// Stores what has changed, with another customer where the changes name one.
Result<OrderView> StoreChanged(StoreTransaction& transaction, OwnedOrder owned,
                               const OrderChanges& changes) {
  ApplyChanges(changes, owned.order, owned.details);
  owned.details.modified_at = transaction.now_ms();
  OUBLI_TRY(EnsureAddressIds(transaction, owned.details));
  if (changes.customer_id) {
    OUBLI_TRY_ASSIGN(const auto head,
                     customers::FindHead(transaction, OwnerKind::kCustomer, *changes.customer_id));
    if (!head) return Fail(ErrorKind::kNotFound, "no such customer", "customer_id");
    if (head->ordinal != owned.owner.ordinal) {
      OUBLI_TRY(customers::MoveOrder(transaction, owned, *head));
      owned.owner = *head;
    }
  }
  OUBLI_TRY_ASSIGN(owned.order, customers::PutOrder(transaction, owned.owner, owned.order));
  OUBLI_TRY(customers::PutOrderDetails(transaction, owned.owner, owned.details));
  return ReadOrderView(transaction, std::move(owned));
}

// A guest whose order becomes a customer's is erased in the commit that gives it away: else the
// guest's copy, and the key that opens it in every backup, would outlive the customer.
void ChangeAndMove(const Call& call, int64_t id, OrderChanges changes, Body shape) {
  auto changed = std::make_shared<OrderView>();
  erasure::ChangeAndErase(
      *call.store,
      [id, changed, changes = std::move(changes)](
          StoreTransaction& transaction) -> Result<std::optional<customers::Head>> {
        OUBLI_TRY_ASSIGN(auto owned, customers::FindOrder(transaction, id));
        if (!owned) return Fail(ErrorKind::kNotFound, "no such order");
        const customers::Head former = owned->owner;
        OUBLI_TRY_ASSIGN(*changed, StoreChanged(transaction, std::move(*owned), changes));
        if (former.kind == OwnerKind::kGuestOrder) return former;
        return std::nullopt;
      },
      [changed, done = AnswerOrder(call, 200, shape)](Result<erasure::Outcome> outcome) {
        if (!outcome) return done(Fail(outcome.error()));
        done(std::move(*changed));
      });
}

void Change(const Call& call, OrderCall kind, Body shape) {
  const auto id = OrderId(call);
  if (!id) return call.answer(WrappedError(id.error()));
  auto changes = ParseOrderChanges(call.request.body, kind);
  if (!changes) return call.answer(WrappedError(changes.error()));
  if (changes->customer_id) return ChangeAndMove(call, *id, std::move(*changes), shape);
  call.store->Write(
      [id = *id,
       changes = std::move(*changes)](StoreTransaction& transaction) -> Result<OrderView> {
        OUBLI_TRY_ASSIGN(auto owned, customers::FindOrder(transaction, id));
        if (!owned) return Fail(ErrorKind::kNotFound, "no such order");
        return StoreChanged(transaction, std::move(*owned), changes);
      },
      AnswerOrder(call, 200, shape));
}

// What is left to do of a deletion: erase an owner, or nothing.
struct Deletion {
  bool done = false;
  std::optional<customers::Head> to_erase;
};

Result<Deletion> DeleteStep(StoreTransaction& transaction, int64_t id) {
  OUBLI_TRY_ASSIGN(const auto owned, customers::FindOrder(transaction, id));
  if (!owned) return Deletion{};
  // Amounts that are kept of an order outlive its customer, not the order.
  if (owned->order.kept_id != 0) {
    OUBLI_TRY_ASSIGN(const auto kept,
                     customers::FindHead(transaction, OwnerKind::kKeptOrder, owned->order.kept_id));
    if (kept) return Deletion{false, kept};
  }
  if (owned->owner.kind == OwnerKind::kGuestOrder) return Deletion{false, owned->owner};
  OUBLI_TRY(customers::DeleteOrder(transaction, owned->owner, id));
  return Deletion{true, std::nullopt};
}

// Deletes a customer's order, or erases a guest; then looks again, so that an order that changed
// its owner in between is not answered as gone. The store is not kept: while its writer calls back
// it is there, and who held the last reference would have to end the writer from within.
void DeleteAgain(customers::Store& store, int64_t id, bool erased, Answer answer) {
  store.Write([id](StoreTransaction& transaction) { return DeleteStep(transaction, id); },
              [&store, id, erased, answer](Result<Deletion> deletion) {
                if (!deletion) return answer(WrappedError(OrderError(deletion.error())));
                if (deletion->to_erase) {
                  const bool is_guest = deletion->to_erase->kind == OwnerKind::kGuestOrder;
                  return erasure::Erase(
                      store, deletion->to_erase->kind, {deletion->to_erase->id},
                      [&store, id, erased, is_guest, answer](Result<erasure::Outcome> outcome) {
                        if (!outcome) return answer(WrappedError(OrderError(outcome.error())));
                        DeleteAgain(store, id, erased || (is_guest && !outcome->erased.empty()),
                                    answer);
                      });
                }
                const bool gone = erased || deletion->done;
                std::string body;
                JsonWriter writer(body);
                writer.BeginObject().Member("status", gone ? "deleted" : "not_found");
                writer.Member("order_id", id);
                customers::Order order;
                order.id = id;
                if (gone) writer.Member("internal_id", OrderInternalId(order));
                writer.EndObject();
                answer(JsonResponse(200, std::move(body)));
              });
}

void WriteComment(JsonWriter& writer, const customers::OrderComment& comment) {
  writer.BeginObject()
      .Member("id", comment.id)
      .Member("content", comment.content)
      .Member("admin_name", comment.author)
      .Member("visible_to_customer", comment.visible_to_customer)
      .Member("admin", true)
      .Member("created", FormatIso8601(comment.created_at))
      .EndObject();
}

Result<OrderView> ReadOrder(customers::Store& store, int64_t id) {
  OUBLI_TRY_ASSIGN(auto view, store.Read());
  OUBLI_TRY_ASSIGN(auto owned, customers::FindOrder(*view, id));
  if (!owned) return Fail(ErrorKind::kNotFound, "no such order");
  return ReadOrderView(*view, std::move(*owned));
}

}  // namespace

Result<OrderView> StoreNewOrder(StoreTransaction& transaction, NewOrder order) {
  std::optional<customers::Head> owner;
  if (order.customer_id != 0) {
    OUBLI_TRY_ASSIGN(owner,
                     customers::FindHead(transaction, OwnerKind::kCustomer, order.customer_id));
    if (!owner) return Fail(ErrorKind::kNotFound, "no such customer", "customer_id");
  } else {
    OUBLI_TRY_ASSIGN(owner, customers::CreateOwner(transaction, OwnerKind::kGuestOrder, 0));
    order.order.id = owner->id;  // guests' numbers come from the orders' own counter
  }
  if (!order.details.coupon_code.empty()) {
    OUBLI_TRY_ASSIGN(const auto coupon,
                     customers::FindCoupon(transaction, order.details.coupon_code));
    if (!coupon) return Fail(ErrorKind::kNotFound, "no such coupon", "coupon_code");
  }
  order.order.date = transaction.now_ms();
  order.details.item_ids.emplace();
  for (size_t i = 0; i < order.order.items.size(); ++i) {
    OUBLI_TRY_ASSIGN(const int64_t item, customers::NextNumber(transaction, "order_item_id"));
    order.details.item_ids->push_back(item);
  }
  OUBLI_TRY_ASSIGN(order.details.payment_id, customers::NextNumber(transaction, "payment_id"));
  OUBLI_TRY(EnsureAddressIds(transaction, order.details));
  OUBLI_TRY_ASSIGN(order.order, customers::PutOrder(transaction, *owner, order.order));
  order.details.order_id = order.order.id;
  OUBLI_TRY(customers::PutOrderDetails(transaction, *owner, order.details));
  return ReadOrderView(transaction,
                       OwnedOrder{*owner, std::move(order.order), std::move(order.details)});
}

void CreateOrder(const Call& call) { CreateFrom(call, false); }
void CreateOrderWithPayment(const Call& call) { CreateFrom(call, true); }

void GetOrder(const Call& call) {
  const auto id = OrderId(call);
  if (!id) return call.answer(WrappedError(id.error()));
  const auto view = ReadOrder(*call.store, *id);
  if (!view) return call.answer(WrappedError(OrderError(view.error())));
  std::string body;
  JsonWriter writer(body);
  WriteSectionedOrder(writer.BeginObject().Key("order"), *view, OrderShape::kSectioned);
  writer.Key("group_meta").BeginObject();
  for (const auto& [name, label] :
       {std::pair("customer", "Customer"), std::pair("billing_address", "Billing Address"),
        std::pair("shipping_address", "Shipping Address"), std::pair("items", "Items"),
        std::pair("shipping", "Shipping"), std::pair("discounts", "Discounts"),
        std::pair("charges_totals", "Charges and Totals"), std::pair("payments", "Payments"),
        std::pair("fulfillment", "Fulfillment")}) {
    writer.Key(name).BeginObject().Member("label", label).EndObject();
  }
  writer.EndObject().EndObject();
  call.answer(JsonResponse(200, std::move(body)));
}

void ReplaceOrder(const Call& call) { Change(call, OrderCall::kPut, Body::kSectioned); }
void PatchOrder(const Call& call) { Change(call, OrderCall::kPatch, Body::kSectioned); }
void PatchOrderAddresses(const Call& call) {
  Change(call, OrderCall::kAddresses, Body::kAddresses);
}
void UpdateOrderStatus(const Call& call) { Change(call, OrderCall::kStatus, Body::kFlat); }

void DeleteOrder(const Call& call) {
  const auto id = OrderId(call);
  if (!id) return call.answer(WrappedError(id.error()));
  DeleteAgain(*call.store, *id, false, call.answer);
}

void CancelOrder(const Call& call) {
  const auto id = OrderId(call);
  if (!id) return call.answer(WrappedError(id.error()));
  const auto object = ParseObject(call.request.body, true);
  if (!object) return call.answer(WrappedError(object.error()));
  FieldReader reader(*object);
  std::string why = reader.Text("reason", {kMaxComment, true}).value_or("");
  reader.Bool("refund_automatically");
  reader.Bool("is_gateway_refund");
  if (reader.problem()) return call.answer(WrappedError(*reader.problem()));
  call.store->Write(
      [id = *id, reason = std::move(why)](StoreTransaction& transaction) -> Result<OrderView> {
        OUBLI_TRY_ASSIGN(auto owned, customers::FindOrder(transaction, id));
        if (!owned) return Fail(ErrorKind::kNotFound, "no such order");
        if (OrderStatus(owned->order) == "cancelled") {
          return Fail(ErrorKind::kConflict, "already cancelled", "order_status");
        }
        OrderChanges changes;
        changes.status = "cancelled";
        owned->details.cancel_reason = reason;
        return StoreChanged(transaction, std::move(*owned), changes);
      },
      [answer = call.answer, id = *id,
       done = AnswerOrder(call, 201, Body::kFlat)](Result<OrderView> view) {
        if (!view && view.error().kind == ErrorKind::kConflict) {
          return answer(WrappedError(409, "conflict",
                                     "order " + std::to_string(id) + " is already cancelled"));
        }
        done(std::move(view));
      });
}

void ListOrderComments(const Call& call) {
  const auto id = OrderId(call);
  if (!id) return call.answer(WrappedError(id.error()));
  const auto view = ReadOrder(*call.store, *id);
  if (!view) return call.answer(WrappedError(OrderError(view.error())));
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Key("comments").BeginArray();
  for (const customers::OrderComment& comment : view->owned.details.comments) {
    WriteComment(writer, comment);
  }
  writer.EndArray().EndObject();
  call.answer(JsonResponse(200, std::move(body)));
}

void CreateOrderComment(const Call& call) {
  const auto id = OrderId(call);
  if (!id) return call.answer(WrappedError(id.error()));
  const auto object = ParseObject(call.request.body);
  if (!object) return call.answer(WrappedError(object.error()));
  FieldReader reader(*object);
  customers::OrderComment comment;
  comment.content = reader.Text("content", {kMaxComment, true}).value_or("");
  comment.visible_to_customer = reader.Bool("save_and_send").value_or(false);
  comment.author = call.principal.user_id;
  if (Trim(comment.content).empty()) reader.Fail("content", "invalid_value", "is required");
  if (reader.problem()) return call.answer(WrappedError(*reader.problem()));
  call.store->Write(
      [id = *id, comment = std::move(comment)](
          StoreTransaction& transaction) -> Result<customers::OrderComment> {
        OUBLI_TRY_ASSIGN(auto owned, customers::FindOrder(transaction, id));
        if (!owned) return Fail(ErrorKind::kNotFound, "no such order");
        customers::OrderComment stored = comment;
        OUBLI_TRY_ASSIGN(stored.id, customers::NextNumber(transaction, "order_comment_id"));
        stored.created_at = transaction.now_ms();
        owned->details.comments.push_back(stored);
        owned->details.modified_at = transaction.now_ms();
        OUBLI_TRY(customers::PutOrderDetails(transaction, owned->owner, owned->details));
        return stored;
      },
      [answer = call.answer](Result<customers::OrderComment> stored) {
        if (!stored) return answer(WrappedError(OrderError(stored.error())));
        std::string body;
        JsonWriter writer(body);
        WriteComment(writer.BeginObject().Key("comment"), *stored);
        writer.EndObject();
        answer(JsonResponse(201, std::move(body)));
      });
}

}  // namespace oubli::dialects::webcommander
