// validate_customer_password (contract, 2.9): success only if everything that was sent matches.
#include "base/text.h"
#include "crypto/password.h"
#include "customers/customers.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::Customer;

Result<Customer> FindClaimed(customers::StoreView& view, const Fields& fields) {
  const std::string_view code = fields.Get("code");
  const std::string_view card = fields.Get("card_number");
  const std::string_view username = fields.Get("customer_username");
  std::optional<Customer> customer;
  if (!code.empty()) {
    OUBLI_TRY_ASSIGN(customer, customers::FindCustomerByCode(view, code));
  } else if (!card.empty()) {
    OUBLI_TRY_ASSIGN(customer, customers::FindCustomerByCard(view, card));
  } else if (!username.empty()) {
    OUBLI_TRY_ASSIGN(customer, customers::FindCustomerByUsername(view, username));
  }
  if (!customer) return Refuse(kNoSuchCustomer);
  const std::string_view phone = fields.Get("phone");
  const customers::Profile& profile = customer->profile;
  const bool same = (card.empty() || card == profile.card_number) &&
                    (username.empty() || username == profile.username) &&
                    (phone.empty() || phone == profile.phone);
  if (!same) return Refuse(kNoSuchCustomer);
  return std::move(*customer);
}

Result<Node> CheckPassword(const Call& call) {
  const std::string* password = call.fields.Find("customer_password");
  const std::string* pin = call.fields.Find("customer_PIN");
  if (password == nullptr && pin == nullptr) return Refuse(kNoPasswordSent);
  if (password != nullptr && password->empty() && pin == nullptr) return Refuse(kNoPasswordSent);
  if (pin != nullptr && Trim(*pin).empty()) return Refuse(kNoPinSent);
  Result<Customer> customer = Refuse(kNoSuchCustomer);
  {
    OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
    customer = FindClaimed(*reader, call.fields);
  }
  // Hashing takes its time: the snapshot has been given back.
  OUBLI_TRY(customer);
  const customers::Profile& profile = customer->profile;
  if (password != nullptr && !password->empty()) {
    if (profile.password_hash.empty()) return Refuse(kNoPasswordStored);
    if (!crypto::VerifyPassword(profile.password_hash, *password)) return Refuse(kNoSuchCustomer);
  }
  if (pin != nullptr) {
    if (profile.pin_hash.empty()) return Refuse(kNoPinStored);
    if (!crypto::VerifyPassword(profile.pin_hash, Trim(*pin))) return Refuse(kPinsDiffer);
  }
  return Success();
}

}  // namespace

void ValidateCustomerPassword(const Call& call) { call.reply(CheckPassword(call)); }

}  // namespace oubli::dialects::stickystreet
