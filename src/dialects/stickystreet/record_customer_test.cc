// record_customer and customer_info: who is made, who is changed, what is refused, what is shown.
#include "base/text.h"
#include "crypto/password.h"
#include "dialects/stickystreet/stickystreet_fixture.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::StoreTransaction;

class RecordCustomerTest : public StickyStreetTest {
 protected:
  static Form Record(const std::string& action, Form form) {
    form.push_back({"type", "record_customer"});
    form.push_back({"customer_action", action});
    return form;
  }
  std::string RecordError(const std::string& action, Form form) {
    return ErrorOf(Record(action, std::move(form)));
  }
  std::string Edit(Form form) {
    const std::string body = Json(Record("edit", std::move(form)));
    return Between(body, "\"code\":\"", "\"");
  }
  std::string Info(const std::string& code) {
    return Json({{"type", "customer_info"}, {"code", code}});
  }
  std::string Field(const std::string& code, const std::string& name) {
    return Between(Info(code), "\"" + name + "\":\"", "\"");
  }
};

TEST_F(RecordCustomerTest, AnswersAsInTheContract) {
  const Form form = {{"code", "1234567890123456"}, {"card_number", "9876543210"}};
  EXPECT_EQ(Call(Record("new", form)),
            "<response status=\"success\">\n"
            "  <customer>\n"
            "    <code>1234567890123456</code>\n"
            "    <card_number>9876543210</card_number>\n"
            "  </customer>\n"
            "</response>");
  EXPECT_EQ(Json(Record("edit", form)),
            "{\"status\":\"success\",\"customer\":{\"code\":\"1234567890123456\","
            "\"card_number\":\"9876543210\"}}");
}

TEST_F(RecordCustomerTest, InfoShowsAllFieldsAsInTheContract) {
  world_.clock().SetWall(1'515'116'803'000);  // 2018-01-05 01:46:43
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
               {"custom_date", "1980-02-29"},
               {"custom_field_3", "M"}});
  const Form info = {{"type", "customer_info"}, {"card_number", "9876543210"}, {"output", "JSON"}};
  EXPECT_EQ(Call(info), R"({
    "status": "success",
    "account_name": "abc",
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
            "label": "custom_field_3",
            "data": "M"
        }
    },
    "campaigns": []
})");
  EXPECT_EQ(Call({{"type", "customer_info"},
                  {"code", "1234567890123456"},
                  {"include_balances", "N"},
                  {"hide_custom_field", "Y"}}),
            R"(<response status="success">
  <account_name>abc</account_name>
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
    <customer_username></customer_username>
    <registered>Y</registered>
    <record_timestamp>2018-01-05 01:46:43</record_timestamp>
  </customer>
</response>)");
}

TEST_F(RecordCustomerTest, AStateThatIsSentBackKeepsItsCode) {
  NewCustomer({{"code", "a"}, {"street1", "1 Main"}});
  const auto stored = [&] {
    auto reader = world_.OpenStore("abc")->Read();
    return customers::ListAddresses(**reader, Stored("a").head).value().at(0);
  };
  const auto set = [&](const std::string& name, const std::string& code) {
    EXPECT_TRUE(world_.OpenStore("abc")->WriteAndWait([&](StoreTransaction& transaction) {
      customers::Address address = stored();
      address.state = name;
      address.state_code = code;
      return customers::PutAddress(transaction, Stored("a").head, address);
    }));
  };
  const auto edited = [&](const std::string& state) {
    EXPECT_EQ(Edit({{"code", "a"}, {"state", state}}), "a");
    return stored().state + "/" + stored().state_code;
  };
  set("New York", "NY");
  EXPECT_EQ(edited("New York"), "New York/NY");
  set("", "NY");
  EXPECT_EQ(Field("a", "state"), "NY");
  EXPECT_EQ(edited("NY"), "/NY");
  EXPECT_EQ(edited("Texas"), "Texas/");
  EXPECT_EQ(edited("TX"), "TX/TX");
  EXPECT_EQ(edited(""), "/");
}

