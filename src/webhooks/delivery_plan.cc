// What the planning thread does with one store: it reads hooks and events, hands out what may be
// told, and writes down how far that has come.
#include <algorithm>

#include "base/log.h"
#include "customers/outbox.h"
#include "webhooks/deliveries.h"
#include "webhooks/delivery_inbox.h"
#include "webhooks/payload.h"

namespace oubli::webhooks {
namespace {

using customers::Store;
using customers::StoreTransaction;
using customers::StoreView;

constexpr int64_t kWriteAfterMs = 200;   // progress is written so long after it was made, or
constexpr size_t kWriteAtOnce = 64;      // when so much of it has come together
constexpr int64_t kStoreFailsMs = 5000;  // a store does not open
constexpr int64_t kKeepIdleMs = 300'000;
constexpr int64_t kIdle = -1;  // instead of a time
constexpr int64_t kPruneAtOnce = 2000;

}  // namespace

bool Deliveries::NeedsStore(const StoreState& state) const {
  if (state.version != hooks_.version() || state.look) return true;
  const UnixMs now = clock_.NowMs();
  return std::ranges::any_of(state.lanes,
                             [&](const auto& entry) {
                               const Lane& lane = entry.second;
                               const bool more = lane.fetched_no() < state.final_no ||
                                                 (lane.next_retry_at && *lane.next_retry_at <= now);
                               return more && lane.WantsMore();
                             }) ||
         MustWrite(state);
}

// Progress is written a few times a second and not event by event: each time is a commit among
// those of the store's own work.
bool Deliveries::MustWrite(const StoreState& state) const {
  if (state.writing) return false;
  if (state.forget_others || state.prune) return true;
  if (state.write_at != 0 && state.write_at <= clock_.BootMs()) return true;
  return std::ranges::any_of(
      state.lanes, [](const auto& entry) { return entry.second.unwritten() >= kWriteAtOnce; });
}

void Deliveries::Step(StoreState& state) {
  if (NeedsStore(state)) {
    const auto store = stores_.Open(state.number);
    const Status done = store ? StepWith(state, *store) : Status(Fail(store.error()));
    if (!done) {
      Log(LogLevel::kError, "webhooks wait",
          {{"store", state.number}, {"reason", done.error().text}});
      return Wake(state, clock_.BootMs() + kStoreFailsMs);
    }
  }
  SendReady(state);
  int64_t backlog = 0;
  bool unwritten = false;
  for (const auto& [id, lane] : state.lanes) {
    backlog = std::max(backlog, state.last_no - lane.done_no());
    unwritten |= lane.unwritten() > 0;
  }
  if (unwritten && state.write_at == 0) state.write_at = clock_.BootMs() + kWriteAfterMs;
  backlog_ += backlog - state.backlog;
  state.backlog = backlog;
  const int64_t next = NextWake(state);
  if (next >= 0) return Wake(state, next);
  // Nothing is to be done. It is kept for a while, since more of the same may come.
  if (state.wake_at == kIdle) {
    backlog_ -= state.backlog;
    states_.erase(state.number);
    return;
  }
  wakes_.emplace(clock_.BootMs() + kKeepIdleMs, state.number);
  state.wake_at = kIdle;
}

Status Deliveries::StepWith(StoreState& state, const std::shared_ptr<Store>& store) {
  state.handle = store->handle();
  {
    OUBLI_TRY_ASSIGN(auto reader, store->Read());
    if (state.version != hooks_.version()) OUBLI_TRY(ReloadHooks(state, *reader));
    if (state.look) OUBLI_TRY(Look(state, *store, *reader));
    for (auto& [id, lane] : state.lanes) OUBLI_TRY(Refill(state, lane, *reader));
  }
  if (MustWrite(state)) Write(state, *store);
  return {};
}

Status Deliveries::ReloadHooks(StoreState& state, StoreView& view) {
  // Read first: what changes meanwhile is seen the next time.
  const uint64_t version = hooks_.version();
  OUBLI_TRY_ASSIGN(std::vector<access::Hook> hooks, hooks_.ListOfStore(state.number));
  std::map<int64_t, Lane> lanes;
  for (access::Hook& hook : hooks) {
    if (!hook.is_active) continue;
    const auto old = state.lanes.find(hook.id);
    if (old != state.lanes.end() && old->second.hook().after_no == hook.after_no) {
      auto node = state.lanes.extract(old);
      node.mapped().SetHook(std::move(hook));
      lanes.insert(std::move(node));
      continue;
    }
    auto secret = api_keys_.ClientSecret(hook.key_id);
    if (!secret && secret.error().kind == ErrorKind::kNotFound) continue;  // revoked just now
    if (!secret) return Fail(secret.error());
    OUBLI_TRY_ASSIGN(const int64_t done_no, customers::ReadDoneNumber(view, hook.id));
    const int64_t id = hook.id;
    Lane lane(std::move(hook), *std::move(secret), done_no, next_serial_++);
    lane.next_retry_at = 0;  // there may be some
    lanes.emplace(id, std::move(lane));
  }
  state.lanes = std::move(lanes);
  state.version = version;
  state.look = state.forget_others = state.prune = true;
  state.pruned_no = 0;
  return {};
}

Status Deliveries::Look(StoreState& state, Store& store, StoreView& view) {
  if (state.making_final) return {};  // the look goes on behind it
  OUBLI_TRY_ASSIGN(state.last_no, customers::LastEventNumber(view));
  state.look = false;
  if (state.lanes.empty()) {
    state.prune = state.last_no > state.pruned_no;
    return {};
  }
  OUBLI_TRY_ASSIGN(const bool erasure,
                   customers::TellOfErasure(view, state.final_no, state.last_no));
  if (!erasure) {
    state.final_no = state.last_no;
    return {};
  }
  // A command that erases nobody is answered when all erasures before it are final, and with an
  // error as long as one is not.
  state.making_final = true;
  store.WriteErasing(
      [](StoreTransaction&) -> Status { return {}; },
      [inbox = inbox_, number = state.number, up_to = state.last_no](const Status& outcome) {
        inbox->Push(MadeFinal{number, up_to, outcome});
      });
  return {};
}

Status Deliveries::Refill(StoreState& state, Lane& lane, StoreView& view) {
  if (!lane.WantsMore()) return {};
  const UnixMs now = clock_.NowMs();
  if (lane.next_retry_at && *lane.next_retry_at <= now) {
    OUBLI_TRY_ASSIGN(auto due, customers::DueRetries(view, lane.hook().id, now, Lane::kReadAtOnce));
    const bool all = static_cast<int64_t>(due.size()) < Lane::kReadAtOnce;
    lane.AddRetries(std::move(due));
    OUBLI_TRY_ASSIGN(lane.next_retry_at, customers::NextRetryAt(view, lane.hook().id, now));
    if (!all) lane.next_retry_at = now + kWriteAfterMs;
  }
  if (lane.fetched_no() >= state.final_no) return {};
  OUBLI_TRY_ASSIGN(
      auto rows, customers::ReadEvents(view, lane.fetched_no(), state.final_no, Lane::kReadAtOnce));
  const bool all = static_cast<int64_t>(rows.size()) < Lane::kReadAtOnce;
  const int64_t up_to = all ? state.final_no : rows.back().no;
  lane.AddFresh(std::move(rows), up_to);
  return {};
}

void Deliveries::SendReady(StoreState& state) {
  for (auto& [id, lane] : state.lanes) {
    const std::string host = lane.destination() ? lane.destination()->host : std::string();
    const std::pair<int64_t, std::string> place(lane.hook().key_id, host);
    while (lane.HasReady() && lane.in_flight() < kMaxInFlightOfHook) {
      const auto of_host = in_flight_of_host_.find(place);
      // A hook's first one may always go: its neighbours at the same host may all hang.
      const bool host_is_full = lane.in_flight() > 0 && of_host != in_flight_of_host_.end() &&
                                of_host->second >= kMaxInFlightOfHost;
      if (in_flight_ >= kMaxInFlight || host_is_full) {
        starved_.insert(state.number);
        break;
      }
      {
        const std::lock_guard lock(health_mutex_);
        if (health_.BlockedForMs(place.first, host, clock_.BootMs()) > 0) break;
      }
      SendOne(state, lane, host);
    }
  }
}

void Deliveries::SendOne(StoreState& state, Lane& lane, const std::string& host) {
  Sent sent{
      state.number, lane.hook().id, lane.serial(), lane.Take(), "", {lane.hook().key_id, host}};
  ++in_flight_;
  ++in_flight_of_host_[sent.place];
  if (!lane.destination()) {
    sent.failure = "not a destination";
    return inbox_->Push(std::move(sent));
  }
  const Payload payload = MakePayload(state.handle, state.number, sent.job.row);
  Outgoing outgoing{*lane.destination(),
                    MakeHeaders(payload, lane.client_secret(), clock_.NowMs() / 1000, lane.hook()),
                    payload.body};
  sender_->Send(std::move(outgoing),
                [inbox = inbox_, sent = std::move(sent)](Failure failure) mutable {
                  sent.failure = std::move(failure);
                  inbox->Push(std::move(sent));
                });
}

void Deliveries::Write(StoreState& state, Store& store) {
  if (state.writing) return;
  std::vector<customers::OutboxProgress> progress;
  for (auto& [id, lane] : state.lanes) {
    if (lane.unwritten() > 0) progress.push_back(lane.TakeProgress());
  }
  if (progress.empty() && !state.forget_others && !state.prune) return;
  state.writing = true;
  state.prune = false;
  state.write_at = 0;
  const bool forget_others = std::exchange(state.forget_others, false);
  std::vector<customers::LivingHook> living;
  for (const auto& [id, lane] : state.lanes) living.push_back({id, lane.hook().after_no});
  store.Write(
      [progress, living = std::move(living), forget_others,
       pruned = state.pruned_no](StoreTransaction& transaction) -> Result<customers::Pruned> {
        if (forget_others) OUBLI_TRY(customers::ForgetOtherHooks(transaction, living));
        for (const auto& each : progress) OUBLI_TRY(customers::WriteProgress(transaction, each));
        return customers::PruneOutbox(transaction, living, pruned, kPruneAtOnce);
      },
      [inbox = inbox_, number = state.number, progress,
       forget_others](Result<customers::Pruned> outcome) {
        inbox->Push(Wrote{number, progress, forget_others, std::move(outcome)});
      });
}

int64_t Deliveries::NextWake(const StoreState& state) const {
  const int64_t now = clock_.BootMs();
  int64_t next = -1;
  const auto at = [&next](int64_t when) { next = next < 0 ? when : std::min(next, when); };
  if (state.version != hooks_.version() || (state.look && !state.making_final)) at(now);
  if (state.making_final || state.writing) at(now + kLongestWaitMs);  // an answer wakes it before
  if (!state.writing && (state.prune || state.forget_others)) at(now);
  if (!state.writing && state.write_at != 0) at(state.write_at);
  for (const auto& [id, lane] : state.lanes) {
    if (lane.next_retry_at && lane.WantsMore()) {
      at(now + std::clamp<int64_t>(*lane.next_retry_at - clock_.NowMs(), 1, kKeepIdleMs));
    }
    if (lane.in_flight() > 0) at(now + kKeepIdleMs);
    const bool more = lane.HasReady() || lane.fetched_no() < state.final_no;
    if (more && lane.in_flight() < kMaxInFlightOfHook) at(now + kTryAgainMs);
    if (!lane.HasReady() && lane.fetched_no() < state.final_no) at(now);
  }
  return next;
}

}  // namespace oubli::webhooks
