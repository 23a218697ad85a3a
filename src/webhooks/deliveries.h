// Reads the outboxes of stores with active hooks and delivers them: at least once, in no order that
// is promised, with retries that survive a restart. An erasure is told of when it is final, never
// before its own answer could be given.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "access/api_keys.h"
#include "access/hooks.h"
#include "access/stores.h"
#include "base/clock.h"
#include "base/result.h"
#include "webhooks/domain_health.h"
#include "webhooks/hook_service.h"
#include "webhooks/lane.h"
#include "webhooks/sender.h"

namespace oubli::webhooks {

struct DeliveryOptions {
  SenderOptions sender = {};
  int64_t retry_speed = 1;  // divides the pauses between attempts, for tests
  Resolver::Lookup lookup = Resolver::SystemLookup;
};

struct DeliveryCounts {
  int64_t delivered = 0;    // since the process started, as the others
  int64_t failed = 0;       // attempts
  int64_t deactivated = 0;  // hooks, after the last attempt
  int64_t backlog = 0;      // events that some hook has still to be told of; now, about
};

// Safe from any thread. A thread of its own plans and writes, another one sends (sender.h): no
// request and no writer ever waits for a receiver. What waits lies in the stores' files; in memory
// are some hundreds of events a hook.
class Deliveries final : public HookService {
 public:
  static constexpr int kMaxInFlight = 1024;
  static constexpr int kMaxInFlightOfHook = 4;
  static constexpr int kMaxInFlightOfHost = 8;  // of one account
  static constexpr int64_t kUnusedDays = 90;

  // All outlive Stop(). Errors: kUnavailable.
  static Result<std::unique_ptr<Deliveries>> Make(access::Stores& stores, access::Hooks& hooks,
                                                  access::ApiKeys& api_keys, const Clock& clock,
                                                  DeliveryOptions options);
  ~Deliveries() override;  // as Stop()

  void Start();
  // What is under way gets a second to end; what is not is sent again by the next process. Checks
  // of destinations are forgotten unanswered. Not while somebody else calls CheckDestination().
  void Stop();

  void CheckDestination(const std::string& url, std::function<void(Status)> done) override;
  std::vector<BlockedDomain> BlockedDomains(int64_t key_id) override;
  DeliveryCounts counts() const;

 private:
  static constexpr int64_t kTryAgainMs = 1000;     // after a failure of our own
  static constexpr int64_t kLongestWaitMs = 1000;  // so that a clock that is set is noticed

  // What other threads leave for the planning one; callbacks may outlive this class.
  struct Sent {
    int64_t store_number, hook_id, serial;
    Job job;
    Failure failure;
    std::pair<int64_t, std::string> place;  // account and host
  };
  struct Wrote {
    int64_t store_number;
    std::vector<customers::OutboxProgress> progress;
    bool forgot_others;
    Result<customers::Pruned> outcome;
  };
  struct MadeFinal {
    int64_t store_number, up_to;
    Status outcome;
  };
  struct Checked {
    std::function<void(Status)> done;
    Status outcome;
  };
  struct Inbox;

  struct StoreState {
    int64_t number = 0;
    std::string handle = {};
    uint64_t version = 0;                // of the hooks, when they were read
    std::map<int64_t, Lane> lanes = {};  // by hook
    bool look = true;                    // there are events that have not been looked at
    int64_t last_no = 0;                 // of the events seen
    int64_t final_no = 0;                // up to it they may be told
    int64_t pruned_no = 0;
    bool making_final = false;
    bool writing = false;
    bool forget_others = false;
    bool prune = false;
    int64_t wake_at = 0;   // BootMs()
    int64_t write_at = 0;  // the same: when progress has to be written; 0: there is none
    int64_t backlog = 0;
  };

  Deliveries(access::Stores& stores, access::Hooks& hooks, access::ApiKeys& api_keys,
             const Clock& clock, DeliveryOptions options);
  void Run();
  void TakeInbox(int64_t wait_until_ms);
  void Finish();
  StoreState& StateOf(int64_t number);
  void Wake(StoreState& state, int64_t at_ms);
  void Step(StoreState& state);
  Status StepWith(StoreState& state, const std::shared_ptr<customers::Store>& store);
  bool NeedsStore(const StoreState& state) const;
  bool MustWrite(const StoreState& state) const;
  Status ReloadHooks(StoreState& state, customers::StoreView& view);
  Status Look(StoreState& state, customers::Store& store, customers::StoreView& view);
  Status Refill(StoreState& state, Lane& lane, customers::StoreView& view);
  void SendReady(StoreState& state);
  void SendOne(StoreState& state, Lane& lane, const std::string& host);
  void Write(StoreState& state, customers::Store& store);
  int64_t NextWake(const StoreState& state) const;
  void On(Sent& sent);
  void On(Wrote& wrote);
  void On(MadeFinal& made_final);
  void On(Checked& checked) { checked.done(checked.outcome); }
  void GiveUp(const StoreState& state, const Lane& lane, const Failure& failure);
  void DropUnused();

  access::Stores& stores_;
  access::Hooks& hooks_;
  access::ApiKeys& api_keys_;
  const Clock& clock_;
  const DeliveryOptions options_;
  std::unique_ptr<Sender> sender_;
  const std::shared_ptr<Inbox> inbox_;
  std::thread thread_;
  bool stopped_ = false;
  // Of the planning thread.
  std::map<int64_t, StoreState> states_;
  std::set<std::pair<int64_t, int64_t>> wakes_;  // time, store
  std::set<int64_t> starved_;                    // stores that wait for room to send
  std::map<std::pair<int64_t, std::string>, int> in_flight_of_host_;
  int in_flight_ = 0;
  int64_t next_serial_ = 1;
  uint64_t seen_version_ = 0;
  int64_t looked_for_unused_ms_ = 0;
  std::mutex health_mutex_;
  DomainHealth health_;  // guarded by health_mutex_
  std::atomic<int64_t> delivered_ = 0;
  std::atomic<int64_t> failed_ = 0;
  std::atomic<int64_t> deactivated_ = 0;
  std::atomic<int64_t> backlog_ = 0;
};

}  // namespace oubli::webhooks
