// The one deletion path. Every delete of every dialect, of the command line and of later jobs ends
// here.
//
// Forget now, sweep later: the answer waits for head rows, tokens, keys and the commit; the sealed
// records, noise by then, are removed afterwards by the sweep (sweeper.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::erasure {

struct Outcome {
  std::vector<int64_t> erased;  // ids that were living owners of the kind and are gone
  int64_t subscribers = 0;      // that went along with customers
};

using Done = std::function<void(Result<Outcome>)>;

// Erases the owners of `kind` named by `ids`, all in one commit. Ids that nobody has, and repeats,
// are passed over; an empty list erases nobody. A customer takes the subscriber of the same e-mail
// address along, in the same commit, unless the store's setting erase_subscribers says no. `done`
// is called after the commit, on a writer thread. Errors: kUnavailable, and then nobody is gone.
void Erase(customers::Store& store, customers::OwnerKind kind, std::vector<int64_t> ids, Done done);

// The same for the customer found by `find` inside the writer's turn, so that nobody else can be
// erased than who has the code at that moment. `done` gets kNotFound when `find` finds nobody.
using Finder =
    std::function<Result<std::optional<customers::Head>>(customers::StoreTransaction& transaction)>;
void EraseFound(customers::Store& store, Finder find, Done done);

// Runs `change` in the writer's turn and erases, in the same commit, the owner that it returns;
// with nobody it is a write like any other. For what is given to another owner while the one that
// had it must not outlive that: a guest's order. Errors: those of `change`, and then nothing has
// changed.
void ChangeAndErase(customers::Store& store, Finder change, Done done);

// As Erase(), for the owners of `kind` that `choose` names inside the writer's turn; its error is
// handed to `done`, and then nobody is gone.
using Chooser = std::function<Result<std::vector<int64_t>>(customers::StoreView& view)>;
void EraseChosen(customers::Store& store, customers::OwnerKind kind, Chooser choose, Done done);

// Erases every owner of personal data in the store and nothing else: campaigns, groups,
// definitions, keys, settings and counters stay. `allowed` is asked in the writer's turn: false
// means that nothing is erased and `done` gets kForbidden. `erased` of the outcome stays empty.
// Costs the same for any number.
void ClearAll(customers::Store& store, std::function<bool()> allowed,
              std::function<void(Status)> done);

// Owners that this process has erased, in all stores. For the metric; safe from any thread.
int64_t ErasedSinceStart();

}  // namespace oubli::erasure
