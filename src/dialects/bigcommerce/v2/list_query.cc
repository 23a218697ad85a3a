#include "dialects/bigcommerce/v2/list_query.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/date_time.h"
#include "base/text.h"
#include "dialects/bigcommerce/v2/reply.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

constexpr size_t kMaxShownName = 100;
constexpr size_t kPlainDateLength = 10;  // 2024-05-14
constexpr int64_t kSecondsADay = 24 * 60 * 60;

Result<std::optional<SecondsRange>> ReadDate(const Query& query, std::string_view name,
                                             const Choices& choices) {
  OUBLI_TRY_ASSIGN(const auto text, query.Single(name));
  if (!text) return std::nullopt;
  auto ms = ParseIso8601(*text);
  if (!ms) ms = ParseRfc2822(*text);
  if (!ms) return Fail(ErrorKind::kInvalid, "is not a valid RFC-2822 or ISO-8601 date", name);
  SecondsRange range{SecondOf(*ms), SecondOf(*ms)};
  if (choices.plain_date_is_whole_day && text->size() == kPlainDateLength) {
    range.to += kSecondsADay - 1;
  }
  return range;
}

}  // namespace

Result<Query> ReadQuery(const Call& call, std::span<const std::string_view> known) {
  OUBLI_TRY_ASSIGN(Query query, Query::Parse(call.request.query));
  for (const Query::Pair& pair : query.pairs()) {
    if (pair.name.empty() || std::ranges::find(known, pair.name) != known.end()) continue;
    const bool shown = pair.name.size() <= kMaxShownName && IsValidUtf8(pair.name) &&
                       !HasControlCharacters(pair.name);
    return Fail(NotSupported(shown ? std::string_view(pair.name) : "?"));
  }
  return query;
}

std::optional<int64_t> ModifiedSince(const http::Request& request) {
  const std::string* header = request.FindHeader("If-Modified-Since");
  if (header == nullptr) return std::nullopt;
  const auto ms = ParseRfc2822(*header);
  if (!ms) return std::nullopt;
  return SecondOf(*ms);
}

bool IsModified(const std::optional<int64_t>& since, UnixMs modified_at) {
  return !since || SecondOf(modified_at) > *since;
}

Result<SecondsRange> ReadBounds(const Query& query, std::string_view min_name,
                                std::string_view max_name, const Choices& choices) {
  const int64_t beyond = choices.date_bounds_inclusive ? 0 : 1;
  OUBLI_TRY_ASSIGN(const auto min, ReadDate(query, min_name, choices));
  OUBLI_TRY_ASSIGN(const auto max, ReadDate(query, max_name, choices));
  SecondsRange range;
  if (min) range.from = min->from + beyond;
  if (max) range.to = max->to - beyond;
  return range;
}

Result<std::optional<TextList>> ReadText(const Query& query, std::string_view name,
                                         const Choices& choices) {
  OUBLI_TRY_ASSIGN(const auto text, query.Single(name));
  if (!text) return std::nullopt;
  return TextList::Of({std::string(*text)}, choices);
}

Result<std::optional<bool>> ReadFlag(const Query& query, std::string_view name) {
  OUBLI_TRY_ASSIGN(const auto text, query.Single(name));
  if (!text) return std::nullopt;
  if (*text == "true" || *text == "1") return true;
  if (*text == "false" || *text == "0") return false;
  return Fail(ErrorKind::kInvalid, "is neither true nor false", name);
}

std::optional<int64_t> IdOf(std::string_view text) {
  if (!IsDigits(text)) return std::nullopt;
  const auto id = ParseInt(text);
  return id && *id > 0 ? id : std::nullopt;
}

void SendList(const Reply& reply, std::string_view root, boost::json::array rows,
              bool conditional) {
  if (!rows.empty()) return reply.Array(200, root, std::move(rows));
  if (conditional) return reply.NotModified();
  reply.NoContent();
}

}  // namespace oubli::dialects::bigcommerce::v2
