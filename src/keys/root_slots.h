// All root slots of a server together: every one is read and written at the same time, with a
// deadline, and stores do not wait for each other.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "keys/ordered_work.h"
#include "keys/root_slot.h"

namespace oubli::keys {

struct RootSlotsOptions {
  std::chrono::milliseconds deadline{5000};  // from the call to the answer
  int threads_per_slot = 4;                  // at most; each slot has threads of its own
};

// Safe from any thread.
//
// In one slot, what is asked for one store is done strictly in the order of the calls: a write that
// hangs and ends later never lies over a newer one. What is asked for different stores is done at
// the same time, as far as there are threads. A call that is not answered at its deadline gets
// kUnavailable; what of it has not begun by then is dropped, what has begun may still happen, but
// before anything that is asked later.
class RootSlots {
 public:
  using Done = std::function<void(Status)>;

  // Starts two threads a slot, the others when there is work for them. Throws
  // std::system_error when the system gives no threads. REQUIRES: at least one slot.
  explicit RootSlots(std::vector<std::unique_ptr<RootSlot>> slots,
                     const RootSlotsOptions& options = {});
  // Waits for what has been asked, which takes no longer than the deadline; no callback runs after
  // it. An operation that hangs then keeps its thread, its slot and the slot's storage::Files until
  // it ends, perhaps until the process does. REQUIRES: no call is in progress or follows.
  ~RootSlots();
  RootSlots(const RootSlots&) = delete;
  RootSlots& operator=(const RootSlots&) = delete;

  size_t size() const { return names_.size(); }
  const std::string& name(size_t slot) const;

  // RootSlot's functions in all slots, in the order in which they were named.
  std::vector<Result<std::string>> Ids();
  std::vector<Result<RootCells>> ReadAll(std::string_view identity);

  // Writes the cell that belongs to the generation in every slot. Success: all have confirmed it.
  // Errors: kUnavailable, which names the slots that failed and those that did not answer in time;
  // kInvalid, with nothing written, for an identity, lineage or generation that cannot be.
  Status WriteAll(std::string_view identity, const RootCell& cell);
  // Returns at once. `done` runs on a thread of this, or in the call when nothing was begun; it
  // must not block, but may ask for more.
  void WriteAll(std::string_view identity, const RootCell& cell, Done done);
  Status ForgetAll(std::string_view identity);

  // The same in one slot: to set one up, and to repair one. A cell that is good in every slot must
  // not be written by WriteAll() again, or a power cut could tear the last copy.
  Status SetUp(size_t slot);
  Status Write(size_t slot, std::string_view identity, const RootCell& cell);

 private:
  struct Answer;
  using Answers = std::vector<Answer>;
  class Gathering;
  using Work = std::function<Answer(RootSlot&)>;
  struct Slot {
    std::shared_ptr<RootSlot> slot;  // held by what hangs, too
    std::unique_ptr<OrderedWork> work;
  };

  // In the slots from `first` up to `last`.
  void Start(size_t first, size_t last, std::string_view lane, const Work& work,
             std::function<void(Answers)> done);
  Answers Wait(size_t first, size_t last, std::string_view lane, const Work& work);
  static Work WriteWork(std::string_view identity, const RootCell& cell);
  static Status Summary(const Answers& answers);
  void End();  // of a call, behind its callback

  const RootSlotsOptions options_;
  std::vector<std::string> names_;
  std::mutex mutex_;
  std::condition_variable idle_;
  int calls_ = 0;  // guarded by mutex_: those whose callback has not returned
  std::vector<Slot> slots_;
};

}  // namespace oubli::keys
