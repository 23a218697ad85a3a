// A walk over all customers while others write; here and not beside the walk because it erases.
#include "customers/customer_walk.h"

#include <future>

#include "customers/customers.h"
#include "customers/testing/store_fixture.h"
#include "erasure/eraser.h"

namespace oubli::customers {
namespace {

class CustomerWalkTest : public StoreFixture {
 protected:
  void CreateMany(int count) {
    ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
      for (int i = 0; i < count; ++i) {
        OUBLI_TRY(CreateCustomer(transaction, Customer()));
      }
      return {};
    }));
  }
  // The ids of one slice of at most `most`; `more` is what NextSlice() says.
  static std::vector<int64_t> Slice(CustomerWalk& walk, size_t most, bool& more) {
    std::vector<int64_t> ids;
    const auto result = walk.NextSlice([&](StoreView&, const Customer& customer) -> Result<bool> {
      ids.push_back(customer.head.id);
      return ids.size() < most;
    });
    EXPECT_TRUE(result.has_value());
    more = result.value_or(false);
    return ids;
  }
  // All of a walk, in slices of `most`.
  static std::vector<int64_t> All(CustomerWalk walk, size_t most = 1000) {
    std::vector<int64_t> all;
    for (bool more = true; more;) {
      const std::vector<int64_t> ids = Slice(walk, most, more);
      all.insert(all.end(), ids.begin(), ids.end());
    }
    return all;
  }
  static std::vector<int64_t> Numbers(int64_t first, int64_t last) {
    std::vector<int64_t> numbers;
    for (int64_t i = first; i <= last; ++i) numbers.push_back(i);
    return numbers;
  }
};

TEST_F(CustomerWalkTest, VisitsEverybodyOnceInSlicesOfAnySize) {
  EXPECT_EQ(All(CustomerWalk(store_)), std::vector<int64_t>());
  CreateMany(450);
  for (const size_t most : {1U, 7U, 199U, 200U, 201U, 450U, 1000U})
    EXPECT_EQ(All(CustomerWalk(store_), most), Numbers(1, 450)) << most;
}

TEST_F(CustomerWalkTest, SkipsAndCounts) {
  CreateMany(450);
  EXPECT_EQ(All(CustomerWalk(store_, 5, 3)), Numbers(6, 8));
  EXPECT_EQ(All(CustomerWalk(store_, 199, 202), 50), Numbers(200, 401));
  EXPECT_EQ(All(CustomerWalk(store_, 448, 100)), Numbers(449, 450));
  EXPECT_EQ(All(CustomerWalk(store_, 450, 100)), std::vector<int64_t>());
  EXPECT_EQ(All(CustomerWalk(store_, CustomerWalk::kAll)), std::vector<int64_t>());
  EXPECT_EQ(All(CustomerWalk(store_, 0, 0)), std::vector<int64_t>());
}

TEST_F(CustomerWalkTest, SeesWhatIsCommittedBetweenSlices) {
  CreateMany(10);
  CustomerWalk walk(store_);
  bool more = false;
  EXPECT_EQ(Slice(walk, 4, more), Numbers(1, 4));
  EXPECT_TRUE(more);
  // One that has been shown, one that is to come; one more at the end.
  std::promise<Result<erasure::Outcome>> erased;
  erasure::Erase(*store_, OwnerKind::kCustomer, {2, 5},
                 [&](Result<erasure::Outcome> outcome) { erased.set_value(std::move(outcome)); });
  ASSERT_TRUE(erased.get_future().get().has_value());
  CreateMany(1);
  EXPECT_EQ(Slice(walk, 100, more), Numbers(6, 11));
  EXPECT_FALSE(more);
}

TEST_F(CustomerWalkTest, EndsWhenEverybodyIsErased) {
  CreateMany(10);
  CustomerWalk walk(store_);
  bool more = false;
  Slice(walk, 4, more);
  std::promise<Status> cleared;
  erasure::ClearAll(
      *store_, [] { return true; }, [&](Status status) { cleared.set_value(std::move(status)); });
  ASSERT_TRUE(cleared.get_future().get().has_value());
  EXPECT_EQ(Slice(walk, 100, more), std::vector<int64_t>());
  EXPECT_FALSE(more);
}

// What is erased while a slice is being read is passed over, whatever the slice's snapshot shows.
TEST_F(CustomerWalkTest, PassesOverWhoIsErasedWithinASlice) {
  CreateMany(3);
  CustomerWalk walk(store_);
  std::vector<int64_t> ids;
  const auto result = walk.NextSlice([&](StoreView&, const Customer& customer) -> Result<bool> {
    ids.push_back(customer.head.id);
    if (ids.size() > 1) return true;
    std::promise<Result<erasure::Outcome>> erased;
    erasure::Erase(*store_, OwnerKind::kCustomer, {2},
                   [&](Result<erasure::Outcome> outcome) { erased.set_value(std::move(outcome)); });
    EXPECT_TRUE(erased.get_future().get().has_value());
    return true;
  });
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(ids, (std::vector<int64_t>{1, 3}));
}

TEST_F(CustomerWalkTest, HandsOnWhatTheVisitorSays) {
  CreateMany(3);
  CustomerWalk walk(store_);
  const auto result = walk.NextSlice(
      [](StoreView&, const Customer&) -> Result<bool> { return Fail(ErrorKind::kCorrupt, "x"); });
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kCorrupt);
}

}  // namespace
}  // namespace oubli::customers
