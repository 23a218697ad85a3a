#include "storage/testing/simulated_disk.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
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
    case DiskOperation::kExchange:
      return "exchange";
    case DiskOperation::kRemove:
      return "remove";
  }
  return "use";
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

Result<std::unique_ptr<File>> SimulatedDisk::Open(const std::string& path, OpenMode mode) {
  const std::string name = NormalPath(path);
  Lock lock(mutex_);
  const bool makes = mode == OpenMode::kCreate && !names_.Find(name);
  DiskOperation operation{makes ? DiskOperation::kCreate : DiskOperation::kOpen, name};
  operation.to_write = mode != OpenMode::kRead;
  OUBLI_TRY_ASSIGN(const Verdict verdict, Ask(lock, epoch_, operation));
  if (names_.HasFolder(name)) return Fail(DiskError("open", name, EISDIR));
  auto node = names_.Find(name);
  if (!node) {
    if (mode != OpenMode::kCreate || !names_.HasFolder(FolderOfNormal(name))) {
      return Fail(DiskError("open", name, ENOENT));
    }
    if (full_) return Fail(DiskError("open", name, ENOSPC));
    node = std::make_shared<SimulatedNode>();
    node->content = std::make_shared<SimulatedContent>();
    if (!IsPartly(verdict)) names_.Change({{name, node}});
  }
  OUBLI_TRY(Finish(verdict, operation));
  return std::make_unique<SimulatedFile>(*this, name, node->content, mode != OpenMode::kRead);
}

Status SimulatedDisk::MakeFolder(const std::string& path) {
  const std::string name = NormalPath(path);
  Lock lock(mutex_);
  const DiskOperation operation{DiskOperation::kMakeFolder, name};
  OUBLI_TRY_ASSIGN(const Verdict verdict, Ask(lock, epoch_, operation));
  bool is_new = false;
  for (std::string folder = name; !names_.HasFolder(folder); folder = FolderOfNormal(folder)) {
    if (names_.Find(folder)) return Fail(DiskError("make", name, ENOTDIR));
    is_new = true;
  }
  if (full_ && is_new) return Fail(DiskError("make", name, ENOSPC));
  if (!IsPartly(verdict)) names_.MakeFolder(name);
  return Finish(verdict, operation);
}

Status SimulatedDisk::SyncFolder(const std::string& path) {
  const std::string name = NormalPath(path);
  Lock lock(mutex_);
  const DiskOperation operation{DiskOperation::kSyncFolder, name};
  OUBLI_TRY_ASSIGN(const Verdict verdict, Ask(lock, epoch_, operation));
  if (!names_.HasFolder(name)) return Fail(DiskError("sync", name, ENOENT));
  names_.SyncFolder(name, IsPartly(verdict) ? names_.changes() / 2 : names_.changes());
  if (!IsPartly(verdict)) ++sync_counts_[name];
  return Finish(verdict, operation);
}

Status SimulatedDisk::Rename(const std::string& from, const std::string& to) {
  const std::string old_name = NormalPath(from);
  const std::string new_name = NormalPath(to);
  Lock lock(mutex_);
  const DiskOperation operation{DiskOperation::kRename, old_name, new_name};
  OUBLI_TRY_ASSIGN(const Verdict verdict, Ask(lock, epoch_, operation));
  const auto moved = names_.Find(old_name);
  const auto there = names_.Find(new_name);
  if (!moved || !names_.HasFolder(FolderOfNormal(new_name))) {
    return Fail(DiskError("rename", old_name, ENOENT));
  }
  if (new_name.starts_with(old_name + "/")) return Fail(DiskError("rename", old_name, EINVAL));
  if (there && there->IsFolder() && !moved->IsFolder()) {
    return Fail(DiskError("rename", old_name, EISDIR));
  }
  if (there && there != moved && moved->IsFolder()) {
    return Fail(DiskError("rename", old_name, there->IsFolder() ? ENOTEMPTY : ENOTDIR));
  }
  if (!IsPartly(verdict) && there != moved) {
    names_.Change({{old_name, nullptr}, {new_name, moved}});
  }
  return Finish(verdict, operation);
}

