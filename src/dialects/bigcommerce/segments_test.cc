// /v3/segments (contract 7 and Appendix A).
#include "dialects/bigcommerce/segmentation_fixture.h"

namespace oubli::dialects::bigcommerce {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kTimes =
    R"("created_at":"2026-09-01T10:00:00Z","updated_at":"2026-09-01T10:00:00Z"})";

TEST_F(SegmentationTest, CreateAndListAreTheContractsLiterals) {
  const auto made = Post("/v3/segments", R"([{"name":"My Segment","description":"Description"}])");
  EXPECT_EQ(made.status, 201);
  const std::string id = First(made, "id");
  EXPECT_EQ(id.size(), 36u);
  EXPECT_EQ(id[14], '4') << "version 4";
  const std::string object = R"({"id":")" + id +
                             R"(","name":"My Segment","description":"Description",)" +
                             std::string(kTimes);
  EXPECT_EQ(made.body, R"({"data":[)" + object + R"(],"meta":{}})");
  const std::string list =
      R"({"data":[)" + object +
      R"(],"meta":{"pagination":{"total":1,"count":1,"per_page":50,"current_page":1,)"
      R"("total_pages":1}}})";
  EXPECT_EQ(Get("/v3/segments").body, list);
  EXPECT_EQ(Get("/v3/segments?").body, list);
  EXPECT_EQ(Get("/v3/segments/").body, list);
  EXPECT_EQ(Get("/v3/segments?id%3Ain=" + id).body, list);
}

TEST_F(SegmentationTest, AnEmptyListHasOnePage) {
  EXPECT_EQ(Get("/v3/segments").body,
            R"({"data":[],"meta":{"pagination":{"total":0,"count":0,"per_page":50,)"
            R"("current_page":1,"total_pages":1}}})");
}

TEST_F(SegmentationTest, ListsPageAndFilterInTheOrderOfCreation) {
  Texts ids;
  for (const char* name : {"c", "a", "b"}) ids.push_back(MakeSegment(name));
  EXPECT_EQ(TextsAt("/v3/segments", "name"), (Texts{"c", "a", "b"}));
  EXPECT_EQ(TextsAt("/v3/segments?limit=2&page=2", "name"), (Texts{"b"}));
  EXPECT_EQ(TextsAt("/v3/segments?limit=2&page=9", "name"), Texts());
  EXPECT_EQ(TotalAt("/v3/segments?limit=2&page=9"), 3);
  EXPECT_EQ(TextsAt("/v3/segments?page=9223372036854775807", "name"), Texts());
  EXPECT_EQ(TextsAt("/v3/segments?id:in=" + ids[2] + "," + ids[0], "name"), (Texts{"c", "b"}));
  std::string upper = ids[1];
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(TextsAt("/v3/segments?id:in=" + upper + "&id:in=" + ids[0], "name"), (Texts{"c", "a"}));
  EXPECT_EQ(TextsAt("/v3/segments?id:in=" + std::string(kUnknown)), Texts());
  EXPECT_EQ(TotalAt("/v3/segments?id:in=" + ids[1] + "&limit=1"), 1);
}

TEST_F(SegmentationTest, BadListsAre422) {
  for (const char* query : {"id:in=abc", "id:in=", "id:in=1", "page=0", "limit=x", "page=-1"}) {
    EXPECT_EQ(Get(std::string("/v3/segments?") + query).status, 422) << query;
  }
  EXPECT_EQ(Get("/v3/segments?name=x").body,
            Envelope(422, "The filter(s): name are not valid filter parameter(s)."));
}

