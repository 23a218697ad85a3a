// /v3/shopper-profiles, and what /v3/customers shows of them (contract 2.2, 7 and Appendix A).
#include <algorithm>
#include <future>

#include "dialects/bigcommerce/segmentation_fixture.h"

namespace oubli::dialects::bigcommerce {
namespace {

using Texts = std::vector<std::string>;

class ShopperProfileTest : public SegmentationTest {};

std::string Object(const std::string& id, int64_t customer_id) {
  return fmt::format(R"({{"id":"{}","customer_id":{},"created_at":"2026-09-01T10:00:00Z",)"
                     R"("updated_at":"2026-09-01T10:00:00Z"}})",
                     id, customer_id);
}

TEST_F(ShopperProfileTest, CreateAndListAreTheContractsLiterals) {
  Create("ann@example.com");
  const auto made = Post("/v3/shopper-profiles", R"([{"customer_id":1}])");
  EXPECT_EQ(made.status, 201);
  const std::string id = First(made, "id");
  EXPECT_EQ(made.body, R"({"data":[)" + Object(id, 1) + R"(],"meta":{}})");
  EXPECT_EQ(Get("/v3/shopper-profiles").body,
            R"({"data":[)" + Object(id, 1) +
                R"(],"meta":{"pagination":{"total":1,"count":1,"per_page":50,"current_page":1,)"
                R"("total_pages":1}}})");
}

TEST_F(ShopperProfileTest, PagesShowEachOnce) {
  Texts made;
  for (int i = 0; i < 7; ++i) made.push_back(MakeProfile(fmt::format("c{}@example.com", i)));
  Texts seen;
  for (int page = 1; page <= 4; ++page) {
    const std::string target = fmt::format("/v3/shopper-profiles?limit=2&page={}", page);
    EXPECT_EQ(TotalAt(target), 7);
    for (const std::string& id : TextsAt(target)) seen.push_back(id);
  }
  std::ranges::sort(made);
  EXPECT_EQ(seen, made) << "in the order of the ids";
  EXPECT_EQ(TextsAt("/v3/shopper-profiles?limit=2&page=5"), Texts());
}

TEST_F(ShopperProfileTest, FiltersThatTheListHasNotAre422) {
  for (const char* query : {"id:in=1", "customer_id=1", "customer_id:in=1", "page=0", "limit=0"}) {
    EXPECT_EQ(Get(std::string("/v3/shopper-profiles?") + query).status, 422) << query;
  }
}

TEST_F(ShopperProfileTest, ACustomerHasOne) {
  Create("ann@example.com");
  Create("bob@example.com");
  MakeProfile(1);
  const auto again = Post("/v3/shopper-profiles", R"([{"customer_id":2},{"customer_id":1}])");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.body,
            R"({"data":[],"errors":[{"status":409,"title":"Unable to create shopper profiles due )"
            R"(to conflicts.","type":)" +
                std::string(kT) +
                R"(,"errors":{"1":"A shopper profile already exists for customer `1`."}}],)"
                R"("meta":{"total":2,"success":0,"failed":2}})");
  const auto twice = Post("/v3/shopper-profiles", R"([{"customer_id":2},{"customer_id":2}])");
  EXPECT_EQ(twice.status, 409);
  EXPECT_EQ(TotalAt("/v3/shopper-profiles"), 1) << "all or none";
}

TEST_F(ShopperProfileTest, BadBodiesAre400AndMakeNothing) {
  Create("ann@example.com");
  const auto post = [&](const std::string& second) {
    return Post("/v3/shopper-profiles", R"([{"customer_id":1},)" + second + "]");
  };
  const auto invalid = [](const std::string& errors) {
    return Envelope(400, "JSON data is missing or invalid", errors);
  };
  EXPECT_EQ(post("{}").body, invalid(R"({"1.customer_id":"error.path.missing"})"));
  EXPECT_EQ(post(R"({"customer_id":"1"})").body,
            invalid(R"({"1.customer_id":"error.expected.jsnumber"})"));
  EXPECT_EQ(post("1").body, invalid(R"({"1":"error.expected.jsobject"})"));
  EXPECT_EQ(post(R"({"customer_id":99})").body,
            Envelope(400, "Create shopper profiles failed.",
                     R"({"1.customer_id":"invalid customer ID"})"));
  EXPECT_EQ(post(R"({"customer_id":0})").status, 400);
  EXPECT_EQ(Post("/v3/shopper-profiles", "{").status, 400);
  EXPECT_EQ(TotalAt("/v3/shopper-profiles"), 0);
}

TEST_F(ShopperProfileTest, OfManyCallsForOneCustomerOneWins) {
  Create("ann@example.com");
  std::vector<std::future<int>> calls;
  for (int i = 0; i < 16; ++i) {
    calls.push_back(std::async(std::launch::async, [this] {
      return Post("/v3/shopper-profiles", R"([{"customer_id":1}])").status;
    }));
  }
  int won = 0;
  for (auto& call : calls) {
    const int status = call.get();
    won += status == 201 ? 1 : 0;
    EXPECT_TRUE(status == 201 || status == 409) << status;
  }
  EXPECT_EQ(won, 1);
  EXPECT_EQ(TotalAt("/v3/shopper-profiles"), 1);
}

