// The outbox: what has happened to customers and has to be told to webhooks. A row is written in
// the transaction of the change itself, for whichever dialect made it, and holds ids alone. Who
// delivers it is webhooks/; how far each hook has come is outbox_progress.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "customers/store.h"

namespace oubli::customers {

// The numbers are stored.
enum class EventKind : int64_t {
  kCustomerCreated = 1,
  kCustomerUpdated = 2,
  kCustomerDeleted = 3,
  kAddressCreated = 4,
  kAddressUpdated = 5,
  kAddressDeleted = 6,
  kLoginAccessUpdated = 7,
  kDefaultInstrumentUpdated = 8,
};

struct Event {
  EventKind kind = EventKind::kCustomerCreated;
  int64_t customer_id = 0;
  int64_t address_id = 0;                                // of the three about addresses
  std::optional<std::vector<int64_t>> channel_ids = {};  // of kLoginAccessUpdated; nothing: all
};

struct OutboxRow {
  int64_t no = 0;  // counts up, never used twice
  Event event;
  UnixMs created_at = 0;  // when it happened
};

// ---- writing: does nothing while the store has no active hook ----

Status NoteEvent(StoreTransaction& transaction, const Event& event);
// That the customer's default payment instrument is another one now.
Status NoteDefaultInstrumentUpdated(StoreTransaction& transaction, int64_t customer_id);
// That customers have been erased, at `at`.
Status NoteErased(StoreTransaction& transaction, std::span<const int64_t> ids, UnixMs at);

// An erasure of everything: one row, whatever there was, which says that the sweep has to tell of
// each customer of the epoch that ends. Before KeyWriteSession::EraseAll().
Status NoteCleared(StoreTransaction& transaction);
// The epochs of which that holds, with the time of their end.
Result<std::map<int64_t, UnixMs>> ClearedEpochs(StoreView& view);
Status ForgetClearedEpochs(StoreTransaction& transaction);

// ---- reading ----

// The number of the last event that was ever noted; 0 when none was.
Result<int64_t> LastEventNumber(StoreView& view);
// The waiting events with after < no <= up_to, ascending, at most `limit`.
Result<std::vector<OutboxRow>> ReadEvents(StoreView& view, int64_t after, int64_t up_to,
                                          int64_t limit);
Result<std::optional<OutboxRow>> FindEvent(StoreView& view, int64_t no);
// Whether one of those tells of an erasure, which is not to be told before it is final.
Result<bool> TellOfErasure(StoreView& view, int64_t after, int64_t up_to);

}  // namespace oubli::customers
