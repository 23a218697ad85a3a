// Groups: what is kept of them, their members when they go, and stores made before they had more
// than a name.
#include "customers/groups.h"

#include "customers/heads.h"
#include "customers/testing/store_fixture.h"
#include "storage/sqlite/sqlite_database.h"

namespace oubli::customers {
namespace {

class GroupsTest : public StoreFixture {
 protected:
  Result<Group> Make(Group group) {
    return Write([&](StoreTransaction& transaction) { return CreateGroup(transaction, group); });
  }
  std::vector<Group> List() {
    StoreReader reader = store_->Read().value();
    return ListGroups(*reader).value();
  }
};

TEST_F(GroupsTest, EverythingIsKeptAcrossARestart) {
  Group group;
  group.name = "VIP";
  group.is_default = true;
  group.is_for_guests = true;
  group.category_access = CategoryAccess::kSpecific;
  group.categories = {7, 12};
  group.discount_rules = {
      {DiscountRule::Kind::kAll, 0, DiscountRule::Method::kPercent, Decimal::FromUnits(2'500'000)},
      {DiscountRule::Kind::kProduct, 33, DiscountRule::Method::kFixed, Decimal::FromInt(5)},
      {DiscountRule::Kind::kPriceList, 4, DiscountRule::Method::kPrice, Decimal()}};
  ASSERT_EQ(Make(group)->id, 1);
  Reopen();
  const auto groups = List();
  ASSERT_EQ(groups.size(), 1U);
  const Group& kept = groups[0];
  EXPECT_EQ(kept.name, "VIP");
  EXPECT_EQ(kept.created_at, clock_.NowMs());
  EXPECT_EQ(kept.modified_at, clock_.NowMs());
  EXPECT_TRUE(kept.is_default && kept.is_for_guests);
  EXPECT_EQ(kept.category_access, CategoryAccess::kSpecific);
  EXPECT_EQ(kept.categories, group.categories);
  ASSERT_EQ(kept.discount_rules.size(), 3U);
  EXPECT_EQ(kept.discount_rules[0].amount, Decimal::FromUnits(2'500'000));
  EXPECT_EQ(kept.discount_rules[1].target_id, 33);
  EXPECT_EQ(kept.discount_rules[1].method, DiscountRule::Method::kFixed);
  EXPECT_EQ(kept.discount_rules[2].kind, DiscountRule::Kind::kPriceList);
}

TEST_F(GroupsTest, ARoleIsOneGroupsAndMovesAndGoesWithIt) {
  const auto of = [this](GroupRole role) {
    StoreReader reader = store_->Read().value();
    return GroupOfRole(*reader, role).value();
  };
  const auto move = [this](GroupRole role, int64_t id) {
    return Write([&](StoreTransaction& transaction) { return MoveRole(transaction, role, id); });
  };
  EXPECT_EQ(of(GroupRole::kDefault), 0);
  ASSERT_TRUE(Make({.name = "A", .is_default = true}));
  ASSERT_TRUE(Make({.name = "B", .is_for_guests = true}));
  EXPECT_EQ(of(GroupRole::kDefault), 1);
  EXPECT_EQ(of(GroupRole::kForGuests), 2);
  const UnixMs made_at = clock_.NowMs();
  clock_.Advance(1000);
  ASSERT_TRUE(move(GroupRole::kDefault, 1));
  EXPECT_EQ(List()[0].modified_at, made_at) << "it had the role already";
  const auto unknown = move(GroupRole::kDefault, 9);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(of(GroupRole::kDefault), 1);
  ASSERT_TRUE(move(GroupRole::kDefault, 2));
  EXPECT_EQ(of(GroupRole::kDefault), 2);
  EXPECT_EQ(of(GroupRole::kForGuests), 2) << "the other role stays";
  const auto groups = List();
  EXPECT_FALSE(groups[0].is_default);
  EXPECT_EQ(groups[0].modified_at, clock_.NowMs());
  EXPECT_TRUE(groups[1].is_default);
  ASSERT_TRUE(move(GroupRole::kForGuests, 0));
  EXPECT_EQ(of(GroupRole::kForGuests), 0);
  EXPECT_EQ(of(GroupRole::kDefault), 2);
  EXPECT_EQ(Write([](StoreTransaction& transaction) { return DeleteGroup(transaction, 2); }), true);
  EXPECT_EQ(of(GroupRole::kDefault), 0);
}

TEST_F(GroupsTest, NamesAreTakenOnce) {
  ASSERT_TRUE(Make({.name = "VIP"}));
  const auto again = Make({.name = "VIP"});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(again.error().field, "name");
  EXPECT_EQ(List().size(), 1U);
}

TEST_F(GroupsTest, AHundredThousandMembersGoInOneCommit) {
  constexpr int64_t kMembers = 100'000;
  ASSERT_TRUE(Make({.name = "VIP"}));
  ASSERT_TRUE(Make({.name = "Other"}));
  // Heads are enough: nobody is opened.
  ASSERT_TRUE(Write([](StoreTransaction& transaction) -> Status {
    for (int64_t id = 1; id <= kMembers + 1; ++id) {
      OUBLI_TRY(InsertHead(transaction,
                           {.id = id, .ordinal = id, .group_id = id <= kMembers ? 1 : 2}, ""));
    }
    // An owner of another kind is no member.
    return InsertHead(
        transaction,
        {.kind = OwnerKind::kSubscriber, .id = 1, .ordinal = kMembers + 2, .group_id = 1}, "");
  }));
  EXPECT_TRUE(
      Write([](StoreTransaction& transaction) { return DeleteGroup(transaction, 1); }).value());
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM owner WHERE group_id = 0"), kMembers);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM owner WHERE group_id = 1"), 1);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM owner WHERE group_id = 2"), 1);
  ASSERT_EQ(List().size(), 1U);
  EXPECT_FALSE(
      Write([](StoreTransaction& transaction) { return DeleteGroup(transaction, 1); }).value());
}

