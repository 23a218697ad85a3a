// The second half of a restore: from the consent to the end.
//
//   built      the new data lies in DIR.restoring-X, under a root that is nowhere else
//   R1         the new root, of a new lineage and one generation on, into the free cell of every
//              slot, synced
//   R2         the new lineage's entry of every page to the key journals, synced
//   R3         the new data synced, its lock taken, DIR and DIR.restoring-X exchanged by one rename
//   R4         the old root overwritten in every slot, synced, read back
//   R5         the old data, noise by now, gets the name DIR.before-restore-TIME
//
// Before R3 the data of before counts: its root lies in its cell in every slot, untouched. What R1
// wrote lies where that lineage's next prepared root does, which counts as burnt after a restart
// and is overwritten before its first use; the journals take an entry of every page of the old
// lineage again when the next erasure finds that they do not lead to it. The next restore removes
// DIR.restoring-X. It is told from an abandoned lineage by the cells: see
// TreeHistory::CheckLineage().
//
// From R3 on the new data counts: its root lies in every slot. Whoever opens it next first makes
// the exchange certain and gives the old data its name (CompleteRestore()); a server then finds
// another lineage beside the root, and does R4 before anything is erased, as after every fault
// (KeyTree::Open, Rotation::MakeReady). The same restore again is possible until R4, and gives up
// nothing more: without R4 nobody can have been erased from the new data.
//
// Nobody who is living is lost at any point: at every moment one of the two folders has its root in
// every slot. Nobody who was erased comes back: neither folder's tree holds a key of theirs.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "backup/restore.h"
#include "backup/restore_parts.h"
#include "base/date_time.h"
#include "base/log.h"
#include "keys/journal_folder.h"

