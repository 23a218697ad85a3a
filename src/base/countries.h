// The countries of ISO 3166-1, with the English names that shops write.
#pragma once

#include <span>
#include <string_view>

namespace oubli {

struct Country {
  std::string_view alpha2;  // "KR"
  std::string_view alpha3;  // "KOR"
  std::string_view name;    // "South Korea"
};

// All 249, by alpha-2 code. Lives for ever, as do the pointers below.
std::span<const Country> Countries();

// nullptr when there is none. Case is ignored everywhere, also outside ASCII. Safe from any thread.
const Country* FindCountryByAlpha2(std::string_view code);
const Country* FindCountryByAlpha3(std::string_view code);
// Also finds other names in common use: "Czechia", "Russian Federation", "Great Britain",
// "Turkiye".
const Country* FindCountryByName(std::string_view name);
// Any of the three: what a file or a form may hold in a field called country. Blanks at the ends
// are ignored.
const Country* FindCountry(std::string_view code_or_name);

}  // namespace oubli
