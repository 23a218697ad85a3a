#include "base/date_time.h"

#include <gtest/gtest.h>

#include <limits>

namespace oubli {
namespace {

constexpr UnixMs kWednesday = 1'515'618'143'000;  // 2018-01-10T21:02:23Z

TEST(DateTimeTest, WritesEveryForm) {
  EXPECT_EQ(FormatIso8601(1'675'039'750'000), "2023-01-30T00:49:10Z");
  EXPECT_EQ(FormatIso8601Ms(1'675'039'750'007), "2023-01-30T00:49:10.007Z");
  EXPECT_EQ(FormatIso8601Offset(1'655'404'740'000), "2022-06-16T18:39:00+00:00");
  EXPECT_EQ(FormatRfc2822(kWednesday), "Wed, 10 Jan 2018 21:02:23 +0000");
  EXPECT_EQ(FormatHttpDate(kWednesday), "Wed, 10 Jan 2018 21:02:23 GMT");
  EXPECT_EQ(FormatDateTime(1'689'575'441'000), "2023-07-17 06:30:41");
  EXPECT_EQ(FormatDate(1'515'110'400'000), "2018-01-05");
}

TEST(DateTimeTest, RoundsDownOnBothSidesOf1970) {
  EXPECT_EQ(FormatIso8601(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatIso8601(999), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatIso8601(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(FormatIso8601Ms(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatRfc2822(-1), "Wed, 31 Dec 1969 23:59:59 +0000");
}

TEST(DateTimeTest, PrintsTheNearestOfItsRange) {
  EXPECT_EQ(FormatIso8601(kMinDateMs), "0001-01-01T00:00:00Z");
  EXPECT_EQ(FormatIso8601(kMaxDateMs), "9999-12-31T23:59:59Z");
  EXPECT_EQ(FormatIso8601(std::numeric_limits<int64_t>::min()), "0001-01-01T00:00:00Z");
  EXPECT_EQ(FormatIso8601Ms(std::numeric_limits<int64_t>::max()), "9999-12-31T23:59:59.999Z");
}

TEST(DateTimeTest, NamesTheDaysAndMonths) {
  EXPECT_EQ(FormatHttpDate(*ParseIso8601("2024-02-29")), "Thu, 29 Feb 2024 00:00:00 GMT");
  EXPECT_EQ(FormatHttpDate(*ParseIso8601("2000-12-31")), "Sun, 31 Dec 2000 00:00:00 GMT");
  EXPECT_EQ(FormatHttpDate(*ParseIso8601("0001-01-01")), "Mon, 01 Jan 0001 00:00:00 GMT");
}

TEST(DateTimeTest, ReadsEveryForm) {
  const UnixMs day = 1'715'644'800'000;  // 2024-05-14
  const UnixMs time = day + ((9 * 60 + 34) * 60) * 1000;
  EXPECT_EQ(ParseIso8601("2024-05-14"), day);
  EXPECT_EQ(ParseIso8601("2024-05-14T09:34:00"), time);
  EXPECT_EQ(ParseIso8601("2024-05-14 09:34:00"), time);
  EXPECT_EQ(ParseIso8601("2024-05-14T09:34:00Z"), time);
  EXPECT_EQ(ParseIso8601("2024-05-14T11:34:00+02:00"), time);
  EXPECT_EQ(ParseIso8601("2024-05-14T11:34:00+0200"), time);
  EXPECT_EQ(ParseIso8601("2024-05-14T04:04:00-05:30"), time);
  EXPECT_EQ(ParseIso8601("2024-05-14T09:34:00.5Z"), time + 500);
  EXPECT_EQ(ParseIso8601("2024-05-14T09:34:00.0129999999999Z"), time + 12);
  EXPECT_EQ(ParseIso8601("1969-12-31T23:59:59.999Z"), -1);
}

TEST(DateTimeTest, KnowsWhichDatesExist) {
  EXPECT_TRUE(ParseIso8601("2024-02-29"));
  EXPECT_TRUE(ParseIso8601("2000-02-29"));
  EXPECT_FALSE(ParseIso8601("1900-02-29"));
  EXPECT_FALSE(ParseIso8601("2023-02-29"));
  EXPECT_FALSE(ParseIso8601("2024-02-30"));
  EXPECT_FALSE(ParseIso8601("2024-04-31"));
  EXPECT_FALSE(ParseIso8601("2024-13-01"));
  EXPECT_FALSE(ParseIso8601("2024-00-01"));
  EXPECT_FALSE(ParseIso8601("2024-01-00"));
  EXPECT_FALSE(ParseIso8601("2024-01-32"));
  EXPECT_FALSE(ParseIso8601("2024-01-01T24:00:00"));
  EXPECT_FALSE(ParseIso8601("2024-01-01T23:60:00"));
  EXPECT_FALSE(ParseIso8601("2016-12-31T23:59:60Z"));
  EXPECT_FALSE(ParseIso8601("2024-01-01T00:00:00+24:00"));
  EXPECT_FALSE(ParseIso8601("2024-01-01T00:00:00+00:60"));
}

TEST(DateTimeTest, KeepsToYears1To9999) {
  EXPECT_EQ(ParseIso8601("0001-01-01T00:00:00Z"), kMinDateMs);
  EXPECT_EQ(ParseIso8601("9999-12-31T23:59:59.999Z"), kMaxDateMs);
  EXPECT_FALSE(ParseIso8601("0000-12-31"));
  EXPECT_FALSE(ParseIso8601("0001-01-01T00:00:00+00:01"));
  EXPECT_FALSE(ParseIso8601("9999-12-31T23:59:59-00:01"));
}

TEST(DateTimeTest, RefusesEverythingElse) {
  for (std::string_view text : {"",
                                "2024",
                                "2024-05",
                                "2024-5-14",
                                "24-05-14",
                                "20240514",
                                "+2024-05-14",
                                "-2024-05-14",
                                "2024/05/14",
                                "2024-05-14T",
                                "2024-05-14T09",
                                "2024-05-14T09:34",
                                "2024-05-14T9:34:00",
                                "2024-05-14T09:34:00.",
                                "2024-05-14T09:34:00.Z",
                                "2024-05-14T09:34:00,5",
                                "2024-05-14Z",
                                "2024-05-14T09:34:00+2",
                                "2024-05-14T09:34:00+02",
                                "2024-05-14T09:34:00+02:0",
                                "2024-05-14T09:34:00Z ",
                                " 2024-05-14",
                                "2024-05-14  09:34:00",
                                "2024-05-14T09:34:00ZZ",
                                "2024-05-14T09:34:00 +02:00",
                                "10000-01-01",
                                "now",
                                "\xD9\xA2\xD9\xA0-05-14"}) {
    EXPECT_FALSE(ParseIso8601(text)) << text;
  }
}

TEST(DateTimeTest, ReadsBackEveryDayOfFourCenturies) {
  for (UnixMs day = *ParseIso8601("1890-01-01"); FormatDate(day) != "2290-01-01";
       day += 86'400'000) {
    ASSERT_EQ(ParseIso8601(FormatDate(day)), day);
    ASSERT_EQ(ParseIso8601(FormatIso8601Ms(day + 86'399'999)), day + 86'399'999);
  }
}

TEST(DateTimeTest, ReadsMailAndHttpDates) {
  const UnixMs time = *ParseIso8601("2018-01-10T21:02:23Z");
  EXPECT_EQ(ParseRfc2822("Wed, 10 Jan 2018 21:02:23 +0000"), time);
  EXPECT_EQ(ParseRfc2822(" wed, 10 jan 2018 21:02:23 GMT "), time);
  EXPECT_EQ(ParseRfc2822("10 Jan 2018 21:02:23 UT"), time);
  EXPECT_EQ(ParseRfc2822("Wed, 10 Jan 2018 23:02:23 +0200"), time);
  EXPECT_EQ(ParseRfc2822("Wed, 10 Jan 2018 16:32:23 -0430"), time);
  EXPECT_EQ(ParseRfc2822("Wed, 10 Jan 2018 21:02:23  0000"), time);
  EXPECT_EQ(ParseRfc2822("Wed, 10 Jan 2018 21:02 Z"), time - 23'000);
  EXPECT_EQ(ParseRfc2822("Fri, 5 Jan 2018 00:00:00 GMT"), *ParseIso8601("2018-01-05"));
  EXPECT_EQ(ParseRfc2822(FormatRfc2822(time)), time);
  EXPECT_EQ(ParseRfc2822(FormatHttpDate(time)), time);
  for (const char* text :
       {"", " ", ",", "nonsense", "Wed, 10 Jan 2018 21:02:23", "Xed, 10 Jan 2018 21:02:23 GMT",
        "Wed, 31 Feb 2018 21:02:23 GMT", "Wed, 10 Foo 2018 21:02:23 GMT",
        "Wed, 10 Jan 18 21:02:23 GMT", "Wed, 10 Jan 2018 24:02:23 GMT",
        "Wed, 10 Jan 2018 21:02:2 GMT", "Wed, 10 Jan 2018 21:02:23 MEZ",
        "Wed, 10 Jan 2018 21:02:23 +02:00", "Wed, 10 Jan 2018 21:02:23 GMT x",
        "Wed, -1 Jan 2018 21:02:23 GMT", "Wed, 10 Jan 2018 21:02.1 GMT", "2018-01-10T21:02:23Z",
        "Sat, 01 Jan 0001 00:00:00 +0100", "Wednesday, 10-Jan-18 21:02:23 GMT"}) {
    EXPECT_FALSE(ParseRfc2822(text)) << text;
  }
}

}  // namespace
}  // namespace oubli
