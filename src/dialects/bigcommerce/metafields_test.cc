// Metafields one at a time, and their lists. (Batches are in metafields_batch_test.cc.)
#include "customers/metafields.h"

#include <future>
#include <set>

#include "dialects/bigcommerce/metafields_fixture.h"
#include "erasure/eraser.h"

namespace oubli::dialects::bigcommerce {
namespace {

const std::string kJsonTitle = "JSON data is missing or invalid";

TEST_F(MetafieldsTest, TheContractsExchanges) {
  const std::string object =
      R"({"id":1,"key":"location_id","value":"1","namespace":"warehouse",)"
      R"("permission_set":"app_only","resource_type":"customer","resource_id":147,)"
      R"("description":"","date_created":"2022-06-16T18:39:00+00:00",)"
      R"("date_modified":"2022-06-16T18:39:00+00:00","owner_client_id":")" +
      first_.client_id + R"("})";
  auto answer = Post(Path(), Body());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"data":)" + object + R"(,"meta":{}})");
  EXPECT_EQ(Get(Path() + "/1").body, answer.body);
  EXPECT_EQ(Get(Path()).body,
            R"({"data":[)" + object +
                R"(],"meta":{"pagination":{"total":1,"count":1,"per_page":50,"current_page":1,)"
                R"("total_pages":1,"links":{"current":"?limit=50&page=1"}},)"
                R"("cursor_pagination":{"count":1,"per_page":50,"start_cursor":"eyJpZCI6MX0",)"
                R"("end_cursor":"eyJpZCI6MX0","links":{}}}})");
  EXPECT_EQ(Get(kAllMetafields).body, Get(Path()).body);
  answer = Get(Path() + "/999");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, NotFound());
  answer = Post(Path(), Body());
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.body,
            Envelope(409,
                     "The Metafield conflicts with another Metafield. An application may have one "
                     "of each namespace and key at a resource."));
  answer = Post(Path(), "{");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, R"({"status":400,"title":"Input is invalid","type":)" + std::string(kT) +
                             R"(,"detail":"Syntax error"})");
  answer = Delete(Path() + "/1");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(Delete(Path() + "/1").status, 404);
}

