// The calls of the admin page, as JSON under /admin/api/. What they do is done by the commands of
// admin/commands.h, the same as the command line's; here stand who may ask for it and how.
//
//   POST   /admin/api/session                     {name, password}: signs in
//   GET    /admin/api/session                     {name, superuser, csrf_token}
//   DELETE /admin/api/session                     signs out
//   GET    /admin/api/dialects                    {dialects: [{name, scopes, roles}]}
//   GET    /admin/api/stores                      {stores: [...]}, those that the caller may see
//   POST   /admin/api/stores                      {handle}; superusers
//   GET    /admin/api/stores/{store}              store.show
//   GET    /admin/api/stores/{store}/keys         key.list
//   POST   /admin/api/stores/{store}/keys         {dialect, scopes, role}: key.create
//   DELETE /admin/api/stores/{store}/keys/{id}    key.revoke
//   GET    /admin/api/stores/{store}/window       window.show
//   POST   /admin/api/stores/{store}/window       {confirm, minutes}: window.open; `confirm` is the
//                                                 store's name
//   DELETE /admin/api/stores/{store}/window       window.close
//
// Every call but the first needs the session's cookie, every one that changes something the header
// X-CSRF-Token too. A GET with X-Background does not keep the session: the page asks by itself what
// has become of an open window. Errors are problem details (RFC 9457).
#pragma once

#include "access/administrators.h"
#include "admin/commands.h"
#include "admin/web/sessions.h"
#include "admin/web/sign_in_guard.h"
#include "base/clock.h"
#include "http/message.h"

namespace oubli::admin::web {

// Safe from any thread.
class Api {
 public:
  Api(const Services& services, access::Administrators& administrators, const Clock& clock)
      : services_(services), administrators_(administrators), sessions_(clock), guard_(clock) {}

  // REQUIRES: the path begins with kRoot. May block for a read or write of a database.
  http::Response Answer(const http::Request& request);

  static constexpr std::string_view kRoot = "/admin/api/";

 private:
  http::Response SignIn(const http::Request& request);
  http::Response SignOut(const http::Request& request);

  const Services services_;
  access::Administrators& administrators_;
  Sessions sessions_;
  SignInGuard guard_;
};

}  // namespace oubli::admin::web
