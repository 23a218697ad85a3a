#include "keys/journal_folder.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace oubli::keys {
namespace {

using storage::File;
using storage::OpenMode;

constexpr std::string_view kDraft = ".new";
constexpr std::string_view kDamaged = ".damaged";
constexpr size_t kPieceSize = size_t{1} << 20;

// Little for a small journal, as there may be ten thousand.
int64_t WantedRoom(const PlacedHead& last) {
  return std::clamp<int64_t>(last.End() / 4 / kJournalBlock, 3, 1024) * kJournalBlock;
}

// Errors: kInvalid for what is no entry of that store.
Result<JournalHead> HeadOf(std::string_view identity, std::string_view entry) {
  if (identity.size() != kIdentitySize) {
    return Fail(ErrorKind::kInvalid, "a store's identity has a wrong size");
  }
  Result<JournalHead> head = DecodeHead(entry);
  if (!head || head->identity != identity || head->Size() != static_cast<int64_t>(entry.size())) {
    return Fail(ErrorKind::kInvalid, "what is appended is no journal entry of this store");
  }
  return head;
}

bool LeadsTo(const JournalHead& head, const JournalHead& last) {
  return head.kind != JournalEntryKind::kCounters && head.lineage == last.lineage &&
         head.generation == last.generation;
}

// `last` is null where there is no whole entry.
Status CheckFollows(const JournalHead& head, const JournalHead* last) {
  const bool is_full = head.kind == JournalEntryKind::kFull;
  if (last == nullptr) {
    if (is_full) return {};
    return Fail(ErrorKind::kConflict, "it holds no journal of this store; a full entry is needed");
  }
  if (head.lineage != last->lineage) {
    if (is_full) return {};
    return Fail(ErrorKind::kConflict, "its journal is of another lineage; a full entry is needed");
  }
  if (is_full ? head.generation >= last->generation : head.from_generation == last->generation) {
    return {};
  }
  if (head.generation < last->generation) {
    return Fail(ErrorKind::kConflict,
                fmt::format("its journal is ahead: at generation {}, and an entry leads to {}",
                            last->generation, head.generation));
  }
  return Fail(ErrorKind::kConflict,
              fmt::format("its journal ends at generation {} and an entry leads on from {}; a full "
                          "entry is needed",
                          last->generation, head.from_generation));
}

}  // namespace

JournalFolder::JournalFolder(storage::Files& files, std::string folder)
    : files_(files),
      folder_(std::move(folder)),
      id_(files, folder_, "journal.id", "oubli key journal 1 ") {}

template <class T>
T JournalFolder::Named(T outcome) const {
  if (!outcome) {
    outcome.error().text = fmt::format("key journal {}: {}", folder_, outcome.error().text);
  }
  return outcome;
}

Result<std::string> JournalFolder::Id() { return Named(id_.Read()); }
Status JournalFolder::SetUp() { return Named(id_.SetUp()); }

std::shared_ptr<JournalFolder::Store> JournalFolder::StoreOf(std::string_view identity) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Store>& store = stores_[std::string(identity)];
  if (!store) store = std::make_shared<Store>();
  return store;
}

// What can be read need not be durable: an earlier process may have died before its sync, or the
// sync failed, after which the system takes the lost bytes for written. Writing them again and
// syncing makes certain. The bytes are the same, so nothing is at risk.
Status JournalFolder::Confirm(File& file, const PlacedHead& entry) {
  for (int64_t at = entry.position; at < entry.End();) {
    const auto size = std::min<int64_t>(entry.End() - at, kPieceSize);
    OUBLI_TRY_ASSIGN(const std::string piece, file.ReadAt(at, static_cast<size_t>(size)));
    OUBLI_TRY(file.WriteAt(at, piece));
    at += size;
  }
  return file.Sync();
}

Status JournalFolder::Learn(std::string_view identity, File& file, Store& store) {
  OUBLI_TRY_ASSIGN(JournalFile journal, JournalFile::Open(file, identity));
  OUBLI_TRY_ASSIGN(store.has_header, journal.HasHeader());
  OUBLI_TRY_ASSIGN(store.last, journal.FindLast());
  store.has_file = true;
  store.end = store.last ? store.last->End() : 0;
  OUBLI_TRY_ASSIGN(const bool clean, journal.IsZeroFrom(store.end));
  store.has_remains = !clean;
  OUBLI_TRY_ASSIGN(const int64_t size, file.Size());
  store.room = clean ? size - store.end : 0;
  if (!store.last) return {};
  OUBLI_TRY(Confirm(file, *store.last));
  // The name too, for a process that died between giving it and syncing it.
  return files_.SyncFolder(folder_);
}

// Somebody may have put another file in its place.
bool JournalFolder::IsAsKnown(File& file, const Store& store) {
  if (!store.last) return false;
  const Result<std::string> bytes = file.ReadAt(store.last->position, kJournalHeadSize);
  if (!bytes) return false;
  const Result<JournalHead> head = DecodeHead(*bytes);
  const Result<int64_t> size = file.Size();
  return head && head->checksum == store.last->head.checksum && size && *size >= store.end;
}

// The file is opened each time, and not kept: what is done then is done to the file that has the
// name now, and no number of stores needs more than a few open files. It costs some microseconds.
Result<std::unique_ptr<storage::File>> JournalFolder::OpenStore(std::string_view identity,
                                                                Store& store) {
  if (identity.size() != kIdentitySize) {
    return Fail(ErrorKind::kInvalid, "a store's identity has a wrong size");
  }
  OUBLI_TRY(id_.CheckStillThere());
  auto file = files_.Open(JournalPath(folder_, identity), OpenMode::kWrite);
  if (!file) {
    store.known = false;
    if (file.error().kind != ErrorKind::kNotFound) return file;
    store.has_file = store.has_header = store.has_remains = false;
    store.last.reset();
    store.end = 0;
    return Opened();
  }
  if (store.known && IsAsKnown(**file, store)) return file;
  store.known = false;
  OUBLI_TRY(Learn(identity, **file, store));
  store.known = true;
  return file;
}