TEST_F(MetafieldsTest, AnUpdateChangesWhatItNames) {
  ASSERT_EQ(Make1(Body("read")), 1);
  world_.clock().Advance(61'000);
  const auto answer = Put(Path() + "/1", R"({"id":1,"value":"2","description":"d"})");
  EXPECT_EQ(answer.status, 200);
  const auto data = Parse(answer).at("data");
  EXPECT_EQ(TextOf(data, "value"), "2");
  EXPECT_EQ(TextOf(data, "description"), "d");
  EXPECT_EQ(TextOf(data, "key"), "location_id");
  EXPECT_EQ(TextOf(data, "permission_set"), "read");
  EXPECT_EQ(TextOf(data, "date_created"), "2022-06-16T18:39:00+00:00");
  EXPECT_EQ(TextOf(data, "date_modified"), "2022-06-16T18:40:01+00:00");
  ASSERT_EQ(Make1(Body("read", "warehouse", "other")), 2);
  EXPECT_EQ(Put(Path() + "/2", R"({"key":"location_id"})").status, 409);
  EXPECT_EQ(Put(Path() + "/2", R"({"id":1,"value":"x"})").status, 422);
  EXPECT_EQ(Put(Path() + "/3", R"({"value":"x"})").status, 404);
  EXPECT_EQ(Put(Path(148) + "/1", R"({"value":"x"})").status, 404) << "another customer's";
  EXPECT_EQ(TextOf(Parse(Get(Path() + "/2")).at("data"), "value"), "1");
}

TEST_F(MetafieldsTest, WhatIsRefused) {
  const auto refused = [&](const std::string& body, const std::string& errors,
                           const std::string& title = kJsonTitle) {
    const auto answer = Post(Path(), body);
    EXPECT_EQ(answer.status, 422) << body;
    EXPECT_EQ(answer.body, Envelope(422, title, errors)) << body;
  };
  refused(R"({"namespace":"n","key":"k","value":"v"})",
          R"({"permission_set":"error.path.missing"})");
  refused(R"({"permission_set":"read","key":"k","value":"v"})",
          R"({"namespace":"error.path.missing"})");
  refused(R"({"permission_set":"read","namespace":"n","value":"v"})",
          R"({"key":"error.path.missing"})");
  refused(R"({"permission_set":"read","namespace":"n","key":"k"})",
          R"({"value":"error.path.missing"})");
  refused(R"({"permission_set":"read","namespace":"n","key":"k","value":5})",
          R"({"value":"error.expected.jsstring"})");
  refused("[]", R"({"obj":"error.expected.jsobject"})");
  refused(R"({"permission_set":"all","namespace":"n","key":"k","value":"v"})",
          R"({"permission_set":"must be app_only, read, write, read_and_sf_access or )"
          R"(write_and_sf_access"})",
          "The metafield is not valid.");
  const std::string title = "The metafield is not valid.";
  for (const auto& [name, length] : std::map<std::string, size_t>{
           {"namespace", 64}, {"key", 64}, {"value", 65535}, {"description", 255}}) {
    const std::string field = name;
    const auto body = [&field](size_t size) {
      return R"({"permission_set":"read","namespace":"n","key":"k","value":"v",")" + field +
             R"(":")" + std::string(size, 'x') + R"("})";
    };
    EXPECT_EQ(Post(Path(), body(length + 1)).status, 422) << field;
    if (field != "description") {
      EXPECT_EQ(Post(Path(), body(0)).status, 422) << field;
    }
    const auto fits = Post(Path(), body(length));
    ASSERT_EQ(fits.status, 200) << fits.body.substr(0, 200);
    ASSERT_EQ(Delete(fmt::format("{}/{}", Path(), *AsInt(Parse(fits).at("data").at("id")))).status,
              204);
  }
  EXPECT_EQ(world_.Send("POST", "/stores/abc" + Path(), {{"X-Auth-Token", token_}}, Body()).status,
            400);
  EXPECT_EQ(Post(Path(149), Body()).body, NotFound()) << "no such customer";
  EXPECT_EQ(Get(Path(149)).status, 200);
  for (const char* path :
       {"/v3/customers/x/metafields", "/v3/customers/0/metafields", "/v3/customers/-1/metafields",
        "/v3/customers/147/metafields/x", "/v3/customers/99999999999999999999/metafields"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
  EXPECT_EQ(IdsOf(Get(kAllMetafields)).size(), 0U);
}

TEST_F(MetafieldsTest, AnApplicationHasAtMost250AtACustomer) {
  auto head = Find(147)->head;
  ASSERT_TRUE(Store()->WriteAndWait([&](customers::StoreTransaction& transaction) -> Status {
    for (size_t i = 0; i < customers::kMaxMetafields; ++i) {
      customers::Metafield metafield;
      metafield.client_id = first_.client_id;
      metafield.key = std::to_string(i);
      OUBLI_TRY(customers::PutMetafield(transaction, head, metafield));
    }
    return {};
  }));
  EXPECT_EQ(Post(Path(), Body()).body,
            Envelope(422, "An application may have at most 250 metafields at a resource."));
  Be(second_);
  EXPECT_EQ(Post(Path(), Body()).status, 200);
}

// Who may see and write a row, by its permission set.
TEST_F(MetafieldsTest, PermissionSets) {
  const App third = NewApp({kModifyScope, "store_metafield_write_all"});
  for (const std::string access :
       {"app_only", "read", "read_and_sf_access", "write", "write_and_sf_access"}) {
    Be(first_);
    const int64_t id = Make1(Body(access, access));
    const std::string path = fmt::format("{}/{}", Path(), id);
    const bool visible = access != "app_only";
    const bool writable = access.starts_with("write");

    Be(second_);
    EXPECT_EQ(Get(path).status, visible ? 200 : 404) << access;
    EXPECT_EQ(IdsOf(Get(Path() + "?namespace=" + access)).size(), visible ? 1U : 0U) << access;
    EXPECT_EQ(IdsOf(Get(kAllMetafields + "?namespace=" + access)).size(), visible ? 1U : 0U)
        << access;
    const auto put = Put(path, R"({"value":"theirs"})");
    EXPECT_EQ(put.status, !visible ? 404 : writable ? 200 : 403) << access;
    if (put.status == 403) {
      EXPECT_EQ(put.body, Envelope(403, "Unauthorized to update"));
      EXPECT_EQ(Delete(path).body, Envelope(403, "Unauthorized to delete"));
    }
    // The row stays its maker's, whoever writes it.
    Be(first_);
    EXPECT_EQ(TextOf(Parse(Get(path)).at("data"), "owner_client_id"), first_.client_id);
    EXPECT_EQ(TextOf(Parse(Get(path)).at("data"), "value"), writable ? "theirs" : "1");

    Be(third);
    EXPECT_EQ(Put(path, R"({"value":"all"})").status, visible ? 200 : 404) << access;
    EXPECT_EQ(Delete(path).status, visible ? 204 : 404) << access;
    Be(first_);
    EXPECT_EQ(Get(path).status, visible ? 404 : 200) << access;
  }
  // The same place is free for each application.
  Be(second_);
  EXPECT_EQ(Post(Path(), Body("app_only", "app_only")).status, 200);
}

TEST_F(MetafieldsTest, EveryTokenMayWriteButReadingNeedsTheCustomersScope) {
  Be(NewApp({kReadScope}));
  EXPECT_EQ(Post(Path(), Body()).status, 200);
  EXPECT_EQ(Get(Path()).status, 200);
  Be(NewApp({"store_stored_payment_instruments"}));
  EXPECT_EQ(Post(Path(), Body()).status, 200);
  EXPECT_EQ(Get(Path()).status, 403);
  EXPECT_EQ(Get(kAllMetafields).status, 403);
  EXPECT_EQ(Get(Path() + "/1").status, 403);
}

class MetafieldListsTest : public MetafieldsTest {
 protected:
  // Ids 1 to 6: of customers 147 and 148 in turn, a day apart from 2022-06-17 on.
  void SetUp() override {
    for (int i = 1; i <= 6; ++i) {
      world_.clock().Advance(24 * 60 * 60 * 1000);
      ASSERT_EQ(Make1(Body("read", i <= 3 ? "a" : "b", fmt::format("k{}", i)), i % 2 ? 147 : 148),
                i);
    }
  }
  using Ids = std::vector<int64_t>;
  Ids All(const std::string& query) { return IdsOf(Get(kAllMetafields + "?" + query)); }
  Ids Of(int64_t customer, const std::string& query) {
    return IdsOf(Get(Path(customer) + "?" + query));
  }
};

TEST_F(MetafieldListsTest, Filters) {
  EXPECT_EQ(All(""), (Ids{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(Of(147, ""), (Ids{1, 3, 5}));
  EXPECT_EQ(Of(148, ""), (Ids{2, 4, 6}));
  EXPECT_EQ(All("key=k2"), Ids{2});
  EXPECT_EQ(All("key=K2"), Ids{});
  EXPECT_EQ(Of(147, "key=k2"), Ids{});
  EXPECT_EQ(All("key:in=k2,k5,none"), (Ids{2, 5}));
  EXPECT_EQ(All("key%3Ain=k2%2Ck5"), (Ids{2, 5}));
  EXPECT_EQ(All("key=k2&key:in=k5"), Ids{});
  EXPECT_EQ(All("namespace=b"), (Ids{4, 5, 6}));
  EXPECT_EQ(All("namespace:in=a,b"), (Ids{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(All("namespace=a&key:in=k3,k4"), Ids{3});
  EXPECT_EQ(All("direction=desc"), (Ids{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(Of(147, "direction=desc"), (Ids{5, 3, 1}));
  EXPECT_EQ(All("direction=asc"), (Ids{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(All("date_created:min=2022-06-20"), (Ids{4, 5, 6}));
  EXPECT_EQ(All("date_created:max=2022-06-20"), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(All("date_modified:min=2022-06-20T18:39:00&date_modified:max=2022-06-21T18:38:59"),
            Ids{4});
  ASSERT_EQ(Put(Path() + "/1", R"({"value":"x"})").status, 200);
  EXPECT_EQ(All("date_modified:min=2022-06-22"), (Ids{1, 6}));
}

TEST_F(MetafieldListsTest, RefusedFilters) {
  for (const char* query :
       {"direction=up", "direction=", "key=a&key=b", "date_created:min=x", "include_fields=secret",
        "after=x", "after=eyJpZCI6MX0&before=eyJpZCI6MX0", "page=0", "limit=0", "limit=x"}) {
    EXPECT_EQ(Get(kAllMetafields + "?" + query).status, 422) << query;
    EXPECT_EQ(Get(Path() + "?" + query).status, 422) << query;
  }
  EXPECT_EQ(Get(kAllMetafields + "?foo=1").body,
            Envelope(422, "The filter(s): foo are not valid filter parameter(s)."));
  EXPECT_EQ(Get(kAllMetafields + "?date_created=2022-06-20").status, 422);
}

TEST_F(MetafieldListsTest, IncludeFieldsShowsTheIdAndThoseNamed) {
  EXPECT_EQ(Parse(Get(kAllMetafields + "?limit=1&include_fields=value,resource_id")).at("data"),
            *ParseJson(R"([{"id":1,"value":"1","resource_id":147}])"));
  EXPECT_EQ(Parse(Get(kAllMetafields + "?limit=1&include_fields=")).at("data"),
            *ParseJson(R"([{"id":1}])"));
}

TEST_F(MetafieldListsTest, Pages) {
  EXPECT_EQ(All("limit=4&page=2"), (Ids{5, 6}));
  EXPECT_EQ(All("limit=4&page=2&direction=desc"), (Ids{2, 1}));
  EXPECT_EQ(All("limit=4&page=3"), Ids{});
  EXPECT_EQ(All("limit=2&page=9223372036854775807"), Ids{});
  const auto page = Get(Path() + "?limit=1&page=2");
  EXPECT_NE(page.body.find(R"("meta":{"pagination":{"total":3,"count":1,"per_page":1,)"
                           R"("current_page":2,"total_pages":3,"links":{)"
                           R"("previous":"?limit=1&page=1","current":"?limit=1&page=2",)"
                           R"("next":"?limit=1&page=3"}}})"),
            std::string::npos)
      << page.body;
}

// Walks by cursor from both ends, in both directions, over all and over one customer.
TEST_F(MetafieldListsTest, CursorsVisitEachRowOnce) {
  for (const std::string& path : {kAllMetafields, Path()}) {
    for (const std::string direction : {"asc", "desc"}) {
      const std::string query = path + "?limit=2&direction=" + direction;
      const Ids expected = IdsOf(Get(path + "?direction=" + direction));
      Ids seen;
      boost::json::value last;
      std::string next = query;
      while (!next.empty()) {
        const auto answer = Get(next);
        const Ids ids = IdsOf(answer);
        seen.insert(seen.end(), ids.begin(), ids.end());
        last = Parse(answer).at("meta").at("cursor_pagination");
        EXPECT_EQ(next.find("after") != std::string::npos,
                  !Parse(answer).at("meta").as_object().contains("pagination"));
        const auto* link = last.at("links").as_object().if_contains("next");
        next = link == nullptr ? ""
                               : query + "&after=" + std::string(last.at("end_cursor").as_string());
      }
      EXPECT_EQ(seen, expected) << path << direction;
      // And back.
      Ids back;
      std::string before(last.at("start_cursor").as_string());
      while (!before.empty()) {
        const auto answer = Get(query + "&before=" + before);
        Ids ids = IdsOf(answer);
        back.insert(back.begin(), ids.begin(), ids.end());
        const auto cursors = Parse(answer).at("meta").at("cursor_pagination");
        const auto* link = cursors.at("links").as_object().if_contains("previous");
        before = link == nullptr ? "" : std::string(cursors.at("start_cursor").as_string());
      }
      const size_t on_last = expected.size() % 2 == 0 ? 2 : 1;
      EXPECT_EQ(back, Ids(expected.begin(), expected.end() - static_cast<int64_t>(on_last)));
    }
  }
}

TEST_F(MetafieldListsTest, GoWithTheirCustomerAndStayInTheirStore) {
  world_.CreateStore("other");
  const App stranger = NewApp({kModifyScope}, "other");
  EXPECT_EQ(
      world_.Send("GET", "/stores/abc" + kAllMetafields, {{"X-Auth-Token", stranger.token}}).status,
      403);
  EXPECT_EQ(world_.Send("GET", "/stores/other" + kAllMetafields, {{"X-Auth-Token", stranger.token}})
                .body.substr(0, 11),
            R"({"data":[],)");
  ASSERT_EQ(Delete("/v3/customers?id:in=147").status, 204);
  EXPECT_EQ(All(""), (Ids{2, 4, 6}));
  EXPECT_EQ(Of(147, ""), Ids{});
  EXPECT_EQ(Get(Path() + "/1").status, 404);
  EXPECT_EQ(Put(Path() + "/1", R"({"value":"x"})").status, 404);
  EXPECT_EQ(Delete(Path() + "/1").status, 404);
  // Who gets the id next has nothing of it.
  CreateCustomerOfId(147);
  EXPECT_EQ(Of(147, ""), Ids{});
}

TEST_F(MetafieldListsTest, OwnersThatAreNoCustomersHaveNone) {
  ASSERT_TRUE(Store()->WriteAndWait([](customers::StoreTransaction& transaction) -> Status {
    OUBLI_TRY_ASSIGN(const auto owner,
                     customers::CreateOwner(transaction, customers::OwnerKind::kGuestCart, 0));
    customers::Metafield metafield;
    metafield.access = customers::Metafield::Access::kWrite;
    OUBLI_TRY(customers::PutMetafield(transaction, owner, metafield));
    return {};
  }));
  EXPECT_EQ(All("").size(), 6U);
  EXPECT_EQ(Put(kAllMetafields, R"([{"id":7,"value":"x"}])").status, 422);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
