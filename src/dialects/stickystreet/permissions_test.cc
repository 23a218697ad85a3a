// Users of an account: made, changed, deleted, and what they see. Every call with every sort of
// credentials is in access_table_test.cc.
#include "dialects/stickystreet/permissions.h"

#include "customers/settings.h"
#include "dialects/stickystreet/stickystreet_fixture.h"

namespace oubli::dialects::stickystreet {
namespace {

using testing::HeaderOf;

class PermissionsTest : public StickyStreetTest {
 protected:
  // Makes a user; returns the key.
  std::string NewUser(const std::string& user_id, const std::string& permissions) {
    const std::string body =
        Json({{"type", "user_new"}, {"affected_user_id", user_id}, {"permissions", permissions}});
    const std::string key = Between(body, "\"user_api_key\":\"", "\"");
    EXPECT_EQ(key.size(), 32U) << body;
    return key;
  }
  std::string ErrorAs(const std::string& user_id, const std::string& key, Form form,
                      const std::string& account = "abc") {
    form.push_back({"user_id", user_id});
    form.push_back({"user_password", key});
    form.push_back({"account_id", account});
    return Between(Send(form).body, "<error>", "</error>");
  }
};

constexpr std::string_view kOwners = "Only account owners can access this information";

TEST_F(PermissionsTest, UsersAreMadeListedChangedAndDeleted) {
  EXPECT_EQ(ErrorOf({{"type", "users_list"}}), "No other users are found.");
  const std::string key = NewUser("till-1", "view,transactions");
  EXPECT_EQ(Json({{"type", "users_list"}}),
            R"({"status":"success","users":[{"user_id":"till-1",)"
            R"("permissions":"view,transactions","campaigns":[]}]})");
  EXPECT_EQ(ErrorOf({{"type", "user_new"}, {"affected_user_id", "till-1"}}),
            "The username is already in use.");
  EXPECT_EQ(ErrorOf({{"type", "user_new"}, {"affected_user_id", key_.at("user_id")}}),
            "The username is already in use.");
  for (const std::string& id :
       {std::string(), std::string("a b"), std::string("<x>"), std::string(64, 'a'),
        std::string("\xC3\xA4"), std::string("amy@example.com")}) {
    EXPECT_EQ(ErrorOf({{"type", "user_new"}, {"affected_user_id", id}}),
              "Non-allowed option submitted.")
        << id;
  }
  EXPECT_EQ(ErrorOf({{"type", "user_new"}, {"affected_user_id", "x"}, {"permissions", "owner"}}),
            "Non-allowed option submitted.");
  EXPECT_EQ(ErrorAs("till-1", key, {{"type", "campaigns_list"}}), "");
  EXPECT_EQ(ErrorAs("till-2", key, {{"type", "campaigns_list"}}), kRefused);

  const std::string changed = Json({{"type", "user_update"},
                                    {"affected_user_id", "till-1"},
                                    {"permissions", ""},
                                    {"new_api_key", "Yes"}});
  const std::string fresh = Between(changed, "\"user_api_key\":\"", "\"");
  EXPECT_EQ(ErrorAs("till-1", key, {{"type", "user_info"}}), kRefused) << "the earlier key";
  EXPECT_EQ(ErrorAs("till-1", fresh, {{"type", "user_info"}}), "");
  EXPECT_EQ(ErrorAs("till-1", fresh, {{"type", "campaigns_list"}}), kRefused);
  EXPECT_EQ(ErrorAs("till-1", fresh, {{"type", "user_info"}, {"affected_user_id", "other"}}),
            kOwners);
  EXPECT_EQ(Json({{"type", "user_info"}, {"affected_user_id", "till-1"}}),
            R"({"status":"success","user":{"user_id":"till-1","permissions":"","campaigns":[]}})");
  EXPECT_EQ(Json({{"type", "user_info"}}),
            Replace(R"({"status":"success","user":{"user_id":"USER","permissions":"owner",)"
                    R"("campaigns":[]}})",
                    "USER", key_.at("user_id")));

  EXPECT_EQ(Call({{"type", "user_delete"}, {"affected_user_id", "till-1"}}),
            "<response status=\"success\">\n  <user status=\"deleted\">\n"
            "    <user_id>till-1</user_id>\n  </user>\n</response>");
  EXPECT_EQ(ErrorAs("till-1", fresh, {{"type", "user_info"}}), kRefused);
  for (const char* id : {"", "*", "till-1"}) {
    EXPECT_EQ(ErrorOf({{"type", "user_delete"}, {"affected_user_id", id}}),
              "No user matches data provided.");
  }
}

TEST_F(PermissionsTest, AUsersKeyIsStoredAsAHash) {
  const std::string key = NewUser("till-1", "view");
  auto reader = world_.OpenStore("abc")->Read();
  auto select = (*reader)->connection().Prepare("SELECT key_hash FROM account_user").value();
  ASSERT_TRUE(select->Step().value());
  EXPECT_EQ(select->Blob(0).size(), 32U);
  EXPECT_EQ(select->Blob(0).find(key.substr(0, 8)), std::string_view::npos);
}

TEST_F(PermissionsTest, NothingPersonalOfAUserIsKept) {
  const std::string body = Json({{"type", "user_new"},
                                 {"affected_user_id", "till-1"},
                                 {"name", "Amy Acker"},
                                 {"email", "amy@example.com"}});
  EXPECT_EQ(body.find("Amy"), std::string::npos);
  EXPECT_EQ(ErrorOf({{"type", "user_update"},
                     {"affected_user_id", "till-1"},
                     {"permissions", "view"},
                     {"email", "amy@example.com"}}),
            "");
  auto reader = world_.OpenStore("abc")->Read();
  auto columns =
      (*reader)
          ->connection()
          .Prepare("SELECT group_concat(name, ' ') FROM pragma_table_info('account_user')")
          .value();
  ASSERT_TRUE(columns->Step().value());
  EXPECT_EQ(columns->Text(0), "id user_id permissions key_hash created_at");
}

TEST_F(PermissionsTest, LoginTellsTheKeyToWhoHasIt) {
  const std::string key = NewUser("till-1", "");
  EXPECT_EQ(Json({{"type", "user_login"}}),
            Replace(Replace(R"({"status":"success","account":{"user_id":"USER",)"
                            R"("user_api_key":"KEY"}})",
                            "USER", key_.at("user_id")),
                    "KEY", key_.at("api_key")));
  const Form login = {
      {"type", "user_login"}, {"user_id", "till-1"}, {"user_password", key}, {"account_id", "abc"}};
  EXPECT_EQ(Send(login).body,
            "<response status=\"success\">\n  <account>\n    <user_id>till-1</user_id>\n"
            "    <user_api_key>" +
                key + "</user_api_key>\n  </account>\n</response>");
  // The header counts, here too.
  Form other = login;
  other[2].second = "wrong";
  EXPECT_NE(Send(other, {{"api_access_key", key}}).body.find(key), std::string::npos);
  EXPECT_EQ(ErrorAs("till-1", key_.at("api_key"), {{"type", "user_login"}}), kRefused);
  EXPECT_EQ(ErrorAs(key_.at("user_id"), key, {{"type", "user_login"}}), kRefused);
}

TEST_F(PermissionsTest, AUserSeesOnlyTheCampaignsThatAreTheirs) {
  const std::string seen = NewCampaign("points");
  const std::string hidden = NewCampaign("points");
  const std::string key = NewUser("till-1", "view,transactions,campaigns,customers");
  NewCustomer({{"code", "a"}, {"campaign_id", seen + "," + hidden}, {"auto_add", "7"}});
  const auto error = [&](Form form) { return ErrorAs("till-1", key, std::move(form)); };
  const auto body = [&](Form form) {
    form.push_back({"user_id", "till-1"});
    form.push_back({"user_password", key});
    form.push_back({"account_id", "abc"});
    return Send(form).body;
  };
  EXPECT_EQ(error({{"type", "record_activity"}, {"campaign_id", seen}, {"code", "a"}}), kRefused);
  EXPECT_EQ(ErrorOf({{"type", "campaign_users"},
                     {"action", "add"},
                     {"affected_user_id", "till-1"},
                     {"campaign_id", seen}}),
            "");
  EXPECT_EQ(error({{"type", "record_activity"}, {"campaign_id", seen}, {"code", "a"}}), "");
  EXPECT_EQ(error({{"type", "record_activity"}, {"campaign_id", hidden}, {"code", "a"}}), kRefused);
  EXPECT_EQ(error({{"type", "campaign_delete"}, {"action", "campaign"}, {"campaign_id", hidden}}),
            kRefused);
  EXPECT_EQ(error({{"type", "record_customer"},
                   {"customer_action", "new"},
                   {"campaign_id", seen + ", " + hidden}}),
            kRefused);
  EXPECT_EQ(
      error({{"type", "reports"}, {"report", "customers_all"}, {"selected_campaigns", hidden}}),
      kRefused);
  EXPECT_EQ(error({{"type", "campaign_new"},
                   {"action", "campaign"},
                   {"campaign_name", "n"},
                   {"campaign_type", "points"}}),
            kRefused);
  for (const Form& form :
       {Form{{"type", "campaigns_list"}}, Form{{"type", "customer_info"}, {"code", "a"}},
        Form{{"type", "customer_search"}, {"include_balances", "Y"}},
        Form{{"type", "reports"}, {"report", "transactions_all"}}}) {
    const std::string answer = body(form);
    EXPECT_NE(answer.find(seen), std::string::npos) << answer;
    EXPECT_EQ(answer.find(hidden), std::string::npos) << answer;
  }
  EXPECT_EQ(ErrorOf({{"type", "campaign_users"},
                     {"action", "remove"},
                     {"affected_user_id", "till-1"},
                     {"campaign_id", seen}}),
            "");
  EXPECT_EQ(error({{"type", "record_activity"}, {"campaign_id", seen}, {"code", "a"}}), kRefused);
}

TEST_F(PermissionsTest, ReportsCountOnlyTheCampaignsThatAUserSees) {
  const std::string seen = NewCampaign("points");
  const std::string hidden = NewCampaign("points");
  const std::string key = NewUser("till-1", "view");
  const std::string nobodys = NewUser("till-2", "view");
  EXPECT_EQ(ErrorOf({{"type", "campaign_users"},
                     {"action", "add"},
                     {"affected_user_id", "till-1"},
                     {"campaign_id", seen}}),
            "");
  const auto record = [&](const std::string& campaign, const char* code) {
    EXPECT_EQ(ErrorOf({{"type", "record_activity"}, {"campaign_id", campaign}, {"code", code}}),
              "");
  };
  for (const char* code : {"a", "b", "c"}) NewCustomer({{"code", code}});
  record(seen, "a");
  record(hidden, "a");
  record(hidden, "b");
  record(hidden, "b");
  const auto codes = [&](const std::string& user_id, const std::string& user_key, Form form) {
    form.push_back({"type", "reports"});
    form.push_back({"user_id", user_id});
    form.push_back({"user_password", user_key});
    form.push_back({"account_id", "abc"});
    const std::string body = Send(form).body;
    EXPECT_TRUE(body.starts_with("<response status=\"success\">")) << body;
    std::string found;
    for (size_t at = body.find("<code>"); at != std::string::npos;
         at = body.find("<code>", at + 1)) {
      found += Between(std::string_view(body).substr(at), "<code>", "</code>") + ";";
    }
    return found;
  };
  struct Row {
    Form form;
    std::string_view owners;
    std::string_view users;
    std::string_view nobodys;  // of a user without any campaign
  };
  const Row rows[] = {
      {{{"report", "customers_frequent"}}, "a;b;", "a;", ""},
      {{{"report", "customers_frequent"}, {"frequency", "2"}}, "a;b;", "", ""},
      {{{"report", "customers_frequent"}, {"last", "1"}}, "b;", "a;", ""},
      {{{"report", "customers_inactive"}}, "c;", "b;c;", "a;b;c;"},
      {{{"report", "customers_inactive"}, {"last", "2"}}, "c;", "b;c;", "b;c;"},
      {{{"report", "transactions_all"}}, "a;a;b;b;", "a;", ""},
      {{{"report", "customers_all"}}, "a;b;c;", "a;b;c;", "a;b;c;"},
  };
  for (const Row& row : rows) {
    const std::string name = row.form.back().second + " of " + row.form.front().second;
    EXPECT_EQ(codes(key_.at("user_id"), key_.at("api_key"), row.form), row.owners) << name;
    EXPECT_EQ(codes("till-1", key, row.form), row.users) << name;
    EXPECT_EQ(codes("till-2", nobodys, row.form), row.nobodys) << name;
  }
  const Form selected = {{"report", "customers_frequent"}, {"selected_campaigns", seen}};
  EXPECT_EQ(codes("till-1", key, selected), "a;");
}

TEST_F(PermissionsTest, GetCanBeSwitchedOff) {
  NewCustomer({{"code", "a"}});
  Form form = Credentials();
  form.push_back({"type", "customer_delete"});
  form.push_back({"code", "a"});
  const std::string target = "/?" + UrlEncoded(form);
  ASSERT_TRUE(customers::ChangeSetting(*world_.OpenStore("abc"), "stickystreet_get", "no"));
  const auto refused = world_.Send("GET", target);
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(HeaderOf(refused, "Allow"), "POST");
  EXPECT_EQ(Between(refused.body, "<error>", "</error>"), "GET is switched off: send POST");
  EXPECT_EQ(Population(), 1);
  EXPECT_EQ(world_.Send("GET", "/").status, 200) << "whose store it is, nobody knows";
  ASSERT_TRUE(customers::ChangeSetting(*world_.OpenStore("abc"), "stickystreet_get", "yes"));
  EXPECT_EQ(world_.Send("GET", target).status, 200);
  EXPECT_EQ(Population(), 0);
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
