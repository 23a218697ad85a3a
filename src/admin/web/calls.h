// The calls of a signed-in administrator, found by method and path.
#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <string_view>

#include "access/administrators.h"
#include "admin/commands.h"
#include "admin/web/sessions.h"
#include "base/result.h"

namespace oubli::admin::web {

// One call whose caller is known.
struct Call {
  const Services& services;
  const access::Administrator& administrator;
  const Session& session;
  std::string store = {};         // {store}, a handle that the caller may see
  std::string id = {};            // {id}
  boost::json::object body = {};  // empty when there was none
};

// {name, superuser, csrf_token}: what signing in answers, too.
std::string SessionJson(const access::Administrator& administrator, const Session& session);

struct Route {
  std::string_view method;
  std::string_view pattern;  // a string literal: "/admin/api/stores/{store}"
  // A JSON object, or "" for an answer without a body.
  Result<std::string> (*answer)(Call& call);
};

// All but signing in and out.
std::span<const Route> Routes();

}  // namespace oubli::admin::web
