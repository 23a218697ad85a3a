#include "backup/backups.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "backup/database_copy.h"
#include "base/log.h"
#include "crypto/random.h"
#include "keys/slot_folders.h"
#include "keys/tree_rows.h"

namespace oubli::backup {
namespace {

namespace fs = std::filesystem;
using storage::OpenMode;

// A client asks for one step right after the other: who is silent for longer has gone away.
constexpr std::chrono::seconds kSilence{5};
// Entries of every page that are made while the store writes on; then its writer waits for one.
constexpr int kLinkTries = 6;
constexpr int kLooks = 5;
constexpr std::chrono::milliseconds kBetweenLooks{2};

int64_t SizeOf(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error ? 0 : static_cast<int64_t>(size);
}

}  // namespace

// One step's hold of the backup that an id names.
class Backups::Turn {
 public:
  static Result<Turn> Take(Backups& backups, const std::string& id) {
    std::lock_guard lock(backups.mutex_);
    if (!backups.run_ || backups.run_->id != id) {
      return Fail(ErrorKind::kNotFound, "this backup is over, or another one has been begun");
    }
    if (backups.run_->busy) return Fail(ErrorKind::kConflict, "this backup is busy");
    backups.run_->busy = true;
    return Turn(backups, backups.run_);
  }
  Turn(Turn&&) = default;
  Turn& operator=(Turn&&) = delete;
  ~Turn() {
    if (!run_) return;
    std::lock_guard lock(backups_->mutex_);
    run_->busy = false;
    run_->used_at = std::chrono::steady_clock::now();
  }
  Run& run() { return *run_; }
  // The backup is over, well or badly.
  void End() {
    std::lock_guard lock(backups_->mutex_);
    if (backups_->run_ == run_) backups_->run_.reset();
  }

 private:
  Turn(Backups& backups, std::shared_ptr<Run> run) : backups_(&backups), run_(std::move(run)) {}
  Backups* backups_;
  std::shared_ptr<Run> run_;
};

Backups::Backups(access::ServerFile& file, access::Stores& stores, access::KeyCustody& custody,
                 std::string data_dir, const Clock& clock, storage::Files& files)
    : file_(file),
      stores_(stores),
      custody_(custody),
      data_dir_(std::move(data_dir)),
      clock_(clock),
      files_(files) {}

// ---- beginning ----

Status Backups::CheckFolder(const std::string& folder) const {
  std::error_code error;
  if (!fs::exists(folder, error)) {
    // Not made here: an empty mount point would take backups that nobody finds again.
    return Fail(ErrorKind::kNotFound,
                fmt::format("there is no folder {}: make it first, or mount its disk", folder));
  }
  if (!fs::is_directory(folder, error)) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} is not a folder", folder));
  }
  std::vector<std::string> slots;
  for (const access::KeyPlace& place : custody_.List()) {
    if (place.kind == access::KeyPlaceKind::kSlot) slots.push_back(place.path);
  }
  const Status apart = keys::CheckSlotFolders(data_dir_, folder, slots);
  if (apart) return {};
  std::string text = apart.error().text;
  constexpr std::string_view kThere = "journal folder";  // what it is taken for there
  for (size_t at = text.find(kThere); at != std::string::npos; at = text.find(kThere, at)) {
    text.replace(at, kThere.size(), "backup folder");
  }
  return Fail(apart.error().kind, text);
}

Result<BegunBackup> Backups::Begin(const std::string& to) {
  auto run = std::make_shared<Run>();
  {
    std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (run_ && (run_->busy || now - run_->used_at < kSilence)) {
      return Fail(ErrorKind::kConflict, "another backup is under way");
    }
    run->id = crypto::RandomHex(32);
    run->used_at = now;
    run_ = run;
  }
  OUBLI_TRY_ASSIGN(Turn turn, Turn::Take(*this, run->id));
  if (const Status started = Start(*run, to); !started) {
    Drop(*run);
    turn.End();
    return Fail(started.error());
  }
  BegunBackup begun{run->id, PathIn(run->folder, run->set_name), run->working_path, {}};
  for (const Run::Listed& listed : run->listed) {
    const std::string path = PathIn(data_dir_, StoreFileName(listed.number));
    begun.stores.push_back({listed.number, listed.handle, SizeOf(path)});
  }
  return begun;
}

