#include "dialects/bigcommerce/authentication.h"

#include <utility>

#include "base/text.h"
#include "dialects/bigcommerce/errors.h"

namespace oubli::dialects::bigcommerce {
namespace {

constexpr std::string_view kModify = "store_v2_customers";
constexpr std::string_view kReadOnly = "store_v2_customers_read_only";

struct Token {
  bool present = false;
  std::string_view value;  // "" also when the header came twice: two readers could see two callers
};

Token TokenOf(const http::Request& request) {
  Token token;
  for (const http::Header& header : request.headers) {
    if (!EqualsIgnoreCase(header.name, "X-Auth-Token")) continue;
    token.value = token.present ? std::string_view() : Trim(header.value);
    if (token.present) return token;
    token.present = true;
  }
  return token;
}

}  // namespace

bool Allows(const access::Principal& principal, Need need) {
  switch (need) {
    case Need::kReadCustomers:
      return principal.HasScope(kModify) || principal.HasScope(kReadOnly);
    case Need::kModifyCustomers:
      return principal.HasScope(kModify);
    case Need::kAnyToken:
      return true;
  }
  return false;
}

std::optional<http::Response> Authenticate(Call& call, std::string_view store_hash, Need need) {
  const Token token = TokenOf(call.request);
  if (!token.present) return TokenMissing();
  if (token.value.empty()) return TokenMisshapen();
  auto principal = call.environment.api_keys.ByBigCommerceToken(token.value);
  if (!principal) return TokenUnknown();
  if (principal->handle != store_hash) return ErrorEnvelope(403, call.choices.wrong_store);
  if (!Allows(*principal, need)) return ScopeMissing();
  auto store = call.environment.stores.Open(principal->store_number);
  if (!store) {
    if (store.error().kind == ErrorKind::kNotFound) {
      return ErrorEnvelope(403, call.choices.wrong_store);
    }
    return FromError(call.choices, store.error(), "");
  }
  call.principal = std::move(*principal);
  call.store = std::move(*store);
  return std::nullopt;
}

}  // namespace oubli::dialects::bigcommerce
