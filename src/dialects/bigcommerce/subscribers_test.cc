// /v3/customers/subscribers.
#include "customers/subscribers.h"

#include <fmt/core.h>

#include "customers/definitions.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"

namespace oubli::dialects::bigcommerce {
namespace {

const std::string kSubscribersPath = "/v3/customers/subscribers";
const std::string kClosed =
    "Without a filter all subscribers would be deleted, which needs an open window. Nothing was "
    "deleted.";

class SubscribersTest : public BigCommerceTest {
 protected:
  using Ids = std::vector<int64_t>;

  static std::string NotFound() {
    return R"({"status":404,"title":"The resource at that URL is not found.","type":)" +
           std::string(kT) + "}";
  }
  int64_t Add(const std::string& email, const std::string& more = "") {
    const auto answer = Post(kSubscribersPath, R"({"email":")" + email + "\"" + more + "}");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return *AsInt(Parse(answer).at("data").at("id"));
  }
  Ids All(const std::string& query = "") { return IdsOf(Get(kSubscribersPath + "?" + query)); }
  void OpenWindow(const std::string& handle = "abc") {
    ASSERT_TRUE(world_.windows().Open(world_.stores().Find(handle)->number));
  }
};

TEST_F(SubscribersTest, CreateShowChangeAndDelete) {
  auto answer =
      Post(kSubscribersPath,
           R"({"email":"Ann@Example.com","first_name":"Ann","last_name":"Lee","source":"order",)"
           R"("order_id":7,"channel_id":2,"consents":["abandoned_cart","marketing_newsletter"]})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"({"data":{"id":1,"email":"Ann@Example.com","first_name":"Ann","last_name":"Lee",)"
            R"("source":"order","order_id":7,"channel_id":2,)"
            R"("consents":["abandoned_cart","marketing_newsletter"],)"
            R"("date_modified":"2026-09-01T10:00:00Z","date_created":"2026-09-01T10:00:00Z"},)"
            R"("meta":{}})");
  EXPECT_EQ(Get(kSubscribersPath + "/1").body, answer.body);
  answer = Post(kSubscribersPath, R"({"email":"bob@example.com"})");
  EXPECT_EQ(answer.body,
            R"({"data":{"id":2,"email":"bob@example.com","first_name":"","last_name":"",)"
            R"("source":"custom","order_id":null,"channel_id":1,)"
            R"("consents":["marketing_newsletter"],)"
            R"("date_modified":"2026-09-01T10:00:00Z","date_created":"2026-09-01T10:00:00Z"},)"
            R"("meta":{}})");
  world_.clock().Advance(1000);
  answer = Put(kSubscribersPath + "/1", R"({"first_name":"Anna","order_id":null,"consents":[]})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"({"data":{"id":1,"email":"Ann@Example.com","first_name":"Anna","last_name":"Lee",)"
            R"("source":"order","order_id":null,"channel_id":2,"consents":[],)"
            R"("date_modified":"2026-09-01T10:00:01Z","date_created":"2026-09-01T10:00:00Z"},)"
            R"("meta":{}})");
  EXPECT_EQ(Delete(kSubscribersPath + "/1").status, 204);
  EXPECT_EQ(Get(kSubscribersPath + "/1").status, 404);
  EXPECT_EQ(Get(kSubscribersPath + "/1").body, NotFound());
  EXPECT_EQ(Put(kSubscribersPath + "/1", R"({"first_name":"x"})").body, NotFound());
  EXPECT_EQ(Delete(kSubscribersPath + "/1").status, 204) << "nobody has the id";
  EXPECT_EQ(All(), Ids{2});
  EXPECT_EQ(Add("ann@example.com"), 3) << "the address is free, the id is not";
}

TEST_F(SubscribersTest, AnAddressIsOneSubscribersButMayBeACustomersToo) {
  Create("ann@example.com");
  EXPECT_EQ(Add("ann@example.com"), 1);
  EXPECT_EQ(Add("bob@example.com"), 2);
  auto answer = Post(kSubscribersPath, R"({"email":"ANN@example.com"})");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.body, Envelope(409, "A subscriber with this email exists already."));
  answer = Put(kSubscribersPath + "/2", R"({"email":"ann@example.com","first_name":"x"})");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(Parse(Get(kSubscribersPath + "/2")).at("data").at("first_name").as_string(), "");
  EXPECT_EQ(Put(kSubscribersPath + "/2", R"({"email":"Bob@example.com"})").status, 200);
  EXPECT_EQ(IdsOf(Get("/v3/customers?email:in=ann@example.com")), Ids{1});
}

TEST_F(SubscribersTest, WhatIsRefused) {
  const std::string title = "JSON data is missing or invalid";
  const std::string own = "The subscriber is not valid.";
  const auto refused = [&](const std::string& body, const std::string& t, const std::string& e) {
    EXPECT_EQ(Post(kSubscribersPath, body).body, Envelope(422, t, e)) << body;
  };
  refused("{}", title, R"({"email":"error.path.missing"})");
  refused("[]", title, R"({"obj":"error.expected.jsobject"})");
  refused(R"({"email":5})", title, R"({"email":"error.expected.jsstring"})");
  refused(R"({"email":"nonsense"})", own, R"({"email":"is not an e-mail address"})");
  refused(R"({"email":"a@b","source":"moon"})", own,
          R"({"source":"must be storefront, order or custom"})");
  refused(R"({"email":"a@b","order_id":"1"})", title, R"({"order_id":"error.expected.jsnumber"})");
  refused(R"({"email":"a@b","order_id":0})", own, R"({"order_id":"is out of range"})");
  refused(R"({"email":"a@b","channel_id":0})", own, R"({"channel_id":"is out of range"})");
  refused(R"({"email":"a@b","consents":"x"})", title, R"({"consents":"error.expected.jsarray"})");
  refused(R"({"email":"a@b","consents":[1]})", title, R"({"consents":"error.expected.jsstring"})");
  refused(R"({"email":"a@b","consents":["all"]})", own,
          R"({"consents":"must be of marketing_newsletter and abandoned_cart"})");
  refused(R"({"email":"a@b","first_name":")" + std::string(256, 'x') + R"("})", own,
          R"({"first_name":"must have 0 to 255 characters"})");
  EXPECT_EQ(Post(kSubscribersPath, "{").status, 400);
  EXPECT_EQ(Post(kSubscribersPath, "").status, 400);
  EXPECT_EQ(world_.Send("POST", "/stores/abc" + kSubscribersPath, {{"X-Auth-Token", token_}}, "{}")
                .status,
            400);
  for (const char* id : {"x", "0", "-1", "1.5", "99999999999999999999", "%00"}) {
    EXPECT_EQ(Get(kSubscribersPath + "/" + id).status, 404) << id;
    EXPECT_EQ(Put(kSubscribersPath + "/" + id, "{}").status, 404) << id;
    EXPECT_EQ(Delete(kSubscribersPath + "/" + id).status, 404) << id;
  }
  EXPECT_EQ(All(), Ids{});
}

class SubscriberListTest : public SubscribersTest {
 protected:
  // Five of them, one a day from 2026-09-02 on.
  void SetUp() override {
    for (const auto& [email, more] : std::vector<std::pair<std::string, std::string>>{
             {"a@example.com",
              R"(,"first_name":"Ann","last_name":"Lee","source":"order","order_id":7)"},
             {"b@example.com", R"(,"first_name":"Ann","last_name":"Ray","source":"storefront")"},
             {"c@example.com", R"(,"first_name":"Cy","last_name":"Lee")"},
             {"d@example.com", R"(,"first_name":"Dan","source":"order","order_id":8)"},
             {"e@example.com", ""}}) {
      world_.clock().Advance(24 * 60 * 60 * 1000);
      Add(email, more);
    }
  }
};

TEST_F(SubscriberListTest, Filters) {
  EXPECT_EQ(All(), (Ids{1, 2, 3, 4, 5}));
  EXPECT_EQ(All("email=B@Example.com"), Ids{2});
  EXPECT_EQ(All("email=x@example.com"), Ids{});
  EXPECT_EQ(All("first_name=ann"), (Ids{1, 2}));
  EXPECT_EQ(All("first_name=ann&last_name=LEE"), Ids{1});
  EXPECT_EQ(All("source=order"), (Ids{1, 4}));
  EXPECT_EQ(All("order_id=8"), Ids{4});
  EXPECT_EQ(All("id=3"), Ids{3});
  EXPECT_EQ(All("id:in=5,3,99"), (Ids{3, 5}));
  EXPECT_EQ(All("id=3&id:in=5"), Ids{});
  EXPECT_EQ(All("id:in="), Ids{});
  EXPECT_EQ(All("id:in=1,2&email=b@example.com"), Ids{2});
  EXPECT_EQ(All("date_created=2026-09-03"), Ids{2});
  EXPECT_EQ(All("date_created:min=2026-09-04"), (Ids{3, 4, 5}));
  EXPECT_EQ(All("date_created:max=2026-09-04T09:59:59"), (Ids{1, 2}));
  EXPECT_EQ(All("date_modified:min=2026-09-05&date_modified:max=2026-09-05"), Ids{4});
  for (const char* query : {"foo=1", "email=a&email=b", "id=x", "order_id=x", "id:in=x",
                            "date_created=x", "page=0", "limit=x", "after=eyJpZCI6MX0"}) {
    EXPECT_EQ(Get(kSubscribersPath + "?" + query).status, 422) << query;
  }
}

TEST_F(SubscriberListTest, Pages) {
  EXPECT_EQ(All("limit=2&page=3"), Ids{5});
  EXPECT_EQ(All("limit=2&page=4"), Ids{});
  const auto page = Get(kSubscribersPath + "?limit=2&page=2");
  EXPECT_EQ(IdsOf(page), (Ids{3, 4}));
  EXPECT_NE(page.body.find(R"("meta":{"pagination":{"total":5,"count":2,"per_page":2,)"
                           R"("current_page":2,"total_pages":3,"links":{)"
                           R"("previous":"?limit=2&page=1","current":"?limit=2&page=2",)"
                           R"("next":"?limit=2&page=3"}}})"),
            std::string::npos)
      << page.body;
  const auto filtered = Get(kSubscribersPath + "?limit=1&page=2&source=order");
  EXPECT_EQ(IdsOf(filtered), Ids{4});
  EXPECT_NE(filtered.body.find(R"("total":2,"count":1)"), std::string::npos) << filtered.body;
}

TEST_F(SubscriberListTest, ADeleteByFilterErasesThoseThatFit) {
  EXPECT_EQ(Delete(kSubscribersPath + "?email=B@example.com").status, 204);
  EXPECT_EQ(All(), (Ids{1, 3, 4, 5}));
  EXPECT_EQ(Delete(kSubscribersPath + "?source=order&last_name=lee").status, 204);
  EXPECT_EQ(All(), (Ids{3, 4, 5}));
  EXPECT_EQ(Delete(kSubscribersPath + "?id:in=3,77").status, 204);
  EXPECT_EQ(Delete(kSubscribersPath + "?date_created:min=2026-09-06").status, 204);
  EXPECT_EQ(All(), Ids{4});
  EXPECT_EQ(Delete(kSubscribersPath + "?email=nobody@example.com").status, 204);
  EXPECT_EQ(All(), Ids{4});
}

TEST_F(SubscriberListTest, AnUnclearDeleteDeletesNobody) {
  OpenWindow();
  EXPECT_EQ(Delete(kSubscribersPath + "?id:in=").status, 204);
  for (const char* query : {"?foo=1", "?page=1", "?limit=2", "?email=", "?first_name=", "?source",
                            "?id=", "?order_id=", "?id=x", "?&",
                            "?=", "?date_created=", "?email=a@example.com&foo=1", "?email=%ff"}) {
    EXPECT_EQ(Delete(kSubscribersPath + query).status, 422) << query;
  }
  EXPECT_EQ(Delete(kSubscribersPath + "?order_id=0").status, 422) << "most have no order";
  // What becomes of an id that came out blank, and of ids in the wrong place.
  EXPECT_EQ(Delete(kSubscribersPath + "/").status, 422);
  EXPECT_EQ(Send("DELETE", kSubscribersPath, "[1]").status, 422);
  EXPECT_EQ(All(), (Ids{1, 2, 3, 4, 5}));
}

TEST_F(SubscriberListTest, DeletingAllNeedsAnOpenWindow) {
  const int64_t customer = Create("a@example.com").head.id;
  for (const std::string query : {"", "?"}) {
    const auto answer = Delete(kSubscribersPath + query);
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.body, Envelope(422, kClosed));
  }
  EXPECT_EQ(All().size(), 5U);
  world_.CreateStore("other");
  OpenWindow("other");
  EXPECT_EQ(Delete(kSubscribersPath).status, 422) << "the window of another store";
  OpenWindow();
  EXPECT_EQ(Delete(kSubscribersPath).status, 204);
  EXPECT_EQ(All(), Ids{});
  EXPECT_EQ(Delete(kSubscribersPath).status, 204) << "also when there is nobody";
  EXPECT_TRUE(Find(customer)) << "customers stay";
  world_.clock().Advance(60 * 60 * 1000);
  EXPECT_EQ(Delete(kSubscribersPath).status, 422);
}

TEST_F(SubscriberListTest, AnErasedCustomerTakesItsSubscriberAlong) {
  const int64_t ann = Create("A@example.com").head.id;
  const int64_t bob = Create("b@example.com").head.id;
  ASSERT_EQ(Delete(fmt::format("/v3/customers?id:in={}", ann)).status, 204);
  EXPECT_EQ(All(), (Ids{2, 3, 4, 5}));
  EXPECT_EQ(Get(kSubscribersPath + "/1").status, 404);
  ASSERT_TRUE(customers::ChangeSetting(*Store(), "erase_subscribers", "no"));
  ASSERT_EQ(Delete(fmt::format("/v3/customers?id:in={}", bob)).status, 204);
  EXPECT_EQ(All(), (Ids{2, 3, 4, 5}));
}

TEST_F(SubscriberListTest, ScopesAndStores) {
  token_ = TokenFor("abc", {kReadScope});
  EXPECT_EQ(All().size(), 5U);
  EXPECT_EQ(Get(kSubscribersPath + "/1").status, 200);
  EXPECT_EQ(Post(kSubscribersPath, "{}").status, 403);
  EXPECT_EQ(Put(kSubscribersPath + "/1", "{}").status, 403);
  EXPECT_EQ(Delete(kSubscribersPath + "/1").status, 403);
  OpenWindow();
  EXPECT_EQ(Delete(kSubscribersPath).status, 403);
  world_.CreateStore("other");
  token_ = TokenFor("other", {kModifyScope});
  EXPECT_EQ(Get(kSubscribersPath).status, 403);
  EXPECT_EQ(Delete(kSubscribersPath).status, 403);
  token_ = TokenFor("abc", {kModifyScope});
  EXPECT_EQ(All().size(), 5U);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
