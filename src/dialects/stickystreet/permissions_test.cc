// Users and permissions, and every call with every sort of credentials: a call that is not in this
// table fails the test.
#include "dialects/stickystreet/permissions.h"

#include <algorithm>
#include <set>

#include "customers/settings.h"
#include "dialects/stickystreet/calls.h"
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

constexpr std::string_view kRefused = "User does not have permission";
constexpr std::string_view kOwners = "Only account owners can access this information";

struct Needed {
  std::string_view type;
  std::string_view permission;  // as users are given it; "" for none, "owner" for the owner alone
};
constexpr Needed kNeeded[] = {
    {"customer_delete", "customer_delete"},
    {"record_customer", "customers"},
    {"generate_card_number", "view"},
    {"customer_search", "view"},
    {"customer_find", "view"},
    {"find_customer", "view"},
    {"customer_info", "view"},
    {"customer_balance", "view"},
    {"balance", "view"},
    {"validate_customer_password", "view"},
    {"card_replace", "customers"},
    {"customers_batch", "customers"},
    {"reports", "view"},
    {"record_activity", "transactions"},
    {"redeem", "transactions"},
    {"transaction_delete", "transaction_delete"},
    {"batch_transactions", "transactions"},
    {"transaction_fields", "view"},
    {"generate_time_token", "view"},
    {"validate_time_token", "view"},
    {"campaigns_list", "view"},
    {"campaigns_inactive_list", "view"},
    {"campaign_rewards", "view"},
    {"campaign_promos", "view"},
    {"buyx_items_list", "view"},
    {"campaign_new", "campaigns"},
    {"campaign_update", "campaigns"},
    {"campaign_delete", "campaigns"},
    {"campaign_deactivate", "campaigns"},
    {"campaign_reactivate", "campaigns"},
    {"account_info", "view"},
    {"account_update", "owner"},
    {"user_info", ""},
    {"users_list", "owner"},
    {"user_new", "owner"},
    {"user_update", "owner"},
    {"user_delete", "owner"},
    {"campaign_users", "owner"},
    {"manage_fields", "owner"},
};

TEST_F(PermissionsTest, EveryCallWithEverySortOfCredentials) {
  constexpr std::string_view kAll[] = {"view",         "customers",          "customer_delete",
                                       "transactions", "transaction_delete", "campaigns"};
  world_.CreateStore("other");
  const auto theirs = MakeKey("other");
  std::map<std::string, std::string> keys;
  for (const std::string_view permission : kAll) {
    keys[std::string(permission)] = NewUser(std::string(permission), std::string(permission));
  }
  const std::string none = NewUser("none", "");
  for (const CallEntry& call : Calls()) {
    const auto* needed = std::ranges::find(kNeeded, call.type, &Needed::type);
    ASSERT_NE(needed, std::end(kNeeded)) << call.type << " is not in the table of this test";
    const Form form = {{"type", std::string(call.type)}};
    const bool owner = needed->permission == "owner";
    EXPECT_EQ(Between(Send(form).body, "<error>", "</error>"),
              "You didn't enter a username and/or password!");
    EXPECT_EQ(ErrorAs("none", std::string(32, '0'), form), kRefused) << call.type;
    EXPECT_EQ(ErrorAs(theirs.at("user_id"), theirs.at("api_key"), form),
              "User does not have permission to access the account affected");
    EXPECT_EQ(ErrorAs("none", none, form, "other"), kRefused) << call.type;
    EXPECT_EQ(ErrorAs("none", none, form, "nobody"), kRefused) << call.type;
    const std::string without = ErrorAs("none", none, form);
    EXPECT_EQ(without == (owner ? kOwners : kRefused), !needed->permission.empty())
        << call.type << without;
    for (const std::string_view permission : kAll) {
      const std::string user(permission);
      const std::string error = ErrorAs(user, keys.at(user), form);
      if (owner) {
        EXPECT_EQ(error, kOwners) << call.type << " as " << user;
      } else if (permission != needed->permission && !needed->permission.empty()) {
        EXPECT_EQ(error, kRefused) << call.type << " as " << user;
      } else if (call.type != "campaign_new") {
        EXPECT_NE(error, kRefused) << call.type << " as " << user;
      }
    }
    const std::string as_owner = ErrorOf(form);
    EXPECT_NE(as_owner, kRefused) << call.type;
    EXPECT_NE(as_owner, kOwners) << call.type;
  }
  EXPECT_EQ(Population(), 0) << "no call without parameters makes or deletes anybody";
}

TEST_F(PermissionsTest, UsersAreMadeListedChangedAndDeleted) {
  EXPECT_EQ(ErrorOf({{"type", "users_list"}}), "No other users are found.");
  const std::string key = NewUser("till-1", "view,transactions");
  EXPECT_EQ(Json({{"type", "users_list"}}),
            R"({"status":"success","users":[{"user_id":"till-1","name":"","email":"",)"
            R"("permissions":"view,transactions","campaigns":[]}]})");
  EXPECT_EQ(ErrorOf({{"type", "user_new"}, {"affected_user_id", "till-1"}}),
            "The username is already in use.");
  EXPECT_EQ(ErrorOf({{"type", "user_new"}, {"affected_user_id", key_.at("user_id")}}),
            "The username is already in use.");
  for (const std::string& id : {std::string(), std::string("a b"), std::string("<x>"),
                                std::string(64, 'a'), std::string("\xC3\xA4")}) {
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
                                    {"name", "Till"},
                                    {"permissions", ""},
                                    {"new_api_key", "Yes"}});
  const std::string fresh = Between(changed, "\"user_api_key\":\"", "\"");
  EXPECT_EQ(ErrorAs("till-1", key, {{"type", "user_info"}}), kRefused) << "the earlier key";
  EXPECT_EQ(ErrorAs("till-1", fresh, {{"type", "user_info"}}), "");
  EXPECT_EQ(ErrorAs("till-1", fresh, {{"type", "campaigns_list"}}), kRefused);
  EXPECT_EQ(ErrorAs("till-1", fresh, {{"type", "user_info"}, {"affected_user_id", "other"}}),
            kOwners);
  EXPECT_NE(Json({{"type", "user_info"}, {"affected_user_id", "till-1"}}).find(R"("name":"Till")"),
            std::string::npos);
  EXPECT_NE(Json({{"type", "user_info"}}).find(R"("permissions":"owner")"), std::string::npos);

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
