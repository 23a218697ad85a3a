// Campaigns' parts, users of an account and field definitions: kept across a restart, unique where
// they must be.
#include "customers/campaigns.h"

#include "customers/account_users.h"
#include "customers/field_definitions.h"
#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

class CampaignPartsTest : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    campaign_ = Write([](StoreTransaction& transaction) {
                  Campaign campaign;
                  campaign.name = "Points";
                  campaign.type = "points";
                  return CreateCampaign(transaction, campaign);
                }).value();
  }
  Result<CampaignPart> Make(PartKind kind, const std::string& identifier) {
    return Write([&](StoreTransaction& transaction) {
      CampaignPart part;
      part.campaign_id = campaign_.id;
      part.kind = kind;
      part.level = Decimal::Parse("9.5").value();
      part.description = "d";
      part.identifier = identifier;
      part.custom_fields = {{1, "one"}, {99, "last"}};
      part.operand = "+";
      part.starts = "2026-01-01";
      part.ends = "2026-01-02";
      return CreatePart(transaction, part);
    });
  }
  Campaign campaign_;
};

TEST_F(CampaignPartsTest, PartsStayAsTheyWereMade) {
  const CampaignPart made = Make(PartKind::kPromo, "x").value();
  Reopen();
  StoreReader reader = store_->Read().value();
  const auto parts = ListParts(*reader, campaign_.id, PartKind::kPromo).value();
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].id, made.id);
  EXPECT_EQ(parts[0].level, Decimal::Parse("9.5"));
  EXPECT_EQ(parts[0].custom_fields.at(99), "last");
  EXPECT_EQ(parts[0].operand, "+");
  EXPECT_EQ(parts[0].starts, "2026-01-01");
  EXPECT_EQ(parts[0].ends, "2026-01-02");
  EXPECT_TRUE(ListParts(*reader, campaign_.id, PartKind::kItem).value().empty());
}

TEST_F(CampaignPartsTest, IdentifiersAreUniqueAndNeverAnotherOnesId) {
  const CampaignPart first = Make(PartKind::kReward, "x").value();
  EXPECT_EQ(Make(PartKind::kReward, "x").error().kind, ErrorKind::kConflict);
  EXPECT_EQ(Make(PartKind::kReward, std::to_string(first.id)).error().kind, ErrorKind::kConflict);
  EXPECT_TRUE(Make(PartKind::kItem, "x")) << "of another kind";
  EXPECT_TRUE(Make(PartKind::kReward, ""));
  EXPECT_TRUE(Make(PartKind::kReward, ""));
  StoreReader reader = store_->Read().value();
  EXPECT_EQ(FindPart(*reader, campaign_.id, PartKind::kReward, "x").value()->id, first.id);
  EXPECT_EQ(
      FindPart(*reader, campaign_.id, PartKind::kReward, std::to_string(first.id)).value()->id,
      first.id);
  EXPECT_FALSE(FindPart(*reader, campaign_.id, PartKind::kReward, "").value());
}

TEST_F(CampaignPartsTest, IdsAreNeverGivenTwice) {
  const CampaignPart first = Make(PartKind::kReward, "").value();
  EXPECT_TRUE(Write([&](StoreTransaction& transaction) {
                return DeletePart(transaction, campaign_.id, PartKind::kReward, first.id);
              }).value());
  EXPECT_GT(Make(PartKind::kReward, "").value().id, first.id);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM campaign_part_field"), 2);
}

TEST_F(CampaignPartsTest, ADeletedCampaignTakesItsPartsAlong) {
  Make(PartKind::kReward, "");
  const auto remove = [&](StoreTransaction& transaction) {
    return DeleteCampaign(transaction, campaign_.id);
  };
  EXPECT_TRUE(Write(remove));
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM campaign_part"), 0);
  EXPECT_EQ(Rows("SELECT COUNT(*) FROM campaign_part_field"), 0);
  EXPECT_EQ(Write(remove).error().kind, ErrorKind::kNotFound);
}

TEST_F(CampaignPartsTest, UsersAndFieldsStayAsTheyWereMade) {
  ASSERT_TRUE(Write([&](StoreTransaction& transaction) -> Status {
    AccountUser user;
    user.user_id = "till";
    user.permissions = 5;
    user.campaigns = {campaign_.id};
    OUBLI_TRY(CreateAccountUser(transaction, user, "key"));
    return PutFieldDefinition(transaction, {3, "Shirt", "Pick", false, {"S", "M"}});
  }));
  Reopen();
  StoreReader reader = store_->Read().value();
  const auto user = FindAccountUserByKey(*reader, "till", "key").value();
  ASSERT_TRUE(user);
  EXPECT_EQ(user->permissions, 5);
  EXPECT_TRUE(user->campaigns.contains(campaign_.id));
  EXPECT_FALSE(FindAccountUserByKey(*reader, "till", "Key").value());
  EXPECT_FALSE(FindAccountUserByKey(*reader, "other", "key").value());
  const auto fields = ListFieldDefinitions(*reader).value();
  ASSERT_EQ(fields.size(), 1U);
  EXPECT_EQ(fields[0].label, "Shirt");
  EXPECT_FALSE(fields[0].shown);
  EXPECT_EQ(fields[0].choices, (std::vector<std::string>{"S", "M"}));
}

}  // namespace
}  // namespace oubli::customers
