#include "dialects/bigcommerce/query.h"

#include <algorithm>

#include "base/text.h"
#include "http/parameters.h"

namespace oubli::dialects::bigcommerce {
namespace {

constexpr size_t kMaxParameters = 1000;
constexpr size_t kMaxTexts = 250;  // of one filter, as many as ids in a delete

std::string Decode(std::string_view text) {
  if (text.find_first_of("%+") == std::string_view::npos) return std::string(text);
  return http::PercentDecode(text, true);
}

// Whether a text may go into an answer, and can be somebody's name at all.
bool IsPlainText(std::string_view text) { return IsValidUtf8(text) && !HasControlCharacters(text); }

}  // namespace

Result<Query> Query::Parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    if (query.pairs_.size() == kMaxParameters) {
      return Fail(ErrorKind::kInvalid, "Too many query parameters");
    }
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const size_t equals = pair.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    query.pairs_.push_back({Decode(pair.substr(0, equals)), Decode(value)});
  }
  return query;
}

Status Query::CheckNames(std::span<const std::string_view> known) const {
  std::vector<std::string_view> unknown;
  for (const Pair& pair : pairs_) {
    const std::string_view name = IsPlainText(pair.name) ? std::string_view(pair.name) : "?";
    if (std::ranges::find(known, name) != known.end()) continue;
    if (std::ranges::find(unknown, name) == unknown.end()) unknown.push_back(name);
  }
  if (unknown.empty()) return {};
  std::string title = "The filter(s): ";
  for (size_t i = 0; i < unknown.size(); ++i) {
    if (i > 0) title += ", ";
    title += unknown[i];
  }
  title += " are not valid filter parameter(s).";
  return Fail(ErrorKind::kInvalid, title);
}

Result<std::optional<std::string_view>> Query::Single(std::string_view name) const {
  std::optional<std::string_view> value;
  for (const Pair& pair : pairs_) {
    if (pair.name != name) continue;
    if (value) return Fail(ErrorKind::kInvalid, "must be given once", name);
    if (!IsPlainText(pair.value)) return Fail(ErrorKind::kInvalid, "must be plain text", name);
    value = pair.value;
  }
  return value;
}

Result<std::optional<std::vector<int64_t>>> Query::Integers(std::string_view name) const {
  std::optional<std::vector<int64_t>> list;
  for (const Pair& pair : pairs_) {
    if (pair.name != name) continue;
    if (!list) list.emplace();
    std::string_view rest = pair.value;
    while (!pair.value.empty()) {
      const size_t comma = rest.find(',');
      const auto number = ParseInt(rest.substr(0, comma));
      if (!number) return Fail(ErrorKind::kInvalid, "must be a list of integers", name);
      list->push_back(*number);
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  if (list) {
    std::ranges::sort(*list);
    const auto repeats = std::ranges::unique(*list);
    list->erase(repeats.begin(), repeats.end());
  }
  return list;
}

Result<std::optional<std::vector<std::string>>> Query::Texts(std::string_view name) const {
  std::optional<std::vector<std::string>> list;
  for (const Pair& pair : pairs_) {
    if (pair.name != name) continue;
    if (!IsPlainText(pair.value)) return Fail(ErrorKind::kInvalid, "must be plain text", name);
    if (!list) list.emplace();
    for (const std::string_view element : Split(pair.value, ',')) list->emplace_back(element);
    // Each one costs a look at every customer.
    if (list->size() > kMaxTexts) return Fail(ErrorKind::kInvalid, "has too many values", name);
  }
  return list;
}

}  // namespace oubli::dialects::bigcommerce
