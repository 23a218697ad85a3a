#include "base/countries.h"

#include <string>
#include <unordered_map>

#include "base/check.h"
#include "base/countries_table.h"
#include "base/text.h"

namespace oubli {
namespace {

using Index = std::unordered_map<std::string, const Country*>;

// Built at the first use and never destroyed.
const Index& ByAlpha2() {
  static const Index& index = *[] {
    auto* made = new Index;
    for (const Country& country : Countries()) made->emplace(FoldCase(country.alpha2), &country);
    return made;
  }();
  return index;
}

const Index& ByAlpha3() {
  static const Index& index = *[] {
    auto* made = new Index;
    for (const Country& country : Countries()) made->emplace(FoldCase(country.alpha3), &country);
    return made;
  }();
  return index;
}

const Index& ByName() {
  static const Index& index = *[] {
    auto* made = new Index;
    for (const Country& country : Countries()) made->emplace(FoldCase(country.name), &country);
    for (const OtherCountryName& other : OtherCountryNames()) {
      const Country* country = FindCountryByAlpha2(other.alpha2);
      OUBLI_CHECK(country != nullptr);
      made->emplace(FoldCase(other.name), country);
    }
    return made;
  }();
  return index;
}

const Country* Find(const Index& index, std::string_view text) {
  // The longest name has some fifty bytes: do not fold a megabyte to miss.
  if (text.size() > 128) return nullptr;
  const auto found = index.find(FoldCase(text));
  return found == index.end() ? nullptr : found->second;
}

}  // namespace

const Country* FindCountryByAlpha2(std::string_view code) { return Find(ByAlpha2(), code); }
const Country* FindCountryByAlpha3(std::string_view code) { return Find(ByAlpha3(), code); }
const Country* FindCountryByName(std::string_view name) { return Find(ByName(), name); }

const Country* FindCountry(std::string_view code_or_name) {
  const std::string_view text = Trim(code_or_name);
  if (text.size() == 2) {
    if (const Country* country = FindCountryByAlpha2(text)) return country;
  } else if (text.size() == 3) {
    if (const Country* country = FindCountryByAlpha3(text)) return country;
  }
  return FindCountryByName(text);
}

}  // namespace oubli
