#include "admin/web/api.h"

#include <fmt/format.h>

#include "admin/web/calls.h"
#include "admin/web/http_rules.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/secret_hash.h"
#include "http/parameters.h"

namespace oubli::admin::web {
namespace {

constexpr std::string_view kSession = "/admin/api/session";
constexpr std::string_view kUnknown = "/admin/api/{unknown}";
constexpr size_t kMaxPasswordBytes = 1024;

bool Changes(std::string_view method) { return method != "GET" && method != "HEAD"; }

bool IsParameter(std::string_view segment) { return segment.starts_with('{'); }

// Whether `path` fits; {store} and {id} go into the call, percent-decoded.
bool Fits(std::string_view pattern, std::string_view path, std::string& store, std::string& id) {
  const auto wanted = Split(pattern, '/');
  const auto given = Split(path, '/');
  if (wanted.size() != given.size()) return false;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!IsParameter(wanted[i])) {
      if (wanted[i] != given[i]) return false;
    } else {
      if (given[i].empty()) return false;
      (wanted[i] == "{id}" ? id : store) = http::PercentDecode(given[i], false);
    }
  }
  return true;
}

struct Match {
  const Route* route = nullptr;
  std::string_view pattern;  // empty: no such path
  std::string allow;
  std::string store;
  std::string id;
};

Match FindRoute(std::string_view method, std::string_view path) {
  Match match;
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const Route& route : Routes()) {
    if (!Fits(route.pattern, path, match.store, match.id)) continue;
    match.pattern = route.pattern;
    if (route.method == wanted) match.route = &route;
    if (!match.allow.empty()) match.allow += ", ";
    match.allow += route.method;
  }
  return match;
}

// Errors: kInvalid; of a body that is there.
Result<boost::json::object> ReadBody(const http::Request& request) {
  if (request.body.empty()) return boost::json::object();
  const std::string* const type = request.FindHeader("Content-Type");
  // A form of another site cannot send this type without asking first.
  if (type == nullptr || !EqualsIgnoreCase(Trim(std::string_view(*type).substr(0, type->find(';'))),
                                           "application/json")) {
    return Fail(ErrorKind::kInvalid, "a body must have the Content-Type application/json");
  }
  OUBLI_TRY_ASSIGN(boost::json::value value, ParseJson(request.body));
  if (!value.is_object()) return Fail(ErrorKind::kInvalid, "the body must be a JSON object");
  return std::move(value.as_object());
}

http::Response Json(std::string body) {
  if (body.empty()) return WithoutBody(204);
  return http::Response::Text(200, "application/json", std::move(body));
}

std::optional<std::string> TextOf(const boost::json::object& body, std::string_view name) {
  const boost::json::value* const value = FindMember(body, name);
  if (value == nullptr) return std::nullopt;
  const auto text = AsString(*value);
  if (!text) return std::nullopt;
  return std::string(*text);
}

// A limited administrator is not told which other stores there are.
Status CheckMaySee(const Services& services, const access::Administrator& administrator,
                   std::string_view handle) {
  if (handle.empty()) return {};
  const auto store = services.stores.Find(handle);
  if (!store && store.error().kind != ErrorKind::kNotFound) return Fail(store.error());
  if (administrator.superuser && store) return {};
  if (administrator.superuser) return Fail(ErrorKind::kNotFound, "there is no such store", "store");
  if (store && administrator.MaySee(store->number)) return {};
  return Fail(ErrorKind::kForbidden, "this store is not one of yours", "store");
}

}  // namespace

