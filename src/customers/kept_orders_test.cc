#include "customers/kept_orders.h"

#include <gmock/gmock.h>

#include "customers/codec.h"
#include "customers/heads.h"
#include "customers/settings.h"
#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr UnixMs kDay = 24LL * 60 * 60 * 1000;
constexpr UnixMs kDate = 19'676 * kDay + 34'000'123;  // 2023-11-15, 09:26:40.123

Order Sale(const std::string& number = "N-1001") {
  Order order;
  order.number = number;
  order.date = kDate;
  order.currency = "eur";
  order.status = "completed";
  order.total = *Decimal::Parse("19.95");
  order.items = {{"Mug for Sally", "MUG-1", Decimal::FromInt(2), *Decimal::Parse("9.95")}};
  order.note = "leave it with Bob";
  order.import_ref = "ref-1";
  return order;
}

class KeptOrdersTest : public StoreFixture {
 protected:
  struct Row {
    Head head;
    KeptOrder order;
  };
  void Switch(const char* value) {
    ASSERT_TRUE(ChangeSetting(*store_, "keep_order_amounts", value));
  }
  Order Put(const Head& owner, const Order& order) {
    return Write([&](StoreTransaction& transaction) { return PutOrder(transaction, owner, order); })
        .value();
  }
  std::vector<Row> Kept() {
    std::vector<Row> rows;
    StoreReader reader = store_->Read().value();
    EXPECT_TRUE(ForEachKeptOrder(*reader, 0, [&](const Head& head, const KeptOrder& order) {
      rows.push_back({head, order});
      return true;
    }));
    EXPECT_EQ(Count(OwnerKind::kKeptOrder), static_cast<int64_t>(rows.size()));
    return rows;
  }
  std::vector<Order> OrdersOf(const Head& owner) {
    StoreReader reader = store_->Read().value();
    return ListOrders(*reader, owner).value();
  }
};

TEST_F(KeptOrdersTest, NothingIsKeptUnlessTheSettingSaysSo) {
  const Head sally = Create("sally@example.com")->head;
  EXPECT_EQ(Put(sally, Sale()).kept_id, 0);
  EXPECT_THAT(Kept(), IsEmpty());
}

