// Countries by the ids that this dialect's addresses name them with.
#pragma once

#include <string>
#include <string_view>

namespace oubli::dialects::hotcakes {

// The id of a country by its ISO 3166-1 alpha-2 code: for the United States and Canada the one that
// every Hotcakes site has; else 00000000-0000-4000-8000-00000000 and the two letters' codes in hex
// at the end, always the same. REQUIRES: a code of base/countries.h.
std::string CountryBvinOf(std::string_view country_code);

// The alpha-2 code, upper case, of such an id, or of an ISO 3166-1 alpha-2 or alpha-3 code in its
// place;
// "" when the text is none. Case is ignored.
std::string CountryCodeOf(std::string_view country_bvin);

}  // namespace oubli::dialects::hotcakes
