#include "customers/settings.h"

#include <gmock/gmock.h>

#include "customers/testing/store_fixture.h"

namespace oubli::customers {
namespace {

using ::testing::HasSubstr;

class SettingsTest : public StoreFixture {
 protected:
  std::string Stored(std::string_view name) {
    StoreReader reader = store_->Read().value();
    return ReadSetting(*reader, name).value();
  }
  SettingState StateOf(Setting setting) {
    StoreReader reader = store_->Read().value();
    return ReadSettingState(*reader, RuleOf(setting)).value();
  }
};

TEST_F(SettingsTest, AreAtTheirDefaultsUntilSomebodySetsThem) {
  for (const SettingRule& rule : SettingRules()) {
    EXPECT_EQ(store_->settings().Get(rule.setting), rule.otherwise) << rule.name;
    EXPECT_FALSE(StateOf(rule.setting).is_set);
    EXPECT_EQ(Stored(rule.name), "");
    EXPECT_EQ(ParseSetting(rule, FormatSetting(rule, rule.otherwise)).value(), rule.otherwise);
  }
  EXPECT_TRUE(store_->settings().IsOn(Setting::kEraseSubscribers));
  EXPECT_FALSE(store_->settings().IsOn(Setting::kKeepOrderAmounts));
  EXPECT_EQ(store_->settings().Get(Setting::kBigCommerceRateLimit), RateLimit::kOff);
}

TEST_F(SettingsTest, AChangeCountsAtOnceAndAfterReopening) {
  const auto changed = ChangeSetting(*store_, "erase_subscribers", "off").value();
  EXPECT_EQ(changed.value, 0);
  EXPECT_TRUE(changed.is_set);
  EXPECT_FALSE(store_->settings().IsOn(Setting::kEraseSubscribers));
  EXPECT_EQ(Stored("erase_subscribers"), "no") << "one word for each value";
  ASSERT_TRUE(ChangeSetting(*store_, "bigcommerce_rate_limit", "450"));
  Reopen();
  EXPECT_FALSE(store_->settings().IsOn(Setting::kEraseSubscribers));
  EXPECT_EQ(store_->settings().Get(Setting::kBigCommerceRateLimit), 450);
  EXPECT_TRUE(StateOf(Setting::kBigCommerceRateLimit).is_set);

  const auto forgotten = ChangeSetting(*store_, "erase_subscribers", std::nullopt).value();
  EXPECT_FALSE(forgotten.is_set);
  EXPECT_TRUE(store_->settings().IsOn(Setting::kEraseSubscribers));
  EXPECT_EQ(Stored("erase_subscribers"), "");
  ASSERT_TRUE(ChangeSetting(*store_, "bigcommerce_rate_limit", "original"));
  EXPECT_EQ(store_->settings().Get(Setting::kBigCommerceRateLimit), RateLimit::kOriginal);
}

TEST_F(SettingsTest, BadNamesAndValuesAreRefusedWithTheKnownOnes) {
  const auto misspelt = ChangeSetting(*store_, "keep_order_amount", "yes");
  ASSERT_FALSE(misspelt);
  EXPECT_EQ(misspelt.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(misspelt.error().field, "name");
  EXPECT_THAT(misspelt.error().text, HasSubstr("did you mean keep_order_amounts?"));
  const auto unknown = ChangeSetting(*store_, "zzz", "yes");
  ASSERT_FALSE(unknown);
  for (const SettingRule& rule : SettingRules()) {
    EXPECT_THAT(unknown.error().text, HasSubstr(std::string(rule.name)));
    for (const char* bad : {"", " ", "maybe", "YES", "2 ", "-1", "1.5", "99999999999999999999"}) {
      const auto refused = ChangeSetting(*store_, rule.name, bad);
      ASSERT_FALSE(refused) << rule.name << "=" << bad;
      EXPECT_EQ(refused.error().field, "value");
      EXPECT_THAT(refused.error().text, HasSubstr(DescribeValues(rule)));
    }
    EXPECT_EQ(store_->settings().Get(rule.setting), rule.otherwise);
  }
  EXPECT_FALSE(ChangeSetting(*store_, "bigcommerce_rate_limit", "0"));
  EXPECT_FALSE(ChangeSetting(*store_, "bigcommerce_rate_limit", "1000001"));
  EXPECT_TRUE(ChangeSetting(*store_, "bigcommerce_rate_limit", "1000000"));
  // Other modules' notes lie in the same table.
  EXPECT_FALSE(ChangeSetting(*store_, "residue canaries", "yes"));
}

TEST_F(SettingsTest, ATextThatIsNotUnderstoodCountsAsNotSet) {
  ASSERT_TRUE(Write([](StoreTransaction& transaction) {
    return WriteSetting(transaction, "bigcommerce_rate_limit", "as yesterday");
  }));
  Reopen();
  EXPECT_EQ(store_->settings().Get(Setting::kBigCommerceRateLimit), RateLimit::kOff);
  EXPECT_FALSE(StateOf(Setting::kBigCommerceRateLimit).is_set);
}

TEST(Settings, ValuesAreDescribed) {
  EXPECT_EQ(DescribeValues(RuleOf(Setting::kEraseSubscribers)), "yes or no");
  EXPECT_EQ(DescribeValues(RuleOf(Setting::kBigCommerceOriginalLimits)), "on or off");
  EXPECT_EQ(DescribeValues(RuleOf(Setting::kBigCommerceRateLimit)),
            "off, original or a number from 1 to 1000000");
}

}  // namespace
}  // namespace oubli::customers
