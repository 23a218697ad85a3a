#include "http/static_files.h"

#include <gtest/gtest.h>

#include <array>

namespace oubli::http {
namespace {

constexpr std::array<EmbeddedFile, 2> kFiles = {{
    {"app.js", "plain script", "zipped script"},
    {"note.txt", "a note", ""},
}};

class StaticFilesTest : public ::testing::Test {
 protected:
  Response Ask(std::string_view name, const std::vector<Header>& headers = {},
               std::string_view method = "GET") {
    Request request;
    request.method = method;
    request.headers = headers;
    return files_.Answer(request, name);
  }
  static std::string HeaderOf(const Response& response, std::string_view name) {
    for (const Header& header : response.headers) {
      if (header.name == name) return header.value;
    }
    return "";
  }

  StaticFiles files_{kFiles};
};

TEST_F(StaticFilesTest, KnowsItsFiles) {
  EXPECT_TRUE(files_.Has("app.js"));
  EXPECT_FALSE(files_.Has("app.js.gz"));
  EXPECT_FALSE(files_.Has(""));
  EXPECT_FALSE(files_.Has("../app.js"));
}

TEST_F(StaticFilesTest, CompressedForThoseWhoTakeIt) {
  const Response zipped = Ask("app.js", {{"Accept-Encoding", "br, gzip;q=0.8"}});
  EXPECT_EQ(zipped.body, "zipped script");
  EXPECT_EQ(HeaderOf(zipped, "Content-Encoding"), "gzip");
  EXPECT_EQ(HeaderOf(zipped, "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(HeaderOf(zipped, "Vary"), "Accept-Encoding");
  for (const char* refused : {"", "br", "gzip;q=0", "identity, gzip; q=0.0"}) {
    const Response plain = Ask("app.js", {{"Accept-Encoding", refused}});
    EXPECT_EQ(plain.body, "plain script") << refused;
    EXPECT_EQ(HeaderOf(plain, "Content-Encoding"), "") << refused;
  }
  EXPECT_EQ(Ask("note.txt", {{"Accept-Encoding", "gzip"}}).body, "a note");
}

TEST_F(StaticFilesTest, WhoHasItAlreadyGetsNoBody) {
  const std::string etag = HeaderOf(Ask("app.js"), "ETag");
  ASSERT_FALSE(etag.empty());
  for (const std::string& known : {etag, "W/" + etag, "\"other\", " + etag, std::string("*")}) {
    const Response response = Ask("app.js", {{"If-None-Match", known}});
    EXPECT_EQ(response.status, 304) << known;
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(HeaderOf(response, "ETag"), etag);
  }
  EXPECT_EQ(Ask("app.js", {{"If-None-Match", "\"other\""}}).status, 200);
  EXPECT_NE(HeaderOf(Ask("note.txt"), "ETag"), etag);
}

TEST_F(StaticFilesTest, NothingButReading) {
  const Response response = Ask("app.js", {}, "POST");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(HeaderOf(response, "Allow"), "GET, HEAD");
  EXPECT_EQ(Ask("app.js", {}, "HEAD").status, 200);
}

}  // namespace
}  // namespace oubli::http
