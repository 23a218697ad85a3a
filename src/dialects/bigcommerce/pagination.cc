#include "dialects/bigcommerce/pagination.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "http/parameters.h"

namespace oubli::dialects::bigcommerce {
namespace {

constexpr size_t kMaxCursor = 1024;  // the longest one of ours has some 870 characters

// A positive number, or the default when the parameter is not there.
Result<int64_t> ReadPositive(const Query& query, std::string_view name, int64_t otherwise) {
  OUBLI_TRY_ASSIGN(const auto text, query.Single(name));
  if (!text) return otherwise;
  const auto number = ParseInt(*text);
  if (!number || *number < 1) return Fail(ErrorKind::kInvalid, "must be a positive integer", name);
  return *number;
}

Result<std::optional<Cursor>> ReadCursor(const Query& query, std::string_view name,
                                         bool of_fields) {
  OUBLI_TRY_ASSIGN(const auto text, query.Single(name));
  if (!text) return std::nullopt;
  auto cursor = DecodeCursor(*text);
  if (!cursor || cursor->field.has_value() != of_fields)
    return Fail(ErrorKind::kInvalid, "is not a cursor", name);
  return cursor;
}

// The request's other parameters in front of a link's own, when links repeat them.
std::string LinkStart(const Query& query, const Choices& choices) {
  std::string start = "?";
  if (!choices.links_repeat_filters) return start;
  for (const Query::Pair& pair : query.pairs()) {
    if (pair.name == "page" || pair.name == "limit" || pair.name == "after" ||
        pair.name == "before") {
      continue;
    }
    start += http::PercentEncode(pair.name) + "=" + http::PercentEncode(pair.value) + "&";
  }
  return start;
}

void WritePages(JsonWriter& json, const std::string& link_start, const PageRequest& page,
                const PageOutcome& outcome) {
  const int64_t full = outcome.total / page.limit;
  const int64_t total_pages =
      std::max<int64_t>(1, full + (outcome.total % page.limit != 0 ? 1 : 0));
  const auto link = [&](int64_t number) {
    return fmt::format("{}limit={}&page={}", link_start, page.limit, number);
  };
  json.Key("pagination").BeginObject();
  json.Member("total", outcome.total)
      .Member("count", outcome.count)
      .Member("per_page", page.limit)
      .Member("current_page", page.page)
      .Member("total_pages", total_pages);
  if (outcome.has_links) {
    json.Key("links").BeginObject();
    if (page.page > 1) json.Member("previous", link(page.page - 1));
    json.Member("current", link(page.page));
    if (page.page < total_pages) json.Member("next", link(page.page + 1));
    json.EndObject();
  }
  json.EndObject();
}

void WriteCursors(JsonWriter& json, const std::string& link_start, const PageRequest& page,
                  const PageOutcome& outcome) {
  json.Key("cursor_pagination").BeginObject();
  json.Member("count", outcome.count).Member("per_page", page.limit);
  if (outcome.first && outcome.last) {
    const std::string first = EncodeCursor(*outcome.first);
    const std::string last = EncodeCursor(*outcome.last);
    json.Member("start_cursor", first).Member("end_cursor", last);
    json.Key("links").BeginObject();
    if (outcome.has_previous) {
      json.Member("previous", fmt::format("{}limit={}&before={}", link_start, page.limit, first));
    }
    if (outcome.has_next) {
      json.Member("next", fmt::format("{}limit={}&after={}", link_start, page.limit, last));
    }
    json.EndObject();
  }
  json.EndObject();
}

}  // namespace

std::string EncodeCursor(const Cursor& cursor) {
  if (cursor.field) {
    return Base64UrlEncode(
        fmt::format(R"({{"sessionId":{},"fieldId":{}}})", cursor.id, *cursor.field));
  }
  if (cursor.key) {
    return Base64UrlEncode(fmt::format(R"({{"id":{},"key":{}}})", cursor.id, *cursor.key));
  }
  if (!cursor.sealed.empty()) {
    return Base64UrlEncode(
        fmt::format(R"({{"id":{},"at":"{}"}})", cursor.id, Base64UrlEncode(cursor.sealed)));
  }
  return Base64UrlEncode(fmt::format(R"({{"id":{}}})", cursor.id));
}

std::optional<Cursor> DecodeCursor(std::string_view text) {
  if (text.size() > kMaxCursor) return std::nullopt;
  const auto bytes = Base64UrlDecode(text);
  if (!bytes) return std::nullopt;
  const auto value = ParseJson(*bytes);
  if (!value || !value->is_object()) return std::nullopt;
  const auto& object = value->get_object();
  const auto number = [&object](std::string_view name) -> std::optional<int64_t> {
    const auto* member = FindMember(object, name);
    return member == nullptr ? std::nullopt : AsInt(*member);
  };
  Cursor cursor;
  if (FindMember(object, "sessionId") != nullptr) {
    const auto session = number("sessionId");
    cursor.field = number("fieldId");
    if (!session || *session < 0 || !cursor.field) return std::nullopt;
    cursor.id = *session;
    return cursor;
  }
  const auto id = number("id");
  if (!id || *id < 0) return std::nullopt;
  cursor.id = *id;
  cursor.key = number("key");
  if (!cursor.key && FindMember(object, "key") != nullptr) return std::nullopt;
  if (const auto* at = FindMember(object, "at")) {
    const auto text64 = AsString(*at);
    auto sealed = text64 ? Base64UrlDecode(*text64) : std::nullopt;
    if (!sealed) return std::nullopt;
    cursor.sealed = *std::move(sealed);
  }
  return cursor;
}

int64_t PageRequest::offset() const {
  if (page - 1 > INT64_MAX / limit - 1) return INT64_MAX - limit;
  return (page - 1) * limit;
}

namespace {

Status ReadPageAndLimit(const Query& query, const Choices& choices, PageRequest& request) {
  OUBLI_TRY_ASSIGN(request.page, ReadPositive(query, "page", 1));
  OUBLI_TRY_ASSIGN(request.limit, ReadPositive(query, "limit", choices.default_limit));
  if (request.limit > choices.max_limit) {
    if (!choices.clamp_limit) return Fail(ErrorKind::kTooMany, choices.limit_too_large);
    request.limit = choices.max_limit;
  }
  return {};
}

Status ReadCursors(const Query& query, bool of_fields, PageRequest& request) {
  OUBLI_TRY_ASSIGN(request.after, ReadCursor(query, "after", of_fields));
  OUBLI_TRY_ASSIGN(request.before, ReadCursor(query, "before", of_fields));
  if (request.after && request.before) {
    return Fail(ErrorKind::kInvalid, "cannot stand beside after", "before");
  }
  return {};
}

}  // namespace

Result<PageRequest> ReadPageRequest(const Query& query, const Choices& choices, bool has_cursors) {
  PageRequest request;
  OUBLI_TRY(ReadPageAndLimit(query, choices, request));
  if (has_cursors) OUBLI_TRY(ReadCursors(query, false, request));
  return request;
}

Result<PageRequest> ReadFieldPageRequest(const Query& query, const Choices& choices) {
  PageRequest request;
  OUBLI_TRY(ReadPageAndLimit(query, choices, request));
  OUBLI_TRY(ReadCursors(query, true, request));
  return request;
}

void WriteMeta(JsonWriter& json, const Query& query, const Choices& choices,
               const PageRequest& page, const PageOutcome& outcome) {
  const std::string link_start = LinkStart(query, choices);
  json.Key("meta").BeginObject();
  if (!page.by_cursor()) WritePages(json, link_start, page, outcome);
  if (page.by_cursor() || (outcome.has_cursors && page.page == 1)) {
    WriteCursors(json, link_start, page, outcome);
  }
  json.EndObject();
}

}  // namespace oubli::dialects::bigcommerce
