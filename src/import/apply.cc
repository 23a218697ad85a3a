// Writes checked rows into a store.
#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "crypto/secret_hash.h"
#include "customers/attribute_definitions.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/records.h"
#include "import/import.h"
#include "import/import_row.h"

namespace oubli::import {
namespace {

using customers::Customer;
using customers::Head;
using customers::StoreTransaction;

// Ids of imported transactions lie above all that the counter will ever give, and still fit into
// the 53 bits that every client's numbers hold.
constexpr int64_t kImportedTransaction = int64_t{1} << 52;

std::string FieldOf(const ImportRow& row, std::string_view name) {
  const auto field = row.fields.find(name);
  return field == row.fields.end() ? std::string() : field->second;
}

Result<std::optional<Customer>> FindNamed(StoreTransaction& transaction, const ImportRow& row) {
  if (row.id != 0) {
    OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(transaction, row.id));
    return customer;
  }
  // The first name that leads to somebody decides; should another one lead to somebody else,
  // storing the profile finds the clash.
  const auto by = [&](std::string_view field, auto find) -> Result<std::optional<Customer>> {
    const std::string value = FieldOf(row, field);
    if (value.empty()) return std::nullopt;
    return find(transaction, value);
  };
  OUBLI_TRY_ASSIGN(auto customer, by("email", customers::FindCustomerByEmail));
  if (customer) return customer;
  OUBLI_TRY_ASSIGN(customer, by("code", customers::FindCustomerByCode));
  if (customer) return customer;
  return by("card_number", customers::FindCustomerByCard);
}

// True when something of the profile was set.
bool SetProfile(const ImportRow& row, customers::Profile& profile) {
  const auto set = [&row](std::string_view name, std::string& into) {
    const auto field = row.fields.find(name);
    if (field == row.fields.end() || field->second == into) return false;
    into = field->second;
    return true;
  };
  bool changed = false;
  changed |= set("email", profile.email);
  changed |= set("first_name", profile.first_name);
  changed |= set("last_name", profile.last_name);
  changed |= set("company", profile.company);
  changed |= set("phone", profile.phone);
  changed |= set("mobile", profile.mobile);
  changed |= set("notes", profile.notes);
  changed |= set("code", profile.code);
  changed |= set("card_number", profile.card_number);
  changed |= set("username", profile.username);
  changed |= set("gender", profile.gender);
  changed |= set("custom_date", profile.custom_date);
  changed |= set("custom_field", profile.custom_field);
  if (row.store_credit && *row.store_credit != profile.store_credit) {
    profile.store_credit = *row.store_credit;
    changed = true;
  }
  if (row.accepts_marketing && *row.accepts_marketing != profile.accepts_marketing) {
    profile.accepts_marketing = *row.accepts_marketing;
    changed = true;
  }
  if (row.registered && *row.registered != profile.registered) {
    profile.registered = *row.registered;
    changed = true;
  }
  return changed;
}

struct Written {
  Head head;
  RowResult result = RowResult::kUpdated;
};

Result<Written> WriteCustomer(StoreTransaction& transaction, const ImportRow& row) {
  OUBLI_TRY_ASSIGN(auto found, FindNamed(transaction, row));
  Customer customer = found.value_or(Customer());
  bool changed = SetProfile(row, customer.profile);
  if (row.group) {
    int64_t group_id = 0;
    if (!row.group->empty()) {
      OUBLI_TRY_ASSIGN(const auto group, customers::EnsureGroup(transaction, *row.group));
      group_id = group.id;
    }
    changed |= group_id != customer.head.group_id;
    customer.head.group_id = group_id;
  }
  if (found) {
    if (changed) OUBLI_TRY(customers::UpdateCustomer(transaction, customer));
    return Written{customer.head, RowResult::kUpdated};
  }
  if (row.fields.empty()) return Fail(ErrorKind::kNotFound, "names nobody in the store", "id");
  customer.head.id = row.id;
  customer.head.created_at = row.created_at;
  OUBLI_TRY_ASSIGN(customer, customers::CreateCustomer(transaction, std::move(customer)));
  return Written{customer.head, RowResult::kCreated};
}

Status WriteAddresses(StoreTransaction& transaction, const Head& owner, const ImportRow& row) {
  if (row.addresses.empty()) return {};
  OUBLI_TRY_ASSIGN(const auto existing, customers::ListAddresses(transaction, owner));
  for (customers::Address address : row.addresses) {
    const auto same =
        std::ranges::find(existing, address.import_ref, &customers::Address::import_ref);
    if (same != existing.end()) {
      address.id = same->id;
      address.created_at = same->created_at;
      address.extra = same->extra;
    }
    OUBLI_TRY(customers::PutAddress(transaction, owner, std::move(address)));
  }
  return {};
}

Status WriteAttributes(StoreTransaction& transaction, const Head& owner, const ImportRow& row) {
  for (const AttributeRow& attribute : row.attributes) {
    OUBLI_TRY_ASSIGN(const auto definition,
                     customers::EnsureAttributeDefinition(transaction, attribute.name));
    customers::AttributeValue value;
    value.attribute_id = definition.id;
    value.value = attribute.value;
    OUBLI_TRY(customers::PutAttributeValue(transaction, owner, std::move(value)));
  }
  return {};
}

Status EnsureEnrolled(StoreTransaction& transaction, const Head& owner, const crypto::Key& key,
                      int64_t campaign_id, UnixMs date) {
  OUBLI_TRY_ASSIGN(const auto enrolled,
                   customers::FindRecord(transaction, owner, key,
                                         customers::RecordKind::kEnrollment, campaign_id));
  if (enrolled) return {};
  return customers::PutEnrollment(transaction, owner, {campaign_id, date});
}

Status WriteTransactions(StoreTransaction& transaction, const Head& owner, const ImportRow& row) {
  if (row.transactions.empty()) return {};
  OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(owner));
  std::string campaign_name;
  int64_t campaign_id = 0;
  for (const TransactionRow& imported : row.transactions) {
    if (campaign_id == 0 || imported.campaign != campaign_name) {
      OUBLI_TRY_ASSIGN(const auto campaign,
                       customers::EnsureCampaign(transaction, imported.campaign));
      campaign_id = campaign.id;
      campaign_name = imported.campaign;
      OUBLI_TRY(EnsureEnrolled(transaction, owner, key, campaign_id, imported.entry.date));
    }
    customers::Transaction entry = imported.entry;
    entry.campaign_id = campaign_id;
    // The id follows from the ref, so that importing again writes the same row; keyed with the
    // customer's own key, so that the id says nothing about the ref once the key is gone.
    entry.id = kImportedTransaction |
               static_cast<int64_t>(crypto::KeyedNumber(key, "transaction ref", imported.ref));
    OUBLI_TRY(customers::PutTransaction(transaction, owner, std::move(entry)));
  }
  return {};
}

