// Errors in BigCommerce's words: the one place where kinds of errors become statuses and bodies.
//
// How an Error is read here. kInvalid with a `field`: 422 with {field: text}, under the title for
// JSON that is missing or mistyped when the text begins with "error.", else under the call's own
// title. kInvalid without a field: 422 with the text as title. kConflict: as kInvalid with a field.
// kTooMany: 413 with the text as title. kUnavailable: 503. Anything else: 500.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialects/bigcommerce/choices.h"
#include "http/message.h"

namespace oubli::dialects::bigcommerce {

inline constexpr std::string_view kJsonContentType = "application/json";
inline constexpr std::string_view kCreateCustomersFailed = "Create customers failed.";
inline constexpr std::string_view kUpdateCustomersFailed = "Update customers failed.";

// The `type` of every error.
inline constexpr std::string_view kErrorType =
    "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes";

// The texts for JSON fields (contract 1.6).
inline constexpr std::string_view kMissing = "error.path.missing";
inline constexpr std::string_view kExpectedNumber = "error.expected.jsnumber";
inline constexpr std::string_view kExpectedString = "error.expected.jsstring";
inline constexpr std::string_view kExpectedBoolean = "error.expected.jsboolean";
inline constexpr std::string_view kExpectedArray = "error.expected.jsarray";
inline constexpr std::string_view kExpectedObject = "error.expected.jsobject";

// One entry of an envelope's `errors`.
struct FieldError {
  std::string key;
  std::string message;
};

// The error envelope (contract 1.5). With a `detail` that stands in the place of `errors`.
http::Response ErrorEnvelope(int status, std::string_view title,
                             const std::vector<FieldError>& errors = {},
                             std::string_view detail = {});
// `invalid_status`: in the place of 422, for the calls that have another one.
http::Response FromError(const Choices& choices, const Error& error, std::string_view failed_title,
                         int invalid_status = 422);

http::Response NoSuchRoute();                             // 404, text
http::Response MethodNotAllowed(std::string_view allow);  // 405
http::Response TokenMissing();                            // 401, text
http::Response TokenMisshapen();                          // 401, text
http::Response TokenUnknown();                            // 401
http::Response ScopeMissing();                            // 403
http::Response NoContent();                               // 204
// 429 with X-Retry-After; the other four headers are on every answer (T10).
http::Response TooManyRequests(const Choices& choices, std::string_view pattern,
                               int64_t retry_after_s);
http::Response ResourceNotFound();                // 404 of a single resource
http::Response Conflict(std::string_view title);  // 409

// A refusal of the calls about stored instruments, which have words of their own: a 401 or 403 of
// the others becomes {"code":401,"message":"Unauthorized"} or {"code":403,"message":"Missing
// scope"}; another one stays.
http::Response InInstrumentWords(http::Response refusal);

}  // namespace oubli::dialects::bigcommerce
