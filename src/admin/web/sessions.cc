#include "admin/web/sessions.h"

#include <algorithm>

#include "crypto/random.h"
#include "crypto/secret_hash.h"

namespace oubli::admin::web {

bool Sessions::IsOver(const Entry& entry) const {
  const int64_t now = clock_.BootMs();
  return now >= entry.used_ms + kIdleMs || now >= entry.began_ms + kLongestMs;
}

std::string Sessions::Begin(const access::Administrator& administrator) {
  std::string secret = crypto::RandomHex(64);
  Entry entry;
  entry.session = {administrator.id, administrator.password_version, crypto::RandomHex(32)};
  entry.began_ms = entry.used_ms = clock_.BootMs();
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [this](const auto& other) { return IsOver(other.second); });
  size_t of_this_one = 0;
  auto oldest = entries_.end();
  for (auto other = entries_.begin(); other != entries_.end(); ++other) {
    if (other->second.session.administrator_id != administrator.id) continue;
    ++of_this_one;
    if (oldest == entries_.end() || other->second.used_ms < oldest->second.used_ms) oldest = other;
  }
  if (of_this_one >= kMaxOfOne) entries_.erase(oldest);
  entries_.emplace(crypto::HashSecret(secret), std::move(entry));
  return secret;
}

std::optional<Session> Sessions::Use(std::string_view secret) { return Find(secret, true); }

std::optional<Session> Sessions::Look(std::string_view secret) { return Find(secret, false); }

std::optional<Session> Sessions::Find(std::string_view secret, bool counts) {
  const std::string hash = crypto::HashSecret(secret);
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(hash);
  if (found == entries_.end()) return std::nullopt;
  if (IsOver(found->second)) {
    entries_.erase(found);
    return std::nullopt;
  }
  if (counts) found->second.used_ms = clock_.BootMs();
  return found->second.session;
}

void Sessions::End(std::string_view secret) {
  const std::string hash = crypto::HashSecret(secret);
  const std::lock_guard lock(mutex_);
  entries_.erase(hash);
}

}  // namespace oubli::admin::web
