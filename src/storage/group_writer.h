// Group commit: one writer a database that commits together what arrived together.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/commit_participant.h"
#include "storage/database.h"
#include "storage/writer_threads.h"

namespace oubli::storage {

// One change. Run() is called inside a transaction that other commands may share; when it fails,
// what it did is undone and the others are not touched. It may be called again, in a fresh
// transaction, when the first one could not go on. Done() is called once, after the commit (or when
// there will be none), on a writer thread; it must not block.
class WriteCommand {
 public:
  virtual ~WriteCommand() = default;
  virtual Status Run(Connection& connection) = 0;
  virtual void Done(const Status& outcome) = 0;
  // True for a command that, when it fails at all, fails before it has written anything. It runs
  // without a savepoint; should it fail behind a write after all, the group is run again with one
  // for each.
  virtual bool ChecksBeforeWriting() const { return false; }
  // True for a command that erases or says that somebody has been erased. Its Done() is called when
  // the participant has finished, perhaps on another thread.
  virtual bool Erases() const { return false; }
};

// Work that is done when no request waits, or in small slices when some do: the sweep. Called on
// writer threads, one call at a time.
class BackgroundWork {
 public:
  virtual ~BackgroundWork() = default;
  // Works inside a transaction of its own until it is done or `keep_going` says false; true when
  // more is left.
  virtual Result<bool> Slice(Connection& connection, const std::function<bool()>& keep_going) = 0;
  // How the transaction of the last Slice() ended.
  virtual void Committed() = 0;
  virtual void Failed() = 0;
};

// Safe from any thread. Commands run in order of arrival.
class GroupWriter {
 public:
  struct Limits {
    size_t max_group = 512;
    std::chrono::milliseconds slice_while_waiting{5};
    std::chrono::milliseconds slice_when_idle{250};
    // A store is idle when no command has come for so long. Between two groups of a steady load the
    // queue is empty for a moment too.
    std::chrono::milliseconds idle_after{20};
    // While requests wait, background work gets at most one part in so many of the time.
    int background_share = 50;
    // After a failure background work waits so long, then twice as long, up to the last.
    std::chrono::milliseconds retry_first{1000};
    std::chrono::milliseconds retry_last{60'000};
  };

  GroupWriter(WriterThreads& threads, std::unique_ptr<Connection> connection)
      : GroupWriter(threads, std::move(connection), Limits()) {}
  GroupWriter(WriterThreads& threads, std::unique_ptr<Connection> connection, Limits limits);
  ~GroupWriter();  // as Close()

  // Errors reach the command's Done(): kUnavailable when this is closed or the commit failed (then
  // nothing of the group has changed), else what Run() said.
  void Submit(std::unique_ptr<WriteCommand> command);

  // Before the first WakeBackground(). `after_commit` is called after each commit, on the writer
  // thread.
  void SetBackground(std::unique_ptr<BackgroundWork> work) { background_ = std::move(work); }
  void SetAfterCommit(std::function<void()> after_commit) {
    after_commit_ = std::move(after_commit);
  }
  void WakeBackground();
  // Before the first command. Outlives this.
  void SetParticipant(CommitParticipant* participant) { participant_ = participant; }

  // Refuses new commands, finishes those that are there, and returns when nothing runs any more.
  void Close();
  bool busy() const;

 private:
  using Clock = std::chrono::steady_clock;
  using Group = std::vector<std::unique_ptr<WriteCommand>>;

  void Turn();
  Group TakeGroup();
  void RunGroup(Group group);
  enum class Care { kFast, kSavepoints };
  struct Attempt {
    Care care = Care::kFast;
    Status erasing;  // an error: commands that erase are refused with it
    std::vector<Status> outcomes;
  };
  enum class Ended { kCommitted, kCommandWroteAndFailed, kErasingRefused, kFailed };
  // Runs and commits the group; if it is not committed, nothing of it has changed.
  Ended TryGroup(Group& group, Attempt& attempt, Status& reason);
  // Sets the command's outcome; false when that ends the attempt.
  bool RunCommand(WriteCommand& command, Status& outcome, Care care, Status& reason);
  Status Commit();
  void Answer(Group group, Attempt attempt, bool committed);
  // How long background work has to wait; zero when it may run now.
  std::chrono::milliseconds BackgroundDelay(bool waiting) const;
  void RunBackground();
  Status RunSlice(const std::function<bool()>& keep_going);
  void FinishTurn();
  void OnTimer();
  // Has the next turn come, if none is on its way. Unlocks before: the thread that takes it would
  // only wait.
  void Schedule(std::unique_lock<std::mutex> lock);
  bool HasWaiting() const;

  WriterThreads& threads_;
  std::unique_ptr<Connection> connection_;
  const Limits limits_;
  std::unique_ptr<BackgroundWork> background_;
  std::function<void()> after_commit_;
  CommitParticipant* participant_ = nullptr;

  mutable std::mutex mutex_;
  std::condition_variable idle_;
  std::deque<std::unique_ptr<WriteCommand>> queue_;
  bool scheduled_ = false;
  bool closed_ = false;
  bool background_pending_ = false;
  int unfinished_ = 0;  // groups that wait for the participant
  // A turn for background work will come by itself. The timer may outlive this: it asks `alive_`.
  bool timer_set_ = false;
  struct Alive {
    std::mutex mutex;
    GroupWriter* writer = nullptr;
  };
  std::shared_ptr<Alive> alive_ = std::make_shared<Alive>();
  // Touched by the one thread whose turn it is.
  Clock::time_point group_ended_{};
  Clock::time_point background_ended_{};
  Clock::duration background_took_{};
  Clock::time_point retry_at_{};
  std::chrono::milliseconds retry_delay_{0};
};

}  // namespace oubli::storage
