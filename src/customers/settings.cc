#include "customers/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <memory>

#include "base/check.h"
#include "base/log.h"
#include "base/text.h"
#include "customers/definitions.h"
#include "customers/store.h"

namespace oubli::customers {
namespace {

constexpr SettingWord kYesNo[] = {{"yes", 1}, {"no", 0}, {"on", 1}, {"off", 0}};
constexpr SettingWord kOnOff[] = {{"on", 1}, {"off", 0}, {"yes", 1}, {"no", 0}};
constexpr SettingWord kRateWords[] = {{"off", RateLimit::kOff}, {"original", RateLimit::kOriginal}};

constexpr SettingRule kSettingRules[] = {
    {Setting::kEraseSubscribers, "erase_subscribers", "", kYesNo, 0, 0, 1,
     "Erasing a customer erases the newsletter subscriber with the same e-mail address too."},
    {Setting::kKeepOrderAmounts, "keep_order_amounts", "", kYesNo, 0, 0, 0,
     "Each order's day, amounts and article codes are also written apart from the person, and stay "
     "when the customer is erased. Orders that are there already: oubli orders keep."},
    {Setting::kBigCommerceOriginalLimits, "bigcommerce_original_limits", "bigcommerce", kOnOff, 0,
     0, 0,
     "All limits of the original: the rate limit, where bigcommerce_rate_limit gives no number, "
     "and the concurrency limits."},
    {Setting::kBigCommerceRateLimit, "bigcommerce_rate_limit", "bigcommerce", kRateWords, 1,
     1'000'000, RateLimit::kOff,
     "Requests that the store answers in any 30 seconds, of all its keys together; original is "
     "150."},
    {Setting::kBigCommerceConcurrencyLimits, "bigcommerce_concurrency_limits", "bigcommerce",
     kOnOff, 0, 0, 0,
     "How many calls of some endpoints may be under way at a time, as in the original."},
    {Setting::kBigCommerceChannelIdsAsArray, "bigcommerce_channel_ids_as_array", "bigcommerce",
     kYesNo, 0, 0, 0,
     "channel_ids of a customer of all channels is an array of the customer's origin channel, not "
     "null."},
    {Setting::kStickyStreetGet, "stickystreet_get", "stickystreet", kYesNo, 0, 0, 1,
     "GET is answered too, with a warning, though it shows the credentials in the URL; no answers "
     "405."},
    {Setting::kHotcakesRequireTls, "hotcakes_require_tls", "hotcakes", kYesNo, 0, 0, 0,
     "Calls that do not come over TLS get the error SSLCONNECTION. Behind a proxy that ends TLS "
     "all "
     "of them would: leave it to the proxy."},
};
static_assert(std::size(kSettingRules) == kSettings);

Result<std::string> StoredText(storage::Connection& connection, std::string_view name) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare("SELECT value FROM setting WHERE name = $1"));
  select->BindText(1, name);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  return found ? std::string(select->Text(0)) : std::string();
}

Result<SettingState> StateOf(storage::Connection& connection, const SettingRule& rule) {
  SettingState state{&rule, rule.otherwise, false};
  OUBLI_TRY_ASSIGN(const std::string text, StoredText(connection, rule.name));
  if (text.empty()) return state;
  const Result<int64_t> value = ParseSetting(rule, text);
  if (!value) {
    Log(LogLevel::kWarning, "a store's setting is not understood and does not count",
        {{"setting", std::string(rule.name)}});
    return state;
  }
  state.value = *value;
  state.is_set = true;
  return state;
}

}  // namespace

std::span<const SettingRule> SettingRules() { return kSettingRules; }

const SettingRule& RuleOf(Setting setting) {
  const SettingRule& rule = kSettingRules[static_cast<size_t>(setting)];
  OUBLI_CHECK(rule.setting == setting);
  return rule;
}

