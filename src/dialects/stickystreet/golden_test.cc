// The literal bodies of the contract that no other test of this dialect holds, byte by byte.
#include "dialects/stickystreet/stickystreet_fixture.h"

namespace oubli::dialects::stickystreet {
namespace {

class GoldenTest : public StickyStreetTest {
 protected:
  // "Great Widgets" is what the contract calls the account.
  GoldenTest() {
    Call({{"type", "account_update"}, {"biz_name", "Great Widgets"}});
    world_.clock().SetWall(1'515'116'803'000);  // 2018-01-05 01:46:43
  }
  std::string NewPart(const std::string& action, const std::string& campaign, Form form) {
    return Between(Json(Part("campaign_new", action, campaign, std::move(form))), "\"id\":\"",
                   "\"");
  }
  static Form Part(const std::string& type, const std::string& action, const std::string& campaign,
                   Form form) {
    form.insert(form.end(), {{"type", type}, {"action", action}, {"campaign_id", campaign}});
    return form;
  }
  void MakeAmy(Form more = {}) {
    more.insert(more.end(), {{"code", "1234567890123456"},
                             {"card_number", "9876543210"},
                             {"first_name", "Amy"},
                             {"last_name", "Acker"},
                             {"phone", "5550100"},
                             {"email", "amy@example.com"},
                             {"street1", "1234 Main St"},
                             {"city", "Springfield"},
                             {"state", "IL"},
                             {"postal_code", "62701"},
                             {"country", "US"},
                             {"custom_date", "1980-02-29"}});
    NewCustomer(std::move(more));
  }
  static std::string Deleted(const std::string& name, const std::string& id) {
    return "<response status=\"success\">\n  <" + name + " status=\"deleted\">\n    <id>" + id +
           "</id>\n  </" + name + ">\n</response>";
  }
};

// 2.1, the request as it stands there.
TEST_F(GoldenTest, TheDeleteRequestOfTheContract) {
  MakeAmy();
  const std::string body = "user_id=" + key_.at("user_id") +
                           "&user_password=" + key_.at("api_key") +
                           "&type=customer_delete&account_id=abc&code=1234567890123456&output=JSON";
  const auto response =
      world_.Send("POST", "/", {{"Content-Type", "application/x-www-form-urlencoded"}}, body);
  EXPECT_EQ(response.body, R"({
    "status": "success",
    "customer": {
        "status": "deleted",
        "code": "1234567890123456"
    }
})");
}

// 2.4
TEST_F(GoldenTest, GenerateCardNumberInJson) {
  const std::string body = Json({{"type", "generate_card_number"}, {"how_many_digits", "10"}});
  const std::string card = Between(body, R"("card_number":")", "\"");
  EXPECT_EQ(card.size(), 10U);
  EXPECT_EQ(body, R"({"status":"success","customer":{"card_number":")" + card + R"("}})");
}

