#include "server/reindex_schedule.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "base/log.h"
#include "erasure/reindex.h"

namespace oubli::server {
namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kRetryMs = 3'600'000;
constexpr UnixMs kNever = std::numeric_limits<UnixMs>::max();

Result<erasure::ReindexState> StateOf(customers::Store& store) {
  OUBLI_TRY_ASSIGN(auto reader, store.Read());
  return erasure::ReadReindex(*reader);
}

}  // namespace

void ReindexSchedule::Start() {
  thread_ = std::thread([this] {
    while (!WaitUnlessStopping(options_.tick_ms)) Tick();
  });
}

void ReindexSchedule::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool ReindexSchedule::WaitUnlessStopping(int64_t ms) {
  std::unique_lock lock(mutex_);
  return wake_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return stopping_; });
}

void ReindexSchedule::Tick() {
  if (open_seen_ms_ == 0 || clock_.BootMs() - open_seen_ms_ >= options_.look_at_open_ms) {
    for (const access::StoreInfo& info : stores_.List()) {
      entries_.try_emplace(info.number, Entry{.made_at = info.created_at});
    }
    LookAtOpen();
    open_seen_ms_ = clock_.BootMs();
  }
  const auto due = std::ranges::find_if(
      entries_, [&](const auto& each) { return each.second.look_at <= clock_.NowMs(); });
  if (due != entries_.end()) Look(due->first, due->second);
}

void ReindexSchedule::LookAtOpen() {
  for (const auto& store : stores_.OpenStores()) {
    const auto entry = entries_.find(store->number());
    // One that could not end has been told of, and waits for its next turn.
    if (entry == entries_.end() || entry->second.look_at != kNever) continue;
    const auto state = StateOf(*store);
    if (!state || !state->under_way) {
      entry->second.seen_done = -1;
    } else if (entry->second.seen_done == state->done) {
      entry->second.look_at = 0;
    } else {
      entry->second.seen_done = state->done;
    }
  }
}

void ReindexSchedule::Look(int64_t number, Entry& entry) {
  const auto store = stores_.Open(number);
  const auto state = store ? StateOf(**store) : Fail(store.error());
  if (!state) {
    // What is wrong with the store is told by those who need it.
    entry.look_at = clock_.NowMs() + kRetryMs;
    return;
  }
  if (state->under_way) return Drive(**store, entry);
  entry.look_at = kNever;
  if (options_.days == 0) return;
  entry.look_at = std::max(state->ended_at, entry.made_at) + options_.days * kDayMs;
  if (entry.look_at <= clock_.NowMs()) Drive(**store, entry);
}

void ReindexSchedule::Drive(customers::Store& store, Entry& entry) {
  const auto began = std::chrono::steady_clock::now();
  auto step_began = began;
  const Status done = erasure::Reindex(store, [&] {
    // As long as the step before took: at most half of the writer's time.
    const auto now = std::chrono::steady_clock::now();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now - step_began);
    const bool stops = WaitUnlessStopping(took.count());
    step_began = std::chrono::steady_clock::now();
    return !stops;
  });
  entry.seen_done = -1;
  if (done) {
    const auto took = std::chrono::steady_clock::now() - began;
    Log(LogLevel::kInfo, "store reindexed",
        {{"store", store.number()},
         {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}});
    entry.look_at = options_.days == 0 ? kNever : clock_.NowMs() + options_.days * kDayMs;
    return;
  }
  const bool damaged = done.error().kind == ErrorKind::kCorrupt;
  entry.look_at = clock_.NowMs() + (damaged ? kDayMs : kRetryMs);
  Log(damaged ? LogLevel::kError : LogLevel::kWarning, "reindex not finished",
      {{"store", store.number()}, {"reason", done.error().text}});
}

}  // namespace oubli::server