Result<const SettingRule*> FindSettingByName(std::string_view name) {
  const auto* const rule = std::ranges::find(kSettingRules, name, &SettingRule::name);
  if (rule != std::end(kSettingRules)) return rule;
  std::vector<std::string_view> known;
  for (const SettingRule& each : kSettingRules) known.push_back(each.name);
  const std::string_view near = NearestName(name, known);
  return Fail(ErrorKind::kInvalid,
              near.empty()
                  ? fmt::format("unknown setting; the known ones are {}", fmt::join(known, ", "))
                  : fmt::format("unknown setting; did you mean {}?", near),
              "name");
}

Result<int64_t> ParseSetting(const SettingRule& rule, std::string_view text) {
  const auto word = std::ranges::find(rule.words, text, &SettingWord::word);
  if (word != rule.words.end()) return word->number;
  const std::optional<int64_t> number = ParseInt(text);
  if (rule.max > 0 && number && *number >= rule.min && *number <= rule.max) return *number;
  return Fail(ErrorKind::kInvalid, fmt::format("{} must be {}", rule.name, DescribeValues(rule)),
              "value");
}

std::string FormatSetting(const SettingRule& rule, int64_t value) {
  const auto word = std::ranges::find(rule.words, value, &SettingWord::number);
  return word != rule.words.end() ? std::string(word->word) : fmt::format("{}", value);
}

std::string DescribeValues(const SettingRule& rule) {
  std::vector<std::string> values;
  for (const SettingWord& word : rule.words) {
    // The second word for a number is understood, and need not be told.
    if (FormatSetting(rule, word.number) == word.word) values.emplace_back(word.word);
  }
  if (rule.max > 0) values.push_back(fmt::format("a number from {} to {}", rule.min, rule.max));
  const std::string last = values.back();
  values.pop_back();
  return fmt::format("{} or {}", fmt::join(values, ", "), last);
}

SettingValues::SettingValues() {
  for (const SettingRule& rule : kSettingRules) Set(rule.setting, rule.otherwise);
}

Status LoadSettings(storage::Connection& connection, SettingValues& values) {
  for (const SettingRule& rule : kSettingRules) {
    OUBLI_TRY_ASSIGN(const SettingState state, StateOf(connection, rule));
    values.Set(rule.setting, state.value);
  }
  return {};
}

Result<int64_t> ReadSettingValue(StoreView& view, Setting setting) {
  OUBLI_TRY_ASSIGN(const SettingState state, StateOf(view.connection(), RuleOf(setting)));
  return state.value;
}

Result<SettingState> ReadSettingState(StoreView& view, const SettingRule& rule) {
  return StateOf(view.connection(), rule);
}

Result<SettingState> ChangeSetting(Store& store, std::string_view name,
                                   const std::optional<std::string>& text) {
  OUBLI_TRY_ASSIGN(const SettingRule* const rule, FindSettingByName(name));
  SettingState state{rule, rule->otherwise, false};
  if (text) {
    OUBLI_TRY_ASSIGN(state.value, ParseSetting(*rule, *text));
    state.is_set = true;
  }
  const std::string stored = text ? FormatSetting(*rule, state.value) : std::string();
  const auto changed = std::make_shared<std::promise<Status>>();
  store.Write(
      [rule, stored](StoreTransaction& transaction) {
        return WriteSetting(transaction, rule->name, stored);
      },
      // In the order of the commits, so that what is kept in memory is what was stored last.
      [&store, state, changed](const Status& status) {
        if (status) store.settings().Set(state.rule->setting, state.value);
        changed->set_value(status);
      });
  OUBLI_TRY(changed->get_future().get());
  return state;
}

std::string StoreSettingsReference() {
  std::string out =
      "| setting | dialect | values | default | what it does |\n|---|---|---|---|---|\n";
  for (const SettingRule& rule : kSettingRules) {
    out += fmt::format("| `{}` | {} | {} | `{}` | {} |\n", rule.name,
                       rule.dialect.empty() ? "all" : rule.dialect, DescribeValues(rule),
                       FormatSetting(rule, rule.otherwise), rule.help);
  }
  return out;
}

}  // namespace oubli::customers
