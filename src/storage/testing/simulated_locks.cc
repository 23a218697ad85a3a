#include "storage/testing/simulated_locks.h"

#include <algorithm>

namespace oubli::storage {
namespace {

// sqlite3_io_methods knows it as a state between the two that its callers ask for.
constexpr int kPending = SQLITE_LOCK_PENDING;

}  // namespace

int SimulatedLocks::LevelOf(const void* who) const {
  const auto found = levels_.find(who);
  return found == levels_.end() ? SQLITE_LOCK_NONE : found->second;
}

int SimulatedLocks::Lock(const void* who, int level) {
  const std::lock_guard lock(mutex_);
  const int own = LevelOf(who);
  if (own >= level) return SQLITE_OK;
  int others = SQLITE_LOCK_NONE;
  for (const auto& [other, held] : levels_) {
    if (other != who) others = std::max(others, held);
  }
  if (others >= kPending) return SQLITE_BUSY;
  if (level > SQLITE_LOCK_SHARED && others > SQLITE_LOCK_SHARED) return SQLITE_BUSY;
  if (level == SQLITE_LOCK_EXCLUSIVE && others != SQLITE_LOCK_NONE) {
    // No new readers come from here on, so that it is had once the others have left.
    levels_[who] = kPending;
    return SQLITE_BUSY;
  }
  levels_[who] = level;
  return SQLITE_OK;
}

void SimulatedLocks::Unlock(const void* who, int level) {
  const std::lock_guard lock(mutex_);
  if (LevelOf(who) <= level) return;
  if (level == SQLITE_LOCK_NONE) {
    levels_.erase(who);
  } else {
    levels_[who] = level;
  }
}

bool SimulatedLocks::IsReserved() const {
  const std::lock_guard lock(mutex_);
  return std::any_of(levels_.begin(), levels_.end(),
                     [](const auto& held) { return held.second > SQLITE_LOCK_SHARED; });
}

void* SimulatedLocks::MapShared(const void* who, int region, int size, bool may_make) {
  const std::lock_guard lock(mutex_);
  mapped_.insert(who);
  while (may_make && region >= static_cast<int>(regions_.size())) {
    regions_.push_back(std::make_unique<char[]>(size));
  }
  return region < static_cast<int>(regions_.size()) ? regions_[region].get() : nullptr;
}

int SimulatedLocks::LockShared(const void* who, int first, int count, int flags) {
  const std::lock_guard lock(mutex_);
  for (int i = first; i < first + count; ++i) {
    const bool other_exclusive = exclusive_[i] != nullptr && exclusive_[i] != who;
    const bool other_sharers = sharers_[i].size() > sharers_[i].count(who);
    if ((flags & SQLITE_SHM_UNLOCK) != 0) continue;
    if (other_exclusive) return SQLITE_BUSY;
    if ((flags & SQLITE_SHM_EXCLUSIVE) != 0 && other_sharers) return SQLITE_BUSY;
  }
  for (int i = first; i < first + count; ++i) {
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      sharers_[i].erase(who);
      if (exclusive_[i] == who) exclusive_[i] = nullptr;
    } else if ((flags & SQLITE_SHM_EXCLUSIVE) != 0) {
      exclusive_[i] = who;
    } else {
      sharers_[i].insert(who);
    }
  }
  return SQLITE_OK;
}

void SimulatedLocks::UnmapShared(const void* who) {
  const std::lock_guard lock(mutex_);
  for (auto& sharers : sharers_) sharers.erase(who);
  for (auto& owner : exclusive_) {
    if (owner == who) owner = nullptr;
  }
  if (mapped_.erase(who) > 0 && mapped_.empty()) regions_.clear();
}

}  // namespace oubli::storage
