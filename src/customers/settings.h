// What a store's operator may choose: one table of names, types and limits. The texts lie in the
// table `setting` of the store's file; an open store keeps the values in memory, so that a request
// asks no database for them. Other modules' notes in that table are no settings and not seen here.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace oubli::storage {
class Connection;
}

namespace oubli::customers {

class Store;
class StoreView;

enum class Setting : size_t {
  kEraseSubscribers,              // switch
  kKeepOrderAmounts,              // switch
  kBigCommerceOriginalLimits,     // switch
  kBigCommerceRateLimit,          // requests, or one of RateLimit
  kBigCommerceConcurrencyLimits,  // switch
  kBigCommerceChannelIdsAsArray,  // switch
  kStickyStreetGet,               // switch
  kHotcakesRequireTls,            // switch
};
inline constexpr size_t kSettings = 8;

// The words among the values of kBigCommerceRateLimit; other values are a number of requests.
struct RateLimit {
  static constexpr int64_t kOff = 0;
  static constexpr int64_t kOriginal = -1;  // what the original gives
};

// A word that a value may be, and the number that it stands for.
struct SettingWord {
  std::string_view word;
  int64_t number = 0;
};

// A value is one of the words, or, where `max` is above zero, a number from `min` to `max`. Of two
// words for the same number the first one is shown.
struct SettingRule {
  Setting setting;
  std::string_view name;
  std::string_view dialect;  // "" where it counts for all
  std::span<const SettingWord> words;
  int64_t min = 0;
  int64_t max = 0;
  int64_t otherwise = 0;  // the value as long as nobody has set it
  std::string_view help;  // one line
};

std::span<const SettingRule> SettingRules();  // in the order of the enum
const SettingRule& RuleOf(Setting setting);
// Errors: kInvalid, in a text that names the nearest or all known ones; field "name".
Result<const SettingRule*> FindSettingByName(std::string_view name);

// Errors: kInvalid, in a text that says what is known; field "value".
Result<int64_t> ParseSetting(const SettingRule& rule, std::string_view text);
std::string FormatSetting(const SettingRule& rule, int64_t value);
std::string DescribeValues(const SettingRule& rule);  // "off, original, or 1 to 1000000"

// The values of an open store. Safe from any thread.
class SettingValues {
 public:
  SettingValues();  // as when nobody has set any
  int64_t Get(Setting setting) const {
    return values_[static_cast<size_t>(setting)].load(std::memory_order_relaxed);
  }
  bool IsOn(Setting setting) const { return Get(setting) != 0; }
  void Set(Setting setting, int64_t value) {
    values_[static_cast<size_t>(setting)].store(value, std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<int64_t>, kSettings> values_;
};

// All values as they are stored. A text that this version does not understand counts as not set,
// and is logged.
Status LoadSettings(storage::Connection& connection, SettingValues& values);

// What a view or a transaction sees: for decisions that have to fit what is committed with them.
Result<int64_t> ReadSettingValue(StoreView& view, Setting setting);

struct SettingState {
  const SettingRule* rule = nullptr;
  int64_t value = 0;
  bool is_set = false;
};
Result<SettingState> ReadSettingState(StoreView& view, const SettingRule& rule);

// Stores a value, or, with nothing, forgets what was stored; it counts for every request that
// begins after the return. Not from a writer thread. Errors: kInvalid, kUnavailable.
Result<SettingState> ChangeSetting(Store& store, std::string_view name,
                                   const std::optional<std::string>& text);

// The table of docs/configuration.md.
std::string StoreSettingsReference();

}  // namespace oubli::customers
