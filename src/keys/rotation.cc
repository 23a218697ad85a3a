#include "keys/rotation.h"

#include <algorithm>
#include <atomic>

#include "base/log.h"
#include "storage/writer_threads.h"

namespace oubli::keys {
namespace {

using crypto::Key;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Of the rotation before, until another store gets the thread.
constexpr milliseconds kShortWait{50};

std::atomic<int64_t> rotations_since_start = 0;

Status NotFinished() {
  return Fail(ErrorKind::kUnavailable,
              "an erasure is not finished: a root slot or a key journal cannot be written");
}

}  // namespace

int64_t RotationsSinceStart() { return rotations_since_start; }

Rotation::Rotation(std::string store_identity, std::shared_ptr<RootSlots> slots,
                   std::shared_ptr<Journals> journals, RetryDelays retry)
    : store_identity_(std::move(store_identity)),
      slots_(std::move(slots)),
      journals_(std::move(journals)),
      retry_(retry) {}

Rotation::~Rotation() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return state_ != State::kFinishing && calling_ == 0; });
}

bool Rotation::pending() const {
  std::lock_guard lock(mutex_);
  return unfinished_;
}

bool Rotation::is_retried() const {
  std::lock_guard lock(mutex_);
  return unfinished_ && state_ != State::kUnready;
}

bool Rotation::needs_repair() const {
  std::lock_guard lock(mutex_);
  return repair_ && (state_ == State::kReady || state_ == State::kUnready);
}

Rotation::State Rotation::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

std::optional<Key> Rotation::TakeNextRoot() {
  std::lock_guard lock(mutex_);
  if (state_ != State::kReady && state_ != State::kFinishing) return std::nullopt;
  taken_root_ = next_root_;
  next_root_.reset();
  return taken_root_;
}

// A rotation takes milliseconds; behind a device that hangs, its deadline. The writer's thread is
// one of few, and other stores need it meanwhile.
void Rotation::WaitWhileFinishing(std::unique_lock<std::mutex>& lock) {
  const auto finished = [this] { return state_ != State::kFinishing; };
  if (changed_.wait_for(lock, kShortWait, finished)) return;
  const storage::WriterThreads::Waiting waiting;
  changed_.wait(lock, finished);
}

void Rotation::Burn() {
  std::unique_lock lock(mutex_);
  WaitWhileFinishing(lock);
  next_root_.reset();
  taken_root_.reset();
  if (state_ == State::kReady) state_ = State::kUnready;
}

Status Rotation::WaitUntilFinished() {
  std::unique_lock lock(mutex_);
  WaitWhileFinishing(lock);
  const bool is_prepared =
      taken_root_ && prepared_root_ && taken_root_->view() == prepared_root_->view();
  if (state_ == State::kReady && is_prepared) return {};
  return Fail(ErrorKind::kConflict, NotFinished().error().text);
}

void Rotation::Start(const std::string& lineage, int64_t generation, std::string journal_entry,
                     Finished finished) {
  auto work = std::make_shared<Work>();
  work->lineage = lineage;
  work->generation = generation;
  work->entry = std::make_shared<const std::string>(std::move(journal_entry));
  work->finished = std::move(finished);
  work->next_root = Key::Random();
  {
    std::lock_guard lock(mutex_);
    next_root_ = work->next_root;
    prepared_root_.reset();
    taken_root_.reset();
    state_ = State::kFinishing;
  }
  AppendEntry(work);
}

void Rotation::AppendEntry(const std::shared_ptr<Work>& work) {
  if (!work->entry) return OverwriteOldRoot(work);
  journals_->Append(store_identity_, work->entry, [this, work](const Status& appended) {
    if (!appended) return End(work, appended);
    work->entry.reset();
    OverwriteOldRoot(work);
  });
}

void Rotation::OverwriteOldRoot(const std::shared_ptr<Work>& work) {
  slots_->WriteAll(store_identity_, RootCell{work->lineage, work->generation + 1, work->next_root},
                   [this, work](const Status& written) { End(work, written); });
}

void Rotation::End(const std::shared_ptr<Work>& work, const Status& outcome) {
  std::vector<Finished> finished;
  if (work->finished) finished.push_back(std::move(work->finished));
  work->finished = nullptr;
  if (outcome) ++rotations_since_start;
  if (!outcome) {
    Log(LogLevel::kError, "an erasure is not finished", {{"reason", outcome.error().text}});
  }
  {
    std::lock_guard lock(mutex_);
    for (Finished& callback : waiting_) finished.push_back(std::move(callback));
    waiting_.clear();
    if (outcome) {
      state_ = State::kReady;
      prepared_root_ = work->next_root;
      unfinished_ = false;
      retry_delay_ = {};
    } else {
      // A journal with a gap takes nothing but a full entry, for which the database is needed.
      const bool gap = outcome.error().kind == ErrorKind::kConflict;
      state_ = gap ? State::kUnready : State::kPending;
      unfinished_ = repair_ = true;
      if (gap) next_root_.reset();
      if (!gap) pending_ = work;
      retry_delay_ = std::clamp(retry_delay_ * 2, retry_.first, retry_.last);
      retry_at_ = steady_clock::now() + retry_delay_;
    }
    ++calling_;
    changed_.notify_all();
  }
  const Status told = outcome ? Status() : NotFinished();
  for (const Finished& callback : finished) callback(told);
  std::lock_guard lock(mutex_);
  --calling_;
  changed_.notify_all();
}