Status Backups::Start(Run& run, const std::string& to) {
  OUBLI_TRY(CheckFolder(to));
  run.folder = fs::weakly_canonical(to).string();
  OUBLI_TRY(RemoveUnfinishedSets(files_, run.folder));
  run.manifest.time_ms = clock_.NowMs();
  run.set_name = NewSetName(run.manifest.time_ms);
  // Before the first byte is copied: from now on the folder is known, also after a restart.
  run.journal_path = fs::weakly_canonical(PathIn(run.folder, kJournalName)).string();
  OUBLI_TRY(custody_.AddJournal(run.journal_path));
  run.working_path = PathIn(run.folder, UnfinishedName(run.set_name));
  OUBLI_TRY(files_.MakeFolder(PathIn(run.working_path, "stores")));
  return CopyServerFile(run);
}

Status Backups::CopyServerFile(Run& run) {
  // The list of stores is the copy's: what is made from now on belongs to the next backup.
  const std::string path = PathIn(run.working_path, kServerFileName);
  OUBLI_TRY(file_.CopyTo(path));
  {
    OUBLI_TRY_ASSIGN(const OpenedCopy copy, OpenCopy(path));
    OUBLI_TRY_ASSIGN(const std::vector<ListedStore> listed, ReadStoreList(*copy.connection));
    for (const ListedStore& store : listed) {
      run.listed.push_back({store.number, store.handle, store.identity});
    }
  }
  OUBLI_TRY(SyncFile(files_, path));
  OUBLI_TRY_ASSIGN(std::string key, ReadWhole(files_, PathIn(data_dir_, kServerKeyName)));
  const Status written = WriteWhole(files_, PathIn(run.working_path, kServerKeyName), key);
  crypto::Wipe(key.data(), key.size());
  OUBLI_TRY(written);
  OUBLI_TRY_ASSIGN(run.manifest.server_file,
                   Measure(files_, run.working_path, std::string(kServerFileName)));
  OUBLI_TRY_ASSIGN(run.manifest.server_key,
                   Measure(files_, run.working_path, std::string(kServerKeyName)));
  return {};
}

// ---- stores ----

Status Backups::LinkJournal(const Run& run, customers::Store& store, const std::string& identity) {
  const std::string& path = run.journal_path;
  keys::Journals& journals = *custody_.places().journals;
  const auto is_linked = [&]() -> Result<bool> {
    // What a rotation has just committed is on its way there for a moment.
    for (int look = 0; look < kLooks; ++look) {
      if (look > 0) std::this_thread::sleep_for(kBetweenLooks);
      OUBLI_TRY_ASSIGN(auto reader, store.Read());
      OUBLI_TRY_ASSIGN(const TreePosition position, ReadTreePosition(reader->connection()));
      OUBLI_TRY_ASSIGN(const auto tail, journals.TailAt(path, identity));
      if (!tail || tail->lineage != position.lineage) return false;
      if (tail->generation >= position.generation) return true;
    }
    return false;
  };
  for (int tries = 0; tries < kLinkTries; ++tries) {
    OUBLI_TRY_ASSIGN(const bool linked, is_linked());
    if (linked) return {};
    Result<std::string> entry = [&]() -> Result<std::string> {
      OUBLI_TRY_ASSIGN(auto reader, store.Read());
      return store.key_tree().FullEntry(reader->connection());
    }();
    OUBLI_TRY(entry);
    const Status appended =
        journals.AppendAt(path, identity, std::make_shared<const std::string>(*std::move(entry)));
    // kConflict: the store has moved on meanwhile.
    if (!appended && appended.error().kind != ErrorKind::kConflict) return appended;
  }
  // Rotations come faster than entries of every page: one in the writer's own turn comes between.
  return store.WriteAndWait([&](customers::StoreTransaction& transaction) -> Status {
    OUBLI_TRY_ASSIGN(std::string entry, store.key_tree().FullEntry(transaction.connection()));
    return journals.AppendAt(path, identity, std::make_shared<const std::string>(std::move(entry)));
  });
}

Result<CopiedStore> Backups::Copy(Run& run, const Run::Listed& listed) {
  OUBLI_TRY_ASSIGN(const auto store, stores_.Open(listed.number));
  OUBLI_TRY(LinkJournal(run, *store, listed.identity));
  CopiedStore copied;
  copied.number = listed.number;
  copied.handle = listed.handle;
  copied.identity = listed.identity;
  const std::string name = StoreFileName(listed.number);
  const std::string path = PathIn(run.working_path, name);
  OUBLI_TRY(store->database().CopyTo(path));
  {
    OUBLI_TRY_ASSIGN(const OpenedCopy copy, OpenCopy(path));
    OUBLI_TRY_ASSIGN(const TreePosition position, ReadTreePosition(*copy.connection));
    copied.lineage = position.lineage;
    copied.generation = position.generation;
  }
  OUBLI_TRY(SyncFile(files_, path));
  OUBLI_TRY_ASSIGN(copied.file, Measure(files_, run.working_path, name));
  return copied;
}

