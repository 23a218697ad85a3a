// Who is behind the credentials that have been seen lately, so that a request asks no database.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "access/api_keys.h"

namespace oubli::access {

struct KnownPrincipal {
  Principal principal;
  UnixMs expires_at = std::numeric_limits<UnixMs>::max();
};

// Safe from any thread. Keyed by hashes of secrets, never by the secrets. What is unknown is not
// kept: guesses cannot fill it.
class PrincipalCache {
 public:
  static constexpr size_t kMaxEntries = 10'000;

  std::shared_ptr<const KnownPrincipal> Find(const std::string& key) const;

  // To be read before the database is asked; Put() does nothing when Drop() came in between, so
  // that an answer from before a revocation cannot stay.
  uint64_t generation() const;
  void Put(uint64_t generation, const std::string& key,
           std::shared_ptr<const KnownPrincipal> known);
  void Drop();

 private:
  mutable std::shared_mutex mutex_;
  uint64_t generation_ = 0;
  std::unordered_map<std::string, std::shared_ptr<const KnownPrincipal>> known_;
};

}  // namespace oubli::access
