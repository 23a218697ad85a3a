// One test for each trap that clients of this API are known to stumble over, by its number in our
// contract: 1 to 16 what the C# client depends on, 17 to 21 what the jQuery sample does.
#include <gmock/gmock.h>

#include "base/text.h"
#include "dialects/hotcakes/test_world.h"
#include "http/test_support.h"

namespace oubli::dialects::hotcakes {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Traps : public TestWorld {
 protected:
  static std::string KeyError(std::string_view description) {
    return R"({"Content":null,"Errors":[{"Code":"KEY","Description":")" + std::string(description) +
           "\"}]}";
  }
  // Every answer that a call of this kind can give: found and not, refused and done.
  std::vector<http::Response> AnswersOfAllKinds() {
    std::vector<http::Response> answers;
    const auto send = [&](std::string method, std::string url, std::string body = "") {
      answers.push_back(world_.Send(std::move(method), url,
                                    {{"Content-Type", "application/x-www-form-urlencoded"}},
                                    std::move(body)));
    };
    const std::string base(kBase);
    send("POST", Url("customeraccounts"), R"({"Email":"all@example.com"})");
    for (const std::string name : {"customeraccounts", "pricegroups", "wishlistitems", "categories",
                                   "products", "orders", "utilities"}) {
      for (const char* method : {"GET", "POST", "DELETE", "PUT", "OPTIONS", "PATCH", "HEAD"}) {
        for (const char* target : {"", "/", "/1", "/77", "/%20"}) {
          send(method, base + name + target);
          send(method, base + name + target + "?key=wrong");
          send(method, Url(name + target), "not json");
          send(method, Url(name + target), "");
        }
      }
    }
    return answers;
  }
};

TEST_F(Traps, T01_EveryAnswerIs200) {
  for (const auto& answer : AnswersOfAllKinds()) EXPECT_EQ(answer.status, 200) << answer.body;
}

TEST_F(Traps, T02_NoAnswerHasAnEmptyBody) {
  for (const auto& answer : AnswersOfAllKinds())
    EXPECT_TRUE(answer.body.starts_with(R"({"Content":)") && answer.body.ends_with("]}"))
        << answer.body;
}

TEST_F(Traps, T03_ErrorsIsAlwaysAList) {
  for (const auto& answer : AnswersOfAllKinds()) {
    EXPECT_THAT(answer.body, HasSubstr(R"(,"Errors":[)"));
    EXPECT_THAT(answer.body, Not(HasSubstr(R"("Errors":null)")));
  }
}

// The same bytes as the original, though Microsoft's reader makes an EXCEPTION of it.
TEST_F(Traps, T04_AKeyErrorHasNoContentAlsoWhereABoolOrANumberIsAsked) {
  for (const char* method : {"GET", "POST", "DELETE"}) {
    EXPECT_EQ(Body(world_.Send(method, std::string(kBase) + "customeraccounts/?countonly=1&key=x")),
              KeyError("Api Key is invalid"));
  }
}

