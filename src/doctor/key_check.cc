#include "doctor/key_check.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include "access/key_custody.h"
#include "doctor/tree_view.h"
#include "keys/journal_chain.h"
#include "keys/root_slots.h"
#include "storage/files.h"

namespace oubli::doctor {
namespace {

using access::KeyPlaceKind;
using keys::TreeRoot;

// Slots and journals are a step behind while a rotation is under way: what is wrong all these times
// is wrong.
constexpr int kLooks = 20;
constexpr std::chrono::milliseconds kBetweenLooks{50};

bool OnOtherDevice(const std::string& a, const std::string& b) {
  struct stat first {};
  struct stat second {};
  if (::stat(a.c_str(), &first) != 0 || ::stat(b.c_str(), &second) != 0) return false;
  return first.st_dev != second.st_dev;
}

class KeyCheck {
 public:
  KeyCheck(const Subject& subject, customers::Store& store)
      : subject_(subject), store_(store), slots_(*subject.custody.places().slots) {}

  // One look; what it finds is in `findings`.
  Status Look(Findings& findings, bool& any);
  Status CheckBackups(const std::vector<FoundSet>& sets, Findings& findings,
                      std::vector<BackupState>& backups);

 private:
  void CheckSlots(Findings& findings, bool& any);
  void CheckSlot(const std::string& name, const Result<keys::RootCells>& cells, Findings& findings,
                 bool& any);
  bool HasCurrentRoot(const keys::RootCells& cells) const;
  bool HasOtherCell(const keys::RootCells& cells) const;
  void CheckJournal(const std::string& folder, Findings& findings, bool& any);
  // The tree as it is before something outside of it is read, and what its generation was after.
  Status Before();
  void After() { last_generation_ = store_.key_tree().generation(); }
  bool is_moving() const { return last_generation_ != root_.generation; }
  // The oldest generation whose root, or journal's end, may still be met: the last one's, while
  // its rotation is under way.
  int64_t oldest() const { return root_.generation - (is_moving() ? 1 : 0); }

