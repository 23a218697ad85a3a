#include "storage/writer_threads.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/check.h"

namespace oubli::storage {
namespace {

// Threads beside those that it was made with. Each waits for one store; a device that hangs for
// long must not take a thread for each of ten thousand.
constexpr size_t kMaxMore = 64;

// Of which this thread is one; null while it waits.
thread_local WriterThreads* threads_of_this = nullptr;

}  // namespace

WriterThreads::WriterThreads(int count) : count_(static_cast<size_t>(count)) {
  OUBLI_CHECK(count > 0);
  threads_.reserve(count_ + kMaxMore);
  try {
    const std::lock_guard lock(mutex_);
    for (size_t i = 0; i < count_; ++i) StartThread();
  } catch (const std::exception&) {
    Stop();
    throw;
  }
}

WriterThreads::~WriterThreads() { Stop(); }

void WriterThreads::Stop() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

void WriterThreads::StartThread() {
  threads_.emplace_back([this] {
    threads_of_this = this;
    Loop();
  });
}

void WriterThreads::Post(std::function<void()> task) {
  PostLast(std::move(task));
  wake_.notify_one();
}

void WriterThreads::PostLast(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
}

void WriterThreads::PostAfter(std::chrono::milliseconds delay, std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    later_.emplace(Clock::now() + delay, std::move(task));
  }
  wake_.notify_one();
}

std::function<void()> WriterThreads::TakeDue() {
  std::function<void()> task;
  const auto first = later_.begin();
  if (first != later_.end() && (stopping_ || first->first <= Clock::now())) {
    task = std::move(first->second);
    later_.erase(first);
  } else if (!tasks_.empty()) {
    task = std::move(tasks_.front());
    tasks_.pop_front();
  }
  return task;
}

void WriterThreads::Loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (in_task_ - waiting_ >= count_) {
      // Whoever ends a task, or begins to wait in one, looks for the next one or has it looked for.
      wake_.wait(lock);
    } else if (std::function<void()> task = TakeDue()) {
      ++in_task_;
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
      --in_task_;
    } else if (stopping_) {
      wake_.notify_all();
      return;
    } else if (later_.empty()) {
      wake_.wait(lock);
    } else {
      const Clock::time_point at = later_.begin()->first;
      wake_.wait_until(lock, at);
    }
  }
}

void WriterThreads::BeginWaiting() {
  {
    const std::lock_guard lock(mutex_);
    ++waiting_;
    const bool has_too_few = threads_.size() < count_ + std::min(waiting_, kMaxMore);
    if (has_too_few && !stopping_) {
      try {
        StartThread();
      } catch (const std::exception&) {
        // The system gives no more threads: those that are there do the work.
      }
    }
  }
  wake_.notify_one();
}

void WriterThreads::EndWaiting() {
  const std::lock_guard lock(mutex_);
  --waiting_;
}

WriterThreads::Waiting::Waiting() : threads_(std::exchange(threads_of_this, nullptr)) {
  if (threads_ != nullptr) threads_->BeginWaiting();
}

WriterThreads::Waiting::~Waiting() {
  if (threads_ == nullptr) return;
  threads_->EndWaiting();
  threads_of_this = threads_;
}

}  // namespace oubli::storage
