#include "access/api_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "access/api_keys_state.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "crypto/secret_hash.h"

namespace oubli::access {
namespace {

struct NamedDialect {
  Dialect dialect;
  std::string_view name;
};
constexpr std::array<NamedDialect, 5> kDialects = {{{Dialect::kBigCommerce, "bigcommerce"},
                                                    {Dialect::kWebCommander, "webcommander"},
                                                    {Dialect::kStickyStreet, "stickystreet"},
                                                    {Dialect::kHotcakes, "hotcakes"},
                                                    {Dialect::kNative, "native"}}};

constexpr std::array<std::string_view, 6> kScopes = {"store_v2_customers",
                                                     "store_v2_customers_read_only",
                                                     "store_stored_payment_instruments",
                                                     "store_stored_payment_instruments_read_only",
                                                     "store_metafield_write",
                                                     "store_metafield_write_all"};

// What is stored of a new key, and what is handed out.
struct Draft {
  std::string name;
  std::string secret;
  std::string username;
  std::string password;       // WebCommander
  std::string client_secret;  // BigCommerce: sealed, because it signs
  std::vector<std::pair<std::string, std::string>> fields;
};

std::string RandomLowerAlphanumeric(size_t count) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string text;
  for (size_t i = 0; i < count; ++i) text += kAlphabet[crypto::RandomBelow(kAlphabet.size())];
  return text;
}

Draft MakeDraft(Dialect dialect, Role role, int64_t store_number) {
  Draft draft;
  switch (dialect) {
    case Dialect::kBigCommerce:
      draft.name = RandomLowerAlphanumeric(31);
      draft.secret = RandomLowerAlphanumeric(31);
      draft.client_secret = crypto::RandomHex(64);
      draft.fields = {{"token", draft.secret},
                      {"client_id", draft.name},
                      {"client_secret", draft.client_secret}};
      break;
    case Dialect::kWebCommander:
      draft.name = crypto::RandomHex(32);
      draft.secret = crypto::RandomHex(64);
      draft.username = (role == Role::kStaff ? "staff-" : "admin-") + crypto::RandomHex(6);
      draft.password = crypto::RandomAlphanumeric(20);
      draft.fields = {{"client_id", draft.name},
                      {"client_secret", draft.secret},
                      {"redirect_uri", std::string(kRedirectUri)},
                      {"username", draft.username},
                      {"password", draft.password}};
      break;
    case Dialect::kStickyStreet:
      draft.name = "u" + crypto::RandomDigits(8);
      draft.secret = crypto::RandomHex(32);
      draft.fields = {{"user_id", draft.name}, {"api_key", draft.secret}};
      break;
    case Dialect::kHotcakes: {
      const std::string uuid = crypto::RandomUuid();
      draft.name = fmt::format("{}-{}", store_number, uuid.substr(0, 8));
      draft.secret = fmt::format("{}-{}", store_number, uuid);
      draft.fields = {{"key", draft.secret}};
      break;
    }
    case Dialect::kNative:
      draft.name = "oubli_" + RandomLowerAlphanumeric(8);
      draft.secret = draft.name + "_" + crypto::RandomAlphanumeric(43);
      draft.fields = {{"key", draft.secret}};
      break;
  }
  return draft;
}

// The scopes that the key gets. Errors: kInvalid.
Result<std::vector<std::string>> CheckScopesAndRole(const NewKey& key) {
  if (key.role != Role::kAdmin && key.dialect != Dialect::kWebCommander) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} keys have no role; webcommander's do", DialectName(key.dialect)),
                "role");
  }
  if (key.dialect != Dialect::kBigCommerce) {
    if (key.scopes.empty()) return std::vector<std::string>();
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} keys have no scopes; bigcommerce's do", DialectName(key.dialect)),
                "scope");
  }
  std::vector<std::string> scopes;
  for (const std::string& scope : key.scopes) {
    if (std::find(kScopes.begin(), kScopes.end(), scope) == kScopes.end()) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("unknown scope {}; known: {}", scope, fmt::join(kScopes, ", ")),
                  "scope");
    }
    if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) scopes.push_back(scope);
  }
  if (scopes.empty()) scopes.emplace_back(kScopes[0]);
  return scopes;
}

