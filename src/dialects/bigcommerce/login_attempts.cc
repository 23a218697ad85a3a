#include "dialects/bigcommerce/login_attempts.h"

#include "crypto/secret_hash.h"
#include "customers/customers.h"

namespace oubli::dialects::bigcommerce {

bool LoginAttempts::Allow(int64_t store_number, std::string_view email) {
  const std::string token =
      crypto::BlindToken(key_, "login attempt", customers::NormalizeEmail(email));
  const int64_t now_ms = clock_.BootMs();
  const std::lock_guard lock(mutex_);
  auto entry = windows_.find(store_number);
  if (entry == windows_.end() || HasEnded(entry->second, now_ms)) {
    ForgetEnded(now_ms);
    entry = windows_.emplace(store_number, Window{now_ms, 0, {}}).first;
  }
  Window& window = entry->second;
  if (window.attempts >= choices_.max_logins_of_a_store) return false;
  int64_t& of_email = window.by_email[token];
  if (of_email >= choices_.max_logins_of_an_email) return false;
  ++of_email;
  ++window.attempts;
  return true;
}

bool LoginAttempts::HasEnded(const Window& window, int64_t now_ms) const {
  return now_ms - window.begun_ms >= choices_.login_window_ms;
}

void LoginAttempts::ForgetEnded(int64_t now_ms) {
  std::erase_if(windows_, [&](const auto& entry) { return HasEnded(entry.second, now_ms); });
}

}  // namespace oubli::dialects::bigcommerce
