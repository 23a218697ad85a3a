// Carts, coupons, credit changes, order details and waiting mails: kept over a restart, sealed, and
// gone with their customer.
#include "customers/shop_records.h"

#include <gmock/gmock.h>

#include "customers/coupons.h"
#include "customers/mail_request.h"
#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ShopRecordsTest : public StoreFixture {
 protected:
  Head HeadOf(int64_t id) { return Find(id)->head; }

  // One of everything, with a canary in each text.
  void Fill(const Head& head) {
    ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
      Cart cart;
      cart.session = "canary-session";
      cart.items = {{0, 7, Decimal::FromInt(2), "canary-item", "s", Decimal::FromInt(1)}};
      OUBLI_TRY(PutCart(transaction, head, cart));
      OUBLI_TRY_ASSIGN(auto profile,
                       PutDiscountProfile(transaction, {0, "P", "customer", "{}", 0}));
      OUBLI_TRY_ASSIGN(auto coupon, CreateCoupon(transaction, profile.id));
      OUBLI_TRY(PutCouponAssignment(transaction, head, {coupon.id, 0}));
      CreditAdjustment credit;
      credit.note = "canary-note";
      OUBLI_TRY(PutCreditAdjustment(transaction, head, credit));
      Order order;
      order.number = "canary-number";
      OUBLI_TRY_ASSIGN(order, PutOrder(transaction, head, order));
      OrderDetails details;
      details.order_id = order.id;
      details.comments = {{1, "canary-comment", "u", true, 1}};
      details.billing.emplace_back().line1 = "canary-street";
      OUBLI_TRY(PutOrderDetails(transaction, head, details));
      return AddMailRequest(transaction, head, kPasswordResetMail);
    }));
  }
};

TEST_F(ShopRecordsTest, AllOfItIsThereAfterARestartAndNothingIsInClear) {
  const Head head = Create("ann@example.com").value().head;
  Fill(head);
  Reopen();
  StoreReader view = store_->Read().value();
  const auto cart = FindCart(*view, "canary-session").value();
  ASSERT_TRUE(cart);
  EXPECT_EQ(cart->owner.ordinal, head.ordinal);
  ASSERT_THAT(cart->cart.items, SizeIs(1));
  EXPECT_EQ(cart->cart.items[0].name, "canary-item");
  EXPECT_EQ(cart->cart.created_at, clock_.NowMs());
  EXPECT_FALSE(FindCart(*view, "canary-sessioN").value());
  EXPECT_FALSE(FindCart(*view, "").value());
  const auto coupons = ListCoupons(*view, 1).value();
  ASSERT_THAT(coupons, SizeIs(1));
  EXPECT_EQ(FindCouponOwner(*view, coupons[0].id).value()->id, head.id);
  const auto credits = ListCreditAdjustments(*view, head).value();
  ASSERT_THAT(credits, SizeIs(1));
  EXPECT_EQ(credits[0].note, "canary-note");
  const auto order = FindOrder(*view, 1).value();
  ASSERT_TRUE(order);
  EXPECT_EQ(order->details.comments.at(0).content, "canary-comment");
  EXPECT_EQ(order->details.billing.at(0).line1, "canary-street");
  EXPECT_THAT(ListMailRequests(*view, 10).value(), SizeIs(1));
  const std::string bytes = AllBytes();
  EXPECT_THAT(bytes, Not(HasSubstr("canary")));
}

TEST_F(ShopRecordsTest, ASessionIsOneOwnersAndSurvivesUpdates) {
  const Head ann = Create("ann@example.com").value().head;
  const Head bob = Create("bob@example.com").value().head;
  Fill(ann);
  const auto stolen = Write([&](StoreTransaction& transaction) {
    Cart cart;
    cart.session = "canary-session";
    return PutCart(transaction, bob, cart);
  });
  ASSERT_FALSE(stolen);
  EXPECT_EQ(stolen.error().kind, ErrorKind::kConflict);
  clock_.Advance(1000);
  const auto changed = Write([&](StoreTransaction& transaction) -> Result<Cart> {
    OUBLI_TRY_ASSIGN(auto found, FindCart(transaction, "canary-session"));
    return PutCart(transaction, found->owner, std::move(found->cart));
  });
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->created_at + 1000, changed->modified_at);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM record WHERE kind = 12"), 1);
}

TEST_F(ShopRecordsTest, AMailRequestTakesThePlaceOfAnEarlierOneAndExpires) {
  const Head ann = Create("ann@example.com").value().head;
  const auto add = [&] {
    return Write([&](StoreTransaction& transaction) {
      return AddMailRequest(transaction, ann, kPasswordResetMail);
    });
  };
  ASSERT_TRUE(add());
  clock_.Advance(1);
  ASSERT_TRUE(add());
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM mail_request"), 1);
  EXPECT_EQ(ListMailRequests(*store_->Read().value(), 10).value().at(0).no, 2);
  clock_.Advance(kMailRequestLifetimeMs + 1);
  EXPECT_THAT(ListMailRequests(*store_->Read().value(), 10).value(), IsEmpty());
}

TEST_F(ShopRecordsTest, DiscountNamesAreTakenOnceAndCouponsGoWithTheirProfile) {
  const auto put = [&](int64_t id, const std::string& name) {
    return Write([&](StoreTransaction& transaction) {
      return PutDiscountProfile(transaction, {id, name, "customer", "{}", 0});
    });
  };
  EXPECT_EQ(put(0, "A").value().id, 1);
  EXPECT_EQ(put(0, "A").error().field, "name");
  EXPECT_EQ(put(0, "B").value().id, 2);
  EXPECT_EQ(put(2, "A").error().kind, ErrorKind::kConflict);
  EXPECT_TRUE(put(1, "A"));
  ASSERT_TRUE(Write([](StoreTransaction& transaction) { return CreateCoupon(transaction, 1); }));
  EXPECT_TRUE(Write([](StoreTransaction& transaction) {
                return DeleteDiscountProfile(transaction, 1);
              }).value());
  EXPECT_FALSE(Write([](StoreTransaction& transaction) {
                 return DeleteDiscountProfile(transaction, 1);
               }).value());
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM coupon"), 0);
}

}  // namespace
}  // namespace oubli::customers