// 2.7, with a reward and a numbered field that has a label.
TEST_F(GoldenTest, CustomerInfo) {
  const std::string campaign = Between(Json({{"type", "campaign_new"},
                                             {"action", "campaign"},
                                             {"campaign_type", "points"},
                                             {"campaign_name", "Points"},
                                             {"reward_ratio", "0.01"}}),
                                       "\"id\":\"", "\"");
  const std::string reward =
      NewPart("reward", campaign, {{"reward_level", "100"}, {"reward_description", "Free Widget"}});
  Call({{"type", "manage_fields"},
        {"action", "add"},
        {"name", "custom_field_3"},
        {"label", "Shirt size"}});
  MakeAmy({{"custom_field_3", "M"}, {"campaign_id", campaign}, {"auto_add", "300"}});
  world_.clock().SetWall(1'517'443'200'000);  // 2018-02-01
  Call({{"type", "redeem"},
        {"campaign_id", campaign},
        {"code", "1234567890123456"},
        {"custom_points_redeem", "180"}});
  const std::string info =
      Call({{"type", "customer_info"}, {"code", "1234567890123456"}, {"output", "JSON"}});
  EXPECT_EQ(info, Replace(Replace(R"({
    "status": "success",
    "account_name": "Great Widgets",
    "customer": {
        "code": "1234567890123456",
        "card_number": "9876543210",
        "first_name": "Amy",
        "last_name": "Acker",
        "phone": "5550100",
        "email": "amy@example.com",
        "street1": "1234 Main St",
        "street2": "",
        "city": "Springfield",
        "state": "IL",
        "postal_code": "62701",
        "country": "US",
        "custom_date": "1980-02-29",
        "custom_field": "",
        "customer_username": "",
        "registered": "Y",
        "record_timestamp": "2018-01-05 01:46:43",
        "custom_field_3": {
            "label": "Shirt size",
            "data": "M"
        }
    },
    "campaigns": [
        {
            "id": "CAMPAIGN",
            "name": "Points",
            "description": "",
            "type": "points",
            "balance": "120",
            "cumulative": "300",
            "balance_coalition": "0",
            "cumulative_coalition": "0",
            "monetary_balance": "1.20",
            "currency": "USD",
            "glyph": "$",
            "first_transaction": "2018-01-05",
            "last_transaction": "2018-02-01",
            "in_coalition": "N",
            "opt_out": "N",
            "optout_capable": "N",
            "available_rewards": [
                {
                    "id": "REWARD",
                    "name": "",
                    "level": "100",
                    "description": "Free Widget",
                    "needed_to_redeem": "0"
                }
            ],
            "balances": []
        }
    ]
})",
                                  "CAMPAIGN", campaign),
                          "REWARD", reward));
}

// 2.8 in XML.
TEST_F(GoldenTest, CustomerBalanceInXml) {
  const std::string campaign = NewCampaign("points");
  MakeAmy({{"campaign_id", campaign}});
  const std::string body = Call(
      {{"type", "customer_balance"}, {"campaign_id", campaign}, {"card_number", "9876543210"}});
  EXPECT_EQ(body, Replace(Replace(Replace(R"(<response status="success">
  <campaign>
    <campaign_id>CAMPAIGN</campaign_id>
    <campaign_type>points</campaign_type>
    <campaign_name>A points campaign</campaign_name>
    <reward_ratio>0</reward_ratio>
    <customer>
      <code>1234567890123456</code>
      <card_number>9876543210</card_number>
      <first_name>Amy</first_name>
      <last_name>Acker</last_name>
      <balance>0</balance>
      <last_transaction>2018-01-05</last_transaction>
      <last_transaction_points>0</last_transaction_points>
      <last_redemption>0000-00-00</last_redemption>
      <last_redemption_points>0</last_redemption_points>
      <transactions>
        <transaction>
          <id>ENTRY</id>
          <date>2018-01-05</date>
          <authorization>Account Activated.</authorization>
          <service_product>Activation</service_product>
          <redeemed>N</redeemed>
          <amount>0</amount>
          <campaign>CAMPAIGN</campaign>
          <user_name>USER</user_name>
          <real>Y</real>
        </transaction>
      </transactions>
    </customer>
  </campaign>
</response>)",
                                          "CAMPAIGN", campaign),
                                  "USER", key_.at("user_id")),
                          "ENTRY", Between(body, "<id>", "</id>")));
}

