#include "access/stores.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "access/durable_files.h"
#include "base/log.h"
#include "crypto/random.h"

namespace oubli::access {
namespace {

constexpr size_t kMaxHandle = 63;
constexpr size_t kIdentityBytes = 16;

bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

Status InsertStore(storage::Connection& connection, StoreInfo& info) {
  // Asked first, so that a taken handle is told from every other clash.
  OUBLI_TRY_ASSIGN(auto taken, connection.Prepare("SELECT number FROM store WHERE handle = $1"));
  taken->BindText(1, info.handle);
  OUBLI_TRY_ASSIGN(const bool found, taken->Step());
  if (found) return Fail(ErrorKind::kConflict, "this handle is taken", "handle");
  OUBLI_TRY_ASSIGN(info.number, TakeNumber(connection, "store"));
  OUBLI_TRY_ASSIGN(
      auto insert,
      connection.Prepare("INSERT INTO store (number, handle, created_at, identity, file_made) "
                         "VALUES ($1, $2, $3, $4, 0)"));
  const std::string identity = crypto::RandomBytes(kIdentityBytes);
  insert->Bind(1, info.number).BindText(2, info.handle).Bind(3, info.created_at);
  insert->BindBlob(4, identity);
  OUBLI_TRY(insert->Step());
  return {};
}

}  // namespace

bool IsValidHandle(std::string_view handle) {
  if (handle.empty() || handle.size() > kMaxHandle || handle[0] == '-') return false;
  return std::all_of(handle.begin(), handle.end(),
                     [](char c) { return IsLetterOrDigit(c) || c == '-'; });
}

Stores::Stores(ServerFile& file, std::string data_dir, storage::WriterThreads& threads,
               const Clock& clock,
               std::function<void(const std::shared_ptr<customers::Store>&)> on_open,
               const customers::StoreOptions& options)
    : file_(file),
      data_dir_(std::move(data_dir)),
      threads_(threads),
      clock_(clock),
      options_(options),
      on_open_(std::move(on_open)) {}

Stores::~Stores() {
  std::vector<std::shared_ptr<customers::Store>> open;
  std::lock_guard lock(mutex_);
  for (auto& [number, entry] : entries_) open.push_back(std::move(entry.store));
}

std::string Stores::PathOf(int64_t number) const {
  return (std::filesystem::path(data_dir_) / "stores" / fmt::format("{}.db", number)).string();
}

void Stores::AddLocked(const StoreInfo& info) {
  const auto [entry, fresh] = entries_.try_emplace(info.number);
  // One that is there may be in use by a thread that opens it.
  if (!fresh) return;
  entry->second.info = info;
  numbers_.emplace(info.handle, info.number);
}

Status Stores::LoadLocked() {
  if (loaded_) return {};
  OUBLI_TRY(file_.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto select,
                     connection.Prepare("SELECT number, handle, created_at FROM store"));
    for (;;) {
      OUBLI_TRY_ASSIGN(const bool found, select->Step());
      if (!found) return {};
      AddLocked({select->Int(0), std::string(select->Text(1)), select->Int(2)});
    }
  }));
  loaded_ = true;
  return {};
}

Result<StoreInfo> Stores::Create(const std::string& handle) {
  if (!IsValidHandle(handle)) {
    return Fail(ErrorKind::kInvalid,
                "a handle is 1 to 63 of a-z, 0-9 and -, and begins with a letter or digit",
                "handle");
  }
  StoreInfo info;
  info.handle = handle;
  info.created_at = clock_.NowMs();
  OUBLI_TRY(
      file_.Write([&](storage::Connection& connection) { return InsertStore(connection, info); }));
  {
    std::lock_guard lock(mutex_);
    if (loaded_) AddLocked(info);  // else the load, which comes later, finds it
  }
  OUBLI_TRY(Open(info.number));
  return info;
}

std::vector<StoreInfo> Stores::List() {
  std::vector<StoreInfo> list;
  {
    std::lock_guard lock(mutex_);
    if (const Status loaded = LoadLocked(); !loaded) {
      Log(LogLevel::kError, "stores cannot be listed",
          {{"error", ErrorKindName(loaded.error().kind)}});
      return list;
    }
    list.reserve(entries_.size());
    for (const auto& [number, entry] : entries_) list.push_back(entry.info);
  }
  std::sort(list.begin(), list.end(),
            [](const StoreInfo& a, const StoreInfo& b) { return a.number < b.number; });
  return list;
}

