#include "dialects/hotcakes/query.h"

#include <algorithm>

#include "base/text.h"
#include "http/parameters.h"

namespace oubli::dialects::hotcakes {
namespace {
constexpr size_t kMaxParameters = 1000;
}

std::optional<Query> Query::Parse(std::string_view raw) {
  Query query;
  if (raw.empty()) return query;
  for (const std::string_view pair : Split(raw, '&')) {
    if (pair.empty()) continue;
    if (query.entries_.size() == kMaxParameters) return std::nullopt;
    const size_t equals = pair.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    query.entries_.push_back(
        {http::PercentDecode(pair.substr(0, equals), true), std::string(value)});
  }
  return query;
}

std::optional<std::string> Query::Find(std::string_view name) const { return Joined(name, true); }

std::optional<std::string> Query::FindKeepingPlus(std::string_view name) const {
  return Joined(name, false);
}

std::optional<std::string> Query::Joined(std::string_view name, bool plus_is_blank) const {
  std::optional<std::string> joined;
  for (const Entry& entry : entries_) {
    if (!EqualsIgnoreCase(entry.name, name)) continue;
    std::string value = http::PercentDecode(entry.raw_value, plus_is_blank);
    joined = joined ? *joined + "," + value : std::move(value);
  }
  return joined;
}

bool Query::HasOnly(std::initializer_list<std::string_view> names) const {
  return std::ranges::all_of(entries_, [&](const Entry& entry) {
    return std::ranges::any_of(
        names, [&](std::string_view name) { return EqualsIgnoreCase(entry.name, name); });
  });
}

}  // namespace oubli::dialects::hotcakes
