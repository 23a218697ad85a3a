#include "keys/root_slots.h"

#include <fmt/core.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/check.h"

namespace oubli::keys {
namespace {

using Clock = std::chrono::steady_clock;

// What concerns the slot itself goes where no store's identity can be.
constexpr std::string_view kOwnLane = "";

}  // namespace

struct RootSlots::Answer {
  bool in_time = false;  // false: nothing below says anything
  Status status = {};
  RootCells cells = {};  // of a Read()
  std::string id = {};   // of an Id()
};

// One call, from its start until its `done` has returned. Lives on, finished, in threads where it
// hangs.
class RootSlots::Operation {
 public:
  Operation(size_t slots, std::string_view lane, Work work, std::function<void(Answers)> done)
      : lane_(lane), work_(std::move(work)), done_(std::move(done)), left_(slots) {
    answers_.resize(slots);
  }

  const std::string& lane() const { return lane_; }
  Answer Run(RootSlot& slot) const { return work_(slot); }

  // True for one of all calls of these two: that caller, and nobody else, calls CallDone().
  bool Put(size_t index, Answer answer) {
    const std::lock_guard lock(mutex_);
    if (finished_) return false;
    answer.in_time = true;
    answers_[index] = std::move(answer);
    finished_ = --left_ == 0;
    return finished_;
  }
  bool Expire() {
    const std::lock_guard lock(mutex_);
    return !std::exchange(finished_, true);
  }
  void CallDone() {
    // An operation that hangs must not keep what the callback holds.
    const std::function<void(Answers)> done = std::move(done_);
    done(std::move(answers_));
  }

  // Of Deadlines alone.
  using Due = std::pair<Clock::time_point, uint64_t>;
  Due due;

 private:
  const std::string lane_;
  const Work work_;
  std::function<void(Answers)> done_;
  std::mutex mutex_;
  Answers answers_;
  size_t left_;
  bool finished_ = false;
};

// Ends the calls whose time has passed, on a thread of its own, and counts those in progress.
class RootSlots::Deadlines {
 public:
  using Expired = std::function<void(const std::shared_ptr<Operation>&)>;

  // `expired` drops what has not begun.
  void Start(Expired expired) {
    expired_ = std::move(expired);
    thread_ = std::thread([this] { Run(); });
  }

  void Add(const std::shared_ptr<Operation>& operation, std::chrono::milliseconds deadline) {
    const std::lock_guard lock(mutex_);
    operation->due = {Clock::now() + deadline, next_number_++};
    pending_.emplace(operation->due, operation);
    ++active_;
    // All deadlines are equally long, so the thread mostly sleeps until one that is earlier.
    if (operation->due.first < sleeping_until_) wake_.notify_one();
  }

  void Finish(Operation& operation) {
    operation.CallDone();
    const std::lock_guard lock(mutex_);
    pending_.erase(operation.due);
    if (--active_ == 0) idle_.notify_all();
  }

  // REQUIRES: nothing is added any more.
  void Stop() {
    {
      std::unique_lock lock(mutex_);
      idle_.wait(lock, [&] { return active_ == 0; });
      stopping_ = true;
      wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
  }

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      if (pending_.empty()) {
        sleeping_until_ = Clock::time_point::max();
        wake_.wait(lock);
      } else if (const auto due = pending_.begin()->first.first; Clock::now() < due) {
        sleeping_until_ = due;
        wake_.wait_until(lock, due);
      } else {
        const std::shared_ptr<Operation> operation = std::move(pending_.begin()->second);
        pending_.erase(pending_.begin());
        lock.unlock();
        if (operation->Expire()) {
          expired_(operation);
          Finish(*operation);
        }
        lock.lock();
      }
    }
  }

  Expired expired_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::map<Operation::Due, std::shared_ptr<Operation>> pending_;  // guarded by mutex_, as all below
  uint64_t next_number_ = 0;
  size_t active_ = 0;
  bool stopping_ = false;
  Clock::time_point sleeping_until_ = Clock::time_point::max();
  std::thread thread_;  // of Start() and Stop() alone
};

// One slot, its threads and what waits for them: a lane a store. Its threads keep it alive.
class RootSlots::Lanes : public std::enable_shared_from_this<Lanes> {
 public:
  Lanes(std::unique_ptr<RootSlot> slot, Deadlines& deadlines, int threads)
      : slot_(std::move(slot)),
        deadlines_(deadlines),
        max_workers_(static_cast<size_t>(std::max(threads, 1))) {}

  // So that there is always one.
  void StartFirstWorker() {
    const std::lock_guard lock(mutex_);
    StartWorker();
  }

  void Push(std::shared_ptr<Operation> operation, size_t index) {
    const std::lock_guard lock(mutex_);
    const std::string& name = operation->lane();
    Lane& lane = lanes_[name];
    const bool was_scheduled = std::exchange(lane.scheduled, true);
    if (!was_scheduled) ready_.push_back(name);
    lane.tasks.push_back({std::move(operation), index});
    if (!was_scheduled) WakeWorker();
  }

