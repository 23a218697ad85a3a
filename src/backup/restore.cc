#include "backup/restore.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "backup/database_copy.h"
#include "backup/restore_parts.h"
#include "backup/tree_history.h"
#include "base/log.h"
#include "crypto/random.h"
#include "customers/customers.h"
#include "keys/journal_folder.h"
#include "keys/slot_folders.h"

namespace oubli::backup {
namespace {

namespace fs = std::filesystem;
using storage::OpenMode;

constexpr int64_t kCopiedAtOnce = int64_t{1} << 20;

Status ReadServerFile(storage::Connection& connection, ServerFacts& facts) {
  OUBLI_TRY_ASSIGN(facts.stores, ReadStoreList(connection));
  OUBLI_TRY_ASSIGN(facts.places, ReadPlaces(connection));
  OUBLI_TRY_ASSIGN(facts.access, ReadAccess(connection));
  return {};
}

}  // namespace

Restore::Restore(RestoreOptions options)
    : options_(std::move(options)),
      files_(*options_.files),
      present_(std::make_unique<Present>()),
      new_(std::make_unique<NewData>()) {}

Restore::~Restore() {
  new_.reset();
  if (building_.empty()) return;
  const Status removed = RemoveUnfinished(files_, building_);
  if (!removed && removed.error().kind != ErrorKind::kNotFound) {
    Log(LogLevel::kWarning, "a broken-off restore stays", {{"path", building_}});
  }
}

Result<std::unique_ptr<Restore>> Restore::Prepare(RestoreOptions options) {
  crypto::Initialize();
  std::unique_ptr<Restore> restore(new Restore(std::move(options)));
  Restore& self = *restore;
  OUBLI_TRY_ASSIGN(self.data_dir_, CanonicalPath(self.options_.data_dir));
  OUBLI_TRY(CompleteRestore(self.data_dir_, *self.options_.clock, self.files_));
  OUBLI_TRY_ASSIGN(self.set_, FindSet(self.files_, self.options_.from));
  OUBLI_TRY(VerifySet(self.files_, self.set_));
  self.plan_.set_path = self.set_.path;
  self.plan_.set_time_ms = self.set_.manifest.time_ms;
  OUBLI_TRY(self.OpenPresent());
  self.building_ = fmt::format("{}.restoring-{}", self.data_dir_, crypto::RandomHex(6));
  OUBLI_TRY(self.files_.MakeFolder(self.building_));
  OUBLI_TRY(MarkUnfinished(self.files_, self.building_));
  OUBLI_TRY(self.files_.MakeFolder(PathIn(self.building_, "stores")));
  OUBLI_TRY(self.BuildServerFile());
  OUBLI_TRY(self.ChooseSlots());
  OUBLI_TRY(self.ChooseJournals());
  for (const CopiedStore& copied : self.set_.manifest.stores) OUBLI_TRY(self.BuildStore(copied));
  OUBLI_TRY(self.AddLostStores());
  self.options_.at_step("built");
  return restore;
}

// What lies in the data folder only helps: it may be gone or damaged.
Status Restore::OpenPresent() {
  const std::string path = PathIn(data_dir_, kServerFileName);
  std::error_code error;
  if (!fs::exists(path, error)) return {};
  const auto opened = OpenCopy(path);
  if (!opened) return {};
  present_->is_readable = ReadServerFile(*opened->connection, present_->facts).has_value();
  plan_.data_is_readable = present_->is_readable;
  return {};
}

Status Restore::CopyFile(const std::string& from, const std::string& to) {
  OUBLI_TRY_ASSIGN(const auto source, files_.Open(from, OpenMode::kRead));
  OUBLI_TRY_ASSIGN(const auto target, files_.Open(to, OpenMode::kCreate));
  for (int64_t at = 0;; at += kCopiedAtOnce) {
    OUBLI_TRY_ASSIGN(const std::string piece,
                     source->ReadAt(at, static_cast<size_t>(kCopiedAtOnce)));
    if (!piece.empty()) OUBLI_TRY(target->WriteAt(at, piece));
    if (piece.size() < static_cast<size_t>(kCopiedAtOnce)) return target->Sync();
  }
}

Status Restore::BuildServerFile() {
  for (const std::string_view name : {kServerFileName, kServerKeyName}) {
    OUBLI_TRY(CopyFile(PathIn(set_.path, name), PathIn(building_, name)));
  }
  OUBLI_TRY_ASSIGN(new_->server_file, access::ServerFile::Open(building_));
  OUBLI_TRY(new_->server_file->Read(
      [&](storage::Connection& connection) { return ReadServerFile(connection, new_->facts); }));
  return new_->server_file->Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(
        const Withdrawn withdrawn,
        WithdrawAccess(connection, present_->is_readable ? &present_->facts.access : nullptr,
                       kCounterGap));
    plan_.revoked_keys = withdrawn.api_keys;
    plan_.removed_administrators = withdrawn.administrators;
    return {};
  });
}

// ---- places ----

