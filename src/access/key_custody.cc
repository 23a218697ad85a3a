#include "access/key_custody.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "base/log.h"
#include "keys/file_slot.h"
#include "keys/slot_folders.h"

namespace oubli::access {
namespace {

constexpr std::string_view kSlotWord = "slot";
constexpr std::string_view kJournalWord = "journal";

std::string_view WordOf(KeyPlaceKind kind) {
  return kind == KeyPlaceKind::kSlot ? kSlotWord : kJournalWord;
}

Result<std::string> Canonical(const std::string& path) {
  std::error_code error;
  const auto canonical = std::filesystem::weakly_canonical(std::filesystem::absolute(path), error);
  if (error) return Fail(ErrorKind::kInvalid, "cannot resolve " + path);
  return canonical.string();
}

}  // namespace

KeyCustody::KeyCustody(ServerFile& file, std::string data_dir, const Clock& clock,
                       const KeyCustodyOptions& options)
    : file_(file),
      data_dir_(std::move(data_dir)),
      clock_(clock),
      wait_(options.wait),
      files_(options.files != nullptr ? *options.files : storage::SystemFiles()) {}

Result<std::unique_ptr<KeyCustody>> KeyCustody::Open(ServerFile& file, const std::string& data_dir,
                                                     const Clock& clock,
                                                     const KeyCustodyOptions& options) {
  std::unique_ptr<KeyCustody> custody(new KeyCustody(file, data_dir, clock, options));
  OUBLI_TRY(custody->Load());
  OUBLI_TRY(custody->OpenSlots(options.roots));
  OUBLI_TRY(custody->OpenJournals(options.journal));
  for (const KeyPlace& place : custody->List()) {
    if (place.in_use) continue;
    Log(LogLevel::kError, "a place of keys is missing: nothing is erased until it is back",
        {{"kind", WordOf(place.kind)}, {"path", place.path}, {"id", place.id}});
  }
  return custody;
}

Status KeyCustody::Load() {
  return file_.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto select,
                     connection.Prepare("SELECT id, kind, path, added_at FROM key_place ORDER BY "
                                        "added_at, path"));
    while (true) {
      OUBLI_TRY_ASSIGN(const bool row, select->Step());
      if (!row) return {};
      KeyPlace place;
      place.id = select->Text(0);
      place.kind = select->Text(1) == kSlotWord ? KeyPlaceKind::kSlot : KeyPlaceKind::kJournal;
      place.path = select->Text(2);
      place.added_at = select->Int(3);
      places_.push_back(std::move(place));
    }
  });
}

Status KeyCustody::Insert(KeyPlace place) {
  OUBLI_TRY(file_.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(
        auto insert,
        connection.Prepare("INSERT INTO key_place (id, kind, path, added_at) VALUES ($1, $2, $3, "
                           "$4) ON CONFLICT (id) DO UPDATE SET path = excluded.path"));
    insert->BindText(1, place.id).BindText(2, WordOf(place.kind)).BindText(3, place.path);
    insert->Bind(4, place.added_at);
    OUBLI_TRY(insert->Step());
    return {};
  }));
  std::lock_guard lock(mutex_);
  const auto there = std::ranges::find(places_, place.id, &KeyPlace::id);
  if (there == places_.end()) {
    places_.push_back(std::move(place));
  } else {
    *there = std::move(place);
  }
  return {};
}

Result<bool> KeyCustody::Enrol(KeyPlaceKind kind, const std::string& path,
                               const std::function<Result<std::string>()>& id,
                               const std::function<Status()>& set_up) {
  auto found = id();
  if (!found && found.error().kind == ErrorKind::kNotFound) {
    // An empty folder where a known place should be is a disk that is not mounted, or lost.
    const bool known = std::ranges::any_of(
        places_, [&](const KeyPlace& place) { return place.kind == kind && place.path == path; });
    if (known) return false;
    OUBLI_TRY(set_up());
    found = id();
  }
  if (!found) {
    const bool known = std::ranges::any_of(
        places_, [&](const KeyPlace& place) { return place.kind == kind && place.path == path; });
    // Without the one that the operator has just named there would be one less than believed.
    if (!known) {
      return Fail(found.error().kind, fmt::format("the {} {} cannot be used: {}", WordOf(kind),
                                                  path, found.error().text));
    }
    Log(LogLevel::kError, "a place of keys cannot be read",
        {{"kind", WordOf(kind)}, {"path", path}, {"reason", found.error().text}});
    return false;
  }
  const auto known = std::ranges::find(places_, *found, &KeyPlace::id);
  KeyPlace place{*found, kind, path, clock_.NowMs(), true};
  if (known != places_.end()) {
    if (known->kind != kind) return Fail(ErrorKind::kInvalid, path + " is of another kind");
    place.added_at = known->added_at;
    if (known->path == path) {
      known->in_use = true;
      return true;
    }
    OUBLI_TRY(CheckNoCopy(*known, path));
  }
  OUBLI_TRY(Insert(std::move(place)));
  return true;
}

