#include "erasure/reindex.h"

#include <fmt/format.h>

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/text.h"
#include "crypto/secret_hash.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/retoken.h"

namespace oubli::erasure {
namespace {

using customers::OwnerKind;
using customers::Store;
using customers::StoreTransaction;
using customers::StoreView;

constexpr std::string_view kProgressSetting = "reindex progress";
constexpr std::string_view kEndedSetting = "reindex ended";
// So many hold up other writers for no longer than a large group of theirs does.
constexpr size_t kReindexBatch = 200;
constexpr size_t kMaxIds = 20;

// Customers come first, then subscribers. The numbers are stored.
enum class Stage : int64_t { kCustomers = 0, kComplete = 1, kSubscribers = 2 };

// How far the reindex to one index key has come: in the file "KEY after done unreadable stage
// IDS...", with blanks between.
struct StoredProgress {
  int64_t after = 0;  // the last id of the stage that was looked at
  int64_t done = 0;
  int64_t unreadable = 0;
  Stage stage = Stage::kCustomers;
  std::vector<int64_t> ids;  // the first unreadable ones; a subscriber's is negative

  bool complete() const { return stage == Stage::kComplete; }
};

bool IsUnderWay(StoreView& view) { return view.keys().index_keys().size() > 1; }

// Names the present index key, so that what was noted for another one does not count.
std::string NameOfKey(StoreView& view) {
  const std::string token =
      crypto::BlindToken(view.keys().index_keys().front(), "reindex", "progress");
  return HexEncode({reinterpret_cast<const uint8_t*>(token.data()), token.size()});
}

std::optional<StoredProgress> ParseProgress(std::span<const std::string_view> words) {
  std::vector<int64_t> numbers;
  for (const std::string_view word : words) {
    const auto number = ParseInt(word);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  if (numbers.size() < 4) return std::nullopt;
  if (numbers[3] < 0 || numbers[3] > static_cast<int64_t>(Stage::kSubscribers)) return std::nullopt;
  return StoredProgress{numbers[0], numbers[1], numbers[2], static_cast<Stage>(numbers[3]),
                        std::vector<int64_t>(numbers.begin() + 4, numbers.end())};
}

// What is not noted, or not understood, begins anew: to make a token twice does no harm.
Result<StoredProgress> ReadProgress(StoreView& view) {
  OUBLI_TRY_ASSIGN(const std::string text, customers::ReadSetting(view, kProgressSetting));
  const std::vector<std::string_view> words = Split(text, ' ');
  if (words.front() != NameOfKey(view)) return StoredProgress();
  return ParseProgress(std::span(words).subspan(1)).value_or(StoredProgress());
}

Status WriteProgress(StoreTransaction& transaction, const StoredProgress& progress) {
  std::string text =
      fmt::format("{} {} {} {} {}", NameOfKey(transaction), progress.after, progress.done,
                  progress.unreadable, static_cast<int64_t>(progress.stage));
  for (const int64_t id : progress.ids) text += fmt::format(" {}", id);
  return customers::WriteSetting(transaction, kProgressSetting, text);
}

// Whether an error is the customer's or subscriber's own, and not the device's.
bool IsOfCustomer(const Error& error) {
  return error.kind == ErrorKind::kCorrupt || error.kind == ErrorKind::kConflict;
}

// `careful`: what a customer's failure has written is undone. Without it such a failure fails all,
// which spares the others a savepoint each.
Result<bool> Retoken(StoreTransaction& transaction, OwnerKind kind, int64_t id, bool careful) {
  if (!careful) {
    OUBLI_TRY(customers::RetokenOwner(transaction, kind, id));
    return true;
  }
  OUBLI_TRY(transaction.connection().Savepoint());
  const Status done = customers::RetokenOwner(transaction, kind, id);
  if (done) {
    OUBLI_TRY(transaction.connection().ReleaseSavepoint());
    return true;
  }
  OUBLI_TRY(transaction.connection().RollbackToSavepoint());
  if (!IsOfCustomer(done.error())) return Fail(done.error());
  return false;
}

// At most `count` owners of the progress's stage; goes on to the next stage behind the last one.
// Returns how many.
Result<size_t> RetokenSome(StoreTransaction& transaction, StoredProgress& progress, size_t count,
                           bool careful) {
  const bool customers = progress.stage == Stage::kCustomers;
  const OwnerKind kind = customers ? OwnerKind::kCustomer : OwnerKind::kSubscriber;
  std::vector<int64_t> ids;
  OUBLI_TRY(
      customers::ForEachHead(transaction, kind, progress.after, [&](const customers::Head& head) {
        ids.push_back(head.id);
        return ids.size() < count;
      }));
  for (const int64_t id : ids) {
    OUBLI_TRY_ASSIGN(const bool made, Retoken(transaction, kind, id, careful));
    progress.after = id;
    ++progress.done;
    if (made) continue;
    ++progress.unreadable;
    if (progress.ids.size() < kMaxIds) progress.ids.push_back(customers ? id : -id);
  }
  // Who comes behind the last id from now on gets tokens under the fresh key.
  if (ids.size() < count) {
    progress.stage = customers ? Stage::kSubscribers : Stage::kComplete;
    progress.after = 0;
  }
  return ids.size();
}

Result<ReindexState> Step(StoreTransaction& transaction, bool careful) {
  if (!IsUnderWay(transaction)) return ReadReindex(transaction);
  OUBLI_TRY_ASSIGN(StoredProgress progress, ReadProgress(transaction));
  if (progress.complete()) return ReadReindex(transaction);
  size_t left = kReindexBatch;
  while (left > 0 && !progress.complete()) {
    OUBLI_TRY_ASSIGN(const size_t made, RetokenSome(transaction, progress, left, careful));
    left -= made;
  }
  OUBLI_TRY(WriteProgress(transaction, progress));
  return ReadReindex(transaction);
}

// "3, 5, subscriber 2".
std::string NamesOf(const std::vector<int64_t>& ids) {
  std::string names;
  for (const int64_t id : ids) {
    if (!names.empty()) names += ", ";
    names += id < 0 ? fmt::format("subscriber {}", -id) : fmt::format("{}", id);
  }
  return names;
}

Result<ReindexState> End(StoreTransaction& transaction) {
  if (!IsUnderWay(transaction)) return ReadReindex(transaction);
  OUBLI_TRY_ASSIGN(const StoredProgress progress, ReadProgress(transaction));
  if (!progress.complete()) return ReadReindex(transaction);
  if (progress.unreadable > 0) {
    return Fail(ErrorKind::kCorrupt,
                fmt::format("the reindex cannot end: the profiles of {} customers do not open or "
                            "clash with others, and only the old key finds them (ids {}{})",
                            progress.unreadable, NamesOf(progress.ids),
                            progress.unreadable > static_cast<int64_t>(kMaxIds) ? ", ..." : ""));
  }
  transaction.keys().EndReindex();
  OUBLI_TRY(customers::WriteSetting(transaction, kProgressSetting, ""));
  OUBLI_TRY(
      customers::WriteSetting(transaction, kEndedSetting, fmt::format("{}", transaction.now_ms())));
  return ReadReindex(transaction);
}

}  // namespace

Result<ReindexState> ReadReindex(StoreView& view) {
  ReindexState state;
  OUBLI_TRY_ASSIGN(const std::string ended, customers::ReadSetting(view, kEndedSetting));
  state.ended_at = ParseInt(ended).value_or(0);
  OUBLI_TRY_ASSIGN(state.customers, customers::CountOwners(view, OwnerKind::kCustomer));
  OUBLI_TRY_ASSIGN(const int64_t subscribers, customers::CountOwners(view, OwnerKind::kSubscriber));
  state.customers += subscribers;
  state.under_way = IsUnderWay(view);
  if (!state.under_way) return state;
  OUBLI_TRY_ASSIGN(const StoredProgress progress, ReadProgress(view));
  state.complete = progress.complete();
  state.done = progress.done;
  state.unreadable = progress.unreadable;
  for (const int64_t id : progress.ids) {
    (id < 0 ? state.unreadable_subscriber_ids : state.unreadable_ids).push_back(id < 0 ? -id : id);
  }
  return state;
}

Status StartReindex(Store& store) {
  return store.WriteAndWait([](StoreTransaction& transaction) -> Status {
    if (!IsUnderWay(transaction)) {
      transaction.keys().StartReindex();
      return WriteProgress(transaction, {});
    }
    OUBLI_TRY_ASSIGN(const StoredProgress progress, ReadProgress(transaction));
    if (!progress.complete() || progress.unreadable == 0) return {};
    return WriteProgress(transaction, {});
  });
}

Result<ReindexState> StepReindex(Store& store) {
  const auto step = [&](bool careful) {
    return store.WriteAndWait(
        [careful](StoreTransaction& transaction) { return Step(transaction, careful); });
  };
  Result<ReindexState> state = step(false);
  if (!state && IsOfCustomer(state.error())) state = step(true);
  return state;
}

Result<ReindexState> EndReindex(Store& store) {
  const auto ended = std::make_shared<std::promise<Result<ReindexState>>>();
  store.WriteErasing(End,
                     [ended](Result<ReindexState> state) { ended->set_value(std::move(state)); });
  return ended->get_future().get();
}

Status Reindex(Store& store, const std::function<bool()>& keep_going) {
  OUBLI_TRY(StartReindex(store));
  while (keep_going()) {
    OUBLI_TRY_ASSIGN(ReindexState state, StepReindex(store));
    if (state.complete) {
      OUBLI_TRY_ASSIGN(state, EndReindex(store));
    }
    if (!state.under_way) return {};
  }
  return Fail(ErrorKind::kUnavailable, "the reindex was interrupted");
}

}  // namespace oubli::erasure
