#include "admin/web/http_rules.h"

#include "base/json_writer.h"
#include "base/text.h"

namespace oubli::admin::web {
namespace {

constexpr std::string_view kCookie = "oubli_session";

std::string_view TitleOf(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

int StatusOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kNotFound:
      return 404;
    case ErrorKind::kConflict:
      return 409;
    case ErrorKind::kInvalid:
      return 422;
    case ErrorKind::kForbidden:
      return 403;
    case ErrorKind::kTooMany:
      return 429;
    case ErrorKind::kUnavailable:
      return 503;
    case ErrorKind::kCorrupt:
      return 500;
  }
  return 500;
}

bool CameOverTls(const http::Request& request) {
  if (request.tls) return true;
  // Somebody who lies here only makes the own cookie stricter.
  const std::string* const forwarded = request.FindHeader("X-Forwarded-Proto");
  return forwarded != nullptr && EqualsIgnoreCase(Trim(*forwarded), "https");
}

}  // namespace

void AddSecurityHeaders(http::Response& response) {
  response
      .AddHeader("Content-Security-Policy",
                 "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                 "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
      .AddHeader("X-Content-Type-Options", "nosniff")
      .AddHeader("X-Frame-Options", "DENY")
      .AddHeader("Referrer-Policy", "no-referrer")
      .AddHeader("Cross-Origin-Opener-Policy", "same-origin")
      .AddHeader("Cross-Origin-Resource-Policy", "same-origin");
}

http::Response WithoutBody(int status) {
  http::Response response;
  response.status = status;
  return response;
}

http::Response Problem(int status, std::string_view detail, std::string_view field) {
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Member("type", "about:blank").Member("title", TitleOf(status));
  writer.Member("status", status).Member("detail", detail);
  if (!field.empty()) writer.Member("field", field);
  writer.EndObject();
  return http::Response::Text(status, "application/problem+json", std::move(body));
}

http::Response ProblemOf(const Error& error) {
  return Problem(StatusOf(error.kind), error.text, error.field);
}

std::optional<std::string> SessionCookie(const http::Request& request) {
  for (const http::Header& header : request.headers) {
    if (!EqualsIgnoreCase(header.name, "Cookie")) continue;
    for (const std::string_view part : Split(header.value, ';')) {
      const std::string_view pair = Trim(part);
      const size_t equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == kCookie) {
        return std::string(pair.substr(equals + 1));
      }
    }
  }
  return std::nullopt;
}

std::string SetSessionCookie(const http::Request& request, std::string_view secret) {
  std::string cookie(kCookie);
  cookie += '=';
  cookie += secret;
  cookie += "; Path=/admin/; HttpOnly; SameSite=Strict";
  if (CameOverTls(request)) cookie += "; Secure";
  if (secret.empty()) cookie += "; Max-Age=0";
  return cookie;
}

Status CheckSameOrigin(const http::Request& request) {
  const std::string* const site = request.FindHeader("Sec-Fetch-Site");
  if (site != nullptr && *site != "same-origin") {
    return Fail(ErrorKind::kForbidden, "this call may only come from the admin page itself");
  }
  const std::string* const origin = request.FindHeader("Origin");
  if (origin == nullptr) return {};
  const size_t scheme_end = origin->find("://");
  const std::string* const host = request.FindHeader("Host");
  if (scheme_end == std::string::npos || host == nullptr ||
      !EqualsIgnoreCase(std::string_view(*origin).substr(scheme_end + 3), *host)) {
    return Fail(ErrorKind::kForbidden,
                "this call comes from another origin; a proxy in front must pass the Host header "
                "on");
  }
  return {};
}

}  // namespace oubli::admin::web
