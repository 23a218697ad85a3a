// account_info and account_update, manage_fields with what it means for values, time tokens.
#include "dialects/stickystreet/stickystreet_fixture.h"

namespace oubli::dialects::stickystreet {
namespace {

class AccountTest : public StickyStreetTest {
 protected:
  std::string Manage(const std::string& action, Form form) {
    form.push_back({"type", "manage_fields"});
    form.push_back({"action", action});
    return ErrorOf(form);
  }
  std::string Record(const std::string& number, const std::string& value) {
    return ErrorOf({{"type", "record_customer"},
                    {"customer_action", "edit"},
                    {"code", "a"},
                    {"custom_field_" + number, value}});
  }
};

TEST_F(AccountTest, InfoAndUpdate) {
  EXPECT_EQ(ErrorOf({{"type", "account_update"}}), "No data was given");
  EXPECT_EQ(ErrorOf({{"type", "account_update"}, {"biz_name", "Great <Widgets>"}}), "");
  EXPECT_EQ(Json({{"type", "account_info"}}),
            R"({"status":"success","account":{"account_id":"abc","biz_name":"Great <Widgets>",)"
            R"("biz_address1":"","biz_address2":"","biz_city":"","biz_state":"","biz_zip":"",)"
            R"("biz_country":"","contact_first_name":"","contact_last_name":"",)"
            R"("contact_phone":"","contact_email":"","language":"EN","symbol":"USD",)"
            R"("glyph":"$","timezone":"UTC","coalition":"No"}})");
}

TEST_F(AccountTest, FieldsAreDefinedAndLabelValues) {
  EXPECT_EQ(Manage("add", {{"name", "custom_field_3"},
                           {"label", "Shirt size"},
                           {"field_type", "Pick"},
                           {"choices", "S, M,L"}}),
            "");
  EXPECT_EQ(Json({{"type", "manage_fields"}, {"action", "list"}}),
            R"({"status":"success","account":{"fields":[{"name":"custom_field_3",)"
            R"("label":"Shirt size","type":"Pick","show":"Y","choices":["S","M","L"],)"
            R"("permission":"all"}]}})");
  EXPECT_NE(Json({{"type", "transaction_fields"}, {"API", "1.5"}}).find("Shirt size"),
            std::string::npos);
  EXPECT_EQ(Record("3", "M"), "");
  EXPECT_NE(Json({{"type", "customer_info"}, {"code", "a"}})
                .find(R"("custom_field_3":{"label":"Shirt size","data":"M"})"),
            std::string::npos);
  EXPECT_EQ(Record("3", "XXL"), "Non-allowed option submitted.");
  EXPECT_EQ(Record("3", ""), "") << "no value is always right";
  EXPECT_EQ(Manage("add", {{"name", "custom_field_3"}}), "Not Unique");
  EXPECT_EQ(Manage("update", {{"name", "custom_field_3"}, {"field_type", "Text"}}), "");
  EXPECT_EQ(Record("3", "XXL"), "");
  EXPECT_EQ(Manage("delete", {{"name", "custom_field_3"}}), "");
  EXPECT_EQ(Manage("delete", {{"name", "custom_field_3"}}), "Non-allowed option submitted.");
  EXPECT_EQ(Manage("add", {{"field_type", "Pick"}}), "Non-allowed option submitted.")
      << "no choices";
  EXPECT_EQ(Manage("add", {{"field_type", "Colour"}}), "Non-allowed option submitted.");
  EXPECT_EQ(Manage("add", {{"name", "custom_field_100"}}), "Not a valid number.");
  EXPECT_EQ(Manage("drop", {{"name", "custom_field_1"}}), "Action Undefined");
}

TEST_F(AccountTest, EachTypeTakesItsOwnValues) {
  const struct {
    const char* type;
    std::vector<const char*> good, bad;
    const char* error;
  } kCases[] = {
      {"Date", {"2012.07.28 22:59:59", "2012-07-28", ""}, {"28.7.2012", "x"}, "Not a valid date."},
      {"Number",
       {"1", "-1,5", "0.123456"},
       {"1e3", "x", "99999999999999999999"},
       "Not a valid number."},
      {"Money", {"1.50", "2,5"}, {"1.234", "1,000", "x"}, "Not a valid monetary amount."},
      {"List", {"a", "a,b"}, {"c", "a,c", "a,,b"}, "Non-allowed option submitted."},
  };
  int number = 0;
  for (const auto& test : kCases) {
    EXPECT_EQ(Manage("add", {{"field_type", test.type}, {"choices", "a,b"}}), "");
    const std::string field = std::to_string(++number);
    for (const char* value : test.good) EXPECT_EQ(Record(field, value), "") << value;
    for (const char* value : test.bad) EXPECT_EQ(Record(field, value), test.error) << value;
  }
}

TEST_F(AccountTest, TimeTokensRunOut) {
  const auto validate = [&](const std::string& token) {
    return ErrorOf({{"type", "validate_time_token"}, {"token", token}});
  };
  EXPECT_EQ(validate("1-00"), "The token is not valid or has run out") << "none was ever made";
  const std::string token = Between(
      Json({{"type", "generate_time_token"}, {"token_interval", "10"}}), "\"token\":\"", "\"");
  EXPECT_EQ(validate(token), "");
  for (const std::string& bad : {std::string(), token + "0", "9" + token, token.substr(1),
                                 std::string("-"), std::string("99999999999999999999-x")}) {
    EXPECT_EQ(validate(bad), "The token is not valid or has run out") << bad;
  }
  world_.clock().Advance(10 * 60'000);
  EXPECT_EQ(validate(token), "The token is not valid or has run out");
  for (const char* interval : {"0", "-1", "x", "99999999"}) {
    EXPECT_EQ(ErrorOf({{"type", "generate_time_token"}, {"token_interval", interval}}),
              "Not a valid number.");
  }
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
