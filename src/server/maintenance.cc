#include "server/maintenance.h"

#include <chrono>

#include "base/log.h"
#include "customers/attribute_definitions.h"

namespace oubli::server {
namespace {

constexpr int64_t kLookAtWindowsEveryMs = 60'000;
constexpr int64_t kLookAtJournalsEveryMs = 30'000;
constexpr int64_t kLookHangsMs = 1'000;
// Opening all stores waits so long, in all, for those that have something to finish first: a slot
// may be away for days.
constexpr int64_t kOpeningWaitsMs = 60'000;
constexpr int64_t kOpeningLooksEveryMs = 50;

}  // namespace

Maintenance::~Maintenance() { Stop(); }

void Maintenance::Start() {
  windows_seen_ms_ = journals_seen_ms_ = clock_.BootMs();
  opening_ = std::thread([this] { OpenAll(); });
  ticking_ = std::thread([this] { Run(); });
}

void Maintenance::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (opening_.joinable()) opening_.join();
  if (ticking_.joinable()) ticking_.join();
}

bool Maintenance::WaitUnlessStopping(int64_t ms) {
  std::unique_lock lock(mutex_);
  return wake_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return stopping_; });
}

void Maintenance::Run() {
  while (!WaitUnlessStopping(options_.tick_ms)) Tick();
}

void Maintenance::Tick() {
  for (auto& [number, state] : logs_) state.seen = false;
  {
    const auto open = stores_.OpenStores();
    for (const auto& store : open) {
      LogState& state = logs_[store->number()];
      state.seen = true;
      CareForLog(*store, state);
      store->FinishErasures();
      FinishRemovals(*store, state);
    }
  }
  std::erase_if(logs_, [](const auto& entry) { return !entry.second.seen; });
  stores_.CloseIdle(options_.store_idle_ms);
  if (clock_.BootMs() - windows_seen_ms_ >= kLookAtWindowsEveryMs) LookAtWindows();
  if (clock_.BootMs() - journals_seen_ms_ >= kLookAtJournalsEveryMs) LookAtJournals();
}

void Maintenance::LookAtJournals() {
  journals_seen_ms_ = clock_.BootMs();
  for (const auto& store : stores_.OpenStores()) {
    const int64_t begun_ms = clock_.BootMs();
    store->CompactJournals();
    // One that hangs would be waited for anew with each store, and on this thread unfinished
    // erasures are tried again.
    if (clock_.BootMs() - begun_ms >= kLookHangsMs) return;
  }
}

// Once after each opening: whoever begins one finishes it, unless the process or the disk fails.
void Maintenance::FinishRemovals(customers::Store& store, LogState& state) {
  if (state.removals_finished) return;
  state.removals_finished = customers::FinishAttributeRemovals(store, [this] {
                              return !WaitUnlessStopping(0);
                            }).has_value();
}

void Maintenance::CareForLog(customers::Store& store, LogState& state) {
  const int64_t now = clock_.BootMs();
  const int64_t bytes = store.database().LogBytes();
  if (state.since_ms == 0 || bytes != state.bytes || store.writer().busy()) {
    // A store that has just opened counts too: an earlier process may have left a log.
    state.bytes = bytes;
    state.since_ms = now;
    state.truncated = false;
  }
  if (state.truncated) return;
  // Of an unfinished erasure the log tells the next process: see KeyTree::Open().
  const bool quiet = now - state.since_ms >= options_.quiet_ms && store.sweep_backlog() == 0 &&
                     !store.key_tree().HasUnfinishedWork();
  if (!quiet) {
    // An error here is the next round's: the log only stays longer.
    (void)store.Checkpoint(false);
    return;
  }
  if (!store.database().Checkpoint(true)) return;
  state.bytes = store.database().LogBytes();
  state.truncated = true;
}

// Erased customers' noise must not wait for somebody to use their store again.
void Maintenance::OpenAll() {
  int64_t patience_ms = kOpeningWaitsMs;
  const auto may_open_more = [&] {
    if (stores_.OpenStores().size() > options_.open_at_start) stores_.CloseIdle(0);
    return stores_.OpenStores().size() <= options_.open_at_start || patience_ms <= 0;
  };
  for (const access::StoreInfo& info : stores_.List()) {
    if (WaitUnlessStopping(0)) return;
    (void)windows_.Show(info.number);
    if (const auto store = stores_.Open(info.number); !store) {
      Log(LogLevel::kError, "store does not open",
          {{"store", info.number}, {"error", ErrorKindName(store.error().kind)}});
    }
    for (; !may_open_more(); patience_ms -= kOpeningLooksEveryMs) {
      if (WaitUnlessStopping(kOpeningLooksEveryMs)) return;
    }
  }
}

void Maintenance::LookAtWindows() {
  windows_seen_ms_ = clock_.BootMs();
  // The look itself is what is wanted: it keeps the time seen last (windows.h).
  for (const access::StoreInfo& info : stores_.List()) (void)windows_.Show(info.number);
}

}  // namespace oubli::server
