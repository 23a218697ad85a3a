// How far the outbox has been delivered, kept in the store's file: for each hook the number up to
// which everything is done, and the deliveries below it that failed and are due again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "customers/outbox.h"
#include "customers/store.h"

namespace oubli::customers {

// A delivery that failed `attempts` times, and is due again.
struct OutboxRetry {
  int64_t no = 0;
  int64_t attempts = 0;
  UnixMs due_at = 0;
};

// What a hook has got through.
struct OutboxProgress {
  int64_t hook_id = 0;
  int64_t done_no = 0;  // all up to it are delivered, of no concern to the hook, or to be retried
  std::vector<OutboxRetry> failed = {};
  std::vector<int64_t> delivered = {};  // retries that are over
};

// 0 for a hook that nothing has been written of.
Result<int64_t> ReadDoneNumber(StoreView& view, int64_t hook_id);
// Retries that are due, with their events, the most urgent first. One that is due in more than a
// day and a bit was written before the clock was set back, and is due too.
struct DueRetry {
  OutboxRetry retry;
  OutboxRow row;
};
Result<std::vector<DueRetry>> DueRetries(StoreView& view, int64_t hook_id, UnixMs now,
                                         int64_t limit);
// When the next one that is not due at `now` will be.
Result<std::optional<UnixMs>> NextRetryAt(StoreView& view, int64_t hook_id, UnixMs now);
Result<int64_t> CountRetries(StoreView& view, int64_t hook_id);

Status WriteProgress(StoreTransaction& transaction, const OutboxProgress& progress);

// A hook that lives, and the last event that does not concern it since it came later.
struct LivingHook {
  int64_t hook_id = 0;
  int64_t after_no = 0;
};
// Forgets the progress of all other hooks, and retries that no longer concern a living one.
Status ForgetOtherHooks(StoreTransaction& transaction, std::span<const LivingHook> living);
// Removes events with after < no that every living hook is done with; looks at `limit` of them at
// most.
struct Pruned {
  int64_t up_to = 0;  // where the next one may go on
  bool more = false;
};
Result<Pruned> PruneOutbox(StoreTransaction& transaction, std::span<const LivingHook> living,
                           int64_t after, int64_t limit);

}  // namespace oubli::customers
