#include "erasure/sweeper.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/log.h"
#include "customers/customers.h"
#include "customers/heads.h"
#include "customers/outbox.h"
#include "customers/record_kind.h"
#include "customers/tokens.h"
#include "erasure/campaign_sweep.h"
#include "erasure/range_sweep.h"
#include "erasure/sweep_list.h"
#include "keys/tree_rows.h"

namespace oubli::erasure {

using customers::Store;
using customers::StoreTransaction;
using customers::StoreView;
using keys::Ordinal;

namespace {

// Owners of an earlier epoch that are read at a time.
constexpr int64_t kOwnerBatch = 256;
// Listed owners that are read at a time and sorted: the more, the more of them share their pages.
constexpr int64_t kListBatch = 20'000;
// Pages of an old key tree that are looked at a time: far less than a slice may take.
constexpr int64_t kPageBatch = 16;
constexpr keys::PageId kNoPage = -1;  // before all pages

using KeepGoing = std::function<bool()>;

// Deletes the ids of an owner's records from record_id, for the kinds that are there. An id may be
// somebody else's by now (a coupon, the session of a cart): that row stays.
Status SweepRecordIds(storage::Connection& connection, Ordinal ordinal) {
  for (const customers::RecordKindRule& rule : customers::RecordKinds()) {
    if (!rule.found_by_id) continue;
    OUBLI_TRY_ASSIGN(
        auto erase,
        connection.Prepare("DELETE FROM record_id WHERE kind = $1 AND ordinal = $2 AND id IN "
                           "(SELECT id FROM record WHERE ordinal = $2 AND kind = $1)"));
    erase->Bind(1, static_cast<int64_t>(rule.kind)).Bind(2, ordinal);
    OUBLI_TRY(erase->Step());
  }
  return {};
}

// The pages of the key tree as it was before an erasure of everything: no page leads to them. Goes
// on behind `last`, and leaves there how far it has come; false when more is left.
Result<bool> SweepPages(storage::Connection& connection, int64_t version, keys::PageId& last,
                        const KeepGoing& keep_going) {
  do {
    OUBLI_TRY_ASSIGN(const auto looked_at,
                     keys::DeleteOldPages(connection, version, last, kPageBatch));
    last = looked_at.value_or(kNoPage);
    if (!looked_at) return true;
  } while (keep_going());
  return false;
}

Status SweepRecords(storage::Connection& connection, Ordinal ordinal) {
  OUBLI_TRY(SweepRecordIds(connection, ordinal));
  OUBLI_TRY_ASSIGN(auto erase, connection.Prepare("DELETE FROM record WHERE ordinal = $1"));
  erase->Bind(1, ordinal);
  OUBLI_TRY(erase->Step());
  return {};
}

struct Listed {
  Ordinal ordinal = 0;  // below zero: all pages up to that version
  int64_t no = 0;
};

// What has been read of the table sweep and not been swept yet; it lives from slice to slice.
struct List {
  std::vector<Listed> entries;       // swept from the back
  keys::PageId last_page = kNoPage;  // for the entry at the back
};

Status ReadList(storage::Connection& connection, std::vector<Listed>& list) {
  OUBLI_TRY_ASSIGN(auto select,
                   connection.Prepare("SELECT ordinal, no FROM sweep ORDER BY no LIMIT $1"));
  select->Bind(1, kListBatch);
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) break;
    list.push_back({select->Int(0), select->Int(1)});
  }
  std::ranges::sort(list, std::ranges::greater(), &Listed::ordinal);
  return {};
}

// The owners in the table sweep, in order of ordinal, so that neighbours share their pages.
Result<int64_t> SweepListed(storage::Connection& connection, List& list,
                            const KeepGoing& keep_going) {
  OUBLI_TRY_ASSIGN(auto done, connection.Prepare("DELETE FROM sweep WHERE no = $1"));
  int64_t swept = 0;
  while (keep_going()) {
    if (list.entries.empty()) OUBLI_TRY(ReadList(connection, list.entries));
    if (list.entries.empty()) break;
    const Listed next = list.entries.back();
    if (next.ordinal < 0) {
      OUBLI_TRY_ASSIGN(const bool all,
                       SweepPages(connection, -next.ordinal, list.last_page, keep_going));
      if (!all) break;
    } else {
      OUBLI_TRY(SweepRecords(connection, next.ordinal));
    }
    done->Reset();
    done->Bind(1, next.no);
    OUBLI_TRY(done->Step());
    list.entries.pop_back();
    ++swept;
  }
  return swept;
}

struct OldOwner {
  int64_t epoch = 0, kind = 0, id = 0;
  Ordinal ordinal = 0;
  std::string tokens;
};

Result<std::vector<OldOwner>> OldOwners(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT epoch, kind, id, ordinal, tokens FROM owner "
                                             "WHERE epoch < $1 ORDER BY epoch, kind, id LIMIT $2"));
  select->Bind(1, view.keys().epoch()).Bind(2, kOwnerBatch);
  std::vector<OldOwner> owners;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return owners;
    owners.push_back({select->Int(0), select->Int(1), select->Int(2), select->Int(3),
                      std::string(select->Blob(4))});
  }
}

// A clear-all is told of here, customer by customer, since its answer does not wait for a list of
// them. Not of an id that somebody has got again meanwhile: it would be told to be gone.
Status NoteClearedOwner(StoreTransaction& transaction, const OldOwner& owner,
                        const std::map<int64_t, UnixMs>& cleared) {
  const auto told = cleared.find(owner.epoch);
  if (told == cleared.end()) return {};
  if (owner.kind != static_cast<int64_t>(customers::OwnerKind::kCustomer)) return {};
  OUBLI_TRY_ASSIGN(const auto again,
                   customers::FindHead(transaction, customers::OwnerKind::kCustomer, owner.id));
  if (again) return {};
  return customers::NoteErased(transaction, {&owner.id, 1}, told->second);
}

