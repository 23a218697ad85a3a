// WebCommander's OAuth tokens. Contract: webcommander, section 1.1.
#include "access/api_keys.h"
#include "access/api_keys_state.h"
#include "crypto/random.h"
#include "crypto/secret_hash.h"

namespace oubli::access {
namespace {

enum class TokenKind : int64_t { kAccess = 1, kRefresh = 2 };

constexpr int64_t kAccessLifeMs = 3600 * int64_t{1000};
constexpr int64_t kRefreshLifeMs = 30 * 24 * kAccessLifeMs;
constexpr size_t kTokenDigits = 40;

tl::unexpected<Error> Refuse() {
  return Fail(ErrorKind::kForbidden, "the credentials are not right");
}

// Uses the refresh token up. False when it is not one of this key, or has expired.
Result<bool> TakeRefreshToken(storage::Connection& connection, int64_t key_id,
                              std::string_view refresh_token, UnixMs now) {
  const std::string hash = crypto::HashSecret(refresh_token);
  OUBLI_TRY_ASSIGN(
      auto remove,
      connection.Prepare("DELETE FROM access_token WHERE secret_hash = $1 AND key_id = $2 AND "
                         "kind = $3 AND expires_at > $4"));
  remove->BindBlob(1, hash).Bind(2, key_id).Bind(3, static_cast<int64_t>(TokenKind::kRefresh));
  remove->Bind(4, now);
  OUBLI_TRY(remove->Step());
  return remove->Changes() == 1;
}

// The key that the request's credentials are of.
Result<int64_t> CheckRequest(storage::Connection& connection, const ApiKeys::TokenRequest& request,
                             UnixMs now) {
  const std::string secret_hash = crypto::HashSecret(request.client_secret);
  const std::string password_hash = crypto::HashSecret(request.password);
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare(
                                    "SELECT id, secret_hash, username, password_hash FROM api_key "
                                    "WHERE dialect = $1 AND name = $2"));
  select->Bind(1, static_cast<int64_t>(Dialect::kWebCommander)).BindText(2, request.client_id);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return Refuse();
  const int64_t key_id = select->Int(0);
  const bool client = crypto::ConstantTimeEqual(select->Blob(1), secret_hash);
  const bool user = crypto::ConstantTimeEqual(select->Text(2), request.username);
  const bool password = crypto::ConstantTimeEqual(select->Blob(3), password_hash);
  if (!client || request.redirect_uri != kRedirectUri) return Refuse();
  if (request.refresh_token.empty()) {
    if (!user || !password) return Refuse();
    return key_id;
  }
  OUBLI_TRY_ASSIGN(const bool taken,
                   TakeRefreshToken(connection, key_id, request.refresh_token, now));
  if (!taken) return Refuse();
  return key_id;
}

Status RemoveExpired(storage::Connection& connection, UnixMs now) {
  OUBLI_TRY_ASSIGN(auto remove,
                   connection.Prepare("DELETE FROM access_token WHERE expires_at <= $1"));
  remove->Bind(1, now);
  OUBLI_TRY(remove->Step());
  return {};
}

// Makes room for one more. True when live tokens went.
Result<bool> RemoveOldest(storage::Connection& connection, int64_t key_id, TokenKind kind) {
  OUBLI_TRY_ASSIGN(
      auto select,
      connection.Prepare("SELECT expires_at FROM access_token WHERE key_id = $1 AND kind = $2 "
                         "ORDER BY expires_at DESC LIMIT 1 OFFSET $3"));
  select->Bind(1, key_id).Bind(2, static_cast<int64_t>(kind)).Bind(3, ApiKeys::kMaxTokens - 1);
  OUBLI_TRY_ASSIGN(const bool full, select->Step());
  if (!full) return false;
  OUBLI_TRY_ASSIGN(
      auto remove,
      connection.Prepare(
          "DELETE FROM access_token WHERE key_id = $1 AND kind = $2 AND expires_at <= $3"));
  remove->Bind(1, key_id).Bind(2, static_cast<int64_t>(kind)).Bind(3, select->Int(0));
  OUBLI_TRY(remove->Step());
  return true;
}

Status InsertToken(storage::Connection& connection, int64_t key_id, TokenKind kind,
                   std::string_view token, UnixMs expires_at) {
  const std::string hash = crypto::HashSecret(token);
  OUBLI_TRY_ASSIGN(auto insert,
                   connection.Prepare("INSERT INTO access_token (secret_hash, key_id, kind, "
                                      "expires_at) VALUES ($1, $2, $3, $4)"));
  insert->BindBlob(1, hash).Bind(2, key_id).Bind(3, static_cast<int64_t>(kind)).Bind(4, expires_at);
  OUBLI_TRY(insert->Step());
  return {};
}

constexpr const char* kByAccessToken =
    "SELECT t.secret_hash, " OUBLI_PRINCIPAL_COLUMNS
    ", t.expires_at FROM access_token t JOIN api_key k ON k.id = t.key_id "
    "JOIN store s ON s.number = k.store_number "
    "WHERE k.dialect = $1 AND t.secret_hash = $2 AND t.kind = 1";

}  // namespace

Result<ApiKeys::Tokens> ApiKeys::IssueTokens(const TokenRequest& request) {
  const UnixMs now = state_->clock.NowMs();
  const Tokens tokens{crypto::RandomHex(kTokenDigits), crypto::RandomHex(kTokenDigits),
                      kAccessLifeMs / 1000};
  bool live_ones_went = false;
  const Status done = state_->file.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(const int64_t key_id, CheckRequest(connection, request, now));
    OUBLI_TRY(RemoveExpired(connection, now));
    for (const TokenKind kind : {TokenKind::kAccess, TokenKind::kRefresh}) {
      OUBLI_TRY_ASSIGN(const bool went, RemoveOldest(connection, key_id, kind));
      live_ones_went = live_ones_went || went;
    }
    OUBLI_TRY(InsertToken(connection, key_id, TokenKind::kAccess, tokens.access_token,
                          now + kAccessLifeMs));
    return InsertToken(connection, key_id, TokenKind::kRefresh, tokens.refresh_token,
                       now + kRefreshLifeMs);
  });
  OUBLI_TRY(done);
  if (live_ones_went) state_->cache.Drop();
  return tokens;
}

std::optional<Principal> ApiKeys::ByWebCommanderToken(std::string_view access_token) {
  const auto known = state_->Find(Dialect::kWebCommander, access_token, kByAccessToken);
  if (!known || state_->clock.NowMs() >= known->expires_at) return std::nullopt;
  return known->principal;
}

}  // namespace oubli::access