TEST_F(RecordCustomerTest, InfoGoesByCodeBeforeCard) {
  NewCustomer({{"code", "a"}, {"card_number", "1"}});
  NewCustomer({{"code", "b"}, {"card_number", "2"}});
  const auto code_of = [&](Form form) {
    form.push_back({"type", "customer_info"});
    return Between(Json(form), "\"code\":\"", "\"");
  };
  EXPECT_EQ(code_of({{"card_number", "2"}}), "b");
  EXPECT_EQ(code_of({{"code", "a"}, {"card_number", "2"}}), "a");
  EXPECT_EQ(code_of({{"code", "c"}, {"card_number", "2"}}), "");
  EXPECT_EQ(code_of({{"code", "1"}}), "");
  EXPECT_EQ(ErrorOf({{"type", "customer_info"}}), "No customer matches data provided.");
}

TEST_F(RecordCustomerTest, NewMakesACode) {
  EXPECT_EQ(NewCustomer({{"card_number", "55"}}), "55");
  const std::string random = NewCustomer({{"card_number", "56"}, {"new_code", "Yes"}});
  EXPECT_EQ(random.size(), 16U);
  EXPECT_TRUE(IsDigits(random));
  EXPECT_EQ(Field(random, "card_number"), "56");
  const std::string bare = NewCustomer({});
  EXPECT_EQ(bare.size(), 16U);
  EXPECT_NE(bare, random);
  EXPECT_EQ(NewCustomer({{"code", "mine"}, {"card_number", "57"}}), "mine");
}

TEST_F(RecordCustomerTest, NewGeneratesACard) {
  const Form pattern = {
      {"card_number_generate", "10"}, {"card_number_prefix", "55"}, {"card_number_suffix", "99"}};
  const std::string code = NewCustomer(pattern);
  EXPECT_EQ(code.size(), 14U);
  EXPECT_EQ(code.substr(0, 2), "55");
  EXPECT_EQ(code.substr(12), "99");
  EXPECT_EQ(Field(code, "card_number"), code);
  // Nine numbers are all that one digit gives; the tenth customer gets an error, not somebody's
  // card.
  std::string error;
  for (int i = 0; i < 10 && error.empty(); ++i) {
    error = RecordError("new", {{"card_number_generate", "1"}});
  }
  EXPECT_EQ(error, "Error generating ID. Please try again.");
  for (const char* digits : {"0", "33", "-1", "ten", "1.5", "99999999999999999999"}) {
    EXPECT_EQ(RecordError("new", {{"card_number_generate", digits}}), "Not a valid number.");
  }
  EXPECT_EQ(RecordError("new", {{"card_number_generate", "4"}, {"card_number_prefix", "x"}}),
            "Not a valid number.");
}

TEST_F(RecordCustomerTest, NewRefusesWhatSomebodyHas) {
  NewCustomer({{"code", "a"},
               {"card_number", "1"},
               {"email", "amy@example.com"},
               {"customer_username", "amy"}});
  EXPECT_EQ(RecordError("new", {{"code", "a"}}), "Not Unique");
  EXPECT_EQ(RecordError("new", {{"code", "b"}, {"card_number", "1"}}), "Not Unique");
  EXPECT_EQ(RecordError("new", {{"card_number", "a"}}), "Not Unique");
  EXPECT_EQ(RecordError("new", {{"code", "b"}, {"email", "AMY@example.com "}}), "Not Unique");
  EXPECT_EQ(RecordError("new", {{"code", "b"}, {"customer_username", "amy"}}),
            "The username is already in use.");
  EXPECT_EQ(Population(), 1);
}