Status JournalFolder::Append(std::string_view identity, std::string_view entry) {
  return Named(AppendTo(identity, entry));
}

Status JournalFolder::AppendTo(std::string_view identity, std::string_view entry) {
  OUBLI_TRY_ASSIGN(const JournalHead head, HeadOf(identity, entry));
  const std::shared_ptr<Store> store = StoreOf(identity);
  const std::lock_guard lock(store->mutex);
  OUBLI_TRY_ASSIGN(const Opened file, OpenStore(identity, *store));
  if (store->last && LeadsTo(head, store->last->head)) return {};
  OUBLI_TRY(CheckFollows(head, store->last ? &store->last->head : nullptr));
  // Unknown until it has succeeded.
  store->known = false;
  return store->last ? Write(identity, entry, head, *file, *store)
                     : Replace(identity, entry, head, *store);
}

Status JournalFolder::Write(std::string_view identity, std::string_view entry,
                            const JournalHead& head, File& file, Store& store) {
  if (store.has_remains) {
    OUBLI_TRY(file.Truncate(store.end));
    OUBLI_TRY(file.Sync());
    store.has_remains = false;
    store.room = 0;
  }
  if (!store.has_header) OUBLI_TRY(file.WriteAt(0, EncodeFileHeader(identity)));
  OUBLI_TRY(file.WriteAt(store.end, entry));
  OUBLI_TRY(file.Sync());
  store.has_header = true;
  store.last = PlacedHead{store.end, head};
  store.end = store.last->End();
  store.room = std::max<int64_t>(store.room - head.Size(), 0);
  store.known = true;
  return {};
}

Status JournalFolder::StartAfresh(std::string_view identity, std::string_view full_entry) {
  return Named([&]() -> Status {
    OUBLI_TRY_ASSIGN(const JournalHead head, HeadOf(identity, full_entry));
    if (head.kind != JournalEntryKind::kFull) {
      return Fail(ErrorKind::kInvalid, "a journal begins with a full entry");
    }
    const std::shared_ptr<Store> store = StoreOf(identity);
    const std::lock_guard lock(store->mutex);
    OUBLI_TRY(OpenStore(identity, *store));
    OUBLI_TRY(CheckFollows(head, store->last ? &store->last->head : nullptr));
    store->known = false;
    return Replace(identity, full_entry, head, *store);
  }());
}

Status JournalFolder::Replace(std::string_view identity, std::string_view entry,
                              const JournalHead& head, Store& store) {
  const std::string path = JournalPath(folder_, identity);
  const std::string draft = path + std::string(kDraft);
  OUBLI_TRY_ASSIGN(const Opened file, files_.Open(draft, OpenMode::kCreate));
  OUBLI_TRY(file->Truncate(0));
  OUBLI_TRY(file->WriteAt(0, EncodeFileHeader(identity)));
  OUBLI_TRY(file->WriteAt(kJournalBlock, entry));
  OUBLI_TRY(file->Sync());
  // A damaged file may be all that somebody has left of something.
  if (store.has_file && !store.last) OUBLI_TRY(files_.Rename(path, path + std::string(kDamaged)));
  OUBLI_TRY(files_.Rename(draft, path));
  OUBLI_TRY(files_.SyncFolder(folder_));
  store.has_file = store.has_header = store.known = true;
  store.has_remains = false;
  store.last = PlacedHead{kJournalBlock, head};
  store.end = store.last->End();
  store.room = 0;
  return {};
}

bool JournalFolder::WantsRoom(std::string_view identity) {
  const std::shared_ptr<Store> store = StoreOf(identity);
  const std::unique_lock lock(store->mutex, std::try_to_lock);
  return lock && store->known && store->last && store->room < store->last->head.Size();
}

Status JournalFolder::MakeRoom(std::string_view identity) {
  return Named([&]() -> Status {
    const std::shared_ptr<Store> store = StoreOf(identity);
    const std::lock_guard lock(store->mutex);
    OUBLI_TRY_ASSIGN(const Opened file, OpenStore(identity, *store));
    if (!store->last || store->has_remains) return {};
    const int64_t wanted = WantedRoom(*store->last);
    if (store->room >= wanted) return {};
    const std::string zeros(static_cast<size_t>(wanted - store->room), '\0');
    OUBLI_TRY(file->WriteAt(store->end + store->room, zeros));
    OUBLI_TRY(file->Sync());
    store->room = wanted;
    return {};
  }());
}

Result<std::optional<JournalTail>> JournalFolder::Tail(std::string_view identity) {
  return Named([&]() -> Result<std::optional<JournalTail>> {
    const std::shared_ptr<Store> store = StoreOf(identity);
    const std::lock_guard lock(store->mutex);
    OUBLI_TRY(OpenStore(identity, *store));
    if (!store->last) return std::nullopt;
    return JournalTail{store->last->head.lineage, store->last->head.generation};
  }());
}

Result<int64_t> JournalFolder::Size(std::string_view identity) {
  return Named([&]() -> Result<int64_t> {
    const std::shared_ptr<Store> store = StoreOf(identity);
    const std::lock_guard lock(store->mutex);
    OUBLI_TRY(OpenStore(identity, *store));
    return store->end;
  }());
}

}  // namespace oubli::keys
