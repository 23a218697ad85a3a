// Dates as the four dialects write and read them. All times are UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace oubli {

// 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z. The Format functions print a time beyond
// them as the nearer of the two: every form has four digits for the year.
inline constexpr UnixMs kMinDateMs = -62'135'596'800'000;
inline constexpr UnixMs kMaxDateMs = 253'402'300'799'999;

std::string FormatIso8601(UnixMs ms);        // 2023-01-30T00:49:10Z
std::string FormatIso8601Ms(UnixMs ms);      // 2023-01-30T00:49:10.123Z
std::string FormatIso8601Offset(UnixMs ms);  // 2022-06-16T18:39:00+00:00
std::string FormatRfc2822(UnixMs ms);        // Wed, 10 Jan 2018 21:02:23 +0000
std::string FormatHttpDate(UnixMs ms);       // Wed, 10 Jan 2018 21:02:23 GMT
std::string FormatDateTime(UnixMs ms);       // 2023-07-17 06:30:41
std::string FormatDate(UnixMs ms);           // 2018-01-05

// Reads 2024-05-14, 2024-05-14T09:34:00, with fractions of a second, a blank for the T, and a zone
// (Z, +02:00, +0200); no zone is UTC. Nothing for anything else, also for dates that do not exist
// and for times outside the years 0001 to 9999. Below a millisecond digits are dropped.
std::optional<UnixMs> ParseIso8601(std::string_view text);

// Reads "Wed, 10 Jan 2018 21:02:23 +0000" (RFC 2822) and HTTP's form of it, whose zone is GMT. The
// name of the day and the seconds may be missing; a zone without its sign is what a query makes of
// an unencoded '+', and east. Nothing for anything else, as above.
std::optional<UnixMs> ParseRfc2822(std::string_view text);

}  // namespace oubli
