#include "admin/web/sign_in_guard.h"

#include <algorithm>
#include <array>

namespace oubli::admin::web {
namespace {

// More than this many counts: the old ones are dropped. An attacker with that many addresses is not
// held up by counting addresses; the count of the name holds all the same.
constexpr size_t kMaxCounts = 100'000;

struct Keys {
  Keys(std::string_view name, std::string_view address)
      : pair(std::string("p") + std::string(name) + '\n' + std::string(address)),
        by_name(std::string("n") + std::string(name)),
        by_address(std::string("a") + std::string(address)) {}
  std::string pair;
  std::string by_name;
  std::string by_address;
};

}  // namespace

int64_t SignInGuard::LockedFor(const std::string& key, int most) {
  const auto found = counts_.find(key);
  if (found == counts_.end()) return 0;
  const int64_t left = found->second.last_ms + kLockMs - clock_.BootMs();
  if (left <= 0) {
    counts_.erase(found);
    return 0;
  }
  return found->second.wrong >= most ? left : 0;
}

void SignInGuard::DropOld() {
  if (counts_.size() < kMaxCounts) return;
  const int64_t now = clock_.BootMs();
  std::erase_if(counts_,
                [now](const auto& entry) { return entry.second.last_ms + kLockMs <= now; });
  // Still full of fresh ones: those of names stay, they are what an attack is about.
  if (counts_.size() < kMaxCounts) return;
  std::erase_if(counts_, [](const auto& entry) { return entry.first.front() != 'n'; });
}

int64_t SignInGuard::Begin(std::string_view name, std::string_view address) {
  const Keys keys(name, address);
  const std::lock_guard lock(mutex_);
  const int64_t locked_ms =
      std::max({LockedFor(keys.pair, kWrongOfPair), LockedFor(keys.by_address, kWrongOfAddress),
                LockedFor(keys.by_name, kWrongOfName)});
  if (locked_ms > 0) return (locked_ms + 999) / 1000;
  DropOld();
  for (const std::string& key : {keys.pair, keys.by_address, keys.by_name}) {
    Count& count = counts_[key];
    ++count.wrong;
    count.last_ms = clock_.BootMs();
  }
  return 0;
}

void SignInGuard::SignedIn(std::string_view name, std::string_view address) {
  const Keys keys(name, address);
  const std::lock_guard lock(mutex_);
  counts_.erase(keys.pair);
  // What others have tried meanwhile still counts.
  for (const std::string& key : {keys.by_address, keys.by_name}) {
    const auto found = counts_.find(key);
    if (found != counts_.end() && --found->second.wrong <= 0) counts_.erase(found);
  }
}

}  // namespace oubli::admin::web
