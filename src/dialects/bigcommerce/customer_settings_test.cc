// /v3/customers/settings, of the store and of its channels.
#include <gtest/gtest.h>

#include "customers/groups.h"
#include "dialects/bigcommerce/bigcommerce_fixture.h"

namespace oubli::dialects::bigcommerce {
namespace {

const std::string kSettingsPath = "/v3/customers/settings";
const std::string kChannel = "/v3/customers/settings/channels/5";

class SettingsTest : public BigCommerceTest {
 protected:
  // Groups of the ids 1 to `count`.
  void MakeGroups(int count) {
    for (int i = 1; i <= count; ++i) {
      ASSERT_TRUE(Store()->WriteAndWait([&](customers::StoreTransaction& transaction) {
        return customers::EnsureGroup(transaction, "group " + std::to_string(i));
      }));
    }
  }
  bool IsDefault(int64_t group) {
    const auto answer = Get("/v2/customer_groups/" + std::to_string(group));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return Parse(answer).at("is_default").as_bool();
  }
  std::string Shown(const std::string& path, const std::string& member) {
    const auto answer = Get(path);
    const boost::json::value body = Parse(answer);
    const boost::json::value& group = body.at("data").at("customer_group_settings").at(member);
    return group.is_null() ? "null" : std::to_string(*AsInt(group));
  }
  int64_t GroupOfNew(const std::string& email, const std::string& more = "") {
    const auto answer =
        Post("/v3/customers",
             R"([{"email":")" + email + R"(","first_name":"A","last_name":"B")" + more + "}]");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return *AsInt(Parse(answer).at("data").as_array().at(0).at("customer_group_id"));
  }
};

// Contract 5.2.
TEST_F(SettingsTest, TheContractsStoreSettings) {
  const auto shown = [](const std::string& url) {
    return R"({"data":{"privacy_settings":{"ask_shopper_for_tracking_consent":false,)"
           R"("policy_url":")" +
           url +
           R"(","ask_shopper_for_tracking_consent_on_checkout":false},)"
           R"("customer_group_settings":{"guest_customer_group_id":0,)"
           R"("default_customer_group_id":0}},"meta":{}})";
  };
  EXPECT_EQ(Get(kSettingsPath).body, shown(""));
  const auto answer =
      Put(kSettingsPath, R"({"privacy_settings":{"policy_url":"https://example.com/policy"}})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, shown("https://example.com/policy"));
  EXPECT_EQ(Get(kSettingsPath).body, answer.body);
}

// Contract 5.3.
TEST_F(SettingsTest, TheContractsChannelSettings) {
  const std::string with_url =
      R"({"data":{"privacy_settings":{"ask_shopper_for_tracking_consent":null,)"
      R"("policy_url":"https://example.com/p",)"
      R"("ask_shopper_for_tracking_consent_on_checkout":null},)"
      R"("customer_group_settings":{"guest_customer_group_id":null,)"
      R"("default_customer_group_id":null},"allow_global_logins":true}})";
  auto answer = Put(kChannel, R"({"privacy_settings":{"policy_url":"https://example.com/p"}})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, with_url);
  EXPECT_EQ(Get(kChannel).body, with_url);
  // Null takes the channel's own value away.
  answer = Put(kChannel, R"({"privacy_settings":{"policy_url":null},"allow_global_logins":false})");
  EXPECT_NE(answer.body.find(R"("policy_url":null)"), std::string::npos);
  EXPECT_NE(answer.body.find(R"("allow_global_logins":false)"), std::string::npos);
  answer = Put(kChannel, R"({"allow_global_logins":null})");
  EXPECT_NE(answer.body.find(R"("allow_global_logins":true)"), std::string::npos);
  // The store and other channels have their own.
  EXPECT_EQ(Get(kSettingsPath).body.find("example.com"), std::string::npos);
  EXPECT_EQ(Get("/v3/customers/settings/channels/6").body.find("example.com"), std::string::npos);
}

TEST_F(SettingsTest, EveryMemberIsKeptWhileOthersChange) {
  MakeGroups(4);
  ASSERT_EQ(Put(kSettingsPath, R"({"privacy_settings":{"ask_shopper_for_tracking_consent":true,
      "policy_url":"http://a.example","ask_shopper_for_tracking_consent_on_checkout":true},
      "customer_group_settings":{"guest_customer_group_id":3,"default_customer_group_id":4},
      "allow_global_logins":"is not looked at here","something":"else"})")
                .status,
            200);
  const std::string all =
      R"({"data":{"privacy_settings":{"ask_shopper_for_tracking_consent":true,)"
      R"("policy_url":"http://a.example","ask_shopper_for_tracking_consent_on_checkout":true},)"
      R"("customer_group_settings":{"guest_customer_group_id":3,"default_customer_group_id":4}},)"
      R"("meta":{}})";
  EXPECT_EQ(Get(kSettingsPath).body, all);
  EXPECT_EQ(Put(kSettingsPath, "{}").body, all);
  // The store has nothing to fall back to, so null is as good as absent.
  EXPECT_EQ(Put(kSettingsPath, R"({"privacy_settings":{"policy_url":null},
                           "customer_group_settings":null})")
                .body,
            all);
}

