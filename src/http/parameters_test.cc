#include "http/parameters.h"

#include <gtest/gtest.h>

namespace oubli::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs AsPairs(const Result<Parameters>& parameters) {
  Pairs pairs;
  if (!parameters) return {{"error", parameters.error().text}};
  for (const Parameter& one : parameters->all()) pairs.emplace_back(one.name, one.value);
  return pairs;
}

bool IsInvalid(const Result<Parameters>& parameters) {
  return !parameters && parameters.error().kind == ErrorKind::kInvalid;
}

TEST(PercentDecode, KeepsWhatIsNoEscape) {
  EXPECT_EQ(PercentDecode("a%20b%2C%2c", false), "a b,,");
  EXPECT_EQ(PercentDecode("100%", false), "100%");
  EXPECT_EQ(PercentDecode("%4", false), "%4");
  EXPECT_EQ(PercentDecode("%zz%4g%%41", false), "%zz%4g%A");
  EXPECT_EQ(PercentDecode("a+b", false), "a+b");
  EXPECT_EQ(PercentDecode("a+b%2B", true), "a b+");
  EXPECT_EQ(PercentDecode("%00%ff", false), std::string("\0\xff", 2));
}

TEST(PercentEncode, GoesThereAndBack) {
  EXPECT_EQ(PercentEncode("Az09-._~"), "Az09-._~");
  EXPECT_EQ(PercentEncode("a b+/\xc3\xa9"), "a%20b%2B%2F%C3%A9");
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  EXPECT_EQ(PercentDecode(PercentEncode(all), true), all);
}

TEST(Parameters, FindsTheFirstAndCounts) {
  Parameters parameters;
  parameters.Add("a", "1");
  parameters.Add("A", "2");
  parameters.Add("a", "3");
  ASSERT_NE(parameters.Find("a"), nullptr);
  EXPECT_EQ(*parameters.Find("a"), "1");
  EXPECT_EQ(parameters.Count("a"), 2U);
  EXPECT_EQ(parameters.Find("b"), nullptr);
  EXPECT_EQ(parameters.Count("b"), 0U);
}

TEST(ParseUrlEncoded, Pairs) {
  EXPECT_EQ(AsPairs(ParseUrlEncoded("")), Pairs());
  EXPECT_EQ(AsPairs(ParseUrlEncoded("id:in=4,5&id%3Ain=6")),
            (Pairs{{"id:in", "4,5"}, {"id:in", "6"}}));
  EXPECT_EQ(AsPairs(ParseUrlEncoded("a=1&&b&c=&=d&e=f=g&")),
            (Pairs{{"a", "1"}, {"b", ""}, {"c", ""}, {"", "d"}, {"e", "f=g"}}));
  EXPECT_EQ(AsPairs(ParseUrlEncoded("na+me=va%26lue%3d")), (Pairs{{"na me", "va&lue="}}));
}

TEST(ParseUrlEncoded, HasALimit) {
  EXPECT_TRUE(ParseUrlEncoded("a&b&c", 3));
  EXPECT_TRUE(IsInvalid(ParseUrlEncoded("a&b&c&d", 3)));
}

constexpr char kType[] = "multipart/form-data; boundary=XX";

std::string Part(const std::string& disposition, const std::string& value) {
  return "--XX\r\nContent-Disposition: " + disposition + "\r\n\r\n" + value + "\r\n";
}

TEST(ParseMultipart, AsCurlSendsIt) {
  const std::string boundary = "------------------------d74496d66958873e";
  const std::string body =
      "--" + boundary +
      "\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\ncustomer_delete\r\n--" + boundary +
      "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b.txt\"\r\n"
      "Content-Type: text/plain\r\n\r\nline\r\n\r\nline\r\n--" +
      boundary + "--\r\n";
  EXPECT_EQ(AsPairs(ParseMultipart("multipart/form-data; boundary=" + boundary, body)),
            (Pairs{{"type", "customer_delete"}, {"file", "line\r\n\r\nline"}}));
}

TEST(ParseMultipart, Names) {
  const std::string body = Part("form-data; name=\"a\\\"b\\\\c\"", "1") +
                           Part("form-data; name=\"%22q%22%0D%0a%41\"", "2") +
                           Part("form-data; name=plain; filename*=UTF-8''x", "3") +
                           Part("Form-Data;NAME=\"caf\xc3\xa9\"", "4") +
                           Part("form-data; filename=\"C:\\dir\\\"; name=n", "x") + "--XX--";
  // The last part's file name swallows its closing quote: malformed.
  EXPECT_TRUE(IsInvalid(ParseMultipart(kType, body)));
  const std::string good = Part("form-data; name=\"a\\\"b\\\\c\"", "1") +
                           Part("form-data; name=\"%22q%22%0D%0a%41\"", "2") +
                           Part("form-data; name=plain; filename*=UTF-8''x", "3") +
                           Part("Form-Data;NAME=\"caf\xc3\xa9\"", "4") +
                           Part("form-data; filename=\"C:\\dir\\f\"; name=n", "5") + "--XX--";
  EXPECT_EQ(AsPairs(ParseMultipart(kType, good)), (Pairs{{"a\"b\\c", "1"},
                                                         {"\"q\"\r\n%41", "2"},
                                                         {"plain", "3"},
                                                         {"caf\xc3\xa9", "4"},
                                                         {"n", "5"}}));
}

