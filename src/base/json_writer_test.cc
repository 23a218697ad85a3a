#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <string>

namespace oubli {
namespace {

using Style = JsonWriter::Style;

std::string Escaped(std::string_view text, Style style = Style::kCompact) {
  std::string out;
  AppendJsonString(out, text, style);
  return out;
}

std::string Sample(Style style) {
  std::string out;
  JsonWriter writer(out, style);
  writer.BeginObject();
  writer.Member("text", "a");
  writer.Member("yes", true);
  writer.Member("number", -7);
  writer.Key("none").Null();
  writer.Key("price").Raw("12.50");
  writer.Key("list").BeginArray().Int(1).String("b").BeginObject().EndObject().EndArray();
  writer.Key("empty").BeginArray().EndArray();
  writer.Key("inner").BeginObject().Member("k", std::string("v")).EndObject();
  writer.EndObject();
  return out;
}

TEST(JsonWriterTest, WritesCompact) {
  const std::string expected =
      R"({"text":"a","yes":true,"number":-7,"none":null,"price":12.50,"list":[1,"b",{}],)"
      R"("empty":[],"inner":{"k":"v"}})";
  EXPECT_EQ(Sample(Style::kCompact), expected);
  EXPECT_EQ(Sample(Style::kHotcakes), expected);
}

TEST(JsonWriterTest, WritesPretty) {
  EXPECT_EQ(Sample(Style::kPretty), R"({
    "text": "a",
    "yes": true,
    "number": -7,
    "none": null,
    "price": 12.50,
    "list": [
        1,
        "b",
        {}
    ],
    "empty": [],
    "inner": {
        "k": "v"
    }
})");
}

TEST(JsonWriterTest, WritesLoneValuesAndEmptyContainers) {
  for (Style style : {Style::kCompact, Style::kPretty, Style::kHotcakes}) {
    std::string out = "before ";
    JsonWriter(out, style).Bool(false);
    EXPECT_EQ(out, "before false");
    std::string array, object;
    JsonWriter(array, style).BeginArray().EndArray();
    JsonWriter(object, style).BeginObject().EndObject();
    EXPECT_EQ(array + object, "[]{}");
  }
}

TEST(JsonWriterTest, WritesTheWholeRangeOfIntegers) {
  std::string out;
  JsonWriter(out).BeginArray().Int(INT64_MIN).Int(0).Int(INT64_MAX).EndArray();
  EXPECT_EQ(out, "[-9223372036854775808,0,9223372036854775807]");
}

TEST(JsonWriterTest, EscapesWhatJsonDemands) {
  EXPECT_EQ(Escaped(""), R"("")");
  EXPECT_EQ(Escaped("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
  EXPECT_EQ(Escaped(std::string_view("\0\x01\x0b\x1f\x7f", 5)),
            "\"\\u0000\\u0001\\u000b\\u001f\x7f\"");
  EXPECT_EQ(Escaped("a/b'<>&"), R"("a/b'<>&")");
}

TEST(JsonWriterTest, KeepsOtherTextRaw) {
  const std::string text = "h\u00e9 \u4e2d \U0001F600 \u00c2\u00a0\u2027\u202a";
  for (Style style : {Style::kCompact, Style::kPretty, Style::kHotcakes}) {
    EXPECT_EQ(Escaped(text, style), "\"" + text + "\"");
  }
}

TEST(JsonWriterTest, EscapesJavaScriptLineEnds) {
  for (Style style : {Style::kCompact, Style::kPretty, Style::kHotcakes}) {
    EXPECT_EQ(Escaped("a\u2028b\u2029", style), R"("a\u2028b\u2029")");
  }
  EXPECT_EQ(Escaped("\xC2\x85"), "\"\xC2\x85\"");
}

TEST(JsonWriterTest, EscapesAsHotcakesDoes) {
  EXPECT_EQ(Escaped("O'Neil <a&b>", Style::kHotcakes), R"("O\u0027Neil \u003ca\u0026b\u003e")");
  EXPECT_EQ(Escaped("\xC2\x85\xC2\x86", Style::kHotcakes), "\"\\u0085\xC2\x86\"");
  EXPECT_EQ(Escaped("a/b\"\\\n\x1f", Style::kHotcakes), R"("a/b\"\\\n\u001f")");
  std::string out;
  JsonWriter(out, Style::kHotcakes).BeginObject().Member("a'b", 1).EndObject();
  EXPECT_EQ(out, R"({"a\u0027b":1})");
}

TEST(JsonWriterTest, DoesNotReadBeyondACutCharacter) {
  // Not UTF-8, and nothing behind it: the bytes go through.
  EXPECT_EQ(Escaped("a\xE2", Style::kHotcakes), "\"a\xE2\"");
  EXPECT_EQ(Escaped("a\xE2\x80", Style::kHotcakes), "\"a\xE2\x80\"");
  EXPECT_EQ(Escaped("a\xC2", Style::kHotcakes), "\"a\xC2\"");
}

TEST(JsonWriterDeathTest, RefusesToCloseWhatIsNotOpen) {
  std::string out;
  EXPECT_DEATH(JsonWriter(out).EndArray(), "check failed");
  EXPECT_DEATH(JsonWriter(out).BeginObject().Key("a").EndObject(), "check failed");
  EXPECT_DEATH(JsonWriter(out).Key("a"), "check failed");
}

}  // namespace
}  // namespace oubli