TEST_F(SettingsTest, BadBodiesAreRefusedAndChangeNothing) {
  const std::string store_before = Get(kSettingsPath).body;
  const std::string channel_before = Get(kChannel).body;
  for (const std::string& path : {kSettingsPath, kChannel}) {
    for (const std::string body :
         {R"({"privacy_settings":5})", R"({"privacy_settings":[]})",
          R"({"privacy_settings":{"ask_shopper_for_tracking_consent":"true"}})",
          R"({"privacy_settings":{"ask_shopper_for_tracking_consent_on_checkout":1}})",
          R"({"privacy_settings":{"policy_url":5}})",
          R"({"privacy_settings":{"policy_url":"javascript:alert"}})",
          R"({"privacy_settings":{"policy_url":"https://a\u0000"}})",
          R"({"customer_group_settings":{"guest_customer_group_id":-1}})",
          R"({"customer_group_settings":{"default_customer_group_id":"4"}})",
          R"({"customer_group_settings":{"default_customer_group_id":2147483648}})",
          R"({"customer_group_settings":{"default_customer_group_id":1,)"
          R"("guest_customer_group_id":1.5}})",
          "[]", "5", "null"}) {
      EXPECT_EQ(Put(path, body).status, 422) << path << body;
    }
    EXPECT_EQ(Put(path, "{").status, 400);
    EXPECT_EQ(Put(path, "").status, 400);
    EXPECT_EQ(Put(path, R"({"privacy_settings":{"policy_url":"https://)" + std::string(2000, 'x') +
                            R"("}})")
                  .status,
              422);
  }
  EXPECT_EQ(Put(kChannel, R"({"allow_global_logins":"no"})").body,
            Envelope(422, "JSON data is missing or invalid",
                     R"({"allow_global_logins":"error.expected.jsboolean"})"));
  EXPECT_EQ(Get(kSettingsPath).body, store_before);
  EXPECT_EQ(Get(kChannel).body, channel_before);
}

TEST_F(SettingsTest, WhatCannotBeAChannelIsNotFound) {
  for (const std::string id : {"0", "-1", "x", "1.5", "2147483648", "99999999999999999999"}) {
    const std::string path = "/v3/customers/settings/channels/" + id;
    EXPECT_EQ(Get(path).status, 404) << id;
    EXPECT_EQ(Get(path).body, Envelope(404, "The resource at that URL is not found."));
    EXPECT_EQ(Put(path, "{}").status, 404) << id;
  }
}

TEST_F(SettingsTest, ANewCustomerWithoutAGroupGetsTheDefaultOne) {
  MakeGroups(9);
  EXPECT_EQ(GroupOfNew("a@example.com"), 0);
  ASSERT_EQ(
      Put(kSettingsPath, R"({"customer_group_settings":{"default_customer_group_id":4}})").status,
      200);
  ASSERT_EQ(Put(kChannel, R"({"customer_group_settings":{"default_customer_group_id":9}})").status,
            200);
  EXPECT_EQ(GroupOfNew("b@example.com"), 4);
  EXPECT_EQ(GroupOfNew("c@example.com", R"(,"origin_channel_id":5)"), 9);
  EXPECT_EQ(GroupOfNew("d@example.com", R"(,"customer_group_id":7)"), 7);
  EXPECT_EQ(GroupOfNew("e@example.com", R"(,"customer_group_id":0)"), 0);
  EXPECT_EQ(GroupOfNew("f@example.com", R"(,"customer_group_id":null)"), 4);
  // An update that is silent about the group leaves it.
  ASSERT_EQ(Put("/v3/customers", R"([{"id":1,"first_name":"X"}])").status, 200);
  EXPECT_EQ(Find(1)->head.group_id, 0);
}

