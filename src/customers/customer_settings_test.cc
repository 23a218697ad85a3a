#include "customers/customer_settings.h"

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
  int64_t DefaultGroup(int64_t channel_id) {
    StoreReader reader = store_->Read().value();
    return DefaultGroupId(*reader, channel_id).value();
  }
};

TEST_F(CustomerSettingsTest, WhatWasSetIsThereAfterARestartAndTheRestIsAbsent) {
  EXPECT_FALSE(Settings(kNoChannel).policy_url);
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
  CustomerSettings settings;
  settings.default_group_id = 3;
  Set(kNoChannel, settings);
  EXPECT_EQ(DefaultGroup(1), 3);
  settings.default_group_id = 0;
  Set(1, settings);
  EXPECT_EQ(DefaultGroup(1), 0);
  EXPECT_EQ(DefaultGroup(2), 3);
}

}  // namespace
}  // namespace oubli::customers