Status WriteOrders(StoreTransaction& transaction, const Head& owner, const ImportRow& row) {
  if (row.orders.empty()) return {};
  OUBLI_TRY_ASSIGN(const auto existing, customers::ListOrders(transaction, owner));
  for (customers::Order order : row.orders) {
    const auto same = std::ranges::find(existing, order.import_ref, &customers::Order::import_ref);
    if (same != existing.end()) order.id = same->id;
    OUBLI_TRY(customers::PutOrder(transaction, owner, std::move(order)));
  }
  return {};
}

Result<RowResult> WriteRow(StoreTransaction& transaction, const ImportRow& row) {
  OUBLI_TRY_ASSIGN(const Written written, WriteCustomer(transaction, row));
  OUBLI_TRY(WriteAddresses(transaction, written.head, row));
  OUBLI_TRY(WriteAttributes(transaction, written.head, row));
  OUBLI_TRY(WriteTransactions(transaction, written.head, row));
  OUBLI_TRY(WriteOrders(transaction, written.head, row));
  return written.result;
}

// Outcomes of rows that are on their way to the store.
class Pending {
 public:
  explicit Pending(size_t count) : outcomes_(count), open_(count) {}

  void Set(size_t index, RowOutcome outcome) {
    std::lock_guard lock(mutex_);
    outcomes_[index] = std::move(outcome);
    CloseOne();
  }
  void SetFailed(Error error) {
    std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(error);
    CloseOne();
  }
  Result<std::vector<RowOutcome>> Wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return open_ == 0; });
    if (failure_) return Fail(std::move(*failure_));
    return std::move(outcomes_);
  }

 private:
  void CloseOne() {
    if (--open_ == 0) done_.notify_one();
  }
  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<RowOutcome> outcomes_;
  size_t open_;
  std::optional<Error> failure_;
};

void TakeOutcome(Pending& pending, size_t index, Result<RowResult> result) {
  if (result) return pending.Set(index, {*result, {}});
  const Error& error = result.error();
  if (error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kCorrupt) {
    return pending.SetFailed(error);
  }
  pending.Set(index, {RowResult::kRefused, {"", -1, error.field, error.text}});
}

}  // namespace

Result<std::vector<RowOutcome>> ApplyBatch(customers::Store& store,
                                           std::span<const boost::json::object> rows) {
  if (rows.empty()) return std::vector<RowOutcome>();
  Pending pending(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    auto row = ReadRow(rows[i]);
    if (!row) {
      pending.Set(i, {RowResult::kRefused, std::move(row).error()});
      continue;
    }
    store.Write(
        [row = std::move(*row)](StoreTransaction& transaction) {
          return WriteRow(transaction, row);
        },
        [&pending, i](Result<RowResult> result) { TakeOutcome(pending, i, std::move(result)); });
  }
  return pending.Wait();
}

}  // namespace oubli::import
