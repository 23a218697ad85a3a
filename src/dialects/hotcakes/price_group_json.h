// The price group as it is on the wire.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "customers/price_groups.h"
#include "dialects/hotcakes/javascript_reader.h"

namespace oubli::dialects::hotcakes {

struct PriceGroupDto {
  int64_t store_id = 0;
  customers::PriceGroup group;  // modified_at is out only
};

void AppendJson(JsonWriter& writer, int64_t store_id, const customers::PriceGroup& group);

// The price group in a request body; what it leaves out gets the type's default. Refuses what
// cannot be read, a name longer than 255 characters, an id that is none, an amount of more than 8
// digits before the point.
tl::expected<PriceGroupDto, Refusal> ReadPriceGroup(std::string_view body);

// A .NET decimal in units of 10^-10, as a numeric(18,10) column keeps it: rounded half away from
// zero. Nothing when it is no number or does not fit.
std::optional<int64_t> ParseAmount(std::string_view text);
std::string AmountJson(int64_t units);  // with all ten decimals

}  // namespace oubli::dialects::hotcakes
