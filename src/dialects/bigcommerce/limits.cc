#include "dialects/bigcommerce/limits.h"

#include <algorithm>
#include <utility>

namespace oubli::dialects::bigcommerce {
namespace {

using customers::RateLimit;
using customers::Setting;

constexpr std::array<ConcurrencyRule, kConcurrencyRules> kRules = {{
    {"PUT", "/stores/{store_hash}/v3/customers", 3},
    {"PUT", "/stores/{store_hash}/v3/customers/addresses", 3},
    {"POST", "/stores/{store_hash}/v3/customers/addresses", 10},
    {"POST", "/stores/{store_hash}/v3/customers/attributes", 3},
    {"PUT", "/stores/{store_hash}/v3/customers/attributes", 3},
    {"PUT", "/stores/{store_hash}/v3/customers/attribute-values", 3},
    {"PUT", "/stores/{store_hash}/v3/customers/form-field-values", 10},
    {"POST", "/stores/{store_hash}/v3/segments", 10},
    {"PUT", "/stores/{store_hash}/v3/segments", 10},
    {"GET", "/stores/{store_hash}/v2/customer_groups", 40},
    {"POST", "/stores/{store_hash}/v2/customer_groups", 40},
}};

// The rule's number, or kConcurrencyRules when the endpoint has none.
size_t RuleFor(std::string_view method, std::string_view pattern) {
  const auto* const rule = std::ranges::find_if(kRules, [&](const ConcurrencyRule& each) {
    return each.method == method && each.pattern == pattern;
  });
  return static_cast<size_t>(rule - kRules.begin());
}

// Requests in a window; 0: any number.
int64_t QuotaOf(const customers::SettingValues& settings, const Choices& choices) {
  const int64_t set = settings.Get(Setting::kBigCommerceRateLimit);
  if (set > 0) return set;
  const bool original =
      set == RateLimit::kOriginal || settings.IsOn(Setting::kBigCommerceOriginalLimits);
  return original ? choices.original_quota : 0;
}

int64_t WholeSeconds(int64_t ms) { return std::max<int64_t>(1, (ms + 999) / 1000); }

}  // namespace

std::span<const ConcurrencyRule, kConcurrencyRules> ConcurrencyRules() { return kRules; }

bool RollingWindow::Take(int64_t now_ms, int64_t quota) {
  while (!moments_.empty() && moments_.front().at_ms + kLengthMs <= now_ms) {
    used_ -= moments_.front().count;
    moments_.pop_front();
  }
  if (used_ >= quota) return false;
  if (moments_.empty() || moments_.back().at_ms < now_ms) moments_.push_back({now_ms, 0});
  ++moments_.back().count;
  ++used_;
  return true;
}

int64_t RollingWindow::ResetMs(int64_t now_ms, int64_t quota) const {
  // More than one has to leave where the quota was made smaller.
  int64_t to_leave = std::max<int64_t>(1, used_ - quota + 1);
  for (const Moment& moment : moments_) {
    to_leave -= moment.count;
    if (to_leave <= 0) return moment.at_ms + kLengthMs - now_ms;
  }
  return 0;
}

std::optional<ShownQuota> StoreLimits::Take(int64_t now_ms, int64_t quota) {
  const std::lock_guard lock(mutex_);
  if (!window_.Take(now_ms, quota)) return std::nullopt;
  return ShownQuota{quota, quota - window_.used(), window_.ResetMs(now_ms, quota)};
}

ShownQuota StoreLimits::Refused(int64_t now_ms, int64_t quota) {
  const std::lock_guard lock(mutex_);
  return {quota, std::max<int64_t>(0, quota - window_.used()), window_.ResetMs(now_ms, quota)};
}

bool StoreLimits::Enter(size_t rule, int64_t at_most) {
  const std::lock_guard lock(mutex_);
  if (under_way_[rule] >= at_most) return false;
  ++under_way_[rule];
  return true;
}

void StoreLimits::Leave(size_t rule) {
  const std::lock_guard lock(mutex_);
  --under_way_[rule];
}

std::shared_ptr<StoreLimits> Limits::Of(int64_t store) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<StoreLimits>& limits = stores_[store];
  if (!limits) limits = std::make_shared<StoreLimits>();
  return limits;
}

Admission Limits::Admit(customers::Store& store, std::string_view method,
                        std::string_view pattern) {
  const customers::SettingValues& settings = store.settings();
  const int64_t quota = QuotaOf(settings, choices_);
  const bool few_at_a_time = settings.IsOn(Setting::kBigCommerceConcurrencyLimits) ||
                             settings.IsOn(Setting::kBigCommerceOriginalLimits);
  Admission admission;
  if (quota == 0 && !few_at_a_time) return admission;
  const std::shared_ptr<StoreLimits> limits = Of(store.number());
  const int64_t now_ms = clock_.BootMs();
  const size_t rule = few_at_a_time ? RuleFor(method, pattern) : kConcurrencyRules;
  if (rule < kConcurrencyRules) {
    if (!limits->Enter(rule, kRules[rule].at_most)) {
      admission.admitted = false;
      admission.retry_after_s = choices_.busy_retry_after_s;
      admission.shown = quota > 0 ? limits->Refused(now_ms, quota) : ShownQuota();
      return admission;
    }
    admission.place = std::make_shared<Place>(limits, rule);
  }
  if (quota == 0) return admission;
  if (const auto shown = limits->Take(now_ms, quota)) {
    admission.shown = *shown;
    return admission;
  }
  admission.place.reset();
  admission.admitted = false;
  admission.shown = limits->Refused(now_ms, quota);
  admission.retry_after_s = WholeSeconds(admission.shown.reset_ms);
  return admission;
}

}  // namespace oubli::dialects::bigcommerce
