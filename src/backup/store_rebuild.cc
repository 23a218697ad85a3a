#include "backup/store_rebuild.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>

#include "backup/new_tree.h"
#include "backup/restored_users.h"
#include "base/check.h"
#include "customers/heads.h"
#include "customers/record_kind.h"
#include "customers/records.h"
#include "customers/retoken.h"
#include "customers/schema.h"
#include "customers/tokens.h"
#include "keys/tree_rows.h"

namespace oubli::backup {
namespace {

using customers::kOwnerKinds;
using customers::OwnerKind;
using customers::RecordKind;
using keys::Ordinal;
using keys::SlotState;
using storage::Connection;

constexpr size_t kMaxDamageTold = 100;
// Of all stores, also of one in which nothing of a kind has been made by the time of the backup.
constexpr std::string_view kCounters[] = {
    customers::kOrdinalCounter, "customer_id", "subscriber_id", "order_id", "guest_cart_id",
    "kept_order_id", "group_id", "attribute_id", "address_id", "attribute_value_id",
    "transaction_id", "segment_id", "metafield_id", "payment_instrument_id", "campaign_part_id",
    "account_user_id", "discount_profile_id", "coupon_id", "cart_item_id", "credit_adjustment_id",
    "mail_request_no", "order_item_id", "order_comment_id", "payment_id", "wish_list_item_id",
    // Hooks say from which event on they are to be told.
    "outbox_no"};

// The keys as they are restored, for the functions that make tokens.
class RestoredKeys final : public keys::KeyWriteSession {
 public:
  RestoredKeys(TreeHistory& history, const crypto::Key& index_key)
      : history_(history), index_keys_{index_key} {}
  int64_t epoch() const override { return history_.root().epoch; }
  const std::vector<crypto::Key>& index_keys() const override { return index_keys_; }
  Result<crypto::Key> Find(Ordinal ordinal) override {
    OUBLI_TRY_ASSIGN(const TreeHistory::Slot slot, history_.SlotOf(ordinal));
    if (slot.key) return *slot.key;
    return Fail(ErrorKind::kCorrupt, "the key tree has no key of this owner");
  }
  // Nothing below is asked for: tokens change no key.
  crypto::Key Create(Ordinal) override { OUBLI_CHECK(false); }
  void Erase(Ordinal) override { OUBLI_CHECK(false); }
  void EraseAll() override { OUBLI_CHECK(false); }
  void StartReindex() override { OUBLI_CHECK(false); }
  void EndReindex() override { OUBLI_CHECK(false); }
  int64_t version() const override { return history_.highest_version(); }

 private:
  TreeHistory& history_;
  const std::vector<crypto::Key> index_keys_;
};

struct Owner {
  int64_t epoch = 0;
  OwnerKind kind = OwnerKind::kCustomer;
  int64_t id = 0;
  Ordinal ordinal = 0;
};

class Rebuilding {
 public:
  Rebuilding(storage::Database& database, Connection& file, TreeHistory& history,
             Connection* present, const Clock& clock)
      : database_(database), file_(file), history_(history), present_(present), clock_(clock) {}

  Result<RebuiltStore> Run();

 private:
  Status SortOwners();
  Status RemoveErased();
  Status CheckRecords();
  Status CheckRecord(Ordinal ordinal, RecordKind kind, int64_t id, std::string_view sealed);
  Status CountGivenUp();
  Status CountOnlyInData();
  Status MakeTokens(const crypto::Key& index_key);
  Status SetCounters(const crypto::Key& index_key);
  Status ReplaceTree(const crypto::Key& index_key);
  void TellDamage(std::string text);
  template <class Work>
  Status InTransaction(Work work);
  customers::StoreTransaction Transaction(const crypto::Key& index_key) {
    return {file_, std::make_unique<RestoredKeys>(history_, index_key), clock_.NowMs()};
  }
  bool IsLiving(Ordinal ordinal) const {
    return ordinal >= 0 && static_cast<size_t>(ordinal) < living_.size() &&
           living_[static_cast<size_t>(ordinal)];
  }