TEST_F(SegmentationTest, TheSameNameIsTheContractsConflict) {
  MakeSegment("VIP");
  const auto conflict = [](const char* count) {
    return std::string(
               R"({"data":[],"errors":[{"status":409,"title":"Cannot have multiple segments with )"
               R"(the same name.","type":)") +
           std::string(kT) + R"(,"errors":{}}],"meta":{"total":)" + count +
           R"(,"success":0,"failed":)" + count + "}}";
  };
  const auto taken = Post("/v3/segments", R"([{"name":"VIP"}])");
  EXPECT_EQ(taken.status, 409);
  EXPECT_EQ(taken.body, conflict("1"));
  const auto twice = Post("/v3/segments", R"([{"name":"x"},{"name":"y"},{"name":"x"}])");
  EXPECT_EQ(twice.status, 409);
  EXPECT_EQ(twice.body, conflict("3"));
  EXPECT_EQ(TextsAt("/v3/segments", "name"), Texts{"VIP"}) << "all or none";
  MakeSegment("vip");  // another name
}

TEST_F(SegmentationTest, BadBodiesAre400AndMakeNothing) {
  const auto invalid = [](const std::string& errors) {
    return Envelope(400, "JSON data is missing or invalid", errors);
  };
  EXPECT_EQ(Post("/v3/segments", "[{]").body,
            R"({"status":400,"title":"Input is invalid","type":)" + std::string(kT) +
                R"(,"detail":"Syntax error"})");
  EXPECT_EQ(Post("/v3/segments", R"([{"name":"good"},{"description":"x"}])").body,
            invalid(R"({"1.name":"error.path.missing"})"));
  EXPECT_EQ(Post("/v3/segments", R"([{"name":5}])").body,
            invalid(R"({"0.name":"error.expected.jsstring"})"));
  EXPECT_EQ(Post("/v3/segments", R"({"name":"x"})").body,
            invalid(R"({"obj":"error.expected.jsarray"})"));
  EXPECT_EQ(Post("/v3/segments", R"(["x"])").body, invalid(R"({"0":"error.expected.jsobject"})"));
  EXPECT_EQ(Post("/v3/segments", "[]").body, invalid(R"({"obj":"error.minLength"})"));
  EXPECT_EQ(Post("/v3/segments", "[{\"name\":\"\xff\"}]").status, 400);
  EXPECT_EQ(
      Post("/v3/segments", R"([{"name":""}])").body,
      Envelope(400, "Create segments failed.", R"({"0.name":"must have 1 to 255 characters"})"));
  for (const std::string& name : {std::string(256, 'n'), std::string(R"(a\u0001b)")}) {
    EXPECT_EQ(Post("/v3/segments", R"([{"name":")" + name + R"("}])").status, 400);
  }
  EXPECT_EQ(
      Post("/v3/segments", R"([{"name":"x","description":")" + std::string(1001, 'd') + R"("}])")
          .status,
      400);
  std::string many = "[";
  for (int i = 0; i < 51; ++i) many += fmt::format(R"({}{{"name":"n{}"}})", i ? "," : "", i);
  EXPECT_EQ(Post("/v3/segments", many + "]").status, 413);
  EXPECT_EQ(TotalAt("/v3/segments"), 0);
}

TEST_F(SegmentationTest, AStoreHasAtMostAThousand) {
  for (int batch = 0; batch < 20; ++batch) {
    std::string body = "[";
    for (int i = 0; i < 50; ++i) {
      body += fmt::format(R"({}{{"name":"n{}.{}"}})", i ? "," : "", batch, i);
    }
    ASSERT_EQ(Post("/v3/segments", body + "]").status, 201);
  }
  EXPECT_EQ(Post("/v3/segments", R"([{"name":"one more"}])").body,
            Envelope(422, "A store can have at most 1000 segments."));
  EXPECT_EQ(TotalAt("/v3/segments?limit=250&page=4"), 1000);
  EXPECT_EQ(Delete("/v3/segments?id:in=" + TextsAt("/v3/segments?limit=1")[0]).status, 204);
  MakeSegment("one more");
}

