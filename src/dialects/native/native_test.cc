// Paths, keys and problems: what all calls have in common.
#include "dialects/native/native_fixture.h"
#include "dialects/native/problems.h"
#include "dialects/native/router.h"

namespace oubli::dialects::native {
namespace {

TEST_F(NativeTest, ClaimsEverythingUnderItsRootAndNothingElse) {
  for (const char* path : {"/v1", "/v1/", "/v1/stores/abc", "/v1/x"}) {
    EXPECT_TRUE(world_.dialect().Claims(path)) << path;
  }
  for (const char* path : {"/", "/v10", "/v2/x", "/stores/abc/v1", "//v1", "/V1/stores"}) {
    EXPECT_FALSE(world_.dialect().Claims(path)) << path;
  }
}

TEST_F(NativeTest, UnknownPathsAndMethodsAreProblemsAlsoWithoutAKey) {
  Create("a@example.com");
  for (const char* path :
       {"/v1", "/v1/", "/v1/stores/abc/customers/1",
        "/v1/stores/abc/customers/1/stored-instruments/",
        "/v1/stores//customers/1/stored-instruments", "/v1/x/abc/customers/1/stored-instruments"}) {
    const auto answer = world_.Send("GET", path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(SlugOf(answer), "no-such-route") << path;
  }
  EXPECT_EQ(world_.Send("GET", "/v1/" + std::string(100'000, 'x')).status, 404);
  const auto answer = world_.Send("PUT", "/v1/stores/abc" + kInstrumentsPath);
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(SlugOf(answer), "method-not-allowed");
  EXPECT_EQ(HeaderOf(answer, "Allow"), "GET, POST");
  EXPECT_EQ(HeaderOf(Send("GET", kInstrumentsPath + "/x"), "Allow"), "DELETE");
  EXPECT_EQ(Send("HEAD", kInstrumentsPath).status, 200);
}

TEST_F(NativeTest, AKeyOpensItsOwnStoreAlone) {
  Create("a@example.com");
  EXPECT_EQ(Get(kInstrumentsPath).status, 200);
  const std::string target = "/v1/stores/abc" + kInstrumentsPath;
  for (const std::string& value :
       {std::string(), std::string("Bearer"), std::string("Bearer "), std::string("Bearer x"), key_,
        "Basic " + key_, "Bearer " + key_ + "x", "Bearer" + key_, "Bearer " + key_ + " " + key_}) {
    const auto answer = world_.Send("GET", target, {{"Authorization", value}});
    EXPECT_EQ(answer.status, 401) << value;
    EXPECT_EQ(SlugOf(answer), "unauthorized");
    EXPECT_EQ(HeaderOf(answer, "WWW-Authenticate"), "Bearer");
  }
  EXPECT_EQ(world_.Send("GET", target).status, 401);
  EXPECT_EQ(world_
                .Send("GET", target,
                      {{"Authorization", "Bearer " + key_}, {"Authorization", "Bearer " + key_}})
                .status,
            401);
  EXPECT_EQ(world_.Send("GET", target, {{"authorization", "bearer  " + key_}}).status, 200);
  world_.CreateStore("other");
  const std::string others = KeyFor("other");
  for (const char* handle : {"abc", "nobody", "ABC"}) {
    const auto answer = world_.Send("GET", "/v1/stores/" + std::string(handle) + kInstrumentsPath,
                                    {{"Authorization", "Bearer " + others}});
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(SlugOf(answer), "forbidden");
  }
}

TEST_F(NativeTest, KeysOfOtherDialectsAreNone) {
  Create("a@example.com");
  access::NewKey key;
  key.store = "abc";
  key.dialect = access::Dialect::kHotcakes;
  key_ = world_.CreateKey(key)["key"];
  EXPECT_EQ(Get(kInstrumentsPath).status, 401);
}

TEST_F(NativeTest, AcceptAndContentType) {
  Create("a@example.com");
  const std::string target = "/v1/stores/abc" + kInstrumentsPath;
  const http::Header key = {"Authorization", "Bearer " + key_};
  for (const char* accept : {"*/*", "application/json", "text/html, application/*;q=0.5", ""}) {
    EXPECT_EQ(world_.Send("GET", target, {key, {"Accept", accept}}).status, 200) << accept;
  }
  EXPECT_EQ(SlugOf(world_.Send("GET", target, {key, {"Accept", "text/html"}})), "not-acceptable");
  for (const char* type : {"text/plain", "application/jsonp", ""}) {
    EXPECT_EQ(SlugOf(world_.Send("POST", target, {key, {"Content-Type", type}}, "{}")),
              "unsupported-media-type");
  }
  EXPECT_EQ(world_.Send("POST", target, {key}, "{}").status, 415);
  EXPECT_EQ(SlugOf(world_.Send("POST", target,
                               {key, {"Content-Type", "Application/JSON; charset=utf-8"}}, "{")),
            "malformed-json");
}

// Slugs are compared by clients: a changed one breaks them.
TEST(NativeProblems, SlugsStayAsTheyAre) {
  const std::vector<std::string_view> slugs = {"malformed-json",
                                               "unauthorized",
                                               "forbidden",
                                               "no-such-route",
                                               "customer-not-found",
                                               "stored-instrument-not-found",
                                               "method-not-allowed",
                                               "not-acceptable",
                                               "duplicate-token",
                                               "unsupported-media-type",
                                               "invalid-request",
                                               "card-number",
                                               "too-many-stored-instruments",
                                               "internal-error",
                                               "unavailable"};
  for (size_t i = 0; i < slugs.size(); ++i) {
    EXPECT_EQ(SlugOf(static_cast<ProblemType>(i)), slugs[i]);
  }
  EXPECT_EQ(FromError({ErrorKind::kUnavailable, "x"}).type, ProblemType::kUnavailable);
  EXPECT_EQ(FromError({ErrorKind::kCorrupt, "x"}).type, ProblemType::kInternalError);
  EXPECT_EQ(ToResponse({ProblemType::kUnavailable}).body,
            R"({"type":"urn:oubli:problem:unavailable",)"
            R"("title":"It cannot be done now, and nothing has changed.","status":503})");
}

}  // namespace
}  // namespace oubli::dialects::native
