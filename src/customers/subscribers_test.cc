#include "customers/subscribers.h"

#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

class SubscribersTest : public StoreFixture {
 protected:
  Result<Subscriber> Subscribe(const std::string& email, const std::string& first_name = "Sam") {
    return Write([&](StoreTransaction& transaction) {
      Subscriber subscriber;
      subscriber.profile.email = email;
      subscriber.profile.first_name = first_name;
      return CreateSubscriber(transaction, subscriber);
    });
  }
  Result<Subscriber> Update(const Subscriber& subscriber) {
    return Write(
        [&](StoreTransaction& transaction) { return UpdateSubscriber(transaction, subscriber); });
  }
  std::optional<Subscriber> ByEmail(const std::string& email) {
    StoreReader reader = store_->Read().value();
    return FindSubscriberByEmail(*reader, email).value();
  }
  // Of the customer of an id, by the customer's tokens.
  std::optional<Head> Of(int64_t customer_id) {
    StoreReader reader = store_->Read().value();
    const auto head = FindHeadAndTokens(*reader, OwnerKind::kCustomer, customer_id).value();
    return FindSubscriberOf(*reader, *head).value();
  }
};

TEST_F(SubscribersTest, IsFoundByIdAndAddressAlsoAfterARestart) {
  Subscriber made;
  made.profile.email = "Sam@Example.com";
  made.profile.first_name = "Sam";
  made.profile.origin_channel_id = 4;
  SetOrderId(made, 77);
  SetConsents(made, {"marketing_newsletter", "abandoned_cart"});
  made = Write([&](StoreTransaction& transaction) {
           return CreateSubscriber(transaction, made);
         }).value();
  EXPECT_EQ(made.head.id, 1);
  EXPECT_EQ(Count(OwnerKind::kSubscriber), 1);
  EXPECT_EQ(Count(), 0);
  Reopen();
  const auto found = ByEmail(" sam@example.COM ");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->head.id, 1);
  EXPECT_EQ(found->head.created_at, clock_.NowMs());
  EXPECT_EQ(found->profile.email, "Sam@Example.com");
  EXPECT_EQ(found->profile.origin_channel_id, 4);
  EXPECT_EQ(OrderIdOf(*found), 77);
  EXPECT_EQ(ConsentsOf(*found),
            (std::vector<std::string>{"marketing_newsletter", "abandoned_cart"}));
  StoreReader reader = store_->Read().value();
  EXPECT_EQ(FindSubscriber(*reader, 1).value()->profile.first_name, "Sam");
  EXPECT_FALSE(FindSubscriber(*reader, 2).value());
  EXPECT_FALSE(FindSubscriberByEmail(*reader, "").value());
}

TEST_F(SubscribersTest, SharesAnAddressWithACustomerButNotWithAnotherSubscriber) {
  ASSERT_TRUE(Create("a@example.com"));
  ASSERT_TRUE(Subscribe("a@example.com"));
  ASSERT_TRUE(Create("b@example.com"));
  const auto again = Subscribe("A@example.com ");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(again.error().field, "subscriber_email");
  EXPECT_EQ(Subscribe(" ").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(Count(OwnerKind::kSubscriber), 1);
  StoreReader reader = store_->Read().value();
  EXPECT_EQ(FindCustomerByEmail(*reader, "a@example.com").value()->head.kind, OwnerKind::kCustomer);
}

TEST_F(SubscribersTest, AnUpdateMovesTheAddress) {
  Subscriber first = Subscribe("a@example.com").value();
  const Subscriber second = Subscribe("b@example.com").value();
  clock_.Advance(5000);
  first.profile.email = "b@example.com";
  EXPECT_EQ(Update(first).error().kind, ErrorKind::kConflict);
  EXPECT_TRUE(ByEmail("a@example.com"));
  first.profile.email = "c@example.com";
  const Subscriber moved = Update(first).value();
  EXPECT_EQ(moved.head.modified_at, moved.head.created_at + 5000);
  EXPECT_FALSE(ByEmail("a@example.com"));
  EXPECT_EQ(ByEmail("c@example.com")->head.id, first.head.id);
  EXPECT_TRUE(Subscribe("a@example.com"));
  first.head.id = 99;
  EXPECT_EQ(Update(first).error().kind, ErrorKind::kNotFound);
}

TEST_F(SubscribersTest, IsFoundFromTheCustomersHeadAlone) {
  const Customer with = Create("a@example.com").value();
  const Customer without = Create("b@example.com").value();
  const Customer nameless = Create("").value();
  const Subscriber subscriber = Subscribe("A@EXAMPLE.com").value();
  ASSERT_TRUE(Write([](StoreTransaction& transaction) {
    return transaction.connection().Execute("UPDATE record SET sealed = 'x'");
  }));
  EXPECT_EQ(Of(with.head.id)->id, subscriber.head.id);
  EXPECT_FALSE(Of(without.head.id));
  EXPECT_FALSE(Of(nameless.head.id));
}

}  // namespace
}  // namespace oubli::customers
