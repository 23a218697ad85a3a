// /v3/segments/{segment_id}/shopper-profiles (contract 7 and Appendix A).
#include <algorithm>
#include <future>

#include "dialects/bigcommerce/segmentation_fixture.h"

namespace oubli::dialects::bigcommerce {
namespace {

using Texts = std::vector<std::string>;

class SegmentMemberTest : public SegmentationTest {
 protected:
  void SetUp() override { segment_ = MakeSegment("VIP"); }
  std::string segment_;
};

TEST_F(SegmentMemberTest, AddAndListAreTheContractsLiterals) {
  const std::string id = MakeProfile("ann@example.com");
  const std::string object = R"({"id":")" + id +
                             R"(","customer_id":1,"created_at":"2026-09-01T10:00:00Z",)"
                             R"("updated_at":"2026-09-01T10:00:00Z"})";
  const auto added = Post(Members(segment_), R"([")" + id + R"("])");
  EXPECT_EQ(added.status, 201);
  EXPECT_EQ(added.body, R"({"data":[)" + object + "]}") << "without meta";
  EXPECT_EQ(Get(Members(segment_)).body,
            R"({"data":[)" + object +
                R"(],"meta":{"pagination":{"total":1,"count":1,"per_page":50,"current_page":1,)"
                R"("total_pages":1}}})");
}

TEST_F(SegmentMemberTest, WhoIsAMemberAlreadyIsTheContractsConflict) {
  const std::string ann = MakeProfile("ann@example.com");
  const std::string bob = MakeProfile("bob@example.com");
  Add(segment_, ann);
  const auto conflict = [&](const std::string& errors, const char* count) {
    return R"({"data":[],"errors":[{"status":409,"title":"Unable to add shopper profiles to )"
           R"(segment due to conflicts.","type":)" +
           std::string(kT) + R"(,"errors":{)" + errors + R"(}}],"meta":{"total":)" + count +
           R"(,"success":0,"failed":)" + count + "}}";
  };
  const auto entry = [&](const char* place, const std::string& profile) {
    return std::string("\"") + place + R"(":"Shopper profile `)" + profile +
           "` already exists for segment `" + segment_ + "`.\"";
  };
  const auto again = Post(Members(segment_), R"([")" + ann + R"("])");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.body, conflict(entry("0", ann), "1"));
  const auto mixed =
      Post(Members(segment_), R"([")" + bob + R"(",")" + ann + R"(",")" + bob + R"("])");
  EXPECT_EQ(mixed.status, 409);
  EXPECT_EQ(mixed.body, conflict(entry("1", ann) + "," + entry("2", bob), "3"));
  EXPECT_EQ(TextsAt(Members(segment_)), Texts{ann}) << "all or none";
}

TEST_F(SegmentMemberTest, ProfilesThatThereAreNotAre400) {
  const std::string ann = MakeProfile("ann@example.com");
  const auto post = [&](const std::string& second) {
    return Post(Members(segment_), R"([")" + ann + R"(",)" + second + "]");
  };
  const std::string unknown = Envelope(400, "Unable to add shopper profiles to segment.",
                                       R"({"1":"invalid shopper profile ID"})");
  EXPECT_EQ(post("\"" + std::string(kUnknown) + "\"").body, unknown);
  EXPECT_EQ(post(R"("x")").body, unknown);
  EXPECT_EQ(post("\"" + segment_ + "\"").body, unknown);
  EXPECT_EQ(post("5").body,
            Envelope(400, "JSON data is missing or invalid", R"({"1":"error.expected.jsstring"})"));
  EXPECT_EQ(Post(Members(segment_), R"({"id":1})").status, 400);
  EXPECT_EQ(Post(Members(segment_), "[").status, 400);
  std::string many = "[";
  for (int i = 0; i < 51; ++i) many += (i ? ",\"" : "\"") + ann + "\"";
  EXPECT_EQ(Post(Members(segment_), many + "]").status, 413);
  EXPECT_EQ(TotalAt(Members(segment_)), 0) << "all or none";
}

