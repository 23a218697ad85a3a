// What api_keys.cc and access_tokens.cc share. Not for other modules.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "access/api_keys.h"
#include "access/principal_cache.h"

namespace oubli::access {

struct ApiKeys::State {
  ServerFile& file;
  const Clock& clock;
  PrincipalCache cache;
  std::function<void()> on_revoke = {};

  explicit State(ServerFile& server_file, const Clock& c) : file(server_file), clock(c) {}

  // `sql` selects the hash of the secret, OUBLI_PRINCIPAL_COLUMNS, and the time of expiry (NULL:
  // never), of the one row with dialect $1 and secret hash $2. Null when there is none or the
  // server file cannot be read. Whether it has expired is the caller's to ask: the answer may come
  // from the cache.
  std::shared_ptr<const KnownPrincipal> Find(Dialect dialect, std::string_view secret,
                                             const char* sql);
};

// Of api_key k and store s.
#define OUBLI_PRINCIPAL_COLUMNS \
  "k.id, k.store_number, s.handle, k.dialect, k.scopes, k.role, k.name, k.username"

// WebCommander's clients send it with their token calls. Nothing is redirected: they only have to
// send it as they got it.
inline constexpr std::string_view kRedirectUri = "https://localhost/oubli";

}  // namespace oubli::access
