#include "admin/web/api.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "access/key_custody.h"
#include "admin/web/admin_page.h"
#include "admin/web/calls.h"
#include "base/json.h"
#include "dialects/testing/dialect_fixture.h"

namespace oubli::admin::web {
namespace {

using dialects::testing::HeaderOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPassword = "correct horse battery";

class ApiTest : public ::testing::Test {
 protected:
  ApiTest() {
    file_ = access::ServerFile::Open(dir_).value();
    api_keys_ = std::make_unique<access::ApiKeys>(*file_, clock_);
    windows_ = std::make_unique<access::Windows>(*file_, clock_);
    administrators_ = std::make_unique<access::Administrators>(*file_, clock_);
    custody_ = access::KeyCustody::Open(*file_, dir_, clock_).value();
    customers::StoreOptions options;
    options.places = custody_->places();
    stores_ = std::make_unique<access::Stores>(*file_, dir_, threads_, clock_, nullptr, options);
    services_.emplace(Services{*api_keys_, *stores_, *windows_, *custody_, nullptr, nullptr,
                               administrators_.get()});
    page_ = MakeAdminPage(*services_, *administrators_, clock_);
    EXPECT_TRUE(stores_->Create("mine"));
    EXPECT_TRUE(stores_->Create("other"));
    EXPECT_TRUE(administrators_->Create("ada", kPassword, {}));
    EXPECT_TRUE(administrators_->Create("bob", kPassword, {"mine"}));
  }

  http::Response Send(std::string method, std::string path, std::vector<http::Header> headers = {},
                      std::string body = {}) {
    auto request = std::make_shared<http::Request>();
    request->method = std::move(method);
    request->path = std::move(path);
    request->headers = std::move(headers);
    request->headers.push_back({"Host", "shop.example"});
    request->body = std::move(body);
    request->remote_address = address_;
    http::Response answer;
    page_->Handle(std::move(request),
                  http::Responder([&](http::Response response) { answer = std::move(response); }));
    return answer;
  }

  http::Response TrySignIn(std::string_view name, std::string_view password) {
    std::string body;
    JsonWriter writer(body);
    writer.BeginObject().Member("name", name).Member("password", password).EndObject();
    return Send("POST", "/admin/api/session", {{"Content-Type", "application/json"}}, body);
  }

  struct SignedIn {
    std::string cookie;
    std::string csrf;
  };
  SignedIn SignIn(std::string_view name) {
    const http::Response response = TrySignIn(name, kPassword);
    EXPECT_EQ(response.status, 200) << response.body;
    const std::string cookie = HeaderOf(response, "Set-Cookie");
    const auto body = ParseJson(response.body).value();
    return {cookie.substr(0, cookie.find(';')), std::string(body.at("csrf_token").as_string())};
  }
  http::Response Ask(const SignedIn& who, std::string method, std::string path,
                     std::string body = {}) {
    return Send(std::move(method), std::move(path),
                {{"Cookie", "other=1; " + who.cookie},
                 {"X-CSRF-Token", who.csrf},
                 {"Origin", "https://shop.example"},
                 {"Sec-Fetch-Site", "same-origin"},
                 {"Content-Type", "application/json"}},
                std::move(body));
  }

