#include "base/countries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/countries_table.h"
#include "base/text.h"

namespace oubli {
namespace {

std::string NameOf(const Country* country) {
  return country == nullptr ? "none" : std::string(country->name);
}

TEST(CountriesTest, FindsByEachKey) {
  EXPECT_EQ(NameOf(FindCountryByAlpha2("US")), "United States");
  EXPECT_EQ(NameOf(FindCountryByAlpha2("gb")), "United Kingdom");
  EXPECT_EQ(NameOf(FindCountryByAlpha3("KOR")), "South Korea");
  EXPECT_EQ(NameOf(FindCountryByAlpha3("deu")), "Germany");
  EXPECT_EQ(FindCountryByName("AUSTRALIA")->alpha2, "AU");
  EXPECT_EQ(FindCountryByName("new zealand")->alpha3, "NZL");
}

TEST(CountriesTest, IgnoresCaseOutsideAscii) {
  EXPECT_EQ(FindCountryByName("CÔTE D'IVOIRE")->alpha2, "CI");
  EXPECT_EQ(FindCountryByName("åland islands")->alpha2, "AX");
}

TEST(CountriesTest, FindsOtherNames) {
  EXPECT_EQ(NameOf(FindCountryByName("United States of America")), "United States");
  EXPECT_EQ(NameOf(FindCountryByName("Great Britain")), "United Kingdom");
  EXPECT_EQ(NameOf(FindCountryByName("Czechia")), "Czech Republic");
  EXPECT_EQ(NameOf(FindCountryByName("russian federation")), "Russia");
  EXPECT_EQ(NameOf(FindCountryByName("Curacao")), "Curaçao");
}

TEST(CountriesTest, FindsNothingElse) {
  for (std::string_view text : {"", "U", "XX", "ZZZ", "USAA", "Atlantis", "United", " US"}) {
    EXPECT_EQ(FindCountryByAlpha2(text), nullptr) << text;
    EXPECT_EQ(FindCountryByAlpha3(text), nullptr) << text;
    EXPECT_EQ(FindCountryByName(text), nullptr) << text;
  }
  EXPECT_EQ(FindCountryByAlpha2("USA"), nullptr);
  EXPECT_EQ(FindCountryByAlpha3("US"), nullptr);
  EXPECT_EQ(FindCountryByName("US"), nullptr);
  EXPECT_EQ(FindCountryByName(std::string(1 << 20, 'a')), nullptr);
}

TEST(CountriesTest, FindsByWhateverIsGiven) {
  EXPECT_EQ(NameOf(FindCountry("fr")), "France");
  EXPECT_EQ(NameOf(FindCountry("FRA")), "France");
  EXPECT_EQ(NameOf(FindCountry(" France ")), "France");
  EXPECT_EQ(NameOf(FindCountry("UK")), "United Kingdom");
  EXPECT_EQ(NameOf(FindCountry("UAE")), "United Arab Emirates");
  EXPECT_EQ(FindCountry(""), nullptr);
  EXPECT_EQ(FindCountry("Freedonia"), nullptr);
}

TEST(CountriesTest, TableIsCompleteAndHasNoDoubles) {
  ASSERT_EQ(Countries().size(), 249U);
  EXPECT_TRUE(std::is_sorted(Countries().begin(), Countries().end(),
                             [](const auto& a, const auto& b) { return a.alpha2 < b.alpha2; }));
  std::set<std::string> alpha2, alpha3, names;
  for (const Country& country : Countries()) {
    EXPECT_EQ(country.alpha2.size(), 2U);
    EXPECT_EQ(country.alpha3.size(), 3U);
    EXPECT_TRUE(IsValidUtf8(country.name));
    alpha2.emplace(country.alpha2);
    alpha3.emplace(country.alpha3);
    names.insert(FoldCase(country.name));
    EXPECT_EQ(FindCountryByAlpha2(country.alpha2), &country);
    EXPECT_EQ(FindCountryByAlpha3(country.alpha3), &country);
    EXPECT_EQ(FindCountryByName(country.name), &country);
  }
  for (const OtherCountryName& other : OtherCountryNames()) {
    EXPECT_NE(FindCountryByAlpha2(other.alpha2), nullptr) << other.name;
    EXPECT_TRUE(names.insert(FoldCase(other.name)).second) << other.name;
  }
  EXPECT_EQ(alpha2.size(), 249U);
  EXPECT_EQ(alpha3.size(), 249U);
}

}  // namespace
}  // namespace oubli