TEST_F(ShopperProfileTest, ADeleteTakesProfileAndMembershipsAndLeavesTheCustomer) {
  const std::string ann = MakeProfile("ann@example.com");
  const std::string bob = MakeProfile("bob@example.com");
  const std::string segment = MakeSegment("a");
  Add(segment, ann);
  Add(segment, bob);
  EXPECT_EQ(Delete("/v3/shopper-profiles?id:in=" + ann + "," + std::string(kUnknown)).status, 204);
  EXPECT_EQ(TextsAt("/v3/shopper-profiles"), Texts{bob});
  EXPECT_EQ(TextsAt(Members(segment)), Texts{bob});
  EXPECT_EQ(TotalAt(Members(segment)), 1);
  EXPECT_EQ(Get(SegmentsOf(ann)).status, 404);
  EXPECT_EQ(Population(), 2);
  const std::string again = MakeProfile(1);
  EXPECT_NE(again, ann) << "never used again";
  EXPECT_EQ(TotalAt(SegmentsOf(again)), 0);
}

TEST_F(ShopperProfileTest, ADeleteWithoutIdsNeedsTheWindow) {
  const std::string segment = MakeSegment("a");
  const std::string ann = MakeProfile("ann@example.com");
  Add(segment, ann);
  EXPECT_EQ(Delete("/v3/shopper-profiles").body, WindowClosed());
  EXPECT_EQ(TotalAt("/v3/shopper-profiles"), 1);
  EXPECT_EQ(TotalAt(Members(segment)), 1);
  OpenWindow();
  for (const std::string& query :
       {std::string("id:in="), std::string("id:in=x"), "id:in=" + ann + ",", "ids=" + ann}) {
    EXPECT_EQ(Delete("/v3/shopper-profiles?" + query).status, 422) << query;
  }
  EXPECT_EQ(TotalAt("/v3/shopper-profiles"), 1);
  EXPECT_EQ(Delete("/v3/shopper-profiles").status, 204);
  EXPECT_EQ(TotalAt("/v3/shopper-profiles"), 0);
  EXPECT_EQ(TextsAt("/v3/shopper-profiles"), Texts());
  EXPECT_EQ(TotalAt(Members(segment)), 0) << "memberships go";
  EXPECT_EQ(TextsAt("/v3/segments"), Texts{segment}) << "segments stay";
  EXPECT_EQ(Population(), 1) << "customers stay";
  EXPECT_EQ(Get(SegmentsOf(ann)).status, 404);
  EXPECT_EQ(Delete("/v3/shopper-profiles").status, 204) << "again";
  const std::string again = MakeProfile(1);
  EXPECT_NE(again, ann);
  EXPECT_EQ(TextsAt("/v3/shopper-profiles"), Texts{again});
  EXPECT_EQ(TotalAt(SegmentsOf(again)), 0);
  Add(segment, again);
  EXPECT_EQ(TotalAt(Members(segment)), 1);
}

TEST_F(ShopperProfileTest, SegmentsOfAProfileAreListedInPages) {
  const std::string profile = MakeProfile("ann@example.com");
  Texts segments;
  for (const char* name : {"c", "a", "b"}) segments.push_back(MakeSegment(name));
  MakeSegment("none of ann's");
  for (const std::string& segment : {segments[2], segments[0], segments[1]}) Add(segment, profile);
  EXPECT_EQ(TextsAt(SegmentsOf(profile), "name"), (Texts{"c", "a", "b"}));
  EXPECT_EQ(TextsAt(SegmentsOf(profile) + "?limit=2&page=2", "name"), Texts{"b"});
  EXPECT_EQ(TotalAt(SegmentsOf(profile) + "?limit=2&page=2"), 3);
  EXPECT_EQ(Get(SegmentsOf(profile) + "?id:in=" + segments[0]).status, 422);
}

TEST_F(ShopperProfileTest, AProfileThatThereIsNotIs404) {
  const std::string profile = MakeProfile("ann@example.com");
  const std::string not_there = Envelope(404, "The resource at that URL is not found.");
  std::string near = profile;  // the same first bits
  near.back() = near.back() == '0' ? '1' : '0';
  for (const std::string& id : {std::string(kUnknown), near, std::string("1"), profile + "0"}) {
    const auto answer = Get(SegmentsOf(id));
    EXPECT_EQ(answer.status, 404) << id;
    EXPECT_EQ(answer.body, not_there);
  }
  EXPECT_EQ(Delete("/v3/shopper-profiles?id:in=" + near).status, 204);
  EXPECT_EQ(TotalAt("/v3/shopper-profiles"), 1);
}

TEST_F(ShopperProfileTest, CustomersShowProfileAndSegmentsBehindTheirFormFields) {
  const std::string profile = MakeProfile("ann@example.com");
  Create("bob@example.com");
  const std::string first = MakeSegment("a");
  const std::string second = MakeSegment("b");
  Add(second, profile);
  Add(first, profile);
  const std::string all =
      Get("/v3/customers?include=segment_ids,shopper_profile_id,formfields").body;
  EXPECT_NE(all.find(R"("channel_ids":null,"form_fields":[],"shopper_profile_id":")" + profile +
                     R"(","segment_ids":[")" + first + R"(",")" + second + R"("]},{"id":2)"),
            std::string::npos)
      << all;
  EXPECT_NE(all.find(R"("form_fields":[],"segment_ids":[]}])"), std::string::npos)
      << "bob has none: " << all;
  const std::string one = Get("/v3/customers?id:in=1&include=shopper_profile_id").body;
  EXPECT_NE(one.find(R"("channel_ids":null,"shopper_profile_id":")" + profile + R"("}])"),
            std::string::npos)
      << one;
  const std::string none = Get("/v3/customers").body;
  EXPECT_EQ(none.find("shopper_profile_id"), std::string::npos);
  EXPECT_EQ(none.find("segment_ids"), std::string::npos);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