  dialects::testing::TemporaryFolder folder_;
  const std::string dir_ = folder_.path() + "/data";
  std::string address_ = "10.0.0.1";
  ManualClock clock_{1'788'256'800'000};
  storage::WriterThreads threads_{1};
  std::unique_ptr<access::ServerFile> file_;
  std::unique_ptr<access::ApiKeys> api_keys_;
  std::unique_ptr<access::Windows> windows_;
  std::unique_ptr<access::Administrators> administrators_;
  std::unique_ptr<access::KeyCustody> custody_;
  std::unique_ptr<access::Stores> stores_;
  std::optional<Services> services_;
  std::unique_ptr<dialects::Dialect> page_;
};

std::string PathOf(const std::string& pattern, const std::string& store) {
  std::string path = pattern;
  for (const auto& [name, value] :
       {std::pair<std::string, std::string>{"{store}", store}, {"{id}", "1"}}) {
    const size_t at = path.find(name);
    if (at != std::string::npos) path.replace(at, name.size(), value);
  }
  return path;
}

// Every call, with what must be asked for it.
struct Shape {
  const char* method;
  const char* pattern;
  bool of_a_store;
  bool changes;
};
constexpr Shape kCalls[] = {
    {"GET", "/admin/api/session", false, false},
    {"DELETE", "/admin/api/session", false, true},
    {"GET", "/admin/api/dialects", false, false},
    {"GET", "/admin/api/stores", false, false},
    {"POST", "/admin/api/stores", false, true},
    {"GET", "/admin/api/stores/{store}", true, false},
    {"GET", "/admin/api/stores/{store}/keys", true, false},
    {"POST", "/admin/api/stores/{store}/keys", true, true},
    {"DELETE", "/admin/api/stores/{store}/keys/{id}", true, true},
    {"GET", "/admin/api/stores/{store}/window", true, false},
    {"POST", "/admin/api/stores/{store}/window", true, true},
    {"DELETE", "/admin/api/stores/{store}/window", true, true},
};

TEST_F(ApiTest, NothingIsAnsweredToWhoHasNotSignedIn) {
  for (const Shape& call : kCalls) {
    const std::string path = PathOf(call.pattern, "mine");
    for (const char* cookie : {"", "oubli_session=", "oubli_session=0123", "oubli_sessio=0"}) {
      EXPECT_EQ(Send(call.method, path, {{"Cookie", cookie}}).status, 401) << call.pattern;
    }
  }
  EXPECT_EQ(Send("GET", "/admin/api/nothing").status, 401);
}

TEST_F(ApiTest, WhatChangesSomethingNeedsTheTokenAndTheSameOrigin) {
  const SignedIn ada = SignIn("ada");
  for (const Shape& call : kCalls) {
    if (!call.changes) continue;
    const std::string path = PathOf(call.pattern, "mine");
    const http::Header cookie{"Cookie", ada.cookie};
    const http::Header token{"X-CSRF-Token", ada.csrf};
    EXPECT_EQ(Send(call.method, path, {cookie}).status, 403) << call.pattern;
    EXPECT_EQ(Send(call.method, path, {cookie, {"X-CSRF-Token", "0"}}).status, 403);
    for (const http::Header& foreign :
         {http::Header{"Origin", "https://evil.example"}, http::Header{"Origin", "null"},
          http::Header{"Sec-Fetch-Site", "cross-site"},
          http::Header{"Sec-Fetch-Site", "same-site"}}) {
      EXPECT_EQ(Send(call.method, path, {cookie, token, foreign}).status, 403) << call.pattern;
    }
  }
  EXPECT_EQ(Ask(ada, "GET", "/admin/api/session").status, 200);  // nobody was signed out
  EXPECT_FALSE(windows_->Show(1)->open);
  EXPECT_EQ(stores_->List().size(), 2u);
}

TEST_F(ApiTest, AForeignPageCannotSignAnybodyInEither) {
  const std::string body = R"({"name":"ada","password":"correct horse battery"})";
  EXPECT_EQ(Send("POST", "/admin/api/session",
                 {{"Content-Type", "application/json"}, {"Origin", "https://evil.example"}}, body)
                .status,
            403);
  EXPECT_EQ(Send("POST", "/admin/api/session", {{"Content-Type", "text/plain"}}, body).status, 422);
}

TEST_F(ApiTest, AnAdministratorOfOneStoreIsRefusedForEveryOther) {
  const SignedIn bob = SignIn("bob");
  for (const Shape& call : kCalls) {
    if (!call.of_a_store) continue;
    for (const char* store : {"other", "nowhere", "..", "%6Fther"}) {
      const http::Response refused =
          Ask(bob, call.method, PathOf(call.pattern, store), R"({"confirm":"other"})");
      EXPECT_EQ(refused.status, 403) << call.pattern << " " << store;
      EXPECT_THAT(refused.body, HasSubstr("not one of yours"));
    }
  }
  EXPECT_FALSE(windows_->Show(2)->open);
  EXPECT_TRUE(api_keys_->List("other")->empty());
  const std::string list = Ask(bob, "GET", "/admin/api/stores").body;
  EXPECT_THAT(list, HasSubstr("\"mine\""));
  EXPECT_THAT(list, Not(HasSubstr("other")));
  EXPECT_EQ(Ask(bob, "POST", "/admin/api/stores", R"({"handle":"third"})").status, 403);
  EXPECT_EQ(Ask(bob, "GET", "/admin/api/stores/mine").status, 200);
}

TEST_F(ApiTest, TheWindowOpensForWhoTypesTheStoresName) {
  const SignedIn bob = SignIn("bob");
  for (const char* body : {"", "{}", R"({"confirm":"Mine"})", R"({"confirm":"other"})",
                           R"({"confirm":5})", R"({"confirm":"mine","minutes":0})"}) {
    EXPECT_EQ(Ask(bob, "POST", "/admin/api/stores/mine/window", body).status, 422) << body;
  }
  EXPECT_FALSE(windows_->Show(1)->open);
  const http::Response opened =
      Ask(bob, "POST", "/admin/api/stores/mine/window", R"({"confirm":"mine"})");
  EXPECT_EQ(opened.status, 200);
  EXPECT_THAT(opened.body, HasSubstr("\"remaining_seconds\":3600"));
  EXPECT_TRUE(windows_->IsOpen(1));
  EXPECT_FALSE(windows_->IsOpen(2));
  EXPECT_THAT(Ask(bob, "DELETE", "/admin/api/stores/mine/window").body,
              HasSubstr("\"open\":false"));
  EXPECT_FALSE(windows_->IsOpen(1));
}

TEST_F(ApiTest, AKeyIsMadeShownOnceAndRevoked) {
  const SignedIn bob = SignIn("bob");
  const http::Response made =
      Ask(bob, "POST", "/admin/api/stores/mine/keys",
          R"({"dialect":"bigcommerce","scopes":["store_v2_customers_read_only"]})");
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(HeaderOf(made, "Cache-Control"), "no-store");
  const auto key = ParseJson(made.body).value();
  const std::string token(key.at("token").as_string());
  EXPECT_TRUE(api_keys_->ByBigCommerceToken(token));
  const http::Response list = Ask(bob, "GET", "/admin/api/stores/mine/keys");
  EXPECT_THAT(list.body, HasSubstr("store_v2_customers_read_only"));
  EXPECT_THAT(list.body, Not(HasSubstr(token)));
  const std::string id = std::to_string(key.at("id").as_int64());
  EXPECT_EQ(Ask(bob, "DELETE", "/admin/api/stores/mine/keys/x").status, 404);
  EXPECT_EQ(Ask(bob, "DELETE", "/admin/api/stores/mine/keys/99").status, 404);
  EXPECT_EQ(Ask(bob, "DELETE", "/admin/api/stores/mine/keys/" + id).status, 204);
  EXPECT_FALSE(api_keys_->ByBigCommerceToken(token));
  EXPECT_EQ(Ask(bob, "POST", "/admin/api/stores/mine/keys", R"({"dialect":"magento"})").status,
            422);
  // The path says which store, not the body.
  EXPECT_EQ(
      Ask(bob, "POST", "/admin/api/stores/mine/keys", R"({"dialect":"hotcakes","store":"other"})")
          .status,
      200);
  EXPECT_TRUE(api_keys_->List("other")->empty());
}

TEST_F(ApiTest, AKeyOfAnotherStoreIsNotRevokedThroughOnesOwn) {
  access::NewKey foreign;
  foreign.store = "other";
  foreign.dialect = access::Dialect::kHotcakes;
  const auto key = api_keys_->Create(foreign).value();
  const SignedIn bob = SignIn("bob");
  EXPECT_EQ(Ask(bob, "DELETE", "/admin/api/stores/mine/keys/" + std::to_string(key.id)).status,
            404);
  EXPECT_EQ(api_keys_->List("other")->size(), 1u);
}

TEST_F(ApiTest, SigningOutANewPasswordAndRemovalEndTheSession) {
  const SignedIn first = SignIn("bob");
  EXPECT_EQ(Ask(first, "DELETE", "/admin/api/session").status, 204);
  EXPECT_EQ(Ask(first, "GET", "/admin/api/session").status, 401);
  const SignedIn second = SignIn("bob");
  ASSERT_TRUE(administrators_->SetPassword("bob", kPassword));
  EXPECT_EQ(Ask(second, "GET", "/admin/api/session").status, 401);
  const SignedIn third = SignIn("bob");
  ASSERT_TRUE(administrators_->Remove("bob"));
  EXPECT_EQ(Ask(third, "GET", "/admin/api/session").status, 401);
  const SignedIn ada = SignIn("ada");
  clock_.Advance(Sessions::kIdleMs);
  EXPECT_EQ(Ask(ada, "GET", "/admin/api/session").status, 401);
}

TEST_F(ApiTest, SigningInAgainEndsTheSessionOfTheSameBrowserAndNoOther) {
  const SignedIn elsewhere = SignIn("ada");
  const SignedIn first = SignIn("ada");
  const http::Response again =
      Send("POST", "/admin/api/session",
           {{"Content-Type", "application/json"}, {"Cookie", first.cookie}},
           R"({"name":"ada","password":"correct horse battery"})");
  EXPECT_EQ(again.status, 200);
  EXPECT_THAT(HeaderOf(again, "Set-Cookie"), Not(HasSubstr(first.cookie)));
  EXPECT_EQ(Ask(first, "GET", "/admin/api/session").status, 401);
  EXPECT_EQ(Ask(elsewhere, "GET", "/admin/api/session").status, 200);
  // Who fails to sign in ends nobody's session.
  Send("POST", "/admin/api/session",
       {{"Content-Type", "application/json"}, {"Cookie", elsewhere.cookie}},
       R"({"name":"ada","password":"wrong password"})");
  EXPECT_EQ(Ask(elsewhere, "GET", "/admin/api/session").status, 200);
}

TEST_F(ApiTest, ASecretOfOnesOwnChoiceIsNoSession) {
  const std::string chosen = "oubli_session=" + std::string(64, 'a');
  const http::Response response =
      Send("POST", "/admin/api/session", {{"Content-Type", "application/json"}, {"Cookie", chosen}},
           R"({"name":"ada","password":"correct horse battery"})");
  EXPECT_THAT(HeaderOf(response, "Set-Cookie"), Not(HasSubstr(chosen)));
  EXPECT_EQ(Send("GET", "/admin/api/session", {{"Cookie", chosen}}).status, 401);
}

TEST_F(ApiTest, APageThatAsksByItselfKeepsNobodySignedIn) {
  const SignedIn ada = SignIn("ada");
  const auto look = [&] {
    return Send("GET", "/admin/api/stores/mine/window",
                {{"Cookie", ada.cookie}, {"X-Background", "1"}})
        .status;
  };
  clock_.Advance(Sessions::kIdleMs / 2);
  EXPECT_EQ(look(), 200);
  clock_.Advance(Sessions::kIdleMs / 2);
  EXPECT_EQ(look(), 401);
  EXPECT_EQ(Ask(ada, "GET", "/admin/api/session").status, 401);
}

TEST_F(ApiTest, WrongPasswordsLockOutAlsoTheRightOne) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(TrySignIn("ada", "wrong password").status, 401);
  const http::Response locked = TrySignIn("ada", kPassword);
  EXPECT_EQ(locked.status, 429);
  EXPECT_EQ(HeaderOf(locked, "Retry-After"), "900");
  address_ = "10.0.0.2";
  EXPECT_EQ(TrySignIn("ada", kPassword).status, 200);
  address_ = "10.0.0.1";
  clock_.Advance(SignInGuard::kLockMs);
  EXPECT_EQ(TrySignIn("ada", kPassword).status, 200);
}

TEST_F(ApiTest, BadSignInsAreTold) {
  for (const char* body : {"", "[]", "{", R"({"name":"ada"})", R"({"name":1,"password":"x"})",
                           R"({"name":"ada","password":"x","store":"mine"})"}) {
    const int status =
        Send("POST", "/admin/api/session", {{"Content-Type", "application/json"}}, body).status;
    EXPECT_EQ(status, 422) << body;
  }
  // The same words for an unknown name and a wrong password.
  EXPECT_EQ(TrySignIn("nobody", kPassword).body, TrySignIn("ada", "wrong password").body);
}

TEST_F(ApiTest, TheCookieIsKeptFromScriptsAndOtherSites) {
  const std::string plain = HeaderOf(TrySignIn("ada", kPassword), "Set-Cookie");
  EXPECT_THAT(plain, HasSubstr("; Path=/admin/; HttpOnly; SameSite=Strict"));
  EXPECT_THAT(plain, Not(HasSubstr("Secure")));
  const http::Response behind_proxy =
      Send("POST", "/admin/api/session",
           {{"Content-Type", "application/json"}, {"X-Forwarded-Proto", "https"}},
           R"({"name":"ada","password":"correct horse battery"})");
  EXPECT_THAT(HeaderOf(behind_proxy, "Set-Cookie"), HasSubstr("; Secure"));
}

TEST_F(ApiTest, UnknownCallsMethodsAndBodiesAreRefused) {
  const SignedIn ada = SignIn("ada");
  EXPECT_EQ(Ask(ada, "GET", "/admin/api/nothing").status, 404);
  EXPECT_EQ(Ask(ada, "GET", "/admin/api/stores/nowhere").status, 404);
  const http::Response wrong = Ask(ada, "PUT", "/admin/api/stores");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(HeaderOf(wrong, "Allow"), "GET, POST");
  EXPECT_EQ(Ask(ada, "POST", "/admin/api/stores", "[1]").status, 422);
  EXPECT_EQ(Ask(ada, "POST", "/admin/api/stores", R"({"handle":"A B"})").status, 422);
  EXPECT_EQ(Ask(ada, "POST", "/admin/api/stores", R"({"handle":"mine"})").status, 409);
  EXPECT_EQ(Ask(ada, "POST", "/admin/api/stores", R"({"handle":"third"})").status, 200);
  EXPECT_TRUE(stores_->Find("third"));
}

TEST_F(ApiTest, ThePageItselfComesWithAStrictPolicy) {
  const http::Response page = Send("GET", "/admin/");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(HeaderOf(page, "Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(HeaderOf(page, "X-Frame-Options"), "DENY");
  EXPECT_THAT(page.body, HasSubstr("<!doctype html>"));
  EXPECT_EQ(Send("GET", "/admin/app.js").status, 200);
  EXPECT_EQ(Send("GET", "/admin/../server.key").status, 404);
  EXPECT_EQ(Send("GET", "/admin").status, 308);
  EXPECT_EQ(HeaderOf(Send("GET", "/admin"), "Location"), "/admin/");
  EXPECT_FALSE(page_->Claims("/administrator"));
}

TEST_F(ApiTest, EveryCallOfTheServersTableIsInThisTests) {
  for (const Route& route : Routes()) {
    EXPECT_EQ(std::ranges::count_if(kCalls,
                                    [&](const Shape& call) {
                                      return route.method == call.method &&
                                             route.pattern == call.pattern;
                                    }),
              1)
        << route.method << " " << route.pattern;
  }
}

}  // namespace
}  // namespace oubli::admin::web
