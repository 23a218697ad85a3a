// An erased customer takes the subscriber of the same e-mail address along, in the same commit.
#include <future>

#include "customers/heads.h"
#include "customers/subscribers.h"
#include "erasure/reindex_fixture.h"

namespace oubli::erasure {
namespace {

using customers::OwnerKind;
using customers::StoreTransaction;
using customers::Subscriber;

class SubscribersOfErasedTest : public customers::StoreFixture {
 protected:
  int64_t Subscribe(const std::string& email) {
    return Write([&](StoreTransaction& transaction) {
             Subscriber subscriber;
             subscriber.profile.email = email;
             return customers::CreateSubscriber(transaction, subscriber);
           })
        .value()
        .head.id;
  }
  void Set(const std::string& value) {
    ASSERT_TRUE(customers::ChangeSetting(*store_, "erase_subscribers", value));
  }
  // Makes a customer's or subscriber's records such that they do not open.
  void Damage(const customers::Head& head) {
    ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
      OUBLI_TRY_ASSIGN(auto damage, transaction.connection().Prepare(
                                        "UPDATE record SET sealed = 'x' WHERE ordinal = $1"));
      damage->Bind(1, head.ordinal);
      OUBLI_TRY(damage->Step());
      return {};
    }));
  }
  bool Lives(int64_t subscriber) {
    auto reader = store_->Read().value();
    return customers::FindHead(*reader, OwnerKind::kSubscriber, subscriber).value().has_value();
  }
  bool IsFoundBy(const std::string& email) {
    auto reader = store_->Read().value();
    return customers::FindSubscriberByEmail(*reader, email).value().has_value();
  }
  Result<Outcome> Erase(std::vector<int64_t> ids) { return EraseIn(*store_, std::move(ids)); }
};

TEST_F(SubscribersOfErasedTest, GoWithTheCustomerAndOthersStay) {
  const int64_t a = Create("a@example.com")->head.id;
  const int64_t b = Create("b@example.com")->head.id;
  const int64_t none = Create("none@example.com")->head.id;
  const int64_t of_a = Subscribe("A@example.com");
  const int64_t of_b = Subscribe("b@example.com");
  const int64_t stranger = Subscribe("stranger@example.com");
  const Outcome outcome = Erase({a, none, 99}).value();
  EXPECT_EQ(outcome.erased, (std::vector<int64_t>{a, none}));
  EXPECT_EQ(outcome.subscribers, 1);
  EXPECT_FALSE(Lives(of_a));
  EXPECT_FALSE(IsFoundBy("a@example.com"));
  EXPECT_TRUE(Lives(of_b));
  EXPECT_TRUE(Lives(stranger));
  EXPECT_EQ(Count(OwnerKind::kSubscriber), 2);
  EXPECT_EQ(Count(), 1);
  EXPECT_EQ(store_->sweep_backlog(), 3);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM sweep"), 3);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM token"), 3) << "of b and two subscribers";
  EXPECT_TRUE(Find(b));
  // The address is free again.
  EXPECT_GT(Subscribe("a@example.com"), stranger);
}

TEST_F(SubscribersOfErasedTest, StayWhenTheSettingSaysSo) {
  const int64_t a = Create("a@example.com")->head.id;
  const int64_t b = Create("b@example.com")->head.id;
  const int64_t of_a = Subscribe("a@example.com");
  const int64_t of_b = Subscribe("b@example.com");
  Set("no");
  EXPECT_EQ(Erase({a}).value().subscribers, 0);
  EXPECT_TRUE(Lives(of_a));
  EXPECT_TRUE(IsFoundBy("a@example.com"));
  Set("yes");
  EXPECT_EQ(Erase({b}).value().subscribers, 1);
  EXPECT_FALSE(Lives(of_b));
}

TEST_F(SubscribersOfErasedTest, GoAlsoWhenNothingOpens) {
  const customers::Head a = Create("a@example.com")->head;
  const int64_t of_a = Subscribe("a@example.com");
  {
    auto reader = store_->Read().value();
    Damage(*customers::FindHead(*reader, OwnerKind::kSubscriber, of_a).value());
  }
  Damage(a);
  EXPECT_EQ(Erase({a.id}).value().subscribers, 1);
  EXPECT_FALSE(Lives(of_a));
}

