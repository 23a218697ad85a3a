// Campaigns, rewards, promotions and items: made, changed, listed, deleted.
#include "customers/campaigns.h"
#include "dialects/stickystreet/stickystreet_fixture.h"

namespace oubli::dialects::stickystreet {
namespace {

class CampaignChangesTest : public StickyStreetTest {
 protected:
  static Form Of(std::string_view type, std::string_view action, const std::string& campaign,
                 Form form) {
    form.push_back({"type", std::string(type)});
    form.push_back({"action", std::string(action)});
    form.push_back({"campaign_id", campaign});
    return form;
  }
  std::string Error(std::string_view type, std::string_view action, const std::string& campaign,
                    Form form = {}) {
    return ErrorOf(Of(type, action, campaign, std::move(form)));
  }
  std::string NewPart(const std::string& action, const std::string& campaign, Form form) {
    const std::string body = Json(Of("campaign_new", action, campaign, std::move(form)));
    const std::string id = Between(body, "\"id\":\"", "\"");
    EXPECT_NE(id, "") << body;
    return id;
  }
  std::string List(const std::string& type, const std::string& campaign, Form form = {}) {
    form.push_back({"type", type});
    form.push_back({"API", "1.5"});
    if (!campaign.empty()) form.push_back({"campaign_id", campaign});
    return Json(std::move(form));
  }
  int64_t Records(const char* sql) {
    auto reader = world_.OpenStore("abc")->Read();
    auto statement = (*reader)->connection().Prepare(sql).value();
    EXPECT_TRUE(statement->Step().value());
    return statement->Int(0);
  }
};

TEST_F(CampaignChangesTest, RewardsAsInTheContract) {
  const std::string campaign = NewCampaign("points");
  const std::string widget = NewPart(
      "reward", campaign, {{"reward_level", "1000"}, {"reward_description", "Free Widget"}});
  const std::string service = NewPart("reward", campaign,
                                      {{"reward_level", "1500"},
                                       {"reward_description", "Free Service"},
                                       {"reward_identifier", "156739948736"},
                                       {"reward_custom_field_1", "7654382"}});
  EXPECT_EQ(Call({{"type", "campaign_rewards"}, {"campaign_id", campaign}}),
            Replace(Replace(Replace(R"(<response status="success">
  <campaign>
    <id>CAMPAIGN</id>
  </campaign>
  <rewards>
    <reward>
      <id>WIDGET</id>
      <level>1000</level>
      <description>Free Widget</description>
    </reward>
    <reward>
      <id>SERVICE</id>
      <level>1500</level>
      <description>Free Service</description>
      <reward_id>156739948736</reward_id>
      <reward_custom_field_1>7654382</reward_custom_field_1>
    </reward>
  </rewards>
</response>)",
                                    "CAMPAIGN", campaign),
                            "WIDGET", widget),
                    "SERVICE", service));
  NewCustomer({{"code", "a"}, {"campaign_id", campaign}, {"auto_add", "1100"}});
  EXPECT_NE(Json({{"type", "customer_info"}, {"code", "a"}})
                .find(Replace(Replace(R"("available_rewards":[{"id":"WIDGET","name":"",)"
                                      R"("level":"1000","description":"Free Widget",)"
                                      R"("needed_to_redeem":"0"},{"id":"SERVICE",)"
                                      R"("name":"156739948736","level":"1500",)"
                                      R"("description":"Free Service","needed_to_redeem":"400"}])",
                                      "WIDGET", widget),
                              "SERVICE", service)),
            std::string::npos);
}

TEST_F(CampaignChangesTest, ItemsAsInTheContract) {
  const std::string campaign = NewCampaign("buyx");
  const std::string made =
      Call(Of("campaign_new", "item", campaign,
              {{"reward_level", "10"}, {"item_description", "Coffee or Tea"}}));
  const std::string id = Between(made, "<id>", "</id>");
  EXPECT_EQ(made, "<response status=\"success\">\n  <campaign>\n    <item>\n      <id>" + id +
                      "</id>\n    </item>\n  </campaign>\n</response>");
  EXPECT_EQ(List("buyx_items_list", campaign,
                 {{"searchField", "service_product"},
                  {"searchOper", "cn"},
                  {"searchValue", "tea"},
                  {"sortField", "buy_amount"}}),
            Replace(Replace(R"({"status":"success","campaign":{"id":"CAMPAIGN"},"buyx_items":[)"
                            R"({"id":"ITEM","description":"Coffee or Tea","level":"10",)"
                            R"("item_identifier":""}],)"
                            R"("pagination":{"total":"1","offset":"0","length":"10"}})",
                            "CAMPAIGN", campaign),
                    "ITEM", id));
  EXPECT_EQ(Call(Of("campaign_delete", "item", campaign, {{"item_id", id}})),
            "<response status=\"success\">\n  <item status=\"deleted\">\n    <id>" + id +
                "</id>\n  </item>\n</response>");
  EXPECT_EQ(Error("campaign_delete", "item", campaign, {{"item_id", id}}),
            "Error with BuyX campaign item parameters");
}

TEST_F(CampaignChangesTest, PromosAsInTheContract) {
  const std::string campaign = NewCampaign("points");
  const std::string id = NewPart("promo", campaign,
                                 {{"promo_operand", "x"},
                                  {"promo_value", "2"},
                                  {"promo_description", "Double"},
                                  {"promo_custom_id", "d"},
                                  {"promo_start_date", "2026-01-01"}});
  EXPECT_EQ(List("campaign_promos", campaign),
            Replace(Replace(R"({"status":"success","campaign":{"id":"CAMPAIGN"},"promotions":[)"
                            R"({"id":"PROMO","operand":"x","value":"2","description":"Double",)"
                            R"("promo_custom_id":"d","promo_start_date":"2026-01-01",)"
                            R"("promo_end_date":"0000-00-00"}],)"
                            R"("pagination":{"total":"1","offset":"0","length":"10"}})",
                            "CAMPAIGN", campaign),
                    "PROMO", id));
  EXPECT_EQ(Error("campaign_update", "promo", campaign,
                  {{"promo_id", id}, {"new_promo_end_date", "2025-12-31"}}),
            "Error with campaign promotion parameters");
  EXPECT_EQ(
      Error("campaign_update", "promo", campaign, {{"promo_id", id}, {"new_promo_operand", "*"}}),
      "Error with campaign promotion parameters");
  EXPECT_EQ(Error("campaign_update", "promo", campaign,
                  {{"promo_id", id}, {"new_multiplier", "3"}, {"new_operation", "+"}}),
            "");
  EXPECT_NE(List("campaign_promos", campaign).find(R"("operand":"+","value":"3")"),
            std::string::npos);
}

TEST_F(CampaignChangesTest, UpdatesChangeOnlyWhatIsSent) {
  const std::string campaign = NewCampaign("points", {{"points_ratio", "2"}});
  EXPECT_EQ(Call(Of("campaign_update", "campaign", campaign, {{"new_campaign_name", "New"}})),
            "<response status=\"success\">\n  <campaign>\n    <id>" + campaign +
                "</id>\n  </campaign>\n</response>");
  EXPECT_NE(List("campaigns_list", "").find(R"("name":"New","type":"points")"), std::string::npos);
  EXPECT_NE(List("campaigns_list", "").find(R"("points_ratio":"2")"), std::string::npos);
  EXPECT_EQ(Error("campaign_update", "campaign", campaign, {{"new_campaign_name", ""}}),
            "Error with campaign ID/name/type");
  EXPECT_EQ(Error("campaign_update", "campaign", campaign, {{"new_points_ratio", "x"}}),
            "Not a valid number.");
  EXPECT_EQ(Error("campaign_update", "campaign", "1"), "Campaign not valid or deactivated.");
  const std::string reward =
      NewPart("reward", campaign, {{"reward_level", "10"}, {"reward_description", "A"}});
  EXPECT_EQ(Error("campaign_update", "reward", campaign,
                  {{"reward_id", reward}, {"new_reward_level", "20"}}),
            "");
  EXPECT_NE(List("campaign_rewards", campaign).find(R"("level":"20","description":"A")"),
            std::string::npos);
  EXPECT_EQ(Error("campaign_update", "reward", campaign, {{"reward_id", "999"}}),
            "Error with campaign reward parameters");
  const std::string other = NewCampaign("points");
  EXPECT_EQ(Error("campaign_update", "reward", other, {{"reward_id", reward}}),
            "Error with campaign reward parameters")
      << "of another campaign";
}

TEST_F(CampaignChangesTest, PartsAreRefusedWhereTheyAreNone) {
  const std::string points = NewCampaign("points");
  const std::string buyx = NewCampaign("buyx");
  const std::string card = NewCampaign("giftcard");
  const Form reward = {{"reward_level", "10"}, {"reward_description", "A"}};
  EXPECT_EQ(Error("campaign_new", "reward", buyx, reward), "Error with campaign reward parameters");
  EXPECT_EQ(Error("campaign_new", "reward", card, reward), "Error with campaign reward parameters");
  EXPECT_EQ(
      Error("campaign_new", "item", points, {{"reward_level", "1"}, {"item_description", "A"}}),
      "Error with BuyX campaign item parameters");
  for (const char* level : {"", "0", "-1", "x", "1e3", "99999999999999999999"}) {
    EXPECT_EQ(Error("campaign_new", "reward", points,
                    {{"reward_level", level}, {"reward_description", "A"}}),
              "Error with campaign reward parameters")
        << level;
  }
  EXPECT_EQ(Error("campaign_new", "reward", points, {{"reward_level", "1"}}),
            "Error with campaign reward parameters");
  Form named = reward;
  named.push_back({"reward_identifier", "x"});
  EXPECT_EQ(Error("campaign_new", "reward", points, named), "");
  EXPECT_EQ(Error("campaign_new", "reward", points, named), "Not Unique");
  named.push_back({"reward_custom_field_x", "1"});
  EXPECT_EQ(Error("campaign_new", "reward", points, named),
            "Error with campaign reward parameters");
  EXPECT_EQ(Error("campaign_new", "reward", "", reward), "Campaign not valid or deactivated.");
  EXPECT_EQ(Error("campaign_new", "all", points), "Action Undefined");
  EXPECT_EQ(Error("campaign_delete", "", points), "Action Undefined");
  EXPECT_EQ(Error("campaign_update", "", points), "Action Undefined");
}

TEST_F(CampaignChangesTest, ADeactivatedCampaignLeavesTheListsAndKeepsItsData) {
  const std::string campaign = NewCampaign("points");
  NewCustomer({{"code", "a"}, {"campaign_id", campaign}, {"auto_add", "5"}});
  const std::string answer = "<response status=\"success\">\n  <campaign>\n    <id>" + campaign +
                             "</id>\n  </campaign>\n</response>";
  EXPECT_EQ(Call({{"type", "campaign_deactivate"}, {"campaign_id", campaign}}), answer);
  EXPECT_NE(List("campaigns_list", "").find("\"campaigns\":[]"), std::string::npos);
  EXPECT_NE(List("campaigns_inactive_list", "").find("\"id\":\"" + campaign), std::string::npos);
  EXPECT_EQ(ErrorOf({{"type", "customer_balance"}, {"campaign_id", campaign}, {"code", "a"}}),
            "Campaign not valid or deactivated.");
  EXPECT_EQ(Call({{"type", "campaign_reactivate"}, {"campaign_id", campaign}}), answer);
  EXPECT_NE(Json({{"type", "customer_balance"}, {"campaign_id", campaign}, {"code", "a"}})
                .find("\"balance\":\"5\""),
            std::string::npos);
  EXPECT_EQ(ErrorOf({{"type", "campaign_reactivate"}, {"campaign_id", "1"}}),
            "Campaign not valid or deactivated.");
}

TEST_F(CampaignChangesTest, ADeletedCampaignIsSeenNowhere) {
  const std::string gone = NewCampaign("points");
  const std::string kept = NewCampaign("points");
  NewPart("reward", gone, {{"reward_level", "10"}, {"reward_description", "A"}});
  for (const char* code : {"a", "b"}) {
    NewCustomer({{"code", code}, {"campaign_id", gone + "," + kept}, {"auto_add", "5"}});
  }
  EXPECT_EQ(Call(Of("campaign_delete", "campaign", gone, {})),
            "<response status=\"success\">\n  <campaign status=\"deleted\">\n    <id>" + gone +
                "</id>\n  </campaign>\n</response>");
  // The sweep is off in this test: what is not seen is so from the answer on.
  EXPECT_EQ(Records("SELECT COUNT(*) FROM record WHERE kind = 4"), 4);
  EXPECT_EQ(List("campaigns_list", "").find(gone), std::string::npos);
  EXPECT_EQ(List("campaigns_inactive_list", "").find(gone), std::string::npos);
  EXPECT_EQ(ErrorOf({{"type", "campaign_rewards"}, {"campaign_id", gone}}),
            "Campaign not valid or deactivated.");
  for (const char* type :
       {"customer_balance", "record_activity", "redeem", "campaign_reactivate"}) {
    EXPECT_EQ(ErrorOf({{"type", type}, {"campaign_id", gone}, {"code", "a"}}),
              "Campaign not valid or deactivated.")
        << type;
  }
  EXPECT_EQ(Json({{"type", "customer_info"}, {"code", "a"}}).find(gone), std::string::npos);
  const std::string report = Json({{"type", "reports"}, {"report", "transactions_all"}});
  EXPECT_EQ(report.find(gone), std::string::npos);
  EXPECT_NE(report.find("\"transactions_count\":\"2\""), std::string::npos) << report;
  EXPECT_EQ(Error("campaign_delete", "campaign", gone), "Campaign not valid or deactivated.");
  EXPECT_EQ(Records("SELECT COUNT(*) FROM campaign_part"), 0);
  EXPECT_EQ(Population(), 2);
  auto reader = world_.OpenStore("abc")->Read();
  EXPECT_EQ(customers::ListTransactions(**reader, Stored("a").head)->size(), 1U);
  EXPECT_EQ(customers::ListEnrollments(**reader, Stored("a").head)->size(), 1U);
}

TEST_F(CampaignChangesTest, NoCampaignIsDeletedByAccident) {
  const std::string campaign = NewCampaign("points");
  const std::string other = NewCampaign("points");
  for (const std::string& id :
       {std::string(), std::string("*"), std::string("%"), campaign + "," + other, "-" + campaign,
        std::string("0"), std::string("99999999999999999999")}) {
    EXPECT_EQ(Error("campaign_delete", "campaign", id), "Campaign not valid or deactivated.") << id;
  }
  EXPECT_EQ(Error("campaign_delete", "reward", campaign), "Error with campaign reward parameters");
  EXPECT_EQ(Records("SELECT COUNT(*) FROM campaign"), 2);
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
