#include "dialects/webcommander/errors.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_writer.h"
#include "base/text.h"
#include "crypto/random.h"

namespace oubli::dialects::webcommander {
namespace {

constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};

// The words of the order calls' paths.
constexpr std::array<std::string_view, 18> kOrderWords = {"",
                                                          "api",
                                                          "v4",
                                                          "admin",
                                                          "orders",
                                                          "count",
                                                          "with-payment",
                                                          "addresses",
                                                          "cancel",
                                                          "update-status",
                                                          "comments",
                                                          "payments",
                                                          "refunds",
                                                          "shipment-status",
                                                          "shipments",
                                                          "send-invoice",
                                                          "custom_fields",
                                                          "carts"};

template <size_t N>
bool Contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

ApiError OneField(std::string_view error, std::string_view field, std::string_view code,
                  std::string_view message) {
  return ApiError{400,
                  "invalid " + std::string(field),
                  std::string(error),
                  {{std::string(field), std::string(code), std::string(message)}}};
}

}  // namespace

ApiError ValidationFailed(std::string_view field, std::string_view code, std::string_view message) {
  return OneField("validation_failed", field, code, message);
}

ApiError ParameterRefused(std::string_view field, std::string_view code, std::string_view message) {
  return OneField(code, field, code, message);
}

ApiError InvalidRequest(std::string_view message) {
  return ApiError{400, std::string(message), "invalid_request"};
}

ApiError InvalidToken() { return ApiError{401, "Invalid or expired access token"}; }

ApiError AccessDenied() { return ApiError{403, "Access denied"}; }

ApiError CustomerNotFound() { return ApiError{404, "Customer Not Found"}; }

ApiError FromError(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kNotFound:
      return CustomerNotFound();
    case ErrorKind::kConflict:
      if (error.field == "email") return ApiError{409, "Provided email already registered"};
      return ApiError{409, "Conflict", "conflict"};
    case ErrorKind::kInvalid:
      if (error.field.empty()) return InvalidRequest("invalid request");
      return ValidationFailed(error.field, "invalid_value", "this value is not possible");
    case ErrorKind::kForbidden:
      return AccessDenied();
    case ErrorKind::kTooMany:
      return ApiError{429, "Too Many Requests"};
    case ErrorKind::kUnavailable:
    case ErrorKind::kCorrupt:
      break;
  }
  return ApiError{500, "Internal server error", "internal_error"};
}

http::Response JsonResponse(int status, std::string body) {
  return http::Response::Text(status, "application/json", std::move(body));
}

http::Response FlatError(const ApiError& error) {
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject()
      .Member("status", "error")
      .Member("code", error.status)
      .Member("message", error.message);
  if (!error.error.empty()) writer.Member("error", error.error);
  if (!error.errors.empty()) {
    writer.Key("errors").BeginArray();
    for (const FieldError& entry : error.errors) {
      writer.BeginObject()
          .Member("field", entry.field)
          .Member("code", entry.code)
          .Member("message", entry.message)
          .EndObject();
    }
    writer.EndArray();
  }
  writer.EndObject();
  http::Response response = JsonResponse(error.status, std::move(body));
  // RFC 9110, section 11.6.1: a 401 names the scheme.
  if (error.status == 401) response.AddHeader("WWW-Authenticate", "Bearer");
  return response;
}

http::Response WrappedError(int status, std::string_view code, std::string_view message) {
  return WrappedError(ApiError{status, std::string(message), std::string(code)});
}

http::Response WrappedError(const ApiError& error) {
  std::string_view code = error.error;
  if (code.empty()) code = error.status == 404 ? "not_found" : "invalid_request";
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Key("error").BeginObject();
  writer.Member("code", code).Member("message", error.message);
  writer.Key("details").BeginArray();
  for (const FieldError& entry : error.errors) {
    writer.BeginObject()
        .Member("field", entry.field)
        .Member("reason", entry.code)
        .Member("message", entry.message)
        .EndObject();
  }
  writer.EndArray().Member("request_id", crypto::RandomUuid());
  writer.EndObject().EndObject();
  return JsonResponse(error.status, std::move(body));
}

http::Response InvalidApiRequest() {
  return JsonResponse(200, R"({"isSuccess": false, "message": "Invalid API Request"})");
}

http::Response NoSuchEndpoint(std::string_view method, std::string_view path) {
  std::string message = "No such endpoint: ";
  message += Contains(kMethods, method) ? method : "{...}";
  message += ' ';
  bool first = true;
  for (std::string_view segment : Split(path, '/')) {
    if (!std::exchange(first, false)) message += '/';
    const bool known =
        Contains(kOrderWords, segment) || (IsDigits(segment) && segment.size() <= 19);
    message += known ? segment : "{...}";
  }
  return WrappedError(404, "not_found", message);
}

}  // namespace oubli::dialects::webcommander
