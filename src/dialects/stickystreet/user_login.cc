// user_login (contract, 5): tells a caller that the credentials are right, and which key to send
// from then on. Users have no second secret to log in with, so it is the key that came in: it goes
// back to whoever has just shown that they have it, and to nobody else.
#include "dialects/stickystreet/calls.h"

namespace oubli::dialects::stickystreet {

void UserLogin(const Call& call) {
  Node account;
  account.Add("user_id", call.principal().user_id).Add("user_api_key", call.caller.api_key);
  call.reply(Success().Add("account", std::move(account)));
}

}  // namespace oubli::dialects::stickystreet
