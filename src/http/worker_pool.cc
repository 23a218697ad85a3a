#include "http/worker_pool.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "base/log.h"

namespace oubli::http {

void WorkerPool::Start(int threads) {
  for (int i = 0; i < std::max(threads, 1); ++i) threads_.emplace_back([this] { Run(); });
}

void WorkerPool::Submit(std::vector<Job>& jobs) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      std::move(jobs.begin(), jobs.end(), std::back_inserter(queue_));
      wake = NeedsAnother();
    }
  }
  jobs.clear();
  if (wake) wake_.notify_one();
}

void WorkerPool::Stop() {
  std::deque<Job> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(queue_);
  }
  wake_.notify_all();
  dropped.clear();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool WorkerPool::NeedsAnother() {
  if (queue_.empty() || sleeping_ == 0 || waking_) return false;
  waking_ = true;
  return true;
}

void WorkerPool::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    while (queue_.empty() && !stopping_) {
      ++sleeping_;
      wake_.wait(lock);
      --sleeping_;
      waking_ = false;
    }
    if (stopping_) return;
    Job job = std::move(queue_.front());
    queue_.pop_front();
    const bool wake = NeedsAnother();
    lock.unlock();
    if (wake) wake_.notify_one();
    Do(std::move(job));
    lock.lock();
  }
}

void WorkerPool::Do(Job job) {
  if (auto* call = std::get_if<HandlerCall>(&job)) return Handle(std::move(*call));
  std::get<Task>(job)();
}

void WorkerPool::Handle(HandlerCall call) {
  // When a handler throws, the last copy of its responder dies with it and answers 500.
  try {
    handler_.Handle(std::move(call.request), std::move(call.respond));
  } catch (const std::exception&) {
    Log(LogLevel::kError, "handler threw an exception");
  } catch (...) {
    Log(LogLevel::kError, "handler threw something");
  }
}

}  // namespace oubli::http
