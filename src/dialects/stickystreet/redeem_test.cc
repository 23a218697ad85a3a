// redeem, transaction_delete, promotions and items: what takes from a balance, and what adds by
// rule.
#include "dialects/stickystreet/stickystreet_fixture.h"

namespace oubli::dialects::stickystreet {
namespace {

class RedeemTest : public StickyStreetTest {
 protected:
  Form Of(std::string_view type, const std::string& campaign, Form form) const {
    form.push_back({"type", std::string(type)});
    form.push_back({"campaign_id", campaign});
    form.push_back({"code", "a"});
    return form;
  }
  std::string Redeem(const std::string& campaign, Form form) {
    return Json(Of("redeem", campaign, std::move(form)));
  }
  std::string RedeemError(const std::string& campaign, Form form) {
    return ErrorOf(Of("redeem", campaign, std::move(form)));
  }
  std::string Add(const std::string& campaign, Form form) {
    return ErrorOf(Of("record_activity", campaign, std::move(form)));
  }
  std::string NewPart(const std::string& campaign, const std::string& action, Form form) {
    form.push_back({"type", "campaign_new"});
    form.push_back({"action", action});
    form.push_back({"campaign_id", campaign});
    const std::string body = Json(std::move(form));
    const std::string id = Between(body, "\"id\":\"", "\"");
    EXPECT_NE(id, "") << body;
    return id;
  }
  std::string Balance(const std::string& campaign) {
    const std::string body = Json(Of("customer_balance", campaign, {}));
    return Between(body, "\"balance\":\"", "\"");
  }
  std::string LastTransaction(const std::string& campaign) {
    const std::string body = Json(Of("customer_balance", campaign, {{"transactions_number", "1"}}));
    return Between(body, "\"transactions\":[{\"id\":\"", "\"");
  }
};

TEST_F(RedeemTest, GiftCardReceiptAsInTheContract) {
  NewCustomer({{"code", "a"}});
  const std::string campaign = NewCampaign("giftcard");
  EXPECT_EQ(Add(campaign, {{"amount", "5"}}), "");
  const std::string body = Redeem(campaign, {{"reward_to_redeem", "1"}});
  EXPECT_NE(body.find(R"("deduct":{"amount":"-1","currency":"USD","description":""},)"
                      R"("balance":{"amount":"4.00","currency":"USD","glyph":"$"},)"
                      R"("cumulative_balance":{"amount":"5.00","currency":"USD","glyph":"$"})"),
            std::string::npos)
      << body;
  EXPECT_EQ(RedeemError(campaign, {{"reward_to_redeem", "4,01"}}),
            "The amount entered exceeds the available balance");
  EXPECT_EQ(RedeemError(campaign, {{"reward_to_redeem", "0"}}),
            "The amount entered must be at least 0.01");
  EXPECT_EQ(RedeemError(campaign, {{"reward_to_redeem", "-1"}}),
            "The amount entered must be at least 0.01");
  EXPECT_EQ(RedeemError(campaign, {{"reward_to_redeem", "1e1"}}),
            "The amount entered is not valid");
  EXPECT_EQ(RedeemError(campaign, {{"custom_points_redeem", "1"}}),
            "Nothing was requested to be redeemed");
  EXPECT_EQ(Balance(campaign), "4.00");
  EXPECT_EQ(RedeemError(campaign, {{"reward_to_redeem", "4"}}), "");
  EXPECT_EQ(Balance(campaign), "0.00");
}

TEST_F(RedeemTest, PointsGoByPointsByMoneyAndByReward) {
  NewCustomer({{"code", "a"}});
  const std::string campaign = NewCampaign("points", {{"reward_ratio", "0.03"}});
  const std::string reward = NewPart(
      campaign, "reward",
      {{"reward_level", "20"}, {"reward_description", "Free Widget"}, {"reward_identifier", "w"}});
  EXPECT_EQ(Add(campaign, {{"amount", "100"}}), "");
  EXPECT_NE(Redeem(campaign, {{"custom_points_redeem", "10"}})
                .find(R"("redeemed":{"points":"-10","description":""},"balance":{"points":"90"})"),
            std::string::npos);
  // What does not come out even is rounded up at the last decimal: never more is given than paid.
  EXPECT_EQ(RedeemError(campaign, {{"custom_dollars_redeem", "1"}}), "");
  EXPECT_EQ(Balance(campaign), "56.666666");
  EXPECT_NE(Redeem(campaign, {{"reward_to_redeem", reward}})
                .find(R"("redeemed":{"points":"-20","description":"Free Widget"})"),
            std::string::npos);
  EXPECT_EQ(RedeemError(campaign, {{"reward_to_redeem", "w"}, {"custom_points_redeem", "16.6"}}),
            "");
  EXPECT_EQ(Balance(campaign), "0.066666");
  EXPECT_EQ(RedeemError(campaign, {{"reward_to_redeem", "w"}}),
            "The reward level selected exceeds the available balance");
  EXPECT_EQ(RedeemError(campaign, {{"custom_points_redeem", "0.07"}}),
            "The amount entered exceeds the available balance");
  EXPECT_EQ(RedeemError(campaign, {{"reward_to_redeem", "999"}}),
            "Error with campaign reward parameters");
  EXPECT_EQ(RedeemError(campaign, {}), "Nothing was requested to be redeemed");
  for (const char* points : {"0", "-1", "x", "1e3", "99999999999999999999"}) {
    EXPECT_EQ(RedeemError(campaign, {{"custom_points_redeem", points}}),
              "The amount entered is not valid")
        << points;
  }
  EXPECT_EQ(RedeemError(NewCampaign("points"), {{"custom_dollars_redeem", "1"}}),
            "The amount entered is not valid")
      << "points that are worth nothing";
}

TEST_F(RedeemTest, ItemsAndEvents) {
  NewCustomer({{"code", "a"}});
  const std::string buyx = NewCampaign("buyx");
  const std::string coffee =
      NewPart(buyx, "item",
              {{"reward_level", "3"}, {"item_description", "Coffee"}, {"item_identifier", "c"}});
  EXPECT_EQ(Add(buyx, {{"service_product", "tea"}}), "Error with BuyX campaign item parameters");
  EXPECT_EQ(Add(buyx, {{"service_product", "c"}, {"buyx_quantity", "2"}}), "");
  EXPECT_EQ(RedeemError(buyx, {{"reward_to_redeem", coffee}}),
            "The reward level selected exceeds the available balance");
  EXPECT_EQ(Add(buyx, {{"service_product", coffee}}), "");
  EXPECT_NE(Json({{"type", "customer_info"}, {"code", "a"}})
                .find(Replace(R"("balances":[{"id":"ID","description":"Coffee","balance":"3",)"
                              R"("level":"3"}])",
                              "ID", coffee)),
            std::string::npos);
  EXPECT_EQ(RedeemError(buyx, {{"reward_to_redeem", "c"}}), "");
  EXPECT_EQ(RedeemError(buyx, {{"reward_to_redeem", "tea"}}),
            "Error with BuyX campaign item parameters");

  const std::string events = NewCampaign("events");
  const std::string reward =
      NewPart(events, "reward", {{"reward_level", "1"}, {"reward_description", "A visit"}});
  EXPECT_EQ(RedeemError(events, {{"reward_to_redeem", reward}}),
            "The reward level selected exceeds the available balance");
  EXPECT_EQ(Add(events, {}), "");
  EXPECT_EQ(RedeemError(events, {{"reward_to_redeem", reward}}), "");
  EXPECT_EQ(Balance(events), "0");
}

TEST_F(RedeemTest, PromotionsCountOnTheirDays) {
  NewCustomer({{"code", "a"}});
  const std::string campaign = NewCampaign("points");
  const std::string twice = NewPart(campaign, "promo",
                                    {{"promo_operand", "x"},
                                     {"promo_value", "2"},
                                     {"promo_description", "Double"},
                                     {"promo_start_date", "2026-09-01"},
                                     {"promo_end_date", "2026-09-02"}});
  NewPart(
      campaign, "promo",
      {{"operation", "+"}, {"multiplier", "5"}, {"promotion", "Five"}, {"promo_custom_id", "f"}});
  EXPECT_EQ(Add(campaign, {{"amount", "10"}, {"promo_id", twice}}), "");
  EXPECT_EQ(Balance(campaign), "20");
  EXPECT_EQ(Add(campaign, {{"amount", "1"}, {"promo_id", "f"}}), "");
  EXPECT_EQ(Balance(campaign), "26");
  EXPECT_EQ(Add(campaign, {{"amount", "1"}, {"promo_id", "g"}}),
            "Error with campaign promotion parameters");
  world_.clock().Advance(int64_t{2} * 24 * 3600 * 1000);
  EXPECT_EQ(Add(campaign, {{"amount", "10"}, {"promo_id", twice}}),
            "Error with campaign promotion parameters");
  EXPECT_EQ(Add(NewCampaign("giftcard"), {{"amount", "10"}, {"promo_id", twice}}),
            "Error with campaign promotion parameters");
}

TEST_F(RedeemTest, BalanceAsInTheContract) {
  world_.clock().SetWall(1'515'116'803'000);  // 2018-01-05 01:46:43
  const std::string campaign = NewCampaign("points");
  NewCustomer({{"code", "a"},
               {"card_number", "9876543210"},
               {"first_name", "Amy"},
               {"last_name", "Acker"},
               {"campaign_id", campaign}});
  const std::string expected = Replace(
      Replace(Replace(R"({"status":"success","campaign":{"campaign_id":"CAMPAIGN",)"
                      R"("campaign_type":"points","campaign_name":"A points campaign",)"
                      R"("reward_ratio":"0","customer":{"code":"a",)"
                      R"("card_number":"9876543210","first_name":"Amy","last_name":"Acker",)"
                      R"("balance":"0","last_transaction":"2018-01-05",)"
                      R"("last_transaction_points":"0","last_redemption":"0000-00-00",)"
                      R"("last_redemption_points":"0","transactions":[{"id":"ENTRY",)"
                      R"("date":"2018-01-05","authorization":"Account Activated.",)"
                      R"("service_product":"Activation","redeemed":"N","amount":"0",)"
                      R"("campaign":"CAMPAIGN","user_name":"USER","real":"Y"}]}}})",
                      "CAMPAIGN", campaign),
              "ENTRY", LastTransaction(campaign)),
      "USER", key_.at("user_id"));
  EXPECT_EQ(Json(Of("customer_balance", campaign, {})), expected);
  EXPECT_EQ(Json(Of("balance", campaign, {})), expected) << "the older name";
}

TEST_F(RedeemTest, BalanceShowsTheLastAndRefusesStrangers) {
  NewCustomer({{"code", "a"}});
  NewCustomer({{"code", "b"}});
  const std::string campaign = NewCampaign("points");
  Add(campaign, {{"amount", "10"}});
  world_.clock().Advance(int64_t{24} * 3600 * 1000);
  Add(campaign, {{"amount", "7"}});
  Redeem(campaign, {{"custom_points_redeem", "3"}});
  const auto count = [&](const char* number) {
    const std::string body =
        Json(Of("customer_balance", campaign, {{"transactions_number", number}}));
    size_t found = 0;
    for (size_t at = body.find("\"real\""); at != std::string::npos;
         at = body.find("\"real\"", at + 1)) {
      ++found;
    }
    return found;
  };
  EXPECT_EQ(count("0"), 0U);
  EXPECT_EQ(count("2"), 2U);
  EXPECT_EQ(count(""), 3U);
  EXPECT_EQ(count("99"), 3U);
  const std::string body = Json(Of("customer_balance", campaign, {}));
  EXPECT_NE(body.find(R"("balance":"14","last_transaction":"2026-09-02",)"
                      R"("last_transaction_points":"7","last_redemption":"2026-09-02",)"
                      R"("last_redemption_points":"3")"),
            std::string::npos)
      << body;
  EXPECT_EQ(ErrorOf({{"type", "customer_balance"}, {"campaign_id", campaign}, {"code", "b"}}),
            "No customer matches data provided.");
  EXPECT_EQ(ErrorOf(Of("customer_balance", "1", {})), "Campaign not valid or deactivated.");
  EXPECT_EQ(ErrorOf(Of("customer_balance", campaign, {{"transactions_number", "-1"}})),
            "Not a valid number.");
}

TEST_F(RedeemTest, TransactionDeleteNeedsAllThreeToAgree) {
  NewCustomer({{"code", "a"}});
  NewCustomer({{"code", "b"}});
  const std::string campaign = NewCampaign("points");
  const std::string other = NewCampaign("points");
  Add(campaign, {{"amount", "10"}});
  const std::string id = LastTransaction(campaign);
  Add(campaign, {{"amount", "5"}});
  const auto erase = [&](const std::string& in, const std::string& code, const std::string& which) {
    return ErrorOf({{"type", "transaction_delete"},
                    {"campaign_id", in},
                    {"code", code},
                    {"transaction_id", which}});
  };
  EXPECT_EQ(erase(other, "a", id), "No transaction matches data provided.");
  EXPECT_EQ(erase(campaign, "b", id), "No transaction matches data provided.");
  EXPECT_EQ(erase(campaign, "c", id), "No customer matches data provided.");
  EXPECT_EQ(erase(campaign, "", id), "Missing code");
  EXPECT_EQ(erase("1", "a", id), "Campaign not valid or deactivated.");
  for (const std::string& which : {std::string(), std::string("*"), id + "," + id, "-" + id,
                                   std::string("999999"), std::string("99999999999999999999")}) {
    EXPECT_EQ(erase(campaign, "a", which), "No transaction matches data provided.") << which;
  }
  EXPECT_EQ(Balance(campaign), "15");
  EXPECT_EQ(Call({{"type", "transaction_delete"},
                  {"campaign_id", campaign},
                  {"code", "a"},
                  {"transaction_id", id}}),
            "<response status=\"success\">\n  <transaction status=\"deleted\">\n    <id>" + id +
                "</id>\n  </transaction>\n</response>");
  EXPECT_EQ(Balance(campaign), "5");
  EXPECT_EQ(erase(campaign, "a", id), "No transaction matches data provided.");
}

TEST_F(RedeemTest, AnUnregisteredCustomerRedeemsNothing) {
  NewCustomer({{"code", "a"}});
  const std::string campaign = NewCampaign("giftcard");
  Add(campaign, {{"amount", "5"}});
  ASSERT_TRUE(world_.OpenStore("abc")->WriteAndWait([&](customers::StoreTransaction& transaction) {
    customers::Customer customer = Stored("a");
    customer.profile.registered = false;
    return customers::UpdateCustomer(transaction, customer);
  }));
  EXPECT_EQ(RedeemError(campaign, {{"reward_to_redeem", "1"}}), "Customer is not yet registered");
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
