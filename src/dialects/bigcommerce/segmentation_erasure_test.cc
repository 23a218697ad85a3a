// That profile and memberships go with the customer, at once and without a sweep (contract 9).
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <set>

#include "dialects/bigcommerce/segmentation_fixture.h"
#include "erasure/eraser.h"

namespace oubli::dialects::bigcommerce {
namespace {

using Texts = std::vector<std::string>;

class SegmentationErasureTest : public SegmentationTest {
 protected:
  void SetUp() override {
    segment_ = MakeSegment("VIP");
    ann_ = MakeProfile("ann@example.com");
    bob_ = MakeProfile("bob@example.com");
    Add(segment_, ann_);
    Add(segment_, bob_);
  }
  std::string segment_, ann_, bob_;
};

TEST_F(SegmentationErasureTest, AnErasedCustomerIsInNoListAndNoTotal) {
  ASSERT_EQ(Delete("/v3/customers?id:in=1").status, 204);
  EXPECT_EQ(TextsAt(Members(segment_)), Texts{bob_});
  EXPECT_EQ(TotalAt(Members(segment_)), 1);
  EXPECT_EQ(TextsAt("/v3/shopper-profiles"), Texts{bob_});
  EXPECT_EQ(TotalAt("/v3/shopper-profiles"), 1);
  EXPECT_EQ(Get(SegmentsOf(ann_)).status, 404);
  EXPECT_EQ(Post(Members(MakeSegment("other")), R"([")" + ann_ + R"("])").status, 400);
  EXPECT_EQ(Post("/v3/shopper-profiles", R"([{"customer_id":1}])").status, 400);
  EXPECT_EQ(Delete("/v3/shopper-profiles?id:in=" + ann_).status, 204);
  EXPECT_EQ(Delete(Members(segment_) + "?id:in=" + ann_).status, 204);
  EXPECT_EQ(TextsAt(SegmentsOf(bob_)), Texts{segment_});
  EXPECT_EQ(TextsAt("/v3/segments", "name"), (Texts{"VIP", "other"})) << "segments are nobody's";
}

// An old id may come again (the import keeps ids), the profile and its memberships may not.
TEST_F(SegmentationErasureTest, WhoGetsAnErasedCustomersIdHasNoneOfIt) {
  ASSERT_EQ(Delete("/v3/customers?id:in=1").status, 204);
  customers::Customer again;
  again.head.id = 1;
  again.profile.email = "new@example.com";
  ASSERT_EQ(Create(again).head.id, 1);
  EXPECT_EQ(TextsAt(Members(segment_)), Texts{bob_});
  EXPECT_EQ(TotalAt(Members(segment_)), 1);
  EXPECT_EQ(TextsAt(Members(segment_) + "?limit=1"), Texts{bob_}) << "ann's place counts for none";
  EXPECT_EQ(TextsAt("/v3/shopper-profiles"), Texts{bob_});
  EXPECT_EQ(TotalAt("/v3/shopper-profiles"), 1);
  const std::string fresh = MakeProfile(1);
  EXPECT_NE(fresh, ann_);
  EXPECT_EQ(TotalAt(SegmentsOf(fresh)), 0);
}

TEST_F(SegmentationErasureTest, AClearAllLeavesEmptySegments) {
  std::promise<Status> cleared;
  OpenWindow();
  erasure::ClearAll(
      *Store(), [] { return true; }, [&](Status status) { cleared.set_value(std::move(status)); });
  ASSERT_TRUE(cleared.get_future().get());
  EXPECT_EQ(TotalAt("/v3/shopper-profiles"), 0);
  EXPECT_EQ(TextsAt("/v3/shopper-profiles"), Texts());
  EXPECT_EQ(TotalAt(Members(segment_)), 0);
  EXPECT_EQ(TextsAt(Members(segment_)), Texts());
  EXPECT_EQ(Get(SegmentsOf(ann_)).status, 404);
  EXPECT_EQ(TextsAt("/v3/segments"), Texts{segment_});
  const std::string fresh = MakeProfile("new@example.com");
  Add(segment_, fresh);
  EXPECT_EQ(TextsAt(Members(segment_)), Texts{fresh});
  EXPECT_EQ(TotalAt("/v3/shopper-profiles"), 1);
}

// Erasures, profiles and memberships at the same time: nothing is left of the erased, and every
// list agrees with its total at the end.
TEST_F(SegmentationErasureTest, WorkAtTheSameTimeAsErasures) {
  Texts profiles;
  std::vector<int64_t> ids;
  for (int i = 0; i < 24; ++i) {
    ids.push_back(Create(fmt::format("c{}@example.com", i)).head.id);
    profiles.push_back(MakeProfile(ids.back()));
  }
  auto adding = std::async(std::launch::async, [&] {
    for (const std::string& profile : profiles) {
      const int status = Post(Members(segment_), R"([")" + profile + R"("])").status;
      EXPECT_TRUE(status == 201 || status == 400) << status;
    }
  });
  auto listing = std::async(std::launch::async, [&] {
    for (int i = 0; i < 50; ++i) {
      EXPECT_EQ(Get(Members(segment_)).status, 200);
      EXPECT_EQ(Get("/v3/customers?include=segment_ids,shopper_profile_id").status, 200);
    }
  });
  for (size_t i = 0; i < ids.size(); i += 2) {
    EXPECT_EQ(Delete(fmt::format("/v3/customers?id:in={}", ids[i])).status, 204);
  }
  adding.get();
  listing.get();
  std::set<std::string> living = {ann_, bob_};
  for (size_t i = 1; i < ids.size(); i += 2) living.insert(profiles[i]);
  const Texts members = TextsAt(Members(segment_) + "?limit=250");
  EXPECT_EQ(std::set<std::string>(members.begin(), members.end()), living);
  EXPECT_EQ(TotalAt(Members(segment_)), static_cast<int64_t>(living.size()));
  EXPECT_EQ(TotalAt("/v3/shopper-profiles"), static_cast<int64_t>(living.size()));
}

// Nothing of profile or membership stands in the file in clear.
TEST_F(SegmentationErasureTest, AUuidOfAProfileIsInNoFile) {
  const std::string path = world_.data_dir();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(all.find(ann_), std::string::npos) << entry.path();
  }
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