Result<StoreInfo> Stores::Find(std::string_view handle) {
  std::lock_guard lock(mutex_);
  OUBLI_TRY(LoadLocked());
  const auto found = numbers_.find(std::string(handle));
  if (found == numbers_.end()) return Fail(ErrorKind::kNotFound, "there is no such store");
  return entries_.at(found->second).info;
}

Result<StoreInfo> Stores::Find(int64_t number) {
  std::lock_guard lock(mutex_);
  OUBLI_TRY(LoadLocked());
  const auto found = entries_.find(number);
  if (found == entries_.end()) return Fail(ErrorKind::kNotFound, "there is no such store");
  return found->second.info;
}

Status Stores::NoteFileMade(int64_t number) {
  return file_.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto update,
                     connection.Prepare("UPDATE store SET file_made = 1 WHERE number = $1"));
    update->Bind(1, number);
    OUBLI_TRY(update->Step());
    return {};
  });
}

Result<std::shared_ptr<customers::Store>> Stores::OpenFile(const StoreInfo& info) {
  const std::string path = PathOf(info.number);
  OUBLI_TRY(MakeFolder(std::filesystem::path(path).parent_path().string()));
  customers::StoreOptions options = options_;
  OUBLI_TRY(file_.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto select,
                     connection.Prepare("SELECT identity, file_made FROM store WHERE number = $1"));
    select->Bind(1, info.number);
    OUBLI_TRY_ASSIGN(const bool found, select->Step());
    if (!found) return Fail(ErrorKind::kNotFound, "there is no such store");
    options.identity = select->Blob(0);
    options.make_file = select->Int(1) == 0;
    return {};
  }));
  auto store = customers::Store::Open(path, info.number, info.handle, threads_, clock_, options);
  if (!store) {
    Log(LogLevel::kError, "a store cannot be opened",
        {{"store", info.number}, {"reason", store.error().text}});
    return store;
  }
  if (options.make_file) OUBLI_TRY(NoteFileMade(info.number));
  if (on_open_) on_open_(*store);
  return store;
}

Result<std::shared_ptr<customers::Store>> Stores::Open(int64_t number) {
  std::unique_lock lock(mutex_);
  OUBLI_TRY(LoadLocked());
  const auto found = entries_.find(number);
  if (found == entries_.end()) return Fail(ErrorKind::kNotFound, "there is no such store");
  Entry& entry = found->second;
  changed_.wait(lock, [&] { return !entry.changing; });
  entry.last_used_ms = clock_.BootMs();
  if (entry.store) return entry.store;

  entry.changing = true;
  lock.unlock();
  Result<std::shared_ptr<customers::Store>> store = OpenFile(entry.info);
  lock.lock();
  entry.changing = false;
  if (store) entry.store = *store;
  changed_.notify_all();
  return store;
}

std::vector<std::shared_ptr<customers::Store>> Stores::OpenStores() {
  std::vector<std::shared_ptr<customers::Store>> open;
  std::lock_guard lock(mutex_);
  for (const auto& [number, entry] : entries_) {
    if (entry.store) open.push_back(entry.store);
  }
  return open;
}

void Stores::CloseIdle(int64_t idle_ms, size_t unfinished_kept) {
  std::vector<std::pair<Entry*, std::shared_ptr<customers::Store>>> closing;
  {
    std::lock_guard lock(mutex_);
    const int64_t now = clock_.BootMs();
    size_t unfinished = 0;
    for (auto& [number, entry] : entries_) {
      if (!entry.store || now - entry.last_used_ms < idle_ms) continue;
      // Only Open() and OpenStores() hand out references, and they take the mutex.
      if (entry.store.use_count() > 1 || entry.store->sweep_backlog() > 0) continue;
      if (entry.store->key_tree().HasUnfinishedWork() && ++unfinished <= unfinished_kept) continue;
      entry.changing = true;
      closing.emplace_back(&entry, std::move(entry.store));
    }
  }
  for (auto& [entry, store] : closing) {
    store.reset();
    std::lock_guard lock(mutex_);
    entry->changing = false;
    changed_.notify_all();
  }
}

}  // namespace oubli::access