TEST_F(SubscribersOfErasedTest, AreErasedAloneWithoutTheCustomer) {
  const int64_t a = Create("a@example.com")->head.id;
  const int64_t of_a = Subscribe("a@example.com");
  std::promise<Result<Outcome>> promise;
  EraseChosen(
      *store_, OwnerKind::kSubscriber,
      [of_a](customers::StoreView&) -> Result<std::vector<int64_t>> {
        return std::vector<int64_t>{of_a, of_a, 77};
      },
      [&](Result<Outcome> outcome) { promise.set_value(std::move(outcome)); });
  EXPECT_EQ(promise.get_future().get().value().erased, std::vector<int64_t>{of_a});
  EXPECT_FALSE(Lives(of_a));
  EXPECT_TRUE(Find(a));
  EXPECT_EQ(Count(OwnerKind::kSubscriber), 0);
}

TEST_F(SubscribersOfErasedTest, AFailedChoiceErasesNobody) {
  const int64_t of_a = Subscribe("a@example.com");
  std::promise<Result<Outcome>> promise;
  EraseChosen(
      *store_, OwnerKind::kSubscriber,
      [](customers::StoreView&) -> Result<std::vector<int64_t>> {
        return Fail(ErrorKind::kForbidden, "no");
      },
      [&](Result<Outcome> outcome) { promise.set_value(std::move(outcome)); });
  EXPECT_EQ(promise.get_future().get().error().kind, ErrorKind::kForbidden);
  EXPECT_TRUE(Lives(of_a));
}

// ---- while the keys of tokens change ----

TEST_F(SubscribersOfErasedTest, AReindexMakesTheirTokensAnewToo) {
  for (int i = 0; i < 250; ++i) Create(std::to_string(i) + "@example.com").value();
  for (int i = 0; i < 250; ++i) Subscribe(std::to_string(i) + "@example.com");
  ASSERT_TRUE(StartReindex(*store_));
  ReindexState state;
  do {
    state = StepReindex(*store_).value();
    EXPECT_TRUE(IsFoundBy("0@example.com"));
    EXPECT_TRUE(IsFoundBy("249@example.com"));
  } while (!state.complete);
  EXPECT_EQ(state.done, 500);
  EXPECT_EQ(state.customers, 500);
  ASSERT_TRUE(EndReindex(*store_));
  Reopen();
  EXPECT_TRUE(IsFoundBy("0@example.com"));
  EXPECT_TRUE(IsFoundBy("249@example.com"));
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM token"), 500);
  EXPECT_EQ(Erase({7}).value().subscribers, 1);
  EXPECT_FALSE(IsFoundBy("6@example.com"));
}

TEST_F(SubscribersOfErasedTest, AreFoundAcrossKeysOfAReindex) {
  std::vector<int64_t> customers;
  for (const char* name : {"old", "new", "damaged", "lonely"}) {
    customers.push_back(Create(std::string(name) + "@example.com")->head.id);
  }
  const int64_t old = Subscribe("old@example.com");
  Damage(Find(customers[2])->head);
  ASSERT_TRUE(StartReindex(*store_));
  // These have tokens under the fresh key, their customers under the earlier one.
  const int64_t fresh = Subscribe("new@example.com");
  const int64_t of_damaged = Subscribe("damaged@example.com");
  EXPECT_EQ(Erase(customers).value().subscribers, 3);
  EXPECT_FALSE(Lives(old));
  EXPECT_FALSE(Lives(fresh));
  EXPECT_FALSE(Lives(of_damaged));
}

TEST_F(SubscribersOfErasedTest, ADamagedSubscriberHoldsUpTheEndOfAReindex) {
  const int64_t of_a = Subscribe("a@example.com");
  const int64_t healthy = Subscribe("b@example.com");
  {
    auto reader = store_->Read().value();
    Damage(*customers::FindHead(*reader, OwnerKind::kSubscriber, of_a).value());
  }
  ASSERT_TRUE(StartReindex(*store_));
  const ReindexState state = StepReindex(*store_).value();
  EXPECT_TRUE(state.complete);
  EXPECT_EQ(state.unreadable, 1);
  EXPECT_TRUE(state.unreadable_ids.empty());
  EXPECT_EQ(state.unreadable_subscriber_ids, std::vector<int64_t>{of_a});
  const auto end = EndReindex(*store_);
  ASSERT_FALSE(end);
  EXPECT_NE(end.error().text.find("subscriber 1"), std::string::npos) << end.error().text;
  EXPECT_TRUE(Lives(healthy));
}

}  // namespace
}  // namespace oubli::erasure
