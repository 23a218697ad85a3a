// The typed half of records.h: what is inside the sealed bytes of each kind.
#include <algorithm>

#include "customers/campaigns.h"
#include "customers/codec.h"
#include "customers/heads.h"
#include "customers/kept_orders.h"
#include "customers/outbox.h"
#include "customers/records.h"

namespace oubli::customers {
namespace {

template <class T>
Result<std::vector<T>> ListAll(StoreView& view, const Head& owner, RecordKind kind,
                               int64_t T::*id) {
  OUBLI_TRY_ASSIGN(const crypto::Key key, view.KeyOf(owner));
  std::vector<T> list;
  OUBLI_TRY(ForEachRecord(view, owner, key, kind,
                          [&](int64_t record_id, std::string_view plain) -> Status {
                            T& record = list.emplace_back();
                            record.*id = record_id;
                            return Decode(plain, record);
                          }));
  return list;
}

template <class T>
Result<std::optional<T>> FindOne(StoreView& view, const Head& owner, RecordKind kind, int64_t id) {
  OUBLI_TRY_ASSIGN(const crypto::Key key, view.KeyOf(owner));
  OUBLI_TRY_ASSIGN(auto plain, FindRecord(view, owner, key, kind, id));
  if (!plain) return std::nullopt;
  T record;
  record.id = id;
  OUBLI_TRY(Decode(*plain, record));
  return record;
}

template <class T>
Status PutOne(StoreTransaction& transaction, const Head& owner, RecordKind kind, int64_t id,
              const T& record) {
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(owner));
  return PutRecord(transaction, owner, key, kind, id, Encode(record));
}

// Gives a record without an id the next one of its counter.
Status EnsureId(StoreTransaction& transaction, std::string_view counter, int64_t& id) {
  if (id != 0) return {};
  OUBLI_TRY_ASSIGN(id, NextNumber(transaction, counter));
  return {};
}

}  // namespace

Result<std::vector<Address>> ListAddresses(StoreView& view, const Head& owner) {
  return ListAll(view, owner, RecordKind::kAddress, &Address::id);
}

Result<std::optional<Address>> FindAddress(StoreView& view, const Head& owner, int64_t id) {
  return FindOne<Address>(view, owner, RecordKind::kAddress, id);
}

namespace {

// What putting the address changes is told; what leaves it as it is, but for form fields, is not.
// REQUIRES: times are not set yet.
Status NotePut(StoreTransaction& transaction, const Head& owner, const Address& address) {
  OUBLI_TRY_ASSIGN(auto old, FindAddress(transaction, owner, address.id));
  if (!old) {
    return NoteEvent(transaction, {EventKind::kAddressCreated, owner.id, address.id});
  }
  old->created_at = address.created_at;
  old->modified_at = address.modified_at;
  old->form_fields = address.form_fields;
  if (Encode(*old) == Encode(address)) return {};
  return NoteEvent(transaction, {EventKind::kAddressUpdated, owner.id, address.id});
}

bool TellsOf(const StoreTransaction& transaction, const Head& owner) {
  return transaction.notes_events() && owner.kind == OwnerKind::kCustomer;
}

}  // namespace

Result<Address> PutAddress(StoreTransaction& transaction, const Head& owner, Address address) {
  OUBLI_TRY(EnsureId(transaction, "address_id", address.id));
  if (TellsOf(transaction, owner)) OUBLI_TRY(NotePut(transaction, owner, address));
  if (address.created_at == 0) address.created_at = transaction.now_ms();
  address.modified_at = transaction.now_ms();
  OUBLI_TRY(PutOne(transaction, owner, RecordKind::kAddress, address.id, address));
  return address;
}

Result<bool> DeleteAddress(StoreTransaction& transaction, const Head& owner, int64_t id) {
  OUBLI_TRY_ASSIGN(const bool was_there,
                   DeleteRecord(transaction, owner, RecordKind::kAddress, id));
  if (was_there && TellsOf(transaction, owner)) {
    OUBLI_TRY(NoteEvent(transaction, {EventKind::kAddressDeleted, owner.id, id}));
  }
  return was_there;
}

