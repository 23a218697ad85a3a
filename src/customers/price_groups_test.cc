#include "customers/price_groups.h"

#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

class PriceGroupsTest : public StoreFixture {
 protected:
  Result<PriceGroup> Make(const std::string& bvin, const std::string& name) {
    PriceGroup group;
    group.bvin = bvin;
    group.name = name;
    return Write(
        [&](StoreTransaction& transaction) { return CreatePriceGroup(transaction, group); });
  }
  std::string Names() {
    StoreReader reader = store_->Read().value();
    std::string names;
    const auto groups = ListPriceGroups(*reader).value();
    for (const PriceGroup& group : groups) names += group.name + " ";
    return names;
  }
  std::optional<PriceGroup> FindGroup(const std::string& bvin) {
    StoreReader reader = store_->Read().value();
    return FindPriceGroup(*reader, bvin).value();
  }
};

TEST_F(PriceGroupsTest, AreListedByNameWithoutRegardToCase) {
  EXPECT_EQ(Names(), "");
  for (const char* name : {"silver", "Gold", "bronze", "ARGON"})
    ASSERT_TRUE(Make(std::string("id-") + name, name));
  EXPECT_EQ(Names(), "ARGON bronze Gold silver ");
}

TEST_F(PriceGroupsTest, AreKeptAcrossReopeningAndFoundInAnyCase) {
  ASSERT_TRUE(Make("5C6F-a", "Gold"));
  Reopen();
  ASSERT_TRUE(FindGroup("5c6f-A").has_value());
  EXPECT_EQ(FindGroup("5c6f-A")->bvin, "5C6F-a");
  EXPECT_FALSE(FindGroup("5c6f-").has_value());
}

TEST_F(PriceGroupsTest, AnIdIsOneGroups) {
  ASSERT_TRUE(Make("a", "Gold"));
  const auto again = Make("A", "Other");
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(again.error().field, "bvin");
  EXPECT_EQ(Names(), "Gold ");
}

TEST_F(PriceGroupsTest, UpdateAndDeleteSayWhetherThereWasOne) {
  ASSERT_TRUE(Make("a", "Gold"));
  PriceGroup changed;
  changed.bvin = "A";
  changed.name = "Golden";
  changed.pricing_type = 5;
  changed.adjustment = -125'000'000'000;
  const auto update = [&] {
    return Write(
        [&](StoreTransaction& transaction) { return UpdatePriceGroup(transaction, changed); });
  };
  clock_.Advance(5);
  const auto updated = update();
  ASSERT_TRUE(updated.has_value() && updated->has_value());
  EXPECT_EQ((*updated)->bvin, "a");
  EXPECT_EQ((*updated)->name, "Golden");
  EXPECT_EQ((*updated)->adjustment, -125'000'000'000);
  EXPECT_EQ((*updated)->modified_at, clock_.NowMs());
  const auto remove = [&] {
    return Write([&](StoreTransaction& transaction) { return DeletePriceGroup(transaction, "A"); });
  };
  EXPECT_TRUE(remove().value());
  EXPECT_FALSE(remove().value());
  EXPECT_FALSE(update().value().has_value());
  EXPECT_FALSE(FindGroup("a").has_value());
}

TEST_F(PriceGroupsTest, HaveALimit) {
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
    return transaction.connection().Execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) "
        "INSERT INTO price_group SELECT 'k' || i, 'k' || i, 'n', 0, 0, 0 FROM n");
  }));
  const auto one_more = Make("a", "Gold");
  ASSERT_FALSE(one_more.has_value());
  EXPECT_EQ(one_more.error().kind, ErrorKind::kTooMany);
}

}  // namespace
}  // namespace oubli::customers
