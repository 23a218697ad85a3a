// campaign_new, campaigns_list and record_activity: money and points, receipts, balances.
#include <algorithm>

#include "dialects/stickystreet/stickystreet_fixture.h"

namespace oubli::dialects::stickystreet {
namespace {

class CampaignsTest : public StickyStreetTest {
 protected:
  std::string ActivityError(const std::string& campaign, Form form) {
    form.push_back({"type", "record_activity"});
    form.push_back({"campaign_id", campaign});
    if (std::none_of(form.begin(), form.end(), [](const auto& f) { return f.first == "code"; })) {
      form.push_back({"code", "a"});
    }
    return ErrorOf(form);
  }
  std::string Activity(const std::string& campaign, Form form) {
    form.push_back({"type", "record_activity"});
    form.push_back({"campaign_id", campaign});
    form.push_back({"code", "a"});
    return Json(form);
  }
  std::string Balance(const std::string& campaign) {
    const std::string info =
        Json({{"type", "customer_info"}, {"code", "a"}, {"campaign_id", campaign}});
    return Between(info, "\"balance\":\"", "\"");
  }
  // Names of the campaigns in the order of a list.
  std::string Names(Form form) {
    form.push_back({"type", "campaigns_list"});
    const std::string body = Json(form);
    std::string names;
    for (size_t at = body.find("\"name\":\""); at != std::string::npos;
         at = body.find("\"name\":\"", at + 1)) {
      names += Between(body.substr(at), "\"name\":\"", "\"") + ";";
    }
    return names;
  }
  void Make(const std::string& name, const std::string& type, const std::string& ratio) {
    EXPECT_EQ(ErrorOf({{"type", "campaign_new"},
                       {"action", "campaign"},
                       {"campaign_type", type},
                       {"campaign_name", name},
                       {"points_ratio", ratio}}),
              "");
    world_.clock().Advance(1000);
  }
};

TEST_F(CampaignsTest, ListAnswersAsInTheContract) {
  world_.clock().SetWall(1'511'441'138'000);  // 2017-11-23 12:45:38
  const std::string made = Call({{"type", "campaign_new"},
                                 {"action", "campaign"},
                                 {"campaign_type", "giftcard"},
                                 {"campaign_name", "Gift card"},
                                 {"points_ratio", "0,05"}});
  const std::string id = Between(made, "<id>", "</id>");
  EXPECT_EQ(id.size(), 16U);
  EXPECT_EQ(made, "<response status=\"success\">\n  <campaign>\n    <id>" + id +
                      "</id>\n  </campaign>\n</response>");
  EXPECT_EQ(Json({{"type", "campaigns_list"}, {"API", "1.5"}}),
            Replace(R"({"status":"success","account_name":"abc","campaigns":[{"id":"ID",)"
                    R"("name":"Gift card","type":"giftcard","in_coalition":"N",)"
                    R"("created_stamp":"2017-11-23 12:45:38","points_ratio":"0.05",)"
                    R"("reward_ratio":"0","currency":"USD","glyph":"$"}],)"
                    R"("pagination":{"total":"1","offset":"0","length":"10"}})",
                    "ID", id));
  const std::string xml = Call({{"type", "campaigns_list"}});
  EXPECT_NE(xml.find("  <campaigns>\n    <campaign>\n      <id>" + id + "</id>\n"),
            std::string::npos)
      << xml;
}

TEST_F(CampaignsTest, AnEmptyListIsAnEmptyArray) {
  EXPECT_EQ(Json({{"type", "campaigns_list"}}),
            R"({"status":"success","account_name":"abc","campaigns":[],)"
            R"("pagination":{"total":"0","offset":"0","length":"10"}})");
}

TEST_F(CampaignsTest, ListSearchesSortsAndPages) {
  Make("beta", "points", "10");
  Make("Alpha", "giftcard", "9");
  Make("gamma", "points", "0.5");
  EXPECT_EQ(Names({}), "beta;Alpha;gamma;");
  EXPECT_EQ(Names({{"type_restrict", "points"}}), "beta;gamma;");
  EXPECT_EQ(Names({{"type_restrict", "giftcard, points"}}), "beta;Alpha;gamma;");
  EXPECT_EQ(Names({{"sortField", "name"}}), "Alpha;beta;gamma;");
  EXPECT_EQ(Names({{"sortField", "points_ratio"}, {"sortOrder", "DESC"}}), "beta;Alpha;gamma;");
  EXPECT_EQ(Names({{"sortField", "type"}, {"sortOrder", "desc"}}), "beta;gamma;Alpha;");
  EXPECT_EQ(Names({{"offset", "1"}, {"length", "1"}}), "Alpha;");
  EXPECT_EQ(Names({{"offset", "9"}}), "");
  const auto search = [&](const char* oper, const char* value) {
    return Names({{"searchField", "name"}, {"searchOper", oper}, {"searchValue", value}});
  };
  EXPECT_EQ(search("eq", "ALPHA"), "Alpha;");
  EXPECT_EQ(search("ne", "alpha"), "beta;gamma;");
  EXPECT_EQ(search("bw", "b"), "beta;");
  EXPECT_EQ(search("bn", "b"), "Alpha;gamma;");
  EXPECT_EQ(search("ew", "ma"), "gamma;");
  EXPECT_EQ(search("en", "ma"), "beta;Alpha;");
  EXPECT_EQ(search("cn", "et"), "beta;");
  EXPECT_EQ(search("nc", "et"), "Alpha;gamma;");
  EXPECT_EQ(search("nu", ""), "");
  EXPECT_EQ(search("nn", ""), "beta;Alpha;gamma;");
  EXPECT_EQ(search("in", "beta, gamma"), "beta;gamma;");
  EXPECT_EQ(search("ni", "beta,gamma"), "Alpha;");
  const struct {
    Form form;
    std::string_view error;
  } kCases[] = {
      {{{"searchField", "secret"}}, "Non-allowed option submitted."},
      {{{"sortField", "id; drop"}}, "Non-allowed option submitted."},
      {{{"searchOper", "xx"}}, "Non-allowed option submitted."},
      {{{"sortOrder", "up"}}, "Non-allowed option submitted."},
      {{{"type_restrict", "stamps"}}, "Non-allowed option submitted."},
      {{{"offset", "-1"}}, "Not a valid number."},
      {{{"length", "0"}}, "Not a valid number."},
      {{{"length", "99999999999999999999"}}, "Not a valid number."},
  };
  for (const auto& test : kCases) {
    Form form = test.form;
    form.push_back({"type", "campaigns_list"});
    EXPECT_EQ(ErrorOf(form), test.error);
  }
}

TEST_F(CampaignsTest, NewRefusesWhatIsNoCampaign) {
  const auto error = [&](Form form) {
    form.push_back({"type", "campaign_new"});
    return ErrorOf(form);
  };
  const Form good = {{"action", "campaign"}, {"campaign_type", "points"}, {"campaign_name", "n"}};
  const auto with = [&](const char* name, const char* value) {
    Form form = good;
    std::erase_if(form, [&](const auto& field) { return field.first == name; });
    form.push_back({name, value});
    return form;
  };
  EXPECT_EQ(error(with("campaign_type", "stamps")), "Error with campaign ID/name/type");
  EXPECT_EQ(error(with("campaign_name", " ")), "Error with campaign ID/name/type");
  EXPECT_EQ(error(with("points_ratio", "-1")), "Not a valid number.");
  EXPECT_EQ(error(with("points_ratio", "x")), "Not a valid number.");
  EXPECT_EQ(error(with("reward_ratio", "1e2")), "Not a valid number.");
  EXPECT_EQ(error(with("amount_per_event", "99999999999999999999")), "Not a valid number.");
  for (const char* action : {"", "all"}) {
    EXPECT_EQ(error(with("action", action)), "Action Undefined");
  }
  EXPECT_EQ(error(with("coalition_opt_out", "maybe")), "Non-allowed option submitted.");
  EXPECT_EQ(Names({}), "");
}

TEST_F(CampaignsTest, PointsReceiptAsInTheContract) {
  const std::string campaign = NewCampaign("points", {{"points_ratio", "10"}});
  NewCustomer({{"code", "a"},
               {"card_number", "9876543210"},
               {"first_name", "Amy"},
               {"last_name", "Acker"},
               {"phone", "5550100"},
               {"email", "amy@example.com"},
               {"custom_date", "1980-02-29"},
               {"street1", "1234 Main St"},
               {"campaign_id", campaign},
               {"auto_add", "120"}});
  const std::string receipt = Call({{"type", "record_activity"},
                                    {"campaign_id", campaign},
                                    {"code", "a"},
                                    {"amount", "1"},
                                    {"output", "JSON"}});
  const std::string id = Between(receipt, "\"transaction\": {\n            \"id\": \"", "\"");
  EXPECT_EQ(receipt, Replace(Replace(R"({
    "status": "success",
    "receipt": {
        "account_name": "abc",
        "agency": {
            "id": "1",
            "name": "Oubli",
            "email": ""
        },
        "campaign": {
            "id": "CAMPAIGN",
            "name": "A points campaign",
            "type": "points"
        },
        "customer": {
            "first_name": "Amy",
            "last_name": "Acker",
            "card_number": "9876543210",
            "phone": "5550100",
            "email": "amy@example.com",
            "custom_date": "1980-02-29",
            "street1": "1234 Main St"
        },
        "transaction": {
            "id": "TRANSACTION",
            "purchase": {
                "amount": "1",
                "currency": "USD",
                "glyph": "$"
            },
            "recorded": {
                "points": "10",
                "description": ""
            },
            "balance": {
                "points": "130"
            },
            "cumulative_balance": {
                "points": "130"
            }
        }
    }
})",
                                     "CAMPAIGN", campaign),
                             "TRANSACTION", id));
}

