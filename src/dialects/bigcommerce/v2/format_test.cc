// Which format a call of V2 is answered in, 406, OPTIONS, and the gateway's errors.
#include "dialects/bigcommerce/v2/format.h"

#include <gtest/gtest.h>

#include "dialects/bigcommerce/v2/v2_fixture.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

TEST(FormatTest, WhatAcceptAndSuffixMean) {
  struct Case {
    const char* accept;
    PathSuffix suffix;
    std::optional<Format> expected;
  };
  constexpr auto kNone = PathSuffix::kNone;
  constexpr auto kXmlSuffix = PathSuffix::kXml;
  const Case cases[] = {
      {nullptr, kNone, Format::kJson},
      {"", kNone, Format::kJson},
      {"*/*", kNone, Format::kJson},
      {"*/*", kXmlSuffix, Format::kXml},
      {nullptr, kXmlSuffix, Format::kXml},
      {"application/xml", kNone, Format::kXml},
      {"Application/XML; charset=utf-8", kNone, Format::kXml},
      {"application/xml", PathSuffix::kJson, Format::kXml},
      {"application/json", kXmlSuffix, Format::kJson},
      {"application/json, application/xml", kNone, Format::kJson},
      {"application/xml, application/json", kNone, Format::kXml},
      {"application/json;q=0.5, application/xml;q=0.9", kNone, Format::kXml},
      {"application/json;q=0.5", kXmlSuffix, Format::kXml},
      {"application/xml;q=0.9, */*", kNone, Format::kXml},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", PathSuffix::kJson,
       Format::kJson},
      {"application/json;q=0, */*", kNone, Format::kXml},
      {"application/json;q=0, application/xml;q=0, */*", kNone, std::nullopt},
      {"*/*;q=0", kNone, std::nullopt},
      {"application/*", kNone, Format::kJson},
      {"text/html", kNone, std::nullopt},
      {"text/xml", kNone, std::nullopt},
      {"image/png, text/*", kNone, std::nullopt},
      {"text/html", kXmlSuffix, Format::kXml},
      {"application/json, text/plain, */*", kNone, Format::kJson},
      {"application/xml;q=x", kNone, Format::kXml},
      {",,;,", kNone, std::nullopt},
  };
  for (const Case& each : cases) {
    http::Request request;
    if (each.accept != nullptr) request.headers.push_back({"Accept", each.accept});
    EXPECT_EQ(ChooseFormat(request, each.suffix), each.expected)
        << (each.accept == nullptr ? "none" : each.accept) << static_cast<int>(each.suffix);
  }
}

TEST_F(V2Test, OtherTypesAre406) {
  Create("a@example.com");
  for (const std::string path : {"/customers", "/customers/1", "/customer_groups", "/time"}) {
    const auto answer = Ask("GET", path, {{"Accept", "text/html"}});
    EXPECT_EQ(answer.status, 406) << path;
    EXPECT_EQ(answer.body, Envelope(406, "Not Acceptable"));
  }
  EXPECT_EQ(Ask("DELETE", "/customers/1", {{"Accept", "text/html"}}).status, 204)
      << "what has no body is acceptable to everybody";
}

TEST_F(V2Test, OptionsTellsTheMethodsWithoutAToken) {
  const auto options = [this](const std::string& path) {
    return world_.Send("OPTIONS", "/stores/abc" + path);
  };
  EXPECT_EQ(options("/v2/customers").status, 200);
  EXPECT_EQ(options("/v2/customers").body, "");
  EXPECT_EQ(HeaderOf(options("/v2/customers"), "allow"), "GET, POST, DELETE, HEAD, OPTIONS");
  EXPECT_EQ(HeaderOf(options("/v2/customers/1.xml"), "allow"), "GET, PUT, DELETE, HEAD, OPTIONS");
  EXPECT_EQ(HeaderOf(options("/v2/customers/1/validate"), "allow"), "POST, OPTIONS");
  EXPECT_EQ(options("/v2/nothing").status, 404);
  EXPECT_EQ(options("/v3/customers").status, 405);
}

TEST_F(V2Test, TheNewerGatewayAnswersForTokensRoutesAndMethods) {
  EXPECT_EQ(world_.Send("GET", "/stores/abc/v2/customers").body, "X-Auth-Token header is required");
  EXPECT_EQ(world_.Send("GET", "/stores/abc/v2/customers.xml", {{"X-Auth-Token", "nonsense"}}).body,
            Envelope(401, "Unauthorized"));
  EXPECT_EQ(Ask("GET", "/orders").body, "The route is not found, check the URL");
  EXPECT_EQ(Ask("GET", "/customers/1/nothing").body, "The route is not found, check the URL");
  const auto wrong = Ask("PUT", "/customers");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(HeaderOf(wrong, "allow"), "GET, POST, DELETE");
  EXPECT_EQ(Ask("PUT", "/customers/count").status, 405) << "a name before an id";
  EXPECT_EQ(HeaderOf(Ask("GET", "/time"), "x-rate-limit-requests-quota"), "150");
}

TEST_F(V2Test, SuffixesBelongToTheLastNameOfV2Alone) {
  Create("a@example.com");
  EXPECT_EQ(Ask("GET", "/customers.json").status, 200);
  EXPECT_EQ(Ask("GET", "/customers.json").route, "/stores/{store_hash}/v2/customers");
  EXPECT_EQ(Ask("GET", "/customers.xml/1").status, 404);
  EXPECT_EQ(Ask("GET", "/customers.yaml").status, 404);
  EXPECT_EQ(Ask("GET", "/customers.xml.xml").status, 404);
  EXPECT_EQ(Ask("GET", "/.xml").status, 404);
  EXPECT_EQ(Get("/v3/customers.json").status, 404);
  EXPECT_EQ(Get("/v2.xml").status, 404);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce::v2
