// What is known of a store's key tree from a backup, from key journals and from what lies in the
// data folder: enough to bring the tree up to the generation of the root that the slots hold.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "keys/journal_chain.h"
#include "keys/journal_entry.h"
#include "keys/root_slots.h"
#include "keys/tree_root.h"
#include "keys/tree_rows.h"
#include "storage/database.h"
#include "storage/files.h"

namespace oubli::backup {

struct HistoryInput {
  std::string handle;  // for messages
  std::string identity;
  std::string lineage;                     // of the backup
  int64_t generation = 0;                  // of the backup
  storage::Connection* backup = nullptr;   // the backup's rows, or a copy of them
  storage::Connection* present = nullptr;  // those in the data folder; null when there are none
  std::vector<std::string> journals;       // folders
  std::vector<std::string> slot_names;
  std::vector<Result<keys::RootCells>> slots;  // what each of them holds of the store
};

// One thread at a time.
class TreeHistory {
 public:
  // Finds the root that counts now and reads all that leads to it. Refuses what could bring back
  // somebody who has been erased, or lose somebody who is living. Errors: kNotFound when no slot
  // has a root of the store; kConflict when the backup is of a lineage that is over, when the
  // journals have a gap, or when the slots are older than the journals; kCorrupt when the root
  // opens nothing; kUnavailable.
  static Result<std::unique_ptr<TreeHistory>> Gather(storage::Files& files, HistoryInput input);

  const keys::TreeRoot& root() const { return root_; }
  // When the backup was taken. Owners of an earlier one were gone then, and not swept yet.
  int64_t backup_epoch() const { return backup_epoch_; }
  const std::string& identity() const { return input_.identity; }

  // A page of the tree as it is at the root's generation: of all versions the highest that opens
  // under its parents. Null where the parent knows none, and for a page that nobody has written
  // down anywhere: one that was made behind the backup and never changed by an erasure.
  Result<std::shared_ptr<const keys::KeyPage>> Page(keys::PageId id);
  struct Slot {
    keys::SlotState state = keys::SlotState::kEmpty;
    std::optional<crypto::Key> key = std::nullopt;  // of a slot in use
    bool is_lost = false;  // its page is known to have been made, and is nowhere
  };
  Result<Slot> SlotOf(int64_t ordinal);

  // The highest values that are known to have been reached.
  const std::map<std::string, int64_t, std::less<>>& counters() const { return counters_; }
  int64_t highest_version() const { return highest_version_; }
  // Ordinals up to this one had been given out before everything was erased the last time.
  int64_t floor() const { return floor_; }
  // Ordinals up to here were given out before the last that is known of the tree.
  int64_t last_ordinal() const { return last_ordinal_; }
  UnixMs last_word_ms() const { return last_word_ms_; }  // 0: no journal entry
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  struct Version {
    int64_t version = 0;
    std::string sealed;
  };
  class RootFinder;
  class PageCollector;

  TreeHistory(storage::Files& files, HistoryInput input)
      : files_(files), input_(std::move(input)) {}
  Status CheckLineage() const;
  bool OtherLineageIsInPlace() const;
  Status AddRows(storage::Connection& connection, bool is_present);
  Status ReadRoots();
  Status ChooseRoot();
  Status CheckReach() const;
  Status ReadPages();
  std::optional<crypto::Key> KeyOfPage(keys::PageId id, Status& status);
  Result<std::vector<Version>> VersionsOf(keys::PageId id);
  Result<bool> IsLost(keys::PageId id);
  std::string LookedIn() const;

  storage::Files& files_;
  HistoryInput input_;
  std::vector<std::string> found_journals_;
  std::vector<keys::JournalRun> runs_;
  // Root pages by generation, of the lineage, for those generations that the slots hold a root of.
  std::map<int64_t, std::vector<Version>> roots_;
  int64_t present_generation_ = 0;
  int64_t present_epoch_ = 0;
  int64_t backup_epoch_ = 0;
  keys::TreeRoot root_;
  std::unordered_map<keys::PageId, Version> journal_pages_;
  std::unordered_map<keys::PageId, std::shared_ptr<const keys::KeyPage>> opened_;  // above leaves
  std::pair<keys::PageId, std::shared_ptr<const keys::KeyPage>> last_leaf_{-1, nullptr};
  std::map<std::string, int64_t, std::less<>> counters_;
  int64_t highest_version_ = 0;
  int64_t floor_ = 0;
  int64_t last_ordinal_ = 0;
  UnixMs last_word_ms_ = 0;
  std::vector<std::string> problems_;
};

}  // namespace oubli::backup
