#include "base/decimal.h"

#include <gtest/gtest.h>

#include <limits>

namespace oubli {
namespace {

std::string Printed(std::string_view text, bool comma = false) {
  const auto number = Decimal::Parse(text, comma);
  return number ? number->ToString() : "none";
}

TEST(DecimalTest, ParsesPlainNumbers) {
  EXPECT_EQ(Decimal::Parse("9.95")->units(), 9'950'000);
  EXPECT_EQ(Decimal::Parse("-3")->units(), -3'000'000);
  EXPECT_EQ(Decimal::Parse("0")->units(), 0);
  EXPECT_EQ(Decimal::Parse("-0.00")->units(), 0);
  EXPECT_EQ(Decimal::Parse("0.000001")->units(), 1);
  EXPECT_EQ(Decimal::Parse(".5")->units(), 500'000);
  EXPECT_EQ(Decimal::Parse("0012.50")->units(), 12'500'000);
}

TEST(DecimalTest, ParsesExponents) {
  EXPECT_EQ(Printed("1e3"), "1000");
  EXPECT_EQ(Printed("1.25E+2"), "125");
  EXPECT_EQ(Printed("1e-6"), "0.000001");
  EXPECT_EQ(Printed("1e-7"), "none");
  EXPECT_EQ(Printed("1200e-8"), "0.000012");
  EXPECT_EQ(Printed("0e99999999999999999999999"), "0");
  EXPECT_EQ(Printed("1e99999999999999999999999"), "none");
  EXPECT_EQ(Printed("1e-99999999999999999999999"), "none");
  EXPECT_EQ(Printed("0.00000000000000000000000000001e29"), "1");
}

TEST(DecimalTest, CountsOnlyDecimalsThatMatter) {
  EXPECT_EQ(Printed("12.5000000000"), "12.5");
  EXPECT_EQ(Printed("1.123456"), "1.123456");
  EXPECT_EQ(Printed("1.1234560000000"), "1.123456");
  EXPECT_EQ(Printed("1.1234561"), "none");
  EXPECT_EQ(Printed("0.0000001"), "none");
}

TEST(DecimalTest, ReadsACommaOnlyWhenAllowed) {
  EXPECT_EQ(Printed("9,95", true), "9.95");
  EXPECT_EQ(Printed("9.95", true), "9.95");
  EXPECT_EQ(Printed("9,95"), "none");
  EXPECT_EQ(Printed("1,234.50", true), "none");
  EXPECT_EQ(Printed("1.234,50", true), "none");
}

TEST(DecimalTest, RefusesWhatIsNoNumber) {
  for (std::string_view text :
       {"", "-", ".", "-.", "5.", "+5", "--1", "1 ", " 1", "1x", "0x10", "e5", "1e", "1e+", "1e1.5",
        "NaN", "inf", "1_000", "\xEF\xBC\x91"}) {
    EXPECT_EQ(Printed(text), "none") << text;
  }
  EXPECT_EQ(Printed(std::string_view("1\0", 2)), "none");
}

TEST(DecimalTest, KeepsToItsRange) {
  EXPECT_EQ(Decimal::Parse("9223372036854.775807")->units(), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(Printed("9223372036854.775808"), "none");
  EXPECT_EQ(Printed("-9223372036854.775807"), "-9223372036854.775807");
  EXPECT_EQ(Printed("-9223372036854.775808"), "none");
  EXPECT_EQ(Printed("99999999999999999999999999999999999999999"), "none");
}

TEST(DecimalTest, PrintsAtLeastTheDecimalsAsked) {
  EXPECT_EQ(Decimal::Parse("12.5")->ToString(2), "12.50");
  EXPECT_EQ(Decimal::Parse("12.345")->ToString(2), "12.345");
  EXPECT_EQ(Decimal::Parse("12")->ToString(0), "12");
  EXPECT_EQ(Decimal::Parse("12")->ToString(4), "12.0000");
  EXPECT_EQ(Decimal::Parse("12.5")->ToString(10), "12.5000000000");
  EXPECT_EQ(Decimal::Parse("-0.05")->ToString(2), "-0.05");
  EXPECT_EQ(Decimal().ToString(2), "0.00");
  EXPECT_EQ(Decimal::FromUnits(std::numeric_limits<int64_t>::min()).ToString(),
            "-9223372036854.775808");
}

TEST(DecimalTest, TakesTheShortestDecimalOfADouble) {
  EXPECT_EQ(Decimal::FromDouble(0.1)->ToString(), "0.1");
  EXPECT_EQ(Decimal::FromDouble(12.10)->ToString(), "12.1");
  EXPECT_EQ(Decimal::FromDouble(-9.95)->ToString(), "-9.95");
  EXPECT_EQ(Decimal::FromDouble(1e12)->ToString(), "1000000000000");
  EXPECT_EQ(Decimal::FromDouble(-0.0)->ToString(), "0");
  EXPECT_EQ(Decimal::FromDouble(0.1 + 0.2)->ToString(), "0.3");  // one step off
  EXPECT_FALSE(Decimal::FromDouble(0.1234567));
  EXPECT_FALSE(Decimal::FromDouble(1234567890.1234567));  // seven decimals, sixteen digits
  EXPECT_FALSE(Decimal::FromDouble(1e13));
  EXPECT_FALSE(Decimal::FromDouble(1e-300));
  EXPECT_FALSE(Decimal::FromDouble(std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(Decimal::FromDouble(std::numeric_limits<double>::quiet_NaN()));
}

TEST(DecimalTest, AddsUntilItOverflows) {
  const Decimal max = Decimal::FromUnits(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(Decimal::Parse("0.1")->Plus(*Decimal::Parse("0.2"))->ToString(), "0.3");
  EXPECT_EQ(max.Plus(Decimal()), max);
  EXPECT_FALSE(max.Plus(Decimal::FromUnits(1)));
  EXPECT_FALSE(max.Negated().Plus(Decimal::FromUnits(-1)));
  EXPECT_EQ(max.Plus(max.Negated()), Decimal());
}

TEST(DecimalTest, MultipliesAndRoundsHalfAwayFromZero) {
  const auto times = [](std::string_view a, std::string_view b) {
    const auto product = Decimal::Parse(a)->Times(*Decimal::Parse(b));
    return product ? product->ToString() : "none";
  };
  EXPECT_EQ(times("9.95", "3"), "29.85");
  EXPECT_EQ(times("0.000001", "0.5"), "0.000001");
  EXPECT_EQ(times("-0.000001", "0.5"), "-0.000001");
  EXPECT_EQ(times("0.000001", "0.499999"), "0");
  EXPECT_EQ(times("-0.000003", "-0.5"), "0.000002");
  EXPECT_EQ(times("3000000", "3000000"), "9000000000000");
  EXPECT_EQ(times("4000000", "3000000"), "none");
  EXPECT_EQ(times("-9223372036854", "9223372036854"), "none");
}

TEST(DecimalTest, Compares) {
  EXPECT_LT(*Decimal::Parse("-1"), *Decimal::Parse("0.999999"));
  EXPECT_EQ(*Decimal::Parse("1.0"), Decimal::FromInt(1));
}

}  // namespace
}  // namespace oubli