Result<CopiedStore> Backups::CopyStore(const std::string& id, int64_t number) {
  OUBLI_TRY_ASSIGN(Turn turn, Turn::Take(*this, id));
  Run& run = turn.run();
  const auto listed = std::ranges::find(run.listed, number, &Run::Listed::number);
  if (listed == run.listed.end()) return Fail(ErrorKind::kNotFound, "there is no such store");
  auto copied = Copy(run, *listed);
  if (!copied) {
    Drop(run);
    turn.End();
    return Fail(copied.error().kind,
                fmt::format("store {}: {}", listed->handle, copied.error().text));
  }
  std::erase_if(run.manifest.stores, [&](const CopiedStore& s) { return s.number == number; });
  run.manifest.stores.push_back(*copied);
  return copied;
}

// ---- finishing ----

Status Backups::CheckJournal(const Run& run) {
  const std::string& path = run.journal_path;
  keys::Journals& journals = *custody_.places().journals;
  // Those that are not in the set get their entries too: else their next erasure would find a
  // journal that it cannot be appended to.
  for (const access::StoreInfo& info : stores_.List()) {
    if (std::ranges::find(run.listed, info.number, &Run::Listed::number) != run.listed.end()) {
      continue;
    }
    std::string identity;
    OUBLI_TRY(file_.Read([&](storage::Connection& connection) -> Status {
      OUBLI_TRY_ASSIGN(const auto list, ReadStoreList(connection));
      const auto found = std::ranges::find(list, info.number, &ListedStore::number);
      if (found != list.end()) identity = found->identity;
      return {};
    }));
    OUBLI_TRY_ASSIGN(const auto store, stores_.Open(info.number));
    OUBLI_TRY(LinkJournal(run, *store, identity));
  }
  // From here on every erasure waits for it.
  OUBLI_TRY(custody_.MakeWaited(path));
  for (const CopiedStore& copied : run.manifest.stores) {
    const auto reaches = [&]() -> Result<bool> {
      OUBLI_TRY_ASSIGN(const auto tail, journals.TailAt(path, copied.identity));
      return tail && tail->lineage == copied.lineage && tail->generation >= copied.generation;
    };
    OUBLI_TRY_ASSIGN(const bool reached, reaches());
    if (reached) continue;
    OUBLI_TRY_ASSIGN(const auto store, stores_.Open(copied.number));
    OUBLI_TRY(LinkJournal(run, *store, copied.identity));
    OUBLI_TRY_ASSIGN(const bool linked, reaches());
    if (linked) continue;
    return Fail(ErrorKind::kUnavailable,
                fmt::format("the key journal in {} does not lead to generation {} of store {}",
                            path, copied.generation, copied.handle));
  }
  return {};
}

Result<FinishedBackup> Backups::Complete(Run& run) {
  if (run.manifest.stores.size() != run.listed.size()) {
    return Fail(ErrorKind::kInvalid, "not every store has been copied");
  }
  std::ranges::sort(run.manifest.stores, {}, &CopiedStore::number);
  OUBLI_TRY(CheckJournal(run));
  OUBLI_TRY(
      WriteWhole(files_, PathIn(run.working_path, kManifestName), EncodeManifest(run.manifest)));
  OUBLI_TRY(files_.SyncFolder(PathIn(run.working_path, "stores")));
  OUBLI_TRY(files_.SyncFolder(run.working_path));
  FinishedBackup finished;
  finished.path = PathIn(run.folder, run.set_name);
  OUBLI_TRY(files_.Rename(run.working_path, finished.path));
  OUBLI_TRY(files_.SyncFolder(run.folder));
  finished.stores = static_cast<int64_t>(run.manifest.stores.size());
  finished.bytes = run.manifest.server_file.bytes + run.manifest.server_key.bytes;
  for (const CopiedStore& store : run.manifest.stores) finished.bytes += store.file.bytes;
  return finished;
}

Result<FinishedBackup> Backups::Finish(const std::string& id) {
  OUBLI_TRY_ASSIGN(Turn turn, Turn::Take(*this, id));
  auto finished = Complete(turn.run());
  if (!finished) {
    if (finished.error().kind == ErrorKind::kInvalid) return finished;
    Drop(turn.run());
  }
  turn.End();
  return finished;
}

void Backups::Cancel(const std::string& id) {
  auto turn = Turn::Take(*this, id);
  if (!turn) return;
  Drop(turn->run());
  turn->End();
}

void Backups::Drop(Run& run) {
  if (run.working_path.empty()) return;
  const Status removed = files_.RemoveFolder(run.working_path);
  if (!removed && removed.error().kind != ErrorKind::kNotFound) {
    Log(LogLevel::kWarning, "an unfinished backup stays", {{"path", run.working_path}});
  }
}

}  // namespace oubli::backup
