#include "webhooks/deliveries.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "webhooks/delivery_inbox.h"
#include "webhooks/retry_schedule.h"

namespace oubli::webhooks {
namespace {

constexpr int64_t kGiveUpAgainMs = 60'000;  // a hook could not be deactivated
constexpr int64_t kLookForUnusedEveryMs = 3'600'000;
constexpr std::chrono::milliseconds kNamePatience{3000};
constexpr std::chrono::milliseconds kGraceAtStop{1000};

}  // namespace

Deliveries::Deliveries(access::Stores& stores, access::Hooks& hooks, access::ApiKeys& api_keys,
                       const Clock& clock, DeliveryOptions options)
    : stores_(stores),
      hooks_(hooks),
      api_keys_(api_keys),
      clock_(clock),
      options_(std::move(options)),
      inbox_(std::make_shared<Inbox>()) {}

Result<std::unique_ptr<Deliveries>> Deliveries::Make(access::Stores& stores, access::Hooks& hooks,
                                                     access::ApiKeys& api_keys, const Clock& clock,
                                                     DeliveryOptions options) {
  std::unique_ptr<Deliveries> made(
      new Deliveries(stores, hooks, api_keys, clock, std::move(options)));
  OUBLI_TRY_ASSIGN(made->sender_, Sender::Make(made->options_.sender, made->options_.lookup));
  return made;
}

Deliveries::~Deliveries() { Stop(); }

void Deliveries::Start() {
  hooks_.SetListener([inbox = inbox_](int64_t store_number) {
    const std::lock_guard lock(inbox->mutex);
    inbox->stores.insert(store_number);
    inbox->changed.notify_one();
  });
  // Of stores that were open before.
  for (const auto& store : stores_.OpenStores()) hooks_.NoteOutbox(store->number());
  looked_for_unused_ms_ = clock_.BootMs() - kLookForUnusedEveryMs;
  thread_ = std::thread([this] { Run(); });
}

void Deliveries::Stop() {
  // The server lets the data go after Stop() and before the deliveries: the second call, by the
  // destructor, must not touch the hooks.
  if (std::exchange(stopped_, true)) return;
  hooks_.SetListener(nullptr);
  {
    const std::lock_guard lock(inbox_->mutex);
    inbox_->stopping = true;
    inbox_->changed.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  if (sender_) sender_->Stop();
  // Who still waits for the check of a destination may hold a store, which has to close before its
  // writer threads end.
  sender_.reset();
  std::vector<Inbox::Item> unanswered;
  const std::lock_guard lock(inbox_->mutex);
  unanswered.swap(inbox_->items);
}

// ---- the planning thread ----

void Deliveries::Run() {
  while (true) {
    TakeInbox(wakes_.empty() ? clock_.BootMs() + kLongestWaitMs : wakes_.begin()->first);
    {
      const std::lock_guard lock(inbox_->mutex);
      if (inbox_->stopping) break;
    }
    if (const uint64_t version = hooks_.version(); version != seen_version_) {
      seen_version_ = version;
      for (auto& [number, state] : states_) Wake(state, 0);
    }
    const int64_t now = clock_.BootMs();
    while (!wakes_.empty() && wakes_.begin()->first <= now) {
      const auto at = states_.find(wakes_.begin()->second);
      wakes_.erase(wakes_.begin());
      if (at != states_.end()) Step(at->second);
    }
    if (now - looked_for_unused_ms_ >= kLookForUnusedEveryMs) {
      looked_for_unused_ms_ = now;
      DropUnused();
    }
  }
  Finish();
}

void Deliveries::TakeInbox(int64_t wait_until_ms) {
  std::vector<Inbox::Item> items;
  std::set<int64_t> stores;
  {
    std::unique_lock lock(inbox_->mutex);
    const int64_t wait_ms = std::clamp<int64_t>(wait_until_ms - clock_.BootMs(), 0, kLongestWaitMs);
    inbox_->changed.wait_for(lock, std::chrono::milliseconds(wait_ms), [this] {
      return !inbox_->items.empty() || !inbox_->stores.empty() || inbox_->stopping;
    });
    items.swap(inbox_->items);
    stores.swap(inbox_->stores);
  }
  for (Inbox::Item& item : items) {
    std::visit([this](auto& each) { On(each); }, item);
  }
  for (const int64_t number : stores) {
    StoreState& state = StateOf(number);
    state.look = true;
    Wake(state, 0);
  }
}

// What is under way may end; then what is known is written, without waiting for it: the store
// finishes what it was given before it closes.
void Deliveries::Finish() {
  const auto end = std::chrono::steady_clock::now() + kGraceAtStop;
  while (in_flight_ > 0 && std::chrono::steady_clock::now() < end) {
    std::vector<Inbox::Item> items;
    {
      std::unique_lock lock(inbox_->mutex);
      inbox_->changed.wait_until(lock, end, [this] { return !inbox_->items.empty(); });
      items.swap(inbox_->items);
    }
    for (Inbox::Item& item : items) {
      std::visit([this](auto& each) { On(each); }, item);
    }
  }
  for (auto& [number, state] : states_) {
    const bool unwritten = std::ranges::any_of(
        state.lanes, [](const auto& entry) { return entry.second.unwritten() > 0; });
    if (!unwritten || state.writing) continue;
    if (const auto store = stores_.Open(number)) Write(state, **store);
  }
}

Deliveries::StoreState& Deliveries::StateOf(int64_t number) {
  const auto [at, fresh] = states_.try_emplace(number);
  if (fresh) at->second.number = number;
  return at->second;
}

void Deliveries::Wake(StoreState& state, int64_t at_ms) {
  wakes_.erase({state.wake_at, state.number});
  state.wake_at = at_ms;
  wakes_.emplace(at_ms, state.number);
}

// ---- what has happened ----

void Deliveries::On(Sent& sent) {
  --in_flight_;
  if (const auto of_host = in_flight_of_host_.find(sent.place); --of_host->second == 0) {
    in_flight_of_host_.erase(of_host);
  }
  for (const int64_t number : std::exchange(starved_, {})) {
    if (const auto starved = states_.find(number); starved != states_.end()) {
      Wake(starved->second, 0);
    }
  }
  sent.failure.empty() ? ++delivered_ : ++failed_;
  bool blocked = false;
  {
    const std::lock_guard lock(health_mutex_);
    blocked = health_.Note(sent.place.first, sent.place.second, sent.failure, clock_.BootMs(),
                           clock_.NowMs());
  }
  if (blocked) {
    Log(LogLevel::kWarning, "webhook domain paused",
        {{"store", sent.store_number}, {"hook", sent.hook_id}});
    (void)hooks_.NoteEvent(sent.store_number, sent.hook_id, "domain_blocked", sent.failure);
  }
  const auto state = states_.find(sent.store_number);
  if (state == states_.end()) return;
  const auto at = state->second.lanes.find(sent.hook_id);
  if (at == state->second.lanes.end() || at->second.serial() != sent.serial) return;
  Lane& lane = at->second;
  if (sent.failure.empty()) {
    lane.Delivered(sent.job);
    hooks_.NoteUsed(lane.hook());
  } else {
    const auto pause = RetryDelayMs(sent.job.attempts + 1, options_.retry_speed);
    Log(LogLevel::kDebug, "webhook not delivered",
        {{"store", sent.store_number},
         {"hook", sent.hook_id},
         {"attempt", sent.job.attempts + 1},
         {"reason", sent.failure}});
    lane.Failed(sent.job, clock_.NowMs() + pause.value_or(kGiveUpAgainMs));
    if (!pause) GiveUp(state->second, lane, sent.failure);
  }
  Wake(state->second, 0);
}

void Deliveries::GiveUp(const StoreState& state, const Lane& lane, const Failure& failure) {
  // Once it is off, what is left for it is forgotten.
  if (const Status done = hooks_.Deactivate(lane.hook().id, "all attempts failed: " + failure);
      !done) {
    Log(LogLevel::kError, "webhook not deactivated",
        {{"store", state.number}, {"error", ErrorKindName(done.error().kind)}});
    return;
  }
  ++deactivated_;
}

void Deliveries::On(Wrote& wrote) {
  const auto at = states_.find(wrote.store_number);
  if (at == states_.end()) return;
  StoreState& state = at->second;
  state.writing = false;
  for (customers::OutboxProgress& progress : wrote.progress) {
    const auto lane = state.lanes.find(progress.hook_id);
    if (lane == state.lanes.end()) continue;
    wrote.outcome ? lane->second.Written(progress) : lane->second.NotWritten(std::move(progress));
  }
  if (!wrote.outcome) {
    state.forget_others |= wrote.forgot_others;
    state.prune = true;
    return Wake(state, clock_.BootMs() + kTryAgainMs);
  }
  // Hooks that were read meanwhile begin at the first event again.
  if (!state.forget_others) state.pruned_no = wrote.outcome->up_to;
  state.prune |= wrote.outcome->more;
  Wake(state, 0);
}

void Deliveries::On(MadeFinal& made_final) {
  const auto at = states_.find(made_final.store_number);
  if (at == states_.end()) return;
  StoreState& state = at->second;
  state.making_final = false;
  state.look = true;
  if (made_final.outcome) state.final_no = std::max(state.final_no, made_final.up_to);
  Wake(state, made_final.outcome ? 0 : clock_.BootMs() + kTryAgainMs);
}

void Deliveries::DropUnused() {
  const Status done = hooks_.DeactivateUnused(clock_.NowMs() - kUnusedDays * 86'400'000);
  if (done) return;
  Log(LogLevel::kError, "unused webhooks not looked for",
      {{"error", ErrorKindName(done.error().kind)}});
}

// ---- for others ----

void Deliveries::CheckDestination(const std::string& url, std::function<void(Status)> done) {
  if (!sender_) return done(Fail(ErrorKind::kUnavailable, "the server stops"));
  auto destination = ParseDestination(url);
  if (!destination) return done(Fail(destination.error()));
  // Whoever asks may want to write something then, which the sender's thread must not wait for.
  sender_->Check(*std::move(destination), kNamePatience,
                 [inbox = inbox_, done = std::move(done)](Status outcome) {
                   inbox->Push(Checked{done, std::move(outcome)});
                 });
}

std::vector<BlockedDomain> Deliveries::BlockedDomains(int64_t key_id) {
  const std::lock_guard lock(health_mutex_);
  return health_.Blocked(key_id, clock_.BootMs());
}

DeliveryCounts Deliveries::counts() const { return {delivered_, failed_, deactivated_, backlog_}; }

}  // namespace oubli::webhooks
