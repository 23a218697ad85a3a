// One hook's way through its store's outbox, in memory: what is ready to be sent, what is under
// way, and what has to be written down of it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "access/hooks.h"
#include "base/clock.h"
#include "customers/outbox_progress.h"
#include "webhooks/destination.h"

namespace oubli::webhooks {

struct Job {
  customers::OutboxRow row;
  int64_t attempts = 0;  // that failed before
};

// One thread.
class Lane {
 public:
  static constexpr size_t kFewReady = 50;  // below it more are read
  static constexpr int64_t kReadAtOnce = 200;

  // `done_no` is what the store's file says. `serial` tells this lane from an earlier one of the
  // same hook.
  Lane(access::Hook hook, std::string client_secret, int64_t done_no, int64_t serial);

  const access::Hook& hook() const { return hook_; }
  const std::string& client_secret() const { return client_secret_; }
  int64_t serial() const { return serial_; }
  // Nothing when it cannot be taken apart, which what has been checked can.
  const std::optional<Destination>& destination() const { return destination_; }
  // Another destination, scope or other headers. REQUIRES: the same after_no.
  void SetHook(access::Hook hook);

  // Events with fetched_no() < no <= up_to.
  void AddFresh(std::vector<customers::OutboxRow> rows, int64_t up_to);
  // Those that are in hand already are passed over.
  void AddRetries(std::vector<customers::DueRetry> retries);
  int64_t fetched_no() const { return fetched_no_; }
  bool WantsMore() const { return ready_.size() < kFewReady; }
  bool HasReady() const { return !ready_.empty(); }
  int in_flight() const { return in_flight_; }
  // REQUIRES: HasReady(). It is under way until Delivered() or Failed().
  Job Take();
  void Delivered(const Job& job);
  void Failed(const Job& job, UnixMs due_at);

  // When the next retry that is not in hand is due; kept by the caller, lowered by Written().
  std::optional<UnixMs> next_retry_at;

  // All up to it is delivered, none of the hook's, or noted as a retry.
  int64_t done_no() const;
  // How much has to be written.
  size_t unwritten() const;
  customers::OutboxProgress TakeProgress();
  void Written(const customers::OutboxProgress& progress);
  void NotWritten(customers::OutboxProgress progress);  // it has to be written again

 private:
  access::Hook hook_;
  const std::string client_secret_;
  const int64_t serial_;
  std::optional<Destination> destination_;
  std::deque<Job> ready_;
  std::set<int64_t> unresolved_;  // fresh ones that are ready or under way
  std::set<int64_t> retrying_;    // retries that are in hand: the file still says that they are due
  int64_t fetched_no_;
  int64_t written_no_;  // done_no as the file has it
  int in_flight_ = 0;
  std::vector<customers::OutboxRetry> failed_;
  std::vector<int64_t> delivered_;
};

}  // namespace oubli::webhooks
