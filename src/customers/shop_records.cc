#include "customers/shop_records.h"

#include <cstring>
#include <utility>

#include "crypto/random.h"
#include "crypto/secret_hash.h"
#include "customers/codec.h"
#include "customers/definitions.h"
#include "customers/heads.h"
#include "customers/records.h"

namespace oubli::customers {
namespace {

// A setting of the store: 32 random letters and digits, 190 bits.
constexpr std::string_view kSessionKey = "cart session key";
constexpr size_t kSessionKeyLength = crypto::Key::kSize;

// Above every number that is counted, so that the two cannot meet.
int64_t CartId(std::string_view session_key, std::string_view session) {
  const std::string token =
      crypto::BlindToken(crypto::Key::FromBytes(session_key), "cart", session);
  int64_t id = 0;
  std::memcpy(&id, token.data(), sizeof id);
  return (id & ((int64_t{1} << 62) - 1)) | (int64_t{1} << 62);
}

Result<std::string> EnsureSessionKey(StoreTransaction& transaction) {
  OUBLI_TRY_ASSIGN(std::string key, ReadSetting(transaction, kSessionKey));
  if (!key.empty()) return key;
  key = crypto::RandomAlphanumeric(kSessionKeyLength);
  OUBLI_TRY(WriteSetting(transaction, kSessionKey, key));
  return key;
}

template <class T>
Result<std::optional<T>> Find(StoreView& view, const Head& owner, RecordKind kind, int64_t id) {
  OUBLI_TRY_ASSIGN(const crypto::Key key, view.KeyOf(owner));
  OUBLI_TRY_ASSIGN(const auto plain, FindRecord(view, owner, key, kind, id));
  if (!plain) return std::nullopt;
  T record;
  OUBLI_TRY(Decode(*plain, record));
  return record;
}

template <class T>
Status Put(StoreTransaction& transaction, const Head& owner, RecordKind kind, int64_t id,
           const T& record) {
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(owner));
  return PutRecord(transaction, owner, key, kind, id, Encode(record));
}

// The row of an owner who is gone, which the sweep has not come to, would keep a new one out.
Status DropStaleRecordId(StoreTransaction& transaction, const Head& owner, RecordKind kind,
                         int64_t id) {
  OUBLI_TRY_ASSIGN(auto drop, transaction.connection().Prepare(
                                  "DELETE FROM record_id WHERE kind = $1 AND id = $2 AND "
                                  "ordinal <> $3"));
  drop->Bind(1, static_cast<int64_t>(kind)).Bind(2, id).Bind(3, owner.ordinal);
  OUBLI_TRY(drop->Step());
  return {};
}

}  // namespace

Result<std::optional<OwnedCart>> FindCart(StoreView& view, std::string_view session) {
  OUBLI_TRY_ASSIGN(const std::string session_key, ReadSetting(view, kSessionKey));
  if (session_key.empty() || session.empty()) return std::nullopt;
  const int64_t id = CartId(session_key, session);
  OUBLI_TRY_ASSIGN(const auto owner, FindRecordOwner(view, RecordKind::kCart, id));
  if (!owner) return std::nullopt;
  auto cart = Find<Cart>(view, *owner, RecordKind::kCart, id);
  if (!cart) {
    // Erased since this view began: as if it were not there.
    if (cart.error().kind == ErrorKind::kNotFound) return std::nullopt;
    return Fail(cart.error());
  }
  if (!*cart || (*cart)->session != session) return std::nullopt;
  (*cart)->id = id;
  return OwnedCart{*owner, std::move(**cart)};
}

Result<Cart> PutCart(StoreTransaction& transaction, const Head& owner, Cart cart) {
  OUBLI_TRY_ASSIGN(const std::string session_key, EnsureSessionKey(transaction));
  cart.id = CartId(session_key, cart.session);
  OUBLI_TRY_ASSIGN(const auto other, FindRecordOwner(transaction, RecordKind::kCart, cart.id));
  if (other && other->ordinal != owner.ordinal) {
    return Fail(ErrorKind::kConflict, "the session is somebody else's", "session_id");
  }
  OUBLI_TRY(DropStaleRecordId(transaction, owner, RecordKind::kCart, cart.id));
  if (cart.created_at == 0) cart.created_at = transaction.now_ms();
  cart.modified_at = transaction.now_ms();
  for (CartItem& item : cart.items) {
    if (item.id != 0) continue;
    OUBLI_TRY_ASSIGN(item.id, NextNumber(transaction, "cart_item_id"));
  }
  OUBLI_TRY(Put(transaction, owner, RecordKind::kCart, cart.id, cart));
  return cart;
}