Status SimulatedDisk::Exchange(const std::string& one, const std::string& other) {
  const std::string name = NormalPath(one);
  const std::string other_name = NormalPath(other);
  Lock lock(mutex_);
  const DiskOperation operation{DiskOperation::kExchange, name, other_name};
  OUBLI_TRY_ASSIGN(const Verdict verdict, Ask(lock, epoch_, operation));
  const auto node = names_.Find(name);
  const auto other_node = names_.Find(other_name);
  if (!node || !other_node) return Fail(DiskError("exchange", name, ENOENT));
  if (!IsPartly(verdict)) names_.Change({{name, other_node}, {other_name, node}});
  return Finish(verdict, operation);
}

Status SimulatedDisk::Remove(const std::string& path) {
  const std::string name = NormalPath(path);
  Lock lock(mutex_);
  const DiskOperation operation{DiskOperation::kRemove, name};
  OUBLI_TRY_ASSIGN(const Verdict verdict, Ask(lock, epoch_, operation));
  const auto node = names_.Find(name);
  if (!node || node->IsFolder()) {
    return Fail(DiskError("remove", name, node ? EISDIR : ENOENT));
  }
  if (!IsPartly(verdict)) names_.Change({{name, nullptr}});
  return Finish(verdict, operation);
}

Status SimulatedDisk::RemoveFolder(const std::string& path) {
  const std::string name = NormalPath(path);
  std::vector<std::pair<std::string, bool>> inner;  // and whether it is a folder
  {
    const Lock lock(mutex_);
    const auto node = names_.Find(name);
    if (!node || !node->IsFolder()) return Fail(DiskError("remove", name, node ? ENOTDIR : ENOENT));
    for (const auto& [entry, what] : node->entries) {
      inner.emplace_back(name + "/" + entry, what->IsFolder());
    }
  }
  for (const auto& [entry, is_folder] : inner) {
    OUBLI_TRY(is_folder ? RemoveFolder(entry) : Remove(entry));
  }
  Lock lock(mutex_);
  const DiskOperation operation{DiskOperation::kRemove, name};
  OUBLI_TRY_ASSIGN(const Verdict verdict, Ask(lock, epoch_, operation));
  if (!IsPartly(verdict)) names_.Change({{name, nullptr}});
  return Finish(verdict, operation);
}

Result<std::vector<std::string>> SimulatedDisk::List(const std::string& folder) {
  const std::string name = NormalPath(folder);
  Lock lock(mutex_);
  const DiskOperation operation{DiskOperation::kList, name};
  OUBLI_TRY_ASSIGN(const Verdict verdict, Ask(lock, epoch_, operation));
  OUBLI_TRY(Finish(verdict, operation));
  const auto node = names_.Find(name);
  if (!node || !node->IsFolder()) return Fail(DiskError("list", name, ENOENT));
  std::vector<std::string> found;
  for (const auto& [entry, what] : node->entries) found.push_back(entry);
  return found;
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
  names_.Crash(rng);
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
  const auto found = sync_counts_.find(NormalPath(path));
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
  const auto node = names_.Find(NormalPath(path));
  if (!node || node->IsFolder()) return std::nullopt;
  return node->content->view();
}

std::optional<std::string> SimulatedDisk::DurableCopyOf(const std::string& path) const {
  const Lock lock(mutex_);
  const auto node = names_.FindDurable(NormalPath(path));
  if (!node || node->IsFolder()) return std::nullopt;
  return node->content->durable();
}

std::map<std::string, std::string> SimulatedDisk::Snapshot() const { return Tree().files; }

std::vector<std::string> SimulatedDisk::AllFiles() const {
  std::vector<std::string> paths;
  for (const auto& [path, bytes] : Tree().files) paths.push_back(path);
  return paths;
}

DiskTree SimulatedDisk::Tree() const {
  const Lock lock(mutex_);
  return names_.Tree();
}

DiskTree SimulatedDisk::TreeAfterCrash(std::mt19937_64* rng) const {
  const Lock lock(mutex_);
  return names_.TreeAfterCrash(rng);
}

void SimulatedDisk::Put(const std::string& path, std::string bytes) {
  const Lock lock(mutex_);
  names_.Put(NormalPath(path), std::move(bytes));
}

void SimulatedDisk::Lose(const std::string& path) {
  const Lock lock(mutex_);
  names_.Lose(NormalPath(path));
}

}  // namespace oubli::storage