TEST_F(CampaignsTest, GiftCardReceiptAsInTheContract) {
  NewCustomer({{"code", "a"}});
  const std::string campaign = NewCampaign("giftcard");
  Activity(campaign, {{"amount", "2,50"}});
  const std::string body = Activity(campaign, {{"amount", "1.00"}});
  EXPECT_NE(body.find(R"("add":{"amount":"1.00","currency":"USD","glyph":"$","description":""},)"
                      R"("balance":{"amount":"3.50","currency":"USD","glyph":"$"},)"
                      R"("cumulative_balance":{"amount":"3.50","currency":"USD","glyph":"$"},)"
                      R"("coalition_cumulative_balance":)"
                      R"({"amount":"0.00","currency":"USD","glyph":"$"}}}})"),
            std::string::npos)
      << body;
}

TEST_F(CampaignsTest, InfoShowsTheBalances) {
  const std::string campaign =
      NewCampaign("points", {{"reward_ratio", "0.01"}, {"points_ratio", "100"}});
  NewCustomer({{"code", "a"}});
  Activity(campaign, {{"amount", "2"}});
  world_.clock().Advance(int64_t{27} * 24 * 3600 * 1000);
  // A redemption, of whatever sign, takes away and leaves what was ever earned.
  auto spent = world_.OpenStore("abc")->WriteAndWait([&](customers::StoreTransaction& transaction) {
    customers::Transaction entry;
    entry.campaign_id = std::stoll(campaign);
    entry.date = transaction.now_ms();
    entry.redeemed = true;
    entry.amount = Decimal::FromInt(50);
    auto put = customers::PutTransaction(transaction, Stored("a").head, entry);
    entry.amount = Decimal::FromInt(-30);
    if (put) put = customers::PutTransaction(transaction, Stored("a").head, entry);
    return put;
  });
  ASSERT_TRUE(spent);
  const std::string info = Json({{"type", "customer_info"}, {"code", "a"}});
  EXPECT_EQ(info.substr(info.find("\"campaigns\"")),
            Replace(R"("campaigns":[{"id":"ID","name":"A points campaign","description":"",)"
                    R"("type":"points","balance":"120","cumulative":"200",)"
                    R"("balance_coalition":"0","cumulative_coalition":"0",)"
                    R"("monetary_balance":"1.20","currency":"USD","glyph":"$",)"
                    R"("first_transaction":"2026-09-01","last_transaction":"2026-09-28",)"
                    R"("in_coalition":"N","opt_out":"N","optout_capable":"N",)"
                    R"("available_rewards":[],"balances":[]}]})",
                    "ID", campaign));
}