TEST_F(SettingsTest, TheStoresGroupsAreV2sFlags) {
  MakeGroups(3);
  ASSERT_EQ(Put("/v2/customer_groups/2", R"({"is_default":true})").status, 200);
  EXPECT_EQ(Shown(kSettingsPath, "default_customer_group_id"), "2");
  ASSERT_EQ(Put(kSettingsPath, R"({"customer_group_settings":{"default_customer_group_id":3,
                           "guest_customer_group_id":1}})")
                .status,
            200);
  EXPECT_FALSE(IsDefault(2));
  EXPECT_TRUE(IsDefault(3));
  EXPECT_NE(Get("/v2/customer_groups/1").body.find(R"("is_group_for_guests":true)"),
            std::string::npos);
  // V3's new customer and V2's join the same group, the channel's own one where there is one.
  EXPECT_EQ(GroupOfNew("a@example.com"), 3);
  const std::string b = R"({"first_name":"A","last_name":"B","email":"b@example.com"})";
  EXPECT_NE(Post("/v2/customers", b).body.find(R"("customer_group_id":3,)"), std::string::npos);
  ASSERT_EQ(Put("/v3/customers/settings/channels/1",
                R"({"customer_group_settings":{"default_customer_group_id":2}})")
                .status,
            200);
  EXPECT_EQ(GroupOfNew("c@example.com"), 2);
  const std::string d = R"({"first_name":"A","last_name":"B","email":"d@example.com"})";
  EXPECT_NE(Post("/v2/customers", d).body.find(R"("customer_group_id":2,)"), std::string::npos);
  // 0 takes the flag away.
  ASSERT_EQ(
      Put(kSettingsPath, R"({"customer_group_settings":{"default_customer_group_id":0}})").status,
      200);
  EXPECT_FALSE(IsDefault(3));
  EXPECT_EQ(Shown(kSettingsPath, "guest_customer_group_id"), "1");
}

TEST_F(SettingsTest, AGroupThatIsDeletedIsNobodysDefault) {
  MakeGroups(3);
  for (const auto& [path, group] :
       {std::pair<std::string, std::string>{kSettingsPath, "1"}, {kChannel, "2"}}) {
    ASSERT_EQ(Put(path, R"({"customer_group_settings":{"default_customer_group_id":)" + group +
                            R"(,"guest_customer_group_id":)" + group + "}}")
                  .status,
              200);
  }
  ASSERT_EQ(Delete("/v2/customer_groups/2").status, 204);
  EXPECT_EQ(Shown(kChannel, "default_customer_group_id"), "null");
  EXPECT_EQ(Shown(kChannel, "guest_customer_group_id"), "null");
  EXPECT_EQ(GroupOfNew("a@example.com", R"(,"origin_channel_id":5)"), 1) << "the store's";
  ASSERT_EQ(Delete("/v2/customer_groups/1").status, 204);
  EXPECT_EQ(Shown(kSettingsPath, "default_customer_group_id"), "0");
  EXPECT_EQ(GroupOfNew("b@example.com"), 0);
}

TEST_F(SettingsTest, AGroupThatThereIsNotIsRefused) {
  MakeGroups(1);
  ASSERT_EQ(
      Put(kSettingsPath, R"({"customer_group_settings":{"default_customer_group_id":1}})").status,
      200);
  for (const std::string& path : {kSettingsPath, kChannel}) {
    const auto answer = Put(path, R"({"privacy_settings":{"policy_url":"https://a.example"},
        "customer_group_settings":{"default_customer_group_id":2}})");
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.body, Envelope(422, "Update customer settings failed.",
                                    R"({"customer_group_settings.default_customer_group_id":)"
                                    R"("is not the id of a group"})"));
    EXPECT_EQ(Put(path, R"({"customer_group_settings":{"guest_customer_group_id":7}})").status,
              422);
    EXPECT_EQ(Get(path).body.find("a.example"), std::string::npos);
  }
  EXPECT_TRUE(IsDefault(1));
}

TEST_F(SettingsTest, TheyStayWhenCustomersGo) {
  Create("a@example.com");
  ASSERT_EQ(Put(kChannel, R"({"privacy_settings":{"policy_url":"https://a.example"}})").status,
            200);
  const std::string before = Get(kChannel).body;
  ASSERT_EQ(Delete("/v3/customers?id:in=1").status, 204);
  EXPECT_EQ(Get(kChannel).body, before);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce
