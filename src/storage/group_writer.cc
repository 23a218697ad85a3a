#include "storage/group_writer.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/check.h"
#include "base/log.h"

namespace oubli::storage {

GroupWriter::GroupWriter(WriterThreads& threads, std::unique_ptr<Connection> connection,
                         Limits limits)
    : threads_(threads), connection_(std::move(connection)), limits_(limits) {
  alive_->writer = this;
}

GroupWriter::~GroupWriter() { Close(); }

void GroupWriter::Submit(std::unique_ptr<WriteCommand> command) {
  {
    std::unique_lock lock(mutex_);
    if (!closed_) {
      queue_.push_back(std::move(command));
      Schedule(std::move(lock));
      return;
    }
  }
  command->Done(Fail(ErrorKind::kUnavailable, "the store is closing"));
}

void GroupWriter::WakeBackground() {
  std::unique_lock lock(mutex_);
  if (closed_ || !background_) return;
  background_pending_ = true;
  Schedule(std::move(lock));
}

void GroupWriter::Schedule(std::unique_lock<std::mutex> lock) {
  if (std::exchange(scheduled_, true)) return;
  lock.unlock();
  threads_.Post([this] { Turn(); });
}

bool GroupWriter::HasWaiting() const {
  std::lock_guard lock(mutex_);
  return !queue_.empty() || closed_;
}

bool GroupWriter::busy() const {
  std::lock_guard lock(mutex_);
  return scheduled_ || timer_set_ || unfinished_ > 0;
}

void GroupWriter::Close() {
  {
    std::lock_guard alive_lock(alive_->mutex);
    alive_->writer = nullptr;
  }
  std::unique_lock lock(mutex_);
  closed_ = true;
  timer_set_ = false;
  idle_.wait(lock, [this] { return !scheduled_ && unfinished_ == 0; });
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
    RunGroup(std::move(group));
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
  std::unique_lock lock(mutex_);
  if (!queue_.empty()) {
    lock.unlock();
    threads_.PostLast([this] { Turn(); });
    return;
  }
  scheduled_ = false;
  if (background_pending_ && !closed_ && !timer_set_) {
    timer_set_ = true;
    threads_.PostAfter(BackgroundDelay(false), [alive = alive_] {
      std::lock_guard alive_lock(alive->mutex);
      if (alive->writer != nullptr) alive->writer->OnTimer();
    });
  }
  idle_.notify_all();
}

void GroupWriter::OnTimer() {
  std::unique_lock lock(mutex_);
  timer_set_ = false;
  // A turn that is under way looks at the background work itself.
  if (background_pending_ && !closed_) Schedule(std::move(lock));
}

namespace {

// Exceptions (memory that cannot be had) must not end the process: a writer thread has nobody above
// it.
Status RunCaught(WriteCommand& command, Connection& connection) {
  try {
    return command.Run(connection);
  } catch (const std::exception&) {
    return Fail(ErrorKind::kUnavailable, "a command ran out of memory");
  }
}

void DoneCaught(WriteCommand& command, const Status& outcome) {
  try {
    command.Done(outcome);
  } catch (const std::exception&) {
    Log(LogLevel::kError, "an answer was lost for want of memory");
  }
}

// A group of a writer without keys (the tests') has a participant that does nothing.
class NoParticipant final : public CommitParticipant {
 public:
  Status BeginGroup(Connection& /*connection*/) override { return {}; }
  Status BeginErasing(Connection& /*connection*/) override { return {}; }
  size_t Mark() const override { return 0; }
  void RollbackTo(size_t /*mark*/) override {}
  Status BeforeCommit(Connection& /*connection*/) override { return {}; }
  void Committed(bool /*erasing*/, std::function<void(const Status&)> finished) override {
    finished({});
  }
  void RolledBack() override {}
  void CommitUnclear() override {}
};

CommitParticipant& Nobody() {
  static NoParticipant nobody;
  return nobody;
}

}  // namespace

bool GroupWriter::RunCommand(WriteCommand& command, Status& outcome, Care care, Status& reason) {
  const size_t mark = participant_->Mark();
  if (care == Care::kFast && command.ChecksBeforeWriting()) {
    const int64_t before = connection_->TotalChanges();
    outcome = RunCaught(command, *connection_);
    const bool has_written = connection_->TotalChanges() != before || participant_->Mark() != mark;
    if (outcome || !has_written) return true;
    reason = outcome;
    return false;
  }
  reason = connection_->Savepoint();
  if (!reason) return false;
  outcome = RunCaught(command, *connection_);
  if (!outcome) participant_->RollbackTo(mark);
  reason = outcome ? connection_->ReleaseSavepoint() : connection_->RollbackToSavepoint();
  return reason.has_value();
}

GroupWriter::Ended GroupWriter::TryGroup(Group& group, Attempt& attempt, Status& reason) {
  attempt.outcomes.assign(group.size(), Status());
  const auto give_up = [this](Ended how) {
    connection_->Rollback();
    participant_->RolledBack();
    return how;
  };
  reason = connection_->BeginWrite();
  if (!reason) return give_up(Ended::kFailed);
  for (size_t i = 0; i < group.size(); ++i) {
    if (!attempt.erasing && group[i]->Erases()) {
      attempt.outcomes[i] = attempt.erasing;
    } else if (!RunCommand(*group[i], attempt.outcomes[i], attempt.care, reason)) {
      return give_up(attempt.care == Care::kFast ? Ended::kCommandWroteAndFailed : Ended::kFailed);
    }
  }
  reason = participant_->BeforeCommit(*connection_);
  if (!reason) {
    return give_up(reason.error().kind == ErrorKind::kConflict && attempt.erasing
                       ? Ended::kErasingRefused
                       : Ended::kFailed);
  }
  reason = connection_->Commit();
  if (reason) return Ended::kCommitted;
  connection_->Rollback();
  participant_->CommitUnclear();
  return Ended::kFailed;
}

void GroupWriter::RunGroup(Group group) {
  if (participant_ == nullptr) participant_ = &Nobody();
  const bool erasing = std::ranges::any_of(group, [](const auto& c) { return c->Erases(); });
  Attempt attempt;
  Status reason = participant_->BeginGroup(*connection_);
  Ended ended = Ended::kFailed;
  if (reason) {
    if (erasing) attempt.erasing = participant_->BeginErasing(*connection_);
    ended = TryGroup(group, attempt, reason);
    // One that fails behind its first write must not fail the others.
    if (ended == Ended::kCommandWroteAndFailed) {
      attempt.care = Care::kSavepoints;
      ended = TryGroup(group, attempt, reason);
    }
    if (ended == Ended::kErasingRefused) {
      attempt.erasing = Fail(ErrorKind::kUnavailable, reason.error().text);
      attempt.care = Care::kSavepoints;
      ended = TryGroup(group, attempt, reason);
    }
  }
  const bool committed = ended == Ended::kCommitted;
  if (!committed) {
    Log(LogLevel::kError, "commit failed",
        {{"commands", static_cast<int64_t>(group.size())}, {"reason", reason.error().text}});
    // Also for a command that was refused on its own: what it found (nobody of that code, a taken
    // e-mail) may have been another one's doing that has not happened now.
    attempt.outcomes.assign(group.size(), Fail(ErrorKind::kUnavailable, reason.error().text));
  }
  Answer(std::move(group), std::move(attempt), committed);
  if (committed && after_commit_) after_commit_();
}

void GroupWriter::Answer(Group group, Attempt attempt, bool committed) {
  struct Erased {
    Group commands;
    std::vector<Status> outcomes;
  };
  const auto answer_others = [&] {
    for (size_t i = 0; i < group.size(); ++i) {
      if (group[i]) DoneCaught(*group[i], attempt.outcomes[i]);
    }
  };
  if (!committed) return answer_others();
  auto erased = std::make_shared<Erased>();
  for (size_t i = 0; i < group.size(); ++i) {
    // What was refused has nothing to wait for: that may be an erasure that is just tried again.
    if (!group[i]->Erases() || !attempt.erasing) continue;
    erased->commands.push_back(std::move(group[i]));
    erased->outcomes.push_back(std::move(attempt.outcomes[i]));
  }
  {
    std::lock_guard lock(mutex_);
    ++unfinished_;
  }
  // First: whoever is told of a create may read it at once, and needs its key for that.
  participant_->Committed(!erased->commands.empty(), [this, erased](const Status& finished) {
    for (size_t i = 0; i < erased->commands.size(); ++i) {
      // Not even that there is nobody to erase may be said before what was erased is gone.
      DoneCaught(*erased->commands[i],
                 finished ? erased->outcomes[i]
                          : Status(Fail(ErrorKind::kUnavailable, finished.error().text)));
    }
    erased->commands.clear();
    std::lock_guard lock(mutex_);
    --unfinished_;
    idle_.notify_all();
  });
  answer_others();
}

std::chrono::milliseconds GroupWriter::BackgroundDelay(bool waiting) const {
  const Clock::time_point now = Clock::now();
  const auto until = [now](Clock::time_point at) {
    return std::max(std::chrono::milliseconds(0),
                    std::chrono::ceil<std::chrono::milliseconds>(at - now));
  };
  const auto retry = until(retry_at_);
  const auto turn = until(background_ended_ + background_took_ * (limits_.background_share - 1));
  if (waiting) return std::max(retry, turn);
  return std::max(retry, std::min(turn, until(group_ended_ + limits_.idle_after)));
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
  const Status done = RunSlice(keep_going);
  background_ended_ = Clock::now();
  background_took_ = background_ended_ - start;
  if (done) {
    retry_delay_ = {};
    return;
  }
  Log(LogLevel::kError, "background work failed", {{"reason", done.error().text}});
  retry_delay_ = std::clamp(retry_delay_ * 2, limits_.retry_first, limits_.retry_last);
  retry_at_ = background_ended_ + retry_delay_;
  std::lock_guard lock(mutex_);
  background_pending_ = true;
}

Status GroupWriter::RunSlice(const std::function<bool()>& keep_going) {
  if (participant_ == nullptr) participant_ = &Nobody();
  bool more = false;
  bool committing = false;
  const auto attempt = [&]() -> Status {
    OUBLI_TRY(participant_->BeginGroup(*connection_));
    OUBLI_TRY(connection_->BeginWrite());
    try {
      OUBLI_TRY_ASSIGN(more, background_->Slice(*connection_, keep_going));
    } catch (const std::exception&) {
      return Fail(ErrorKind::kUnavailable, "out of memory");
    }
    OUBLI_TRY(participant_->BeforeCommit(*connection_));
    committing = true;
    return connection_->Commit();
  };
  if (Status done = attempt(); !done) {
    connection_->Rollback();
    committing ? participant_->CommitUnclear() : participant_->RolledBack();
    background_->Failed();
    return done;
  }
  participant_->Committed(false, [](const Status&) {});
  background_->Committed();
  if (after_commit_) after_commit_();
  if (more) {
    std::lock_guard lock(mutex_);
    background_pending_ = true;
  }
  return {};
}

}  // namespace oubli::storage
