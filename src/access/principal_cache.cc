#include "access/principal_cache.h"

#include <mutex>

namespace oubli::access {

std::shared_ptr<const KnownPrincipal> PrincipalCache::Find(const std::string& key) const {
  std::shared_lock lock(mutex_);
  const auto found = known_.find(key);
  return found == known_.end() ? nullptr : found->second;
}

uint64_t PrincipalCache::generation() const {
  std::shared_lock lock(mutex_);
  return generation_;
}

void PrincipalCache::Put(uint64_t generation, const std::string& key,
                         std::shared_ptr<const KnownPrincipal> known) {
  std::unique_lock lock(mutex_);
  if (generation != generation_) return;
  // Expired tokens leave this way too. Starting over costs one look-up a live secret.
  if (known_.size() >= kMaxEntries) known_.clear();
  known_.insert_or_assign(key, std::move(known));
}

void PrincipalCache::Drop() {
  std::unique_lock lock(mutex_);
  ++generation_;
  known_.clear();
}

}  // namespace oubli::access
