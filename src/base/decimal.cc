#include "base/decimal.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace oubli {
namespace {

using Wide = __int128;

// The most negative number is left out, so that Negated() holds for every value made here.
constexpr int64_t kMaxUnits = std::numeric_limits<int64_t>::max();
constexpr int kMaxUnitDigits = 19;

std::optional<int64_t> Narrow(Wide units) {
  if (units > kMaxUnits || units < -Wide{kMaxUnits}) return std::nullopt;
  return static_cast<int64_t>(units);
}

bool Take(std::string_view& rest, char wanted) {
  if (rest.empty() || rest.front() != wanted) return false;
  rest.remove_prefix(1);
  return true;
}

std::string_view TakeDigits(std::string_view& rest) {
  size_t count = 0;
  while (count < rest.size() && rest[count] >= '0' && rest[count] <= '9') ++count;
  const std::string_view digits = rest.substr(0, count);
  rest.remove_prefix(count);
  return digits;
}

std::optional<int64_t> TakeExponent(std::string_view& rest) {
  const bool negative = Take(rest, '-');
  if (!negative) Take(rest, '+');
  const std::string_view digits = TakeDigits(rest);
  if (digits.empty()) return std::nullopt;
  int64_t exponent = 0;
  for (char c : digits) {
    // Beyond this nothing but zero fits, and zero does not care.
    if (exponent < 1'000'000'000'000) exponent = exponent * 10 + (c - '0');
  }
  return negative ? -exponent : exponent;
}

// `digits` times ten to the power of `exponent`, in units.
std::optional<int64_t> Scale(std::string_view digits, int64_t exponent) {
  while (!digits.empty() && digits.back() == '0') digits.remove_suffix(1), ++exponent;
  while (!digits.empty() && digits.front() == '0') digits.remove_prefix(1);
  if (digits.empty()) return 0;
  exponent += Decimal::kDigits;
  if (exponent < 0 || static_cast<int64_t>(digits.size()) + exponent > kMaxUnitDigits) {
    return std::nullopt;
  }
  Wide units = 0;
  for (char c : digits) units = units * 10 + (c - '0');
  for (; exponent > 0; --exponent) units *= 10;
  return Narrow(units);
}

// Whether two doubles are at most two steps apart.
bool Close(double a, double b) {
  const double next = std::nextafter(std::nextafter(a, b), b);
  return a <= b ? b <= next : b >= next;
}

}  // namespace

std::optional<Decimal> Decimal::Parse(std::string_view text, bool comma) {
  std::string_view rest = text;
  const bool negative = Take(rest, '-');
  const std::string_view whole = TakeDigits(rest);
  std::string_view fraction;
  if (Take(rest, '.') || (comma && Take(rest, ','))) {
    fraction = TakeDigits(rest);
    if (fraction.empty()) return std::nullopt;
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  int64_t exponent = 0;
  if (Take(rest, 'e') || Take(rest, 'E')) {
    const auto taken = TakeExponent(rest);
    if (!taken) return std::nullopt;
    exponent = *taken;
  }
  if (!rest.empty()) return std::nullopt;

  const std::string digits = std::string(whole).append(fraction);
  const auto units = Scale(digits, exponent - static_cast<int64_t>(fraction.size()));
  if (!units) return std::nullopt;
  return Decimal(negative ? -*units : *units);
}

std::optional<Decimal> Decimal::FromDouble(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  char buffer[64];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  if (auto exact = Parse({buffer, end})) return exact;
  // A reader that rounds its last bit wrong makes 17 digits of a short number. Fifteen are what
  // every double keeps; they stand for it only where they are that same number but for such a
  // rounding.
  end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 15).ptr;
  double rounded = 0;
  std::from_chars(buffer, end, rounded);
  if (!Close(value, rounded)) return std::nullopt;
  return Parse({buffer, end});
}

std::string Decimal::ToString(int min_decimals) const {
  // The sign is taken off in an unsigned type, where the most negative number has room.
  const uint64_t magnitude =
      units_ < 0 ? uint64_t{0} - static_cast<uint64_t>(units_) : static_cast<uint64_t>(units_);
  char fraction[kDigits];
  uint64_t rest = magnitude % kOne;
  for (int i = kDigits - 1; i >= 0; --i, rest /= 10)
    fraction[i] = static_cast<char>('0' + rest % 10);
  int decimals = kDigits;
  while (decimals > 0 && decimals > min_decimals && fraction[decimals - 1] == '0') --decimals;

  std::string out = units_ < 0 ? "-" : "";
  out += std::to_string(magnitude / kOne);
  if (decimals > 0 || min_decimals > 0) out += '.';
  out.append(fraction, static_cast<size_t>(decimals));
  if (min_decimals > decimals) out.append(static_cast<size_t>(min_decimals - decimals), '0');
  return out;
}

std::optional<Decimal> Decimal::Plus(Decimal other) const {
  const auto sum = Narrow(Wide{units_} + other.units_);
  if (!sum) return std::nullopt;
  return Decimal(*sum);
}

std::optional<Decimal> Decimal::Times(Decimal other) const {
  const Wide product = Wide{units_} * other.units_;
  const Wide half = product < 0 ? -Wide{kOne / 2} : Wide{kOne / 2};
  const auto rounded = Narrow((product + half) / kOne);
  if (!rounded) return std::nullopt;
  return Decimal(*rounded);
}

}  // namespace oubli
