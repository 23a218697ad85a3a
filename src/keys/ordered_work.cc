#include "keys/ordered_work.h"

#include <fmt/core.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace oubli::keys {

using SteadyClock = std::chrono::steady_clock;

// Kept alive by the threads, of which some may outlive the OrderedWork.
class OrderedWork::State : public std::enable_shared_from_this<State> {
 public:
  State(std::string name, int threads)
      : name_(std::move(name)), max_workers_(static_cast<size_t>(std::max(threads, 1))) {}

  void Start() {
    const std::lock_guard lock(mutex_);
    StartWorker();
    timer_ = std::thread([this] { RunTimer(); });
  }

  void Post(std::string_view lane, std::chrono::milliseconds deadline, Task task, Done done) {
    const auto item = std::make_shared<Item>();
    item->lane = lane;
    item->deadline = deadline;
    item->task = std::move(task);
    item->done = std::move(done);
    // Whoever is answered may destroy the OrderedWork before this has woken anybody.
    const auto self = shared_from_this();
    bool is_next = false;
    bool is_ready = false;
    {
      const std::lock_guard lock(mutex_);
      item->due = {SteadyClock::now() + deadline, next_number_++};
      is_next = item->due.first < timer_wakes_at_;
      due_.emplace(item->due, item);
      if (is_next) timer_wakes_at_ = item->due.first;
      ++unfinished_;
      Lane& queue = lanes_[item->lane];
      queue.waiting.push_back(item);
      is_ready = !std::exchange(queue.scheduled, true);
      if (is_ready) MakeReady(item->lane);
    }
    // Without the mutex: who wakes would only wait for it.
    if (is_ready) worker_wake_.notify_one();
    if (is_next) timer_wake_.notify_one();
  }

  void Stop() {
    std::vector<std::thread> leaving;
    {
      std::unique_lock lock(mutex_);
      idle_.wait(lock, [this] { return unfinished_ == 0; });
      stopping_ = true;
      worker_wake_.notify_all();
      timer_wake_.notify_all();
      // Everything has been answered: who is still in a task hangs.
      for (Worker& worker : workers_) {
        if (worker.in_task) {
          worker.thread.detach();
        } else {
          leaving.push_back(std::move(worker.thread));
        }
      }
    }
    for (std::thread& thread : leaving) thread.join();
    if (timer_.joinable()) timer_.join();
  }

 private:
  using Due = std::pair<SteadyClock::time_point, uint64_t>;
  struct Item {
    std::string lane;
    std::chrono::milliseconds deadline;
    Task task;
    Done done;
    Due due;
    bool answered = false;  // or about to be, by who has set it
  };
  struct Lane {
    std::deque<std::shared_ptr<Item>> waiting;
    bool scheduled = false;  // named in ready_, or one of its tasks runs
  };
  struct Worker {
    std::thread thread;
    bool in_task = false;
  };

  // REQUIRES of these: mutex_ is held.
  void StartWorker() {
    workers_.reserve(max_workers_);
    std::thread thread(
        [self = shared_from_this(), number = workers_.size()] { self->RunWorker(number); });
    workers_.push_back({std::move(thread), false});
  }
  // A worker has to be woken for it then.
  void MakeReady(const std::string& lane) {
    ready_.push_back(lane);
    const bool wants_more = ready_.size() > waiting_workers_ && !stopping_;
    if (wants_more && workers_.size() < max_workers_) {
      try {
        StartWorker();
      } catch (const std::system_error&) {
        // The system gives no more threads: those that are there do the work.
      }
    }
  }
  // Of the lane whose task has ended: whether there is another, which is ready then.
  bool GoOn(const std::string& lane) {
    const auto found = lanes_.find(lane);
    if (found->second.waiting.empty()) {
      lanes_.erase(found);
      return false;
    }
    MakeReady(lane);
    return true;
  }
  // The next task of the lane; null when all have been dropped, and then the lane is gone.
  std::shared_ptr<Item> TakeFrom(const std::string& lane) {
    const auto found = lanes_.find(lane);
    if (found->second.waiting.empty()) {
      lanes_.erase(found);
      return nullptr;
    }
    std::shared_ptr<Item> item = std::move(found->second.waiting.front());
    found->second.waiting.pop_front();
    return item;
  }