Result<std::vector<AttributeValue>> ListAttributeValues(StoreView& view, const Head& owner) {
  return ListAll(view, owner, RecordKind::kAttributeValue, &AttributeValue::id);
}

Result<std::optional<AttributeValue>> FindAttributeValue(StoreView& view, const Head& owner,
                                                         int64_t id) {
  return FindOne<AttributeValue>(view, owner, RecordKind::kAttributeValue, id);
}

Result<AttributeValue> PutAttributeValue(StoreTransaction& transaction, const Head& owner,
                                         AttributeValue value) {
  OUBLI_TRY_ASSIGN(const auto existing, ListAttributeValues(transaction, owner));
  const auto same = std::ranges::find(existing, value.attribute_id, &AttributeValue::attribute_id);
  if (same != existing.end()) {
    value.id = same->id;
    value.created_at = same->created_at;
  }
  OUBLI_TRY(EnsureId(transaction, "attribute_value_id", value.id));
  if (value.created_at == 0) value.created_at = transaction.now_ms();
  value.modified_at = transaction.now_ms();
  OUBLI_TRY(PutOne(transaction, owner, RecordKind::kAttributeValue, value.id, value));
  return value;
}

namespace {

// What belongs to a deleted campaign may still lie there, and is gone all the same.
template <class T>
Result<std::vector<T>> OfLivingCampaigns(StoreView& view, std::vector<T> records) {
  OUBLI_TRY_ASSIGN(const auto deleted, SweptCampaigns(view));
  std::erase_if(records, [&](const T& record) {
    return std::ranges::find(deleted, record.campaign_id) != deleted.end();
  });
  return records;
}

}  // namespace

Result<std::vector<Transaction>> ListTransactions(StoreView& view, const Head& owner) {
  OUBLI_TRY_ASSIGN(auto entries, ListAll(view, owner, RecordKind::kTransaction, &Transaction::id));
  return OfLivingCampaigns(view, std::move(entries));
}

Result<Transaction> PutTransaction(StoreTransaction& transaction, const Head& owner,
                                   Transaction entry) {
  OUBLI_TRY(EnsureId(transaction, "transaction_id", entry.id));
  if (entry.date == 0) entry.date = transaction.now_ms();
  OUBLI_TRY(PutOne(transaction, owner, RecordKind::kTransaction, entry.id, entry));
  return entry;
}

Result<bool> DeleteTransaction(StoreTransaction& transaction, const Head& owner, int64_t id) {
  return DeleteRecord(transaction, owner, RecordKind::kTransaction, id);
}

Result<std::vector<Enrollment>> ListEnrollments(StoreView& view, const Head& owner) {
  OUBLI_TRY_ASSIGN(auto enrollments,
                   ListAll(view, owner, RecordKind::kEnrollment, &Enrollment::campaign_id));
  return OfLivingCampaigns(view, std::move(enrollments));
}

Status PutEnrollment(StoreTransaction& transaction, const Head& owner,
                     const Enrollment& enrollment) {
  return PutOne(transaction, owner, RecordKind::kEnrollment, enrollment.campaign_id, enrollment);
}

Result<std::vector<Order>> ListOrders(StoreView& view, const Head& owner) {
  return ListAll(view, owner, RecordKind::kOrder, &Order::id);
}

Result<Order> PutOrder(StoreTransaction& transaction, const Head& owner, Order order) {
  OUBLI_TRY_ASSIGN(order.kept_id, KeepAmounts(transaction, owner, order));
  return PutOrderRecord(transaction, owner, std::move(order));
}

Result<Order> PutOrderRecord(StoreTransaction& transaction, const Head& owner, Order order) {
  OUBLI_TRY(EnsureId(transaction, "order_id", order.id));
  OUBLI_TRY(PutOne(transaction, owner, RecordKind::kOrder, order.id, order));
  return order;
}

}  // namespace oubli::customers