TEST_F(RecordCustomerTest, EditChangesOnlyWhatIsSent) {
  NewCustomer({{"code", "a"},
               {"card_number", "1"},
               {"first_name", "Amy"},
               {"phone", "5550100"},
               {"street1", "1234 Main St"},
               {"city", "Springfield"},
               {"custom_field_1", "x"},
               {"custom_field_2", "y"}});
  EXPECT_EQ(Edit({{"code", "a"},
                  {"last_name", "Acker"},
                  {"phone", ""},
                  {"city", "Shelbyville"},
                  {"custom_field_2", ""},
                  {"custom_field", " kept as it is "}}),
            "a");
  EXPECT_EQ(Field("a", "first_name"), "Amy");
  EXPECT_EQ(Field("a", "last_name"), "Acker");
  EXPECT_EQ(Field("a", "phone"), "");
  EXPECT_EQ(Field("a", "card_number"), "1");
  EXPECT_EQ(Field("a", "street1"), "1234 Main St");
  EXPECT_EQ(Field("a", "city"), "Shelbyville");
  EXPECT_EQ(Field("a", "custom_field"), " kept as it is ");
  EXPECT_EQ(Stored("a").profile.custom_fields, (std::map<int64_t, std::string>{{1, "x"}}));
  EXPECT_EQ(Population(), 1);
}

TEST_F(RecordCustomerTest, EditCreatesWhomItDoesNotFind) {
  // No code: somebody new, with a random one, also where a card number is given.
  const std::string bare = Edit({{"first_name", "Amy"}});
  EXPECT_EQ(bare.size(), 16U);
  const std::string by_card = Edit({{"card_number", "1"}});
  EXPECT_EQ(by_card.size(), 16U);
  EXPECT_NE(by_card, bare);
  // The card alone: who has it comes first.
  EXPECT_EQ(Edit({{"card_number", "1"}, {"first_name", "Ben"}}), by_card);
  EXPECT_EQ(Field(by_card, "first_name"), "Ben");
  // A code that nobody has.
  EXPECT_EQ(Edit({{"code", "a"}, {"card_number", "2"}}), "a");
  EXPECT_EQ(RecordError("edit", {{"code", "b"}, {"card_number", "2"}}), "Not Unique");
  EXPECT_EQ(RecordError("edit", {{"code", "a"}, {"card_number", "1"}}), "Not Unique");
  EXPECT_EQ(Edit({{"code", "a"}, {"card_number", "3"}}), "a");
  EXPECT_EQ(Field("a", "card_number"), "3");
  EXPECT_EQ(Population(), 3);
}

TEST_F(RecordCustomerTest, EditIgnoresWhatBelongsToNew) {
  const std::string campaign = NewCampaign("points");
  Edit({{"code", "a"}, {"campaign_id", campaign}, {"auto_add", "5"}});
  EXPECT_NE(Info("a").find("\"campaigns\":[]"), std::string::npos);
}

TEST_F(RecordCustomerTest, RegisterTurnsACardIntoACustomer) {
  auto made = world_.OpenStore("abc")->WriteAndWait([](StoreTransaction& transaction) {
    customers::Customer customer;
    customer.profile.code = "c";
    customer.profile.card_number = "1";
    customer.profile.registered = false;
    return customers::CreateCustomer(transaction, std::move(customer));
  });
  ASSERT_TRUE(made);
  const std::string campaign = NewCampaign("points");
  const Form activity = {
      {"type", "record_activity"}, {"campaign_id", campaign}, {"card_number", "1"}};
  EXPECT_EQ(ErrorOf(activity), "Customer is not yet registered");
  EXPECT_EQ(RecordError("register", {{"card_number", "2"}}), "No customer matches data provided.");
  EXPECT_EQ(RecordError("register", {}), "No customer matches data provided.");
  EXPECT_EQ(RecordError("register",
                        {{"card_number", "1"}, {"first_name", "Amy"}, {"campaign_id", campaign}}),
            "");
  EXPECT_EQ(Field("c", "registered"), "Y");
  EXPECT_EQ(Field("c", "first_name"), "Amy");
  EXPECT_EQ(ErrorOf(activity), "");
  EXPECT_EQ(RecordError("register", {{"card_number", "1"}}), "Not Unique");
}

