#include "customers/wish_list.h"

#include "customers/customers.h"
#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

class WishListTest : public StoreFixture {
 protected:
  Head Owner(const std::string& email) { return Create(email).value().head; }
  WishListItem Put(const Head& owner, const std::string& product) {
    WishListItem item;
    item.product = product;
    return Write([&](StoreTransaction& transaction) {
             return PutWishListItem(transaction, owner, item);
           })
        .value();
  }
  std::vector<int64_t> IdsOf(const Head& owner, int64_t before = INT64_MAX) {
    StoreReader reader = store_->Read().value();
    std::vector<int64_t> ids;
    EXPECT_TRUE(ForEachWishListItemOf(*reader, owner, before, [&](const WishListItem& item) {
      ids.push_back(item.id);
      return true;
    }));
    return ids;
  }
  std::optional<OwnedWishListItem> FindItem(int64_t id) {
    StoreReader reader = store_->Read().value();
    return FindWishListItem(*reader, id).value();
  }
};

TEST_F(WishListTest, KeepsItemsAcrossReopening) {
  const Head ann = Owner("ann@example.com");
  WishListItem item;
  item.product = "mug";
  item.quantity = -3;
  item.selections = {{"colour", "blue"}, {"", ""}};
  const auto put =
      Write([&](StoreTransaction& transaction) { return PutWishListItem(transaction, ann, item); });
  ASSERT_TRUE(put.has_value());
  Reopen();
  const auto found = FindItem(put->id);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->owner.id, ann.id);
  EXPECT_EQ(found->item.product, "mug");
  EXPECT_EQ(found->item.quantity, -3);
  ASSERT_EQ(found->item.selections.size(), 2U);
  EXPECT_EQ(found->item.selections[0].value, "blue");
  EXPECT_EQ(found->item.modified_at, clock_.NowMs());
}

TEST_F(WishListTest, ListsTheNewestFirstAndOfOneCustomerAlone) {
  const Head ann = Owner("ann@example.com");
  const Head bob = Owner("bob@example.com");
  Put(ann, "a");
  Put(bob, "b");
  Put(ann, "c");
  EXPECT_EQ(IdsOf(ann), (std::vector<int64_t>{3, 1}));
  EXPECT_EQ(IdsOf(ann, 3), (std::vector<int64_t>{1}));
  EXPECT_EQ(IdsOf(bob), (std::vector<int64_t>{2}));
}

TEST_F(WishListTest, MovesAnItemWithItsId) {
  const Head ann = Owner("ann@example.com");
  const Head bob = Owner("bob@example.com");
  const WishListItem item = Put(ann, "a");
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) {
    return MoveWishListItem(transaction, ann, bob, item);
  }));
  EXPECT_EQ(IdsOf(ann), std::vector<int64_t>());
  EXPECT_EQ(IdsOf(bob), std::vector<int64_t>{item.id});
  EXPECT_EQ(FindItem(item.id)->owner.id, bob.id);
}

TEST_F(WishListTest, DeletesAndNeverGivesAnIdTwice) {
  const Head ann = Owner("ann@example.com");
  const WishListItem item = Put(ann, "a");
  const auto remove = [&](int64_t id) {
    return Write(
        [&](StoreTransaction& transaction) { return DeleteWishListItem(transaction, id); });
  };
  EXPECT_TRUE(remove(item.id).value());
  EXPECT_FALSE(remove(item.id).value());
  EXPECT_FALSE(remove(0).value());
  EXPECT_FALSE(FindItem(item.id).has_value());
  EXPECT_EQ(Put(ann, "b").id, 2);
}

TEST_F(WishListTest, IsSealed) {
  Put(Owner("ann@example.com"), "something very particular");
  EXPECT_EQ(AllBytes().find("very particular"), std::string::npos);
}

}  // namespace
}  // namespace oubli::customers
