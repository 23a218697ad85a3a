// Reading JSON, by Boost.JSON with our limits. Writing is json_writer.h.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/decimal.h"
#include "base/json_writer.h"
#include "base/result.h"

namespace oubli {

// Strict JSON: valid UTF-8, at most 32 levels deep, nothing behind the value. Of two equal names
// the last one counts. A number too large for a double is refused. Errors: kInvalid with
// Boost.JSON's reason, never with a piece of the text. Never throws.
Result<boost::json::value> ParseJson(std::string_view text);

// nullptr when there is no such member. The second ignores ASCII case and takes the last one that
// fits.
const boost::json::value* FindMember(const boost::json::object& object, std::string_view name);
const boost::json::value* FindMemberIgnoreCase(const boost::json::object& object,
                                               std::string_view name);

// What a value is, without conversions between strings and numbers; nothing when it is something
// else or does not fit. A string lives as long as its value.
std::optional<std::string_view> AsString(const boost::json::value& value);
std::optional<int64_t> AsInt(const boost::json::value& value);  // also 5.0 and 1e3
std::optional<Decimal> AsDecimal(const boost::json::value& value);

// Writes a value that ParseJson read. Doubles get their shortest form.
void WriteJson(JsonWriter& writer, const boost::json::value& value);

}  // namespace oubli
