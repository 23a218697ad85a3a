// What stays of a customer's orders where the store keeps their amounts, and what does not.
#include <gmock/gmock.h>

#include <future>
#include <set>
#include <thread>

#include "customers/heads.h"
#include "customers/kept_orders.h"
#include "customers/settings.h"
#include "customers/testing/store_fixture.h"
#include "erasure/eraser.h"
#include "erasure/sweeper.h"

namespace oubli::erasure {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using customers::Head;
using customers::Order;
using customers::OwnerKind;
using customers::StoreTransaction;

class KeptOrdersErasureTest : public customers::StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    ASSERT_TRUE(customers::ChangeSetting(*store_, "keep_order_amounts", "yes"));
  }
  Order Put(const Head& owner, int64_t total) {
    return Write([&](StoreTransaction& transaction) {
             Order order;
             order.number = "secret number";
             order.date = clock_.NowMs();
             order.total = Decimal::FromInt(total);
             order.items = {{"name", "SKU-1", Decimal::FromInt(1), Decimal::FromInt(total)}};
             return customers::PutOrder(transaction, owner, order);
           })
        .value();
  }
  std::vector<int64_t> EraseNow(OwnerKind kind, std::vector<int64_t> ids) {
    std::promise<Result<Outcome>> promise;
    Erase(*store_, kind, std::move(ids),
          [&](Result<Outcome> outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get().value().erased;
  }
  Status ClearNow() {
    std::promise<Status> promise;
    ClearAll(
        *store_, [] { return true; }, [&](Status status) { promise.set_value(std::move(status)); });
    return promise.get_future().get();
  }
  // Totals of what is kept, ascending.
  std::vector<std::string> Totals() {
    std::multiset<int64_t> units;
    customers::StoreReader reader = store_->Read().value();
    EXPECT_TRUE(customers::ForEachKeptOrder(*reader, 0,
                                            [&](const Head&, const customers::KeptOrder& order) {
                                              units.insert(order.total.units());
                                              return true;
                                            }));
    std::vector<std::string> totals;
    for (const int64_t unit : units) totals.push_back(Decimal::FromUnits(unit).ToString());
    EXPECT_EQ(Count(OwnerKind::kKeptOrder), static_cast<int64_t>(totals.size()));
    return totals;
  }
  void Sweep() {
    ASSERT_TRUE(AttachSweep(*store_));
    for (int i = 0; i < 1000 && store_->writer().busy(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_EQ(store_->sweep_backlog(), 0);
  }
};

TEST_F(KeptOrdersErasureTest, TheAmountsStayWhenTheCustomerGoesAndNothingElseDoes) {
  const Head ann = Create("ann@example.com")->head;
  const Head bob = Create("bob@example.com")->head;
  Put(ann, 1);
  Put(ann, 2);
  Put(bob, 3);
  EXPECT_THAT(EraseNow(OwnerKind::kCustomer, {ann.id}), ElementsAre(ann.id));
  EXPECT_THAT(Totals(), ElementsAre("1", "2", "3"));
  Sweep();
  EXPECT_THAT(Totals(), ElementsAre("1", "2", "3"));
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM record"), 2 + 3) << "Bob's, and what is kept";
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM record_id"), 1) << "no id leads to what is kept";
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM token WHERE owner_kind = 5"), 0);
  {
    // The key of the erased is gone; those of what is kept are their own.
    customers::StoreReader reader = store_->Read().value();
    EXPECT_EQ(reader->KeyOf(ann).error().kind, ErrorKind::kNotFound);
  }
  Reopen();
  EXPECT_THAT(Totals(), ElementsAre("1", "2", "3"));
}

TEST_F(KeptOrdersErasureTest, AGuestsOrderIsKeptTheSameWay) {
  const Head guest = Write([](StoreTransaction& transaction) {
                       return customers::CreateOwner(transaction, OwnerKind::kGuestOrder, 0);
                     }).value();
  Put(guest, 5);
  EXPECT_THAT(EraseNow(OwnerKind::kGuestOrder, {guest.id}), ElementsAre(guest.id));
  EXPECT_THAT(Totals(), ElementsAre("5"));
}

TEST_F(KeptOrdersErasureTest, WhatIsForgottenGoesOnTheOneDeletionPathAndComesBackWithTheOrder) {
  const Head ann = Create("ann@example.com")->head;
  Order order = Put(ann, 1);
  const int64_t kept_id = order.kept_id;
  EXPECT_THAT(EraseNow(OwnerKind::kKeptOrder, {kept_id}), ElementsAre(kept_id));
  EXPECT_THAT(Totals(), IsEmpty());
  EXPECT_EQ(Count(), 1) << "the customer stays";
  // The order is there still, and is kept anew when it is written anew.
  order = Write([&](StoreTransaction& transaction) {
            return customers::PutOrder(transaction, ann, order);
          }).value();
  EXPECT_NE(order.kept_id, kept_id);
  EXPECT_THAT(Totals(), ElementsAre("1"));
  ASSERT_TRUE(customers::ChangeSetting(*store_, "keep_order_amounts", "no"));
  EraseNow(OwnerKind::kKeptOrder, {order.kept_id});
  EXPECT_EQ(Write([&](StoreTransaction& transaction) {
              return customers::PutOrder(transaction, ann, order);
            })->kept_id,
            0);
}

TEST_F(KeptOrdersErasureTest, AClearAllTakesWhatIsKeptToo) {
  const Head ann = Create("ann@example.com")->head;
  Put(ann, 1);
  EraseNow(OwnerKind::kCustomer, {ann.id});
  ASSERT_TRUE(ClearNow());
  EXPECT_THAT(Totals(), IsEmpty());
  Sweep();
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM record"), 0);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM owner"), 0);
  {
    customers::StoreReader reader = store_->Read().value();
    EXPECT_EQ(customers::ReadSettingValue(*reader, customers::Setting::kKeepOrderAmounts).value(),
              1);
  }
  Put(Create("bob@example.com")->head, 4);
  EXPECT_THAT(Totals(), ElementsAre("4"));
}

}  // namespace
}  // namespace oubli::erasure