TEST(ParseMultipart, BoundaryForms) {
  const std::string body =
      "--b (1)?\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n--b (1)?--";
  EXPECT_EQ(
      AsPairs(ParseMultipart("multipart/form-data; charset=utf-8; boundary=\"b (1)?\"", body)),
      (Pairs{{"a", "v"}}));
  EXPECT_TRUE(IsInvalid(ParseMultipart("multipart/form-data", body)));
  EXPECT_TRUE(IsInvalid(ParseMultipart("multipart/form-data; boundary=", body)));
  EXPECT_TRUE(IsInvalid(ParseMultipart("multipart/form-data; boundary=\"b", body)));
  EXPECT_TRUE(
      IsInvalid(ParseMultipart("multipart/form-data; boundary=" + std::string(300, 'x'), body)));
}

TEST(ParseMultipart, PreambleEpilogueAndPadding) {
  const std::string body =
      "to be ignored\r\n--XXX\r\n--XX \t\r\nContent-Disposition: form-data; name=a\r\n\r\n" +
      std::string("v --XX v\r\n--XXY\r\n") + "\r\n--XX--\r\nbehind\r\n--XX\r\n";
  EXPECT_EQ(AsPairs(ParseMultipart(kType, body)), (Pairs{{"a", "v --XX v\r\n--XXY\r\n"}}));
  EXPECT_EQ(AsPairs(ParseMultipart(kType, "--XX--")), Pairs());
}

TEST(ParseMultipart, EmptyValues) {
  EXPECT_EQ(AsPairs(ParseMultipart(kType, Part("form-data; name=a", "") + "--XX--")),
            (Pairs{{"a", ""}}));
  // Without the CRLF of its own that the value should have.
  EXPECT_EQ(AsPairs(ParseMultipart(kType,
                                   "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n--XX--")),
            (Pairs{{"a", ""}}));
}

TEST(ParseMultipart, Malformed) {
  const std::string part = Part("form-data; name=a", "1");
  EXPECT_TRUE(IsInvalid(ParseMultipart(kType, "")));
  EXPECT_TRUE(IsInvalid(ParseMultipart(kType, "no boundary at all")));
  EXPECT_TRUE(IsInvalid(ParseMultipart(kType, part)));  // the final boundary is missing
  EXPECT_TRUE(IsInvalid(ParseMultipart(kType, part + "--XX\r\n")));
  EXPECT_TRUE(IsInvalid(ParseMultipart(kType, "--XX\r\nno header end --XX--")));
  EXPECT_TRUE(IsInvalid(ParseMultipart(kType, "--XX\r\nno colon\r\n\r\nv\r\n--XX--")));
  EXPECT_TRUE(IsInvalid(ParseMultipart(kType, Part("form-data", "1") + "--XX--")));
  EXPECT_TRUE(IsInvalid(ParseMultipart(kType, Part("attachment; name=a", "1") + "--XX--")));
  EXPECT_TRUE(IsInvalid(ParseMultipart(kType, Part("form-data; name=a; name=b", "1") + "--XX--")));
  EXPECT_TRUE(IsInvalid(ParseMultipart(kType, Part("form-data; name=\"a\" x", "1") + "--XX--")));
  EXPECT_TRUE(
      IsInvalid(ParseMultipart(kType, "--XX\r\nContent-Type: text/plain\r\n\r\nv\r\n--XX--")));
  EXPECT_TRUE(IsInvalid(ParseMultipart(
      kType, Part("form-data; name=a\r\nContent-Transfer-Encoding: base64", "MQ==") + "--XX--")));
  EXPECT_TRUE(IsInvalid(
      ParseMultipart(kType, "--XX\r\nX: " + std::string(9000, 'x') + "\r\n\r\nv\r\n--XX--")));
}

TEST(ParseMultipart, HasALimit) {
  const std::string part = Part("form-data; name=a", "1");
  EXPECT_TRUE(ParseMultipart(kType, part + part + "--XX--", 2));
  EXPECT_TRUE(IsInvalid(ParseMultipart(kType, part + part + part + "--XX--", 2)));
}

TEST(ParseForm, ByContentType) {
  Request request;
  EXPECT_EQ(AsPairs(ParseForm(request)), Pairs());
  request.body = "a=1";
  EXPECT_TRUE(IsInvalid(ParseForm(request)));
  request.headers = {{"content-type", "Application/x-www-form-urlencoded ; charset=UTF-8"}};
  EXPECT_EQ(AsPairs(ParseForm(request)), (Pairs{{"a", "1"}}));
  request.headers = {{"Content-Type", "application/json"}};
  EXPECT_TRUE(IsInvalid(ParseForm(request)));
  request.headers = {{"Content-Type", kType}};
  request.body = Part("form-data; name=a", "2") + "--XX--";
  EXPECT_EQ(AsPairs(ParseForm(request)), (Pairs{{"a", "2"}}));
}

}  // namespace
}  // namespace oubli::http
