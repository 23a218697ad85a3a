// The rules of HTTP that every answer and every call of the admin page follows: headers that keep a
// browser from lending itself to others, the session's cookie, and where a call may come from.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace oubli::admin::web {

// Nothing but what this server serves, in no frame, kept by no cache between.
void AddSecurityHeaders(http::Response& response);

http::Response WithoutBody(int status);

// {"type":"about:blank","title":…,"status":…,"detail":…,"field":…} (RFC 9457).
http::Response Problem(int status, std::string_view detail, std::string_view field = {});
http::Response ProblemOf(const Error& error);

// The secret in the session's cookie; nothing when there is none.
std::optional<std::string> SessionCookie(const http::Request& request);
// Set-Cookie's value. HttpOnly and SameSite=Strict; Secure when the browser came over TLS, also to
// a proxy in front. An empty secret deletes the cookie.
std::string SetSessionCookie(const http::Request& request, std::string_view secret);

// Whether a call that changes something comes from a page of this very origin, or from no browser:
// by Sec-Fetch-Site (Fetch Metadata) and Origin (RFC 6454), each where it is there. Errors:
// kForbidden.
Status CheckSameOrigin(const http::Request& request);

}  // namespace oubli::admin::web
