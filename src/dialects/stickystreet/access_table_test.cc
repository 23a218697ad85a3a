// Every call with every sort of credentials. The calls are those of calls.cc, each with a form that
// would succeed: what is refused changes nothing, and is refused for the credentials alone.
#include <algorithm>

#include "dialects/stickystreet/good_calls.h"

namespace oubli::dialects::stickystreet {
namespace {

constexpr std::string_view kOtherAccount =
    "User does not have permission to access the account affected";
constexpr std::string_view kNoCredentials = "You didn't enter a username and/or password!";
constexpr std::string_view kOwnersOnly = "Only account owners can access this information";

constexpr std::string_view kPermissions[] = {
    "view", "customers", "customer_delete", "transactions", "transaction_delete", "campaigns"};

class AccessTable : public GoodCallsTest {
 protected:
  // Sends each good form as somebody who may not, and sees that nothing happens.
  void ExpectRefused(const std::string& user_id, const std::string& key, std::string_view error,
                     const std::string& account = "abc") {
    const std::string before = Everything();
    for (const GoodCall& call : GoodCalls()) {
      const http::Response response = SendAs(user_id, key, Fill(call), account);
      EXPECT_EQ(response.status, 200);
      EXPECT_EQ(ErrorIn(response), error) << call.type;
      EXPECT_EQ(response.next_piece, nullptr);
    }
    EXPECT_TRUE(Everything() == before);
  }
  static std::string AllPermissionsBut(std::string_view missing) {
    std::string permissions = "all_campaigns";
    for (const std::string_view permission : kPermissions) {
      if (permission != missing) permissions += "," + std::string(permission);
    }
    return permissions;
  }
};

TEST_F(AccessTable, HasEveryCall) {
  for (const CallEntry& call : Calls()) {
    EXPECT_NE(std::ranges::find(GoodCalls(), call.type, &GoodCall::type), GoodCalls().end())
        << call.type << " is not in good_calls.cc";
  }
  for (const GoodCall& call : GoodCalls()) {
    EXPECT_NE(std::ranges::find(Calls(), call.type, &CallEntry::type), Calls().end()) << call.type;
  }
}

TEST_F(AccessTable, TheOwner) {
  for (const GoodCall& call : GoodCalls()) {
    Renew();
    EXPECT_EQ(ErrorIn(SendAs(key_.at("user_id"), key_.at("api_key"), Fill(call))), "")
        << call.type << " " << UrlEncoded(call.form);
  }
}

TEST_F(AccessTable, NoKey) {
  ExpectRefused(key_.at("user_id"), "", kNoCredentials);
  ExpectRefused("", key_.at("api_key"), "Missing username");
}

TEST_F(AccessTable, AWrongKey) {
  std::string wrong = key_.at("api_key");
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  ExpectRefused(key_.at("user_id"), wrong, kRefused);
  ExpectRefused(key_.at("user_id"), std::string(32, '0'), kRefused);
  ExpectRefused("somebody", key_.at("api_key"), kRefused);
  // The hash of a key is no key.
  auto reader = world_.OpenStore("abc")->Read();
  auto hash = (*reader)->connection().Prepare("SELECT hex(key_hash) FROM account_user").value();
  ASSERT_TRUE(hash->Step().value());
  ExpectRefused(WordOf("user"), AsciiLower(hash->Text(0)), kRefused);
}

TEST_F(AccessTable, AnotherAccountsKey) {
  world_.CreateStore("other");
  const auto theirs = MakeKey("other");
  ExpectRefused(theirs.at("user_id"), theirs.at("api_key"), kOtherAccount);
  // In their own account the same forms reach nothing of this one.
  const std::string before = Everything();
  for (const GoodCall& call : GoodCalls()) {
    const http::Response response =
        SendAs(theirs.at("user_id"), theirs.at("api_key"), Fill(call), "other");
    EXPECT_EQ(response.body.find(kCanary), std::string::npos) << call.type << response.body;
  }
  EXPECT_TRUE(Everything() == before);
  // Nor does this account's user, with every permission, reach theirs.
  const std::string key = NewUser("here", AllPermissionsBut(""));
  const std::string there = Everything("other");
  ExpectRefused("here", key, kRefused, "other");
  ExpectRefused("here", key, kRefused, "nobody");
  EXPECT_TRUE(Everything("other") == there);
}

TEST_F(AccessTable, AUserWithoutThePermission) {
  std::map<std::string_view, std::string> keys;
  for (const GoodCall& call : GoodCalls()) {
    const std::string_view needed = call.permission;
    if (needed.empty() || keys.contains(needed)) continue;
    // Of the owner's alone: all the others together are not enough.
    keys[needed] = NewUser("no-" + std::string(needed), AllPermissionsBut(needed));
  }
  const std::string before = Everything();
  for (const GoodCall& call : GoodCalls()) {
    if (call.permission.empty()) continue;
    EXPECT_EQ(
        ErrorIn(SendAs("no-" + std::string(call.permission), keys.at(call.permission), Fill(call))),
        call.permission == "owner" ? kOwnersOnly : kRefused)
        << call.type;
  }
  EXPECT_TRUE(Everything() == before);
}

TEST_F(AccessTable, AUserWithThePermissionAlone) {
  std::map<std::string_view, std::string> keys = {{"", NewUser("with-", "")}};
  for (const std::string_view permission : kPermissions) {
    keys[permission] =
        NewUser("with-" + std::string(permission), "all_campaigns," + std::string(permission));
  }
  for (const GoodCall& call : GoodCalls()) {
    if (call.permission == "owner") continue;
    Renew();
    EXPECT_EQ(ErrorIn(SendAs("with-" + std::string(call.permission), keys.at(call.permission),
                             Fill(call))),
              "")
        << call.type << " " << UrlEncoded(call.form);
  }
}

// A call that names a campaign reaches the user's own alone.
TEST_F(AccessTable, AUserWithoutTheCampaign) {
  const std::string key = NewUser("till-1", Replace(AllPermissionsBut(""), "all_campaigns,", ""));
  const std::string before = Everything();
  for (const GoodCall& call : GoodCalls()) {
    const bool names = std::ranges::any_of(call.form, [](const auto& field) {
      return field.second.find("{points}") != std::string::npos ||
             field.second.find("{gift}") != std::string::npos ||
             field.second.find("{buyx}") != std::string::npos;
    });
    if (!names) continue;
    EXPECT_EQ(ErrorIn(SendAs("till-1", key, Fill(call))),
              call.permission == "owner" ? kOwnersOnly : kRefused)
        << call.type;
  }
  EXPECT_TRUE(Everything() == before);
}

TEST_F(AccessTable, ARevokedKey) {
  const auto key = MakeKey("abc");
  ASSERT_TRUE(world_.api_keys().Revoke("abc", std::stoll(key.at("id"))));
  ExpectRefused(key.at("user_id"), key.at("api_key"), kRefused);
}

TEST_F(AccessTable, AUserWhoseOwnerHasNoKeyAnyMore) {
  const std::string key = NewUser("till-1", AllPermissionsBut(""));
  const auto second = MakeKey("abc");
  // Keys for something else are not the owner's.
  world_.CreateStore("other");
  MakeKey("other");
  world_.CreateKey({.store = "abc",
                    .dialect = access::Dialect::kNative,
                    .scopes = {},
                    .role = access::Role::kAdmin});
  const Form list = {{"type", "campaigns_list"}};
  ASSERT_TRUE(world_.api_keys().Revoke("abc", std::stoll(key_.at("id"))));
  EXPECT_EQ(ErrorIn(SendAs("till-1", key, list)), "") << "there is another key of the owner";
  ASSERT_TRUE(world_.api_keys().Revoke("abc", std::stoll(second.at("id"))));
  ExpectRefused("till-1", key, kRefused);
  MakeKey("abc");
  EXPECT_EQ(ErrorIn(SendAs("till-1", key, list)), "");
}

TEST_F(AccessTable, AUserWhoseKeyWasReplacedOrWhoIsGone) {
  const std::string first = NewUser("till-1", AllPermissionsBut(""));
  EXPECT_EQ(
      ErrorOf({{"type", "user_update"}, {"affected_user_id", "till-1"}, {"new_api_key", "Yes"}}),
      "");
  ExpectRefused("till-1", first, kRefused);
  const std::string second = NewUser("till-2", AllPermissionsBut(""));
  EXPECT_EQ(ErrorOf({{"type", "user_delete"}, {"affected_user_id", "till-2"}}), "");
  ExpectRefused("till-2", second, kRefused);
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