TEST_F(GroupsTest, AWriteThatFailsBehindTheDeleteUndoesAllOfIt) {
  ASSERT_TRUE(Make({.name = "VIP"}));
  ASSERT_TRUE(Create("a@example.com"));
  ASSERT_TRUE(Write([](StoreTransaction& transaction) -> Result<Customer> {
    OUBLI_TRY_ASSIGN(auto customer, FindCustomer(transaction, 1));
    customer->head.group_id = 1;
    return UpdateCustomer(transaction, std::move(*customer));
  }));
  EXPECT_FALSE(Write([](StoreTransaction& transaction) -> Status {
    OUBLI_TRY(DeleteGroup(transaction, 1));
    return Fail(ErrorKind::kInvalid, "no");
  }));
  EXPECT_EQ(List().size(), 1U);
  EXPECT_EQ(Find(1)->head.group_id, 1);
}

TEST_F(GroupsTest, AStoreFromBeforeIsBroughtUpToDate) {
  ASSERT_TRUE(Make({.name = "VIP"}));
  ASSERT_TRUE(Create("a@example.com"));
  const UnixMs made_at = clock_.NowMs();
  store_.reset();
  {
    auto database = storage::OpenSqlite(folder_ / "data/store.db").value();
    auto writer = database->OpenWriter().value();
    ASSERT_TRUE(writer->Execute(
        "ALTER TABLE customer_group DROP COLUMN modified_at;"
        "ALTER TABLE customer_group DROP COLUMN is_default;"
        "ALTER TABLE customer_group DROP COLUMN is_for_guests;"
        "ALTER TABLE customer_group DROP COLUMN category_access;"
        "ALTER TABLE customer_group DROP COLUMN categories;"
        "ALTER TABLE customer_group DROP COLUMN discount_rules;"
        "DROP TABLE segment; DROP TABLE record_sweep; DROP TABLE attribute_removal;"
        "DROP TABLE outbox; DROP TABLE outbox_cleared; DROP TABLE outbox_hook;"
        "DROP TABLE outbox_retry; DROP TABLE campaign_part;"
        "DROP TABLE campaign_part_field; DROP TABLE campaign_sweep;"
        "DROP TABLE account_user; DROP TABLE account_user_campaign;"
        "DROP TABLE field_definition; DROP TABLE discount_profile; DROP TABLE coupon;"
        "DROP TABLE mail_request; DROP TABLE price_group;"
        "UPDATE schema_version SET version = 4;"));
  }
  clock_.Advance(1000);
  Reopen();
  const auto groups = List();
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].name, "VIP");
  EXPECT_EQ(groups[0].modified_at, made_at);
  EXPECT_EQ(groups[0].category_access, CategoryAccess::kAll);
  EXPECT_FALSE(groups[0].is_default);
  EXPECT_EQ(Find(1)->profile.email, "a@example.com");
  EXPECT_TRUE(Make({.name = "Other", .is_default = true}));
}

}  // namespace
}  // namespace oubli::customers
