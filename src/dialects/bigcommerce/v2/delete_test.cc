// Deleting through V2: one customer, and everybody inside a window.
#include <gtest/gtest.h>

#include <future>

#include "dialects/bigcommerce/v2/v2_fixture.h"
#include "erasure/eraser.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

class V2DeleteTest : public V2Test {
 protected:
  void SetUp() override {
    for (const char* email : {"a@example.com", "b@example.com", "c@example.com"}) Create(email);
  }
  void OpenWindow(std::string_view handle = "abc") {
    ASSERT_TRUE(world_.windows().Open(world_.stores().Find(handle)->number).has_value());
  }
  void ExpectClosed(const http::Response& answer) {
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.body,
              R"({"status":405,"title":"Method Not Allowed","type":)" + std::string(kT) +
                  R"(,"detail":"The requested HTTP method is invalid for this endpoint."})");
    EXPECT_EQ(HeaderOf(answer, "allow"), "GET, POST");
  }
};

TEST_F(V2DeleteTest, OneGoesWithAllThatHangsOnIt) {
  AskJson("POST", "/customers/2/addresses",
          R"({"first_name":"J","last_name":"D","phone":"1","street_1":"1 Main","city":"Austin",)"
          R"("state":"Texas","zip":"78751","country":"United States"})");
  const auto gone = Ask("DELETE", "/customers/2");
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.body, "");
  EXPECT_EQ(Ask("GET", "/customers/2").body, kNotFoundBody);
  EXPECT_EQ(Ask("GET", "/customers/2/addresses").body, kNotFoundBody);
  EXPECT_EQ(Ask("GET", "/customers/2/addresses/1").body, kNotFoundBody);
  EXPECT_EQ(IdsOf(Get("/v3/customers")), (std::vector<int64_t>{1, 3}));
  EXPECT_TRUE(IdsOf(Get("/v3/customers/addresses")).empty());
  EXPECT_EQ(Ask("DELETE", "/customers/2").body, kNotFoundBody);
  // The address is free for somebody new, who gets a new id.
  EXPECT_EQ(Parse(AskJson("POST", "/customers",
                          R"({"first_name":"J","last_name":"D","email":"b@example.com"})"))
                .at("id"),
            4);
}

TEST_F(V2DeleteTest, NonsenseDeletesNobody) {
  for (const std::string path :
       {"/customers/0", "/customers/-1", "/customers/all", "/customers/1,2", "/customers/%20",
        "/customers/.json", "/customers/count"}) {
    EXPECT_EQ(Ask("DELETE", path).status, path == "/customers/count" ? 405 : 404) << path;
  }
  EXPECT_EQ(Ask("DELETE", "/customers/1?id:in=2").body, Unsupported("id:in"));
  EXPECT_EQ(Population(), 3);
}

TEST_F(V2DeleteTest, SomebodyWhoIsErasedMeanwhileIsGoneForEveryCall) {
  std::promise<void> done;
  erasure::Erase(*Store(), customers::OwnerKind::kCustomer, {1},
                 [&](const Result<erasure::Outcome>&) { done.set_value(); });
  done.get_future().wait();
  EXPECT_EQ(AskJson("PUT", "/customers/1", R"({"notes":"x"})").body, kNotFoundBody);
  EXPECT_EQ(AskJson("POST", "/customers/1/validate", R"({"password":"x"})").body, kNotFoundBody);
  EXPECT_EQ(Ask("DELETE", "/customers/1/addresses").body, kNotFoundBody);
  EXPECT_EQ(Ask("GET", "/customers/count").body, R"({"count":2})");
}

TEST_F(V2DeleteTest, AllIs405OutsideAWindow) {
  ExpectClosed(Ask("DELETE", "/customers"));
  ExpectClosed(Ask("DELETE", "/customers.xml"));
  ExpectClosed(Ask("DELETE", "/customers?id=1"));
  ExpectClosed(Ask("DELETE", "/customers/"));
  EXPECT_EQ(Population(), 3);
}

TEST_F(V2DeleteTest, AllIsAClearAllInsideOne) {
  const int64_t group = MakeGroup("VIP").id;
  OpenWindow();
  EXPECT_EQ(Ask("DELETE", "/customers").status, 204);
  EXPECT_EQ(Population(), 0);
  EXPECT_EQ(Ask("GET", "/customers").status, 204);
  EXPECT_EQ(Ask("GET", "/customers/1").status, 404);
  EXPECT_EQ(Ask("GET", "/customer_groups/" + std::to_string(group)).status, 200)
      << "what is nobody's stays";
  EXPECT_EQ(Ask("DELETE", "/customers").status, 204) << "also when there is nobody";
  Create("a@example.com");
  EXPECT_EQ(Ask("DELETE", "/customers.json").status, 204) << "calls do not use the window up";
  EXPECT_EQ(Population(), 0);
}

TEST_F(V2DeleteTest, TheWindowEndsToTheMillisecond) {
  OpenWindow();
  world_.clock().Advance(60 * 60 * 1000 - 1);
  EXPECT_EQ(Ask("DELETE", "/customers").status, 204);
  Create("a@example.com");
  world_.clock().Advance(1);
  ExpectClosed(Ask("DELETE", "/customers"));
  EXPECT_EQ(Population(), 1);
}

TEST_F(V2DeleteTest, WhoSaysMoreThanTheCallTakesDoesNotMeanEverybody) {
  OpenWindow();
  for (const std::string target : {"/customers?id=1", "/customers?email=a@example.com",
                                   "/customers?min_id=2", "/customers?x", "/customers/"}) {
    const auto answer = Ask("DELETE", target);
    EXPECT_EQ(answer.status, 400) << target;
    EXPECT_EQ(
        answer.body,
        R"([{"status":400,"message":"The call that deletes all customers takes no parameters, no body, and no slash at the end."}])");
  }
  EXPECT_EQ(AskJson("DELETE", "/customers", R"({"id":1})").status, 400);
  EXPECT_EQ(Ask("DELETE", "/customers/.xml").status, 404);
  EXPECT_EQ(Population(), 3);
}

TEST_F(V2DeleteTest, TheWindowOfAnotherStoreDoesNotCount) {
  world_.CreateStore("other");
  OpenWindow("other");
  ExpectClosed(Ask("DELETE", "/customers"));
  const std::string foreign = TokenFor("other", {kModifyScope});
  EXPECT_EQ(world_.Send("DELETE", "/stores/abc/v2/customers", {{"X-Auth-Token", foreign}}).status,
            403);
  EXPECT_EQ(world_.Send("DELETE", "/stores/other/v2/customers", {{"X-Auth-Token", foreign}}).status,
            204);
  EXPECT_EQ(Population(), 3);
}

TEST_F(V2DeleteTest, ReadersMayNotDeleteAlsoInsideAWindow) {
  OpenWindow();
  token_ = TokenFor("abc", {kReadScope});
  EXPECT_EQ(Ask("DELETE", "/customers").status, 403);
  EXPECT_EQ(Ask("DELETE", "/customers/1").status, 403);
  EXPECT_EQ(Population(), 3);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce::v2