TEST_F(CampaignsTest, AmountsAreExact) {
  NewCustomer({{"code", "a"}});
  const std::string points = NewCampaign("points", {{"points_ratio", "0.1"}});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ActivityError(points, {{"amount", "0,1"}}), "");
  EXPECT_EQ(Balance(points), "0.1");
  EXPECT_EQ(ActivityError(points, {}), "");  // a visit counts as 1
  EXPECT_EQ(Balance(points), "0.2");

  const std::string card = NewCampaign("giftcard");
  const struct {
    const char* amount;
    std::string_view error;
  } kCases[] = {
      {"0", "The amount entered must be at least 0.01"},
      {"0.001", "The amount entered must be at least 0.01"},
      {"-5", "The amount entered must be at least 0.01"},
      {"", "The amount entered is not valid"},
      {"abc", "The amount entered is not valid"},
      {"1,000", "The amount entered is not valid"},
      {"1.234", "The amount entered is not valid"},
      {"1,000.00", "The amount entered is not valid"},
      {"1e3", "The amount entered is not valid"},
      {"0x10", "The amount entered is not valid"},
      {"NaN", "The amount entered is not valid"},
      {"99999999999999999999", "The amount entered is not valid"},
      {"5 5", "The amount entered is not valid"},
      {"\xD9\xA5", "The amount entered is not valid"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(ActivityError(card, {{"amount", test.amount}}), test.error) << test.amount;
  }
  EXPECT_EQ(ActivityError(card, {}), "The amount entered is not valid");
  EXPECT_EQ(ActivityError(card, {{"amount", "9000000000000"}}), "");
  EXPECT_EQ(ActivityError(card, {{"amount", "9000000000000"}}), "The amount entered is not valid");
  EXPECT_EQ(Balance(card), "9000000000000.00");
}