void Rotation::AfterThoseInFlight(Finished finished) {
  State now = State::kReady;
  {
    std::lock_guard lock(mutex_);
    now = state_;
    if (now == State::kFinishing) {
      waiting_.push_back(std::move(finished));
      return;
    }
  }
  finished(now == State::kReady ? Status() : NotFinished());
}

void Rotation::RetryIfDue() {
  std::shared_ptr<Work> work;
  {
    std::lock_guard lock(mutex_);
    if (state_ != State::kPending || steady_clock::now() < retry_at_) return;
    work = std::move(pending_);
    pending_.reset();
    // The one that failed half-way may have been taken, and sealed something, meanwhile.
    work->next_root = Key::Random();
    next_root_ = work->next_root;
    state_ = State::kFinishing;
  }
  AppendEntry(work);
}

Status Rotation::RepairSlots(const RootCell& current) {
  const auto all = slots_->ReadAll(store_identity_);
  sure_slots_.resize(all.size(), false);
  std::vector<size_t> reads_well;
  std::vector<size_t> to_write;
  for (size_t slot = 0; slot < all.size(); ++slot) {
    if (!all[slot] && all[slot].error().kind != ErrorKind::kNotFound) {
      return Fail(all[slot].error());
    }
    const auto& there = all[slot] ? (*all[slot])[CellOf(current.generation)] : std::nullopt;
    const bool is_right = there && there->lineage == current.lineage &&
                          there->generation == current.generation &&
                          there->root.view() == current.root.view();
    if (is_right) {
      reads_well.push_back(slot);
    } else {
      Log(LogLevel::kWarning, "a root slot is repaired", {{"slot", slots_->name(slot)}});
      to_write.push_back(slot);
    }
  }
  // The bad ones first. One that reads well is written too when it is not known to be durable; but
  // never the only good copy.
  const bool is_only_copy = reads_well.size() == 1 && to_write.empty();
  for (const size_t slot : reads_well) {
    if (!sure_slots_[slot] && !is_only_copy) to_write.push_back(slot);
  }
  for (const size_t slot : to_write) {
    sure_slots_[slot] = false;
    OUBLI_TRY(slots_->Write(slot, store_identity_, current));
    sure_slots_[slot] = true;
  }
  return {};
}

Status Rotation::MakeReady(const RootCell& current, const FullEntry& full_entry) {
  {
    std::unique_lock lock(mutex_);
    WaitWhileFinishing(lock);
    if (state_ == State::kReady) return {};
    if (steady_clock::now() < retry_at_) return NotFinished();
    if (repair_) sure_slots_.clear();
  }
  const auto wait_for = [](auto&& work) {
    const storage::WriterThreads::Waiting waiting;
    return work();
  };
  const auto attempt = [&]() -> Status {
    bool reached = false;
    OUBLI_TRY(wait_for([&]() -> Status {
      OUBLI_TRY(RepairSlots(current));
      reached = journals_->Reach(store_identity_, current.lineage, current.generation).has_value();
      return {};
    }));
    if (!reached) {
      OUBLI_TRY_ASSIGN(std::string entry, full_entry());
      const auto shared = std::make_shared<const std::string>(std::move(entry));
      OUBLI_TRY(wait_for([&] { return journals_->Append(store_identity_, shared); }));
    }
    RootCell next{current.lineage, current.generation + 1, Key::Random()};
    OUBLI_TRY(wait_for([&] { return slots_->WriteAll(store_identity_, next); }));
    std::lock_guard lock(mutex_);
    next_root_ = prepared_root_ = next.root;
    return {};
  };
  const Status done = attempt();
  std::lock_guard lock(mutex_);
  if (done) {
    state_ = State::kReady;
    unfinished_ = repair_ = false;
    pending_.reset();
    retry_delay_ = {};
    return {};
  }
  Log(LogLevel::kError, "root slots or key journals cannot be written",
      {{"reason", done.error().text}});
  retry_delay_ = std::clamp(retry_delay_ * 2, retry_.first, retry_.last);
  retry_at_ = steady_clock::now() + retry_delay_;
  return Fail(ErrorKind::kUnavailable, done.error().text);
}

}  // namespace oubli::keys
