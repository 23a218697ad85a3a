// Hostile values in every parameter of every call: the answer is well-formed in its own format, and
// nobody goes for it.
#include <pugixml.hpp>

#include "base/json.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/stickystreet_fixture.h"

namespace oubli::dialects::stickystreet {
namespace {

constexpr const char* kParameters[] = {"code",
                                       "card_number",
                                       "campaign_id",
                                       "first_name",
                                       "last_name",
                                       "phone",
                                       "email",
                                       "street1",
                                       "street2",
                                       "city",
                                       "state",
                                       "postal_code",
                                       "country",
                                       "custom_date",
                                       "custom_field",
                                       "custom_field_3",
                                       "customer_username",
                                       "customer_PIN",
                                       "auto_add",
                                       "new_code",
                                       "card_number_generate",
                                       "card_number_prefix",
                                       "card_number_suffix",
                                       "how_many_digits",
                                       "exact_match",
                                       "include_balances",
                                       "find_customer",
                                       "transactions_number",
                                       "previous_code",
                                       "previous_card",
                                       "new_card_number",
                                       "profile_uid",
                                       "check_override",
                                       "keep_which",
                                       "profiles_data",
                                       "Visits_Data",
                                       "delimiter",
                                       "overwrite_duplicates",
                                       "campaigns_to_include",
                                       "apply_ratio",
                                       "date_start",
                                       "date_end",
                                       "selected_campaigns",
                                       "last",
                                       "frequency",
                                       "search_text",
                                       "offset",
                                       "limit",
                                       "length",
                                       "amount",
                                       "promo_id",
                                       "service_product",
                                       "buyx_quantity",
                                       "authorization",
                                       "custom_points_redeem",
                                       "custom_dollars_redeem",
                                       "reward_to_redeem",
                                       "transaction_id",
                                       "token_interval",
                                       "token",
                                       "searchField",
                                       "searchOper",
                                       "searchValue",
                                       "sortField",
                                       "sortOrder",
                                       "type_restrict",
                                       "campaign_type",
                                       "campaign_name",
                                       "points_ratio",
                                       "reward_level",
                                       "reward_description",
                                       "item_description",
                                       "promo_value",
                                       "promo_operand",
                                       "reward_id",
                                       "item_id",
                                       "new_campaign_name",
                                       "affected_user_id",
                                       "permissions",
                                       "biz_name",
                                       "name",
                                       "label",
                                       "choices"};

class HostileTest : public StickyStreetTest {
 protected:
  static Form Filled(const CallEntry& call, const std::string& value, const char* action) {
    Form form = {{"type", std::string(call.type)},
                 {"action", action},
                 {"report", "customers_all"},
                 {"customer_action", action}};
    for (const char* name : kParameters) form.emplace_back(name, value);
    return form;
  }
  void Check(const Form& form) {
    pugi::xml_document document;
    const std::string xml = Call(form);
    ASSERT_TRUE(document.load_buffer(xml.data(), xml.size())) << xml;
    const std::string status = document.child("response").attribute("status").value();
    EXPECT_TRUE(status == "success" || status == "error") << xml;
    EXPECT_TRUE(ParseJson(Json(form))) << Json(form);
  }
};

TEST_F(HostileTest, EveryParameterOfEveryCall) {
  NewCustomer({{"code", "kept"}, {"first_name", "<&>\"'"}});
  NewCampaign("points");
  const std::string values[] = {
      "<response status=\"success\">&amp;]]><!--",
      "\"});alert(1);//\\u0000",
      "99999999999999999999999999999999999999",
      "-9223372036854775808",
      "1e308",
      std::string("a\0b", 3),
      "\xFF\xFE\xC0\x80",
      "\xE2\x80\xA8\xE2\x80\xAE",
      "*",
      "%",
      "' OR 1=1 --",
      std::string(1000, 'x'),
  };
  for (const CallEntry& call : Calls()) {
    for (const std::string& value : values) {
      for (const char* action : {"new", "delete"}) Check(Filled(call, value, action));
    }
  }
  EXPECT_TRUE(Exists("kept"));
  auto reader = world_.OpenStore("abc")->Read();
  EXPECT_EQ(customers::ListCampaigns(**reader).value().size(), 1U);
}

TEST_F(HostileTest, MultipartBombsAreRefused) {
  const std::string type = "multipart/form-data; boundary=b";
  Form many = Credentials();
  for (int i = 0; i < 5000; ++i) many.emplace_back("p" + std::to_string(i), "v");
  Form twice = Credentials();
  twice.push_back({"type", "customer_delete"});
  twice.push_back({"code", "kept"});
  twice.push_back({"code", "other"});
  NewCustomer({{"code", "kept"}});
  NewCustomer({{"code", "other"}});
  for (const std::string& body :
       {Multipart(many, "b"), Multipart(twice, "b"), "--b\r\n" + std::string(100'000, 'h') + ": x",
        std::string(
            "--b\r\nContent-Disposition: form-data; name=\"code[]\"\r\n\r\nkept\r\n--b--\r\n")}) {
    const auto response = world_.Send("POST", "/", {{"Content-Type", type}}, body);
    EXPECT_EQ(response.status, 200);
    EXPECT_NE(response.body.find("<response status=\"error\">"), std::string::npos);
  }
  EXPECT_EQ(Population(), 2);
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
