#include "customers/customer_settings.h"

#include "customers/groups.h"
#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

class CustomerSettingsTest : public StoreFixture {
 protected:
  CustomerSettings Settings(int64_t channel_id) {
    StoreReader reader = store_->Read().value();
    return ReadCustomerSettings(*reader, channel_id).value();
  }
  void Set(int64_t channel_id, const CustomerSettings& settings) {
    ASSERT_TRUE(Write([&](StoreTransaction& transaction) {
      return WriteCustomerSettings(transaction, channel_id, settings);
    }));
  }
  void MakeGroups(int count) {
    for (int i = 1; i <= count; ++i) {
      ASSERT_TRUE(Write([&](StoreTransaction& transaction) {
        return EnsureGroup(transaction, "group " + std::to_string(i));
      }));
    }
  }
  int64_t DefaultGroup(int64_t channel_id) {
    StoreReader reader = store_->Read().value();
    return DefaultGroupId(*reader, channel_id).value();
  }
};

TEST_F(CustomerSettingsTest, WhatWasSetIsThereAfterARestartAndTheRestIsAbsent) {
  EXPECT_FALSE(Settings(kNoChannel).policy_url);
  MakeGroups(7);
  CustomerSettings all;
  all.ask_for_consent = false;
  all.ask_for_consent_on_checkout = true;
  all.policy_url = "https://example.com/\"quoted\"";
  all.guest_group_id = 0;
  all.default_group_id = 7;
  all.allow_global_logins = false;
  Set(5, all);
  Reopen();
  const CustomerSettings back = Settings(5);
  EXPECT_EQ(back.ask_for_consent, false);
  EXPECT_EQ(back.ask_for_consent_on_checkout, true);
  EXPECT_EQ(back.policy_url, all.policy_url);
  EXPECT_EQ(back.guest_group_id, 0);
  EXPECT_EQ(back.default_group_id, 7);
  EXPECT_EQ(back.allow_global_logins, false);
  EXPECT_FALSE(Settings(kNoChannel).ask_for_consent);
  EXPECT_FALSE(Settings(6).ask_for_consent);
  Set(5, {});
  EXPECT_FALSE(Settings(5).policy_url);
}

TEST_F(CustomerSettingsTest, AChannelsDefaultGroupComesBeforeTheStores) {
  EXPECT_EQ(DefaultGroup(1), 0);
  MakeGroups(3);
  CustomerSettings settings;
  settings.default_group_id = 3;
  Set(kNoChannel, settings);
  EXPECT_EQ(DefaultGroup(1), 3);
  settings.default_group_id = 0;
  Set(1, settings);
  EXPECT_EQ(DefaultGroup(1), 0);
  EXPECT_EQ(DefaultGroup(2), 3);
}

TEST_F(CustomerSettingsTest, TheStoresGroupsAreThoseWithTheRole) {
  MakeGroups(2);
  EXPECT_EQ(Settings(kNoChannel).default_group_id, 0);
  CustomerSettings settings;
  settings.default_group_id = 1;
  settings.guest_group_id = 2;
  Set(kNoChannel, settings);
  {
    StoreReader reader = store_->Read().value();
    EXPECT_TRUE(FindGroup(*reader, 1).value()->is_default);
    EXPECT_TRUE(FindGroup(*reader, 2).value()->is_for_guests);
  }
  ASSERT_TRUE(Write(
      [](StoreTransaction& transaction) { return MoveRole(transaction, GroupRole::kDefault, 2); }));
  EXPECT_EQ(Settings(kNoChannel).default_group_id, 2);
  ASSERT_EQ(Write([](StoreTransaction& transaction) { return DeleteGroup(transaction, 2); }), true);
  EXPECT_EQ(Settings(kNoChannel).default_group_id, 0);
  EXPECT_EQ(Settings(kNoChannel).guest_group_id, 0);
}

TEST_F(CustomerSettingsTest, ADeletedGroupIsNoLongerTheChannelsOwn) {
  MakeGroups(3);
  CustomerSettings settings;
  settings.default_group_id = 1;
  Set(kNoChannel, settings);
  settings.default_group_id = 2;
  settings.guest_group_id = 3;
  settings.policy_url = "https://example.com";
  Set(5, settings);
  EXPECT_EQ(DefaultGroup(5), 2);
  ASSERT_EQ(Write([](StoreTransaction& transaction) { return DeleteGroup(transaction, 2); }), true);
  EXPECT_EQ(DefaultGroup(5), 1) << "the store's";
  EXPECT_FALSE(Settings(5).default_group_id);
  EXPECT_EQ(Settings(5).guest_group_id, 3);
  EXPECT_EQ(Settings(5).policy_url, "https://example.com");
}

TEST_F(CustomerSettingsTest, AnUnknownGroupIsRefusedAndNothingIsChanged) {
  MakeGroups(1);
  CustomerSettings settings;
  settings.default_group_id = 1;
  settings.guest_group_id = 9;
  for (const int64_t channel : {kNoChannel, int64_t{5}}) {
    const Status refused = Write([&](StoreTransaction& transaction) {
      return WriteCustomerSettings(transaction, channel, settings);
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kNotFound);
    EXPECT_EQ(Settings(channel).default_group_id.value_or(0), 0);
  }
}

}  // namespace
}  // namespace oubli::customers
