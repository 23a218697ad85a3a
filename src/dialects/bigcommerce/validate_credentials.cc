// POST /v3/customers/validate-credentials (contract 5.1).
#include <algorithm>

#include "base/json_writer.h"
#include "crypto/password.h"
#include "customers/customer_settings.h"
#include "customers/customers.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/password_attempts.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Customer;

struct Credentials {
  std::optional<std::string> email;
  std::optional<std::string> password;
  std::optional<int64_t> channel_id;
};

Result<Credentials> ReadCredentials(const boost::json::object& object) {
  const FieldReader reader(object, "");
  Credentials credentials;
  OUBLI_TRY(reader.Require("email"));
  OUBLI_TRY(reader.Text("email", {1, 255}, credentials.email));
  OUBLI_TRY(reader.Require("password"));
  OUBLI_TRY(reader.Text("password", {1, SIZE_MAX}, credentials.password));
  OUBLI_TRY(reader.Integer("channel_id", 1, INT32_MAX, credentials.channel_id));
  return credentials;
}

// Whether the customer may log in to the channel: to those of its own, or with none of its own to
// all whose settings do not say no.
Result<bool> MayUseChannel(customers::StoreView& view, const Customer& customer,
                           int64_t channel_id) {
  const auto& channels = customer.profile.channel_ids;
  if (channels) return std::ranges::find(*channels, channel_id) != channels->end();
  OUBLI_TRY_ASSIGN(const auto settings, customers::ReadCustomerSettings(view, channel_id));
  return settings.allow_global_logins.value_or(true);
}

// Who could log in with these, if the password is right.
struct Candidate {
  int64_t customer_id = 0;
  std::string password_hash;  // "" when nobody could, or only with a password that is not set
};

Result<Candidate> FindCandidate(customers::Store& store, const Credentials& credentials) {
  OUBLI_TRY_ASSIGN(auto reader, store.Read());
  OUBLI_TRY_ASSIGN(const auto customer,
                   customers::FindCustomerByEmail(*reader, *credentials.email));
  if (!customer) return Candidate();
  OUBLI_TRY_ASSIGN(const bool may, MayUseChannel(*reader, *customer, *credentials.channel_id));
  if (!may) return Candidate();
  return Candidate{customer->head.id, customer->profile.password_hash};
}

}  // namespace

void ValidateCredentials(Call& call) {
  const auto body = ReadObjectBody(call.request, call.choices);
  if (!body) return call.answer(body.error());
  auto credentials = ReadCredentials(body->get_object());
  if (!credentials) return call.answer.Fail(credentials.error(), call.choices.validate_failed);
  if (!credentials->channel_id) credentials->channel_id = call.choices.default_channel_id;
  if (!call.password_attempts.AllowEmail(call.store->number(), *credentials->email)) {
    return call.answer(ErrorEnvelope(429, call.choices.too_many_requests));
  }
  const auto candidate = FindCandidate(*call.store, *credentials);
  if (!candidate) return call.answer.Fail(candidate.error(), call.choices.validate_failed);
  // The same work whether there is somebody or not; and the answer does not say which was wrong.
  const bool valid = crypto::VerifyPassword(candidate->password_hash, *credentials->password);
  std::string text;
  JsonWriter json(text);
  json.BeginObject().Member("is_valid", valid);
  if (valid) json.Member("customer_id", candidate->customer_id);
  json.EndObject();
  call.answer(http::Response::Text(200, kJsonContentType, std::move(text)));
}

}  // namespace oubli::dialects::bigcommerce