  storage::Database& database_;
  Connection& file_;
  TreeHistory& history_;
  Connection* const present_;
  const Clock& clock_;
  std::vector<Owner> with_tokens_;  // living customers and subscribers
  std::vector<bool> living_;        // by ordinal: who has a head row and stays
  RebuiltStore rebuilt_;
};

template <class Work>
Status Rebuilding::InTransaction(Work work) {
  OUBLI_TRY(file_.BeginWrite());
  Status done = work();
  if (done) done = file_.Commit();
  if (!done) file_.Rollback();
  return done;
}

void Rebuilding::TellDamage(std::string text) {
  ++rebuilt_.report.damaged;
  if (rebuilt_.report.damage.size() < kMaxDamageTold) {
    rebuilt_.report.damage.push_back(std::move(text));
  }
}

// Who stays and who goes. The ordinals of those who go are listed in the table `gone`.
Status Rebuilding::SortOwners() {
  OUBLI_TRY(file_.Execute("CREATE TEMP TABLE gone (ordinal INTEGER PRIMARY KEY)"));
  OUBLI_TRY_ASSIGN(auto insert, file_.Prepare("INSERT OR IGNORE INTO gone (ordinal) VALUES ($1)"));
  OUBLI_TRY_ASSIGN(auto select, file_.Prepare("SELECT epoch, kind, id, ordinal FROM owner ORDER BY "
                                              "epoch, kind, id"));
  const int64_t epoch = history_.root().epoch;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) break;
    const Owner owner{select->Int(0), static_cast<OwnerKind>(select->Int(1)), select->Int(2),
                      select->Int(3)};
    OUBLI_TRY_ASSIGN(const TreeHistory::Slot slot, history_.SlotOf(owner.ordinal));
    if (owner.epoch < epoch || slot.state == SlotState::kErased) {
      insert->Reset();
      insert->Bind(1, owner.ordinal);
      OUBLI_TRY(insert->Step());
      if (owner.epoch == history_.backup_epoch()) ++rebuilt_.report.removed;
      continue;
    }
    if (slot.is_lost) {
      // The journals were found to be complete, and yet a page of the living is nowhere.
      return Fail(ErrorKind::kCorrupt,
                  "a key page of living owners does not open: the backup or a key journal is "
                  "damaged");
    }
    if (slot.state == SlotState::kEmpty) {
      TellDamage(fmt::format("owner {} of kind {}: the key tree has no key of it", owner.id,
                             static_cast<int64_t>(owner.kind)));
    } else if (!customers::TokenFieldsOf(owner.kind).empty()) {
      with_tokens_.push_back(owner);
    }
    const auto place = static_cast<size_t>(owner.ordinal);
    if (owner.ordinal < 0) return Fail(ErrorKind::kCorrupt, "an owner's ordinal is damaged");
    if (living_.size() <= place) living_.resize(place + 1);
    living_[place] = true;
    ++rebuilt_.report.living;
  }
  return {};
}

Status Rebuilding::RemoveErased() {
  // Who was erased before the backup and not swept by then: no head row, but records.
  OUBLI_TRY(
      file_.Execute("INSERT OR IGNORE INTO gone SELECT ordinal FROM sweep WHERE ordinal > 0"));
  for (const char* table : {"owner", "record", "record_id", "token"}) {
    OUBLI_TRY(file_.Execute(
        fmt::format("DELETE FROM {} WHERE ordinal IN (SELECT ordinal FROM gone)", table)));
  }
  return file_.Execute("DELETE FROM sweep; DROP TABLE gone;");
}

Status Rebuilding::CheckRecord(Ordinal ordinal, RecordKind kind, int64_t id,
                               std::string_view sealed) {
  const auto tell = [&](std::string_view what) {
    TellDamage(fmt::format("record {} of kind {} of the owner with ordinal {}: {}", id,
                           static_cast<int64_t>(kind), ordinal, what));
  };
  OUBLI_TRY_ASSIGN(const TreeHistory::Slot slot, history_.SlotOf(ordinal));
  if (!IsLiving(ordinal)) {
    tell("it belongs to nobody");
  } else if (!slot.key) {
    tell("there is no key");
  } else if (!customers::OpenRecord(*slot.key, ordinal, kind, id, sealed)) {
    tell("it does not open");
  }
  return {};
}

Status Rebuilding::CheckRecords() {
  OUBLI_TRY_ASSIGN(auto select, file_.Prepare("SELECT ordinal, kind, id, sealed FROM record ORDER "
                                              "BY ordinal, kind, id"));
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return {};
    OUBLI_TRY(CheckRecord(select->Int(0), static_cast<RecordKind>(select->Int(1)), select->Int(2),
                          select->Blob(3)));
  }
}

// Ordinals that were given out after the backup and have not been erased since.
Status Rebuilding::CountGivenUp() {
  for (Ordinal ordinal = history_.floor() + 1; ordinal <= history_.last_ordinal(); ++ordinal) {
    if (IsLiving(ordinal)) continue;
    OUBLI_TRY_ASSIGN(const TreeHistory::Slot slot, history_.SlotOf(ordinal));
    if (slot.state != SlotState::kErased) ++rebuilt_.report.given_up;
  }
  return {};
}

Status Rebuilding::CountOnlyInData() {
  if (present_ == nullptr) return {};
  OUBLI_TRY_ASSIGN(const auto row, keys::ReadRootRow(*present_));
  if (!row) return {};
  OUBLI_TRY_ASSIGN(const keys::TreeRoot header, keys::ReadRootHeader(row->root));
  OUBLI_TRY_ASSIGN(auto select, present_->Prepare("SELECT ordinal FROM owner WHERE epoch = $1"));
  select->Bind(1, header.epoch);
  const bool is_same_line = header.lineage == history_.root().lineage;
  const bool is_cleared = is_same_line && header.epoch < history_.root().epoch;
  int64_t count = 0;
  while (!is_cleared) {
    OUBLI_TRY_ASSIGN(const bool found, select->Step());
    if (!found) break;
    const Ordinal ordinal = select->Int(0);
    if (IsLiving(ordinal)) continue;
    OUBLI_TRY_ASSIGN(const TreeHistory::Slot slot, history_.SlotOf(ordinal));
    // What lies in the data folder may be older than the last erasures.
    if (!is_same_line || slot.state != SlotState::kErased) ++count;
  }
  rebuilt_.report.only_in_data = count;
  if (is_same_line) rebuilt_.report.given_up = std::max(rebuilt_.report.given_up, count);
  return {};
}

