// POST /v2/customers/{id}/validate: whether a password is this customer's (contract 6.2).
#include <optional>
#include <string>

#include "crypto/password.h"
#include "customers/customers.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/password_attempts.h"
#include "dialects/bigcommerce/v2/body.h"
#include "dialects/bigcommerce/v2/handlers.h"
#include "dialects/bigcommerce/v2/list_query.h"
#include "dialects/bigcommerce/v2/reply.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

Result<std::string> ReadPassword(const Call& call) {
  OUBLI_TRY(ReadQuery(call, {}));
  OUBLI_TRY_ASSIGN(const boost::json::value value,
                   ReadBody(call.request, "customer", call.choices));
  const Fields fields(value.get_object());
  OUBLI_TRY(fields.Require("password"));
  std::optional<std::string> password;
  OUBLI_TRY(fields.Text("password", {}, password));
  return *std::move(password);
}

Result<std::optional<customers::Customer>> Find(const Call& call, int64_t id) {
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  return customers::FindCustomer(*reader, id);
}

}  // namespace

void ValidatePassword(Call& call) {
  const Reply reply(call);
  const auto id = IdOf(call.path_parameters[0]);
  if (!id) return reply.NotFound();
  const auto password = ReadPassword(call);
  if (!password) return reply.Fail(password.error());
  if (!call.password_attempts.AllowCustomer(call.store->number(), *id)) {
    return reply.Send(ErrorEnvelope(429, call.choices.too_many_requests));
  }
  const auto customer = Find(call, *id);
  if (!customer) return reply.Fail(customer.error());
  if (!*customer) return reply.NotFound();
  const bool success = crypto::VerifyPassword((*customer)->profile.password_hash, *password);
  reply.Object(200, "customer", {{"success", success}});
}

}  // namespace oubli::dialects::bigcommerce::v2
