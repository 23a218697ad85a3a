#include "dialects/webcommander/pagination.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "base/text.h"

namespace oubli::dialects::webcommander {
namespace {

using Problem = std::optional<ApiError>;

constexpr int64_t kMaxLimit = 20;

// "https://shop.example", or "" when the Host header holds what no host name does: then links are
// paths.
std::string Origin(const http::Request& request) {
  const std::string* host = request.FindHeader("Host");
  if (host == nullptr || host->empty()) return "";
  const bool plain = std::all_of(host->begin(), host->end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == ':' || c == '-' || c == '[' || c == ']';
  });
  if (!plain) return "";
  return (request.tls ? "https://" : "http://") + *host;
}

// The list's own URL with the same filters at another place.
std::string PageUrl(const http::Request& request, const std::string& path,
                    const http::Parameters& kept, const Place& place, int64_t offset) {
  std::string url = Origin(request) + path + "?";
  for (const http::Parameter& parameter : kept.all()) {
    url += parameter.name + "=" + http::PercentEncode(parameter.value) + "&";
  }
  return url + "limit=" + std::to_string(place.limit) + "&offset=" + std::to_string(offset);
}

Problem ReadNumber(const http::Parameters& parameters, std::string_view name, int64_t min,
                   std::optional<int64_t>& number) {
  const std::string* text = parameters.Find(name);
  if (text == nullptr) return std::nullopt;
  number = ParseInt(*text);
  if (!number) return ValidationFailed(name, "invalid_value", "must be an integer");
  if (*number < min) {
    return ValidationFailed(name, "out_of_range", "must be at least " + std::to_string(min));
  }
  return std::nullopt;
}

}  // namespace

void WritePagination(JsonWriter& writer, const http::Request& request, const std::string& path,
                     const http::Parameters& kept, const Place& place) {
  const bool has_next = place.offset < place.total - place.count;
  const bool has_previous = place.offset > 0;
  writer.Key("pagination")
      .BeginObject()
      .Member("total", place.total)
      .Member("limit", place.limit)
      .Member("offset", place.offset)
      .Member("count", place.count)
      .Member("current_page", place.offset / place.limit + 1)
      .Member("total_pages", (place.total + place.limit - 1) / place.limit)
      .Member("has_next", has_next)
      .Member("has_previous", has_previous);
  writer.Key("previous_page");
  if (has_previous) {
    writer.String(
        PageUrl(request, path, kept, place, std::max<int64_t>(0, place.offset - place.limit)));
  } else {
    writer.Null();
  }
  writer.Key("next_page");
  if (has_next) {
    writer.String(PageUrl(request, path, kept, place, place.offset + place.limit));
  } else {
    writer.Null();
  }
  writer.EndObject();
}

Parsed<Place> ReadPlace(const http::Parameters& parameters) {
  Place place;
  std::optional<int64_t> limit, offset, page;
  if (auto problem = ReadNumber(parameters, "limit", 1, limit))
    return tl::unexpected(std::move(*problem));
  if (auto problem = ReadNumber(parameters, "offset", 0, offset))
    return tl::unexpected(std::move(*problem));
  if (auto problem = ReadNumber(parameters, "page", 1, page))
    return tl::unexpected(std::move(*problem));
  place.limit = std::min(limit.value_or(kMaxLimit), kMaxLimit);
  // So far behind every customer that offset + limit still is a number.
  constexpr int64_t kMaxOffset = std::numeric_limits<int64_t>::max() / 2;
  if (offset) {
    place.offset = std::min(*offset, kMaxOffset);
  } else if (page) {
    place.offset = *page - 1 > kMaxOffset / place.limit ? kMaxOffset : (*page - 1) * place.limit;
  }
  return place;
}

std::string ShownName(std::string_view name) {
  const bool plain =
      !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
      });
  return plain ? std::string(name) : "{...}";
}

}  // namespace oubli::dialects::webcommander