// 2.12 in XML: the fields of 2.5.
TEST_F(GoldenTest, ReportOfCustomersInXml) {
  MakeAmy();
  NewCustomer({{"code", "2"}});
  const std::string body = Call({{"type", "reports"}, {"report", "customers_all"}});
  EXPECT_TRUE(body.starts_with(R"(<response status="success">
  <customer>
    <code>1234567890123456</code>
    <card_number>9876543210</card_number>
    <first_name>Amy</first_name>
    <last_name>Acker</last_name>
    <phone>5550100</phone>
    <email>amy@example.com</email>
    <street1>1234 Main St</street1>
    <street2></street2>
    <city>Springfield</city>
    <state>IL</state>
    <postal_code>62701</postal_code>
    <country>US</country>
    <custom_date>1980-02-29</custom_date>
    <custom_field></custom_field>
    <customer_username></customer_username>
  </customer>
  <customer>
    <code>2</code>
)")) << body;
  EXPECT_TRUE(body.ends_with("  </customer>\n</response>"));
}

// 3.1 and 3.2 in XML.
TEST_F(GoldenTest, ReceiptsInXml) {
  const std::string campaign = NewCampaign("giftcard");
  MakeAmy();
  const std::string body = Call({{"type", "record_activity"},
                                 {"campaign_id", campaign},
                                 {"code", "1234567890123456"},
                                 {"amount", "1"}});
  const std::string receipt = R"(<response status="success">
  <receipt>
    <account_name>Great Widgets</account_name>
    <agency>
      <id>1</id>
      <name>Oubli</name>
      <email></email>
    </agency>
    <campaign>
      <id>CAMPAIGN</id>
      <name>A giftcard campaign</name>
      <type>giftcard</type>
    </campaign>
    <customer>
      <first_name>Amy</first_name>
      <last_name>Acker</last_name>
      <card_number>9876543210</card_number>
      <phone>5550100</phone>
      <email>amy@example.com</email>
      <custom_date>1980-02-29</custom_date>
      <street1>1234 Main St</street1>
    </customer>
    <transaction>
      <id>ENTRY</id>
)";
  EXPECT_EQ(body, Replace(Replace(receipt + R"(      <add>
        <amount>1.00</amount>
        <currency>USD</currency>
        <glyph>$</glyph>
        <description></description>
      </add>
      <balance>
        <amount>1.00</amount>
        <currency>USD</currency>
        <glyph>$</glyph>
      </balance>
      <cumulative_balance>
        <amount>1.00</amount>
        <currency>USD</currency>
        <glyph>$</glyph>
      </cumulative_balance>
      <coalition_cumulative_balance>
        <amount>0.00</amount>
        <currency>USD</currency>
        <glyph>$</glyph>
      </coalition_cumulative_balance>
    </transaction>
  </receipt>
</response>)",
                                  "CAMPAIGN", campaign),
                          "ENTRY", Between(body, "<transaction>\n      <id>", "</id>")));
  const std::string taken = Call({{"type", "redeem"},
                                  {"campaign_id", campaign},
                                  {"code", "1234567890123456"},
                                  {"reward_to_redeem", "1"}});
  EXPECT_TRUE(
      taken.starts_with(Replace(Replace(receipt + R"(      <deduct>
        <amount>-1</amount>
        <currency>USD</currency>
        <description></description>
      </deduct>
      <balance>
        <amount>0.00</amount>
)",
                                        "CAMPAIGN", campaign),
                                "ENTRY", Between(taken, "<transaction>\n      <id>", "</id>"))))
      << taken;
}

// 3.3 in JSON.
TEST_F(GoldenTest, TransactionDeleteInJson) {
  const std::string campaign = NewCampaign("points");
  MakeAmy({{"campaign_id", campaign}});
  const std::string id = Between(
      Json({{"type", "customer_balance"}, {"campaign_id", campaign}, {"code", "1234567890123456"}}),
      "\"transactions\":[{\"id\":\"", "\"");
  EXPECT_EQ(Json({{"type", "transaction_delete"},
                  {"campaign_id", campaign},
                  {"code", "1234567890123456"},
                  {"transaction_id", id}}),
            R"({"status":"success","transaction":{"status":"deleted","id":")" + id + R"("}})");
}

// 4
TEST_F(GoldenTest, CampaignsListInXml) {
  const std::string id = NewCampaign("points");
  EXPECT_EQ(Call({{"type", "campaigns_list"}, {"API", "1.5"}}),
            Replace(R"(<response status="success">
  <account_name>Great Widgets</account_name>
  <campaigns>
    <campaign>
      <id>ID</id>
      <name>A points campaign</name>
      <type>points</type>
      <in_coalition>N</in_coalition>
      <created_stamp>2018-01-05 01:46:43</created_stamp>
      <points_ratio>1</points_ratio>
      <reward_ratio>0</reward_ratio>
      <currency>USD</currency>
      <glyph>$</glyph>
    </campaign>
  </campaigns>
  <pagination>
    <total>1</total>
    <offset>0</offset>
    <length>10</length>
  </pagination>
</response>)",
                    "ID", id));
}