TEST_F(Traps, T05_DatesHaveBothSlashesEscaped) {
  Post("customeraccounts",
       R"({"Email":"a@example.com","Addresses":[{"LastUpdatedUtc":"2023-11-14T22:13:20.123Z"}]})");
  Post("pricegroups", R"({"Bvin":"1"})");
  Post("wishlistitems", R"({"CustomerId":"1"})");
  for (const char* path : {"customeraccounts/1", "customeraccounts", "pricegroups/1", "pricegroups",
                           "wishlistitems/1", "wishlistitems"}) {
    const std::string body = Get(path);
    EXPECT_THAT(body, HasSubstr(R"("\/Date()")) << path;
    EXPECT_THAT(body, HasSubstr(R"()\/")")) << path;
    EXPECT_THAT(body, Not(HasSubstr("\"/Date("))) << path;
    EXPECT_THAT(body, Not(HasSubstr(")/\""))) << path;
  }
}

// As the client sends its requests, over a socket.
TEST_F(Traps, T06_TheClientsHeadersAndTheWaitFor100Continue) {
  http::TestServer server({}, [this](auto request, auto respond) {
    world_.dialect().Handle(std::move(request), std::move(respond));
  });
  http::RawClient client(server->port());
  const std::string body = R"({"Email":"a@example.com"})";
  client.Send("POST " + Url("customeraccounts/") +
              " HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
              "Host: localhost\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.ReadAnswer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send(body);
  const std::string created = client.ReadAnswer();
  EXPECT_THAT(created, HasSubstr(R"({"Content":{"Bvin":"1","Email":"a@example.com")"));
  EXPECT_THAT(created, Not(HasSubstr("Content-Encoding")));
  client.Send("DELETE " + Url("customeraccounts/1") +
              " HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
              "Host: localhost\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(http::BodyOf(client.ReadAnswer()), kTrue) << "on the same connection";
}

TEST_F(Traps, T07_NothingIsRedirected) {
  for (const auto& answer : AnswersOfAllKinds())
    EXPECT_EQ(testing::HeaderOf(answer, "Location"), "");
  EXPECT_EQ(Get("customeraccounts"), Get("customeraccounts/"));
  world_.set_tls(true);
  EXPECT_EQ(Get("customeraccounts"), Get("CUSTOMERACCOUNTS/"));
}

TEST_F(Traps, T08_WhatTheClientDoesNotEncode) {
  Post("customeraccounts/", R"({"Email":"a+b@example.com"})", "pwd=p a/b?c=d");
  EXPECT_THAT(Get("customeraccounts/", "email=a+b@example.com"), HasSubstr(R"("Bvin":"1")"));
  EXPECT_EQ(Get("customeraccounts/", "email=a&b@example.com"), kNotFound);
}

TEST_F(Traps, T09_AnEncodedSlashInThePath) {
  Add("a@example.com");
  EXPECT_EQ(Get("customeraccounts/1%2Fx"), Get("customeraccounts/1"));
  EXPECT_EQ(Get("customeraccounts%2F1"), Get("customeraccounts/1"));
  EXPECT_EQ(Get("customeraccounts/x%2F1"), kNotFound);
  EXPECT_EQ(Delete("customeraccounts/1%2Fx"), kTrue);
}

// CustomerAccountsDelete("") sends the very request of CustomerAccountsClearAll().
TEST_F(Traps, T10_EmptyIds) {
  const std::string account = Post("customeraccounts/", R"({"Bvin":"","Email":"a@example.com"})");
  EXPECT_THAT(account, HasSubstr(R"("Bvin":"1")")) << "an update without a Bvin is a create";
  EXPECT_EQ(Delete("customeraccounts/"), kFalse) << "only the window protects";
  EXPECT_THAT(Get("customeraccounts/"), HasSubstr(R"({"Content":[{)")) << "find of an empty id";
  ASSERT_TRUE(world_.windows().Open(1).has_value());
  EXPECT_EQ(Delete("customeraccounts/%20"), kFalse) << "a blank one is nobody here";
  EXPECT_EQ(Get("customeraccounts/1"), account);
  EXPECT_EQ(Delete("customeraccounts/"), kTrue);
  EXPECT_EQ(Count(), CountIs(0));
}

TEST_F(Traps, T11_ClearAllTakesNoTime) {
  auto added =
      world_.OpenStore("abc")->WriteAndWait([](customers::StoreTransaction& transaction) -> Status {
        for (int i = 0; i < 5000; ++i)
          OUBLI_TRY(customers::CreateCustomer(transaction, customers::Customer()));
        return {};
      });
  ASSERT_TRUE(added.has_value());
  ASSERT_TRUE(world_.windows().Open(1).has_value());
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(Delete("customeraccounts/"), kTrue);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5))
      << "the client gives up after 100 s";
  EXPECT_EQ(Count(), CountIs(0));
}

TEST_F(Traps, T12_AListIsAListAndAnObjectAnObject) {
  EXPECT_THAT(Get("customeraccounts"), HasSubstr(R"({"Content":[])"));
  Add("a@example.com");
  EXPECT_THAT(Get("customeraccounts"), HasSubstr(R"({"Content":[{"Bvin":"1")"));
  EXPECT_THAT(Get("customeraccounts", "page=1&pagesize=1"), HasSubstr(R"({"Content":[{)"));
  EXPECT_THAT(Get("customeraccounts/1"), HasSubstr(R"({"Content":{"Bvin":"1")"));
  EXPECT_THAT(Get("customeraccounts", "email=a@example.com"), HasSubstr(R"({"Content":{)"));
}

TEST_F(Traps, T13_BvinsAreDecimal) {
  for (int i = 1; i <= 3; ++i)
    EXPECT_EQ(Add("c" + std::to_string(i) + "@example.com"), std::to_string(i));
}

TEST_F(Traps, T14_AnEmptyPasswordInAnUpdateIsNoNewOne) {
  const std::string made =
      Post("customeraccounts", R"({"Email":"a@example.com","Password":"password1"})");
  const auto hash = [&] {
    auto store = world_.OpenStore("abc");
    auto reader = store->Read();
    return customers::FindCustomer(**reader, 1).value()->profile.password_hash;
  };
  const std::string before = hash();
  ASSERT_NE(before, "");
  constexpr std::string_view kBefore = R"({"Content":)", kAfter = R"(,"Errors":[]})";
  EXPECT_EQ(Post("customeraccounts/1",
                 made.substr(kBefore.size(), made.size() - kBefore.size() - kAfter.size())),
            made);
  EXPECT_EQ(hash(), before);
}

// What the original project's own tests want, in their order.
TEST_F(Traps, T15_TheOriginalsOwnTests) {
  for (int i = 1; i <= 6; ++i) Add("c" + std::to_string(i) + "@example.com");
  const std::string made = Post(
      "customeraccounts/", R"({"Email":"test@example.com","FirstName":"Test","LastName":"Last",)"
                           R"("Password":"password1","BillingAddress":{"City":"Palm Beach",)"
                           R"("CountryName":"United States","RegionName":"Florida"}})");
  EXPECT_THAT(made, HasSubstr(R"({"Content":{"Bvin":"7","Email":"test@example.com")"));
  EXPECT_THAT(made, HasSubstr(R"("City":"Palm Beach")"));
  EXPECT_THAT(made, HasSubstr(R"(,"Errors":[]})"));
  EXPECT_THAT(
      Post("customeraccounts/7", R"({"Bvin":"7","Email":"test@example.com","TaxExempt":true})"),
      HasSubstr(R"("TaxExempt":true)"));
  EXPECT_EQ(Delete("customeraccounts/7"), kTrue);
  const std::string page = Get("customeraccounts/", "page=1&pagesize=5");
  size_t accounts = 0;
  for (size_t at = 0; (at = page.find("\"Email\":", at)) != std::string::npos; ++at) ++accounts;
  EXPECT_EQ(accounts, 5U);
  EXPECT_EQ(Delete("customeraccounts/"), kFalse);
  ASSERT_TRUE(world_.windows().Open(1).has_value());
  EXPECT_EQ(Delete("customeraccounts/"), kTrue);
}

TEST_F(Traps, T16_DatesOfAllResourcesAreUtc) {
  const std::string now = R"(\/Date(1788256800000)\/)";  // 2026-09-01T10:00:00Z
  Add("a@example.com");
  EXPECT_THAT(Get("customeraccounts/1"), HasSubstr(R"("CreationDateUtc":")" + now));
  EXPECT_THAT(Post("pricegroups", "{}"), HasSubstr(R"("LastUpdated":")" + now));
  EXPECT_THAT(Post("wishlistitems", R"({"CustomerId":"1"})"),
              HasSubstr(R"("LastUpdatedUtc":")" + now));
}

TEST_F(Traps, T17_NoSlashBehindTheEndpointAndNoCors) {
  const auto answer = world_.Send("GET", Url("customeraccounts"),
                                  {{"Origin", "http://elsewhere.example"},
                                   {"X-Requested-With", "XMLHttpRequest"},
                                   {"Accept", "application/json, text/javascript, */*; q=0.01"}});
  EXPECT_EQ(answer.body, R"({"Content":[],"Errors":[]})");
  for (const http::Header& header : answer.headers)
    EXPECT_THAT(AsciiLower(header.name), Not(HasSubstr("access-control")));
}

// dataType "json": anything else is a parsererror.
TEST_F(Traps, T18_EveryAnswerIsLabelledJson) {
  for (const auto& answer : AnswersOfAllKinds())
    EXPECT_EQ(testing::HeaderOf(answer, "Content-Type"), "application/json; charset=utf-8");
}

// jQuery puts data:{key:...} of a DELETE or POST into the body.
TEST_F(Traps, T19_AKeyInTheBodyIsNone) {
  Add("a@example.com");
  ASSERT_TRUE(world_.windows().Open(1).has_value());
  for (const char* method : {"DELETE", "POST"}) {
    EXPECT_EQ(
        Body(world_.Send(method, std::string(kBase) + "customeraccounts",
                         {{"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"}},
                         "key=" + key_)),
        KeyError("Api Key is missing."));
  }
  EXPECT_EQ(Count(), CountIs(1));
}

TEST_F(Traps, T20_ADateThatLostItsBackslashesIsRefusedInTheOriginalsWords) {
  Add("a@example.com");
  const std::string before = Get("customeraccounts/1");
  const auto update = [](std::string_view date) {
    return R"({"Bvin":"1","Email":"a@example.com","CreationDateUtc":)" + std::string(date) + "}";
  };
  EXPECT_EQ(Post("customeraccounts/1", update(R"("/Date(1700000000123)/")")),
            Exception("/Date(1700000000123)/ is not a valid value for DateTime."));
  EXPECT_EQ(Get("customeraccounts/1"), before);
  EXPECT_EQ(Post("customeraccounts/1", update(R"("2023-11-14T22:13:20.123Z")")), before)
      << "a Date object, as JSON.stringify writes it";
}

TEST_F(Traps, T21_JQuerysContentType) {
  EXPECT_THAT(
      Body(world_.Send("POST", Url("customeraccounts"),
                       {{"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"}},
                       R"({"Email":"a@example.com"})")),
      HasSubstr(R"("Bvin":"1")"));
}

// The three gated calls, with the literal answers of the contract.
class GatedCalls : public TestWorld {};

TEST_F(GatedCalls, AreRefusedWhileTheWindowIsClosed) {
  EXPECT_EQ(Delete("customeraccounts/"), kFalse);
  EXPECT_EQ(Delete("categories/"), kFalse);
  for (const char* query : {"howmany=100", "", "howmany=x"}) {
    EXPECT_EQ(Delete("products/", query),
              R"({"Content":{"ProductsCleared":0,"ProductsRemaining":-1},"Errors":[]})");
  }
}

TEST_F(GatedCalls, AnswerAsAnEmptyCatalogueWhileItIsOpen) {
  ASSERT_TRUE(world_.windows().Open(1).has_value());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Delete("customeraccounts"), kTrue);
    EXPECT_EQ(Delete("Categories"), kTrue);
    for (const char* query : {"howmany=100", "", "howmany=0", "HowMany=x"}) {
      EXPECT_EQ(Delete("products", query),
                R"({"Content":{"ProductsCleared":0,"ProductsRemaining":0},"Errors":[]})");
    }
  }
  world_.clock().Advance(60 * 60 * 1000);
  EXPECT_EQ(Delete("categories"), kFalse);
  EXPECT_EQ(Delete("products", "howmany=1"),
            R"({"Content":{"ProductsCleared":0,"ProductsRemaining":-1},"Errors":[]})");
}

TEST_F(GatedCalls, ABlankOrUnknownIdIsFalseEvenInsideTheWindow) {
  ASSERT_TRUE(world_.windows().Open(1).has_value());
  for (const std::string name : {"customeraccounts", "categories", "products"}) {
    for (const char* id : {"/%20", "/%20/", "//", "/%2F", "%2F", "/77", "/x/y"})
      EXPECT_EQ(Delete(name + id), kFalse) << name << id;
  }
}

TEST_F(GatedCalls, TheRestOfTheCatalogueIsNotThere) {
  for (const char* path : {"categories", "categories/1", "products", "products/1", "orders",
                           "giftcards", "taxes", "vendors", "affiliates", "utilities/slugify"}) {
    EXPECT_EQ(Get(path), Exception("This server has no resource of that name.")) << path;
    EXPECT_EQ(Post(path, "{}"), Exception("This server has no resource of that name.")) << path;
  }
}

}  // namespace
}  // namespace oubli::dialects::hotcakes
