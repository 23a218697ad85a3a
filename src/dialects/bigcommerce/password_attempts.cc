#include "dialects/bigcommerce/password_attempts.h"

#include "crypto/secret_hash.h"
#include "customers/customers.h"

namespace oubli::dialects::bigcommerce {

bool PasswordAttempts::AllowEmail(int64_t store_number, std::string_view email) {
  return Allow(Call::kValidateCredentials, store_number, customers::NormalizeEmail(email),
               {choices_.max_logins_of_a_store, choices_.max_logins_of_an_email});
}

bool PasswordAttempts::AllowCustomer(int64_t store_number, int64_t customer_id) {
  return Allow(Call::kValidate, store_number, std::to_string(customer_id),
               {choices_.max_validations_of_a_store, choices_.max_validations_of_a_customer});
}

bool PasswordAttempts::Allow(Call call, int64_t store_number, std::string_view who,
                             const Limits& limits) {
  const std::string token = crypto::BlindToken(key_, "password attempt", who);
  const int64_t now_ms = clock_.BootMs();
  const std::lock_guard lock(mutex_);
  const std::pair place(store_number, call);
  auto entry = windows_.find(place);
  if (entry == windows_.end() || HasEnded(entry->second, now_ms)) {
    ForgetEnded(now_ms);
    entry = windows_.emplace(place, Window{now_ms, 0, {}}).first;
  }
  Window& window = entry->second;
  if (window.attempts >= limits.of_store) return false;
  int64_t& of_one = window.by_token[token];
  if (of_one >= limits.of_one) return false;
  ++of_one;
  ++window.attempts;
  return true;
}

bool PasswordAttempts::HasEnded(const Window& window, int64_t now_ms) const {
  return now_ms - window.begun_ms >= choices_.password_window_ms;
}

void PasswordAttempts::ForgetEnded(int64_t now_ms) {
  std::erase_if(windows_, [&](const auto& entry) { return HasEnded(entry.second, now_ms); });
}

}  // namespace oubli::dialects::bigcommerce
