// `oubli restore`: puts a backup in place of what a data folder holds, as far as the key tree of
// today lets it: who has been erased since stays erased.
//
// The order, and what a crash between two steps leaves, is told in restore.cc and in
// docs/operations.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backup/backup_set.h"
#include "backup/store_rebuild.h"
#include "base/clock.h"
#include "base/result.h"
#include "storage/files.h"

namespace oubli::backup {

struct RestoreOptions {
  std::string data_dir;
  std::string from;                // a backup folder or a set
  std::vector<std::string> roots;  // folders of root slots; none: those that are known
  std::string journal;             // the local journal; empty: DIR.journal
  const Clock* clock = &SystemClock();
  storage::Files* files = &storage::SystemFiles();
  // Takes the lock of the new data, in its folder, before it is put in place, and keeps it.
  std::function<Status(const std::string& folder)> lock_new = [](const std::string&) {
    return Status();
  };
  std::function<void(std::string_view step)> at_step = [](std::string_view) {};  // for tests
};

struct RestorePlan {
  std::string set_path;
  UnixMs set_time_ms = 0;
  struct Store {
    int64_t number = 0;
    std::string handle;
    int64_t backup_generation = 0;
    int64_t generation = 0;   // of the root that the slots hold
    UnixMs last_word_ms = 0;  // of the key journal; 0: it holds nothing
    StoreReport report;
  };
  std::vector<Store> stores;
  // In the data folder and not in the backup.
  struct LostStore {
    std::string handle;
    int64_t owners = -1;  // -1: not known
  };
  std::vector<LostStore> lost_stores;
  bool data_is_readable = false;       // what lies in the data folder
  int64_t revoked_keys = 0;            // API accounts of the backup that were revoked since
  int64_t removed_administrators = 0;  // of the backup, that were removed since
  std::vector<std::string> slots;      // that are used
  std::vector<std::string> missing_slots;
  std::vector<std::string> dropped_journals;
  std::vector<std::string> problems;  // of key journals
};

struct RestoreOutcome {
  std::string set_aside;  // where the data of before is now; empty when there was none
  // What has yet to be done: the old roots that could not be overwritten, journals that failed.
  std::vector<std::string> unfinished;
};

// Finishes what a restore that was killed has left beside a data folder: to be called by whoever
// opens the data, before anything else. REQUIRES: the caller holds the lock of the data folder.
// Errors: kUnavailable.
Status CompleteRestore(const std::string& data_dir, const Clock& clock,
                       storage::Files& files = storage::SystemFiles());

// For one thread. REQUIRES: the caller holds the lock of the data folder as long as this lives.
class Restore {
 public:
  // Checks everything and builds the new data beside the data folder, under keys that are nowhere
  // else yet. Changes nothing that counts. Errors: those of FindSet(), VerifySet() and
  // TreeHistory::Gather(); kUnavailable.
  static Result<std::unique_ptr<Restore>> Prepare(RestoreOptions options);
  ~Restore();  // removes what was built and not put in place
  Restore(const Restore&) = delete;
  Restore& operator=(const Restore&) = delete;

  const RestorePlan& plan() const { return plan_; }
  // Errors: kUnavailable; then the data is as it was. REQUIRES: called once.
  Result<RestoreOutcome> Apply();

 private:
  struct Present;
  struct NewData;

  explicit Restore(RestoreOptions options);
  Status OpenPresent();
  Status ChooseSlots();
  Status ChooseJournals();
  Status BuildServerFile();
  Status BuildStore(const CopiedStore& copied);
  Status AddLostStores();
  Status CopyFile(const std::string& from, const std::string& to);
  Status WriteRoots();
  Status WriteJournals(RestoreOutcome& outcome);
  Status WritePlaces();
  Status Sync();
  Status Swap();
  Status ConfirmSwap();
  void DestroyOldRoots(RestoreOutcome& outcome);
  void SetAside(RestoreOutcome& outcome);

  const RestoreOptions options_;
  storage::Files& files_;
  std::string data_dir_;  // without symbolic links
  BackupSet set_;
  std::string building_;  // the folder of the new data; empty: none
  RestorePlan plan_;
  std::unique_ptr<Present> present_;
  std::unique_ptr<NewData> new_;
};

}  // namespace oubli::backup