TEST_F(SegmentationTest, UpdatesChangeWhatTheyNameAndNamesMayBeExchanged) {
  const std::string first =
      First(Post("/v3/segments", R"([{"name":"a","description":"about a"}])"), "id");
  const std::string second = MakeSegment("b");
  world_.clock().Advance(5000);
  const auto renamed =
      Put("/v3/segments", R"([{"id":")" + first + R"(","name":"c","description":null}])");
  EXPECT_EQ(renamed.status, 201);
  EXPECT_EQ(renamed.body,
            R"({"data":[{"id":")" + first +
                R"(","name":"c","description":"about a","created_at":"2026-09-01T10:00:00Z",)"
                R"("updated_at":"2026-09-01T10:00:05Z"}],"meta":{}})");
  EXPECT_EQ(Put("/v3/segments", R"([{"id":")" + first + R"(","name":"b"},{"id":")" + second +
                                    R"(","name":"c","description":"now c"}])")
                .status,
            201);
  EXPECT_EQ(TextsAt("/v3/segments", "name"), (Texts{"b", "c"}));
  EXPECT_EQ(TextsAt("/v3/segments", "description"), (Texts{"about a", "now c"}));
}

TEST_F(SegmentationTest, BadUpdatesChangeNothing) {
  const std::string first = MakeSegment("a");
  MakeSegment("b");
  const std::string before = Get("/v3/segments").body;
  const auto put = [&](const std::string& rest) {
    return Put("/v3/segments", R"([{"id":")" + first + R"(","description":"x"},)" + rest + "]");
  };
  EXPECT_EQ(put(R"({"name":"y"})").body,
            Envelope(400, "JSON data is missing or invalid", R"({"1.id":"error.path.missing"})"));
  const std::string unknown =
      Envelope(400, "Update segments failed.", R"({"1.id":"invalid segment ID"})");
  EXPECT_EQ(put(R"({"id":")" + std::string(kUnknown) + R"("})").body, unknown);
  EXPECT_EQ(put(R"({"id":"5"})").body, unknown);
  const auto clash = put(R"({"id":")" + first + R"(","name":"b"})");
  EXPECT_EQ(clash.status, 409);
  EXPECT_NE(clash.body.find("Cannot have multiple segments with the same name."),
            std::string::npos);
  EXPECT_EQ(Get("/v3/segments").body, before);
}

TEST_F(SegmentationTest, ADeleteTakesTheSegmentAndLeavesProfiles) {
  const std::string first = MakeSegment("a");
  const std::string second = MakeSegment("b");
  const std::string profile = MakeProfile("ann@example.com");
  Add(first, profile);
  Add(second, profile);
  const auto gone = Delete("/v3/segments?id:in=" + first + "," + std::string(kUnknown));
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.body, "");
  EXPECT_EQ(TextsAt("/v3/segments"), Texts{second});
  EXPECT_EQ(Get(Members(first)).status, 404);
  EXPECT_EQ(TextsAt(SegmentsOf(profile)), Texts{second});
  EXPECT_EQ(TextsAt("/v3/shopper-profiles"), Texts{profile});
  EXPECT_EQ(Delete("/v3/segments?id:in=" + first).status, 204) << "again";
  const std::string again = MakeSegment("a");
  EXPECT_NE(again, first);
  EXPECT_EQ(TotalAt(Members(again)), 0) << "the name comes again, its members do not";
}

TEST_F(SegmentationTest, ADeleteWithoutIdsNeedsTheWindow) {
  MakeSegment("a");
  MakeSegment("b");
  const std::string profile = MakeProfile("ann@example.com");
  for (const char* target : {"/v3/segments", "/v3/segments?", "/v3/segments/"}) {
    const auto refused = Delete(target);
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.body, WindowClosed());
  }
  EXPECT_EQ(TotalAt("/v3/segments"), 2);
  OpenWindow();
  EXPECT_EQ(Delete("/v3/segments").status, 204);
  EXPECT_EQ(TotalAt("/v3/segments"), 0);
  EXPECT_EQ(TextsAt("/v3/shopper-profiles"), Texts{profile}) << "profiles survive";
  EXPECT_EQ(Population(), 1);
  world_.clock().Advance(60 * 60 * 1000);
  MakeSegment("c");
  EXPECT_EQ(Delete("/v3/segments").status, 422);
  EXPECT_EQ(TotalAt("/v3/segments"), 1);
}

