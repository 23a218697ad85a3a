// Segments, shopper profiles and memberships, below any dialect.
#include "customers/segments.h"

#include <set>

#include "customers/shopper_profiles.h"
#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

class SegmentsTest : public StoreFixture {
 protected:
  Segment Make(const std::string& name) {
    return Write([&](StoreTransaction& transaction) {
             return CreateSegments(transaction, {{name, "about " + name}});
           })
        ->front();
  }
  ShopperProfile MakeProfile(const Head& owner) {
    return Write([&](StoreTransaction& t) { return CreateShopperProfile(t, owner); }).value();
  }
  void Join(const Segment& segment, const Head& owner) {
    ASSERT_TRUE(Write([&](StoreTransaction& t) { return AddMember(t, segment, owner); }));
  }
  int64_t MembersNow(const Segment& segment) {
    StoreReader reader = store_->Read().value();
    return CountMembers(*reader, segment).value();
  }
};

TEST_F(SegmentsTest, AllOfItIsThereAfterARestart) {
  const Head owner = Create("a@example.com")->head;
  const Segment segment = Make("VIP");
  const ShopperProfile profile = MakeProfile(owner);
  clock_.Advance(1000);
  Join(segment, owner);
  Reopen();
  StoreReader reader = store_->Read().value();
  const auto found = FindSegment(*reader, segment.uuid).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, segment.id);
  EXPECT_EQ(found->name, "VIP");
  EXPECT_EQ(found->description, "about VIP");
  EXPECT_EQ(found->created_at, 1'700'000'000'000);
  const auto by_uuid = FindShopperProfileByUuid(*reader, profile.uuid).value();
  ASSERT_TRUE(by_uuid);
  EXPECT_EQ(by_uuid->owner.id, owner.id);
  EXPECT_EQ(by_uuid->profile.created_at, 1'700'000'000'000);
  EXPECT_TRUE(IsMember(*reader, *found, owner).value());
  EXPECT_EQ(SegmentsOf(*reader, owner)->front().uuid, segment.uuid);
  EXPECT_EQ(ListMembers(*reader, *found, 0, 10)->front().profile.uuid, profile.uuid);
}

TEST_F(SegmentsTest, AFailedBatchLeavesNothing) {
  const Segment kept = Make("kept");
  const auto clash = Write([](StoreTransaction& transaction) {
    return CreateSegments(transaction, {{"new", ""}, {"kept", ""}});
  });
  EXPECT_EQ(clash.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(clash.error().field, "name");
  const auto unknown = Write([&](StoreTransaction& transaction) {
    return UpdateSegments(transaction, {{kept.uuid, "renamed", std::nullopt},
                                        {"00000000-0000-4000-8000-000000000000", "x", {}}});
  });
  EXPECT_EQ(unknown.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(unknown.error().field, "1");
  StoreReader reader = store_->Read().value();
  const auto all = ListSegments(*reader).value();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].name, "kept");
}

TEST_F(SegmentsTest, ARangeIsNeverDrawnTwice) {
  const Head owner = Create("a@example.com")->head;
  MakeProfile(owner);
  const Segment first = Make("first");
  Join(first, owner);
  ASSERT_TRUE(Write([&](StoreTransaction& t) { return EmptySegment(t, first); }));
  EXPECT_EQ(MembersNow(first), 1) << "what was retired is still there for the sweep";
  Reopen();
  const Segment second = Make("second");
  ASSERT_TRUE(Write([&](StoreTransaction& t) { return DeleteSegment(t, second); }));
  const Segment third = Make("third");
  StoreReader reader = store_->Read().value();
  const Segment emptied = FindSegment(*reader, first.uuid).value().value();
  EXPECT_EQ(
      std::set({first.member_range, emptied.member_range, second.member_range, third.member_range})
          .size(),
      4u);
  EXPECT_EQ(MembersNow(emptied), 0);
}

TEST_F(SegmentsTest, RunsOutOfRangesWithAnErrorAndNotWithOldOnes) {
  const Segment segment = Make("first");
  ASSERT_TRUE(Write([](StoreTransaction& transaction) {
    return WriteSetting(transaction, "segment member range", std::to_string(kMaxMemberRange));
  }));
  EXPECT_EQ(Write([&](StoreTransaction& t) { return EmptySegment(t, segment); }).error().kind,
            ErrorKind::kTooMany);
  StoreReader reader = store_->Read().value();
  EXPECT_EQ(FindSegment(*reader, segment.uuid).value()->member_range, segment.member_range);
  // The last range of all still holds the last ordinal of all.
  Segment last;
  last.member_range = kMaxMemberRange;
  EXPECT_EQ(MembersOf(last).last, INT64_MAX);
}

TEST_F(SegmentsTest, AProfileIsOneACustomerAndItsUuidLeadsToNobodyElse) {
  const Head a = Create("a@example.com")->head;
  const Head b = Create("b@example.com")->head;
  const ShopperProfile profile = MakeProfile(a);
  EXPECT_EQ(Write([&](StoreTransaction& t) { return CreateShopperProfile(t, a); }).error().kind,
            ErrorKind::kConflict);
  MakeProfile(b);
  StoreReader reader = store_->Read().value();
  std::string near = profile.uuid;  // the same record by its number
  near[35] = near[35] == 'a' ? 'b' : 'a';
  EXPECT_FALSE(FindShopperProfileByUuid(*reader, near).value());
  EXPECT_EQ(FindShopperProfileByUuid(*reader, profile.uuid).value()->owner.id, a.id);
  EXPECT_EQ(CountShopperProfiles(*reader).value(), 2);
}

}  // namespace
}  // namespace oubli::customers
