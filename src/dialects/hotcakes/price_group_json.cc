#include "dialects/hotcakes/price_group_json.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialects/hotcakes/account_json.h"
#include "dialects/hotcakes/dotnet_conversion.h"

namespace oubli::dialects::hotcakes {
namespace {

constexpr std::string_view kPriceGroupType = "Hotcakes.CommerceDTO.v1.Contacts.PriceGroupDTO";
constexpr size_t kMaxName = 255;
constexpr size_t kMaxBvin = 36;
constexpr int kDecimals = 10;
constexpr int64_t kOne = 10'000'000'000;
constexpr size_t kMaxDigits = 18;
constexpr int64_t kMaxExponent = 100;

constexpr DotnetConversion::EnumName kPricingTypes[] = {
    {"PercentageOffListPrice", 0}, {"AmountOffListPrice", 1},     {"PercentageAboveCost", 2},
    {"AmountAboveCost", 3},        {"PercentageOffSitePrice", 4}, {"AmountOffSitePrice", 5}};

using Type = JavaScriptValue::Type;

int64_t ReadAmount(const JavaScriptValue& value, DotnetConversion& convert) {
  const std::string text = convert.Number(value, "Decimal");
  if (convert.refusal()) return 0;
  const auto amount = ParseAmount(text);
  if (!amount) convert.Refuse(Echo(text) + " is not a valid value for Decimal.");
  return amount.value_or(0);
}

void ReadMember(const JavaScriptMember& member, PriceGroupDto& dto, DotnetConversion& convert) {
  if (member.Is("StoreId")) {
    dto.store_id = convert.Int64(member.value);
  } else if (member.Is("Bvin")) {
    dto.group.bvin = convert.Text(member.value, "Bvin");
  } else if (member.Is("LastUpdated")) {
    convert.Date(member.value);  // has to be one, and then does not count
  } else if (member.Is("Name")) {
    dto.group.name = convert.Text(member.value, "Name");
  } else if (member.Is("PricingType")) {
    dto.group.pricing_type = convert.Enum(member.value, "PricingTypesDTO", kPricingTypes);
  } else if (member.Is("AdjustmentAmount")) {
    dto.group.adjustment = ReadAmount(member.value, convert);
  }
}

// What can stand in a path and is an id everywhere.
bool IsBvin(std::string_view bvin) {
  return bvin.size() <= kMaxBvin && std::ranges::all_of(bvin, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '-' || c == '_';
         });
}

}  // namespace

void AppendJson(JsonWriter& writer, int64_t store_id, const customers::PriceGroup& group) {
  writer.BeginObject().Member("StoreId", store_id).Member("Bvin", group.bvin);
  writer.Key("LastUpdated").Raw(DateJson(group.modified_at));
  writer.Member("Name", group.name).Member("PricingType", group.pricing_type);
  writer.Key("AdjustmentAmount").Raw(AmountJson(group.adjustment)).EndObject();
}

tl::expected<PriceGroupDto, Refusal> ReadPriceGroup(std::string_view body) {
  auto value = ReadJavaScript(body);
  if (!value) return tl::unexpected(std::move(value).error());
  if (value->type == Type::kNull) return tl::unexpected(Refusal{"The request body is empty."});
  DotnetConversion convert;
  PriceGroupDto dto;
  if (convert.IsObject(*value, kPriceGroupType)) {
    for (const JavaScriptMember& member : value->members) ReadMember(member, dto, convert);
  }
  if (CodePoints(dto.group.name) > kMaxName) convert.Refuse("Name is longer than 255 characters.");
  dto.group.bvin = std::string(Trim(dto.group.bvin));
  if (!IsBvin(dto.group.bvin))
    convert.Refuse("Bvin is not an id: letters, digits and dashes, 36 at most.");
  if (convert.refusal()) return tl::unexpected(*convert.refusal());
  return dto;
}

std::optional<int64_t> ParseAmount(std::string_view text) {
  text = Trim(text);
  int64_t exponent = 0;
  if (const size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view digits = text.substr(e + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto parsed = ParseInt(digits);
    if (!parsed || *parsed > kMaxExponent || *parsed < -kMaxExponent) return std::nullopt;
    exponent = *parsed;
    text = text.substr(0, e);
  }
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const size_t point = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, point));
  if (point < text.size()) digits += text.substr(point + 1);
  if (!IsDigits(digits)) return std::nullopt;

  // The digits that count end at `end`, which may lie before the first or behind the last.
  const int64_t end = static_cast<int64_t>(point) + exponent + kDecimals;
  const auto size = static_cast<int64_t>(digits.size());
  const bool up = end >= 0 && end < size && digits[static_cast<size_t>(end)] >= '5';
  digits.resize(static_cast<size_t>(std::clamp<int64_t>(end, 0, size)));
  const size_t first = digits.find_first_not_of('0');
  digits.erase(0, first == std::string::npos ? digits.size() : first);
  if (!digits.empty() && end > size) digits.append(static_cast<size_t>(end - size), '0');
  if (digits.size() > kMaxDigits) return std::nullopt;
  const int64_t units = ParseInt(digits.empty() ? "0" : digits).value_or(0) + (up ? 1 : 0);
  if (units >= 100'000'000 * kOne) return std::nullopt;
  return negative ? -units : units;
}

std::string AmountJson(int64_t units) {
  const int64_t size = units < 0 ? -units : units;
  return fmt::format("{}{}.{:010}", units < 0 ? "-" : "", size / kOne, size % kOne);
}

}  // namespace oubli::dialects::hotcakes
