// Ids that come again: a coupon's, and a cart's, which is made from its session. The sweep of who
// had it before leaves alone who has it now.
#include <future>

#include "customers/coupons.h"
#include "customers/shop_records.h"
#include "customers/testing/store_fixture.h"
#include "erasure/eraser.h"
#include "erasure/sweeper.h"

namespace oubli::erasure {
namespace {

using customers::Head;
using customers::OwnerKind;
using customers::StoreTransaction;

class ReusedIdsTest : public customers::StoreFixture {
 protected:
  void EraseNow(const Head& owner) {
    std::promise<Result<Outcome>> promise;
    Erase(*store_, OwnerKind::kCustomer, {owner.id},
          [&](Result<Outcome> outcome) { promise.set_value(std::move(outcome)); });
    ASSERT_EQ(promise.get_future().get()->erased, std::vector<int64_t>{owner.id});
  }
  void SweepToTheEnd() {
    if (!attached_) {
      ASSERT_TRUE(AttachSweep(*store_));
    }
    attached_ = true;
    store_->writer().WakeBackground();
    for (int i = 0; i < 1000 && store_->writer().busy(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_EQ(store_->sweep_backlog(), 0);
  }
  void GiveCoupon(const Head& owner) {
    ASSERT_TRUE(Write([&](StoreTransaction& transaction) {
      return customers::PutCouponAssignment(transaction, owner, {7, 0});
    }));
  }
  void GiveCart(const Head& owner) {
    ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
      customers::Cart cart;
      cart.session = "till-1";
      cart.items.push_back({1, 1, Decimal::FromInt(1), "Mug", "", Decimal()});
      OUBLI_TRY(customers::PutCart(transaction, owner, std::move(cart)));
      return {};
    }));
  }

 private:
  bool attached_ = false;
};

TEST_F(ReusedIdsTest, TheSweepOfTheFormerOwnerLeavesTheNewOneItsRecord) {
  const Head former = Create("a@example.com")->head;
  const Head next = Create("b@example.com")->head;
  GiveCoupon(former);
  GiveCart(former);
  EraseNow(former);
  GiveCoupon(next);
  GiveCart(next);
  SweepToTheEnd();
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM record_id"), 2);
  {
    customers::StoreReader reader = store_->Read().value();
    const auto owner = customers::FindCouponOwner(*reader, 7).value();
    ASSERT_TRUE(owner);
    EXPECT_EQ(owner->id, next.id);
    const auto cart = customers::FindCart(*reader, "till-1").value();
    ASSERT_TRUE(cart);
    EXPECT_EQ(cart->owner.id, next.id);
  }
  // And when that one goes as well, nothing is left.
  EraseNow(next);
  SweepToTheEnd();
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM record_id"), 0);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM record"), 0);
}

}  // namespace
}  // namespace oubli::erasure
