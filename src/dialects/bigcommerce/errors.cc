#include "dialects/bigcommerce/errors.h"

#include "base/json_writer.h"

namespace oubli::dialects::bigcommerce {
namespace {

constexpr std::string_view kJsonInvalid = "JSON data is missing or invalid";

http::Response TextAnswer(int status, std::string_view text) {
  return http::Response::Text(status, "text/plain", std::string(text));
}

}  // namespace

http::Response ErrorEnvelope(int status, std::string_view title,
                             const std::vector<FieldError>& errors, std::string_view detail) {
  std::string body;
  JsonWriter json(body);
  json.BeginObject();
  json.Member("status", status).Member("title", title).Member("type", kErrorType);
  if (detail.empty()) {
    json.Key("errors").BeginObject();
    for (const FieldError& error : errors) json.Member(error.key, error.message);
    json.EndObject();
  } else {
    json.Member("detail", detail);
  }
  json.EndObject();
  return http::Response::Text(status, kJsonContentType, std::move(body));
}

http::Response FromError(const Choices& choices, const Error& error, std::string_view failed_title,
                         int invalid_status) {
  switch (error.kind) {
    case ErrorKind::kInvalid:
    case ErrorKind::kConflict: {
      if (error.field.empty()) return ErrorEnvelope(invalid_status, error.text);
      const bool about_json = error.text.starts_with("error.");
      return ErrorEnvelope(invalid_status, about_json ? kJsonInvalid : failed_title,
                           {{error.field, error.text}});
    }
    case ErrorKind::kTooMany:
      return ErrorEnvelope(413, error.text);
    case ErrorKind::kUnavailable:
      return ErrorEnvelope(503, choices.unavailable);
    case ErrorKind::kNotFound:
    case ErrorKind::kForbidden:
    case ErrorKind::kCorrupt:
      break;
  }
  return ErrorEnvelope(500, choices.internal_error);
}

http::Response NoSuchRoute() { return TextAnswer(404, "The route is not found, check the URL"); }

http::Response MethodNotAllowed(std::string_view allow) {
  http::Response response = ErrorEnvelope(
      405, "Method Not Allowed", {}, "The requested HTTP method is invalid for this endpoint.");
  response.AddHeader("allow", allow);  // RFC 9110, 15.5.6
  return response;
}

http::Response TokenMissing() { return TextAnswer(401, "X-Auth-Token header is required"); }

http::Response TokenMisshapen() {
  return TextAnswer(401, "X-Auth-Token header should have correct format");
}

http::Response TokenUnknown() { return ErrorEnvelope(401, "Unauthorized"); }

http::Response ScopeMissing() {
  return ErrorEnvelope(403, "You don't have a required scope to access the endpoint");
}

http::Response TooManyRequests(const Choices& choices, std::string_view pattern,
                               int64_t retry_after_s) {
  http::Response response = ErrorEnvelope(429, choices.too_many_requests);
  if (pattern.starts_with("/stores/{store_hash}/v2/")) {
    response.body.clear();
    JsonWriter json(response.body);
    json.BeginArray().BeginObject().Member("status", 429);
    json.Member("message", choices.too_many_requests).EndObject().EndArray();
  }
  response.AddHeader("x-retry-after", std::to_string(retry_after_s));
  return response;
}

http::Response NoContent() {
  http::Response response;
  response.status = 204;
  return response;
}

http::Response ResourceNotFound() {
  std::string body;
  JsonWriter json(body);
  json.BeginObject();
  json.Member("status", 404).Member("title", "The resource at that URL is not found.");
  json.Member("type", kErrorType).EndObject();
  return http::Response::Text(404, kJsonContentType, std::move(body));
}

http::Response Conflict(std::string_view title) { return ErrorEnvelope(409, title); }

http::Response InInstrumentWords(http::Response refusal) {
  if (refusal.status != 401 && refusal.status != 403) return refusal;
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Member("code", refusal.status);
  json.Member("message", refusal.status == 401 ? "Unauthorized" : "Missing scope").EndObject();
  return http::Response::Text(refusal.status, kJsonContentType, std::move(body));
}

}  // namespace oubli::dialects::bigcommerce
