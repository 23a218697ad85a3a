// A reindex: fresh keys for a store's blind indexes, so that the tokens in old copies of its file
// match nothing that anybody can compute any more.
//
// A fresh key is put in front of the present one; the tokens of all customers and then of all
// subscribers are made anew, a few hundred at a time in ordinary write commands, while both keys
// find; then the old key is taken away and the root rotated. How far it has come stands in the
// store's file: whoever drives it, several at once or after a crash, drives the same one on. To
// erase everything ends it too, since the index keys are fresh ones then.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "customers/store.h"

namespace oubli::erasure {

struct ReindexState {
  bool under_way = false;
  bool complete = false;   // everybody has been looked at; only the end is left
  int64_t done = 0;        // customers and subscribers looked at
  int64_t customers = 0;   // living ones, subscribers too
  int64_t unreadable = 0;  // of `done`: they keep a token under the old key, so there can be no end
  std::vector<int64_t> unreadable_ids;  // the first of them, customers
  std::vector<int64_t> unreadable_subscriber_ids;
  UnixMs ended_at = 0;  // when the last one ended; 0: none has
};

Result<ReindexState> ReadReindex(customers::StoreView& view);

// These wait for their commit: not from a writer thread.

// Puts a fresh index key in front. One that is under way goes on where it is; if it is complete and
// could not end, it begins again with the first customer. Errors: kUnavailable.
Status StartReindex(customers::Store& store);
// Makes the tokens of the next few hundred customers anew, and says how far that has come; changes
// nothing when no reindex is under way, or it is complete. A customer whose profile does not open
// or clashes with another one's is passed over and counted. Errors: kUnavailable, kCorrupt.
Result<ReindexState> StepReindex(customers::Store& store);
// Takes the old key away and rotates the root, when the reindex is complete; returns when the old
// one is gone for ever, also when somebody else has ended it. What it says may still be under way:
// somebody has begun another one meanwhile, and that goes on with a step. Errors: kCorrupt when
// unreadable customers still need the old key; kUnavailable, and then it may have ended or not: to
// be asked again.
Result<ReindexState> EndReindex(customers::Store& store);

// All of it. `keep_going` is asked before each step; when it says no, the error is kUnavailable,
// and the next one goes on there.
Status Reindex(customers::Store& store, const std::function<bool()>& keep_going);

}  // namespace oubli::erasure