Result<bool> DeleteCart(StoreTransaction& transaction, const OwnedCart& cart) {
  return DeleteRecord(transaction, cart.owner, RecordKind::kCart, cart.cart.id);
}

Result<std::optional<Head>> FindCouponOwner(StoreView& view, int64_t coupon_id) {
  return FindRecordOwner(view, RecordKind::kCouponAssignment, coupon_id);
}

Status PutCouponAssignment(StoreTransaction& transaction, const Head& owner,
                           CouponAssignment assignment) {
  const RecordKind kind = RecordKind::kCouponAssignment;
  OUBLI_TRY_ASSIGN(const auto other, FindCouponOwner(transaction, assignment.coupon_id));
  if (other && other->ordinal != owner.ordinal) {
    OUBLI_TRY(DeleteRecord(transaction, *other, kind, assignment.coupon_id));
  }
  OUBLI_TRY(DropStaleRecordId(transaction, owner, kind, assignment.coupon_id));
  if (assignment.assigned_at == 0) assignment.assigned_at = transaction.now_ms();
  return Put(transaction, owner, kind, assignment.coupon_id, assignment);
}

Result<std::vector<CreditAdjustment>> ListCreditAdjustments(StoreView& view, const Head& owner) {
  OUBLI_TRY_ASSIGN(const crypto::Key key, view.KeyOf(owner));
  std::vector<CreditAdjustment> list;
  OUBLI_TRY(ForEachRecord(view, owner, key, RecordKind::kCreditAdjustment,
                          [&](int64_t id, std::string_view plain) -> Status {
                            CreditAdjustment& adjustment = list.emplace_back();
                            adjustment.id = id;
                            return Decode(plain, adjustment);
                          }));
  return list;
}

Result<CreditAdjustment> PutCreditAdjustment(StoreTransaction& transaction, const Head& owner,
                                             CreditAdjustment adjustment) {
  if (adjustment.id == 0) {
    OUBLI_TRY_ASSIGN(adjustment.id, NextNumber(transaction, "credit_adjustment_id"));
  }
  if (adjustment.created_at == 0) adjustment.created_at = transaction.now_ms();
  OUBLI_TRY(Put(transaction, owner, RecordKind::kCreditAdjustment, adjustment.id, adjustment));
  return adjustment;
}

Result<std::optional<OwnedOrder>> FindOrder(StoreView& view, int64_t id) {
  OUBLI_TRY_ASSIGN(const auto owner, FindRecordOwner(view, RecordKind::kOrder, id));
  if (!owner) return std::nullopt;
  auto order = Find<Order>(view, *owner, RecordKind::kOrder, id);
  if (!order && order.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!order) return Fail(order.error());
  if (!*order) return std::nullopt;
  OwnedOrder owned{*owner, std::move(**order), {}};
  owned.order.id = id;
  OUBLI_TRY_ASSIGN(auto details, Find<OrderDetails>(view, *owner, RecordKind::kOrderDetails, id));
  if (details) owned.details = std::move(*details);
  owned.details.order_id = id;
  return owned;
}

Result<std::vector<OwnedOrder>> ListOwnedOrders(StoreView& view, const Head& owner) {
  std::vector<OwnedOrder> list;
  OUBLI_TRY_ASSIGN(auto orders, ListOrders(view, owner));
  for (Order& order : orders) {
    OwnedOrder& owned = list.emplace_back();
    owned.owner = owner;
    OUBLI_TRY_ASSIGN(auto details,
                     Find<OrderDetails>(view, owner, RecordKind::kOrderDetails, order.id));
    if (details) owned.details = std::move(*details);
    owned.details.order_id = order.id;
    owned.order = std::move(order);
  }
  return list;
}

Status PutOrderDetails(StoreTransaction& transaction, const Head& owner, OrderDetails details) {
  if (details.modified_at == 0) details.modified_at = transaction.now_ms();
  return Put(transaction, owner, RecordKind::kOrderDetails, details.order_id, details);
}

Status MoveOrder(StoreTransaction& transaction, const OwnedOrder& order, const Head& to) {
  OUBLI_TRY(DeleteOrder(transaction, order.owner, order.order.id));
  // Not PutOrder(): that looks for the kept amounts at the new owner, and would write them twice.
  OUBLI_TRY(PutOrderRecord(transaction, to, order.order));
  return PutOrderDetails(transaction, to, order.details);
}

Result<bool> DeleteOrder(StoreTransaction& transaction, const Head& owner, int64_t id) {
  OUBLI_TRY(DeleteRecord(transaction, owner, RecordKind::kOrderDetails, id));
  return DeleteRecord(transaction, owner, RecordKind::kOrder, id);
}

}  // namespace oubli::customers
