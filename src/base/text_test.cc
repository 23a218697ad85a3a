#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oubli {
namespace {

using testing::ElementsAre;

TEST(TextTest, TrimsBlanksAtBothEnds) {
  EXPECT_EQ(Trim(" \t\r\na b\n "), "a b");
  EXPECT_EQ(Trim(""), "");
  EXPECT_EQ(Trim(" \n"), "");
  EXPECT_EQ(Trim("a"), "a");
  EXPECT_EQ(Trim("\u00a0a"), "\u00a0a");  // a no-break space is text
}

TEST(TextTest, IgnoresAsciiCaseOnly) {
  EXPECT_EQ(AsciiLower("AbZ@[\u00c4"), "abz@[\u00c4");
  EXPECT_TRUE(EqualsIgnoreCase("Content-Type", "content-tYPE"));
  EXPECT_TRUE(EqualsIgnoreCase("", ""));
  EXPECT_FALSE(EqualsIgnoreCase("a", "ab"));
  EXPECT_FALSE(EqualsIgnoreCase("ab", "a"));
  EXPECT_FALSE(EqualsIgnoreCase("@", "`"));
  EXPECT_FALSE(EqualsIgnoreCase("[", "{"));
  EXPECT_FALSE(EqualsIgnoreCase("\u00c4", "\u00e4"));
}

TEST(TextTest, Splits) {
  EXPECT_THAT(Split("4,5,6", ','), ElementsAre("4", "5", "6"));
  EXPECT_THAT(Split("", ','), ElementsAre(""));
  EXPECT_THAT(Split(",", ','), ElementsAre("", ""));
  EXPECT_THAT(Split("a,,b,", ','), ElementsAre("a", "", "b", ""));
}

TEST(TextTest, KnowsDigits) {
  EXPECT_TRUE(IsDigits("0123456789"));
  EXPECT_FALSE(IsDigits(""));
  EXPECT_FALSE(IsDigits("-1"));
  EXPECT_FALSE(IsDigits("1 "));
  EXPECT_FALSE(IsDigits("\u0661"));
}

TEST(TextTest, ParsesIntegers) {
  EXPECT_EQ(ParseInt("0"), 0);
  EXPECT_EQ(ParseInt("-0"), 0);
  EXPECT_EQ(ParseInt("-12"), -12);
  EXPECT_EQ(ParseInt("007"), 7);
  EXPECT_EQ(ParseInt("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(ParseInt("-9223372036854775808"), INT64_MIN);
  for (std::string_view text : {"", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "--1", "1a",
                                "9223372036854775808", "-9223372036854775809"}) {
    EXPECT_FALSE(ParseInt(text)) << text;
  }
}

TEST(TextTest, ValidatesUtf8) {
  for (std::string_view text :
       {"", "plain ascii text of some length", "h\u00e9", "\u4e2d\u6587", "\U0001F600", "\x7f",
        "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010FFFF",
        "12345678\u00e9", "1234567\u00e9"}) {
    EXPECT_TRUE(IsValidUtf8(text)) << text;
  }
  EXPECT_TRUE(IsValidUtf8(std::string_view("a\0b", 3)));
  for (std::string_view text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x9F\xBF", "\xE2\x82",
        "\xE2(\xA1", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF0\x9F\x98",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF", "12345678\xFF", "1234567\xFFzzz"}) {
    EXPECT_FALSE(IsValidUtf8(text)) << testing::PrintToString(text);
  }
}

TEST(TextTest, WritesEveryCodePointThatItReads) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c == 0xD800) c = 0xE000;
    std::string text;
    AppendUtf8(text, c);
    size_t pos = 0;
    ASSERT_EQ(NextCodePoint(text, pos), c);
    ASSERT_EQ(pos, text.size());
  }
}

TEST(TextTest, GoesOnAfterABadByte) {
  const std::string_view text = "\xE2\x82zz";
  size_t pos = 0;
  EXPECT_EQ(NextCodePoint(text, pos), kBadCodePoint);
  EXPECT_EQ(pos, 1U);
  EXPECT_EQ(NextCodePoint(text, pos), kBadCodePoint);
  EXPECT_EQ(NextCodePoint(text, pos), U'z');
}

TEST(TextTest, CountsCodePoints) {
  EXPECT_EQ(CodePoints(""), 0U);
  EXPECT_EQ(CodePoints("abc"), 3U);
  EXPECT_EQ(CodePoints("h\u00e9\u4e2d\U0001F600"), 4U);
}

