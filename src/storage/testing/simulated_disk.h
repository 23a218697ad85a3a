// A disk in memory for tests: power cuts lose, tear and reorder what was not synced; processes are
// killed; devices fail, fill up and hang where the test says.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "storage/files.h"
#include "storage/testing/simulated_names.h"

namespace oubli::storage {

// One operation on the disk, as a test's hook sees it before it is done.
struct DiskOperation {
  enum Kind {
    kOpen,
    kRead,  // ReadAt and ReadBack
    kList,
    // From here on the ones that change something: IsChange().
    kCreate,  // an Open that makes the file
    kWrite,
    kSync,
    kTruncate,
    kMakeFolder,
    kSyncFolder,
    kRename,
    kRemove,  // RemoveFolder() is one for each name
    kExchange,
  };
  bool IsChange() const { return kind >= kCreate; }

  Kind kind = kOpen;
  std::string path;       // for a rename the old name, for an exchange one of the two
  std::string to = {};    // for a rename the new one, for an exchange the other
  int64_t offset = 0;     // kRead, kWrite; for kTruncate the new size
  int64_t size = 0;       // bytes to read or write
  int64_t number = 0;     // of all operations since the disk was made, from 1
  int64_t change = 0;     // of all that change something, from 1; 0 for the others
  bool to_write = false;  // of a kOpen: not for reading alone
};

// What becomes of an operation. "Partly": a write's first half; of a sync, the older half of what
// was written; of the others nothing. A sync that fails loses what it did not do for ever, as a
// kernel does: only writing again and a new File can make it durable; see SetSyncErrorsLose().
// "Kill": as Kill(), then the caller gets an error that it is too dead to use.
enum class Verdict {
  kPass,
  kFailBefore,
  kFailPartly,
  kFailAfter,
  kNoSpace,  // as kFailBefore, "No space left on device"
  kKillBefore,
  kKillPartly,
  kKillAfter,
  kHang,  // waits for Release(), then passes; or for Kill() and Crash()
};

// Paths are compared by their words ("a//b/" is "a/b"); "/" and "." are always there. A name is
// durable after the SyncFolder() of its folder, data and length after the Sync() of the file, a new
// folder at once. Safe from any thread.
class SimulatedDisk final : public Files {
 public:
  using Hook = std::function<Verdict(const DiskOperation&)>;

  SimulatedDisk();
  ~SimulatedDisk() override;  // REQUIRES: its files are gone

  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  Status MakeFolder(const std::string& path) override;
  Status SyncFolder(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Exchange(const std::string& one, const std::string& other) override;
  Status Remove(const std::string& path) override;
  Status RemoveFolder(const std::string& path) override;
  Result<std::vector<std::string>> List(const std::string& folder) override;

  // The process is dead (kill -9): files that are open give errors for ever, and every call does
  // until Restart(). What was written is there, durable or not. Ends what hangs.
  void Kill();
  // The power is cut: as Kill(), and of every file and name any part of what was not durable is
  // lost. After a Kill() too.
  void Crash(std::mt19937_64& rng);
  // The next process begins. REQUIRES: the objects of the one before make no more calls through
  // Files; their open files may still be closed.
  void Restart();

  // Called before every operation, on its thread and without a lock: it may call this disk,
  // Kill() and Crash() included. An empty one lets all pass.
  void SetHook(Hook hook);
  // No file grows and none is made; what overwrites goes on.
  void SetFull(bool full);
  // Whether what a failed sync did not write counts as clean from then on (the default, and what
  // Linux does: no later sync writes it), or stays dirty and goes with the next sync. With the
  // first, a process that is killed after such an error leaves files that the next one reads and
  // cannot make durable by syncing; no database engine survives all of that.
  void SetSyncErrorsLose(bool lose);
  void Release();
  // Waits until `count` operations hang; false after `timeout_ms`.
  bool WaitForHanging(int count, int timeout_ms);

  // Syncs that reached the device, of a file or a folder, and of all; since ResetSyncCounts().
  int64_t SyncCount(const std::string& path) const;
  std::map<std::string, int64_t> SyncCounts() const;
  void ResetSyncCounts();
  int64_t ChangeCount() const;

  // The bytes as anybody who copies the file now would have them; nothing when there is none.
  std::optional<std::string> CopyOf(const std::string& path) const;
  // What is left of it at a power cut that loses everything it may.
  std::optional<std::string> DurableCopyOf(const std::string& path) const;
  // Every file, by path.
  std::map<std::string, std::string> Snapshot() const;
  std::vector<std::string> AllFiles() const;
  // The same with the folders; and what a power cut now would leave, without one: by chance, or
  // (with null) nothing that may be lost.
  DiskTree Tree() const;
  DiskTree TreeAfterCrash(std::mt19937_64* rng) const;
  // Behind the process's back, at once durable, with no hook: a file with these bytes (and its
  // folders), and the loss of a file or of a folder with all in it.
  void Put(const std::string& path, std::string bytes);
  void Lose(const std::string& path);

  // Grows with every Kill() and Crash(): what was opened in an earlier epoch is dead.
  uint64_t epoch() const { return epoch_.load(); }
  bool IsAlive(uint64_t epoch) const { return is_up_.load() && epoch == epoch_.load(); }
  static bool IsNoSpace(const Error& error);

 private:
  friend class SimulatedFile;
  using Lock = std::unique_lock<std::mutex>;
  // Asks the hook. The lock is held before and after, not meanwhile. An error: the operation ends
  // with it and nothing has been done.
  Result<Verdict> Ask(Lock& lock, uint64_t epoch, DiskOperation operation);
  // After the operation was done as far as the verdict lets it.
  Status Finish(Verdict verdict, const DiskOperation& operation);
  Status Hang(Lock& lock, uint64_t epoch, const DiskOperation& operation);
  static bool IsPartly(Verdict verdict);

  void KillLocked();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<uint64_t> epoch_{1};
  std::atomic<bool> is_up_{true};
  SimulatedNames names_;
  Hook hook_;
  bool full_ = false;
  bool sync_errors_lose_ = true;
  int hanging_ = 0;
  uint64_t releases_ = 0;
  int64_t number_ = 0;
  int64_t change_ = 0;
  std::map<std::string, int64_t> sync_counts_;
};

}  // namespace oubli::storage