Status KeyCustody::CheckNoCopy(const KeyPlace& known, const std::string& path) {
  const Result<std::string> before = known.kind == KeyPlaceKind::kSlot
                                         ? keys::FileSlot(files_, known.path).Id()
                                         : keys::JournalFolder(files_, known.path).Id();
  if (!before || *before != known.id) return {};
  // Only one of them would be known from then on, and the other keep what has to be destroyed.
  return Fail(ErrorKind::kInvalid,
              fmt::format("the {} {} is a copy of {}, which is still there: name an empty folder, "
                          "or move the old one away",
                          WordOf(known.kind), path, known.path));
}

Status KeyCustody::OpenSlots(std::vector<std::string> roots) {
  std::optional<std::string> journal;
  for (const KeyPlace& place : places_) {
    if (place.kind == KeyPlaceKind::kJournal && !journal) journal = place.path;
  }
  if (roots.empty()) {
    for (const KeyPlace& place : places_) {
      if (place.kind == KeyPlaceKind::kSlot) roots.push_back(place.path);
    }
  }
  if (roots.empty()) {
    OUBLI_TRY_ASSIGN(const std::string folder, keys::DefaultRootsFolder(data_dir_));
    roots.push_back(folder);
  }
  for (std::string& root : roots) {
    OUBLI_TRY_ASSIGN(root, Canonical(root));
  }
  OUBLI_TRY(keys::CheckSlotFolders(data_dir_, journal, roots));
  // Never one slot alone, where it can be helped: its only good copy would be at risk.
  if (roots.size() == 1 && std::ranges::find(places_, roots[0], &KeyPlace::path) == places_.end()) {
    const std::filesystem::path folder(roots[0]);
    roots = {(folder / "1").string(), (folder / "2").string()};
  }
  std::vector<std::unique_ptr<keys::RootSlot>> slots;
  for (const std::string& root : roots) {
    auto slot = std::make_unique<keys::FileSlot>(files_, root);
    OUBLI_TRY_ASSIGN(const bool there, Enrol(
                                           KeyPlaceKind::kSlot, root, [&] { return slot->Id(); },
                                           [&] { return slot->SetUp(); }));
    if (there) slots.push_back(std::move(slot));
  }
  if (slots.empty()) {
    return Fail(
        ErrorKind::kUnavailable,
        "no root slot of this data is there: mount its disk, or name its folder with --roots");
  }
  slots_ = std::make_shared<keys::RootSlots>(std::move(slots));
  return {};
}

Status KeyCustody::OpenJournals(const std::string& journal) {
  journals_ = std::make_shared<keys::Journals>();
  std::vector<std::string> paths;
  for (const KeyPlace& place : places_) {
    if (place.kind == KeyPlaceKind::kJournal) paths.push_back(place.path);
  }
  if (!journal.empty()) {
    OUBLI_TRY_ASSIGN(const std::string path, Canonical(journal));
    if (std::ranges::find(paths, path) == paths.end()) paths.push_back(path);
  } else if (paths.empty()) {
    OUBLI_TRY_ASSIGN(const std::string path, keys::DefaultJournalFolder(data_dir_));
    paths.push_back(path);
  }
  OUBLI_TRY_ASSIGN(local_journal_,
                   journal.empty() ? keys::DefaultJournalFolder(data_dir_) : Canonical(journal));
  if (std::ranges::find(paths, local_journal_) == paths.end()) local_journal_ = paths.front();
  for (const std::string& path : paths) {
    std::vector<std::string> roots;
    for (const KeyPlace& place : places_) {
      if (place.kind == KeyPlaceKind::kSlot) roots.push_back(place.path);
    }
    OUBLI_TRY(keys::CheckSlotFolders(data_dir_, path, roots));
    auto folder = std::make_shared<keys::JournalFolder>(files_, path);
    OUBLI_TRY_ASSIGN(const bool there,
                     Enrol(
                         KeyPlaceKind::kJournal, path, [&] { return folder->Id(); },
                         [&] { return folder->SetUp(); }));
    const bool waits = wait_ == JournalWait::kAll || path == local_journal_;
    if (there) journals_->Add(std::move(folder), waits);
  }
  return {};
}