  // Takes it out where it has not begun.
  void Drop(const std::shared_ptr<Operation>& operation) {
    const std::lock_guard lock(mutex_);
    const auto lane = lanes_.find(operation->lane());
    if (lane == lanes_.end()) return;
    std::erase_if(lane->second.tasks, [&](const Task& task) { return task.first == operation; });
  }

  // REQUIRES: every operation has finished, so that a worker which is busy hangs.
  void Stop() {
    std::vector<std::thread> leaving;
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      wake_.notify_all();
      for (Worker& worker : workers_) {
        if (worker.busy) {
          worker.thread.detach();
        } else {
          leaving.push_back(std::move(worker.thread));
        }
      }
    }
    for (std::thread& thread : leaving) thread.join();
  }

 private:
  using Task = std::pair<std::shared_ptr<Operation>, size_t>;  // and the slot's index in it
  struct Lane {
    std::deque<Task> tasks;
    bool scheduled = false;  // named in ready_, or one of its tasks runs
  };
  struct Worker {
    std::thread thread;
    bool busy = false;
  };

  // REQUIRES of these two: mutex_ is held.
  void StartWorker() {
    workers_.reserve(max_workers_);
    std::thread thread(
        [self = shared_from_this(), number = workers_.size()] { self->Run(number); });
    workers_.push_back({std::move(thread), false});
  }
  void WakeWorker() {
    if (!stopping_ && ready_.size() > idle_ && workers_.size() < max_workers_) {
      try {
        StartWorker();
      } catch (const std::system_error&) {
        // The system gives no more threads: those that are there do the work.
      }
    }
    wake_.notify_one();
  }

  void Run(size_t number) {
    std::unique_lock lock(mutex_);
    while (true) {
      ++idle_;
      wake_.wait(lock, [&] { return stopping_ || !ready_.empty(); });
      --idle_;
      if (ready_.empty()) return;
      const std::string name = std::move(ready_.front());
      ready_.pop_front();
      const auto lane = lanes_.find(name);
      OUBLI_CHECK(lane != lanes_.end() && lane->second.scheduled);
      if (lane->second.tasks.empty()) {
        lanes_.erase(lane);
        continue;
      }
      Task task = std::move(lane->second.tasks.front());
      lane->second.tasks.pop_front();
      workers_[number].busy = true;
      lock.unlock();
      Answer answer = task.first->Run(*slot_);
      lock.lock();
      workers_[number].busy = false;
      Release(name);
      lock.unlock();
      if (task.first->Put(task.second, std::move(answer))) deadlines_.Finish(*task.first);
      task.first.reset();  // not under the lock
      lock.lock();
    }
  }

  // REQUIRES: mutex_ is held, and the lane's running task has ended.
  void Release(const std::string& name) {
    const auto lane = lanes_.find(name);
    if (lane->second.tasks.empty()) {
      lanes_.erase(lane);
    } else {
      ready_.push_back(name);
      WakeWorker();
    }
  }

  const std::unique_ptr<RootSlot> slot_;
  // Gone when a thread comes back from an operation that hung, but then that one has finished.
  Deadlines& deadlines_;
  const size_t max_workers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::unordered_map<std::string, Lane> lanes_;  // guarded by mutex_, as all below
  std::deque<std::string> ready_;                // lanes that a worker may take, each once
  std::vector<Worker> workers_;
  size_t idle_ = 0;
  bool stopping_ = false;
};

RootSlots::RootSlots(std::vector<std::unique_ptr<RootSlot>> slots, const RootSlotsOptions& options)
    : options_(options), deadlines_(std::make_unique<Deadlines>()) {
  OUBLI_CHECK(!slots.empty());
  for (auto& slot : slots) {
    names_.push_back(slot->name());
    lanes_.push_back(
        std::make_shared<Lanes>(std::move(slot), *deadlines_, options.threads_per_slot));
  }
  try {
    deadlines_->Start([this](const std::shared_ptr<Operation>& operation) {
      for (const auto& lanes : lanes_) lanes->Drop(operation);
    });
    for (const auto& lanes : lanes_) lanes->StartFirstWorker();
  } catch (const std::system_error&) {
    Stop();
    throw;
  }
}

RootSlots::~RootSlots() { Stop(); }

void RootSlots::Stop() {
  deadlines_->Stop();
  for (const auto& lanes : lanes_) lanes->Stop();
}

const std::string& RootSlots::name(size_t slot) const { return names_.at(slot); }

void RootSlots::Start(size_t first, size_t last, std::string_view lane, Work work,
                      std::function<void(Answers)> done) {
  OUBLI_CHECK(first < last && last <= lanes_.size());
  const auto operation =
      std::make_shared<Operation>(last - first, lane, std::move(work), std::move(done));
  deadlines_->Add(operation, options_.deadline);
  for (size_t slot = first; slot < last; ++slot) lanes_[slot]->Push(operation, slot - first);
}

