// Exact decimals for money and points: never floating point.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oubli {

// A number in units of one millionth; about ±9.2 million million.
class Decimal {
 public:
  static constexpr int kDigits = 6;
  static constexpr int64_t kOne = 1'000'000;

  constexpr Decimal() = default;
  static constexpr Decimal FromUnits(int64_t units) { return Decimal(units); }
  static constexpr Decimal FromInt(int64_t whole) { return Decimal(whole * kOne); }
  // "9.95", "-3", "1e3", and "9,95" when `comma` allows a decimal comma. Nothing when it is not a
  // number, has more than six decimals that matter, or is out of range.
  static std::optional<Decimal> Parse(std::string_view text, bool comma = false);
  // The shortest decimal that a JSON reader turned into this double.
  static std::optional<Decimal> FromDouble(double value);

  constexpr int64_t units() const { return units_; }
  // At least `min_decimals` decimals, trailing zeros beyond them dropped: 12.5 -> "12.50" for 2.
  std::string ToString(int min_decimals = 0) const;

  std::optional<Decimal> Plus(Decimal other) const;  // nothing on overflow
  std::optional<Decimal> Times(
      Decimal other) const;  // rounded half away from zero; nothing on overflow
  constexpr Decimal Negated() const { return Decimal(-units_); }

  friend constexpr auto operator<=>(Decimal, Decimal) = default;

 private:
  explicit constexpr Decimal(int64_t units) : units_(units) {}
  int64_t units_ = 0;
};

}  // namespace oubli
