// POST /oauth2/token: both grants.

#include <array>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "dialects/webcommander/handlers.h"

namespace oubli::dialects::webcommander {
namespace {

using TokenRequest = access::ApiKeys::TokenRequest;

// What is wrong with the credentials is not said.
ApiError InvalidCredentials() { return ApiError{401, "Invalid credentials"}; }

ApiError Missing(std::string_view field) {
  ApiError error = InvalidCredentials();
  error.error = "validation_failed";
  error.errors.push_back(
      {std::string(field), "invalid_value", std::string(field) + " is required"});
  return error;
}

Parsed<std::string> RequiredText(const boost::json::object& body, std::string_view name) {
  const boost::json::value* value = FindMember(body, name);
  if (value == nullptr || value->is_null()) return tl::unexpected(Missing(name));
  const auto text = AsString(*value);
  if (!text) return tl::unexpected(ValidationFailed(name, "invalid_value", "must be a string"));
  if (text->empty()) return tl::unexpected(Missing(name));
  return std::string(*text);
}

// auth_string is base64 of "username:password".
bool SplitAuthString(std::string_view auth_string, TokenRequest& request) {
  const auto decoded = Base64Decode(auth_string);
  if (!decoded) return false;
  const size_t colon = decoded->find(':');
  if (colon == std::string::npos) return false;
  request.username = decoded->substr(0, colon);
  request.password = decoded->substr(colon + 1);
  return !request.username.empty();
}

Parsed<TokenRequest> ReadTokenRequest(std::string_view text) {
  const auto body = ParseJson(text);
  if (!body || !body->is_object()) {
    return tl::unexpected(InvalidRequest("the body must be a JSON object"));
  }
  const boost::json::object& object = body->get_object();
  const auto grant = RequiredText(object, "grant_type");
  if (!grant) return tl::unexpected(grant.error());
  TokenRequest request;
  std::string auth_string;
  const bool refresh = *grant == "refresh_token";
  if (!refresh && *grant != "client_credentials") return tl::unexpected(InvalidCredentials());

  const std::array<std::pair<std::string_view, std::string*>, 4> fields = {{
      {"client_id", &request.client_id},
      {"client_secret", &request.client_secret},
      {"redirect_uri", &request.redirect_uri},
      refresh ? std::pair<std::string_view, std::string*>("refresh_token", &request.refresh_token)
              : std::pair<std::string_view, std::string*>("auth_string", &auth_string),
  }};
  for (const auto& [name, target] : fields) {
    auto value = RequiredText(object, name);
    if (!value) return tl::unexpected(std::move(value).error());
    *target = std::move(*value);
  }
  if (!refresh && !SplitAuthString(auth_string, request)) {
    return tl::unexpected(InvalidCredentials());
  }
  return request;
}

}  // namespace

void IssueToken(const Call& call) {
  const auto request = ReadTokenRequest(call.request.body);
  if (!request) return call.answer(request.error());
  const auto tokens = call.environment.api_keys.IssueTokens(*request);
  if (!tokens) {
    return call.answer(tokens.error().kind == ErrorKind::kForbidden ? InvalidCredentials()
                                                                    : FromError(tokens.error()));
  }
  std::string body;
  JsonWriter(body)
      .BeginObject()
      .Member("access_token", tokens->access_token)
      .Member("refresh_token", tokens->refresh_token)
      .Member("expires_in", tokens->expires_in_s)
      .EndObject();
  http::Response response = JsonResponse(201, std::move(body));
  response.AddHeader("Cache-Control", "no-store");
  call.answer(std::move(response));
}

}  // namespace oubli::dialects::webcommander
