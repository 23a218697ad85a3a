// Head rows, counters and populations: what is known of an owner without opening anything.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::customers {

// Counts up by one and returns the number; the first is 1. Counters survive clear-all.
Result<int64_t> NextNumber(StoreTransaction& transaction, std::string_view counter);
// Makes sure that NextNumber() gives nothing up to `number`.
Status RaiseCounter(StoreTransaction& transaction, std::string_view counter, int64_t number);
Result<int64_t> ReadCounter(StoreView& view, std::string_view counter);
// All of a store's counters: what a restore has to continue above. Takes the bare connection, since
// the keys ask for it below any view.
Result<std::vector<std::pair<std::string, int64_t>>> ReadCounters(storage::Connection& connection);
Status SetCounter(StoreTransaction& transaction, std::string_view counter, int64_t value);

// The counter that ids of owners of a kind come from, and the one that holds how many are living.
std::string_view IdCounter(OwnerKind kind);
std::string_view PopulationCounter(OwnerKind kind);
inline constexpr std::string_view kOrdinalCounter = "ordinal";

// `tokens` is the owner's token list (tokens.h). Adjusts the population. These and DeleteHead()
// are the only ways to change a head row: they note the change for the index in memory.
Status InsertHead(StoreTransaction& transaction, const Head& head, std::string_view tokens);
Status UpdateHead(StoreTransaction& transaction, const Head& head, std::string_view tokens);
// The tokens alone, which nothing but look-ups sees.
Status UpdateTokens(StoreTransaction& transaction, const Head& head, std::string_view tokens);

// Puts every living customer of one group into another (0: into none), whoever they are, with
// modified_at now: one statement, however many there are. Returns how many there were.
Result<int64_t> MoveGroupMembers(StoreTransaction& transaction, int64_t from_group,
                                 int64_t to_group);

struct HeadAndTokens {
  Head head;
  std::string tokens;
};
Result<std::optional<HeadAndTokens>> FindHeadAndTokens(StoreView& view, OwnerKind kind, int64_t id);
struct DeletedHead {
  Ordinal ordinal = 0;
  std::string tokens;
};
// Removes the head row and returns what has to go with it; nothing when there is none. The
// population is the caller's: see AddToPopulation().
Result<std::optional<DeletedHead>> DeleteHead(StoreTransaction& transaction, OwnerKind kind,
                                              int64_t id);
Status AddToPopulation(StoreTransaction& transaction, OwnerKind kind, int64_t difference);

}  // namespace oubli::customers