RootSlots::Answers RootSlots::Wait(size_t first, size_t last, std::string_view lane, Work work) {
  std::mutex mutex;
  std::condition_variable ready;
  std::optional<Answers> answers;
  Start(first, last, lane, std::move(work), [&](Answers given) {
    const std::lock_guard lock(mutex);
    answers = std::move(given);
    ready.notify_one();
  });
  std::unique_lock lock(mutex);
  ready.wait(lock, [&] { return answers.has_value(); });
  return std::move(*answers);
}

Status RootSlots::StatusOf(size_t slot, const Answer& answer) const {
  if (answer.in_time) return answer.status;
  return Fail(ErrorKind::kUnavailable, fmt::format("root slot {}: no answer within {} ms",
                                                   names_[slot], options_.deadline.count()));
}

Status RootSlots::Summary(const Answers& answers) const {
  std::string failed;
  std::string late;
  for (size_t slot = 0; slot < answers.size(); ++slot) {
    if (!answers[slot].in_time) {
      late += fmt::format("{}{}", late.empty() ? "" : ", ", names_[slot]);
    } else if (!answers[slot].status) {
      failed += fmt::format("{}{} ({})", failed.empty() ? "" : ", ", names_[slot],
                            answers[slot].status.error().text);
    }
  }
  if (failed.empty() && late.empty()) return {};
  std::string text;
  if (!failed.empty()) text = fmt::format("root slots failed: {}", failed);
  if (!late.empty()) {
    text += fmt::format("{}root slots did not answer within {} ms: {}", text.empty() ? "" : "; ",
                        options_.deadline.count(), late);
  }
  return Fail(ErrorKind::kUnavailable, text);
}

// What the slots do is handed over with copies: a caller may be gone when one that hung goes on.
RootSlots::Work RootSlots::WriteWork(std::string_view identity, const RootCell& cell) {
  return [identity = std::string(identity), cell](RootSlot& slot) {
    return Answer{.status = slot.Write(identity, cell)};
  };
}

std::vector<Result<std::string>> RootSlots::Ids() {
  Answers answers = Wait(0, size(), kOwnLane, [](RootSlot& slot) {
    Result<std::string> id = slot.Id();
    if (!id) return Answer{.status = Fail(id.error())};
    return Answer{.id = std::move(*id)};
  });
  std::vector<Result<std::string>> ids;
  for (size_t slot = 0; slot < answers.size(); ++slot) {
    if (const Status status = StatusOf(slot, answers[slot]); !status) {
      ids.push_back(Fail(status.error()));
    } else {
      ids.push_back(std::move(answers[slot].id));
    }
  }
  return ids;
}

std::vector<Result<RootCells>> RootSlots::ReadAll(std::string_view identity) {
  if (const Status checked = CheckIdentity(identity); !checked) {
    return std::vector<Result<RootCells>>(size(), Fail(checked.error()));
  }
  Answers answers = Wait(0, size(), identity, [copy = std::string(identity)](RootSlot& slot) {
    Result<RootCells> cells = slot.Read(copy);
    if (!cells) return Answer{.status = Fail(cells.error())};
    return Answer{.cells = std::move(*cells)};
  });
  std::vector<Result<RootCells>> all;
  for (size_t slot = 0; slot < answers.size(); ++slot) {
    if (const Status status = StatusOf(slot, answers[slot]); !status) {
      all.push_back(Fail(status.error()));
    } else {
      all.push_back(std::move(answers[slot].cells));
    }
  }
  return all;
}

Status RootSlots::WriteAll(std::string_view identity, const RootCell& cell) {
  OUBLI_TRY(CheckIdentity(identity));
  OUBLI_TRY(CheckCell(cell));
  return Summary(Wait(0, size(), identity, WriteWork(identity, cell)));
}

void RootSlots::WriteAll(std::string_view identity, const RootCell& cell, Done done) {
  Status checked = CheckIdentity(identity);
  if (checked) checked = CheckCell(cell);
  if (!checked) return done(checked);
  Start(0, size(), identity, WriteWork(identity, cell),
        [this, done = std::move(done)](const Answers& answers) { done(Summary(answers)); });
}

Status RootSlots::ForgetAll(std::string_view identity) {
  OUBLI_TRY(CheckIdentity(identity));
  return Summary(Wait(0, size(), identity, [copy = std::string(identity)](RootSlot& slot) {
    return Answer{.status = slot.Forget(copy)};
  }));
}

Status RootSlots::SetUp(size_t slot) {
  return StatusOf(slot, Wait(slot, slot + 1, kOwnLane,
                             [](RootSlot& one) { return Answer{.status = one.SetUp()}; })[0]);
}

Status RootSlots::Write(size_t slot, std::string_view identity, const RootCell& cell) {
  OUBLI_TRY(CheckIdentity(identity));
  OUBLI_TRY(CheckCell(cell));
  return StatusOf(slot, Wait(slot, slot + 1, identity, WriteWork(identity, cell))[0]);
}

}  // namespace oubli::keys
