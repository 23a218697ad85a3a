// customer_search, customer_find, validate_customer_password, card_replace, generate_card_number.
#include "base/text.h"
#include "crypto/password.h"
#include "dialects/stickystreet/stickystreet_fixture.h"

namespace oubli::dialects::stickystreet {
namespace {

class CustomerSearchTest : public StickyStreetTest {
 protected:
  // The codes of an answer, in its order.
  static std::string CodesIn(const std::string& body) {
    std::string codes;
    for (size_t at = body.find("\"code\":\""); at != std::string::npos;
         at = body.find("\"code\":\"", at + 1)) {
      codes += Between(body.substr(at), "\"code\":\"", "\"") + ";";
    }
    return codes;
  }
  std::string Search(Form form) {
    form.push_back({"type", "customer_search"});
    return CodesIn(Json(std::move(form)));
  }
  std::string Find(const std::string& phrase) {
    return CodesIn(Json({{"type", "customer_find"}, {"find_customer", phrase}}));
  }
  std::string Error(const std::string& type, Form form) {
    form.push_back({"type", type});
    return ErrorOf(form);
  }
  void MakeAmy() {
    NewCustomer({{"code", "1234567890123456"},
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
  }
};

TEST_F(CustomerSearchTest, AnswersAsInTheContract) {
  MakeAmy();
  EXPECT_EQ(Call({{"type", "customer_search"}, {"first_name", "amy"}}),
            R"(<response status="success">
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
</response>)");
  const std::string kJson =
      R"({"status":"success","customers":[{"code":"1234567890123456",)"
      R"("card_number":"9876543210","first_name":"Amy","last_name":"Acker","phone":"5550100",)"
      R"("email":"amy@example.com","street1":"1234 Main St","street2":"","city":"Springfield",)"
      R"("state":"IL","postal_code":"62701","country":"US","custom_date":"1980-02-29",)"
      R"("custom_field":"","customer_username":""}]})";
  EXPECT_EQ(Json({{"type", "customer_search"}, {"last_name", "ack"}}), kJson);
  EXPECT_EQ(Json({{"type", "customer_find"}, {"find_customer", "amy"}}), kJson);
  EXPECT_EQ(Json({{"type", "find_customer"}, {"find_customer", "amy"}}), kJson);
  EXPECT_EQ(Json({{"type", "customer_search"}, {"callback", "f"}}), "f(" + kJson + ")");
  EXPECT_EQ(
      Call({{"type", "customer_search"}, {"first_name", "amy"}, {"output", "JSON"}}).substr(0, 56),
      "{\n    \"status\": \"success\",\n    \"customers\": [\n        {\n");
}

TEST_F(CustomerSearchTest, NobodyIsAnErrorInBothForms) {
  EXPECT_EQ(Error("customer_search", {}), "No customer matches data provided.");
  MakeAmy();
  EXPECT_EQ(Error("customer_search", {{"first_name", "bob"}}),
            "No customer matches data provided.");
  EXPECT_EQ(Json({{"type", "customer_find"}, {"find_customer", "bob"}}),
            R"({"status":"error","error":"No customer matches data provided.",)"
            R"("errors":["No customer matches data provided."]})");
}

TEST_F(CustomerSearchTest, CriteriaAreAnded) {
  NewCustomer({{"code", "a"}, {"first_name", "Amy"}, {"last_name", "Acker"}, {"city", "Rome"}});
  NewCustomer({{"code", "b"}, {"first_name", "Amy"}, {"last_name", "Baker"}});
  NewCustomer({{"code", "c"}, {"first_name", "AMY"}, {"custom_field_3", "blue"}});
  NewCustomer({{"code", "d"}, {"first_name", "\xC3\x84nne"}});
  EXPECT_EQ(Search({}), "a;b;c;d;");
  EXPECT_EQ(Search({{"first_name", ""}, {"last_name", " "}}), "a;b;c;d;");
  EXPECT_EQ(Search({{"first_name", "my"}}), "a;b;c;");
  EXPECT_EQ(Search({{"first_name", "amy"}, {"last_name", "bak"}}), "b;");
  EXPECT_EQ(Search({{"first_name", "Amy"}, {"exact_match", "sensitive"}}), "a;b;");
  EXPECT_EQ(Search({{"first_name", "amy"}, {"exact_match", "insensitive"}}), "a;b;c;");
  EXPECT_EQ(Search({{"first_name", "am"}, {"exact_match", "insensitive"}}), "");
  EXPECT_EQ(Search({{"first_name", "\xC3\xA4nn"}}), "d;");
  EXPECT_EQ(Search({{"city", "rom"}}), "a;");
  EXPECT_EQ(Search({{"custom_field_3", "blu"}}), "c;");
  EXPECT_EQ(Search({{"custom_date", "0000-00-00"}}), "") << "no date is no text";
  EXPECT_EQ(Search({{"code", "b"}, {"exact_match", "sensitive"}}), "b;");
  EXPECT_EQ(Search({{"code", "b"}, {"first_name", "x"}, {"exact_match", "sensitive"}}), "");
  EXPECT_EQ(Error("customer_search", {{"exact_match", "yes"}}), "Non-allowed option submitted.");
  EXPECT_EQ(Error("customer_search", {{"custom_field_0", "x"}}), "Non-allowed option submitted.");
  EXPECT_EQ(Error("customer_search", {{"first_name", std::string("a\xFF")}}),
            "Not a valid text: first_name");
}

TEST_F(CustomerSearchTest, APhraseIsOrOfAnds) {
  NewCustomer({{"code", "a"}, {"first_name", "Amy"}, {"last_name", "Acker"}});
  NewCustomer({{"code", "b"}, {"first_name", "Bob"}, {"street1", "1234 Main St"}});
  NewCustomer({{"code", "c"}, {"first_name", "Amy"}, {"last_name", "Main"}});
  EXPECT_EQ(Find("Amy Acker, 1234 Main St"), "a;b;");
  EXPECT_EQ(Find("amy"), "a;c;");
  EXPECT_EQ(Find("amy main"), "c;");
  EXPECT_EQ(Find("main,  acker  "), "a;b;c;");
  EXPECT_EQ(Find("00"), "") << "a missing date is no text";
  for (const char* phrase : {"", " ", ",", " , ,"}) {
    EXPECT_EQ(Error("customer_find", {{"find_customer", phrase}}), "No data was given");
  }
}

TEST_F(CustomerSearchTest, BalancesOnDemand) {
  const std::string campaign = NewCampaign("points");
  NewCustomer({{"code", "a"}, {"campaign_id", campaign}, {"auto_add", "120"}});
  NewCustomer({{"code", "b"}});
  const std::string body = Json({{"type", "customer_search"}, {"include_balances", "Y"}});
  EXPECT_NE(body.find(Replace(R"("campaigns":[{"id":"ID","balance":"120"}]})", "ID", campaign)),
            std::string::npos)
      << body;
  EXPECT_NE(body.find(R"("campaigns":[]}]})"), std::string::npos) << body;
  EXPECT_EQ(Json({{"type", "customer_search"}}).find("campaigns"), std::string::npos);
}

TEST_F(CustomerSearchTest, LongListsAreWhole) {
  // More than a piece holds, in customers and in bytes.
  ASSERT_TRUE(
      world_.OpenStore("abc")->WriteAndWait([](customers::StoreTransaction& transaction) -> Status {
        for (int i = 0; i < 2500; ++i) {
          customers::Customer customer;
          customer.profile.code = "c" + std::to_string(i);
          customer.profile.custom_field = std::string(40, 'x');
          OUBLI_TRY(customers::CreateCustomer(transaction, customer));
        }
        return {};
      }));
  const std::string codes = Search({});
  EXPECT_EQ(std::count(codes.begin(), codes.end(), ';'), 2500);
  EXPECT_TRUE(codes.starts_with("c0;c1;"));
  EXPECT_TRUE(codes.ends_with(";c2498;c2499;"));
  EXPECT_EQ(Search({{"code", "c2499"}}), "c2499;") << "behind pieces without anybody";
}

TEST_F(CustomerSearchTest, PasswordsAreComparedOnFewAlone) {
  for (int i = 0; i < 10; ++i) {
    NewCustomer({{"code", "c" + std::to_string(i)}, {"city", "Rome"}});
  }
  NewCustomer({{"code", "p"}, {"city", "Rome"}, {"customer_password", "secret"}});
  EXPECT_EQ(Error("customer_search", {{"city", "rome"}, {"customer_password", "secret"}}),
            "More than one customer matches data provided.");
  EXPECT_EQ(Error("customer_search", {{"customer_password", "secret"}}),
            "More than one customer matches data provided.");
  EXPECT_EQ(Search({{"code", "p"}, {"customer_password", "secret"}}), "p;");
  EXPECT_EQ(Search({{"code", "p"}, {"customer_password", "wrong"}}), "");
  EXPECT_EQ(Search({{"code", "c1"}, {"customer_password", "secret"}}), "");
  EXPECT_EQ(Search({{"code", "p"}, {"customer_PIN", "1234"}}), "");
}

// At the border: ten are compared, an eleventh is one too many, whoever has the password.
TEST_F(CustomerSearchTest, TenAreComparedAndNotEleven) {
  for (int i = 0; i < 9; ++i) {
    NewCustomer({{"code", "c" + std::to_string(i)}, {"city", "Rome"}});
  }
  NewCustomer({{"code", "p"}, {"city", "Rome"}, {"customer_PIN", "1234"}});
  const Form asked = {{"city", "rome"}, {"customer_PIN", "1234"}};
  EXPECT_EQ(Search(asked), "p;");
  Form replace = asked;
  replace.push_back({"new_card_number", "99"});
  EXPECT_EQ(Error("card_replace", replace), "");
  EXPECT_EQ(Stored("p").profile.card_number, "99");

  NewCustomer({{"code", "q"}, {"city", "Rome"}});
  EXPECT_EQ(Error("customer_search", asked), "More than one customer matches data provided.");
  EXPECT_EQ(Error("card_replace", replace), "More than one customer matches data provided.");
  // Another criterion that leaves fewer helps; so does an erased customer.
  EXPECT_EQ(Search({{"city", "rome"}, {"code", "p"}, {"customer_PIN", "1234"}}), "p;");
  EXPECT_EQ(Error("customer_delete", {{"code", "q"}}), "");
  EXPECT_EQ(Search(asked), "p;");
}

TEST_F(CustomerSearchTest, PasswordAndPinBothHaveToFit) {
  NewCustomer({{"code", "p"}, {"customer_password", "secret"}, {"customer_PIN", "1234"}});
  EXPECT_EQ(Search({{"customer_password", "secret"}, {"customer_PIN", "1234"}}), "p;");
  EXPECT_EQ(Search({{"customer_password", "secret"}, {"customer_PIN", "1235"}}), "");
  EXPECT_EQ(Search({{"customer_password", "Secret"}, {"customer_PIN", "1234"}}), "");
  EXPECT_EQ(Search({{"code", "p"}, {"exact_match", "sensitive"}, {"customer_password", "secret"}}),
            "p;");
  EXPECT_EQ(Search({{"code", "p"}, {"exact_match", "sensitive"}, {"customer_password", "wrong"}}),
            "");
}

TEST_F(CustomerSearchTest, WhatStandsBesideACodeHasToFitBeforeACardIsReplaced) {
  NewCustomer(
      {{"code", "a"}, {"card_number", "1"}, {"first_name", "Amy"}, {"customer_PIN", "1234"}});
  const auto replace = [&](Form form) {
    form.insert(form.end(), {{"previous_code", "a"}, {"new_card_number", "2"}});
    return Error("card_replace", std::move(form));
  };
  EXPECT_EQ(replace({{"customer_PIN", "1235"}}), "No customer matches data provided.");
  EXPECT_EQ(replace({{"customer_password", "x"}}), "No customer matches data provided.");
  EXPECT_EQ(replace({{"first_name", "Ann"}}), "No customer matches data provided.");
  EXPECT_EQ(replace({{"profile_uid", "999"}}), "No customer matches data provided.");
  EXPECT_EQ(Stored("a").profile.card_number, "1");
  EXPECT_EQ(replace({{"first_name", "amy"}, {"customer_PIN", "1234"}}), "");
  EXPECT_EQ(Stored("a").profile.card_number, "2");
}

TEST_F(CustomerSearchTest, ValidateSucceedsOnlyWhenAllMatches) {
  NewCustomer({{"code", "a"},
               {"card_number", "77"},
               {"phone", "5550100"},
               {"customer_username", "amy"},
               {"customer_password", "secret"},
               {"customer_PIN", "1234"}});
  NewCustomer({{"code", "b"}});
  const auto validate = [&](Form form) {
    return Error("validate_customer_password", std::move(form));
  };
  EXPECT_EQ(
      Call(
          {{"type", "validate_customer_password"}, {"code", "a"}, {"customer_password", "secret"}}),
      "<response status=\"success\"></response>");
  EXPECT_EQ(Json({{"type", "validate_customer_password"}, {"code", "a"}, {"customer_PIN", "1234"}}),
            R"({"status":"success"})");
  EXPECT_EQ(validate({{"card_number", "77"}, {"customer_password", "secret"}}), "");
  EXPECT_EQ(
      validate({{"customer_username", "amy"}, {"phone", "5550100"}, {"customer_PIN", "1234"}}), "");
  EXPECT_EQ(validate({{"code", "a"}, {"customer_password", "secret"}, {"customer_PIN", "1235"}}),
            "PINs do not match");
  EXPECT_EQ(validate({{"code", "a"}, {"card_number", "78"}, {"customer_password", "secret"}}),
            "No customer matches data provided.");
  EXPECT_EQ(validate({{"code", "a"}, {"phone", "1"}, {"customer_password", "secret"}}),
            "No customer matches data provided.");
  EXPECT_EQ(validate({{"code", "a"}, {"customer_password", "Secret"}}),
            "No customer matches data provided.");
  EXPECT_EQ(validate({{"customer_password", "secret"}}), "No customer matches data provided.");
  EXPECT_EQ(validate({{"code", "a"}}), "No password provided");
  EXPECT_EQ(validate({{"code", "a"}, {"customer_password", ""}}), "No password provided");
  EXPECT_EQ(validate({{"code", "a"}, {"customer_PIN", " "}}), "No PIN provided");
  EXPECT_EQ(validate({{"code", "b"}, {"customer_password", "x"}}),
            "There is no recorded password for this customer");
  EXPECT_EQ(validate({{"code", "b"}, {"customer_PIN", "1234"}}), "No PIN exists in the record");
}

TEST_F(CustomerSearchTest, CardReplaceByCodeByCardAndByWhatIsKnown) {
  NewCustomer({{"code", "a"}, {"card_number", "1"}, {"first_name", "Amy"}, {"city", "Rome"}});
  NewCustomer({{"code", "b"}, {"card_number", "2"}, {"first_name", "Amy"}});
  EXPECT_EQ(Call({{"type", "card_replace"}, {"previous_card", "1"}, {"new_card_number", "11"}}),
            "<response status=\"success\">\n  <customer>\n    <code>a</code>\n"
            "    <card_number>11</card_number>\n  </customer>\n</response>");
  // The code has priority.
  EXPECT_EQ(
      Error("card_replace", {{"previous_code", "a"}, {"previous_card", "2"}, {"new_code", "aa"}}),
      "");
  EXPECT_TRUE(Exists("aa"));
  EXPECT_FALSE(Exists("a"));
  EXPECT_EQ(Error("card_replace", {{"first_name", "amy"}, {"new_code", "x"}}),
            "More than one customer matches data provided.");
  EXPECT_EQ(Error("card_replace", {{"first_name", "am"}, {"new_code", "x"}}),
            "No customer matches data provided.");
  EXPECT_EQ(Error("card_replace", {{"first_name", "amy"}, {"city", "rome"}, {"new_code", "x"}}),
            "");
  EXPECT_TRUE(Exists("x"));
  EXPECT_EQ(Error("card_replace", {{"new_code", "y"}}), "No customer matches data provided.");
  EXPECT_EQ(
      Error("card_replace", {{"previous_code", ""}, {"previous_card", ""}, {"new_code", "y"}}),
      "No customer matches data provided.");
  EXPECT_EQ(Error("card_replace", {{"previous_code", "b"}}), "No data was given");
  EXPECT_EQ(Error("card_replace", {{"previous_code", "b"}, {"new_card_number", "*"}}),
            "A code or card number cannot hold a comma, an asterisk or a percent sign");
  EXPECT_EQ(Error("card_replace", {{"previous_code", "b"}, {"card_number_generate", "8"}}), "");
  EXPECT_EQ(Stored("b").profile.card_number.size(), 8U);
}

TEST_F(CustomerSearchTest, ACardThatSomebodyHasNeedsAWord) {
  NewCustomer({{"code", "a"}, {"card_number", "1"}});
  NewCustomer({{"code", "b"}, {"card_number", "2"}});
  const Form wanted = {{"previous_code", "a"}, {"new_card_number", "2"}};
  const auto with = [&](const std::string& keep) {
    Form form = wanted;
    form.push_back({"check_override", "Y"});
    form.push_back({"keep_which", keep});
    return form;
  };
  EXPECT_EQ(Error("card_replace", wanted), "Not Unique");
  EXPECT_EQ(Error("card_replace", with("both")), "Non-allowed option submitted.");
  EXPECT_EQ(Error("card_replace", with("duplicate")), "");
  EXPECT_EQ(Stored("a").profile.card_number, "1");
  EXPECT_EQ(Stored("b").profile.card_number, "2");
  EXPECT_EQ(Error("card_replace", with("matched")), "");
  EXPECT_EQ(Stored("a").profile.card_number, "2");
  EXPECT_EQ(Stored("b").profile.card_number, "");
  EXPECT_EQ(Population(), 2) << "nobody is deleted";
  EXPECT_EQ(
      Error("card_replace", {{"previous_code", "a"}, {"new_code", "b"}, {"check_override", "Y"}}),
      "Not Unique");
}

TEST_F(CustomerSearchTest, GeneratesACardNumberThatNobodyHas) {
  const std::string body = Call({{"type", "generate_card_number"}, {"how_many_digits", "10"}});
  const std::string card = Between(body, "<card_number>", "</card_number>");
  EXPECT_EQ(card.size(), 10U);
  EXPECT_TRUE(IsDigits(card));
  EXPECT_EQ(body, "<response status=\"success\">\n  <customer>\n    <card_number>" + card +
                      "</card_number>\n  </customer>\n</response>");
  const std::string longer =
      Between(Json({{"type", "generate_card_number"},
                    {"card_number_prefix", "55"},
                    {"card_number_suffix", "99"}}),
              R"({"status":"success","customer":{"card_number":")", R"("}})");
  EXPECT_EQ(longer.size(), 20U);
  EXPECT_TRUE(longer.starts_with("55") && longer.ends_with("99"));
  EXPECT_EQ(Error("generate_card_number", {{"how_many_digits", "0"}}), "Not a valid number.");
  EXPECT_EQ(Error("generate_card_number", {{"card_number_prefix", "x"}}), "Not a valid number.");
  EXPECT_EQ(Population(), 0);
}

TEST_F(CustomerSearchTest, AnErasedCustomerIsFoundByNothing) {
  NewCustomer({{"code", "a"},
               {"card_number", "1"},
               {"first_name", "Amy"},
               {"customer_username", "amy"},
               {"customer_password", "secret"}});
  NewCustomer({{"code", "b"}});
  EXPECT_EQ(Error("customer_delete", {{"code", "a"}}), "");
  EXPECT_EQ(Search({}), "b;");
  EXPECT_EQ(Search({{"first_name", "amy"}}), "");
  EXPECT_EQ(Search({{"card_number", "1"}, {"exact_match", "sensitive"}}), "");
  EXPECT_EQ(Find("amy"), "");
  EXPECT_EQ(Error("validate_customer_password",
                  {{"customer_username", "amy"}, {"customer_password", "secret"}}),
            "No customer matches data provided.");
  EXPECT_EQ(Error("card_replace", {{"previous_card", "1"}, {"new_card_number", "2"}}),
            "No customer matches data provided.");
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