// Whoever says more than nothing does not mean everything, be the window open or not.
TEST_F(SegmentationTest, ABadDeleteDeletesNothingEvenInsideTheWindow) {
  const std::string id = MakeSegment("a");
  OpenWindow();
  for (const std::string& query :
       {std::string("id:in="), std::string("id:in=,"), std::string("id:in"), "id:in=" + id + ",",
        "id:in=" + id + ",5", "id:in=" + id + "0", "id:in={" + id + "}", "id:in=" + id + "%00",
        "ids:in=" + id, "id=" + id, "0=" + id, "id:in=" + id + "&page=1", std::string("page=1"),
        std::string("&")}) {
    EXPECT_EQ(Delete("/v3/segments?" + query).status, 422) << query;
  }
  std::string many;
  for (int i = 0; i < 251; ++i) many += fmt::format("00000000-0000-4000-8000-{:012},", i);
  EXPECT_EQ(Delete("/v3/segments?id:in=" + many + id).status, 422);
  // What becomes of an id that came out blank, and of ids in the wrong place.
  const std::string profile = MakeProfile("ann@example.com");
  Add(id, profile);
  for (const std::string& target :
       {std::string("/v3/segments"), Members(id), std::string("/v3/shopper-profiles")}) {
    EXPECT_EQ(Delete(target + "/").status, 422) << target;
    EXPECT_EQ(Send("DELETE", target, R"([")" + profile + R"("])").status, 422) << target;
  }
  EXPECT_EQ(TotalAt(Members(id)), 1);
  EXPECT_EQ(TotalAt("/v3/segments"), 1);
}

TEST_F(SegmentationTest, AnotherStoresWindowOpensNothing) {
  world_.CreateStore("other");
  MakeSegment("a");
  ASSERT_TRUE(world_.windows().Open(world_.stores().Find("other")->number).has_value());
  EXPECT_EQ(Delete("/v3/segments").status, 422);
  const std::string token = TokenFor("other", {kModifyScope});
  EXPECT_EQ(world_.Send("DELETE", "/stores/other/v3/segments", {{"X-Auth-Token", token}}).status,
            204);
  EXPECT_EQ(world_.Send("DELETE", "/stores/abc/v3/segments", {{"X-Auth-Token", token}}).status,
            403);
  EXPECT_EQ(TotalAt("/v3/segments"), 1);
}

TEST_F(SegmentationTest, ScopesAreTheContracts) {
  const std::string segment = MakeSegment("a");
  const std::string profile = MakeProfile("ann@example.com");
  token_ = TokenFor("abc", {kReadScope});
  EXPECT_EQ(Get("/v3/segments").status, 200);
  EXPECT_EQ(Get("/v3/shopper-profiles").status, 200);
  EXPECT_EQ(Get(SegmentsOf(profile)).status, 200);
  EXPECT_EQ(Get(Members(segment)).status, 403) << "the one list that needs the right to change";
  EXPECT_EQ(Post("/v3/segments", R"([{"name":"x"}])").status, 403);
  EXPECT_EQ(Put("/v3/segments", R"([{"id":")" + segment + R"("}])").status, 403);
  EXPECT_EQ(Post("/v3/shopper-profiles", R"([{"customer_id":1}])").status, 403);
  EXPECT_EQ(Post(Members(segment), R"([")" + profile + R"("])").status, 403);
  OpenWindow();
  for (const std::string& target :
       {std::string("/v3/segments"), Members(segment), std::string("/v3/shopper-profiles")}) {
    EXPECT_EQ(Delete(target).status, 403) << target;
  }
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
