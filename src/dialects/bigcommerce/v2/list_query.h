// What V2's lists have in common: their parameters, pages, and If-Modified-Since (contract 6.2).
#pragma once

#include <boost/json/array.hpp>
#include <optional>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "dialects/bigcommerce/call.h"
#include "dialects/bigcommerce/filters.h"
#include "dialects/bigcommerce/pagination.h"
#include "dialects/bigcommerce/query.h"

namespace oubli::dialects::bigcommerce::v2 {

// The query, when all its parameters are among the known ones; a parameter without a name, which
// one npm client sends, is passed over. Errors: kInvalid.
Result<Query> ReadQuery(const Call& call, std::span<const std::string_view> known);

// The second of If-Modified-Since: only what was modified after it is to be shown. Nothing without
// the header, and for a date that does not read (RFC 9110, 13.1.3).
std::optional<int64_t> ModifiedSince(const http::Request& request);
bool IsModified(const std::optional<int64_t>& since, UnixMs modified_at);

// MIN_NAME and MAX_NAME together, as ISO 8601 or RFC 2822.
Result<SecondsRange> ReadBounds(const Query& query, std::string_view min_name,
                                std::string_view max_name, const Choices& choices);
// A text filter of V2 is one text, commas and all.
Result<std::optional<TextList>> ReadText(const Query& query, std::string_view name,
                                         const Choices& choices);
// true, false, 1 or 0.
Result<std::optional<bool>> ReadFlag(const Query& query, std::string_view name);

// The id in a path; nothing for what is the number of nothing.
std::optional<int64_t> IdOf(std::string_view text);

// A list's answer: 200, or without a row 204, or 304 when the caller had asked for what is newer.
class Reply;
void SendList(const Reply& reply, std::string_view root, boost::json::array rows, bool conditional);

}  // namespace oubli::dialects::bigcommerce::v2
