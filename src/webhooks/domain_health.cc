#include "webhooks/domain_health.h"

#include <algorithm>

namespace oubli::webhooks {

void DomainHealth::DropOld(int64_t now_ms) {
  if (now_ms - dropped_ms_ < kWindowMs) return;
  dropped_ms_ = now_ms;
  std::erase_if(windows_, [now_ms](const auto& entry) {
    const Window& window = entry.second;
    return window.blocked_until_ms <= now_ms && now_ms - window.began_ms >= kWindowMs;
  });
}

bool DomainHealth::Note(int64_t key_id, const std::string& domain, std::string_view failure,
                        int64_t now_ms, UnixMs wall_ms) {
  DropOld(now_ms);
  Window& window = windows_[{key_id, domain}];
  // What was under way when the domain was blocked says nothing new.
  if (window.blocked_until_ms > now_ms) return false;
  if (window.began_ms == 0 || now_ms - window.began_ms >= kWindowMs) {
    window = {};
    window.began_ms = now_ms;
  }
  ++window.requests;
  if (failure.empty()) {
    ++window.taken;
  } else {
    auto reason = std::ranges::find(window.reasons, failure, &FailureReason::description);
    if (reason == window.reasons.end()) {
      window.reasons.push_back({std::string(failure), 0, 0});
      reason = window.reasons.end() - 1;
    }
    ++reason->count;
    reason->last_at = wall_ms;
  }
  if (window.requests < kMinRequests || window.taken * 100 >= window.requests * kMinPercent) {
    return false;
  }
  window.blocked_until_ms = now_ms + kBlockMs;
  window.began_ms = 0;
  return true;
}

int64_t DomainHealth::BlockedForMs(int64_t key_id, const std::string& domain,
                                   int64_t now_ms) const {
  const auto found = windows_.find({key_id, domain});
  if (found == windows_.end()) return 0;
  return std::max<int64_t>(0, found->second.blocked_until_ms - now_ms);
}

std::vector<BlockedDomain> DomainHealth::Blocked(int64_t key_id, int64_t now_ms) const {
  std::vector<BlockedDomain> blocked;
  for (const auto& [key, window] : windows_) {
    if (key.first != key_id || window.blocked_until_ms <= now_ms) continue;
    blocked.push_back({key.second, window.blocked_until_ms - now_ms, window.reasons});
  }
  return blocked;
}

}  // namespace oubli::webhooks
