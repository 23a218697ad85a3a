// customer_delete: the page's literals, and everything that must delete nobody.
#include <atomic>
#include <thread>

#include "dialects/stickystreet/stickystreet_fixture.h"

namespace oubli::dialects::stickystreet {
namespace {

constexpr char kCode[] = "1234567890123456";

class CustomerDeleteTest : public StickyStreetTest {
 protected:
  CustomerDeleteTest() { NewCustomer({{"code", kCode}, {"first_name", "Amy"}}); }

  std::string Delete(Form form, const std::string& code = kCode) {
    form.push_back({"type", "customer_delete"});
    form.push_back({"code", code});
    return Call(form);
  }
};

TEST_F(CustomerDeleteTest, AnswersTheXmlOfThePage) {
  EXPECT_EQ(Delete({}),
            "<response status=\"success\">\n"
            "  <customer status=\"deleted\">\n"
            "    <code>1234567890123456</code>\n"
            "  </customer>\n"
            "</response>");
  EXPECT_FALSE(Exists(kCode));
}

TEST_F(CustomerDeleteTest, AnswersPrettyJson) {
  EXPECT_EQ(Delete({{"output", "JSON"}}),
            "{\n"
            "    \"status\": \"success\",\n"
            "    \"customer\": {\n"
            "        \"status\": \"deleted\",\n"
            "        \"code\": \"1234567890123456\"\n"
            "    }\n"
            "}");
}

TEST_F(CustomerDeleteTest, AnswersCondensedJson) {
  EXPECT_EQ(Delete({{"output", "json"}, {"condensed", "yes"}}),
            "{\"status\":\"success\",\"customer\":{\"status\":\"deleted\","
            "\"code\":\"1234567890123456\"}}");
}

TEST_F(CustomerDeleteTest, AnswersJsonp) {
  EXPECT_EQ(Delete({{"callback", "someFunctionName"}, {"condensed", "yes"}}),
            "someFunctionName({\"status\":\"success\",\"customer\":{\"status\":\"deleted\","
            "\"code\":\"1234567890123456\"}})");
}

TEST_F(CustomerDeleteTest, CondensedDoesNotChangeXml) {
  EXPECT_EQ(Delete({{"condensed", "yes"}, {"output", "XML"}}),
            "<response status=\"success\">\n"
            "  <customer status=\"deleted\">\n"
            "    <code>1234567890123456</code>\n"
            "  </customer>\n"
            "</response>");
}

TEST_F(CustomerDeleteTest, SecondDeleteIsAnError) {
  Delete({});
  EXPECT_EQ(Delete({}),
            "<response status=\"error\">\n"
            "  <error>No customer matches data provided.</error>\n"
            "</response>");
  EXPECT_EQ(Delete({{"output", "JSON"}}),
            "{\n"
            "    \"status\": \"error\",\n"
            "    \"error\": \"No customer matches data provided.\",\n"
            "    \"errors\": [\n"
            "        \"No customer matches data provided.\"\n"
            "    ]\n"
            "}");
  EXPECT_EQ(Delete({{"output", "JSON"}, {"condensed", "yes"}}),
            "{\"status\":\"error\",\"error\":\"No customer matches data provided.\","
            "\"errors\":[\"No customer matches data provided.\"]}");
}

TEST_F(CustomerDeleteTest, TakesEveryTransactionInEveryCampaign) {
  const std::string points = NewCampaign("points");
  const std::string card = NewCampaign("giftcard");
  for (const std::string& campaign : {points, card}) {
    const Form activity = {
        {"type", "record_activity"}, {"campaign_id", campaign}, {"code", kCode}, {"amount", "5"}};
    EXPECT_EQ(ErrorOf(activity), "");
  }
  const customers::Head head = Stored(kCode).head;
  Delete({});
  auto reader = world_.OpenStore("abc")->Read();
  EXPECT_FALSE(customers::FindHead(**reader, head.kind, head.id).value());
  EXPECT_EQ(Population(), 0);
  // The code may come again, as a new person with an empty past.
  EXPECT_EQ(ErrorOf({{"type", "record_customer"}, {"customer_action", "edit"}, {"code", kCode}}),
            "");
  EXPECT_EQ(Json({{"type", "customer_info"}, {"code", kCode}}).find("\"id\""), std::string::npos);
  EXPECT_NE(Stored(kCode).head.ordinal, head.ordinal);
  // Campaigns are nobody's and stay.
  EXPECT_NE(Call({{"type", "campaigns_list"}}).find(points), std::string::npos);
}

TEST_F(CustomerDeleteTest, DeletesOneWhomAnotherDialectMade) {
  auto made = world_.OpenStore("abc")->WriteAndWait([](customers::StoreTransaction& transaction) {
    customers::Customer customer;
    customer.profile.email = "amy@example.com";
    return customers::CreateCustomer(transaction, std::move(customer));
  });
  const std::string code = customers::CodeOf(made.value());
  EXPECT_NE(Delete({}, code).find("<customer status=\"deleted\">"), std::string::npos);
  EXPECT_EQ(Population(), 1);
}

TEST_F(CustomerDeleteTest, MoreThanOneOrNoneDeletesNobody) {
  NewCustomer({{"code", "2"}});
  const struct {
    Form form;
    std::string_view error;
  } kCases[] = {
      {{}, "Missing code"},
      {{{"code", ""}}, "Missing code"},
      {{{"code", " \t"}}, "Missing code"},
      {{{"card_number", kCode}}, "Missing code"},
      {{{"code", "*"}}, "Only one customer can be deleted at a time"},
      {{{"code", "%"}}, "Only one customer can be deleted at a time"},
      {{{"code", "12345*"}}, "Only one customer can be deleted at a time"},
      {{{"code", "1234567890123456,2"}}, "Only one customer can be deleted at a time"},
      {{{"code", ","}}, "Only one customer can be deleted at a time"},
      {{{"code", kCode}, {"code", "2"}}, "A parameter was given more than once"},
      {{{"code", kCode}, {"code", kCode}}, "A parameter was given more than once"},
      {{{"code", kCode}, {"code[]", "2"}}, "A parameter was given more than once"},
      {{{"code[]", kCode}}, "A parameter was given more than once"},
      {{{"code[0]", kCode}, {"code[1]", "2"}}, "A parameter was given more than once"},
      {{{"code", "all"}}, "No customer matches data provided."},
      {{{"code", "1234567890123456 2"}}, "No customer matches data provided."},
      {{{"code", "1234567890123456;2"}}, "No customer matches data provided."},
      {{{"code", "____________3456"}}, "No customer matches data provided."},
      {{{"code", "' OR '1'='1"}}, "No customer matches data provided."},
      {{{"code", "12345"}}, "No customer matches data provided."},
      {{{"code", std::string("2\0", 2)}}, "Not a valid text: code"},
      {{{"code", "\xff"}}, "Not a valid text: code"},
      {{{"code", "2\n1234567890123456"}}, "Not a valid text: code"},
      {{{"code", std::string(256, '2')}}, "Too long: code"},
  };
  for (const auto& test : kCases) {
    Form form = test.form;
    form.push_back({"type", "customer_delete"});
    EXPECT_EQ(ErrorOf(form), test.error) << UrlEncoded(test.form);
  }
  EXPECT_EQ(Population(), 2);
}

TEST_F(CustomerDeleteTest, ACodeTwiceInTheQueryDeletesNobody) {
  Form form = Credentials();
  form.push_back({"type", "customer_delete"});
  form.push_back({"code", kCode});
  form.push_back({"code", "2"});
  const auto response = world_.Send("GET", "/?" + UrlEncoded(form));
  EXPECT_EQ(Between(response.body, "<error>", "</error>"), "A parameter was given more than once");
  EXPECT_TRUE(Exists(kCode));
}

TEST_F(CustomerDeleteTest, TheBodyWinsOverTheQuery) {
  NewCustomer({{"code", "2"}});
  Form form = Credentials();
  form.push_back({"type", "customer_delete"});
  form.push_back({"code", "2"});
  const auto response =
      world_.Send("POST", std::string("/?code=") + kCode,
                  {{"Content-Type", "application/x-www-form-urlencoded"}}, UrlEncoded(form));
  EXPECT_NE(response.body.find("<code>2</code>"), std::string::npos) << response.body;
  EXPECT_TRUE(Exists(kCode));
  EXPECT_FALSE(Exists("2"));
}

TEST_F(CustomerDeleteTest, OfManyAtOnceOneIsTold) {
  std::atomic<int> deleted = 0;
  std::atomic<int> unknown = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const std::string body = Delete({});
      if (body.find("\"deleted\"") != std::string::npos) ++deleted;
      if (body.find("No customer matches data provided.") != std::string::npos) ++unknown;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(deleted, 1);
  EXPECT_EQ(unknown, 7);
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
