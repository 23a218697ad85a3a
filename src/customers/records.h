// Records attached to an owner: sealed under the owner's key, found through the living head row
// only.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "customers/record_kind.h"
#include "customers/store.h"

namespace oubli::customers {

// ---- sealed bytes, for all kinds ----

// A record's sealed bytes, bound to its row. Errors of opening: kCorrupt.
std::string SealRecord(const crypto::Key& key, Ordinal ordinal, RecordKind kind, int64_t id,
                       std::string_view plain);
Result<std::string> OpenRecord(const crypto::Key& key, Ordinal ordinal, RecordKind kind, int64_t id,
                               std::string_view sealed);

// Stores or replaces one record of a living owner. Errors: kInvalid for a kind that is not
// declared.
Status PutRecord(StoreTransaction& transaction, const Head& owner, const crypto::Key& key,
                 RecordKind kind, int64_t id, std::string_view plain);
Result<std::optional<std::string>> FindRecord(StoreView& view, const Head& owner,
                                              const crypto::Key& key, RecordKind kind, int64_t id);
// All of one kind, by id.
Status ForEachRecord(StoreView& view, const Head& owner, const crypto::Key& key, RecordKind kind,
                     const std::function<Status(int64_t id, std::string_view plain)>& visit);
// True when there was one.
Result<bool> DeleteRecord(StoreTransaction& transaction, const Head& owner, RecordKind kind,
                          int64_t id);
// The living owner of a record that is looked up by its own id; nothing when there is none.
Result<std::optional<Head>> FindRecordOwner(StoreView& view, RecordKind kind, int64_t id);
// Ids and living owners of all records of a kind that is found by id, with id > after_id,
// ascending, until `visit` returns false.
Status ForEachRecordOwner(StoreView& view, RecordKind kind, int64_t after_id,
                          const std::function<bool(int64_t id, const Head& owner)>& visit);
// The same with id < before_id, descending.
Status ForEachRecordOwnerBackwards(StoreView& view, RecordKind kind, int64_t before_id,
                                   const std::function<bool(int64_t id, const Head& owner)>& visit);

// What a read of an owner's records has found; nothing (an empty list or optional) when the owner
// has been erased since the view began: to be passed over as if it were not there.
template <class T>
Result<T> NothingIfErased(Result<T> read) {
  if (!read && read.error().kind == ErrorKind::kNotFound) return T();
  return read;
}

// ---- typed records ----

Result<std::vector<Address>> ListAddresses(StoreView& view, const Head& owner);
Result<std::optional<Address>> FindAddress(StoreView& view, const Head& owner, int64_t id);
// Stores the address; id 0 takes the next one of the store. Times are set here. Returns it as
// stored.
Result<Address> PutAddress(StoreTransaction& transaction, const Head& owner, Address address);
Result<bool> DeleteAddress(StoreTransaction& transaction, const Head& owner, int64_t id);

Result<std::vector<AttributeValue>> ListAttributeValues(StoreView& view, const Head& owner);
Result<std::optional<AttributeValue>> FindAttributeValue(StoreView& view, const Head& owner,
                                                         int64_t id);
// Sets the value of (owner, attribute_id); the id stays when there was one.
Result<AttributeValue> PutAttributeValue(StoreTransaction& transaction, const Head& owner,
                                         AttributeValue value);

// By id, without those of campaigns that are deleted.
Result<std::vector<Transaction>> ListTransactions(StoreView& view, const Head& owner);
// id 0 takes the next one of the store.
Result<Transaction> PutTransaction(StoreTransaction& transaction, const Head& owner,
                                   Transaction entry);

// True when there was one.
Result<bool> DeleteTransaction(StoreTransaction& transaction, const Head& owner, int64_t id);

// Without those of campaigns that are deleted.
Result<std::vector<Enrollment>> ListEnrollments(StoreView& view, const Head& owner);
Status PutEnrollment(StoreTransaction& transaction, const Head& owner,
                     const Enrollment& enrollment);

Result<std::vector<Order>> ListOrders(StoreView& view, const Head& owner);
// Stores the order; id 0 takes the next one of the store. Where the store's setting
// keep_order_amounts says so, its amounts are written apart in the same transaction
// (kept_orders.h), and a kept order follows its order also when the setting is off again.
Result<Order> PutOrder(StoreTransaction& transaction, const Head& owner, Order order);
// The record alone, whatever the setting says: for orders that are none, the canaries'.
Result<Order> PutOrderRecord(StoreTransaction& transaction, const Head& owner, Order order);

}  // namespace oubli::customers
