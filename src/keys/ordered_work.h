// Work for one device that may be slow, fail or hang: done on threads of its own, in order where
// that matters, with a deadline for whoever waits.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace oubli::keys {

// Tasks of one lane run strictly in the order in which they were posted, one at a time; tasks of
// different lanes run at the same time, as far as there are threads. Safe from any thread.
class OrderedWork {
 public:
  using Task = std::function<Status()>;
  using Done = std::function<void(const Status&)>;

  // Starts one thread and another for the deadlines, and up to `threads` when there is work. Throws
  // std::system_error when the system gives none. `name` is for error texts.
  OrderedWork(std::string name, int threads);
  // Waits until every `done` has been called, which takes no longer than the deadlines; none is
  // called after it. A task that hangs then keeps its thread and what it holds until it ends,
  // perhaps until the process does. REQUIRES: nothing is posted meanwhile; not called by a task or
  // a `done` of this.
  ~OrderedWork();
  OrderedWork(const OrderedWork&) = delete;
  OrderedWork& operator=(const OrderedWork&) = delete;

  // Calls `done` once: with what the task says, or with kUnavailable when it has not ended after
  // `deadline`. A task that has not begun by then is dropped; one that has begun may still do its
  // work, but before any later one of its lane. `done` is called on a thread of this; it must not
  // block, but may post.
  void Post(std::string_view lane, std::chrono::milliseconds deadline, Task task, Done done);

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace oubli::keys
