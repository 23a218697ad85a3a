// Errors in WebCommander's words: the one place where kinds of errors become statuses and bodies.
//
// Two shapes live side by side (docs/dialects/webcommander.md, "Errors"): the flat one for
// customers and tokens, the wrapped one for orders, carts and discounts.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace oubli::dialects::webcommander {

// One entry of the flat shape's `errors`. Names a field, never its value.
struct FieldError {
  std::string field;
  std::string code;
  std::string message;
};

// An error on its way to the flat shape; `error` and `errors` are left out when empty.
struct ApiError {
  int status = 400;
  std::string message;
  std::string error = {};
  std::vector<FieldError> errors = {};
};

// What reading a request gives.
template <class T>
using Parsed = tl::expected<T, ApiError>;

// 400 about one field or parameter, with the general word `validation_failed`.
ApiError ValidationFailed(std::string_view field, std::string_view code, std::string_view message);
// The same with `code` as the general word too, as query parameters have it.
ApiError ParameterRefused(std::string_view field, std::string_view code, std::string_view message);
ApiError InvalidRequest(std::string_view message);  // 400: not JSON, not a query string
ApiError InvalidToken();                            // 401 of every call but the token call
ApiError AccessDenied();                            // 403
ApiError CustomerNotFound();                        // 404
// An error of the domain in this dialect's words. Its text, which is the operator's, is not shown.
ApiError FromError(const Error& error);

http::Response FlatError(const ApiError& error);
http::Response WrappedError(int status, std::string_view code, std::string_view message);
// The same from an error of the flat shape; its fields are the `details`.
http::Response WrappedError(const ApiError& error);

// 200 all the same: what the system says to a URL that it does not know.
http::Response InvalidApiRequest();
// The 404 under /admin/orders. Path segments that are no word of this API are shown as "{...}",
// since a caller may have put anything there; so is an unknown method.
http::Response NoSuchEndpoint(std::string_view method, std::string_view path);

http::Response JsonResponse(int status, std::string body);

}  // namespace oubli::dialects::webcommander
