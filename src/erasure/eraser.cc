#include "erasure/eraser.h"

#include <algorithm>
#include <atomic>

#include "customers/customers.h"
#include "customers/heads.h"
#include "customers/tokens.h"
#include "erasure/sweep_list.h"

namespace oubli::erasure {
namespace {

using customers::OwnerKind;
using customers::Store;
using customers::StoreTransaction;

// Takes one living owner out of everything that can be read; false when there is nobody of that id.
Result<bool> Forget(Store& store, StoreTransaction& transaction, OwnerKind kind, int64_t id) {
  OUBLI_TRY_ASSIGN(const auto head, customers::DeleteHead(transaction, kind, id));
  if (!head) return false;
  OUBLI_TRY(customers::DeleteTokens(transaction, head->tokens));
  transaction.keys().Erase(head->ordinal);
  OUBLI_TRY(AddToSweep(store, transaction, head->ordinal));
  return true;
}

Result<Outcome> ForgetAll(Store& store, StoreTransaction& transaction, OwnerKind kind,
                          const std::vector<int64_t>& ids) {
  Outcome outcome;
  for (const int64_t id : ids) {
    OUBLI_TRY_ASSIGN(const bool was_living, Forget(store, transaction, kind, id));
    if (was_living) outcome.erased.push_back(id);
  }
  if (!outcome.erased.empty()) {
    OUBLI_TRY(customers::AddToPopulation(transaction, kind,
                                         -static_cast<int64_t>(outcome.erased.size())));
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

}  // namespace

void Erase(Store& store, OwnerKind kind, std::vector<int64_t> ids, Done done) {
  std::ranges::sort(ids);
  const auto repeats = std::ranges::unique(ids);
  ids.erase(repeats.begin(), repeats.end());
  // Also a list that will erase nobody takes its turn: who is told "gone" for an id that another
  // call has just erased must not be told so before that call's commit.
  store.WriteErasing(
      [&store, kind, ids = std::move(ids)](StoreTransaction& transaction) {
        return ForgetAll(store, transaction, kind, ids);
      },
      [&store, done = std::move(done)](Result<Outcome> outcome) {
        if (outcome) NoteErased(store, static_cast<int64_t>(outcome->erased.size()));
        done(std::move(outcome));
      });
}

void EraseFound(Store& store, Finder find, Done done) {
  store.WriteErasing(
      [&store, find = std::move(find)](StoreTransaction& transaction) -> Result<Outcome> {
        OUBLI_TRY_ASSIGN(const auto head, find(transaction));
        if (!head) return Fail(ErrorKind::kNotFound, "nobody to erase");
        return ForgetAll(store, transaction, head->kind, {head->id});
      },
      [&store, done = std::move(done)](Result<Outcome> outcome) {
        if (outcome) NoteErased(store, static_cast<int64_t>(outcome->erased.size()));
        done(std::move(outcome));
      });
}

void ClearAll(Store& store, std::function<bool()> allowed, std::function<void(Status)> done) {
  store.WriteErasing(
      [&store, allowed = std::move(allowed)](StoreTransaction& transaction) -> Result<int64_t> {
        if (!allowed()) return Fail(ErrorKind::kForbidden, "the window is closed");
        int64_t erased = 0;
        for (const OwnerKind kind : {OwnerKind::kCustomer, OwnerKind::kSubscriber,
                                     OwnerKind::kGuestOrder, OwnerKind::kGuestCart}) {
          OUBLI_TRY_ASSIGN(const int64_t living, customers::CountOwners(transaction, kind));
          if (living == 0) continue;
          erased += living;
          OUBLI_TRY(customers::SetCounter(transaction, customers::PopulationCounter(kind), 0));
        }
        OUBLI_TRY(AddPagesToSweep(store, transaction));
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