Status Restore::ChooseSlots() {
  const auto& known = present_->is_readable ? present_->facts.places : new_->facts.places;
  OUBLI_TRY_ASSIGN(new_->slots, FindSlots(files_, data_dir_, options_.roots, known));
  for (const Place& place : new_->slots.used) plan_.slots.push_back(place.path);
  for (const Place& place : new_->slots.missing) plan_.missing_slots.push_back(place.path);
  return {};
}

Status Restore::ChooseJournals() {
  std::vector<std::string>& paths = new_->journals;
  const auto add = [&](const std::string& folder) -> Result<std::string> {
    OUBLI_TRY_ASSIGN(std::string path, CanonicalPath(folder));
    if (std::ranges::find(paths, path) == paths.end()) paths.push_back(path);
    return path;
  };
  OUBLI_TRY_ASSIGN(const std::string standard, keys::DefaultJournalFolder(data_dir_));
  OUBLI_TRY_ASSIGN(const std::string local,
                   add(options_.journal.empty() ? standard : options_.journal));
  OUBLI_TRY(keys::CheckSlotFolders(data_dir_, local, plan_.slots));
  OUBLI_TRY_ASSIGN(const std::string of_set, add(set_.JournalFolder()));
  OUBLI_TRY(add(standard));
  std::error_code error;
  new_->targets.push_back(local);
  if (of_set != local && fs::is_directory(of_set, error)) new_->targets.push_back(of_set);
  const auto& known = present_->is_readable ? present_->facts.places : new_->facts.places;
  for (const Place& place : known) {
    if (place.is_slot) continue;
    OUBLI_TRY_ASSIGN(const std::string path, add(place.path));
    if (std::ranges::find(new_->targets, path) != new_->targets.end()) continue;
    // An empty folder in its place is a disk that is not mounted.
    if (keys::JournalFolder(files_, path).Id().value_or("") == place.id) {
      new_->targets.push_back(path);
    } else {
      plan_.dropped_journals.push_back(path);
    }
  }
  std::erase_if(paths, [&](const std::string& path) { return !fs::is_directory(path, error); });
  return {};
}

// ---- stores ----

Status Restore::BuildStore(const CopiedStore& copied) {
  const std::string path = PathIn(building_, StoreFileName(copied.number));
  OUBLI_TRY(CopyFile(PathIn(set_.path, copied.file.name), path));
  const auto listed = std::ranges::find(new_->facts.stores, copied.number, &ListedStore::number);
  if (listed == new_->facts.stores.end() || listed->identity != copied.identity) {
    return Fail(ErrorKind::kCorrupt, "the manifest and the server file of the backup do not agree");
  }
  OUBLI_TRY_ASSIGN(const OpenedCopy file, OpenCopy(path));
  OpenedCopy present;
  const auto& there = present_->facts.stores;
  const auto same = std::ranges::find(there, copied.identity, &ListedStore::identity);
  if (same != there.end()) {
    auto opened = OpenCopy(PathIn(data_dir_, StoreFileName(same->number)));
    if (opened) present = *std::move(opened);
  }
  HistoryInput input;
  input.handle = copied.handle;
  input.identity = copied.identity;
  input.lineage = copied.lineage;
  input.generation = copied.generation;
  input.backup = file.connection.get();
  input.present = present.connection.get();
  input.journals = new_->journals;
  input.slot_names = plan_.slots;
  input.slots = new_->slots.slots->ReadAll(copied.identity);
  OUBLI_TRY_ASSIGN(const auto history, TreeHistory::Gather(files_, std::move(input)));
  for (const std::string& problem : history->problems()) {
    if (std::ranges::find(plan_.problems, problem) == plan_.problems.end()) {
      plan_.problems.push_back(problem);
    }
  }
  auto rebuilt = RebuildStore(*file.database, *file.connection, *history, present.connection.get(),
                              *options_.clock);
  if (!rebuilt) {
    return Fail(rebuilt.error().kind,
                fmt::format("store {}: {}", copied.handle, rebuilt.error().text));
  }
  plan_.stores.push_back({copied.number, copied.handle, copied.generation,
                          history->root().generation, history->last_word_ms(),
                          std::move(rebuilt->report)});
  new_->stores.push_back({copied.number, copied.handle, copied.identity, rebuilt->root,
                          std::make_shared<const std::string>(std::move(rebuilt->journal_entry))});
  return {};
}

Status Restore::AddLostStores() {
  for (const ListedStore& store : present_->facts.stores) {
    const auto& mine = new_->facts.stores;
    if (std::ranges::find(mine, store.identity, &ListedStore::identity) != mine.end()) continue;
    RestorePlan::LostStore lost{store.handle, -1};
    const auto count = [&]() -> Result<int64_t> {
      OUBLI_TRY_ASSIGN(const OpenedCopy file,
                       OpenCopy(PathIn(data_dir_, StoreFileName(store.number))));
      OUBLI_TRY_ASSIGN(auto select, file.connection->Prepare("SELECT COUNT(*) FROM owner"));
      OUBLI_TRY(select->Step());
      return select->Int(0);
    };
    if (const auto owners = count()) lost.owners = *owners;
    plan_.lost_stores.push_back(std::move(lost));
  }
  return {};
}

}  // namespace oubli::backup