keys::KeyPlaces KeyCustody::places() {
  return {slots_, journals_, [this] { return ErasingAllowed(); }};
}

std::vector<KeyPlace> KeyCustody::List() const {
  std::lock_guard lock(mutex_);
  return places_;
}

Status KeyCustody::ErasingAllowed() const {
  std::lock_guard lock(mutex_);
  for (const KeyPlace& place : places_) {
    if (place.in_use) continue;
    if (place.kind == KeyPlaceKind::kJournal && wait_ == JournalWait::kLocal &&
        place.path != local_journal_) {
      continue;
    }
    return Fail(
        ErrorKind::kUnavailable,
        fmt::format("the {} {} is missing: nothing is erased until it is back or retired",
                    place.kind == KeyPlaceKind::kSlot ? "root slot" : "key journal", place.path));
  }
  return {};
}

Status KeyCustody::AddJournal(const std::string& path) {
  OUBLI_TRY_ASSIGN(const std::string canonical, Canonical(path));
  std::vector<std::string> roots;
  for (const KeyPlace& place : List()) {
    if (place.kind == KeyPlaceKind::kSlot) roots.push_back(place.path);
    if (place.kind == KeyPlaceKind::kJournal && place.path == canonical && place.in_use) return {};
  }
  OUBLI_TRY(keys::CheckSlotFolders(data_dir_, canonical, roots));
  auto folder = std::make_shared<keys::JournalFolder>(files_, canonical);
  OUBLI_TRY(folder->SetUp());
  OUBLI_TRY_ASSIGN(const std::string id, folder->Id());
  // Waited for only when it has everything; but known from now on, so that it is after a restart.
  journals_->Add(std::move(folder), false);
  return Insert({id, KeyPlaceKind::kJournal, canonical, clock_.NowMs(), true});
}

Status KeyCustody::MakeWaited(const std::string& path) {
  OUBLI_TRY_ASSIGN(const std::string canonical, Canonical(path));
  if (wait_ == JournalWait::kLocal && canonical != local_journal_) return {};
  return journals_->SetWaits(canonical, true);
}

Status KeyCustody::Retire(std::string_view id) {
  std::string path;
  KeyPlaceKind kind = KeyPlaceKind::kSlot;
  bool in_use = false;
  {
    std::lock_guard lock(mutex_);
    const auto place = std::ranges::find(places_, id, &KeyPlace::id);
    if (place == places_.end()) return Fail(ErrorKind::kNotFound, "there is no place of that id");
    path = place->path, kind = place->kind, in_use = place->in_use;
  }
  if (kind == KeyPlaceKind::kJournal && in_use && path == local_journal_) {
    return Fail(ErrorKind::kInvalid,
                "this is the local journal and in use: start with another --journal first");
  }
  if (kind == KeyPlaceKind::kSlot && in_use) {
    return Fail(ErrorKind::kInvalid,
                "this slot is in use: stop the server, take it out of --roots, and retire it then");
  }
  OUBLI_TRY(file_.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto erase, connection.Prepare("DELETE FROM key_place WHERE id = $1"));
    erase->BindText(1, id);
    OUBLI_TRY(erase->Step());
    return {};
  }));
  if (kind == KeyPlaceKind::kJournal && in_use) OUBLI_TRY(journals_->Remove(path));
  std::lock_guard lock(mutex_);
  std::erase_if(places_, [&](const KeyPlace& place) { return place.id == id; });
  return {};
}

}  // namespace oubli::access
