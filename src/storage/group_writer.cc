#include "storage/group_writer.h"

#include "base/check.h"
#include "base/log.h"

namespace oubli::storage {

WriterThreads::WriterThreads(int count) {
  threads_.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) threads_.emplace_back([this] { Loop(); });
}

WriterThreads::~WriterThreads() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WriterThreads::Post(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
}

void WriterThreads::PostAfter(std::chrono::milliseconds delay, std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
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
    if (std::function<void()> task = TakeDue()) {
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
    } else if (stopping_) {
      return;
    } else if (later_.empty()) {
      wake_.wait(lock);
    } else {
      wake_.wait_until(lock, later_.begin()->first);
    }
  }
}

GroupWriter::GroupWriter(WriterThreads& threads, std::unique_ptr<Connection> connection,
                         Limits limits)
    : threads_(threads), connection_(std::move(connection)), limits_(limits) {}

GroupWriter::~GroupWriter() { Close(); }

void GroupWriter::Submit(std::unique_ptr<WriteCommand> command) {
  {
    std::lock_guard lock(mutex_);
    if (!closed_) {
      queue_.push_back(std::move(command));
      ScheduleLocked();
      return;
    }
  }
  command->Done(Fail(ErrorKind::kUnavailable, "the store is closing"));
}

void GroupWriter::WakeBackground() {
  std::lock_guard lock(mutex_);
  if (closed_ || !background_) return;
  background_pending_ = true;
  ScheduleLocked();
}

void GroupWriter::ScheduleLocked() {
  if (scheduled_) return;
  scheduled_ = true;
  threads_.Post([this] { Turn(); });
}

bool GroupWriter::HasWaiting() const {
  std::lock_guard lock(mutex_);
  return !queue_.empty() || closed_;
}

bool GroupWriter::busy() const {
  std::lock_guard lock(mutex_);
  return scheduled_ || timer_set_;
}

void GroupWriter::Close() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  idle_.wait(lock, [this] { return !scheduled_ && !timer_set_; });
}

GroupWriter::Group GroupWriter::TakeGroup() {
  Group group;
  std::lock_guard lock(mutex_);
  const size_t count = std::min(queue_.size(), limits_.max_group);
  group.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return group;
}

// One turn: a group of commands, then perhaps a slice of background work; then the next store's
// turn.
void GroupWriter::Turn() {
  Group group = TakeGroup();
  if (!group.empty()) {
    RunGroup(group);
    group_ended_ = Clock::now();
  }
  bool run_background = false;
  {
    std::lock_guard lock(mutex_);
    run_background =
        background_pending_ && !closed_ && BackgroundDelay(!queue_.empty()).count() == 0;
  }
  if (run_background) RunBackground();
  FinishTurn();
}

void GroupWriter::FinishTurn() {
  std::lock_guard lock(mutex_);
  if (!queue_.empty()) {
    threads_.Post([this] { Turn(); });
    return;
  }
  scheduled_ = false;
  if (background_pending_ && !closed_ && !timer_set_) {
    timer_set_ = true;
    threads_.PostAfter(BackgroundDelay(false), [this] {
      std::lock_guard timer_lock(mutex_);
      timer_set_ = false;
      // A turn that is under way looks at the background work itself.
      if (background_pending_ && !closed_) ScheduleLocked();
      idle_.notify_all();
    });
  }
  idle_.notify_all();
}

Status GroupWriter::RunCommand(WriteCommand& command, Status& outcome) {
  if (command.ChecksBeforeWriting()) {
    outcome = command.Run(*connection_);
    if (outcome) return {};
    const ErrorKind kind = outcome.error().kind;
    const bool refused = kind == ErrorKind::kNotFound || kind == ErrorKind::kInvalid ||
                         kind == ErrorKind::kForbidden;
    return refused ? Status() : outcome;
  }
  OUBLI_TRY(connection_->Savepoint());
  outcome = command.Run(*connection_);
  return outcome ? connection_->ReleaseSavepoint() : connection_->RollbackToSavepoint();
}

void GroupWriter::RunGroup(Group& group) {
  std::vector<Status> outcomes(group.size());
  Status commit = connection_->BeginWrite();
  for (size_t i = 0; commit && i < group.size(); ++i) {
    commit = RunCommand(*group[i], outcomes[i]);
  }
  if (commit) commit = connection_->Commit();
  if (!commit) {
    connection_->Rollback();
    Log(LogLevel::kError, "commit failed",
        {{"commands", static_cast<int64_t>(group.size())}, {"reason", commit.error().text}});
    const Status failed = Fail(ErrorKind::kUnavailable, commit.error().text);
    // A command that was refused on its own keeps its answer: it asked for nothing that could be
    // lost.
    for (Status& outcome : outcomes) {
      if (outcome) outcome = failed;
    }
  } else if (after_commit_) {
    after_commit_();
  }
  for (size_t i = 0; i < group.size(); ++i) group[i]->Done(outcomes[i]);
}

std::chrono::milliseconds GroupWriter::BackgroundDelay(bool waiting) const {
  const Clock::time_point now = Clock::now();
  const auto until = [now](Clock::time_point at) {
    return std::max(std::chrono::milliseconds(0),
                    std::chrono::ceil<std::chrono::milliseconds>(at - now));
  };
  const auto turn = until(background_ended_ + background_took_ * (limits_.background_share - 1));
  if (waiting) return turn;
  return std::min(turn, until(group_ended_ + limits_.idle_after));
}

void GroupWriter::RunBackground() {
  const Clock::time_point start = Clock::now();
  const auto keep_going = [this, start] {
    const auto elapsed = Clock::now() - start;
    if (elapsed < limits_.slice_while_waiting) return true;
    return elapsed < limits_.slice_when_idle && !HasWaiting();
  };
  {
    // Cleared first: a wake-up during the slice must not be lost.
    std::lock_guard lock(mutex_);
    background_pending_ = false;
  }
  Result<bool> more = false;
  Status commit = connection_->BeginWrite();
  if (commit) {
    more = background_(*connection_, keep_going);
    commit = more ? connection_->Commit() : Status(Fail(more.error()));
  }
  if (!commit) {
    connection_->Rollback();
    Log(LogLevel::kError, "background work failed", {{"reason", commit.error().text}});
  } else if (after_commit_) {
    after_commit_();
  }
  background_ended_ = Clock::now();
  background_took_ = background_ended_ - start;
  // After a failure the next change wakes it again: no loop on a full disk.
  if (commit && *more) {
    std::lock_guard lock(mutex_);
    background_pending_ = true;
  }
}

}  // namespace oubli::storage