http::Response Api::SignIn(const http::Request& request) {
  const auto body = ReadBody(request);
  if (!body) return ProblemOf(body.error());
  const auto name = TextOf(*body, "name");
  const auto password = TextOf(*body, "password");
  if (!name || !password || body->size() != 2 || password->size() > kMaxPasswordBytes) {
    return Problem(422, "a sign-in has a name and a password");
  }
  // A name that nobody can have is counted under one word, so that the counts stay small.
  const std::string counted = access::IsValidAdministratorName(*name) ? *name : "";
  if (const int64_t wait_s = guard_.Begin(counted, request.remote_address); wait_s > 0) {
    http::Response locked = Problem(
        429, "too many wrong passwords; wait, or ask somebody who has access to the machine");
    locked.AddHeader("Retry-After", fmt::format("{}", wait_s));
    return locked;
  }
  const auto administrator = administrators_.SignIn(*name, *password);
  if (!administrator) return ProblemOf(administrator.error());
  if (!*administrator) {
    Log(LogLevel::kWarning, "wrong sign-in to the admin page", {});
    return Problem(401, "the name or the password is wrong");
  }
  guard_.SignedIn(counted, request.remote_address);
  // The browser forgets this session's cookie now: nobody could sign it out any more.
  if (const auto before = SessionCookie(request)) sessions_.End(*before);
  const std::string secret = sessions_.Begin(**administrator);
  Log(LogLevel::kInfo, "administrator signed in", {{"administrator", (*administrator)->id}});
  const std::optional<Session> session = sessions_.Use(secret);
  http::Response response = Json(SessionJson(**administrator, *session));
  response.AddHeader("Set-Cookie", SetSessionCookie(request, secret));
  return response;
}

http::Response Api::SignOut(const http::Request& request) {
  if (const auto secret = SessionCookie(request)) sessions_.End(*secret);
  http::Response response = WithoutBody(204);
  response.AddHeader("Set-Cookie", SetSessionCookie(request, ""));
  return response;
}

http::Response Api::Answer(const http::Request& request) {
  const bool of_session = request.path == kSession;
  const Match match = FindRoute(request.method, request.path);
  const auto named = [&](http::Response response) {
    response.route = match.pattern.empty() ? kUnknown : match.pattern;
    response.AddHeader("Cache-Control", "no-store");
    return response;
  };
  if (Changes(request.method)) {
    if (const Status same = CheckSameOrigin(request); !same) return named(ProblemOf(same.error()));
  }
  if (of_session && request.method == "POST") return named(SignIn(request));

  const auto secret = SessionCookie(request);
  const bool background = !Changes(request.method) && request.FindHeader("X-Background") != nullptr;
  const auto session = !secret      ? std::nullopt
                       : background ? sessions_.Look(*secret)
                                    : sessions_.Use(*secret);
  if (!session) return named(Problem(401, "sign in first"));
  const auto administrator = administrators_.Find(session->administrator_id);
  if (!administrator) return named(ProblemOf(administrator.error()));
  if (!*administrator || (*administrator)->password_version != session->password_version) {
    sessions_.End(*secret);
    return named(Problem(401, "sign in again"));
  }
  if (Changes(request.method)) {
    const std::string* const token = request.FindHeader("X-CSRF-Token");
    if (token == nullptr || !crypto::ConstantTimeEqual(*token, session->csrf_token)) {
      return named(Problem(403, "the header X-CSRF-Token is missing or wrong"));
    }
  }
  if (of_session && request.method == "DELETE") return named(SignOut(request));
  if (match.pattern.empty()) return named(Problem(404, "there is no such call"));
  if (match.route == nullptr) {
    http::Response response = Problem(405, "this path has no such method");
    response.AddHeader("Allow", of_session ? "GET, POST, DELETE" : match.allow);
    return named(std::move(response));
  }
  if (const Status may = CheckMaySee(services_, **administrator, match.store); !may) {
    return named(ProblemOf(may.error()));
  }
  auto body = ReadBody(request);
  if (!body) return named(ProblemOf(body.error()));
  Call call{services_, **administrator, *session, match.store, match.id, std::move(*body)};
  auto answer = match.route->answer(call);
  return named(answer ? Json(std::move(*answer)) : ProblemOf(answer.error()));
}

}  // namespace oubli::admin::web
