// customers_batch and batch_transactions: columns, quotes, delimiters; all rows or none.
#include "base/text.h"
#include "dialects/stickystreet/record_activity.h"
#include "dialects/stickystreet/stickystreet_fixture.h"

namespace oubli::dialects::stickystreet {
namespace {

class BatchTest : public StickyStreetTest {
 protected:
  static Form Customers(const std::string& data, Form form) {
    form.push_back({"type", "customers_batch"});
    form.push_back({"API", "1.6"});
    form.push_back({"profiles_data", data});
    return form;
  }
  static Form Visits(const std::string& campaign, const std::string& data, Form form = {}) {
    form.push_back({"type", "batch_transactions"});
    form.push_back({"campaign_id", campaign});
    form.push_back({"Visits_Data", data});
    return form;
  }
};

TEST_F(BatchTest, ColumnsByNumberAndByName) {
  EXPECT_EQ(
      Json(Customers(
          "77,Amy,\"Acker, \"\"A\"\"\"\r\n78,Bob,\n\n",
          {{"delimiter", ","}, {"card_number", "1"}, {"first_name", "2"}, {"last_name", "3"}})),
      R"({"status":"success","batch":{"status":"completed","new_customers":"2",)"
      R"("customers":"2"}})");
  EXPECT_EQ(Stored("77").profile.last_name, "Acker, \"A\"");
  EXPECT_EQ(Stored("78").profile.first_name, "Bob");
  EXPECT_EQ(Call(Customers("Card\tTown\tShirt\n79\tRome\tblue\n", {{"delimiter", "tab"},
                                                                   {"card_number", "Card"},
                                                                   {"city", "Town"},
                                                                   {"custom_field_3", "Shirt"}})),
            "<response status=\"success\">\n  <batch>\n    <status>completed</status>\n"
            "    <new_customers>1</new_customers>\n    <customers>1</customers>\n"
            "  </batch>\n</response>");
  EXPECT_EQ(Stored("79").profile.custom_fields.at(3), "blue");
  EXPECT_EQ(Population(), 3);
}

TEST_F(BatchTest, DuplicatesAreLeftAloneOrChanged) {
  const std::string campaign = NewCampaign("points");
  NewCustomer({{"code", "a"}, {"card_number", "77"}, {"first_name", "Amy"}});
  const Form columns = {{"card_number", "1"}, {"first_name", "2"}};
  EXPECT_NE(
      Json(Customers("77,Ann\n78,Bob\n", columns)).find(R"("new_customers":"1","customers":"2")"),
      std::string::npos);
  EXPECT_EQ(Stored("a").profile.first_name, "Amy");
  Form overwrite = columns;
  overwrite.push_back({"overwrite_duplicates", "Y"});
  overwrite.push_back({"campaigns_to_include", campaign});
  EXPECT_NE(Json(Customers("77,Ann\n", overwrite)).find(R"("new_customers":"0","customers":"1")"),
            std::string::npos);
  EXPECT_EQ(Stored("a").profile.first_name, "Ann");
  auto reader = world_.OpenStore("abc")->Read();
  EXPECT_EQ(customers::ListEnrollments(**reader, Stored("a").head)->size(), 1U);
}

TEST_F(BatchTest, AllRowsOrNone) {
  NewCustomer({{"code", "x"}, {"email", "amy@example.com"}});
  const Form columns = {{"card_number", "1"}, {"email", "2"}, {"custom_date", "3"}};
  EXPECT_EQ(ErrorOf(Customers("1,a@example.com\n2,amy@example.com\n", columns)),
            "Row 2: Not Unique");
  EXPECT_EQ(ErrorOf(Customers("1,,2000-01-01\n2,,2000-13-01\n", columns)),
            "Row 2: Not a valid date.");
  EXPECT_EQ(ErrorOf(Customers("1,\x01\n", columns)), "Not a valid text: profiles_data");
  EXPECT_EQ(ErrorOf(Customers("1," + std::string(300, 'a') + "\n", columns)),
            "Row 1: Too long: email");
  EXPECT_EQ(ErrorOf(Customers("1,*\n*,b\n", columns)),
            "Row 2: A code or card number cannot hold a comma, an asterisk or a percent sign");
  EXPECT_EQ(Population(), 1);
}

TEST_F(BatchTest, BadFormsAreRefused) {
  const Form columns = {{"card_number", "1"}};
  EXPECT_EQ(ErrorOf({{"type", "customers_batch"}, {"card_number", "1"}}), "No data was given");
  EXPECT_EQ(ErrorOf(Customers(" \n\n", columns)), "No data was given");
  EXPECT_EQ(ErrorOf(Customers("1\n", {})), "No data was given");
  for (const char* delimiter : {"a", "1", ",,", "\"", "\n"}) {
    EXPECT_EQ(ErrorOf(Customers("1\n", {{"card_number", "1"}, {"delimiter", delimiter}})),
              "Invalid delimiter");
  }
  EXPECT_EQ(ErrorOf(Customers("1\n", {{"card_number", "0"}})), "Not a valid number.");
  EXPECT_EQ(ErrorOf(Customers("a\n1\n", {{"card_number", "b"}})), "Non-allowed option submitted.");
  EXPECT_EQ(ErrorOf(Customers("1\n", {{"card_number", "1"}, {"customer_password", "2"}})),
            "Non-allowed option submitted.");
  std::string many;
  for (int i = 0; i <= 1000; ++i) many += std::to_string(i) + "\n";
  EXPECT_EQ(ErrorOf(Customers(many, columns)), "A batch can have 1000 rows at most");
  EXPECT_EQ(Population(), 0);
}

TEST_F(BatchTest, VisitsWithAndWithoutTheRatio) {
  const std::string campaign = NewCampaign("points", {{"points_ratio", "10"}});
  NewCustomer({{"code", "a"}, {"card_number", "77"}});
  NewCustomer({{"code", "b"}, {"card_number", "78"}});
  const auto balance = [&](const char* code) {
    return Between(Json({{"type", "customer_balance"}, {"campaign_id", campaign}, {"code", code}}),
                   "\"balance\":\"", "\"");
  };
  EXPECT_EQ(Json(Visits(campaign, "77;1,5;Order 1;2026-08-01\n78;2\n", {{"delimiter", ";"}})),
            R"({"status":"success","batch":{"status":"completed","transactions":"2"}})");
  EXPECT_EQ(balance("a"), "15");
  EXPECT_EQ(balance("b"), "20");
  EXPECT_EQ(
      ErrorOf(Visits(campaign, "a,3\n", {{"apply_ratio", "N"}, {"code", "1"}, {"amount", "2"}})),
      "");
  EXPECT_EQ(balance("a"), "18");
  EXPECT_NE(Json({{"type", "customer_balance"}, {"campaign_id", campaign}, {"code", "a"}})
                .find(R"("date":"2026-08-01","authorization":"Order 1")"),
            std::string::npos);
  EXPECT_EQ(ErrorOf(Visits(campaign, "77,1\n99,1\n")), "Row 2: No customer matches data provided.");
  EXPECT_EQ(ErrorOf(Visits(campaign, "77,1\n77,x\n")), "Row 2: The amount entered is not valid");
  EXPECT_EQ(ErrorOf(Visits("1", "77,1\n")), "Row 1: Campaign not valid or deactivated.");
  EXPECT_EQ(ErrorOf(Visits(campaign, "")), "No data was given");
  EXPECT_EQ(balance("a"), "18");
}

TEST_F(BatchTest, RowsOfOneCustomerAddUpUnderEitherName) {
  const std::string campaign = NewCampaign("points");
  const std::string other = NewCampaign("points");
  NewCustomer({{"code", "a"}, {"card_number", "77"}});
  NewCustomer({{"code", "b"}, {"card_number", "78"}});
  EXPECT_EQ(ErrorOf(Visits(other, "77,1000\n")), "");
  EXPECT_EQ(ErrorOf(Visits(campaign, "77,100\n")), "");
  const Form columns = {{"code", "1"}, {"card_number", "2"}, {"amount", "3"}};
  // Beside a code the card number does not count.
  EXPECT_EQ(ErrorOf(Visits(campaign, "a,,1\n,77,2\nb,77,4\na,78,8\n,78,16\n", columns)), "");
  const auto balance_of = [&](const char* code) {
    return Between(Json({{"type", "customer_balance"}, {"campaign_id", campaign}, {"code", code}}),
                   "\"balance\":\"", "\"");
  };
  EXPECT_EQ(balance_of("a"), "111");
  EXPECT_EQ(balance_of("b"), "20");
  auto reader = world_.OpenStore("abc")->Read();
  EXPECT_EQ(customers::ListEnrollments(**reader, Stored("a").head)->size(), 2U);
  EXPECT_EQ(customers::ListEnrollments(**reader, Stored("b").head)->size(), 1U);
  EXPECT_EQ(customers::ListTransactions(**reader, Stored("a").head)->size(), 5U);
}

TEST_F(BatchTest, ABalanceOutOfRangeIsFoundBetweenRows) {
  const std::string campaign = NewCampaign("giftcard");
  NewCustomer({{"code", "a"}, {"card_number", "77"}});
  NewCustomer({{"code", "b"}, {"card_number", "78"}});
  // Each of them fits into an amount, two of them do not.
  EXPECT_EQ(ErrorOf(Visits(campaign, "77,9000000000000\n78,9000000000000\n77,9000000000000\n")),
            "Row 3: The amount entered is not valid");
  auto reader = world_.OpenStore("abc")->Read();
  EXPECT_TRUE(customers::ListTransactions(**reader, Stored("a").head)->empty());
  EXPECT_TRUE(customers::ListEnrollments(**reader, Stored("a").head)->empty());
}

// What does not open any more after the first row shows that no later row opens it.
TEST_F(BatchTest, ACustomersRecordsAreOpenedOnceABatch) {
  const std::string campaign = NewCampaign("points");
  NewCustomer({{"code", "a"}, {"card_number", "77"}});
  EXPECT_EQ(ErrorOf(Visits(campaign, "77,1\n")), "");
  Activity activity;
  activity.campaign_id = activity.entry.campaign_id = ParseInt(campaign).value();
  activity.card_number = "77";
  activity.amount = "1";
  const std::string owner = std::to_string(Stored("a").head.ordinal);
  bool others_fail = false;
  const Status outcome = world_.OpenStore("abc")->WriteAndWait(
      [&](customers::StoreTransaction& transaction) -> Status {
        ActivityRecorder recorder(transaction);
        OUBLI_TRY(recorder.Record(activity));
        OUBLI_TRY(transaction.connection().Execute(
            "UPDATE record SET sealed = x'00' WHERE ordinal = " + owner));
        others_fail = !ActivityRecorder(transaction).Record(activity);
        for (int row = 0; row < 3; ++row) OUBLI_TRY(recorder.Record(activity));
        return {};
      });
  EXPECT_TRUE(others_fail);
  EXPECT_TRUE(outcome) << outcome.error().text;
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
