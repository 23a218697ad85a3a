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

http::Response FromError(const Choices& choices, const Error& error,
                         std::string_view failed_title) {
  switch (error.kind) {
    case ErrorKind::kInvalid:
    case ErrorKind::kConflict: {
      if (error.field.empty()) return ErrorEnvelope(422, error.text);
      const bool about_json = error.text.starts_with("error.");
      return ErrorEnvelope(422, about_json ? kJsonInvalid : failed_title,
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

http::Response NoContent() {
  http::Response response;
  response.status = 204;
  return response;
}

}  // namespace oubli::dialects::bigcommerce
