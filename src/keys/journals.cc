#include "keys/journals.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <optional>
#include <utility>

namespace oubli::keys {

// Of one call: its answers until all have come.
class Journals::Gathering {
 public:
  Gathering(size_t count, Done done) : left_(count), done_(std::move(done)) {}

  void Put(const Status& outcome) {
    {
      const std::lock_guard lock(mutex_);
      if (!outcome) {
        needs_full_ |= outcome.error().kind == ErrorKind::kConflict;
        text_ += (text_.empty() ? "" : "; ") + outcome.error().text;
      }
      if (--left_ > 0) return;
    }
    if (text_.empty()) return done_(Status());
    done_(Fail(needs_full_ ? ErrorKind::kConflict : ErrorKind::kUnavailable, text_));
  }

 private:
  std::mutex mutex_;
  size_t left_;
  bool needs_full_ = false;
  std::string text_;
  const Done done_;
};

Journals::~Journals() = default;

void Journals::Add(std::shared_ptr<JournalFolder> folder, bool waits) {
  auto destination = std::make_shared<Destination>();
  destination->work = std::make_unique<OrderedWork>("key journal " + folder->path(),
                                                    options_.threads_per_destination);
  destination->folder = std::move(folder);
  destination->waits = waits;
  const std::lock_guard lock(mutex_);
  destinations_.push_back(std::move(destination));
}

Status Journals::SetWaits(const std::string& path, bool waits) {
  const std::lock_guard lock(mutex_);
  for (const auto& destination : destinations_) {
    if (destination->folder->path() != path) continue;
    destination->waits = waits;
    return {};
  }
  return Fail(ErrorKind::kNotFound, "there is no such destination of the key journal");
}

Status Journals::Remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(destinations_.begin(), destinations_.end(),
                   [&](const auto& destination) { return destination->folder->path() == path; });
  if (found == destinations_.end()) {
    return Fail(ErrorKind::kNotFound, "there is no such destination of the key journal");
  }
  removed_.push_back(std::move(*found));
  destinations_.erase(found);
  return {};
}

std::vector<Journals::State> Journals::States() const {
  std::vector<State> states;
  for (const Target& target : Targets()) {
    const std::lock_guard lock(target.destination->last->mutex);
    states.push_back(
        {target.destination->folder->path(), target.waits, target.destination->last->status});
  }
  return states;
}

std::vector<Journals::Target> Journals::Targets() const {
  const std::lock_guard lock(mutex_);
  std::vector<Target> targets;
  for (const auto& destination : destinations_)
    targets.push_back({destination, destination->waits});
  return targets;
}

void Journals::Start(std::string_view identity, Kept kept, bool wait_for_all, Task task,
                     Done done) {
  const std::vector<Target> targets = Targets();
  const auto waited = std::count_if(targets.begin(), targets.end(), [&](const Target& target) {
    return target.waits || wait_for_all;
  });
  const auto gathering = std::make_shared<Gathering>(static_cast<size_t>(waited), done);
  for (const Target& target : targets) {
    const bool waits = target.waits || wait_for_all;
    // What is handed over does not hold the destination: its last holder must not be one of its
    // own threads.
    target.destination->work->Post(
        identity, options_.deadline,
        [folder = target.destination->folder, task] { return task(*folder); },
        [this, last = target.destination->last, kept, waits, gathering,
         work = target.destination->work.get(), folder = target.destination->folder,
         identity = std::string(identity)](const Status& outcome) {
          if (kept == Kept::kYes) {
            const std::lock_guard lock(last->mutex);
            last->status = outcome;
          }
          if (waits) gathering->Put(outcome);
          if (kept == Kept::kYes && outcome) MakeRoom(*work, folder, identity);
        });
  }
  if (waited == 0) done(Status());
}

// Behind the answer, for the next entry.
void Journals::MakeRoom(OrderedWork& work, const std::shared_ptr<JournalFolder>& folder,
                        const std::string& identity) {
  if (!options_.makes_room || !folder->WantsRoom(identity)) return;
  work.Post(
      identity, options_.deadline, [folder, identity] { return folder->MakeRoom(identity); },
      [](const Status& /*made*/) {});
}

Status Journals::Wait(std::string_view identity, Kept kept, bool wait_for_all, Task task) {
  std::mutex mutex;
  std::condition_variable ready;
  std::optional<Status> outcome;
  Start(identity, kept, wait_for_all, std::move(task), [&](const Status& given) {
    const std::lock_guard lock(mutex);
    outcome = given;
    ready.notify_one();
  });
  std::unique_lock lock(mutex);
  ready.wait(lock, [&] { return outcome.has_value(); });
  return *outcome;
}

void Journals::Append(std::string_view identity, Entry entry, Done done) {
  Start(
      identity, Kept::kYes, false,
      [identity = std::string(identity), entry = std::move(entry)](JournalFolder& folder) {
        return folder.Append(identity, *entry);
      },
      std::move(done));
}

