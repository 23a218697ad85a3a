// API accounts: who may call, through which dialect, for which store, and for what.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/server_file.h"
#include "base/clock.h"
#include "base/result.h"

namespace oubli::access {

enum class Dialect : int64_t {
  kBigCommerce = 1,
  kWebCommander = 2,
  kStickyStreet = 3,
  kHotcakes = 4,
  kNative = 5,
};
std::string_view DialectName(Dialect dialect);
std::optional<Dialect> ParseDialect(std::string_view name);
std::vector<std::string_view> DialectNames();

// BigCommerce's OAuth scopes, as on its seed page. The other dialects have none.
std::vector<std::string_view> KnownScopes();

enum class Role : int64_t { kAdmin = 1, kStaff = 2 };

// Who calls, once the credentials have been checked.
struct Principal {
  int64_t key_id = 0;
  int64_t store_number = 0;
  std::string handle;  // of the store
  Dialect dialect = Dialect::kBigCommerce;
  std::vector<std::string> scopes;
  Role role = Role::kAdmin;
  std::string client_id;  // BigCommerce, WebCommander
  std::string user_id;    // Sticky Street's user_id, WebCommander's username

  bool HasScope(std::string_view scope) const;
};

struct NewKey {
  std::string store;  // handle
  Dialect dialect = Dialect::kBigCommerce;
  std::vector<std::string> scopes = {};  // BigCommerce; none given: store_v2_customers
  Role role = Role::kAdmin;
};

// What a client needs; secrets are here and nowhere else. Names as on the command line's JSON, in
// order: BigCommerce token, client_id, client_secret; WebCommander client_id, client_secret,
// redirect_uri, username, password; Sticky Street user_id, api_key; Hotcakes key; native key.
struct KeyCredentials {
  int64_t id = 0;
  std::vector<std::pair<std::string, std::string>> fields;
};

struct KeyInfo {
  int64_t id = 0;
  Dialect dialect = Dialect::kBigCommerce;
  std::vector<std::string> scopes;
  Role role = Role::kAdmin;
  std::string
      name;  // what tells keys apart and is no secret: client_id, user_id, or the key's first part
  UnixMs created_at = 0;
};

// Safe from any thread. Secrets are stored as hashes; BigCommerce's client_secret, which signs
// webhooks, is sealed. A revoked key stops at once.
class ApiKeys {
 public:
  ApiKeys(ServerFile& file, const Clock& clock);

  // Errors: kNotFound (store), kInvalid (unknown scope: the text lists the known ones; scopes or a
  // role that the dialect does not have).
  Result<KeyCredentials> Create(const NewKey& key);
  Result<std::vector<KeyInfo>> List(std::string_view store);
  // Also ends the access tokens that were issued for it, and its hooks. Errors: kNotFound, also for
  // a key of another store.
  Status Revoke(std::string_view store, int64_t id);
  // Calls `told` after each revocation, on the thread that revokes. Before the first one.
  void OnRevoke(std::function<void()> told);
  // BigCommerce's client_secret. Errors: kNotFound, kCorrupt.
  Result<std::string> ClientSecret(int64_t key_id);

  // Nothing when the credentials are unknown, revoked or of another dialect. Comparisons are
  // constant in time; the answer is cached, no database is asked in the hot path.
  std::optional<Principal> ByBigCommerceToken(std::string_view token);
  std::optional<Principal> ByStickyStreet(std::string_view user_id, std::string_view api_key);
  // Whether the store has any key of the dialect that is not revoked. False also when the server
  // file cannot be read. Cached like the rest.
  bool HasKey(int64_t store_number, Dialect dialect) const;
  // Also of a store that does not exist any more, which that dialect tells from an unknown key; the
  // handle is "" then.
  std::optional<Principal> ByHotcakesKey(std::string_view key);
  std::optional<Principal> ByNativeKey(std::string_view key);
  std::optional<Principal> ByWebCommanderToken(std::string_view access_token);

  // WebCommander's token call.
  struct Tokens {
    std::string access_token;
    std::string refresh_token;
    int64_t expires_in_s = 3600;
  };
  struct TokenRequest {
    std::string client_id, client_secret, redirect_uri;
    std::string username, password;  // grant client_credentials
    std::string refresh_token = {};  // grant refresh_token: then username and password do not count
  };
  // Errors: kForbidden for anything that is not right, without saying what. A refresh token serves
  // once and for 30 days. A key has at most kMaxTokens live tokens of each kind: the oldest end.
  static constexpr int64_t kMaxTokens = 1000;
  Result<Tokens> IssueTokens(const TokenRequest& request);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace oubli::access
