#include "documents/documents.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace oubli::documents {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class DocumentsTest : public ::testing::Test {
 protected:
  http::Response Get(std::string path) {
    EXPECT_TRUE(documents_->Claims(path)) << path;
    auto request = std::make_shared<http::Request>();
    request->method = "GET";
    request->path = std::move(path);
    http::Response answer;
    documents_->Handle(std::move(request), http::Responder([&](http::Response response) {
                         answer = std::move(response);
                       }));
    return answer;
  }
  static std::string HeaderOf(const http::Response& response, std::string_view name) {
    for (const http::Header& header : response.headers) {
      if (header.name == name) return header.value;
    }
    return "";
  }

  std::unique_ptr<dialects::Dialect> documents_ = MakeDocuments();
};

TEST_F(DocumentsTest, APageIsShownAsHtmlAndAsMarkdown) {
  const http::Response page = Get("/docs/cli");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(HeaderOf(page, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(HeaderOf(page, "Content-Security-Policy"), StartsWith("default-src 'none'"));
  EXPECT_THAT(page.body, HasSubstr("<h1 id=\"the-command-line\">"));
  // Links lead to pages, not to files.
  EXPECT_THAT(page.body, HasSubstr("href=\"/docs/admin-page\""));
  EXPECT_THAT(page.body, Not(HasSubstr("href=\"admin-page.md\"")));
  const http::Response text = Get("/docs/cli.md");
  EXPECT_EQ(HeaderOf(text, "Content-Type"), "text/markdown; charset=utf-8");
  EXPECT_THAT(text.body, StartsWith("# The command line\n"));
}

TEST_F(DocumentsTest, FoldersHaveTheirFirstPage) {
  EXPECT_EQ(Get("/docs").status, 308);
  EXPECT_EQ(HeaderOf(Get("/docs"), "Location"), "/docs/");
  EXPECT_THAT(Get("/docs/").body, HasSubstr("<h1"));
  EXPECT_EQ(Get("/docs/dialects/bigcommerce").status, 200);
  EXPECT_EQ(Get("/docs/dialects").status, 308);
  EXPECT_EQ(HeaderOf(Get("/docs/dialects"), "Location"), "/docs/dialects/");
  EXPECT_THAT(Get("/docs/dialects/").body, HasSubstr("href=\"/docs/dialects/hotcakes\""));
  EXPECT_THAT(Get("/docs/dialects/README.md").body, StartsWith("# "));
  // A folder without a first page is none.
  EXPECT_EQ(Get("/docs/decisions").status, 404);
  EXPECT_EQ(Get("/docs/decisions/").status, 404);
}

TEST_F(DocumentsTest, WhatTheClientHasIsNotSentAgain) {
  const std::string etag = HeaderOf(Get("/docs/cli"), "ETag");
  EXPECT_NE(etag, HeaderOf(Get("/docs/cli.md"), "ETag"));
  const auto ask = [&](std::string method, std::string value) {
    auto request = std::make_shared<http::Request>();
    request->method = std::move(method);
    request->path = "/docs/cli";
    request->headers.push_back({"If-None-Match", std::move(value)});
    http::Response answer;
    documents_->Handle(std::move(request), http::Responder([&](http::Response response) {
                         answer = std::move(response);
                       }));
    return answer;
  };
  for (const std::string& same : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
    EXPECT_EQ(ask("GET", same).status, 304) << same;
    EXPECT_EQ(ask("HEAD", same).status, 304) << same;
    EXPECT_TRUE(ask("GET", same).body.empty());
    EXPECT_EQ(ask("POST", same).status, 405) << same;
  }
  for (const std::string& other : {std::string("\"x\""), etag + "x", std::string()}) {
    EXPECT_EQ(ask("GET", other).status, 200) << other;
  }
}

TEST_F(DocumentsTest, ProgramsFindEveryPage) {
  const std::string list = Get("/llms.txt").body;
  EXPECT_THAT(list, StartsWith("# "));
  EXPECT_THAT(list, HasSubstr("(/docs/guarantees.md)"));
  EXPECT_EQ(HeaderOf(Get("/llms.txt"), "Content-Type"), "text/plain; charset=utf-8");
  size_t pages = 0;
  for (size_t at = list.find("](/docs/"); at != std::string::npos; at = list.find("](/docs/", at)) {
    at += 2;
    const std::string path = list.substr(at, list.find(')', at) - at);
    const http::Response page = Get(path);
    EXPECT_EQ(page.status, 200) << path;
    EXPECT_THAT(Get("/llms-full.txt").body, HasSubstr(std::string(Trim(page.body)))) << path;
    ++pages;
  }
  EXPECT_GT(pages, 15u);
}

TEST_F(DocumentsTest, NothingElseIsShown) {
  for (const char* path :
       {"/docs/nothing", "/docs/../server.key", "/docs/%2e%2e/server.key", "/docs/cli/", "/docs//",
        "/docs/.", "/docs//evil.example/", "/docs/..%2fserver.key", "/docs/cli.md.gz",
        "/docs/cli.gz", "/docs/%63li"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
  EXPECT_FALSE(documents_->Claims("/docsx"));
  EXPECT_FALSE(documents_->Claims("/llms.txt/"));
}

}  // namespace
}  // namespace oubli::documents