std::vector<std::string> SplitScopes(std::string_view stored) {
  std::vector<std::string> scopes;
  if (stored.empty()) return scopes;
  for (const std::string_view scope : Split(stored, ' ')) scopes.emplace_back(scope);
  return scopes;
}

Result<int64_t> FindStore(storage::Connection& connection, std::string_view handle) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare("SELECT number FROM store WHERE handle = $1"));
  select->BindText(1, handle);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return Fail(ErrorKind::kNotFound, "there is no such store", "store");
  return select->Int(0);
}

Result<bool> IsNameTaken(storage::Connection& connection, Dialect dialect, std::string_view name) {
  OUBLI_TRY_ASSIGN(auto select,
                   connection.Prepare("SELECT id FROM api_key WHERE dialect = $1 AND name = $2"));
  select->Bind(1, static_cast<int64_t>(dialect)).BindText(2, name);
  return select->Step();
}

// Says where a sealed client_secret belongs.
std::string SecretPlace(int64_t key_id) { return fmt::format("api_key {} client_secret", key_id); }

Status InsertKey(storage::Connection& connection, const crypto::Key& sealing_key,
                 const KeyInfo& info, int64_t store_number, const Draft& draft) {
  const std::string scopes = fmt::format("{}", fmt::join(info.scopes, " "));
  const std::string secret_hash = crypto::HashSecret(draft.secret);
  const std::string password_hash = crypto::HashSecret(draft.password);
  OUBLI_TRY_ASSIGN(
      auto insert,
      connection.Prepare("INSERT INTO api_key (id, store_number, dialect, name, scopes, role, "
                         "secret_hash, username, created_at, password_hash, sealed_secret) "
                         "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"));
  insert->Bind(1, info.id).Bind(2, store_number).Bind(3, static_cast<int64_t>(info.dialect));
  insert->BindText(4, info.name).BindText(5, scopes).Bind(6, static_cast<int64_t>(info.role));
  insert->BindBlob(7, secret_hash).BindText(8, draft.username).Bind(9, info.created_at);
  insert->BindNull(10).BindNull(11);
  if (!draft.password.empty()) insert->BindBlob(10, password_hash);
  std::string sealed;
  if (!draft.client_secret.empty()) {
    sealed = crypto::Seal(sealing_key, draft.client_secret, SecretPlace(info.id));
    insert->BindBlob(11, sealed);
  }
  OUBLI_TRY(insert->Step());
  return {};
}

Principal ReadPrincipal(const storage::Statement& row) {
  Principal principal;
  principal.key_id = row.Int(1);
  principal.store_number = row.Int(2);
  principal.handle = row.Text(3);
  principal.dialect = static_cast<Dialect>(row.Int(4));
  principal.scopes = SplitScopes(row.Text(5));
  principal.role = static_cast<Role>(row.Int(6));
  if (principal.dialect == Dialect::kBigCommerce) principal.client_id = row.Text(7);
  if (principal.dialect == Dialect::kStickyStreet) principal.user_id = row.Text(7);
  if (principal.dialect == Dialect::kWebCommander) {
    principal.client_id = row.Text(7);
    principal.user_id = row.Text(8);
  }
  return principal;
}

constexpr const char* kByKey = "SELECT k.secret_hash, " OUBLI_PRINCIPAL_COLUMNS
                               ", NULL FROM api_key k JOIN store s ON s.number = k.store_number "
                               "WHERE k.dialect = $1 AND k.secret_hash = $2";
constexpr const char* kByKeyAlsoWithoutStore =
    "SELECT k.secret_hash, " OUBLI_PRINCIPAL_COLUMNS
    ", NULL FROM api_key k LEFT JOIN store s ON s.number = k.store_number "
    "WHERE k.dialect = $1 AND k.secret_hash = $2";

}  // namespace

std::string_view DialectName(Dialect dialect) {
  for (const NamedDialect& named : kDialects) {
    if (named.dialect == dialect) return named.name;
  }
  return "";
}

