// The threads on which the writers of all databases run.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace oubli::storage {

// So many tasks run at a time, begun in the order in which they came. Those that say that they wait
// do not count; where several have done waiting, more may run for a while. Outlives the writers
// that use it and every call to them.
class WriterThreads {
 public:
  // While it lives, the task that has made it waits for something that may take long, as a device
  // that hangs: another task runs in its place, on a thread more if need be, which stays then (64
  // more in all at most). On any other thread it does nothing.
  class Waiting {
   public:
    Waiting();
    ~Waiting();
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    WriterThreads* const threads_;  // null: does not count
  };

  // REQUIRES: `count` is at least 1. Throws std::system_error when the system gives no threads.
  explicit WriterThreads(int count);
  ~WriterThreads();  // runs what was posted, then joins
  WriterThreads(const WriterThreads&) = delete;
  WriterThreads& operator=(const WriterThreads&) = delete;

  void Post(std::function<void()> task);
  // For a task of these threads as the last that it does: its own thread is free then, and no other
  // is woken.
  void PostLast(std::function<void()> task);
  // Not before `delay` has passed; at once when this is being destroyed.
  void PostAfter(std::chrono::milliseconds delay, std::function<void()> task);

 private:
  using Clock = std::chrono::steady_clock;

  void StartThread();  // REQUIRES: mutex_ is held
  void Stop();
  void Loop();
  // What is due; nothing when there is nothing.
  std::function<void()> TakeDue();
  void BeginWaiting();
  void EndWaiting();

  const size_t count_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;  // guarded by mutex_, as all below
  std::multimap<Clock::time_point, std::function<void()>> later_;
  size_t in_task_ = 0;  // threads
  size_t waiting_ = 0;  // of those
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace oubli::storage