  const Subject& subject_;
  customers::Store& store_;
  keys::RootSlots& slots_;
  keys::RootRow row_;
  TreeRoot root_;
  int64_t last_generation_ = 0;
  std::vector<keys::JournalRun> runs_;  // of all journals, of the last look
  bool some_prepared_ = false;
};

Status KeyCheck::Before() {
  OUBLI_TRY_ASSIGN(TreeView tree, TreeView::Take(store_));
  row_ = tree.row();
  OUBLI_TRY_ASSIGN(root_, keys::ReadRootHeader(row_.root));
  return {};
}

// Erasures may go on while a slot is read: then it has the root of one of their generations.
bool KeyCheck::HasCurrentRoot(const keys::RootCells& cells) const {
  for (const auto& cell : cells) {
    if (!cell || cell->lineage != root_.lineage || cell->generation < root_.generation ||
        cell->generation > last_generation_) {
      continue;
    }
    if (cell->generation != root_.generation) return true;
    return keys::OpenRoot(row_.root, cell->root, store_.key_tree().store_identity()).has_value();
  }
  return false;
}

bool KeyCheck::HasOtherCell(const keys::RootCells& cells) const {
  return cells[keys::CellOf(root_.generation + 1)].has_value();
}

void KeyCheck::CheckSlot(const std::string& name, const Result<keys::RootCells>& cells,
                         Findings& findings, bool& any) {
  if (!cells) {
    any = true;
    return findings.Error(
        "slot-unreadable",
        fmt::format("the root slot cannot be used ({}): mount its disk again; where it is lost, "
                    "follow \"a slot is gone\" of the handbook",
                    cells.error().text));
  }
  if (!HasCurrentRoot(*cells)) {
    any = true;
    findings.Error(
        "cell-wrong",
        fmt::format("the root slot {} does not hold the root of generation {}: it is "
                    "written again by the second erasure from now, or by the first one after a "
                    "restart, as long as another slot has it",
                    name, root_.generation));
  }
  if (some_prepared_ && !is_moving() && !HasOtherCell(*cells)) {
    any = true;
    findings.Warning(
        "cell-torn",
        fmt::format("the root slot {} has an empty or torn cell where "
                    "others have the next root: it is written again "
                    "by the second erasure from now, or by the first one after a restart",
                    name));
  }
  for (const auto& cell : *cells) {
    if (!cell || (cell->lineage == root_.lineage && cell->generation >= oldest())) continue;
    any = true;
    findings.Error("cell-old",
                   fmt::format("the root slot {} still holds the root of generation {}{}: an "
                               "erasure is not finished; make the slots and journals writable, and "
                               "it is",
                               name, cell->generation,
                               cell->lineage == root_.lineage ? "" : " of another lineage"));
  }
}

void KeyCheck::CheckSlots(Findings& findings, bool& any) {
  const auto slots = slots_.ReadAll(store_.key_tree().store_identity());
  After();
  some_prepared_ =
      std::ranges::any_of(slots, [&](const auto& cells) { return cells && HasOtherCell(*cells); });
  for (size_t slot = 0; slot < slots.size(); ++slot) {
    CheckSlot(slots_.name(slot), slots[slot], findings, any);
  }
}

void KeyCheck::CheckJournal(const std::string& folder, Findings& findings, bool& any) {
  const auto report =
      keys::ReadChain(storage::SystemFiles(), folder, store_.key_tree().store_identity());
  After();
  if (!report) {
    // Before its first erasure a store has no journal.
    if (report.error().kind == ErrorKind::kNotFound && root_.generation == 1) return;
    any = true;
    return findings.Error("journal-unreadable",
                          fmt::format("the key journal in {} cannot be read ({}): the next erasure "
                                      "starts it anew, but backups made before it need another "
                                      "journal",
                                      folder, report.error().text));
  }
  if (const Status sound = report->CheckSound(); !sound) {
    any = true;
    findings.Error("journal-damaged",
                   fmt::format("the key journal in {} is not whole ({}): backups made before the "
                               "gap need another journal",
                               folder, sound.error().text));
  }
  const keys::JournalRun* const tail = report->runs.empty() ? nullptr : &report->runs.back();
  // Of an erasure that goes on, the entry may be there already, or not yet.
  const bool reaches = tail != nullptr && tail->lineage == root_.lineage &&
                       tail->last >= oldest() && (is_moving() || tail->last == root_.generation);
  if (!reaches) {
    any = true;
    findings.Error("journal-behind",
                   fmt::format("the key journal in {} leads to generation {}, the store is at {}: "
                               "the next erasure brings it up; until then a backup cannot be "
                               "restored with it",
                               folder, tail == nullptr ? 0 : tail->last, root_.generation));
  }
  runs_.insert(runs_.end(), report->runs.begin(), report->runs.end());
}

Status KeyCheck::Look(Findings& findings, bool& any) {
  runs_.clear();
  if (store_.key_tree().erasure_pending()) {
    any = true;
    findings.Error("erasure-pending",
                   "an erasure is pending: it was not acknowledged, and no other one starts before "
                   "every root slot and journal can be written");
  }
  OUBLI_TRY(Before());
  CheckSlots(findings, any);
  for (const access::KeyPlace& place : subject_.custody.List()) {
    if (place.kind != KeyPlaceKind::kJournal || !place.in_use) continue;
    OUBLI_TRY(Before());
    CheckJournal(place.path, findings, any);
  }
  return {};
}

Status KeyCheck::CheckBackups(const std::vector<FoundSet>& sets, Findings& findings,
                              std::vector<BackupState>& backups) {
  // Up to where the journals were read; they may have gone on since, or be one entry behind.
  int64_t wanted = root_.generation;
  int64_t reached = 0;
  for (const keys::JournalRun& run : runs_) {
    if (run.lineage == root_.lineage) reached = std::max(reached, run.last);
  }
  if (is_moving() && reached > 0) wanted = std::min(wanted, reached);
  for (const FoundSet& set : sets) {
    for (const backup::CopiedStore& copied : set.manifest.stores) {
      if (copied.identity != store_.key_tree().store_identity()) continue;
      BackupState state{set.path, store_.handle(), set.manifest.time_ms, set.other_device, true,
                        ""};
      if (copied.lineage != root_.lineage) {
        state.opens = false;
        state.why = "it was made before a restore";
      } else if (const Status covered =
                     keys::CheckCoverage(runs_, copied.lineage, copied.generation, wanted);
                 !covered) {
        state.opens = false;
        state.why = covered.error().text;
      }
      if (!state.opens) {
        findings.Warning("backup-closed",
                         fmt::format("the backup {} of this store cannot be opened any more: {}",
                                     set.path, state.why));
      }
      backups.push_back(std::move(state));
    }
  }
  return {};
}

}  // namespace

std::vector<FoundSet> FindBackupSets(const Subject& subject, Findings& findings) {
  namespace fs = std::filesystem;
  storage::Files& files = storage::SystemFiles();
  std::vector<FoundSet> sets;
  std::set<std::string> seen;
  for (const access::KeyPlace& place : subject.custody.List()) {
    if (place.kind != KeyPlaceKind::kJournal) continue;
    const fs::path folder = fs::path(place.path).parent_path();
    const auto names = files.List(folder.string());
    if (!names || !seen.insert(folder.string()).second) continue;
    for (const std::string& name : *names) {
      const fs::path set = folder / name;
      std::error_code error;
      if (!fs::is_regular_file(set / backup::kManifestName, error)) continue;
      const auto text = backup::ReadWhole(files, (set / backup::kManifestName).string());
      auto manifest = text ? backup::DecodeManifest(*text) : Fail(text.error());
      if (!manifest) {
        findings.Warning("backup-manifest", fmt::format("the backup {} cannot be read: {}",
                                                        set.string(), manifest.error().text));
        continue;
      }
      sets.push_back(
          {set.string(), *std::move(manifest), OnOtherDevice(set.string(), subject.data_dir)});
    }
  }
  return sets;
}

Status CheckKeys(const Subject& subject, customers::Store& store, const std::vector<FoundSet>& sets,
                 Findings& findings, std::vector<BackupState>& backups) {
  KeyCheck check(subject, store);
  for (int look = 1; look <= kLooks; ++look) {
    OUBLI_TRY(subject.CheckGoing());
    Findings seen;
    bool any = false;
    if (const Status looked = check.Look(seen, any); !looked) {
      any = true;
      seen.Error("key-tree", "the key tree cannot be read: " + looked.error().text);
    }
    if (any && look < kLooks) {
      std::this_thread::sleep_for(kBetweenLooks);
      continue;
    }
    for (Finding& finding : seen.Take()) {
      findings.Add(finding.level, finding.code, std::move(finding.text));
    }
    break;
  }
  return check.CheckBackups(sets, findings, backups);
}

}  // namespace oubli::doctor