TEST_F(KeptOrdersTest, AnOrderIsWrittenApartWithItsAmountsAndNothingElse) {
  Switch("yes");
  const Head sally = Create("sally@example.com")->head;
  const Order stored = Put(sally, Sale());
  const auto kept = Kept();
  ASSERT_THAT(kept, SizeIs(1));
  EXPECT_EQ(kept[0].head.id, stored.kept_id);
  EXPECT_NE(kept[0].head.ordinal, sally.ordinal);
  EXPECT_EQ(kept[0].head.created_at % kDay, 0) << "the day alone";
  EXPECT_EQ(kept[0].head.modified_at, kept[0].head.created_at);
  EXPECT_EQ(kept[0].order.date, 19'676 * kDay);
  EXPECT_EQ(kept[0].order.currency, "EUR");
  EXPECT_EQ(kept[0].order.status, "Completed");
  EXPECT_EQ(kept[0].order.total.ToString(), "19.95");
  ASSERT_THAT(kept[0].order.items, SizeIs(1));
  EXPECT_EQ(kept[0].order.items[0].sku, "MUG-1");
  EXPECT_EQ(kept[0].order.items[0].quantity.ToString(), "2");
  EXPECT_EQ(kept[0].order.items[0].price.ToString(), "9.95");
  const std::string bytes = Encode(kept[0].order);
  for (const char* of_person : {"N-1001", "Sally", "Bob", "ref-1"}) {
    EXPECT_THAT(bytes, Not(HasSubstr(of_person)));
  }
  EXPECT_EQ(OrdersOf(sally).at(0).kept_id, stored.kept_id);
  Reopen();
  EXPECT_THAT(Kept(), SizeIs(1));
}

TEST_F(KeptOrdersTest, FreeTextInCurrencyAndStatusIsLeftOut) {
  Order order = Sale();
  order.status = "refunded to Sally";
  order.currency = "Sal ";
  EXPECT_EQ(AmountsOf(order).status, "");
  EXPECT_EQ(AmountsOf(order).currency, "SAL");
  for (const char* bad : {"", "EU", "EURO", "E1R", "\xc3\xa9u"}) {
    order.currency = bad;
    EXPECT_EQ(AmountsOf(order).currency, "") << bad;
  }
  order.status = " Partially REFUNDED";
  EXPECT_EQ(AmountsOf(order).status, "Partially Refunded");
  order.date = 0;
  EXPECT_EQ(AmountsOf(order).date, 0) << "no date is invented";
  order.date = -1;
  EXPECT_EQ(AmountsOf(order).date, -kDay);
}

TEST_F(KeptOrdersTest, AnUpdateOfTheOrderWritesTheSameKeptOrderAnew) {
  Switch("yes");
  const Head sally = Create("sally@example.com")->head;
  Order order = Put(sally, Sale());
  const int64_t kept_id = order.kept_id;
  order.total = Decimal::FromInt(7);
  order.kept_id = 4711;  // what a caller has there does not count
  EXPECT_EQ(Put(sally, order).kept_id, kept_id);
  Switch("no");
  order.status = "Refunded";
  EXPECT_EQ(Put(sally, order).kept_id, kept_id) << "it follows its order to the end";
  const auto kept = Kept();
  ASSERT_THAT(kept, SizeIs(1));
  EXPECT_EQ(kept[0].order.total.ToString(), "7");
  EXPECT_EQ(kept[0].order.status, "Refunded");
  EXPECT_EQ(Put(sally, Sale("N-2")).kept_id, 0) << "new ones are not kept any more";
  EXPECT_THAT(Kept(), SizeIs(1));
}

TEST_F(KeptOrdersTest, OrdersOfBeforeAreWrittenApartInSteps) {
  const Head sally = Create("sally@example.com")->head;
  const Head bert = Create("bert@example.com")->head;
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
    for (int i = 0; i < 300; ++i) {
      OUBLI_TRY(PutOrder(transaction, i % 2 == 0 ? sally : bert, Sale()));
    }
    return {};
  }));
  const auto refused = KeepPresentOrders(*store_, 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  Switch("yes");
  EXPECT_THAT(Kept(), IsEmpty());
  Put(sally, Sale());
  const KeepStep first = KeepPresentOrders(*store_, 0).value();
  EXPECT_EQ(first.kept, 256);
  EXPECT_FALSE(first.complete);
  const KeepStep second = KeepPresentOrders(*store_, first.after).value();
  EXPECT_EQ(second.kept, 44) << "the one that is kept already is not kept twice";
  EXPECT_TRUE(second.complete);
  EXPECT_THAT(Kept(), SizeIs(301));
  EXPECT_EQ(KeepPresentOrders(*store_, 0)->kept, 0) << "once more does nothing";
  EXPECT_EQ(OrdersOf(bert).at(0).note, "leave it with Bob") << "the order itself is as it was";
}

TEST_F(KeptOrdersTest, ADamagedOrderDoesNotHoldUpTheOthers) {
  const Head sally = Create("sally@example.com")->head;
  const Order bad = Put(sally, Sale());
  Put(sally, Sale("N-2"));
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
    OUBLI_TRY_ASSIGN(const crypto::Key key, transaction.KeyOf(sally));
    return PutRecord(transaction, sally, key, RecordKind::kOrder, bad.id, "\x07");
  }));
  Switch("yes");
  const KeepStep step = KeepPresentOrders(*store_, 0).value();
  EXPECT_EQ(step.kept, 1);
  EXPECT_EQ(step.unreadable, 1);
  EXPECT_TRUE(step.complete);
}

TEST_F(KeptOrdersTest, WhatFailsLeavesNoKeptOrderBehind) {
  Switch("yes");
  const Head sally = Create("sally@example.com")->head;
  EXPECT_FALSE(Write([&](StoreTransaction& transaction) -> Status {
    OUBLI_TRY(PutOrder(transaction, sally, Sale()));
    return Fail(ErrorKind::kConflict, "the rest of the row clashes");
  }));
  EXPECT_THAT(Kept(), IsEmpty());
}

}  // namespace
}  // namespace oubli::customers
