// `oubli backup`: makes backup sets while the server writes on. The command line drives it in small
// steps, so that none takes longer than one store does.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "access/key_custody.h"
#include "access/server_file.h"
#include "access/stores.h"
#include "backup/backup_set.h"
#include "base/clock.h"
#include "base/result.h"
#include "storage/files.h"

namespace oubli::backup {

struct BegunBackup {
  std::string id;    // names the backup until it is finished
  std::string path;  // of the set, once it is complete
  std::string working_path;
  struct Store {
    int64_t number = 0;
    std::string handle;
    int64_t bytes = 0;  // of its file just now: about what will be copied
  };
  std::vector<Store> stores;
};

struct FinishedBackup {
  std::string path;
  int64_t stores = 0;
  int64_t bytes = 0;
};

// Safe from any thread.
//
// Data first, journal last: what is copied hangs from a root that the next erasure destroys, so the
// key journal in the backup folder must lead from every copy to whatever comes after. The folder
// becomes a destination before the first copy, an entry of every page is there before a store is
// copied, and Finish() looks that the journal has come as far as each copy.
class Backups {
 public:
  Backups(access::ServerFile& file, access::Stores& stores, access::KeyCustody& custody,
          std::string data_dir, const Clock& clock, storage::Files& files = storage::SystemFiles());

  // One at a time; one whose client has gone away gives way after a few seconds. Errors: kNotFound
  // when there is no folder `to`; kInvalid when it lies in the data folder or a slot, or holds one;
  // kConflict when another backup is under way; kUnavailable, kCorrupt.
  Result<BegunBackup> Begin(const std::string& to);
  // Errors: kNotFound for an unknown id or number; kUnavailable, kCorrupt: then the backup is over.
  Result<CopiedStore> CopyStore(const std::string& id, int64_t number);
  // Errors: kInvalid when a store has not been copied; as CopyStore().
  Result<FinishedBackup> Finish(const std::string& id);
  // Gives up what has been begun. Nothing happens when there is no such backup.
  void Cancel(const std::string& id);

 private:
  struct Run {
    std::string id;
    std::string folder;        // FOLDER
    std::string journal_path;  // FOLDER/journal
    std::string set_name;
    std::string working_path;
    Manifest manifest;  // of the stores, those that have been copied
    struct Listed {
      int64_t number = 0;
      std::string handle;
      std::string identity;
    };
    std::vector<Listed> listed;
    bool busy = false;
    std::chrono::steady_clock::time_point used_at;
  };
  class Turn;

  Status CheckFolder(const std::string& folder) const;
  Status Start(Run& run, const std::string& to);
  Status CopyServerFile(Run& run);
  Result<CopiedStore> Copy(Run& run, const Run::Listed& listed);
  // Makes sure that the journal in the backup folder leads to the store's present generation, and
  // will lead on.
  Status LinkJournal(const Run& run, customers::Store& store, const std::string& identity);
  Status CheckJournal(const Run& run);
  Result<FinishedBackup> Complete(Run& run);
  void Drop(Run& run);

  access::ServerFile& file_;
  access::Stores& stores_;
  access::KeyCustody& custody_;
  const std::string data_dir_;
  const Clock& clock_;
  storage::Files& files_;
  std::mutex mutex_;
  std::shared_ptr<Run>
      run_;  // guarded by mutex_; what it holds belongs to the one who made it busy
};

}  // namespace oubli::backup
