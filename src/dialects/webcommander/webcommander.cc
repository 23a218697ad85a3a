#include "dialects/webcommander/webcommander.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "dialects/webcommander/call.h"
#include "dialects/webcommander/errors.h"
#include "dialects/webcommander/router.h"

namespace oubli::dialects::webcommander {
namespace {

// The token of `Authorization: Bearer` or, as the older SDK sends it, of a header `access_token`.
// The first form counts where both are there. Nothing when there is none, and when one of the
// headers comes twice: two different readers of such a request could see two different callers.
std::optional<std::string_view> TokenOf(const http::Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string* authorization = nullptr;
  const std::string* access_token = nullptr;
  for (const http::Header& header : request.headers) {
    const bool is_authorization = EqualsIgnoreCase(header.name, "Authorization");
    if (!is_authorization && !EqualsIgnoreCase(header.name, "access_token")) continue;
    const std::string*& seen = is_authorization ? authorization : access_token;
    if (seen != nullptr) return std::nullopt;
    seen = &header.value;
  }
  if (authorization != nullptr) {
    const std::string_view value = *authorization;
    if (EqualsIgnoreCase(value.substr(0, kScheme.size()), kScheme)) {
      return Trim(value.substr(kScheme.size()));
    }
  }
  if (access_token != nullptr) return Trim(*access_token);
  return std::nullopt;
}

// Fills in who calls and the store. Nothing is said about why a token does not serve.
std::optional<ApiError> Authenticate(Call& call, Audience audience) {
  if (audience == Audience::kAnybody) return std::nullopt;
  const std::optional<std::string_view> token = TokenOf(call.request);
  if (!token || token->empty()) return InvalidToken();
  auto principal = call.environment.api_keys.ByWebCommanderToken(*token);
  if (!principal) return InvalidToken();
  if (audience == Audience::kAdministrators && principal->role != access::Role::kAdmin) {
    return AccessDenied();
  }
  auto store = call.environment.stores.Open(principal->store_number);
  if (!store) {
    if (store.error().kind == ErrorKind::kNotFound) return InvalidToken();
    return FromError(store.error());
  }
  call.principal = std::move(*principal);
  call.store = std::move(*store);
  return std::nullopt;
}

// Safe from any thread: holds nothing but the environment.
class WebCommander final : public Dialect {
 public:
  explicit WebCommander(const Environment& environment) : environment_(environment) {}

  bool Claims(std::string_view path) const override { return IsUnderRoot(path); }

  void Handle(std::shared_ptr<const http::Request> request,
              http::Responder respond) const override {
    auto match = FindEndpoint(request->method, request->path);
    if (!match) {
      if (IsUnderOrders(request->path)) {
        Answer(std::move(respond),
               "/api/v4/admin/orders/{unknown}")(NoSuchEndpoint(request->method, request->path));
      } else {
        Answer(std::move(respond), "/api/v4/{unknown}")(InvalidApiRequest());
      }
      return;
    }
    Call call{*request, environment_, Answer(std::move(respond), match->endpoint->pattern),
              std::move(match->path_parameters)};
    if (auto error = Authenticate(call, match->endpoint->audience)) {
      call.answer(*error);
      return;
    }
    match->endpoint->handle(call);
  }

 private:
  const Environment environment_;
};

}  // namespace

std::unique_ptr<Dialect> Make(const Environment& environment) {
  return std::make_unique<WebCommander>(environment);
}

}  // namespace oubli::dialects::webcommander