TEST_F(RecordCustomerTest, EnrolsWithAnAmountToBeginWith) {
  const std::string points = NewCampaign("points");
  const std::string card = NewCampaign("giftcard");
  const std::string code =
      NewCustomer({{"campaign_id", points + ", " + card + "," + points}, {"auto_add", "15,5"}});
  const std::string info = Info(code);
  EXPECT_NE(info.find("\"id\":\"" + points + "\""), std::string::npos);
  EXPECT_NE(info.find("\"balance\":\"15.5\""), std::string::npos) << info;
  EXPECT_NE(info.find("\"balance\":\"15.50\""), std::string::npos) << info;

  const char* kBad = "Campaign not valid or deactivated.";
  for (const std::string& id : {std::string("1"), std::string("x"), points + ",1",
                                std::string("99999999999999999999"), std::string("-1")}) {
    EXPECT_EQ(RecordError("new", {{"campaign_id", id}}), kBad) << id;
  }
  EXPECT_EQ(RecordError("new", {{"auto_add", "5"}}), kBad);
  for (const char* amount : {"-1", "x", "1,000", "1e3"}) {
    EXPECT_EQ(RecordError("new", {{"campaign_id", points}, {"auto_add", amount}}),
              "The amount entered is not valid");
  }
  EXPECT_EQ(Population(), 1);
}

TEST_F(RecordCustomerTest, PasswordAndPinAreHashedAndStayWhenNotSent) {
  NewCustomer({{"code", "a"}, {"customer_password", " s3cret "}, {"customer_PIN", "12345"}});
  Edit({{"code", "a"}, {"customer_password", ""}, {"customer_PIN", ""}});
  const customers::Profile profile = Stored("a").profile;
  EXPECT_TRUE(crypto::VerifyPassword(profile.password_hash, " s3cret "));
  EXPECT_TRUE(crypto::VerifyPassword(profile.pin_hash, "12345"));
  EXPECT_EQ(Info("a").find("s3cret"), std::string::npos);
  for (const char* pin : {"123", "123456", "12a4", "1 34", "-123"}) {
    EXPECT_EQ(RecordError("edit", {{"code", "a"}, {"customer_PIN", pin}}),
              "A PIN must be 4 or 5 numbers only");
  }
}

TEST_F(RecordCustomerTest, Dates) {
  for (const char* day : {"1980-02-30", "29.02.1980", "1980-2-9", "1980-02-29T00:00:00", "x"}) {
    EXPECT_EQ(RecordError("edit", {{"code", "a"}, {"custom_date", day}}), "Not a valid date.");
  }
  EXPECT_EQ(Population(), 0);
  Edit({{"code", "a"}, {"custom_date", "1980-02-29"}});
  EXPECT_EQ(Field("a", "custom_date"), "1980-02-29");
  Edit({{"code", "a"}, {"custom_date", "0000-00-00"}});
  EXPECT_EQ(Field("a", "custom_date"), "0000-00-00");
  EXPECT_EQ(Stored("a").profile.custom_date, "");
}

TEST_F(RecordCustomerTest, CountriesAreShownAsWritten) {
  for (const char* country : {"US", "United States", "us", "Narnia", ""}) {
    Edit({{"code", "a"}, {"country", country}});
    EXPECT_EQ(Field("a", "country"), country);
  }
  Edit({{"code", "a"}, {"country", "Germany"}});
  auto reader = world_.OpenStore("abc")->Read();
  const auto addresses = customers::ListAddresses(**reader, Stored("a").head).value();
  ASSERT_EQ(addresses.size(), 1U);
  EXPECT_EQ(addresses[0].country_code, "DE");
  EXPECT_EQ(addresses[0].roles, customers::AddressRole::kPrimary);
}