TEST(FoldCaseTest, LowersAsciiLatinGreekAndCyrillic) {
  EXPECT_EQ(FoldCase(""), "");
  EXPECT_EQ(FoldCase("Ann.O'NEIL@Example.COM [1]"), "ann.o'neil@example.com [1]");
  EXPECT_EQ(FoldCase("\u00c4\u00d6\u00dc\u00c9\u00de"), "\u00e4\u00f6\u00fc\u00e9\u00fe");
  EXPECT_EQ(FoldCase("\u0141\u00d3D\u0179"), "\u0142\u00f3d\u017a");
  EXPECT_EQ(FoldCase("\u0178\u01c4\u1ea0\u1e9e"), "\u00ff\u01c6\u1ea1\u00df");
  EXPECT_EQ(FoldCase("\u039f\u0394\u039f\u03a3"), "\u03bf\u03b4\u03bf\u03c3");
  EXPECT_EQ(FoldCase("\u03bf\u03b4\u03bf\u03c2"), "\u03bf\u03b4\u03bf\u03c3");  // final sigma
  EXPECT_EQ(FoldCase("\u041c\u0418\u0420 \u0401\u040e"), "\u043c\u0438\u0440 \u0451\u045e");
  EXPECT_EQ(FoldCase("\u023a\u2c62"), "\u2c65\u026b");  // the length in bytes changes
}

TEST(FoldCaseTest, LeavesOtherTextAlone) {
  for (std::string_view text : {"\u00d7\u00f7", "\u00df", "\u4e2d\u6587", "\U0001F600", "\u0130",
                                "\u05d0", "\u0101\u0103", "a\xFF\xC3"}) {
    EXPECT_EQ(FoldCase(text), text);
  }
}

// A customer whose address merely looks like another one's must not be found for it.
TEST(FoldCaseTest, NeverTurnsAnotherLetterIntoAscii) {
  for (char32_t c = 0x80; c <= 0x10FFFF; ++c) {
    if (c == 0xD800) c = 0xE000;
    std::string text;
    AppendUtf8(text, c);
    const std::string folded = FoldCase(text);
    ASSERT_TRUE(IsValidUtf8(folded)) << uint32_t{c};
    ASSERT_EQ(CodePoints(folded), 1U) << uint32_t{c};
    ASSERT_GE(static_cast<unsigned char>(folded[0]), 0x80) << uint32_t{c};
    ASSERT_EQ(FoldCase(folded), folded) << uint32_t{c};
  }
}

TEST(TextTest, FindsControlCharacters) {
  EXPECT_FALSE(HasControlCharacters("a\tb\r\nc \u0085"));
  EXPECT_TRUE(HasControlCharacters(std::string_view("a\0", 2)));
  EXPECT_TRUE(HasControlCharacters("\x1b[0m"));
  EXPECT_TRUE(HasControlCharacters("\x7f"));
  EXPECT_TRUE(HasControlCharacters("\x0b"));
}

TEST(TextTest, EncodesHex) {
  const uint8_t bytes[] = {0x00, 0x0f, 0xa5, 0xff};
  EXPECT_EQ(HexEncode(bytes), "000fa5ff");
  EXPECT_EQ(HexEncode({}), "");
}

// RFC 4648, section 10.
TEST(TextTest, EncodesBase64) {
  EXPECT_EQ(Base64Encode(""), "");
  EXPECT_EQ(Base64Encode("f"), "Zg==");
  EXPECT_EQ(Base64Encode("fo"), "Zm8=");
  EXPECT_EQ(Base64Encode("foo"), "Zm9v");
  EXPECT_EQ(Base64Encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64Encode("\xfb\xff\xfe"), "+//+");
  EXPECT_EQ(Base64UrlEncode("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(Base64UrlEncode("fo"), "Zm8");
}

TEST(TextTest, DecodesBase64ThatItEncoded) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(Base64Decode(Base64Encode(bytes)), bytes);
    EXPECT_EQ(Base64UrlDecode(Base64UrlEncode(bytes)), bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST(TextTest, RefusesOtherBase64) {
  for (std::string_view text :
       {"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zm8", "Zh==", "Zm9=", "Zg==Zg==", "Zm 9v",
        "Zm9v\n", "-__-", "Zm9v====", "Zm9vZ==="}) {
    EXPECT_FALSE(Base64Decode(text)) << text;
  }
  for (std::string_view text : {"Z", "Zg==", "Zh", "Zm9", "+//+", "Zm9vZ", "Zm 8"}) {
    EXPECT_FALSE(Base64UrlDecode(text)) << text;
  }
}

TEST(TextTest, FindsTheNearestName) {
  const std::string_view known[] = {"listen", "tls_cert", "tls_key", "data", "log_level"};
  EXPECT_EQ(NearestName("listne", known), "listen");
  EXPECT_EQ(NearestName("LISTEN", known), "listen");
  EXPECT_EQ(NearestName("tls_certs", known), "tls_cert");
  EXPECT_EQ(NearestName("loglevel", known), "log_level");
  EXPECT_EQ(NearestName("dta", known), "data");
  EXPECT_EQ(NearestName("colour", known), "");
  EXPECT_EQ(NearestName("", known), "");
  EXPECT_EQ(NearestName("x", known), "");
  EXPECT_EQ(NearestName(std::string(100'000, 'l'), known), "");
  EXPECT_EQ(NearestName("data", {}), "");
}

}  // namespace
}  // namespace oubli
