#include "dialects/bigcommerce/v2/reply.h"

#include <fmt/core.h>

#include <utility>

#include "base/json.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/v2/value.h"
#include "dialects/bigcommerce/v2/xml.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

namespace json = boost::json;

constexpr std::string_view kErrors = "errors";
constexpr std::string_view kNoSuchResource = "The requested resource was not found.";
constexpr std::string_view kConflict =
    "A conflict occurred from a parameter provided in the request.";

std::string MessageOf(const Error& error) {
  if (error.kind == ErrorKind::kConflict) return std::string(kConflict);
  if (error.kind == ErrorKind::kNotFound) return std::string(kNoSuchResource);
  if (error.field.empty()) return error.text;
  if (error.text == kNotSupplied) {
    return fmt::format("The required field '{}' was not supplied.", error.field);
  }
  return fmt::format("The field '{}' is invalid.", error.field);
}

// What the entry of an error says besides its message; {} for nothing.
json::object DetailsOf(const Error& error) {
  json::object details;
  if (error.field.empty() || error.text == kNotSupplied) return details;
  if (error.kind == ErrorKind::kConflict) {
    PutText(details, "conflict_reason",
            fmt::format("The provided value of '{}' is already in use.", error.field));
  } else if (error.kind == ErrorKind::kInvalid) {
    PutText(details, "invalid_reason", fmt::format("The provided value {}.", error.text));
  }
  return details;
}

// 0 for what the gateway answers.
int StatusOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid:
      return 400;
    case ErrorKind::kConflict:
      return 409;
    case ErrorKind::kNotFound:
      return 404;
    case ErrorKind::kTooMany:
      return 413;
    case ErrorKind::kForbidden:
    case ErrorKind::kUnavailable:
    case ErrorKind::kCorrupt:
      break;
  }
  return 0;
}

}  // namespace

Error NotSupported(std::string_view field) {
  return {ErrorKind::kInvalid,
          fmt::format("The field '{}' is not supported by this resource.", field)};
}

Reply::Reply(const Call& call)
    : answer_(call.answer),
      format_(ChooseFormat(call.request, call.suffix).value_or(Format::kJson)),
      choices_(call.choices) {}

http::Response Reply::Body(int status, std::string_view root, const json::value& value) const {
  std::string body;
  if (format_ == Format::kXml) {
    body = WriteXml(root, value);
  } else {
    JsonWriter writer(body);
    WriteJson(writer, value);
  }
  return http::Response::Text(status, ContentType(format_), std::move(body));
}

void Reply::Object(int status, std::string_view root, json::object object) const {
  answer_(Body(status, root, json::value(std::move(object))));
}

void Reply::Array(int status, std::string_view root, json::array array) const {
  answer_(Body(status, root, json::value(std::move(array))));
}

void Reply::Fail(const Error& error) const {
  if (error.kind == ErrorKind::kForbidden) return answer_(ErrorEnvelope(415, error.text));
  const int status = StatusOf(error.kind);
  if (status == 0) return answer_.Fail(error, "");
  json::object entry;
  entry["status"] = status;
  PutText(entry, "message", MessageOf(error));
  if (json::object details = DetailsOf(error); !details.empty()) {
    entry["details"] = std::move(details);
  }
  json::array errors;
  errors.emplace_back(std::move(entry));
  Array(status, kErrors, std::move(errors));
}

void Reply::FailGroup(const Error& error) const {
  if (error.kind != ErrorKind::kInvalid || !choices_.group_errors_in_object) return Fail(error);
  json::object entry;
  entry["status"] = 400;
  PutText(entry, "title", MessageOf(error));
  PutText(entry, "type", kErrorType);
  json::array errors;
  errors.emplace_back(std::move(entry));
  if (format_ == Format::kXml) return Array(400, kErrors, std::move(errors));
  json::object body;
  body["errors"] = std::move(errors);
  Object(400, kErrors, std::move(body));
}

void Reply::NotFound() const { Fail(Error{ErrorKind::kNotFound, ""}); }

void Reply::NotModified() const {
  http::Response response;
  response.status = 304;
  answer_(std::move(response));
}

void Reply::NoContent() const { answer_(bigcommerce::NoContent()); }

}  // namespace oubli::dialects::bigcommerce::v2
