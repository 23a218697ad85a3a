#include "dialects/bigcommerce/authentication.h"

#include <utility>

#include "base/text.h"
#include "dialects/bigcommerce/errors.h"

namespace oubli::dialects::bigcommerce {
namespace {

constexpr std::string_view kModify = "store_v2_customers";
constexpr std::string_view kReadOnly = "store_v2_customers_read_only";
constexpr std::string_view kInstruments = "store_stored_payment_instruments";
constexpr std::string_view kReadInstruments = "store_stored_payment_instruments_read_only";

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
    case Need::kWriteMetafields:
      return true;
    case Need::kReadInstruments:
      return principal.HasScope(kInstruments) || principal.HasScope(kReadInstruments);
  }
  return false;
}

tl::expected<Caller, http::Response> Authenticate(const Environment& environment,
                                                  const Choices& choices,
                                                  const http::Request& request,
                                                  std::string_view store_hash, Need need) {
  const auto refuse = [](http::Response response) { return tl::unexpected(std::move(response)); };
  const Token token = TokenOf(request);
  if (!token.present) return refuse(TokenMissing());
  if (token.value.empty()) return refuse(TokenMisshapen());
  auto principal = environment.api_keys.ByBigCommerceToken(token.value);
  if (!principal) return refuse(TokenUnknown());
  if (principal->handle != store_hash) return refuse(ErrorEnvelope(403, choices.wrong_store));
  if (!Allows(*principal, need)) return refuse(ScopeMissing());
  auto store = environment.stores.Open(principal->store_number);
  if (!store) {
    return refuse(store.error().kind == ErrorKind::kNotFound
                      ? ErrorEnvelope(403, choices.wrong_store)
                      : FromError(choices, store.error(), ""));
  }
  return Caller{*std::move(principal), *std::move(store)};
}

}  // namespace oubli::dialects::bigcommerce
