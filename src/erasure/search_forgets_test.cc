// The index in memory forgets whom an erasure erases before that is answered.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "customers/search_index.h"
#include "customers/testing/store_fixture.h"
#include "erasure/eraser.h"

namespace oubli::erasure {
namespace {

using customers::Customer;
using customers::OwnerKind;
using customers::StoreTransaction;
using Ids = std::vector<int64_t>;

class SearchForgetsTest : public customers::StoreFixture {
 protected:
  void SetUp() override {
    search_indexes_ = std::make_shared<customers::SearchIndexes>(customers::SearchOptions{});
    StoreFixture::SetUp();
  }

  customers::SearchIndex& Index() {
    customers::StoreReader reader = store_->Read().value();
    return *reader->search();
  }
  int64_t Found() {
    search::Window window;
    window.limit = 1;
    return Index().Find({}, {}, window)->total;
  }
  Ids CreateMany(int count) {
    Ids ids;
    EXPECT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
      for (int i = 0; i < count; ++i) {
        Customer customer;
        customer.profile.first_name = "Sally";
        OUBLI_TRY_ASSIGN(const Customer made, customers::CreateCustomer(transaction, customer));
        ids.push_back(made.head.id);
      }
      return {};
    }));
    return ids;
  }
  // `then` runs in the moment of the answer.
  void EraseAnd(Ids ids, const std::function<void()>& then) {
    std::promise<bool> erased;
    Erase(*store_, OwnerKind::kCustomer, std::move(ids), [&](const Result<Outcome>& outcome) {
      then();
      erased.set_value(outcome.has_value());
    });
    EXPECT_TRUE(erased.get_future().get());
  }
  Status ClearAnd(bool allowed, const std::function<void()>& then) {
    std::promise<Status> cleared;
    ClearAll(
        *store_, [allowed] { return allowed; },
        [&](Status outcome) {
          then();
          cleared.set_value(std::move(outcome));
        });
    return cleared.get_future().get();
  }
};

TEST_F(SearchForgetsTest, TheErasedAreOutOfItWhenTheAnswerComes) {
  const Ids ids = CreateMany(10);
  ASSERT_EQ(Found(), 10);
  ASSERT_EQ(Index().rows(), 10);
  // Nobody asks the index in between: it is told.
  EraseAnd({ids[2], ids[5], 999}, [&] { EXPECT_EQ(Index().rows(), 8); });
  EXPECT_EQ(Found(), 8);
  EXPECT_EQ(search_indexes_->builds(), 1);
}

TEST_F(SearchForgetsTest, WhoComesAgainUnderAnOldIdIsFound) {
  const Ids ids = CreateMany(3);
  ASSERT_EQ(Found(), 3);
  EraseAnd({ids[1]}, [] {});
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) {
    Customer customer;
    customer.head.id = ids[1];
    return customers::CreateCustomer(transaction, customer);
  }));
  EXPECT_EQ(Found(), 3);
}

TEST_F(SearchForgetsTest, ClearAllLeavesNothingInItAndItGoesOn) {
  CreateMany(3000);
  ASSERT_EQ(Found(), 3000);
  EXPECT_FALSE(ClearAnd(false, [] {}));
  EXPECT_EQ(Index().rows(), 3000);
  EXPECT_TRUE(ClearAnd(true, [&] {
    EXPECT_EQ(Index().rows(), 0);
    EXPECT_EQ(search_indexes_->bytes(), 0);
  }));
  EXPECT_EQ(Found(), 0);
  CreateMany(5);
  EXPECT_EQ(Found(), 5);
  EXPECT_EQ(search_indexes_->builds(), 1);
}

TEST_F(SearchForgetsTest, OtherOwnersOfTheSameIdAreNoneOfItsRows) {
  const Ids ids = CreateMany(2);
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) {
    return customers::CreateOwner(transaction, OwnerKind::kSubscriber, ids[0]);
  }));
  ASSERT_EQ(Found(), 2);
  std::promise<bool> erased;
  Erase(*store_, OwnerKind::kSubscriber, {ids[0]},
        [&](const Result<Outcome>& outcome) { erased.set_value(outcome->erased.size() == 1); });
  EXPECT_TRUE(erased.get_future().get());
  EXPECT_EQ(Index().rows(), 2);
}

// Also those whose record is just being read for it.
TEST_F(SearchForgetsTest, ErasuresGoOnWhileItIsBuilt) {
  const Ids ids = CreateMany(4000);
  std::atomic<size_t> erased = 0;
  std::atomic<bool> stop = false;
  std::thread eraser([&] {
    for (; !stop && erased * 7 + 7 < ids.size(); ++erased) {
      // From all over the store, so that some are behind the slice, some in it, some ahead.
      EraseAnd({ids[erased * 7 * 113 % (ids.size() - ids.size() % 7)]}, [] {});
    }
  });
  for (int round = 0; round < 5; ++round) {
    Index().Drop();
    ASSERT_GT(Found(), 0);
  }
  stop = true;
  eraser.join();
  EXPECT_GT(erased, 0U);
  EXPECT_EQ(Found(), Count());
  EXPECT_EQ(Index().rows(), Count());
}

}  // namespace
}  // namespace oubli::erasure
