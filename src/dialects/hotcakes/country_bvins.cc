#include "dialects/hotcakes/country_bvins.h"

#include <fmt/core.h>

#include <charconv>

#include "base/countries.h"
#include "base/text.h"

namespace oubli::dialects::hotcakes {
namespace {

struct KnownBvin {
  std::string_view country_code;
  std::string_view bvin;
};
constexpr KnownBvin kKnown[] = {
    {"US", "bf7389a2-9b21-4d33-b276-23c9c18ea0c0"},
    {"CA", "94052dcf-1ac8-4b65-813b-b17b12a0491f"},
};

constexpr std::string_view kMadePrefix = "00000000-0000-4000-8000-00000000";

std::string MadeBvin(std::string_view code) {
  return fmt::format("{}{:02x}{:02x}", kMadePrefix, static_cast<unsigned char>(code[0]),
                     static_cast<unsigned char>(code[1]));
}

const Country* CountryOfMadeBvin(std::string_view bvin) {
  if (bvin.size() != kMadePrefix.size() + 4 || !bvin.starts_with(kMadePrefix)) return nullptr;
  unsigned letters = 0;
  const auto [end, error] =
      std::from_chars(bvin.data() + kMadePrefix.size(), bvin.data() + bvin.size(), letters, 16);
  if (error != std::errc() || end != bvin.data() + bvin.size()) return nullptr;
  const char code[] = {static_cast<char>(letters >> 8), static_cast<char>(letters & 0xFF)};
  return FindCountryByAlpha2(std::string_view(code, 2));
}

}  // namespace

std::string CountryBvinOf(std::string_view country_code) {
  for (const KnownBvin& known : kKnown) {
    if (known.country_code == country_code) return std::string(known.bvin);
  }
  return country_code.size() == 2 ? MadeBvin(country_code) : "";
}

std::string CountryCodeOf(std::string_view country_bvin) {
  const std::string_view text = Trim(country_bvin);
  const Country* country = nullptr;
  if (text.size() == 2) country = FindCountryByAlpha2(text);
  if (text.size() == 3) country = FindCountryByAlpha3(text);
  if (country != nullptr) return std::string(country->alpha2);
  for (const KnownBvin& known : kKnown) {
    if (EqualsIgnoreCase(known.bvin, text)) return std::string(known.country_code);
  }
  country = CountryOfMadeBvin(text);
  return country == nullptr ? "" : std::string(country->alpha2);
}

}  // namespace oubli::dialects::hotcakes