void Journals::StartAfresh(std::string_view identity, Entry full_entry, Done done) {
  Start(
      identity, Kept::kYes, false,
      [identity = std::string(identity), entry = std::move(full_entry)](JournalFolder& folder) {
        return folder.StartAfresh(identity, *entry);
      },
      std::move(done));
}

Status Journals::Append(std::string_view identity, Entry entry) {
  return Wait(identity, Kept::kYes, false,
              [identity = std::string(identity), entry = std::move(entry)](JournalFolder& folder) {
                return folder.Append(identity, *entry);
              });
}

Status Journals::StartAfresh(std::string_view identity, Entry full_entry) {
  return Wait(identity, Kept::kYes, false,
              [identity = std::string(identity), entry = std::move(full_entry)](
                  JournalFolder& folder) { return folder.StartAfresh(identity, *entry); });
}

Status Journals::WaitAt(const std::string& path, std::string_view identity, Task task) {
  std::shared_ptr<Destination> destination;
  for (Target& target : Targets()) {
    if (target.destination->folder->path() == path) destination = std::move(target.destination);
  }
  if (!destination) {
    return Fail(ErrorKind::kNotFound, "there is no such destination of the key journal");
  }
  const auto answer = std::make_shared<std::promise<Status>>();
  destination->work->Post(
      identity, options_.deadline,
      [folder = destination->folder, task = std::move(task)] { return task(*folder); },
      [answer](const Status& outcome) { answer->set_value(outcome); });
  return answer->get_future().get();
}

Status Journals::AppendAt(const std::string& path, std::string_view identity, Entry entry) {
  return WaitAt(path, identity,
                [identity = std::string(identity), entry = std::move(entry)](
                    JournalFolder& folder) { return folder.Append(identity, *entry); });
}

Result<std::optional<JournalTail>> Journals::TailAt(const std::string& path,
                                                    std::string_view identity) {
  // One that hangs may come back after this has returned.
  const auto tail = std::make_shared<std::optional<JournalTail>>();
  OUBLI_TRY(WaitAt(path, identity,
                   [identity = std::string(identity), tail](JournalFolder& folder) -> Status {
                     OUBLI_TRY_ASSIGN(*tail, folder.Tail(identity));
                     return {};
                   }));
  return *tail;
}

void Journals::AppendAt(const std::string& path, std::string_view identity, Entry entry,
                        Done done) {
  for (const Target& target : Targets()) {
    if (target.destination->folder->path() != path) continue;
    target.destination->work->Post(
        identity, options_.deadline,
        [folder = target.destination->folder, identity = std::string(identity),
         entry = std::move(entry)] { return folder->Append(identity, *entry); },
        [last = target.destination->last, done = std::move(done)](const Status& outcome) {
          {
            const std::lock_guard lock(last->mutex);
            last->status = outcome;
          }
          done(outcome);
        });
    return;
  }
}

void Journals::FindBehind(std::string_view identity, JournalTail wanted,
                          std::function<void(std::vector<std::string> paths)> done) {
  struct Found {
    std::mutex mutex;
    std::vector<std::string> paths;
  };
  const auto found = std::make_shared<Found>();
  Start(
      identity, Kept::kNo, true,
      [identity = std::string(identity), wanted = std::move(wanted),
       found](JournalFolder& folder) -> Status {
        OUBLI_TRY_ASSIGN(const auto tail, folder.Tail(identity));
        const bool leads_there =
            tail && tail->lineage == wanted.lineage && tail->generation >= wanted.generation;
        if (leads_there) return {};
        const std::lock_guard lock(found->mutex);
        found->paths.push_back(folder.path());
        return {};
      },
      [found, done = std::move(done)](const Status& /*told by paths*/) {
        std::vector<std::string> paths;
        {
          const std::lock_guard lock(found->mutex);
          paths = found->paths;
        }
        done(std::move(paths));
      });
}

Status Journals::Reach(std::string_view identity, std::string_view lineage, int64_t generation) {
  return Wait(
      identity, Kept::kNo, false,
      [identity = std::string(identity),
       wanted = JournalTail{std::string(lineage), generation}](JournalFolder& folder) -> Status {
        OUBLI_TRY_ASSIGN(const auto tail, folder.Tail(identity));
        if (tail == wanted) return {};
        return Fail(ErrorKind::kConflict,
                    "key journal " + folder.path() + ": it does not lead to there");
      });
}

int64_t Journals::Size(std::string_view identity) {
  // One that hangs may come back after this has returned.
  const auto largest = std::make_shared<std::atomic<int64_t>>(0);
  static_cast<void>(
      Wait(identity, Kept::kNo, true,
           [identity = std::string(identity), largest](JournalFolder& folder) -> Status {
             OUBLI_TRY_ASSIGN(const int64_t size, folder.Size(identity));
             int64_t known = *largest;
             while (size > known && !largest->compare_exchange_weak(known, size)) {
             }
             return {};
           }));
  return *largest;
}

}  // namespace oubli::keys