TEST_F(SegmentMemberTest, ASegmentThatThereIsNotIs404) {
  const std::string ann = MakeProfile("ann@example.com");
  const std::string not_there = Envelope(404, "The resource at that URL is not found.");
  OpenWindow();
  for (const std::string& id :
       {std::string(kUnknown), std::string("1"), ann, segment_ + "0", segment_ + "%00",
        segment_ + "%2F", std::string("%20"), "%7B" + segment_ + "%7D", std::string("%ff%fe"),
        std::string("..%2f.."), std::string(5000, 'a')}) {
    EXPECT_EQ(Get(Members(id)).body, not_there) << id;
    EXPECT_EQ(Post(Members(id), R"([")" + ann + R"("])").body, not_there) << id;
    EXPECT_EQ(Delete(Members(id) + "?id:in=" + ann).body, not_there) << id;
    EXPECT_EQ(Delete(Members(id)).body, not_there) << id;
  }
}

TEST_F(SegmentMemberTest, PagesShowEachMemberOnceAndNobodyElse) {
  const std::string other = MakeSegment("other");
  Texts members;
  for (int i = 0; i < 5; ++i) {
    const std::string profile = MakeProfile(fmt::format("c{}@example.com", i));
    members.push_back(profile);
    Add(i % 2 == 0 ? segment_ : other, profile);
  }
  EXPECT_EQ(TextsAt(Members(segment_)), (Texts{members[0], members[2], members[4]}));
  EXPECT_EQ(TextsAt(Members(segment_) + "?limit=2&page=2"), Texts{members[4]});
  EXPECT_EQ(TotalAt(Members(segment_) + "?limit=2&page=2"), 3);
  EXPECT_EQ(TextsAt(Members(other)), (Texts{members[1], members[3]}));
  EXPECT_EQ(Get(Members(segment_) + "?id:in=" + members[0]).status, 422) << "no such filter";
}

TEST_F(SegmentMemberTest, ADeleteTakesMembersOutAndNothingElse) {
  const std::string other = MakeSegment("other");
  const std::string ann = MakeProfile("ann@example.com");
  const std::string bob = MakeProfile("bob@example.com");
  Add(segment_, ann);
  Add(segment_, bob);
  Add(other, ann);
  const auto gone = Delete(Members(segment_) + "?id:in=" + ann + "," + std::string(kUnknown));
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.body, "");
  EXPECT_EQ(TextsAt(Members(segment_)), Texts{bob});
  EXPECT_EQ(TextsAt(SegmentsOf(ann)), Texts{other});
  EXPECT_EQ(TotalAt("/v3/shopper-profiles"), 2);
  EXPECT_EQ(Delete(Members(segment_) + "?id:in=" + ann).status, 204) << "again";
  Add(segment_, ann);
  EXPECT_EQ(TotalAt(Members(segment_)), 2);
}

TEST_F(SegmentMemberTest, ADeleteWithoutIdsNeedsTheWindowAndEmptiesThatSegmentAlone) {
  const std::string other = MakeSegment("other");
  const std::string ann = MakeProfile("ann@example.com");
  Add(segment_, ann);
  Add(other, ann);
  EXPECT_EQ(Delete(Members(segment_)).body, WindowClosed());
  EXPECT_EQ(Delete(Members(segment_)).status, 422);
  EXPECT_EQ(TotalAt(Members(segment_)), 1);
  OpenWindow();
  for (const std::string& query : {std::string("id:in="), "id:in=" + ann + ",x", "ids=" + ann}) {
    EXPECT_EQ(Delete(Members(segment_) + "?" + query).status, 422) << query;
  }
  EXPECT_EQ(TotalAt(Members(segment_)), 1);
  EXPECT_EQ(Delete(Members(segment_)).status, 204);
  EXPECT_EQ(TotalAt(Members(segment_)), 0);
  EXPECT_EQ(TextsAt(SegmentsOf(ann)), Texts{other});
  EXPECT_EQ(TextsAt(Members(other)), Texts{ann});
  EXPECT_EQ(TotalAt("/v3/segments"), 2);
  Add(segment_, ann);
  EXPECT_EQ(TextsAt(Members(segment_)), Texts{ann});
}

TEST_F(SegmentMemberTest, OfManyCallsForOneMemberOneWins) {
  const std::string ann = MakeProfile("ann@example.com");
  std::vector<std::future<int>> calls;
  for (int i = 0; i < 16; ++i) {
    calls.push_back(std::async(std::launch::async, [&] {
      return Post(Members(segment_), R"([")" + ann + R"("])").status;
    }));
  }
  int won = 0;
  for (auto& call : calls) won += call.get() == 201 ? 1 : 0;
  EXPECT_EQ(won, 1);
  EXPECT_EQ(TotalAt(Members(segment_)), 1);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