Status Rebuilding::MakeTokens(const crypto::Key& index_key) {
  OUBLI_TRY(file_.Execute("DELETE FROM token"));
  for (const Owner& owner : with_tokens_) {
    customers::StoreTransaction transaction = Transaction(index_key);
    const Status made = customers::RetokenOwner(transaction, owner.kind, owner.id);
    if (made) continue;
    if (made.error().kind == ErrorKind::kUnavailable) return made;
    TellDamage(fmt::format("{} {}: its look-up tokens cannot be made: {}",
                           owner.kind == OwnerKind::kCustomer ? "customer" : "subscriber", owner.id,
                           made.error().text));
    OUBLI_TRY_ASSIGN(const auto found,
                     customers::FindHeadAndTokens(transaction, owner.kind, owner.id));
    if (found) OUBLI_TRY(customers::UpdateHead(transaction, found->head, ""));
  }
  return {};
}

Status Rebuilding::SetCounters(const crypto::Key& index_key) {
  customers::StoreTransaction transaction = Transaction(index_key);
  std::map<std::string, int64_t, std::less<>> counters = history_.counters();
  for (const std::string_view name : kCounters) counters[std::string(name)];
  for (const OwnerKind kind : kOwnerKinds) {
    const std::string_view name = customers::PopulationCounter(kind);
    counters.erase(std::string(name));
    OUBLI_TRY_ASSIGN(auto count, file_.Prepare("SELECT COUNT(*) FROM owner WHERE kind = $1"));
    count->Bind(1, static_cast<int64_t>(kind));
    OUBLI_TRY(count->Step());
    OUBLI_TRY(customers::SetCounter(transaction, name, count->Int(0)));
  }
  for (const auto& [name, value] : counters) {
    const int64_t room = std::min(kCounterGap, INT64_MAX - value);  // callers choose ids too
    OUBLI_TRY(customers::SetCounter(transaction, name, value + room));
  }
  return {};
}

Status Rebuilding::ReplaceTree(const crypto::Key& index_key) {
  OUBLI_TRY_ASSIGN(NewTree tree,
                   MakeNewTree(history_, index_key, history_.highest_version() + kCounterGap,
                               [this](Ordinal ordinal) { return IsLiving(ordinal); }));
  OUBLI_TRY(file_.Execute("DELETE FROM key_page"));
  for (const keys::JournalPage& page : tree.pages) {
    if (page.page == keys::kRootPage) continue;
    OUBLI_TRY(keys::WritePageRow(file_, page.page, {page.version, page.sealed}));
  }
  OUBLI_TRY(
      keys::WriteRootRow(file_, {tree.root.generation, tree.version, tree.pages.back().sealed}));
  keys::JournalEntry entry;
  entry.lineage = tree.root.lineage;
  entry.from_generation = tree.root.generation - 1;
  entry.generation = tree.root.generation;
  entry.full = true;
  entry.time_ms = clock_.NowMs();
  OUBLI_TRY_ASSIGN(entry.counters, customers::ReadCounters(file_));
  entry.pages = std::move(tree.pages);
  OUBLI_TRY_ASSIGN(rebuilt_.journal_entry, keys::EncodeEntry(history_.identity(), entry));
  rebuilt_.root = {tree.root.lineage, tree.root.generation, tree.root_key};
  return {};
}

Result<RebuiltStore> Rebuilding::Run() {
  OUBLI_TRY(storage::Migrate(database_, file_, customers::StoreSchema()));
  // A copy that nobody counts on yet: it is synced as a whole when it is complete.
  OUBLI_TRY(file_.Execute("PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY"));
  OUBLI_TRY(InTransaction([&]() -> Status {
    OUBLI_TRY(SortOwners());
    OUBLI_TRY(RemoveErased());
    OUBLI_TRY_ASSIGN(rebuilt_.report.withdrawn_users, WithdrawUsers(file_, present_));
    // They may have been sent since the backup.
    return file_.Execute("DELETE FROM mail_request");
  }));
  OUBLI_TRY(CheckRecords());
  OUBLI_TRY(CountGivenUp());
  OUBLI_TRY(CountOnlyInData());
  const crypto::Key index_key = crypto::Key::Random();
  OUBLI_TRY(InTransaction([&]() -> Status {
    OUBLI_TRY(MakeTokens(index_key));
    OUBLI_TRY(SetCounters(index_key));
    return ReplaceTree(index_key);
  }));
  OUBLI_TRY(database_.Checkpoint(true));
  return std::move(rebuilt_);
}

}  // namespace

Result<RebuiltStore> RebuildStore(storage::Database& database, Connection& file,
                                  TreeHistory& history, Connection* present, const Clock& clock) {
  return Rebuilding(database, file, history, present, clock).Run();
}

}  // namespace oubli::backup
