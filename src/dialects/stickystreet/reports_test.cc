// reports: who is in each, what it shows, and that it shows no deleted campaign.
#include "dialects/stickystreet/stickystreet_fixture.h"

namespace oubli::dialects::stickystreet {
namespace {

constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;

class ReportsTest : public StickyStreetTest {
 protected:
  std::string Report(const std::string& name, Form form = {}) {
    form.push_back({"type", "reports"});
    form.push_back({"report", name});
    const std::string body = Json(std::move(form));
    std::string codes;
    for (size_t at = body.find("\"code\":\""); at != std::string::npos;
         at = body.find("\"code\":\"", at + 1)) {
      codes += Between(body.substr(at), "\"code\":\"", "\"") + ";";
    }
    return body.starts_with("{\"status\":\"success\"") ? codes
                                                       : Between(body, "\"error\":\"", "\"");
  }
  void Add(const std::string& campaign, const std::string& code, const std::string& amount) {
    EXPECT_EQ(ErrorOf({{"type", "record_activity"},
                       {"campaign_id", campaign},
                       {"code", code},
                       {"amount", amount}}),
              "");
  }
};

TEST_F(ReportsTest, EachReportChoosesInItsOwnWay) {
  const std::string campaign = NewCampaign("points");
  const std::string other = NewCampaign("points");
  NewCustomer({{"code", "a"}, {"custom_date", "1980-09-01"}, {"campaign_id", campaign}});
  NewCustomer({{"code", "b"}, {"custom_date", "1981-12-31"}, {"campaign_id", other}});
  world_.clock().Advance(40 * kDayMs);  // 2026-10-11
  NewCustomer({{"code", "c"}, {"custom_date", "2026-10-11"}, {"first_name", "Carl"}});
  Add(campaign, "a", "10");
  Add(campaign, "a", "10");
  EXPECT_EQ(Report("customers_all"), "a;b;c;");
  EXPECT_EQ(Report("customers_all", {{"date_start", "2026-10-11"}}), "c;");
  EXPECT_EQ(Report("customers_all", {{"date_end", "2026-09-01"}}), "a;b;");
  EXPECT_EQ(Report("customers_all", {{"selected_campaigns", campaign + "," + other}}), "a;b;");
  EXPECT_EQ(Report("customers_all", {{"last", "2"}}), "b;c;");
  EXPECT_EQ(Report("customers_all", {{"last", "9"}}), "a;b;c;");
  EXPECT_EQ(Report("customers_new"), "c;") << "of the last 30 days";
  EXPECT_EQ(Report("customers_new", {{"date_start", "2026-01-01"}}), "a;b;c;");
  EXPECT_EQ(Report("customers_frequent", {{"frequency", "2"}}), "a;");
  EXPECT_EQ(Report("customers_frequent", {{"frequency", "4"}}), "");
  EXPECT_EQ(Report("customers_inactive"), "b;c;");
  EXPECT_EQ(Report("customers_inactive", {{"selected_campaigns", other}}), "b;");
  EXPECT_EQ(Report("customers_birthday"), "c;");
  EXPECT_EQ(
      Report("customers_birthday", {{"date_start", "2026-12-01"}, {"date_end", "2026-09-02"}}),
      "a;b;")
      << "over the end of the year";
  EXPECT_EQ(
      Report("customers_custom_date", {{"date_start", "1980-01-01"}, {"date_end", "1981-12-30"}}),
      "a;");
  EXPECT_EQ(Report("customers_search", {{"search_text", "carl"}}), "c;");
}

TEST_F(ReportsTest, BadFormsAreRefused) {
  EXPECT_EQ(Report(""), "Action Undefined");
  EXPECT_EQ(Report("customers"), "Action Undefined");
  EXPECT_EQ(Report("customers_all", {{"date_start", "yesterday"}}), "Not a valid date.");
  EXPECT_EQ(Report("customers_all", {{"date_start", "2026-02-30"}}), "Not a valid date.");
  EXPECT_EQ(Report("customers_all", {{"date_start", "2026-02-02"}, {"date_end", "2026-02-01"}}),
            "Not a valid date.");
  EXPECT_EQ(Report("customers_all", {{"last", "0"}}), "Not a valid number.");
  EXPECT_EQ(Report("customers_all", {{"selected_campaigns", "x"}}),
            "Campaign not valid or deactivated.");
  EXPECT_EQ(Report("customers_search"), "No data was given");
  EXPECT_EQ(Report("customers_balances"), "Campaign not valid or deactivated.");
  EXPECT_EQ(Report("customers_frequent", {{"frequency", "99999999999999999999"}}),
            "Not a valid number.");
}

TEST_F(ReportsTest, AnEmptyReportIsASuccess) {
  EXPECT_EQ(Json({{"type", "reports"}, {"report", "customers_all"}}),
            R"({"status":"success","customers":[]})");
  EXPECT_EQ(Call({{"type", "reports"}, {"report", "customers_all"}}),
            "<response status=\"success\"></response>");
}

TEST_F(ReportsTest, BalancesOfOneCampaignByPages) {
  const std::string campaign = NewCampaign("giftcard");
  for (const char* code : {"a", "b", "c"}) NewCustomer({{"code", code}});
  NewCustomer({{"code", "stranger"}});
  for (const char* code : {"a", "b", "c"}) Add(campaign, code, "2.5");
  EXPECT_EQ(Report("customers_balances", {{"campaign_id", campaign}}), "a;b;c;");
  EXPECT_EQ(
      Report("customers_balances", {{"campaign_id", campaign}, {"offset", "1"}, {"limit", "1"}}),
      "b;");
  EXPECT_EQ(Report("customers_balances", {{"campaign_id", campaign}, {"offset", "3"}}), "");
  EXPECT_NE(Json({{"type", "reports"}, {"report", "customers_balances"}, {"campaign_id", campaign}})
                .find(R"("balance":"2.50","cumulative":"2.50"})"),
            std::string::npos);
  EXPECT_EQ(Report("customers_balances",
                   {{"campaign_id", campaign}, {"coalition_balance", "coalition_points"}}),
            "Non-allowed option submitted.");
}

TEST_F(ReportsTest, AllTransactionsWithTheirCount) {
  const std::string campaign = NewCampaign("giftcard");
  NewCustomer(
      {{"code", "a"}, {"card_number", "77"}, {"first_name", "Amy"}, {"last_name", "Acker"}});
  EXPECT_EQ(ErrorOf({{"type", "record_activity"},
                     {"campaign_id", campaign},
                     {"code", "a"},
                     {"amount", "5"},
                     {"custom_field_1", "till 3"}}),
            "");
  EXPECT_EQ(ErrorOf({{"type", "redeem"},
                     {"campaign_id", campaign},
                     {"code", "a"},
                     {"reward_to_redeem", "2"}}),
            "");
  const std::string body = Call({{"type", "reports"}, {"report", "transactions_all"}});
  const std::string first = Between(body, "<id>", "</id>");
  EXPECT_TRUE(body.starts_with(Replace(Replace(R"(<response status="success">
  <transactions_count>2</transactions_count>
  <transaction>
    <code>a</code>
    <card_number>77</card_number>
    <first_name>Amy</first_name>
    <customer>Amy Acker</customer>
    <date>2026-09-01</date>
    <amount_number>5.00</amount_number>
    <amount_type>$</amount_type>
    <original_amount>0.00</original_amount>
    <record_timestamp>2026-09-01 10:00:00</record_timestamp>
    <custom1>till 3</custom1>
    <id>ENTRY</id>
    <campaign>CAMPAIGN</campaign>
  </transaction>
  <transaction>)",
                                               "ENTRY", first),
                                       "CAMPAIGN", campaign)))
      << body;
  EXPECT_NE(body.find("<amount_number>-2.00</amount_number>"), std::string::npos);
  EXPECT_EQ(Report("transactions_all", {{"date_end", "2026-08-31"}}), "");
  EXPECT_EQ(ErrorOf({{"type", "customer_delete"}, {"code", "a"}}), "");
  EXPECT_EQ(Json({{"type", "reports"}, {"report", "transactions_all"}}),
            R"({"status":"success","transactions_count":"0","transactions":[]})");
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