  // Tasks and callbacks may run out of memory; a thread of this has nobody above it.
  static Status RunTask(const Task& task) {
    try {
      return task();
    } catch (const std::exception&) {
      return Fail(ErrorKind::kUnavailable, "out of memory");
    }
  }

  void RunWorker(size_t number) {
    std::unique_lock lock(mutex_);
    while (true) {
      ++waiting_workers_;
      worker_wake_.wait(lock, [this] { return stopping_ || !ready_.empty(); });
      --waiting_workers_;
      if (ready_.empty()) return;
      const std::string lane = std::move(ready_.front());
      ready_.pop_front();
      const std::shared_ptr<Item> item = TakeFrom(lane);
      if (!item) continue;
      workers_[number].in_task = true;
      lock.unlock();
      const Status outcome = RunTask(item->task);
      item->task = nullptr;
      lock.lock();
      workers_[number].in_task = false;
      if (GoOn(lane)) worker_wake_.notify_one();
      if (!std::exchange(item->answered, true)) {
        due_.erase(item->due);
        Answer(lock, *item, outcome);
      }
    }
  }

  void RunTimer() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      // It sleeps on to the time that it was told, though what was due then has been answered: it
      // is woken once a deadline so, and not for each task.
      if (due_.empty()) {
        timer_wakes_at_ = SteadyClock::time_point::max();
        timer_wake_.wait(lock);
      } else if (const auto at = due_.begin()->first.first; SteadyClock::now() < at) {
        timer_wakes_at_ = at;
        timer_wake_.wait_until(lock, at);
      } else {
        const std::shared_ptr<Item> item = std::move(due_.begin()->second);
        due_.erase(due_.begin());
        item->answered = true;
        if (const auto lane = lanes_.find(item->lane); lane != lanes_.end()) {
          std::erase(lane->second.waiting, item);
        }
        Answer(lock, *item,
               Fail(ErrorKind::kUnavailable,
                    fmt::format("{}: no answer within {} ms", name_, item->deadline.count())));
      }
    }
  }

  void Answer(std::unique_lock<std::mutex>& lock, Item& item, const Status& outcome) {
    lock.unlock();
    item.done(outcome);
    item.done = nullptr;
    lock.lock();
    if (--unfinished_ == 0) idle_.notify_all();
  }

  const std::string name_;
  const size_t max_workers_;
  std::mutex mutex_;
  std::condition_variable worker_wake_;
  std::condition_variable timer_wake_;
  std::condition_variable idle_;
  std::unordered_map<std::string, Lane> lanes_;  // guarded by mutex_, as all below
  std::deque<std::string> ready_;                // lanes that a worker may take, each once
  std::map<Due, std::shared_ptr<Item>> due_;     // those not answered
  // When the timer looks at due_ again, or earlier.
  SteadyClock::time_point timer_wakes_at_ = SteadyClock::time_point::max();
  uint64_t next_number_ = 0;
  size_t unfinished_ = 0;  // their `done` has not returned
  std::vector<Worker> workers_;
  size_t waiting_workers_ = 0;
  bool stopping_ = false;
  std::thread timer_;  // of Start() and Stop() alone
};

OrderedWork::OrderedWork(std::string name, int threads)
    : state_(std::make_shared<State>(std::move(name), threads)) {
  try {
    state_->Start();
  } catch (const std::system_error&) {
    state_->Stop();
    throw;
  }
}

OrderedWork::~OrderedWork() { state_->Stop(); }

void OrderedWork::Post(std::string_view lane, std::chrono::milliseconds deadline, Task task,
                       Done done) {
  state_->Post(lane, deadline, std::move(task), std::move(done));
}

}  // namespace oubli::keys