namespace oubli::backup {
namespace {

namespace fs = std::filesystem;

}  // namespace

std::string SetAsideName(const std::string& data_dir, UnixMs now_ms) {
  std::string time = FormatIso8601(now_ms);
  std::ranges::replace(time, ':', '-');
  std::string name = fmt::format("{}.before-restore-{}", data_dir, time);
  std::error_code error;
  for (int again = 2; fs::exists(name, error); ++again) {
    name = fmt::format("{}.before-restore-{}-{}", data_dir, time, again);
  }
  return name;
}

Status MarkUnfinished(storage::Files& files, const std::string& folder) {
  OUBLI_TRY(WriteWhole(files, PathIn(folder, kUnfinishedMark), "restore\n"));
  return files.SyncFolder(folder);
}

Status RemoveUnfinished(storage::Files& files, const std::string& folder) {
  OUBLI_TRY_ASSIGN(const auto names, files.List(folder));
  for (const std::string& name : names) {
    if (name == kUnfinishedMark) continue;
    const std::string path = PathIn(folder, name);
    std::error_code error;
    OUBLI_TRY(fs::is_directory(fs::symlink_status(path, error)) ? files.RemoveFolder(path)
                                                                : files.Remove(path));
  }
  OUBLI_TRY(files.SyncFolder(folder));
  return files.RemoveFolder(folder);
}

namespace {

// What is left beside the data is in nobody's way: it may stay when it cannot be tidied up.
void TidyUp(const std::string& data_dir, const Clock& clock, storage::Files& files) {
  const fs::path path(data_dir);
  const std::string prefix = path.filename().string() + ".restoring-";
  const std::string parent = path.parent_path().string();
  const auto names = files.List(parent);
  if (!names) return;
  for (const std::string& name : *names) {
    if (!name.starts_with(prefix)) continue;
    const std::string left = PathIn(parent, name);
    std::error_code error;
    if (!fs::is_directory(left, error)) continue;
    bool is_done = true;
    if (fs::exists(PathIn(left, kUnfinishedMark), error) || fs::is_empty(left, error)) {
      is_done = RemoveUnfinished(files, left).has_value();
    } else {
      is_done = files.Rename(left, SetAsideName(data_dir, clock.NowMs())).has_value();
    }
    if (!is_done) Log(LogLevel::kWarning, "a broken-off restore stays", {{"path", left}});
  }
}

}  // namespace

Status CompleteRestore(const std::string& data_dir, const Clock& clock, storage::Files& files) {
  OUBLI_TRY_ASSIGN(const std::string canonical, CanonicalPath(data_dir));
  TidyUp(canonical, clock, files);
  std::error_code error;
  const std::string mark = PathIn(canonical, kUnfinishedMark);
  if (!fs::exists(mark, error)) return {};
  // The exchange may be readable and not durable yet; then the old root must stay.
  OUBLI_TRY(files.SyncFolder(fs::path(canonical).parent_path().string()));
  return files.Remove(mark);
}

Result<RestoreOutcome> Restore::Apply() {
  RestoreOutcome outcome;
  OUBLI_TRY(WriteRoots());
  OUBLI_TRY(WriteJournals(outcome));
  OUBLI_TRY(WritePlaces());
  OUBLI_TRY(Sync());
  OUBLI_TRY(options_.lock_new(building_));
  options_.at_step("ready");
  OUBLI_TRY(Swap());
  options_.at_step("exchanged");
  // Were the exchange undone by a power cut, the old root would be needed again.
  if (const Status certain = ConfirmSwap(); !certain) {
    outcome.unfinished.push_back("the restored data is in place, but old roots stay: " +
                                 certain.error().text);
    outcome.set_aside = new_->old_data;
    return outcome;
  }
  options_.at_step("swapped");
  DestroyOldRoots(outcome);
  SetAside(outcome);
  return outcome;
}

Status Restore::WriteRoots() {
  for (const NewData::Store& store : new_->stores) {
    OUBLI_TRY(new_->slots.slots->WriteAll(store.identity, store.root));
    options_.at_step("root written");
  }
  return {};
}

Status Restore::WriteJournals(RestoreOutcome& outcome) {
  for (const std::string& path : new_->targets) {
    keys::JournalFolder folder(files_, path);
    const auto append = [&]() -> Result<std::string> {
      OUBLI_TRY(folder.SetUp());
      OUBLI_TRY_ASSIGN(const std::string id, folder.Id());
      if (std::ranges::find(new_->journal_places, id, &Place::id) != new_->journal_places.end()) {
        return Fail(ErrorKind::kConflict, "it is a copy of another one");
      }
      for (const NewData::Store& store : new_->stores) {
        OUBLI_TRY(folder.Append(store.identity, *store.journal_entry));
        options_.at_step("journal written");
      }
      return id;
    };
    const auto id = append();
    if (id) {
      new_->journal_places.push_back({*id, false, path});
    } else if (path == new_->targets.front()) {
      return Fail(id.error());
    } else {
      // A place of copies for later: the data does not depend on it.
      outcome.unfinished.push_back(
          fmt::format("the key journal {} is given up: {}", path, id.error().text));
    }
  }
  return {};
}

Status Restore::WritePlaces() {
  std::vector<Place> places = new_->slots.used;
  // These may hold the old root: nothing is erased until they are back, or retired.
  places.insert(places.end(), new_->slots.missing.begin(), new_->slots.missing.end());
  places.insert(places.end(), new_->journal_places.begin(), new_->journal_places.end());
  const Status written = new_->server_file->Write([&](storage::Connection& connection) {
    return backup::WritePlaces(connection, places, options_.clock->NowMs());
  });
  new_->server_file.reset();  // closed, its log is part of it
  return written;
}

Status Restore::Sync() {
  for (const NewData::Store& store : new_->stores) {
    OUBLI_TRY(SyncFile(files_, PathIn(building_, StoreFileName(store.number))));
  }
  OUBLI_TRY(SyncFile(files_, PathIn(building_, kServerFileName)));
  OUBLI_TRY(files_.SyncFolder(PathIn(building_, "stores")));
  return files_.SyncFolder(building_);
}

Status Restore::Swap() {
  if (const Status exchanged = files_.Exchange(building_, data_dir_); !exchanged) {
    const std::string& why = exchanged.error().text;
    return Fail(
        exchanged.error().kind,
        fmt::format("cannot put the restored data in place of {}: {}{}", data_dir_, why,
                    why.ends_with("mount point") ? "; keep the data in a folder below it" : ""));
  }
  building_.swap(new_->old_data);
  return {};
}

Status Restore::ConfirmSwap() {
  return files_.SyncFolder(fs::path(data_dir_).parent_path().string());
}

void Restore::DestroyOldRoots(RestoreOutcome& outcome) {
  for (const NewData::Store& store : new_->stores) {
    const keys::RootCell next{store.root.lineage, store.root.generation + 1, crypto::Key::Random()};
    const Status written = new_->slots.slots->WriteAll(store.identity, next);
    if (!written) {
      outcome.unfinished.push_back(
          fmt::format("store {}: its old root is not overwritten everywhere: {}; the server does "
                      "it when it runs, and erases nothing before",
                      store.handle, written.error().text));
    }
    options_.at_step("old root overwritten");
  }
  for (const Place& place : new_->slots.missing) {
    outcome.unfinished.push_back(fmt::format(
        "the root slot {} was not there and may hold old roots: nothing is erased until it is back "
        "or retired",
        place.path));
  }
}

void Restore::SetAside(RestoreOutcome& outcome) {
  const std::string old = std::exchange(new_->old_data, "");
  const auto finish = [&]() -> Status {
    std::error_code error;
    if (!fs::exists(PathIn(old, kServerFileName), error) &&
        !fs::exists(PathIn(old, "stores"), error)) {
      OUBLI_TRY(files_.RemoveFolder(old));  // there was nothing but a lock
    } else {
      outcome.set_aside = old;
      const std::string name = SetAsideName(data_dir_, options_.clock->NowMs());
      OUBLI_TRY(files_.Rename(old, name));
      outcome.set_aside = name;
    }
    OUBLI_TRY(files_.SyncFolder(fs::path(data_dir_).parent_path().string()));
    options_.at_step("set aside");
    return files_.Remove(PathIn(data_dir_, kUnfinishedMark));
  };
  if (const Status finished = finish(); !finished) {
    outcome.unfinished.push_back(finished.error().text);
  }
}

}  // namespace oubli::backup