TEST_F(RecordCustomerTest, EditsTheAddressThatItShows) {
  NewCustomer({{"code", "a"}});
  const customers::Head head = Stored("a").head;
  auto put = world_.OpenStore("abc")->WriteAndWait([&](StoreTransaction& transaction) {
    customers::Address address;
    address.line1 = "1 Book Lane";
    address.company = "Kept Ltd";
    return customers::PutAddress(transaction, head, address);
  });
  ASSERT_TRUE(put);
  EXPECT_EQ(Field("a", "street1"), "1 Book Lane");
  Edit({{"code", "a"}, {"city", "Springfield"}});
  auto reader = world_.OpenStore("abc")->Read();
  const auto addresses = customers::ListAddresses(**reader, head).value();
  ASSERT_EQ(addresses.size(), 1U);
  EXPECT_EQ(addresses[0].line1, "1 Book Lane");
  EXPECT_EQ(addresses[0].company, "Kept Ltd");
  EXPECT_EQ(addresses[0].city, "Springfield");
}

TEST_F(RecordCustomerTest, HostileValuesChangeNothing) {
  NewCustomer({{"code", "a"}, {"first_name", "Amy"}});
  const struct {
    Form form;
    std::string_view error;
  } kCases[] = {
      {{{"first_name", std::string(256, 'x')}}, "Too long: first_name"},
      {{{"custom_field_1", std::string(10'001, 'x')}}, "Too long: custom_field_1"},
      {{{"first_name",
         "a\x01"
         "b"}},
       "Not a valid text: first_name"},
      {{{"first_name", std::string("a\0b", 3)}}, "Not a valid text: first_name"},
      {{{"first_name", "a\nb"}}, "Not a valid text: first_name"},
      {{{"first_name", "\xC0\xAF"}}, "Not a valid text: first_name"},
      {{{"first_name", "\xED\xA0\x80"}}, "Not a valid text: first_name"},
      {{{"<b>", "\xFF"}}, "Not a valid text: a parameter"},
      {{{"first_name", "a"}, {"first_name", "b"}}, "A parameter was given more than once"},
      {{{"first_name[]", "a"}}, "A parameter was given more than once"},
      {{{"custom_field_0", "a"}}, "Non-allowed option submitted."},
      {{{"custom_field_01", "a"}}, "Non-allowed option submitted."},
      {{{"custom_field_100", "a"}}, "Non-allowed option submitted."},
      {{{"custom_field_x", "a"}}, "Non-allowed option submitted."},
      {{{"card_number", "1,2"}},
       "A code or card number cannot hold a comma, an asterisk or a percent sign"},
  };
  for (const auto& test : kCases) {
    Form form = test.form;
    form.push_back({"code", "a"});
    form.push_back({"last_name", "changed"});
    EXPECT_EQ(RecordError("edit", form), test.error);
  }
  EXPECT_EQ(RecordError("new", {{"code", "b*"}}),
            "A code or card number cannot hold a comma, an asterisk or a percent sign");
  for (const char* action : {"", "delete", "NEW", "edit,new"}) {
    EXPECT_EQ(RecordError(action, {{"code", "b"}}), "Action Undefined");
  }
  EXPECT_EQ(Field("a", "first_name"), "Amy");
  EXPECT_EQ(Field("a", "last_name"), "");
  EXPECT_EQ(Population(), 1);
  // What just fits: 255 letters of two bytes, 10,000 with line breaks.
  std::string wide;
  for (int i = 0; i < 255; ++i) wide += "\xC3\xA9";
  Edit({{"code", "a"}, {"first_name", wide}, {"custom_field_99", std::string(10'000, '\n')}});
  EXPECT_EQ(Stored("a").profile.first_name, wide);
  EXPECT_EQ(Stored("a").profile.custom_fields[99].size(), 10'000U);
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