TEST_F(GoldenTest, RewardsInJson) {
  const std::string campaign = NewCampaign("points");
  const std::string id = NewPart("reward", campaign,
                                 {{"reward_level", "1500"},
                                  {"reward_description", "Free Service"},
                                  {"reward_identifier", "156739948736"},
                                  {"reward_custom_field_1", "7654382"}});
  EXPECT_EQ(Json({{"type", "campaign_rewards"}, {"campaign_id", campaign}}),
            Replace(Replace(R"({"status":"success","campaign":{"id":"CAMPAIGN"},"rewards":[)"
                            R"({"id":"REWARD","level":"1500","description":"Free Service",)"
                            R"("reward_id":"156739948736","reward_custom_field_1":"7654382"}]})",
                            "CAMPAIGN", campaign),
                    "REWARD", id));
}

TEST_F(GoldenTest, PartsAreMadeChangedAndDeletedInOneShape) {
  const std::string points = NewCampaign("points");
  const std::string buyx = NewCampaign("buyx");
  const struct {
    std::string name;
    std::string campaign;
    Form form;
  } kParts[] = {
      {"reward", points, {{"reward_level", "10"}, {"reward_description", "A"}}},
      {"item", buyx, {{"reward_level", "10"}, {"item_description", "A"}}},
      {"promo",
       points,
       {{"promo_operand", "+"}, {"promo_value", "10"}, {"promo_description", "A"}}},
  };
  for (const auto& part : kParts) {
    const std::string made = Call(Part("campaign_new", part.name, part.campaign, part.form));
    const std::string id = Between(made, "<id>", "</id>");
    const std::string expected = Replace(Replace(R"(<response status="success">
  <campaign>
    <NAME>
      <id>ID</id>
    </NAME>
  </campaign>
</response>)",
                                                 "NAME", part.name),
                                         "ID", id);
    EXPECT_EQ(made, expected);
    const Form named = {{part.name + "_id", id}};
    EXPECT_EQ(Call(Part("campaign_update", part.name, part.campaign, named)), expected);
    EXPECT_EQ(Call(Part("campaign_delete", part.name, part.campaign, named)),
              Deleted(part.name, id));
  }
  EXPECT_EQ(Json(Part("campaign_delete", "campaign", points, {})),
            R"({"status":"success","campaign":{"status":"deleted","id":")" + points + R"("}})");
}

// 1.3: an error in every format.
TEST_F(GoldenTest, Errors) {
  const Form bad = {{"type", "campaign_rewards"}, {"campaign_id", "1"}};
  EXPECT_EQ(Call(bad), R"(<response status="error">
  <error>Campaign not valid or deactivated.</error>
</response>)");
  const std::string json = R"({"status":"error","error":"Campaign not valid or deactivated.",)"
                           R"("errors":["Campaign not valid or deactivated."]})";
  EXPECT_EQ(Json(bad), json);
  Form jsonp = bad;
  jsonp.push_back({"callback", "someFunctionName"});
  EXPECT_EQ(Json(jsonp), "someFunctionName(" + json + ")");
}

// What is known of the calls about fees and depreciation is that they exist.
TEST_F(GoldenTest, CallsThatNobodyHasWrittenDownAreUndefined) {
  for (const char* type :
       {"depreciation_new", "depreciation_update", "depreciation_delete", "campaign_fee_new",
        "campaign_fee_update", "campaign_fee_delete", "campaign_depreciations", "campaign_fees"}) {
    EXPECT_EQ(ErrorOf({{"type", type}, {"campaign_id", "1"}}), "Action Undefined") << type;
  }
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
