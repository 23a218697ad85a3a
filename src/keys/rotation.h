// The part of a root rotation that happens outside of the database, before and behind the commit
// (P2, P4 and P5 of docs/architecture.md): the fresh root into the free cell of every slot, the
// changed pages to every key journal, the old root overwritten in every slot.
//
// The overwrite of P5 is the next fresh root: it destroys the old one, and spares the next rotation
// its P2. A prepared root that has sealed anything serves one attempt only.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "crypto/key.h"
#include "keys/journals.h"
#include "keys/root_slots.h"

namespace oubli::keys {

// Rotations that this process has finished, in all stores. For the metric; safe from any thread.
int64_t RotationsSinceStart();

// What could not be finished is tried again after so long, then after twice as long, up to `last`.
struct RetryDelays {
  std::chrono::milliseconds first{500};
  std::chrono::milliseconds last{15'000};
};

// Safe from any thread; the functions of the writer are called by one at a time.
class Rotation {
 public:
  using Finished = std::function<void(const Status&)>;

  Rotation(std::string store_identity, std::shared_ptr<RootSlots> slots,
           std::shared_ptr<Journals> journals, RetryDelays retry = {});
  ~Rotation();  // waits for what is under way

  enum class State {
    kUnready,    // no clean root is prepared in every slot, or it is not known
    kReady,      // one is
    kFinishing,  // P4 and P5 are under way
    kPending,    // P4 or P5 has failed and is tried again
  };
  State state() const;

  // ---- for the writer ----

  // The prepared root, for an attempt to commit the next generation; it is used up by that.
  // Nothing in the states kUnready and kPending.
  std::optional<crypto::Key> TakeNextRoot();
  // The attempt was undone before its COMMIT: the root that it took must not be used again.
  void Burn();
  // Waits for P4 and P5 of the rotation in flight. Success: they are done, and the root that was
  // taken is what they have left prepared. Errors: kConflict when they have failed, also when they
  // have been tried again with another root since.
  Status WaitUntilFinished();
  // After the commit of `generation`: starts P4 and P5. `finished` is called when they are done or
  // have failed; then the state is kPending.
  void Start(const std::string& lineage, int64_t generation, std::string journal_entry,
             Finished finished);
  // Calls `finished` when no rotation is under way any more: with success, or with an error while
  // one is pending.
  void AfterThoseInFlight(Finished finished);

  // Makes ready (P2) behind a recovery: `current` is certain to be committed. Repairs slots that
  // lack it, appends `full_entry()` where the journals do not reach its generation, and then
  // overwrites the other cell with a fresh root. Waits for the devices.
  using FullEntry = std::function<Result<std::string>()>;
  Status MakeReady(const RootCell& current, const FullEntry& full_entry);

  // Tries what is pending again, when it is time to. Returns at once.
  void RetryIfDue();
  // An erasure that was not acknowledged waits to be finished.
  bool pending() const;
  // The same, and RetryIfDue() tries it, perhaps just now.
  bool is_retried() const;
  // P4 or P5 has failed since the last MakeReady(), and nothing is tried again any more: a slot
  // that was away meanwhile may have come back without the root of the committed generation.
  // Burn() and MakeReady() look.
  bool needs_repair() const;

 private:
  struct Work {
    std::string lineage;
    int64_t generation = 0;
    std::shared_ptr<const std::string> entry;  // null: is in the journals
    crypto::Key next_root;
    Finished finished;
  };
  void WaitWhileFinishing(std::unique_lock<std::mutex>& lock);
  void AppendEntry(const std::shared_ptr<Work>& work);
  void OverwriteOldRoot(const std::shared_ptr<Work>& work);
  void End(const std::shared_ptr<Work>& work, const Status& outcome);
  // Makes sure that every slot durably holds the root of the committed generation, one slot at a
  // time, so that a power cut tears one copy at most.
  Status RepairSlots(const RootCell& current);

  const std::string store_identity_;
  const std::shared_ptr<RootSlots> slots_;
  const std::shared_ptr<Journals> journals_;
  const RetryDelays retry_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::kUnready;
  bool unfinished_ = false;  // since P4 or P5 failed
  bool repair_ = false;      // the same, but until MakeReady()
  std::optional<crypto::Key> next_root_;
  std::optional<crypto::Key> taken_root_;     // by the attempt under way
  std::optional<crypto::Key> prepared_root_;  // durable in every slot
  std::shared_ptr<Work> pending_;
  std::vector<Finished> waiting_;
  int calling_ = 0;  // threads that are in callbacks
  std::chrono::steady_clock::time_point retry_at_{};
  std::chrono::milliseconds retry_delay_{0};
  // Slots whose cell is certain to be durable when it reads well. Of the others an earlier process,
  // a failed repair or somebody who exchanged the file may have left it in the page cache. By
  // number; the writer's alone.
  std::vector<bool> sure_slots_;
};

}  // namespace oubli::keys
