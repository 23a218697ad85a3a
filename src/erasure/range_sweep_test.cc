// That the sweep takes away what a retired range holds, and nothing else.
#include "erasure/range_sweep.h"

#include <future>
#include <thread>

#include "customers/shopper_profiles.h"
#include "customers/testing/store_fixture.h"
#include "erasure/eraser.h"
#include "erasure/sweeper.h"

namespace oubli::erasure {
namespace {

using customers::Head;
using customers::Segment;
using customers::StoreTransaction;

class RangeSweepTest : public customers::StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    ASSERT_TRUE(Write([this](StoreTransaction& transaction) -> Status {
      OUBLI_TRY_ASSIGN(const auto segments,
                       customers::CreateSegments(transaction, {{"kept", ""}, {"emptied", ""}}));
      kept_ = segments[0];
      emptied_ = segments[1];
      for (int i = 0; i < 200; ++i) {  // more than a batch
        customers::Customer customer;
        customer.profile.email = "c" + std::to_string(i) + "@example.com";
        OUBLI_TRY_ASSIGN(customer, customers::CreateCustomer(transaction, customer));
        OUBLI_TRY(customers::CreateShopperProfile(transaction, customer.head));
        OUBLI_TRY(customers::AddMember(transaction, emptied_, customer.head));
        if (i % 2 == 0) OUBLI_TRY(customers::AddMember(transaction, kept_, customer.head));
        heads_.push_back(customer.head);
      }
      return {};
    }));
  }
  void SweepToTheEnd() {
    ASSERT_TRUE(AttachSweep(*store_));
    store_->writer().WakeBackground();
    for (int i = 0; i < 2000 && store_->writer().busy(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_FALSE(store_->writer().busy());
    EXPECT_EQ(Rows("SELECT COUNT(*) FROM record_sweep"), 0);
  }
  void EraseNow(int64_t id) {
    std::promise<bool> done;
    Erase(*store_, customers::OwnerKind::kCustomer, {id},
          [&](const Result<Outcome>& outcome) { done.set_value(outcome.has_value()); });
    ASSERT_TRUE(done.get_future().get());
  }
  int64_t Memberships() { return Rows("SELECT COUNT(*) FROM record WHERE kind = 11"); }
  int64_t Profiles() { return Rows("SELECT COUNT(*) FROM record WHERE kind = 10"); }

  Segment kept_, emptied_;
  std::vector<Head> heads_;
};

TEST_F(RangeSweepTest, ARetiredSegmentsMembershipsGoAndNoOthers) {
  ASSERT_TRUE(Write([this](StoreTransaction& t) { return customers::DeleteSegment(t, emptied_); }));
  EXPECT_EQ(Memberships(), 300) << "the sweep is off";
  SweepToTheEnd();
  EXPECT_EQ(Memberships(), 100);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM record_id WHERE kind = 11"), 100);
  EXPECT_EQ(Profiles(), 200);
  customers::StoreReader reader = store_->Read().value();
  EXPECT_EQ(customers::CountMembers(*reader, kept_).value(), 100);
}

TEST_F(RangeSweepTest, ADeletionOfAllProfilesIsSweptAfterARestartAndSparesNewOnes) {
  ASSERT_TRUE(Write(customers::DeleteAllShopperProfiles));
  ASSERT_TRUE(Write([this](StoreTransaction& transaction) -> Status {
    OUBLI_TRY(customers::CreateShopperProfile(transaction, heads_[3]));
    OUBLI_TRY_ASSIGN(const auto segment, customers::FindSegment(transaction, kept_.uuid));
    return customers::AddMember(transaction, *segment, heads_[3]);
  }));
  Reopen();
  EXPECT_EQ(Profiles(), 201);
  SweepToTheEnd();
  EXPECT_EQ(Profiles(), 1);
  EXPECT_EQ(Memberships(), 1);
  EXPECT_EQ(Count(), 200);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM record WHERE kind = 1"), 200);
  customers::StoreReader reader = store_->Read().value();
  EXPECT_EQ(customers::CountShopperProfiles(*reader).value(), 1);
}

TEST_F(RangeSweepTest, ErasedMembersOfARetiredRangeAreNoObstacle) {
  EraseNow(heads_[0].id);
  ASSERT_TRUE(Write([this](StoreTransaction& t) { return customers::DeleteSegment(t, emptied_); }));
  EraseNow(heads_[1].id);
  SweepToTheEnd();
  EXPECT_EQ(Memberships(), 99);
  EXPECT_EQ(Profiles(), 198);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM record_id WHERE kind = 11"), 99);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM record_id WHERE kind = 10"), 198);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM sweep"), 0);
}

}  // namespace
}  // namespace oubli::erasure
