// API accounts: what is handed out, whom it lets in, and what is stored of it.
#include <algorithm>
#include <set>
#include <thread>

#include "access/access_fixture.h"
#include "access/api_keys.h"
#include "base/text.h"

namespace oubli::access {
namespace {

constexpr Dialect kAll[] = {Dialect::kBigCommerce, Dialect::kWebCommander, Dialect::kStickyStreet,
                            Dialect::kHotcakes, Dialect::kNative};
constexpr int64_t kSecond = 1000;
constexpr int64_t kDay = 24 * 3600 * kSecond;

class ApiKeysTest : public AccessFixture {
 protected:
  ApiKeysTest() {
    EXPECT_TRUE(stores_->Create("first"));
    EXPECT_TRUE(stores_->Create("second"));
  }
  KeyCredentials Make(Dialect dialect, const std::string& store = "first") {
    return keys_->Create({.store = store, .dialect = dialect}).value();
  }
  static std::string Field(const KeyCredentials& key, std::string_view name) {
    for (const auto& [field, value] : key.fields) {
      if (field == name) return value;
    }
    ADD_FAILURE() << name;
    return "";
  }
  static std::vector<std::string> FieldNames(const KeyCredentials& key) {
    std::vector<std::string> names;
    for (const auto& [field, value] : key.fields) names.push_back(field);
    return names;
  }
  static ApiKeys::TokenRequest LogIn(const KeyCredentials& key) {
    return {.client_id = Field(key, "client_id"),
            .client_secret = Field(key, "client_secret"),
            .redirect_uri = Field(key, "redirect_uri"),
            .username = Field(key, "username"),
            .password = Field(key, "password"),
            .refresh_token = ""};
  }
  static ApiKeys::TokenRequest Refresh(const KeyCredentials& key, const std::string& token) {
    ApiKeys::TokenRequest request = LogIn(key);
    request.username = request.password = "";
    request.refresh_token = token;
    return request;
  }
  // With the secret that the dialect's calls carry.
  std::optional<Principal> CallAs(Dialect dialect, const KeyCredentials& key) {
    switch (dialect) {
      case Dialect::kBigCommerce:
        return keys_->ByBigCommerceToken(Field(key, "token"));
      case Dialect::kWebCommander: {
        const auto tokens = keys_->IssueTokens(LogIn(key));
        if (!tokens) return std::nullopt;
        return keys_->ByWebCommanderToken(tokens->access_token);
      }
      case Dialect::kStickyStreet:
        return keys_->ByStickyStreet(Field(key, "user_id"), Field(key, "api_key"));
      case Dialect::kHotcakes:
        return keys_->ByHotcakesKey(Field(key, "key"));
      case Dialect::kNative:
        return keys_->ByNativeKey(Field(key, "key"));
    }
    return std::nullopt;
  }
  ErrorKind IssueError(const ApiKeys::TokenRequest& request) {
    const auto tokens = keys_->IssueTokens(request);
    if (tokens) ADD_FAILURE() << "tokens were issued";
    return tokens ? ErrorKind::kInvalid : tokens.error().kind;
  }
};

bool Consists(std::string_view text, size_t size, std::string_view alphabet) {
  return text.size() == size && text.find_first_not_of(alphabet) == std::string_view::npos;
}
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz0123456789";

TEST(DialectTest, NamesGoBothWays) {
  EXPECT_EQ(DialectNames().size(), 5u);
  for (const Dialect dialect : kAll) EXPECT_EQ(ParseDialect(DialectName(dialect)), dialect);
  EXPECT_EQ(DialectName(Dialect::kStickyStreet), "stickystreet");
  EXPECT_FALSE(ParseDialect("BigCommerce"));
  EXPECT_FALSE(ParseDialect(""));
}

TEST_F(ApiKeysTest, CredentialsLookLikeTheDialects) {
  const KeyCredentials big = Make(Dialect::kBigCommerce);
  EXPECT_EQ(FieldNames(big), (std::vector<std::string>{"token", "client_id", "client_secret"}));
  EXPECT_TRUE(Consists(Field(big, "token"), 31, kLower));
  EXPECT_TRUE(Consists(Field(big, "client_id"), 31, kLower));
  EXPECT_TRUE(Consists(Field(big, "client_secret"), 64, kHex));

  const KeyCredentials web = Make(Dialect::kWebCommander);
  EXPECT_EQ(FieldNames(web), (std::vector<std::string>{"client_id", "client_secret", "redirect_uri",
                                                       "username", "password"}));
  EXPECT_TRUE(Consists(Field(web, "client_id"), 32, kHex));
  EXPECT_TRUE(Consists(Field(web, "client_secret"), 64, kHex));
  EXPECT_EQ(Field(web, "redirect_uri"), "https://localhost/oubli");
  EXPECT_TRUE(Field(web, "username").starts_with("admin-"));
  EXPECT_EQ(Field(web, "password").size(), 20u);

  const KeyCredentials sticky = Make(Dialect::kStickyStreet);
  EXPECT_EQ(FieldNames(sticky), (std::vector<std::string>{"user_id", "api_key"}));
  EXPECT_EQ(Field(sticky, "user_id")[0], 'u');
  EXPECT_TRUE(IsDigits(Field(sticky, "user_id").substr(1)));
  EXPECT_EQ(Field(sticky, "user_id").size(), 9u);
  EXPECT_TRUE(Consists(Field(sticky, "api_key"), 32, kHex));

  const KeyCredentials hot = Make(Dialect::kHotcakes, "second");
  EXPECT_EQ(FieldNames(hot), std::vector<std::string>{"key"});
  EXPECT_TRUE(Field(hot, "key").starts_with("2-"));
  EXPECT_EQ(Field(hot, "key").size(), 2u + 36u);

  const KeyCredentials own = Make(Dialect::kNative);
  EXPECT_EQ(FieldNames(own), std::vector<std::string>{"key"});
  EXPECT_TRUE(Field(own, "key").starts_with("oubli_"));
  EXPECT_EQ(Field(own, "key").size(), 6u + 8u + 1u + 43u);
}

TEST_F(ApiKeysTest, EachDialectSaysWhoCalls) {
  for (const std::string store : {"first", "second"}) {
    for (const Dialect dialect : kAll) {
      const KeyCredentials key = Make(dialect, store);
      for (int round = 0; round < 2; ++round) {  // from the file, from the cache
        const std::optional<Principal> who = CallAs(dialect, key);
        ASSERT_TRUE(who) << DialectName(dialect);
        EXPECT_EQ(who->key_id, key.id);
        EXPECT_EQ(who->store_number, store == "first" ? 1 : 2);
        EXPECT_EQ(who->handle, store);
        EXPECT_EQ(who->dialect, dialect);
        EXPECT_EQ(who->role, Role::kAdmin);
        EXPECT_EQ(who->HasScope("store_v2_customers"), dialect == Dialect::kBigCommerce);
        if (dialect == Dialect::kBigCommerce) {
          EXPECT_EQ(who->client_id, Field(key, "client_id"));
        }
        if (dialect == Dialect::kStickyStreet) {
          EXPECT_EQ(who->user_id, Field(key, "user_id"));
        }
        if (dialect == Dialect::kWebCommander) {
          EXPECT_EQ(who->client_id, Field(key, "client_id"));
          EXPECT_EQ(who->user_id, Field(key, "username"));
        }
      }
    }
  }
}

TEST_F(ApiKeysTest, CredentialsOfOneDialectOpenNoOther) {
  std::vector<std::string> secrets;
  for (const Dialect dialect : kAll) {
    const KeyCredentials key = Make(dialect);
    for (const auto& [field, value] : key.fields) secrets.push_back(value);
    if (dialect != Dialect::kWebCommander) continue;
    const ApiKeys::Tokens tokens = keys_->IssueTokens(LogIn(key)).value();
    secrets.push_back(tokens.access_token);
    secrets.push_back(tokens.refresh_token);
  }
  int let_in = 0;
  for (int round = 0; round < 2; ++round) {
    let_in = 0;
    for (const std::string& secret : secrets) {
      let_in += keys_->ByBigCommerceToken(secret) ? 1 : 0;
      let_in += keys_->ByHotcakesKey(secret) ? 1 : 0;
      let_in += keys_->ByNativeKey(secret) ? 1 : 0;
      let_in += keys_->ByWebCommanderToken(secret) ? 1 : 0;
      for (const std::string& user : secrets) let_in += keys_->ByStickyStreet(user, secret) ? 1 : 0;
    }
  }
  EXPECT_EQ(let_in, 5);
}

TEST_F(ApiKeysTest, WhatIsNotQuiteTheSecretIsNobody) {
  const std::string token = Field(Make(Dialect::kBigCommerce), "token");
  ASSERT_TRUE(keys_->ByBigCommerceToken(token));
  EXPECT_FALSE(keys_->ByBigCommerceToken(""));
  EXPECT_FALSE(keys_->ByBigCommerceToken(token + "x"));
  EXPECT_FALSE(keys_->ByBigCommerceToken(token.substr(1)));
  EXPECT_FALSE(keys_->ByBigCommerceToken(" " + token));
  EXPECT_FALSE(keys_->ByBigCommerceToken(token + '\0'));

  const KeyCredentials one = Make(Dialect::kStickyStreet);
  const KeyCredentials two = Make(Dialect::kStickyStreet);
  EXPECT_FALSE(keys_->ByStickyStreet(Field(one, "user_id"), Field(two, "api_key")));
  EXPECT_FALSE(keys_->ByStickyStreet("", Field(two, "api_key")));
  EXPECT_FALSE(keys_->ByStickyStreet(Field(one, "user_id"), ""));
  EXPECT_TRUE(keys_->ByStickyStreet(Field(two, "user_id"), Field(two, "api_key")));

  std::string key = Field(Make(Dialect::kHotcakes), "key");
  ASSERT_TRUE(keys_->ByHotcakesKey(key));
  key[0] = '2';
  EXPECT_FALSE(keys_->ByHotcakesKey(key));
}

TEST_F(ApiKeysTest, AStoreHasAKeyUntilItsLastIsRevoked) {
  const int64_t first = stores_->Find("first")->number;
  EXPECT_FALSE(keys_->HasKey(first, Dialect::kNative));
  const int64_t id = Make(Dialect::kNative).id;
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(keys_->HasKey(first, Dialect::kNative));
  EXPECT_FALSE(keys_->HasKey(first, Dialect::kStickyStreet));
  EXPECT_FALSE(keys_->HasKey(stores_->Find("second")->number, Dialect::kNative));
  ASSERT_TRUE(keys_->Revoke("first", id));
  EXPECT_FALSE(keys_->HasKey(first, Dialect::kNative));
}

TEST_F(ApiKeysTest, ScopesAreCheckedAndKept) {
  const auto with = [&](std::vector<std::string> scopes) {
    return keys_->Create({.store = "first", .scopes = std::move(scopes)});
  };
  EXPECT_EQ(KnownScopes().size(), 6u);
  const KeyCredentials key =
      with({"store_v2_customers_read_only", "store_stored_payment_instruments",
            "store_v2_customers_read_only"})
          .value();
  const Principal who = keys_->ByBigCommerceToken(Field(key, "token")).value();
  EXPECT_EQ(who.scopes, (std::vector<std::string>{"store_v2_customers_read_only",
                                                  "store_stored_payment_instruments"}));
  EXPECT_FALSE(who.HasScope("store_v2_customers"));

  const auto unknown = with({"store_v2_customers", "store_v2_orders"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::kInvalid);
  for (const std::string_view scope : KnownScopes()) {
    EXPECT_NE(unknown.error().text.find(scope), std::string::npos) << scope;
  }
  EXPECT_FALSE(with({""}));
  EXPECT_FALSE(with({"store_v2_customers store_v2_customers"}));
  EXPECT_EQ(keys_->List("first").value().size(), 1u);
}

TEST_F(ApiKeysTest, ScopesAndRolesAreOfTheirDialectAlone) {
  for (const Dialect dialect : kAll) {
    const auto scoped =
        keys_->Create({.store = "first", .dialect = dialect, .scopes = {"store_v2_customers"}});
    EXPECT_EQ(scoped.has_value(), dialect == Dialect::kBigCommerce);
    const auto staff =
        keys_->Create({.store = "first", .dialect = dialect, .scopes = {}, .role = Role::kStaff});
    EXPECT_EQ(staff.has_value(), dialect == Dialect::kWebCommander);
    if (!staff) {
      EXPECT_EQ(staff.error().kind, ErrorKind::kInvalid);
      continue;
    }
    EXPECT_TRUE(Field(*staff, "username").starts_with("staff-"));
    EXPECT_EQ(CallAs(dialect, *staff)->role, Role::kStaff);
  }
}

TEST_F(ApiKeysTest, UnknownStoresHaveNoKeys) {
  EXPECT_EQ(keys_->Create({.store = "third"}).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(keys_->List("third").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(keys_->Revoke("third", 1).error().kind, ErrorKind::kNotFound);
}

TEST_F(ApiKeysTest, ListsNamesButNoSecrets) {
  const KeyCredentials big = Make(Dialect::kBigCommerce);
  Make(Dialect::kBigCommerce, "second");
  clock_.Advance(kSecond);
  const KeyCredentials hot = Make(Dialect::kHotcakes);
  const std::vector<KeyInfo> list = keys_->List("first").value();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].id, big.id);
  EXPECT_EQ(list[0].name, Field(big, "client_id"));
  EXPECT_EQ(list[0].scopes, std::vector<std::string>{"store_v2_customers"});
  EXPECT_EQ(list[0].created_at, kStart);
  EXPECT_EQ(list[1].dialect, Dialect::kHotcakes);
  EXPECT_EQ(list[1].name, Field(hot, "key").substr(0, 10));
  EXPECT_EQ(list[1].created_at, kStart + kSecond);
}

TEST_F(ApiKeysTest, ARevokedKeyStopsAtOnceAndTheOthersGoOn) {
  for (const Dialect dialect : kAll) {
    const KeyCredentials revoked = Make(dialect);
    const KeyCredentials kept = Make(dialect);
    std::string access_token;
    if (dialect == Dialect::kWebCommander) {
      access_token = keys_->IssueTokens(LogIn(revoked)).value().access_token;
      ASSERT_TRUE(keys_->ByWebCommanderToken(access_token));
    }
    ASSERT_TRUE(CallAs(dialect, revoked));
    ASSERT_TRUE(CallAs(dialect, kept));
    ASSERT_TRUE(keys_->Revoke("first", revoked.id));
    EXPECT_FALSE(CallAs(dialect, revoked)) << DialectName(dialect);
    EXPECT_FALSE(keys_->ByWebCommanderToken(access_token));
    EXPECT_TRUE(CallAs(dialect, kept));
    EXPECT_EQ(keys_->Revoke("first", revoked.id).error().kind, ErrorKind::kNotFound);
    Restart();
    EXPECT_FALSE(CallAs(dialect, revoked));
    EXPECT_FALSE(keys_->ByWebCommanderToken(access_token));
    EXPECT_TRUE(CallAs(dialect, kept));
  }
}

TEST_F(ApiKeysTest, AKeyOfAnotherStoreCannotBeRevokedAndIdsAreNotReused) {
  const KeyCredentials key = Make(Dialect::kBigCommerce, "second");
  const Status other = keys_->Revoke("first", key.id);
  EXPECT_EQ(other.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(other.error().text, keys_->Revoke("first", 12345).error().text);
  EXPECT_TRUE(keys_->ByBigCommerceToken(Field(key, "token")));
  ASSERT_TRUE(keys_->Revoke("second", key.id));
  Restart();
  EXPECT_GT(Make(Dialect::kBigCommerce).id, key.id);
}

TEST_F(ApiKeysTest, KeysAndTokensSurviveARestart) {
  std::vector<KeyCredentials> made;
  for (const Dialect dialect : kAll) made.push_back(Make(dialect));
  const ApiKeys::Tokens tokens = keys_->IssueTokens(LogIn(made[1])).value();
  Restart();
  EXPECT_EQ(keys_->ByWebCommanderToken(tokens.access_token)->key_id, made[1].id);
  EXPECT_TRUE(keys_->IssueTokens(Refresh(made[1], tokens.refresh_token)));
  for (size_t i = 0; i < made.size(); ++i) EXPECT_EQ(CallAs(kAll[i], made[i])->key_id, made[i].id);
}

TEST_F(ApiKeysTest, TheSecretThatSignsComesBackAndNoOther) {
  const KeyCredentials big = Make(Dialect::kBigCommerce);
  const KeyCredentials web = Make(Dialect::kWebCommander);
  Restart();
  EXPECT_EQ(keys_->ClientSecret(big.id).value(), Field(big, "client_secret"));
  EXPECT_EQ(keys_->ClientSecret(web.id).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(keys_->ClientSecret(999).error().kind, ErrorKind::kNotFound);
  CloseAll();
  std::filesystem::remove(folder_ / "data" / "server.key");
  std::ofstream(folder_ / "data" / "server.key") << std::string(32, 'x');
  OpenAll();
  EXPECT_EQ(keys_->ClientSecret(big.id).error().kind, ErrorKind::kCorrupt);
}

TEST_F(ApiKeysTest, SecretsAreInNoFile) {
  std::set<std::string> secrets;
  std::set<std::string> names;
  for (const Dialect dialect : kAll) {
    const KeyCredentials key = Make(dialect);
    for (const auto& [field, value] : key.fields) {
      const bool secret = field != "client_id" && field != "user_id" && field != "username" &&
                          field != "redirect_uri";
      (secret ? secrets : names).insert(value);
    }
    ASSERT_TRUE(CallAs(dialect, key));
    if (dialect != Dialect::kWebCommander) continue;
    const ApiKeys::Tokens first = keys_->IssueTokens(LogIn(key)).value();
    const ApiKeys::Tokens next = keys_->IssueTokens(Refresh(key, first.refresh_token)).value();
    secrets.insert(
        {first.access_token, first.refresh_token, next.access_token, next.refresh_token});
    names.erase(Field(key, "redirect_uri"));
  }
  ASSERT_EQ(secrets.size(), 2u + 2u + 1u + 1u + 1u + 4u);
  ASSERT_EQ(names.size(), 4u);
  for (int round = 0; round < 2; ++round) {  // with a write-ahead log, and without
    for (const std::string& secret : secrets) EXPECT_TRUE(FilesWith(secret).empty());
    for (const std::string& name : names) EXPECT_FALSE(FilesWith(name).empty()) << name;
    CloseAll();
  }
  OpenAll();
}

TEST_F(ApiKeysTest, TokensAreIssuedForTheRightCredentialsOnly) {
  const KeyCredentials key = Make(Dialect::kWebCommander);
  const KeyCredentials other = Make(Dialect::kWebCommander);
  const ApiKeys::Tokens tokens = keys_->IssueTokens(LogIn(key)).value();
  EXPECT_TRUE(Consists(tokens.access_token, 40, kHex));
  EXPECT_TRUE(Consists(tokens.refresh_token, 40, kHex));
  EXPECT_NE(tokens.access_token, tokens.refresh_token);
  EXPECT_EQ(tokens.expires_in_s, 3600);
  EXPECT_FALSE(keys_->ByWebCommanderToken(tokens.refresh_token));

  const ApiKeys::TokenRequest right = LogIn(key);
  const ApiKeys::TokenRequest wrong = LogIn(other);
  for (std::string ApiKeys::TokenRequest::*part :
       {&ApiKeys::TokenRequest::client_id, &ApiKeys::TokenRequest::client_secret,
        &ApiKeys::TokenRequest::redirect_uri, &ApiKeys::TokenRequest::username,
        &ApiKeys::TokenRequest::password}) {
    ApiKeys::TokenRequest request = right;
    if (part != &ApiKeys::TokenRequest::redirect_uri) {
      request.*part = wrong.*part;
      EXPECT_EQ(IssueError(request), ErrorKind::kForbidden);
    }
    request.*part = "";
    EXPECT_EQ(IssueError(request), ErrorKind::kForbidden);
    request.*part = right.*part + "x";
    EXPECT_EQ(IssueError(request), ErrorKind::kForbidden);
  }
  const std::string text = keys_->IssueTokens({}).error().text;
  ApiKeys::TokenRequest bad_password = right;
  bad_password.password = "x";
  EXPECT_EQ(keys_->IssueTokens(bad_password).error().text, text);
}

TEST_F(ApiKeysTest, ARefreshTokenServesOnceForItsOwnClient) {
  const KeyCredentials key = Make(Dialect::kWebCommander);
  const KeyCredentials other = Make(Dialect::kWebCommander, "second");
  const ApiKeys::Tokens first = keys_->IssueTokens(LogIn(key)).value();
  EXPECT_EQ(IssueError(Refresh(other, first.refresh_token)), ErrorKind::kForbidden);
  EXPECT_EQ(IssueError(Refresh(key, first.access_token)), ErrorKind::kForbidden);
  EXPECT_EQ(IssueError(Refresh(key, "")), ErrorKind::kForbidden);
  ApiKeys::TokenRequest bad_secret = Refresh(key, first.refresh_token);
  bad_secret.client_secret = "x";
  EXPECT_EQ(IssueError(bad_secret), ErrorKind::kForbidden);

  // None of these has used it up.
  const ApiKeys::Tokens second = keys_->IssueTokens(Refresh(key, first.refresh_token)).value();
  EXPECT_EQ(keys_->ByWebCommanderToken(second.access_token)->handle, "first");
  EXPECT_TRUE(keys_->ByWebCommanderToken(first.access_token));
  EXPECT_EQ(IssueError(Refresh(key, first.refresh_token)), ErrorKind::kForbidden);
  EXPECT_TRUE(keys_->IssueTokens(Refresh(key, second.refresh_token)));
}

TEST_F(ApiKeysTest, TokensExpireAndLeaveTheFile) {
  const KeyCredentials key = Make(Dialect::kWebCommander);
  const auto count = [this] {
    int64_t rows = 0;
    EXPECT_TRUE(file_->Read([&](storage::Connection& connection) -> Status {
      OUBLI_TRY_ASSIGN(auto select, connection.Prepare("SELECT COUNT(*) FROM access_token"));
      OUBLI_TRY(select->Step());
      rows = select->Int(0);
      return {};
    }));
    return rows;
  };
  const ApiKeys::Tokens tokens = keys_->IssueTokens(LogIn(key)).value();
  EXPECT_EQ(count(), 2);
  clock_.Advance(3600 * kSecond - 1);
  EXPECT_TRUE(keys_->ByWebCommanderToken(tokens.access_token));
  clock_.Advance(1);
  EXPECT_FALSE(keys_->ByWebCommanderToken(tokens.access_token));
  Restart();
  EXPECT_FALSE(keys_->ByWebCommanderToken(tokens.access_token));
  ASSERT_TRUE(keys_->IssueTokens(LogIn(key)));
  EXPECT_EQ(count(), 3);  // the first access token is gone

  clock_.Advance(30 * kDay - 3600 * kSecond - 1);
  const ApiKeys::Tokens late = keys_->IssueTokens(Refresh(key, tokens.refresh_token)).value();
  clock_.Advance(30 * kDay);
  EXPECT_EQ(IssueError(Refresh(key, late.refresh_token)), ErrorKind::kForbidden);
  ASSERT_TRUE(keys_->IssueTokens(LogIn(key)));
  EXPECT_EQ(count(), 2);
}

TEST_F(ApiKeysTest, OnlySoManyTokensLiveAtOnce) {
  const KeyCredentials key = Make(Dialect::kWebCommander);
  const KeyCredentials other = Make(Dialect::kWebCommander);
  const ApiKeys::Tokens theirs = keys_->IssueTokens(LogIn(other)).value();
  const ApiKeys::Tokens oldest = keys_->IssueTokens(LogIn(key)).value();
  clock_.Advance(1);
  // What this many calls would leave, in one commit.
  ASSERT_TRUE(file_->Write([&](storage::Connection& connection) -> Status {
    for (int64_t i = 0; i < 2 * (ApiKeys::kMaxTokens - 2); ++i) {
      const std::string hash = "stands for a hash " + std::to_string(i);
      OUBLI_TRY_ASSIGN(auto insert,
                       connection.Prepare("INSERT INTO access_token (secret_hash, key_id, kind, "
                                          "expires_at) VALUES ($1, $2, $3, $4)"));
      insert->BindBlob(1, hash).Bind(2, key.id).Bind(3, 1 + i % 2);
      insert->Bind(4, kStart + 1 + (i % 2 == 0 ? 3600 * kSecond : 30 * kDay));
      OUBLI_TRY(insert->Step());
    }
    return {};
  }));
  clock_.Advance(1);
  const ApiKeys::Tokens last_but_one = keys_->IssueTokens(LogIn(key)).value();
  EXPECT_TRUE(keys_->ByWebCommanderToken(oldest.access_token));
  const ApiKeys::Tokens last = keys_->IssueTokens(LogIn(key)).value();
  EXPECT_FALSE(keys_->ByWebCommanderToken(oldest.access_token));
  EXPECT_EQ(IssueError(Refresh(key, oldest.refresh_token)), ErrorKind::kForbidden);
  EXPECT_TRUE(keys_->ByWebCommanderToken(last_but_one.access_token));
  EXPECT_TRUE(keys_->ByWebCommanderToken(last.access_token));
  EXPECT_TRUE(keys_->ByWebCommanderToken(theirs.access_token));
}

TEST_F(ApiKeysTest, NobodyGetsInAfterARevocationHoweverManyAsk) {
  for (int round = 0; round < 10; ++round) {
    const KeyCredentials key = Make(Dialect::kBigCommerce);
    const std::string token = Field(key, "token");
    std::atomic<bool> revoked{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        for (int late = 0; late < 50;) {
          const bool was_revoked = revoked;
          const bool let_in = keys_->ByBigCommerceToken(token).has_value();
          if (!was_revoked) continue;
          EXPECT_FALSE(let_in);
          ++late;
        }
      });
    }
    EXPECT_TRUE(keys_->Revoke("first", key.id));
    revoked = true;
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace oubli::access
