// The threads on which handlers run, and pieces of long answers are made.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "http/message.h"

namespace oubli::http {

struct HandlerCall {
  std::shared_ptr<const Request> request;
  Responder respond;
};
// What else is to be done on a worker; does not throw. In one queue with the requests, so that a
// long answer waits its turn between its pieces.
using Task = std::function<void()>;
using Job = std::variant<HandlerCall, Task>;

// Submit() may be called from any thread; Start() and Stop() once each.
class WorkerPool {
 public:
  explicit WorkerPool(Handler& handler) : handler_(handler) {}
  ~WorkerPool() { Stop(); }

  void Start(int threads);
  // Takes the jobs over and leaves `jobs` empty. After Stop() they are dropped, which answers 500
  // for a request.
  void Submit(std::vector<Job>& jobs);
  // Lets running handlers return, drops what waits, joins.
  void Stop();

 private:
  void Run();
  // Whether the caller has to wake a thread. One is woken at a time, and wakes the next if there is
  // still work when it runs: quick handlers keep few threads awake, slow ones soon have all of
  // them. REQUIRES: mutex_ is held.
  bool NeedsAnother();
  void Do(Job job);
  void Handle(HandlerCall call);

  Handler& handler_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;  // guarded by mutex_, as all below
  size_t sleeping_ = 0;
  bool waking_ = false;  // a thread has been notified and does not run yet
  bool stopping_ = false;
  std::vector<std::thread> threads_;  // of Start() and Stop() alone
};

}  // namespace oubli::http