Status SweepOldOwner(StoreTransaction& transaction, const OldOwner& owner) {
  OUBLI_TRY(customers::DeleteTokens(transaction, owner.tokens));
  OUBLI_TRY(SweepRecords(transaction.connection(), owner.ordinal));
  OUBLI_TRY_ASSIGN(auto erase, transaction.connection().Prepare(
                                   "DELETE FROM owner WHERE epoch = $1 AND kind = $2 AND id = $3"));
  erase->Bind(1, owner.epoch).Bind(2, owner.kind).Bind(3, owner.id);
  OUBLI_TRY(erase->Step());
  return {};
}

// The owners that a clear-all left behind.
Result<int64_t> SweepOldEpochs(StoreTransaction& transaction, const KeepGoing& keep_going) {
  int64_t swept = 0;
  OUBLI_TRY_ASSIGN(const auto cleared, customers::ClearedEpochs(transaction));
  while (keep_going()) {
    OUBLI_TRY_ASSIGN(const std::vector<OldOwner> batch, OldOwners(transaction));
    if (batch.empty()) {
      if (!cleared.empty()) OUBLI_TRY(customers::ForgetClearedEpochs(transaction));
      return swept;
    }
    for (const OldOwner& owner : batch) {
      OUBLI_TRY(NoteClearedOwner(transaction, owner, cleared));
      OUBLI_TRY(SweepOldOwner(transaction, owner));
      ++swept;
      if (!keep_going()) return swept;
    }
  }
  return swept;
}

Result<bool> AnyLeft(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare("SELECT ordinal FROM sweep LIMIT 1"));
  OUBLI_TRY_ASSIGN(const bool listed, select->Step());
  if (listed) return true;
  OUBLI_TRY_ASSIGN(auto old,
                   view.connection().Prepare("SELECT id FROM owner WHERE epoch < $1 LIMIT 1"));
  old->Bind(1, view.keys().epoch());
  OUBLI_TRY_ASSIGN(const bool any_old, old->Step());
  if (any_old) return true;
  OUBLI_TRY_ASSIGN(const bool any_range, AnyRetiredRange(view));
  return any_range ? true : AnyDeletedCampaign(view);
}

class Sweep final : public storage::BackgroundWork {
 public:
  explicit Sweep(Store& store) : store_(store) {}

  Result<bool> Slice(storage::Connection& connection, const KeepGoing& keep_going) override {
    StoreTransaction transaction = store_.Begin(connection);
    OUBLI_TRY_ASSIGN(swept_, SweepListed(connection, list_, keep_going));
    OUBLI_TRY_ASSIGN(const int64_t old, SweepOldEpochs(transaction, keep_going));
    swept_ += old;
    OUBLI_TRY(SweepRetiredRanges(connection, keep_going));
    OUBLI_TRY(SweepDeletedCampaigns(transaction, keep_going));
    OUBLI_TRY_ASSIGN(more_, AnyLeft(transaction));
    return more_;
  }
  void Committed() override {
    store_.sweep_backlog() -= swept_;
    // The count is for the metric; should it ever drift, an empty list puts it right.
    if (!more_) store_.sweep_backlog() = 0;
  }
  // What was taken off the list is still in the table: read again.
  void Failed() override { list_ = {}; }

 private:
  Store& store_;
  List list_;
  int64_t swept_ = 0;  // in the last slice
  bool more_ = false;
};

}  // namespace

Status AddPagesToSweep(Store& store, StoreTransaction& transaction) {
  return AddToSweep(store, transaction, -transaction.keys().version());
}

Status AddToSweep(Store& store, StoreTransaction& transaction, Ordinal ordinal) {
  // Only the writer comes here. A number that a failed commit leaves out is not missed.
  if (store.sweep_number() == 0) {
    OUBLI_TRY_ASSIGN(auto last,
                     transaction.connection().Prepare("SELECT COALESCE(MAX(no), 0) FROM sweep"));
    OUBLI_TRY(last->Step());
    store.sweep_number() = last->Int(0);
  }
  OUBLI_TRY_ASSIGN(auto insert, transaction.connection().Prepare(
                                    "INSERT INTO sweep (no, ordinal) VALUES ($1, $2)"));
  insert->Bind(1, ++store.sweep_number()).Bind(2, ordinal);
  OUBLI_TRY(insert->Step());
  return {};
}

Result<int64_t> CountSweep(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto listed, view.connection().Prepare("SELECT COUNT(*) FROM sweep"));
  OUBLI_TRY(listed->Step());
  OUBLI_TRY_ASSIGN(auto old,
                   view.connection().Prepare("SELECT COUNT(*) FROM owner WHERE epoch < $1"));
  old->Bind(1, view.keys().epoch());
  OUBLI_TRY(old->Step());
  return listed->Int(0) + old->Int(0);
}

std::unique_ptr<storage::BackgroundWork> MakeSweep(Store& store) {
  return std::make_unique<Sweep>(store);
}

Status AttachSweep(Store& store) {
  OUBLI_TRY_ASSIGN(auto reader, store.Read());
  OUBLI_TRY_ASSIGN(const int64_t backlog, CountSweep(*reader));
  OUBLI_TRY_ASSIGN(const bool any, AnyLeft(*reader));
  store.sweep_backlog() = backlog;
  store.writer().SetBackground(MakeSweep(store));
  if (any) store.writer().WakeBackground();
  return {};
}

}  // namespace oubli::erasure
