#include "customers/outbox_progress.h"

#include <algorithm>

namespace oubli::customers {
namespace {

// Longer than the longest pause between two attempts.
constexpr int64_t kLongestPauseMs = 90'000'000;

Status PutRetry(StoreTransaction& transaction, int64_t hook_id, const OutboxRetry& retry) {
  OUBLI_TRY_ASSIGN(auto put, transaction.connection().Prepare(
                                 "INSERT INTO outbox_retry (hook_id, no, attempts, due_at) VALUES "
                                 "($1, $2, $3, $4) ON CONFLICT (hook_id, no) DO UPDATE SET "
                                 "attempts = excluded.attempts, due_at = excluded.due_at"));
  put->Bind(1, hook_id).Bind(2, retry.no).Bind(3, retry.attempts).Bind(4, retry.due_at);
  OUBLI_TRY(put->Step());
  return {};
}

Status DeleteRetry(StoreTransaction& transaction, int64_t hook_id, int64_t no) {
  OUBLI_TRY_ASSIGN(auto erase, transaction.connection().Prepare(
                                   "DELETE FROM outbox_retry WHERE hook_id = $1 AND no = $2"));
  erase->Bind(1, hook_id).Bind(2, no);
  OUBLI_TRY(erase->Step());
  // What kept the event may have been this alone. A hook that has not come to it yet keeps it too.
  OUBLI_TRY_ASSIGN(auto event, transaction.connection().Prepare(
                                   "DELETE FROM outbox WHERE no = $1 AND NOT EXISTS (SELECT 1 FROM "
                                   "outbox_retry WHERE no = $1) AND NOT EXISTS (SELECT 1 FROM "
                                   "outbox_hook WHERE done_no < $1)"));
  event->Bind(1, no);
  OUBLI_TRY(event->Step());
  return {};
}

Status PutDone(StoreTransaction& transaction, int64_t hook_id, int64_t done_no) {
  OUBLI_TRY_ASSIGN(auto put, transaction.connection().Prepare(
                                 "INSERT INTO outbox_hook (hook_id, done_no) VALUES ($1, $2) ON "
                                 "CONFLICT (hook_id) DO UPDATE SET done_no = excluded.done_no"));
  put->Bind(1, hook_id).Bind(2, done_no);
  OUBLI_TRY(put->Step());
  return {};
}

Status DeleteHook(StoreTransaction& transaction, int64_t hook_id) {
  for (const char* sql : {"DELETE FROM outbox_hook WHERE hook_id = $1",
                          "DELETE FROM outbox_retry WHERE hook_id = $1"}) {
    OUBLI_TRY_ASSIGN(auto erase, transaction.connection().Prepare(sql));
    erase->Bind(1, hook_id);
    OUBLI_TRY(erase->Step());
  }
  return {};
}

Result<std::vector<int64_t>> KnownHooks(StoreView& view) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT hook_id FROM outbox_hook UNION SELECT hook_id "
                                             "FROM outbox_retry"));
  std::vector<int64_t> ids;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return ids;
    ids.push_back(select->Int(0));
  }
}

}  // namespace

Result<int64_t> ReadDoneNumber(StoreView& view, int64_t hook_id) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT done_no FROM outbox_hook WHERE hook_id = $1"));
  select->Bind(1, hook_id);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  return found ? select->Int(0) : 0;
}

Result<std::vector<DueRetry>> DueRetries(StoreView& view, int64_t hook_id, UnixMs now,
                                         int64_t limit) {
  std::vector<DueRetry> due;
  {
    OUBLI_TRY_ASSIGN(auto select,
                     view.connection().Prepare("SELECT no, attempts, due_at FROM outbox_retry "
                                               "WHERE hook_id = $1 AND (due_at <= $2 OR due_at > "
                                               "$3) ORDER BY due_at, no LIMIT $4"));
    select->Bind(1, hook_id).Bind(2, now).Bind(3, now + kLongestPauseMs).Bind(4, limit);
    while (true) {
      OUBLI_TRY_ASSIGN(const bool row, select->Step());
      if (!row) break;
      due.push_back({{select->Int(0), select->Int(1), select->Int(2)}, {}});
    }
  }
  for (DueRetry& each : due) {
    OUBLI_TRY_ASSIGN(auto row, FindEvent(view, each.retry.no));
    if (row) each.row = std::move(*row);
  }
  // An event that is gone, by damage to the file, must not hold up the others.
  std::erase_if(due, [](const DueRetry& each) { return each.row.no == 0; });
  return due;
}

