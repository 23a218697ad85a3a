#include "erasure/eraser.h"

#include <algorithm>
#include <atomic>

#include "customers/customers.h"
#include "customers/heads.h"
#include "customers/outbox.h"
#include "customers/subscribers.h"
#include "customers/tokens.h"
#include "erasure/sweep_list.h"

namespace oubli::erasure {
namespace {

using customers::OwnerKind;
using customers::Store;
using customers::StoreTransaction;

// Takes one living owner out of everything that can be read; false when there is nobody of that
// id.
Result<bool> Forget(Store& store, StoreTransaction& transaction, OwnerKind kind, int64_t id) {
  OUBLI_TRY_ASSIGN(const auto head, customers::DeleteHead(transaction, kind, id));
  if (!head) return false;
  OUBLI_TRY(customers::DeleteTokens(transaction, head->tokens));
  transaction.keys().Erase(head->ordinal);
  OUBLI_TRY(AddToSweep(store, transaction, head->ordinal));
  return true;
}

// Whether owners of `kind` that are erased take subscribers along.
Result<bool> TakesSubscribers(Store& store, StoreTransaction& transaction, OwnerKind kind) {
  if (kind != OwnerKind::kCustomer) return false;
  if (!store.settings().IsOn(customers::Setting::kEraseSubscribers)) return false;
  OUBLI_TRY_ASSIGN(const int64_t subscribers,
                   customers::CountOwners(transaction, OwnerKind::kSubscriber));
  return subscribers > 0;
}

// REQUIRES: the customer has not been forgotten yet.
Result<bool> ForgetSubscriberOf(Store& store, StoreTransaction& transaction, int64_t customer_id) {
  OUBLI_TRY_ASSIGN(const auto customer,
                   customers::FindHeadAndTokens(transaction, OwnerKind::kCustomer, customer_id));
  if (!customer) return false;
  OUBLI_TRY_ASSIGN(const auto subscriber, customers::FindSubscriberOf(transaction, *customer));
  if (!subscriber) return false;
  return Forget(store, transaction, OwnerKind::kSubscriber, subscriber->id);
}

Result<Outcome> ForgetAll(Store& store, StoreTransaction& transaction, OwnerKind kind,
                          const std::vector<int64_t>& ids) {
  Outcome outcome;
  OUBLI_TRY_ASSIGN(const bool takes_subscribers, TakesSubscribers(store, transaction, kind));
  for (const int64_t id : ids) {
    if (takes_subscribers) {
      OUBLI_TRY_ASSIGN(const bool taken, ForgetSubscriberOf(store, transaction, id));
      if (taken) ++outcome.subscribers;
    }
    OUBLI_TRY_ASSIGN(const bool was_living, Forget(store, transaction, kind, id));
    if (was_living) outcome.erased.push_back(id);
  }
  const auto add = [&transaction](OwnerKind of, int64_t erased) -> Status {
    return erased == 0 ? Status() : customers::AddToPopulation(transaction, of, -erased);
  };
  OUBLI_TRY(add(kind, static_cast<int64_t>(outcome.erased.size())));
  OUBLI_TRY(add(OwnerKind::kSubscriber, outcome.subscribers));
  if (kind == OwnerKind::kCustomer && !outcome.erased.empty()) {
    OUBLI_TRY(customers::NoteErased(transaction, outcome.erased, transaction.now_ms()));
  }
  return outcome;
}

std::atomic<int64_t> erased_since_start = 0;

// After a commit that erased `count` owners: the sweep has work.
void NoteErased(Store& store, int64_t count) {
  if (count == 0) return;
  erased_since_start += count;
  store.sweep_backlog() += count;
  store.writer().WakeBackground();
}

int64_t CountOf(const Outcome& outcome) {
  return static_cast<int64_t>(outcome.erased.size()) + outcome.subscribers;
}

// Erases whom `find` finds; whether it is an error that this is nobody, `must_find` says.
void Submit(Store& store, Finder find, bool must_find, Done done) {
  store.WriteErasing(
      [&store, find = std::move(find),
       must_find](StoreTransaction& transaction) -> Result<Outcome> {
        OUBLI_TRY_ASSIGN(const auto head, find(transaction));
        if (head) return ForgetAll(store, transaction, head->kind, {head->id});
        if (must_find) return Fail(ErrorKind::kNotFound, "nobody to erase");
        return Outcome{};
      },
      [&store, done = std::move(done)](Result<Outcome> outcome) {
        if (outcome) NoteErased(store, CountOf(*outcome));
        done(std::move(outcome));
      });
}

std::vector<int64_t> WithoutRepeats(std::vector<int64_t> ids) {
  std::ranges::sort(ids);
  const auto repeats = std::ranges::unique(ids);
  ids.erase(repeats.begin(), repeats.end());
  return ids;
}

}  // namespace

void Erase(Store& store, OwnerKind kind, std::vector<int64_t> ids, Done done) {
  // Also a list that will erase nobody takes its turn: who is told "gone" for an id that another
  // call has just erased must not be told so before that call's commit.
  store.WriteErasing(
      [&store, kind, ids = WithoutRepeats(std::move(ids))](StoreTransaction& transaction) {
        return ForgetAll(store, transaction, kind, ids);
      },
      [&store, done = std::move(done)](Result<Outcome> outcome) {
        if (outcome) NoteErased(store, CountOf(*outcome));
        done(std::move(outcome));
      });
}

void EraseFound(Store& store, Finder find, Done done) {
  Submit(store, std::move(find), true, std::move(done));
}

void ChangeAndErase(Store& store, Finder change, Done done) {
  Submit(store, std::move(change), false, std::move(done));
}

void EraseChosen(Store& store, OwnerKind kind, Chooser choose, Done done) {
  store.WriteErasing(
      [&store, kind, choose = std::move(choose)](StoreTransaction& transaction) -> Result<Outcome> {
        OUBLI_TRY_ASSIGN(std::vector<int64_t> ids, choose(transaction));
        return ForgetAll(store, transaction, kind, WithoutRepeats(std::move(ids)));
      },
      [&store, done = std::move(done)](Result<Outcome> outcome) {
        if (outcome) NoteErased(store, CountOf(*outcome));
        done(std::move(outcome));
      });
}

void ClearAll(Store& store, std::function<bool()> allowed, std::function<void(Status)> done) {
  store.WriteErasing(
      [&store, allowed = std::move(allowed)](StoreTransaction& transaction) -> Result<int64_t> {
        if (!allowed()) return Fail(ErrorKind::kForbidden, "the window is closed");
        int64_t erased = 0;
        for (const OwnerKind kind : customers::kOwnerKinds) {
          OUBLI_TRY_ASSIGN(const int64_t living, customers::CountOwners(transaction, kind));
          if (living == 0) continue;
          erased += living;
          OUBLI_TRY(customers::SetCounter(transaction, customers::PopulationCounter(kind), 0));
        }
        OUBLI_TRY(AddPagesToSweep(store, transaction));
        OUBLI_TRY(customers::NoteCleared(transaction));
        transaction.keys().EraseAll();
        transaction.Note(customers::ChangeLog::What::kAllErased);
        return erased;
      },
      [&store, done = std::move(done)](Result<int64_t> erased) {
        if (!erased) return done(Fail(erased.error()));
        NoteErased(store, *erased);
        done({});
      });
}

int64_t ErasedSinceStart() { return erased_since_start; }

}  // namespace oubli::erasure