std::optional<Dialect> ParseDialect(std::string_view name) {
  for (const NamedDialect& named : kDialects) {
    if (named.name == name) return named.dialect;
  }
  return std::nullopt;
}

std::vector<std::string_view> DialectNames() {
  std::vector<std::string_view> names;
  for (const NamedDialect& named : kDialects) names.push_back(named.name);
  return names;
}

std::vector<std::string_view> KnownScopes() { return {kScopes.begin(), kScopes.end()}; }

bool Principal::HasScope(std::string_view scope) const {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

ApiKeys::ApiKeys(ServerFile& file, const Clock& clock)
    : state_(std::make_shared<State>(file, clock)) {}

Result<KeyCredentials> ApiKeys::Create(const NewKey& key) {
  KeyInfo info;
  info.dialect = key.dialect;
  info.role = key.role;
  info.created_at = state_->clock.NowMs();
  OUBLI_TRY_ASSIGN(info.scopes, CheckScopesAndRole(key));
  Draft draft;
  OUBLI_TRY(state_->file.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(const int64_t store_number, FindStore(connection, key.store));
    OUBLI_TRY_ASSIGN(info.id, TakeNumber(connection, "api_key"));
    for (;;) {
      draft = MakeDraft(key.dialect, key.role, store_number);
      OUBLI_TRY_ASSIGN(const bool taken, IsNameTaken(connection, key.dialect, draft.name));
      if (!taken) break;
    }
    info.name = draft.name;
    return InsertKey(connection, state_->file.sealing_key(), info, store_number, draft);
  }));
  state_->cache.Drop();
  return KeyCredentials{info.id, std::move(draft.fields)};
}

Result<std::vector<KeyInfo>> ApiKeys::List(std::string_view store) {
  std::vector<KeyInfo> list;
  OUBLI_TRY(state_->file.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(const int64_t store_number, FindStore(connection, store));
    OUBLI_TRY_ASSIGN(auto select,
                     connection.Prepare("SELECT id, dialect, scopes, role, name, created_at FROM "
                                        "api_key WHERE store_number = $1 ORDER BY id"));
    select->Bind(1, store_number);
    for (;;) {
      OUBLI_TRY_ASSIGN(const bool found, select->Step());
      if (!found) return {};
      KeyInfo info;
      info.id = select->Int(0);
      info.dialect = static_cast<Dialect>(select->Int(1));
      info.scopes = SplitScopes(select->Text(2));
      info.role = static_cast<Role>(select->Int(3));
      info.name = select->Text(4);
      info.created_at = select->Int(5);
      list.push_back(std::move(info));
    }
  }));
  return list;
}

namespace {

// Hooks die with the account that made them.
Status DeleteHooksOf(storage::Connection& connection, int64_t key_id) {
  for (const char* sql :
       {"DELETE FROM webhook WHERE key_id = $1", "DELETE FROM webhook_contact WHERE key_id = $1"}) {
    OUBLI_TRY_ASSIGN(auto erase, connection.Prepare(sql));
    erase->Bind(1, key_id);
    OUBLI_TRY(erase->Step());
  }
  return {};
}

}  // namespace

void ApiKeys::OnRevoke(std::function<void()> told) { state_->on_revoke = std::move(told); }

Status ApiKeys::Revoke(std::string_view store, int64_t id) {
  const Status done = state_->file.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(const int64_t store_number, FindStore(connection, store));
    OUBLI_TRY_ASSIGN(auto remove,
                     connection.Prepare("DELETE FROM api_key WHERE id = $1 AND store_number = $2"));
    remove->Bind(1, id).Bind(2, store_number);
    OUBLI_TRY(remove->Step());
    if (remove->Changes() == 0)
      return Fail(ErrorKind::kNotFound, "this store has no such key", "id");
    OUBLI_TRY_ASSIGN(auto tokens, connection.Prepare("DELETE FROM access_token WHERE key_id = $1"));
    tokens->Bind(1, id);
    OUBLI_TRY(tokens->Step());
    return DeleteHooksOf(connection, id);
  });
  // Also after an error: a commit that failed may have been written all the same.
  state_->cache.Drop();
  if (state_->on_revoke) state_->on_revoke();
  return done;
}

