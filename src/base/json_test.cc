#include "base/json.h"

#include <gtest/gtest.h>

#include <string>

namespace oubli {
namespace {

std::string Rewritten(std::string_view text) {
  const auto value = ParseJson(text);
  if (!value) return "error";
  std::string out;
  JsonWriter writer(out);
  WriteJson(writer, *value);
  return out;
}

std::string Nested(size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

TEST(JsonTest, ReadsAndWritesBackEveryKind) {
  const std::string text =
      R"({"s":"a\"\u00e9","i":-5,"u":18446744073709551615,"d":12.1,"t":true,"n":null,)"
      R"("a":[1,[],{}]})";
  EXPECT_EQ(
      Rewritten(text),
      "{\"s\":\"a\\\"\u00e9\",\"i\":-5,\"u\":18446744073709551615,\"d\":12.1,\"t\":true,\"n\":null,"
      "\"a\":[1,[],{}]}");
  EXPECT_EQ(Rewritten(" \t\r\n1 "), "1");
  EXPECT_EQ(Rewritten("1e3"), "1000");
}

TEST(JsonTest, LastOfEqualNamesCounts) {
  EXPECT_EQ(Rewritten(R"({"a":1,"b":2,"a":3})"), R"({"a":3,"b":2})");
}

TEST(JsonTest, RefusesWhatIsNotStrictJson) {
  for (std::string_view text : {"",
                                " ",
                                "{",
                                "[1,]",
                                "{\"a\":1,}",
                                "{'a':1}",
                                "{a:1}",
                                "// x\n1",
                                "1 2",
                                "nul",
                                "NaN",
                                "01",
                                "+1",
                                ".5",
                                "1.",
                                "\"\t\"",
                                "\"\\x41\"",
                                "\"\\ud800\"",
                                "\"\\udc00\\ud800\"",
                                "\xEF\xBB\xBF{}",
                                "\"\xFF\"",
                                "\"\xC0\xAF\"",
                                "\"\xED\xA0\x80\"",
                                "\"\xF4\x90\x80\x80\"",
                                "\"\xE2\x82\""}) {
    const auto value = ParseJson(text);
    ASSERT_FALSE(value.has_value()) << text;
    EXPECT_EQ(value.error().kind, ErrorKind::kInvalid);
    EXPECT_FALSE(value.error().text.empty());
  }
}

TEST(JsonTest, RefusesNumbersOutOfRange) {
  EXPECT_EQ(Rewritten("1e999"), "error");
  EXPECT_EQ(Rewritten("[{\"a\":-1e400}]"), "error");
  EXPECT_EQ(Rewritten("1e308"), "1e+308");
}

TEST(JsonTest, LimitsTheDepth) {
  EXPECT_TRUE(ParseJson(Nested(32)).has_value());
  EXPECT_FALSE(ParseJson(Nested(33)).has_value());
  EXPECT_FALSE(ParseJson(std::string(2'000'000, '[')).has_value());
}

TEST(JsonTest, ErrorsHoldNothingOfTheText) {
  const auto value = ParseJson(R"({"email":"ann@example.com" oops)");
  ASSERT_FALSE(value.has_value());
  EXPECT_EQ(value.error().text.find("ann"), std::string::npos);
  EXPECT_EQ(value.error().text.find("oops"), std::string::npos);
}

TEST(JsonTest, FindsMembers) {
  const auto value = ParseJson(R"({"Email":"a","EMAIL":"b","other":null})");
  const auto& object = value->as_object();
  EXPECT_EQ(AsString(*FindMember(object, "Email")), "a");
  EXPECT_EQ(FindMember(object, "email"), nullptr);
  EXPECT_EQ(AsString(*FindMemberIgnoreCase(object, "email")), "b");
  EXPECT_EQ(FindMemberIgnoreCase(object, "mail"), nullptr);
  EXPECT_TRUE(FindMember(object, "other")->is_null());
}

TEST(JsonTest, TellsWhatAValueIs) {
  const auto as_int = [](std::string_view text) { return AsInt(*ParseJson(text)); };
  EXPECT_EQ(as_int("-5"), -5);
  EXPECT_EQ(as_int("5.0"), 5);
  EXPECT_EQ(as_int("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(as_int("-9223372036854775808"), INT64_MIN);
  EXPECT_FALSE(as_int("9223372036854775808"));
  EXPECT_FALSE(as_int("9.3e18"));
  EXPECT_FALSE(as_int("5.5"));
  EXPECT_FALSE(as_int("\"5\""));
  EXPECT_FALSE(as_int("true"));
  EXPECT_FALSE(AsString(*ParseJson("5")));
  EXPECT_EQ(AsString(*ParseJson(R"("a\u0000b")")), std::string_view("a\0b", 3));
}

TEST(JsonTest, ReadsDecimalsExactly) {
  const auto as_decimal = [](std::string_view text) { return AsDecimal(*ParseJson(text)); };
  EXPECT_EQ(as_decimal("9.95")->ToString(), "9.95");
  EXPECT_EQ(as_decimal("-3")->ToString(), "-3");
  EXPECT_EQ(as_decimal("12.5000000000")->ToString(), "12.5");
  EXPECT_EQ(as_decimal("123456789.123456")->ToString(), "123456789.123456");
  EXPECT_EQ(as_decimal("9223372036854")->ToString(), "9223372036854");
  EXPECT_FALSE(as_decimal("9223372036855"));
  EXPECT_FALSE(as_decimal("18446744073709551615"));
  EXPECT_FALSE(as_decimal("0.1234567"));
  EXPECT_FALSE(as_decimal("\"9.95\""));
  EXPECT_FALSE(as_decimal("null"));
}

}  // namespace
}  // namespace oubli
