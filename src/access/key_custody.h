// Where the roots of the key trees and their journals lie: which folders belong to this data, and
// whether they are all there. A slot that is known and missing may hold an old root: nothing is
// erased until it is back, or somebody has said that it is gone for good.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/server_file.h"
#include "base/clock.h"
#include "base/result.h"
#include "keys/key_tree.h"
#include "storage/files.h"

namespace oubli::access {

// Which journals an erasure waits for.
enum class JournalWait { kAll, kLocal };

struct KeyCustodyOptions {
  // Folders of root slots. None: those that are known; where none is known, two in DIR.roots. One
  // folder gets two slots.
  std::vector<std::string> roots = {};
  std::string journal = {};  // the local journal; empty: as known, else DIR.journal
  JournalWait wait = JournalWait::kAll;
  storage::Files* files = nullptr;  // null: the system's
};

enum class KeyPlaceKind { kSlot, kJournal };

struct KeyPlace {
  std::string id;  // 32 hexadecimal digits
  KeyPlaceKind kind = KeyPlaceKind::kSlot;
  std::string path;
  UnixMs added_at = 0;
  bool in_use = false;  // found at its path, with its id
};

// Safe from any thread.
class KeyCustody {
 public:
  // Sets up what is used for the first time. Errors: kInvalid for folders that may not be used
  // (inside of the data folder, the same twice, a copy of another one); kUnavailable when no known
  // slot is there, or a new one cannot be used; kCorrupt.
  static Result<std::unique_ptr<KeyCustody>> Open(ServerFile& file, const std::string& data_dir,
                                                  const Clock& clock,
                                                  const KeyCustodyOptions& options = {});

  keys::KeyPlaces places();
  // Known places, the missing ones too.
  std::vector<KeyPlace> List() const;
  // Makes a folder a destination of the journals; one that is there already stays. It is not waited
  // for until MakeWaited(): first every store's journal there has to get a full entry.
  Status AddJournal(const std::string& path);
  // Nothing happens to it where only the local journal is waited for.
  Status MakeWaited(const std::string& path);
  // How the journals do that are in use: see keys::Journals.
  std::vector<keys::Journals::State> JournalStates() const { return journals_->States(); }
  // Forgets a place that is gone for good; what it still holds is the operator's to destroy.
  // Errors: kNotFound; kInvalid for a slot that is in use, and for the local journal.
  Status Retire(std::string_view id);

 private:
  KeyCustody(ServerFile& file, std::string data_dir, const Clock& clock,
             const KeyCustodyOptions& options);
  Status Load();
  Status OpenSlots(std::vector<std::string> roots);
  Status OpenJournals(const std::string& journal);
  // Says what lies at a path: sets it up when it was never used, and notes it.
  Result<bool> Enrol(KeyPlaceKind kind, const std::string& path,
                     const std::function<Result<std::string>()>& id,
                     const std::function<Status()>& set_up);
  Status CheckNoCopy(const KeyPlace& known, const std::string& path);
  Status Insert(KeyPlace place);
  Status ErasingAllowed() const;

  ServerFile& file_;
  const std::string data_dir_;
  const Clock& clock_;
  const JournalWait wait_;
  storage::Files& files_;
  std::string local_journal_;
  std::shared_ptr<keys::RootSlots> slots_;
  std::shared_ptr<keys::Journals> journals_;
  mutable std::mutex mutex_;
  std::vector<KeyPlace> places_;
};

}  // namespace oubli::access