Result<std::string> ApiKeys::ClientSecret(int64_t key_id) {
  std::string sealed;
  OUBLI_TRY(state_->file.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto select,
                     connection.Prepare("SELECT sealed_secret FROM api_key WHERE id = $1"));
    select->Bind(1, key_id);
    OUBLI_TRY_ASSIGN(const bool found, select->Step());
    if (!found || select->IsNull(0)) {
      return Fail(ErrorKind::kNotFound, "there is no such key with a secret that signs");
    }
    sealed = select->Blob(0);
    return {};
  }));
  return crypto::Open(state_->file.sealing_key(), sealed, SecretPlace(key_id));
}

std::shared_ptr<const KnownPrincipal> ApiKeys::State::Find(Dialect dialect, std::string_view secret,
                                                           const char* sql) {
  // Keys of two dialects never meet, not even in the cache.
  std::string cache_key = crypto::HashSecret(secret);
  cache_key += static_cast<char>(dialect);
  if (auto known = cache.Find(cache_key)) return known;

  const std::string_view hash(cache_key.data(), cache_key.size() - 1);
  const uint64_t generation = cache.generation();
  std::shared_ptr<KnownPrincipal> known;
  const Status done = file.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto select, connection.Prepare(sql));
    select->Bind(1, static_cast<int64_t>(dialect)).BindBlob(2, hash);
    OUBLI_TRY_ASSIGN(const bool found, select->Step());
    if (!found || !crypto::ConstantTimeEqual(select->Blob(0), hash)) return {};
    known = std::make_shared<KnownPrincipal>();
    known->principal = ReadPrincipal(*select);
    if (!select->IsNull(9)) known->expires_at = select->Int(9);
    return {};
  });
  if (!done) {
    Log(LogLevel::kError, "API keys cannot be read", {{"error", ErrorKindName(done.error().kind)}});
    return nullptr;
  }
  if (known) cache.Put(generation, cache_key, known);
  return known;
}

std::optional<Principal> ApiKeys::ByBigCommerceToken(std::string_view token) {
  const auto known = state_->Find(Dialect::kBigCommerce, token, kByKey);
  if (!known) return std::nullopt;
  return known->principal;
}

std::optional<Principal> ApiKeys::ByStickyStreet(std::string_view user_id,
                                                 std::string_view api_key) {
  const auto known = state_->Find(Dialect::kStickyStreet, api_key, kByKey);
  if (!known || !crypto::ConstantTimeEqual(known->principal.user_id, user_id)) return std::nullopt;
  return known->principal;
}

bool ApiKeys::HasKey(int64_t store_number, Dialect dialect) const {
  // Shorter than what Find() keeps, whose keys begin with a whole hash.
  const std::string cache_key =
      fmt::format("any {} {}", store_number, static_cast<int64_t>(dialect));
  if (state_->cache.Find(cache_key)) return true;
  const uint64_t generation = state_->cache.generation();
  bool has = false;
  const Status done = state_->file.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto select,
                     connection.Prepare("SELECT 1 FROM api_key WHERE store_number = $1 "
                                        "AND dialect = $2 LIMIT 1"));
    select->Bind(1, store_number).Bind(2, static_cast<int64_t>(dialect));
    OUBLI_TRY_ASSIGN(has, select->Step());
    return {};
  });
  if (!done) {
    Log(LogLevel::kError, "API keys cannot be read", {{"error", ErrorKindName(done.error().kind)}});
    return false;
  }
  if (has) state_->cache.Put(generation, cache_key, std::make_shared<KnownPrincipal>());
  return has;
}

std::optional<Principal> ApiKeys::ByNativeKey(std::string_view key) {
  const auto known = state_->Find(Dialect::kNative, key, kByKey);
  if (!known) return std::nullopt;
  return known->principal;
}

std::optional<Principal> ApiKeys::ByHotcakesKey(std::string_view key) {
  const auto known = state_->Find(Dialect::kHotcakes, key, kByKeyAlsoWithoutStore);
  if (!known) return std::nullopt;
  return known->principal;
}

}  // namespace oubli::access