Result<std::optional<UnixMs>> NextRetryAt(StoreView& view, int64_t hook_id, UnixMs now) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT due_at FROM outbox_retry WHERE hook_id = $1 "
                                             "AND due_at > $2 ORDER BY due_at LIMIT 1"));
  select->Bind(1, hook_id).Bind(2, now);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return std::nullopt;
  return select->Int(0);
}

Result<int64_t> CountRetries(StoreView& view, int64_t hook_id) {
  OUBLI_TRY_ASSIGN(auto select, view.connection().Prepare(
                                    "SELECT COUNT(*) FROM outbox_retry WHERE hook_id = $1"));
  select->Bind(1, hook_id);
  OUBLI_TRY(select->Step());
  return select->Int(0);
}

Status WriteProgress(StoreTransaction& transaction, const OutboxProgress& progress) {
  for (const OutboxRetry& retry : progress.failed) {
    OUBLI_TRY(PutRetry(transaction, progress.hook_id, retry));
  }
  OUBLI_TRY(PutDone(transaction, progress.hook_id, progress.done_no));
  for (const int64_t no : progress.delivered) {
    OUBLI_TRY(DeleteRetry(transaction, progress.hook_id, no));
  }
  return {};
}

Status ForgetOtherHooks(StoreTransaction& transaction, std::span<const LivingHook> living) {
  OUBLI_TRY_ASSIGN(const std::vector<int64_t> known, KnownHooks(transaction));
  for (const int64_t id : known) {
    if (std::ranges::find(living, id, &LivingHook::hook_id) == living.end()) {
      OUBLI_TRY(DeleteHook(transaction, id));
    }
  }
  for (const LivingHook& hook : living) {
    OUBLI_TRY_ASSIGN(auto erase, transaction.connection().Prepare(
                                     "DELETE FROM outbox_retry WHERE hook_id = $1 AND no <= $2"));
    erase->Bind(1, hook.hook_id).Bind(2, hook.after_no);
    OUBLI_TRY(erase->Step());
    OUBLI_TRY_ASSIGN(const int64_t done, ReadDoneNumber(transaction, hook.hook_id));
    OUBLI_TRY(PutDone(transaction, hook.hook_id, std::max(done, hook.after_no)));
  }
  return {};
}

Result<Pruned> PruneOutbox(StoreTransaction& transaction, std::span<const LivingHook> living,
                           int64_t after, int64_t limit) {
  OUBLI_TRY_ASSIGN(int64_t floor, LastEventNumber(transaction));
  for (const LivingHook& hook : living) {
    OUBLI_TRY_ASSIGN(const int64_t done, ReadDoneNumber(transaction, hook.hook_id));
    floor = std::min(floor, std::max(done, hook.after_no));
  }
  if (floor <= after) return Pruned{after, false};
  Pruned pruned{floor, false};
  {
    OUBLI_TRY_ASSIGN(auto select, transaction.connection().Prepare(
                                      "SELECT COUNT(*), MAX(no) FROM (SELECT no FROM outbox WHERE "
                                      "no > $1 AND no <= $2 ORDER BY no LIMIT $3) batch"));
    select->Bind(1, after).Bind(2, floor).Bind(3, limit);
    OUBLI_TRY(select->Step());
    if (select->Int(0) == 0) return pruned;
    pruned.more = select->Int(0) == limit;
    if (pruned.more) pruned.up_to = select->Int(1);
  }
  OUBLI_TRY_ASSIGN(auto erase, transaction.connection().Prepare(
                                   "DELETE FROM outbox WHERE no > $1 AND no <= $2 AND NOT EXISTS "
                                   "(SELECT 1 FROM outbox_retry r WHERE r.no = outbox.no)"));
  erase->Bind(1, after).Bind(2, pruned.up_to);
  OUBLI_TRY(erase->Step());
  return pruned;
}

}  // namespace oubli::customers
