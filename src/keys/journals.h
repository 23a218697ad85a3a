// All destinations of the key journal together: an entry goes to every one at the same time, with a
// deadline, and stores do not wait for each other.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keys/journal_folder.h"
#include "keys/ordered_work.h"

namespace oubli::keys {

struct JournalsOptions {
  std::chrono::milliseconds deadline{10'000};  // from the call to the answer
  int threads_per_destination = 4;             // at most; each destination has threads of its own
  // JournalFolder::MakeRoom() behind each entry that leaves none; without it every sync is one of
  // an entry.
  bool makes_room = true;
};

// Safe from any thread.
//
// In one destination, what is asked for one store is done strictly in the order of the calls. What
// is not done at the deadline counts as failed: if it has not begun by then it is dropped, if it
// has begun it may still happen, but before anything that is asked later. Asking for the same again
// is always right.
//
// What a destination fails in that is not waited for is told by States() alone. It then lacks an
// entry, and refuses those behind it until a full one comes.
class Journals {
 public:
  using Done = std::function<void(const Status&)>;
  // An entry's bytes, shared by the destinations, and by those that hang until they go on.
  using Entry = std::shared_ptr<const std::string>;

  explicit Journals(const JournalsOptions& options = {}) : options_(options) {}
  // Waits for what has been asked, which takes no longer than the deadline. What hangs then keeps
  // its thread, its JournalFolder and that one's storage::Files until it ends. REQUIRES: no call is
  // in progress or follows; not called by a callback of this.
  ~Journals();
  Journals(const Journals&) = delete;
  Journals& operator=(const Journals&) = delete;

  // From now on entries go there too. A folder that lacks the entries before must get a full entry
  // before it is waited for: add it with `waits` false, append one, then SetWaits(). Throws
  // std::system_error when the system gives no threads.
  void Add(std::shared_ptr<JournalFolder> folder, bool waits);
  // Of the destination with that path. Errors: kNotFound.
  Status SetWaits(const std::string& path, bool waits);
  Status Remove(const std::string& path);  // what has been asked of it is still done

  struct State {
    std::string path;
    bool waits = false;
    Status last;  // how the last Append() or StartAfresh() there ended
  };
  std::vector<State> States() const;

  // JournalFolder's functions in all destinations. Success: all that are waited for have done it;
  // with none, at once. Errors name every destination that failed or did not answer: kConflict when
  // a full entry of the present generation is what at least one of them needs, else kUnavailable.
  Status Append(std::string_view identity, Entry entry);
  Status StartAfresh(std::string_view identity, Entry full_entry);
  // Return at once. `done` runs on a thread of this, or in the call when nothing is waited for; it
  // must not block, but may ask for more.
  void Append(std::string_view identity, Entry entry, Done done);
  void StartAfresh(std::string_view identity, Entry full_entry, Done done);

  // Append() and JournalFolder::Tail() in the one destination with that path, whether it is waited
  // for or not. Errors also kNotFound when there is none.
  Status AppendAt(const std::string& path, std::string_view identity, Entry entry);
  Result<std::optional<JournalTail>> TailAt(const std::string& path, std::string_view identity);
  // The first of these without waiting; how it ends is told by States() too. `done` as Append()'s;
  // it is not called when there is no such destination.
  void AppendAt(const std::string& path, std::string_view identity, Entry entry, Done done);
  // Returns at once. `done` gets the paths of the destinations, waited for or not, that answer and
  // lead neither to that generation nor beyond it. It runs as Append()'s.
  void FindBehind(std::string_view identity, JournalTail wanted,
                  std::function<void(std::vector<std::string> paths)> done);

  // Whether all journals that are waited for durably lead to just that generation. An error (which
  // kind tells nothing) names those of which it is not so, or not known.
  Status Reach(std::string_view identity, std::string_view lineage, int64_t generation);
  // Of the largest journal of the store at any destination that answers: what compaction looks at.
  int64_t Size(std::string_view identity);

 private:
  using Task = std::function<Status(JournalFolder&)>;
  struct LastOutcome {
    std::mutex mutex;
    Status status;
  };
  struct Destination {
    std::shared_ptr<JournalFolder> folder;
    std::unique_ptr<OrderedWork> work;
    std::shared_ptr<LastOutcome> last = std::make_shared<LastOutcome>();
    bool waits = false;  // guarded by Journals::mutex_
  };
  struct Target {
    std::shared_ptr<Destination> destination;
    bool waits;
  };
  class Gathering;

  std::vector<Target> Targets() const;
  enum class Kept { kNo, kYes };
  // Runs `task` in all destinations; whether outcomes are kept for States().
  void Start(std::string_view identity, Kept kept, bool wait_for_all, Task task, Done done);
  void MakeRoom(OrderedWork& work, const std::shared_ptr<JournalFolder>& folder,
                const std::string& identity);
  Status Wait(std::string_view identity, Kept kept, bool wait_for_all, Task task);
  Status WaitAt(const std::string& path, std::string_view identity, Task task);

  const JournalsOptions options_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Destination>> destinations_;  // guarded by mutex_
  // Their threads may be in the middle of something; they end with this.
  std::vector<std::shared_ptr<Destination>> removed_;  // guarded by mutex_
};

}  // namespace oubli::keys
