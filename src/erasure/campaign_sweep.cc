#include "erasure/campaign_sweep.h"

#include <optional>
#include <vector>

#include "customers/codec.h"
#include "customers/customers.h"
#include "customers/records.h"

namespace oubli::erasure {
namespace {

using customers::Head;
using customers::RecordKind;
using customers::StoreTransaction;

// Customers that are looked at a time: far fewer than a slice has time for.
constexpr size_t kCustomerBatch = 64;
// Transactions that are opened at a time, for somebody who has very many.
constexpr int64_t kEntriesBatch = 256;

struct CampaignProgress {
  int64_t campaign_id = 0;
  int64_t after_id = 0;  // of the customers that are done
};

Result<std::optional<CampaignProgress>> NextCampaign(StoreTransaction& transaction) {
  OUBLI_TRY_ASSIGN(auto select,
                   transaction.connection().Prepare("SELECT campaign_id, after_id FROM "
                                                    "campaign_sweep ORDER BY campaign_id LIMIT 1"));
  OUBLI_TRY_ASSIGN(const bool row, select->Step());
  if (!row) return std::nullopt;
  return CampaignProgress{select->Int(0), select->Int(1)};
}

Status Save(StoreTransaction& transaction, const CampaignProgress& progress) {
  OUBLI_TRY_ASSIGN(auto update,
                   transaction.connection().Prepare(
                       "UPDATE campaign_sweep SET after_id = $2 WHERE campaign_id = $1"));
  update->Bind(1, progress.campaign_id).Bind(2, progress.after_id);
  OUBLI_TRY(update->Step());
  return {};
}

Status Finish(StoreTransaction& transaction, int64_t campaign_id) {
  OUBLI_TRY_ASSIGN(auto erase, transaction.connection().Prepare(
                                   "DELETE FROM campaign_sweep WHERE campaign_id = $1"));
  erase->Bind(1, campaign_id);
  OUBLI_TRY(erase->Step());
  return {};
}

Result<std::vector<int64_t>> EntryIds(StoreTransaction& transaction, const Head& owner,
                                      int64_t after_id) {
  OUBLI_TRY_ASSIGN(auto select, transaction.connection().Prepare(
                                    "SELECT id FROM record WHERE ordinal = $1 AND kind = $2 AND "
                                    "id > $3 ORDER BY id LIMIT $4"));
  select->Bind(1, owner.ordinal)
      .Bind(2, static_cast<int64_t>(RecordKind::kTransaction))
      .Bind(3, after_id)
      .Bind(4, kEntriesBatch);
  std::vector<int64_t> ids;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return ids;
    ids.push_back(select->Int(0));
  }
}

// Whether a transaction is one of the campaign's. One that does not open stays: it cannot be told
// whose it is, nobody can read it, and the examination of the data reports it.
Result<bool> IsOf(StoreTransaction& transaction, const Head& owner, const crypto::Key& key,
                  int64_t id, int64_t campaign_id) {
  const auto plain = customers::FindRecord(transaction, owner, key, RecordKind::kTransaction, id);
  if (!plain && plain.error().kind != ErrorKind::kCorrupt) return Fail(plain.error());
  customers::Transaction entry;
  if (!plain || !*plain || !customers::Decode(**plain, entry)) return false;
  return entry.campaign_id == campaign_id;
}

// Who has a transaction in a campaign is enrolled in it, so the others' records need no opening.
// The enrolment goes last: where a crash cut this off, it is done again.
Status SweepCustomer(StoreTransaction& transaction, const Head& owner, int64_t campaign_id) {
  const auto key = transaction.KeyOf(owner);
  if (!key) return key.error().kind == ErrorKind::kNotFound ? Status() : Fail(key.error());
  int64_t after_id = INT64_MIN;
  while (true) {
    OUBLI_TRY_ASSIGN(const auto ids, EntryIds(transaction, owner, after_id));
    if (ids.empty()) break;
    for (const int64_t id : ids) {
      OUBLI_TRY_ASSIGN(const bool goes, IsOf(transaction, owner, *key, id, campaign_id));
      if (goes) OUBLI_TRY(customers::DeleteTransaction(transaction, owner, id));
    }
    after_id = ids.back();
  }
  OUBLI_TRY(customers::DeleteRecord(transaction, owner, RecordKind::kEnrollment, campaign_id));
  return {};
}

Result<bool> IsEnrolled(StoreTransaction& transaction, const Head& owner, int64_t campaign_id) {
  OUBLI_TRY_ASSIGN(auto select, transaction.connection().Prepare(
                                    "SELECT id FROM record WHERE ordinal = $1 AND kind = $2 AND "
                                    "id = $3"));
  select->Bind(1, owner.ordinal)
      .Bind(2, static_cast<int64_t>(RecordKind::kEnrollment))
      .Bind(3, campaign_id);
  return select->Step();
}

Result<std::vector<Head>> NextCustomers(StoreTransaction& transaction, int64_t after_id) {
  std::vector<Head> heads;
  OUBLI_TRY(customers::ForEachHead(transaction, customers::OwnerKind::kCustomer, after_id,
                                   [&](const Head& head) {
                                     heads.push_back(head);
                                     return heads.size() < kCustomerBatch;
                                   }));
  return heads;
}

}  // namespace

Status SweepDeletedCampaigns(StoreTransaction& transaction,
                             const std::function<bool()>& keep_going) {
  while (keep_going()) {
    OUBLI_TRY_ASSIGN(auto progress, NextCampaign(transaction));
    if (!progress) return {};
    OUBLI_TRY_ASSIGN(const auto heads, NextCustomers(transaction, progress->after_id));
    for (const Head& head : heads) {
      OUBLI_TRY_ASSIGN(const bool enrolled, IsEnrolled(transaction, head, progress->campaign_id));
      if (enrolled) OUBLI_TRY(SweepCustomer(transaction, head, progress->campaign_id));
      progress->after_id = head.id;
      if (enrolled && !keep_going()) break;
    }
    OUBLI_TRY(heads.empty() ? Finish(transaction, progress->campaign_id)
                            : Save(transaction, *progress));
  }
  return {};
}

Result<bool> AnyDeletedCampaign(customers::StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT campaign_id FROM campaign_sweep LIMIT 1"));
  return select->Step();
}

}  // namespace oubli::erasure