TEST_F(CampaignsTest, EachTypeCountsInItsOwnWay) {
  NewCustomer({{"code", "a"}});
  const std::string buyx = NewCampaign("buyx");
  EXPECT_EQ(ActivityError(buyx, {}), "Error with BuyX campaign item parameters");
  std::string coffee;
  for (const char* item : {"coffee", "tea"}) {
    const std::string body = Json({{"type", "campaign_new"},
                                   {"action", "item"},
                                   {"campaign_id", buyx},
                                   {"reward_level", "10"},
                                   {"item_description", item},
                                   {"item_identifier", item}});
    if (coffee.empty()) coffee = Between(body, "\"id\":\"", "\"");
  }
  EXPECT_EQ(ActivityError(buyx, {{"service_product", "coffee"}}), "");
  EXPECT_EQ(ActivityError(buyx, {{"service_product", "coffee"}, {"buyx_quantity", "3"}}), "");
  EXPECT_EQ(ActivityError(buyx, {{"service_product", "tea"}, {"buyx_quantity", "0"}}),
            "The amount entered needs to be at least 1");
  EXPECT_EQ(ActivityError(buyx, {{"service_product", "tea"}, {"buyx_quantity", "1.5"}}),
            "The amount entered is not valid");
  EXPECT_EQ(Balance(buyx), "4");
  EXPECT_NE(Json({{"type", "customer_info"}, {"code", "a"}})
                .find(R"("balances":[{"id":")" + coffee +
                      R"(","description":"coffee","balance":"4","level":"10"},)"),
            std::string::npos);

  const std::string events = NewCampaign("events");
  EXPECT_EQ(ActivityError(events, {}), "");
  EXPECT_EQ(Balance(events), "1");
  const std::string earned = NewCampaign("earned", {{"amount_per_event", "2.5"}});
  EXPECT_EQ(ActivityError(earned, {}), "");
  EXPECT_EQ(Balance(earned), "2.50");
}

TEST_F(CampaignsTest, ActivityRefusesWhomAndWhatItDoesNotKnow) {
  NewCustomer({{"code", "a"}});
  const std::string points = NewCampaign("points");
  EXPECT_EQ(ActivityError(points, {{"code", "b"}}), "No customer matches data provided.");
  EXPECT_EQ(ActivityError(points, {{"code", ""}}), "No customer matches data provided.");
  EXPECT_EQ(ActivityError(points, {{"promo_id", "1"}}), "Error with campaign promotion parameters");
  for (const char* id : {"", "1", "x", "1234567890123456", "99999999999999999999", "-1"}) {
    EXPECT_EQ(ActivityError(id, {}), "Campaign not valid or deactivated.") << id;
  }
  // One that was deactivated.
  auto off = world_.OpenStore("abc")->WriteAndWait([](customers::StoreTransaction& transaction) {
    customers::Campaign campaign;
    campaign.name = "old";
    campaign.type = "points";
    campaign.active = false;
    return customers::CreateCampaign(transaction, campaign);
  });
  const std::string old = std::to_string(off.value().id);
  EXPECT_EQ(ActivityError(old, {}), "Campaign not valid or deactivated.");
  EXPECT_EQ(ErrorOf({{"type", "customer_info"}, {"code", "a"}, {"campaign_id", old}}),
            "Campaign not valid or deactivated.");
  EXPECT_EQ(Names({}), "A points campaign;");
  EXPECT_EQ(Json({{"type", "customer_info"}, {"code", "a"}}).find("\"balance\""),
            std::string::npos);
}

TEST_F(CampaignsTest, ActivityKeepsWhatWasSaid) {
  NewCustomer({{"code", "a"}, {"card_number", "77"}});
  const std::string points = NewCampaign("points");
  EXPECT_EQ(ErrorOf({{"type", "record_activity"},
                     {"campaign_id", points},
                     {"card_number", "77"},
                     {"amount", "9,95"},
                     {"authorization", "Order 12"},
                     {"custom_field_7", "blue"}}),
            "");
  auto reader = world_.OpenStore("abc")->Read();
  const auto entries = customers::ListTransactions(**reader, Stored("a").head).value();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].purchase, Decimal::Parse("9.95"));
  EXPECT_EQ(entries[0].authorization, "Order 12");
  EXPECT_EQ(entries[0].user_name, key_.at("user_id"));
  EXPECT_EQ(entries[0].custom_fields.at(7), "blue");
  EXPECT_EQ(customers::ListEnrollments(**reader, Stored("a").head).value().size(), 1U);
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
