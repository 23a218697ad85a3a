#include "storage/testing/simulated_disk.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/check.h"
#include "storage/testing/simulated_file.h"

namespace oubli::storage {
namespace {

std::string_view VerbOf(DiskOperation::Kind kind) {
  switch (kind) {
    case DiskOperation::kOpen:
    case DiskOperation::kCreate:
      return "open";
    case DiskOperation::kRead:
      return "read";
    case DiskOperation::kList:
      return "list";
    case DiskOperation::kWrite:
      return "write";
    case DiskOperation::kSync:
    case DiskOperation::kSyncFolder:
      return "sync";
    case DiskOperation::kTruncate:
      return "truncate";
    case DiskOperation::kMakeFolder:
      return "make";
    case DiskOperation::kRename:
      return "rename";
    case DiskOperation::kRemove:
      return "remove";
  }
  return "use";
}

std::string Normal(const std::string& path) {
  std::string text = std::filesystem::path(path.empty() ? "." : path).lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

std::string FolderOf(const std::string& normal_path) {
  const std::string parent = std::filesystem::path(normal_path).parent_path().string();
  return parent.empty() ? "." : parent;
}

bool IsAtOrBelow(const std::string& path, const std::string& top) {
  return path == top || path.starts_with(top + "/");
}

}  // namespace

SimulatedDisk::SimulatedDisk() = default;
SimulatedDisk::~SimulatedDisk() = default;

bool SimulatedDisk::IsPartly(Verdict verdict) {
  return verdict == Verdict::kFailPartly || verdict == Verdict::kKillPartly;
}

bool SimulatedDisk::IsNoSpace(const Error& error) { return error.text.ends_with(strerror(ENOSPC)); }

Result<Verdict> SimulatedDisk::Ask(Lock& lock, uint64_t epoch, DiskOperation operation) {
  if (!IsAlive(epoch)) return Fail(DeadError(operation.path));
  operation.number = ++number_;
  if (operation.IsChange()) operation.change = ++change_;
  Verdict verdict = Verdict::kPass;
  if (hook_) {
    const Hook hook = hook_;
    lock.unlock();
    verdict = hook(operation);
    lock.lock();
    if (!IsAlive(epoch)) return Fail(DeadError(operation.path));
  }
  switch (verdict) {
    case Verdict::kHang:
      OUBLI_TRY(Hang(lock, epoch, operation));
      return Verdict::kPass;
    case Verdict::kKillBefore:
      KillLocked();
      return Fail(DeadError(operation.path));
    case Verdict::kFailBefore:
      return Fail(DiskError(VerbOf(operation.kind), operation.path, EIO));
    case Verdict::kNoSpace:
      return Fail(DiskError(VerbOf(operation.kind), operation.path, ENOSPC));
    default:
      return verdict;
  }
}

Status SimulatedDisk::Finish(Verdict verdict, const DiskOperation& operation) {
  switch (verdict) {
    case Verdict::kKillPartly:
    case Verdict::kKillAfter:
      KillLocked();
      return Fail(DeadError(operation.path));
    case Verdict::kFailPartly:
    case Verdict::kFailAfter:
      return Fail(DiskError(VerbOf(operation.kind), operation.path, EIO));
    default:
      return {};
  }
}

Status SimulatedDisk::Hang(Lock& lock, uint64_t epoch, const DiskOperation& operation) {
  ++hanging_;
  changed_.notify_all();
  changed_.wait(lock, [&, seen = releases_] { return releases_ != seen || !IsAlive(epoch); });
  --hanging_;
  if (!IsAlive(epoch)) return Fail(DeadError(operation.path));
  return {};
}

bool SimulatedDisk::HasFolder(const std::string& path) const {
  return path == "/" || path == "." || folders_.contains(path);
}

void SimulatedDisk::Apply(const NameChange& change, Names& names) {
  if (!change.from.empty()) names.erase(change.from);
  if (!change.to.empty()) names[change.to] = change.content;
}

void SimulatedDisk::ChangeName(NameChange change) {
  for (const std::string* path : {&change.from, &change.to}) {
    if (!path->empty()) change.unsynced_folders.insert(FolderOf(*path));
  }
  Apply(change, names_);
  name_changes_.push_back(std::move(change));
}

void SimulatedDisk::MakeNamesDurable(std::vector<bool> marked) {
  std::set<std::string> names;
  for (size_t i = name_changes_.size(); i-- > 0;) {
    const NameChange& change = name_changes_[i];
    if (names.contains(change.from) || names.contains(change.to)) marked[i] = true;
    if (!marked[i]) continue;
    for (const std::string* path : {&change.from, &change.to}) {
      if (!path->empty()) names.insert(*path);
    }
  }
  std::vector<NameChange> rest;
  for (size_t i = 0; i < name_changes_.size(); ++i) {
    if (marked[i]) {
      Apply(name_changes_[i], durable_names_);
    } else {
      rest.push_back(std::move(name_changes_[i]));
    }
  }
  name_changes_ = std::move(rest);
}

Result<std::unique_ptr<File>> SimulatedDisk::Open(const std::string& path, OpenMode mode) {
  const std::string name = Normal(path);
  Lock lock(mutex_);
  const bool makes = mode == OpenMode::kCreate && !names_.contains(name);
  DiskOperation operation{makes ? DiskOperation::kCreate : DiskOperation::kOpen, name};
  operation.to_write = mode != OpenMode::kRead;
  OUBLI_TRY_ASSIGN(const Verdict verdict, Ask(lock, epoch_, operation));
  if (HasFolder(name)) return Fail(DiskError("open", name, EISDIR));
  if (!names_.contains(name)) {
    if (mode != OpenMode::kCreate || !HasFolder(FolderOf(name))) {
      return Fail(DiskError("open", name, ENOENT));
    }
    if (full_) return Fail(DiskError("open", name, ENOSPC));
    if (!IsPartly(verdict)) {
      ChangeName({.from = {}, .to = name, .content = std::make_shared<SimulatedContent>()});
    }
  }
  OUBLI_TRY(Finish(verdict, operation));
  return std::make_unique<SimulatedFile>(*this, name, names_.at(name), mode != OpenMode::kRead);
}

Status SimulatedDisk::MakeFolder(const std::string& path) {
  const std::string name = Normal(path);
  Lock lock(mutex_);
  const DiskOperation operation{DiskOperation::kMakeFolder, name};
  OUBLI_TRY_ASSIGN(const Verdict verdict, Ask(lock, epoch_, operation));
  std::vector<std::string> missing;
  for (std::string folder = name; !HasFolder(folder); folder = FolderOf(folder)) {
    if (names_.contains(folder)) return Fail(DiskError("make", name, ENOTDIR));
    missing.push_back(folder);
  }
  if (full_ && !missing.empty()) return Fail(DiskError("make", name, ENOSPC));
  if (!IsPartly(verdict)) folders_.insert(missing.begin(), missing.end());
  return Finish(verdict, operation);
}

Status SimulatedDisk::SyncFolder(const std::string& path) {
  const std::string name = Normal(path);
  Lock lock(mutex_);
  const DiskOperation operation{DiskOperation::kSyncFolder, name};
  OUBLI_TRY_ASSIGN(const Verdict verdict, Ask(lock, epoch_, operation));
  if (!HasFolder(name)) return Fail(DiskError("sync", name, ENOENT));
  const size_t count = IsPartly(verdict) ? name_changes_.size() / 2 : name_changes_.size();
  std::vector<bool> marked(name_changes_.size());
  for (size_t i = 0; i < count; ++i) {
    auto& unsynced = name_changes_[i].unsynced_folders;
    marked[i] = unsynced.erase(name) > 0 && unsynced.empty();
  }
  MakeNamesDurable(std::move(marked));
  if (!IsPartly(verdict)) ++sync_counts_[name];
  return Finish(verdict, operation);
}

Status SimulatedDisk::Rename(const std::string& from, const std::string& to) {
  const std::string old_name = Normal(from);
  const std::string new_name = Normal(to);
  Lock lock(mutex_);
  const DiskOperation operation{DiskOperation::kRename, old_name, new_name};
  OUBLI_TRY_ASSIGN(const Verdict verdict, Ask(lock, epoch_, operation));
  const auto found = names_.find(old_name);
  if (found == names_.end() || !HasFolder(FolderOf(new_name))) {
    return Fail(DiskError("rename", old_name, HasFolder(old_name) ? ENOTSUP : ENOENT));
  }
  if (HasFolder(new_name)) return Fail(DiskError("rename", old_name, EISDIR));
  if (!IsPartly(verdict) && old_name != new_name) {
    ChangeName({.from = old_name, .to = new_name, .content = found->second});
  }
  return Finish(verdict, operation);
}

Status SimulatedDisk::Remove(const std::string& path) {
  const std::string name = Normal(path);
  Lock lock(mutex_);
  const DiskOperation operation{DiskOperation::kRemove, name};
  OUBLI_TRY_ASSIGN(const Verdict verdict, Ask(lock, epoch_, operation));
  if (!names_.contains(name)) {
    return Fail(DiskError("remove", name, HasFolder(name) ? EISDIR : ENOENT));
  }
  if (!IsPartly(verdict)) ChangeName({.from = name, .to = {}});
  return Finish(verdict, operation);
}

Result<std::vector<std::string>> SimulatedDisk::List(const std::string& folder) {
  const std::string name = Normal(folder);
  Lock lock(mutex_);
  const DiskOperation operation{DiskOperation::kList, name};
  OUBLI_TRY_ASSIGN(const Verdict verdict, Ask(lock, epoch_, operation));
  OUBLI_TRY(Finish(verdict, operation));
  if (!HasFolder(name)) return Fail(DiskError("list", name, ENOENT));
  std::set<std::string> found;
  const auto add = [&](const std::string& path) {
    if (path == name || FolderOf(path) != name) return;
    found.insert(std::filesystem::path(path).filename().string());
  };
  for (const auto& [path, content] : names_) add(path);
  for (const std::string& path : folders_) add(path);
  return std::vector<std::string>(found.begin(), found.end());
}

void SimulatedDisk::KillLocked() {
  is_up_ = false;
  ++epoch_;
  changed_.notify_all();
}

void SimulatedDisk::Kill() {
  const Lock lock(mutex_);
  KillLocked();
}

void SimulatedDisk::Crash(std::mt19937_64& rng) {
  const Lock lock(mutex_);
  KillLocked();
  const uint64_t kind = rng() % 4;  // no name is kept, all are, or any
  std::vector<bool> kept(name_changes_.size());
  for (size_t i = 0; i < kept.size(); ++i) kept[i] = kind == 1 || (kind > 1 && rng() % 2 == 0);
  MakeNamesDurable(std::move(kept));
  name_changes_.clear();
  names_ = durable_names_;
  for (auto& [path, content] : names_) content->Crash(rng);
}

void SimulatedDisk::Restart() {
  const Lock lock(mutex_);
  OUBLI_CHECK(!is_up_.load());  // a Kill() or Crash() comes first
  is_up_ = true;
}

void SimulatedDisk::SetHook(Hook hook) {
  const Lock lock(mutex_);
  hook_ = std::move(hook);
}

void SimulatedDisk::SetFull(bool full) {
  const Lock lock(mutex_);
  full_ = full;
}

void SimulatedDisk::SetSyncErrorsLose(bool lose) {
  const Lock lock(mutex_);
  sync_errors_lose_ = lose;
}

void SimulatedDisk::Release() {
  const Lock lock(mutex_);
  ++releases_;
  changed_.notify_all();
}

bool SimulatedDisk::WaitForHanging(int count, int timeout_ms) {
  Lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                           [&] { return hanging_ >= count; });
}

int64_t SimulatedDisk::SyncCount(const std::string& path) const {
  const Lock lock(mutex_);
  const auto found = sync_counts_.find(Normal(path));
  return found == sync_counts_.end() ? 0 : found->second;
}

std::map<std::string, int64_t> SimulatedDisk::SyncCounts() const {
  const Lock lock(mutex_);
  return sync_counts_;
}

void SimulatedDisk::ResetSyncCounts() {
  const Lock lock(mutex_);
  sync_counts_.clear();
}

int64_t SimulatedDisk::ChangeCount() const {
  const Lock lock(mutex_);
  return change_;
}

std::optional<std::string> SimulatedDisk::CopyOf(const std::string& path) const {
  const Lock lock(mutex_);
  const auto found = names_.find(Normal(path));
  if (found == names_.end()) return std::nullopt;
  return found->second->view();
}

std::optional<std::string> SimulatedDisk::DurableCopyOf(const std::string& path) const {
  const Lock lock(mutex_);
  const auto found = durable_names_.find(Normal(path));
  if (found == durable_names_.end()) return std::nullopt;
  return found->second->durable();
}

std::map<std::string, std::string> SimulatedDisk::Snapshot() const {
  const Lock lock(mutex_);
  std::map<std::string, std::string> files;
  for (const auto& [path, content] : names_) files[path] = content->view();
  return files;
}

std::vector<std::string> SimulatedDisk::AllFiles() const {
  const Lock lock(mutex_);
  std::vector<std::string> paths;
  for (const auto& [path, content] : names_) paths.push_back(path);
  return paths;
}

void SimulatedDisk::Put(const std::string& path, std::string bytes) {
  const std::string name = Normal(path);
  const Lock lock(mutex_);
  for (std::string at = FolderOf(name); !HasFolder(at); at = FolderOf(at)) folders_.insert(at);
  std::erase_if(name_changes_, [&](const auto& c) { return c.from == name || c.to == name; });
  Content& content = names_[name];
  if (!content) content = std::make_shared<SimulatedContent>();
  content->Put(std::move(bytes));
  durable_names_[name] = content;
}

void SimulatedDisk::Lose(const std::string& path) {
  const std::string top = Normal(path);
  const Lock lock(mutex_);
  for (Names* names : {&names_, &durable_names_}) {
    std::erase_if(*names, [&](const auto& entry) { return IsAtOrBelow(entry.first, top); });
  }
  std::erase_if(folders_, [&](const std::string& folder) { return IsAtOrBelow(folder, top); });
  std::erase_if(name_changes_, [&](const NameChange& change) {
    return IsAtOrBelow(change.from, top) || IsAtOrBelow(change.to, top);
  });
}

}  // namespace oubli::storage
