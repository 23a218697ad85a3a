// One customer: read, create, update, delete.

#include "customers/customers.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "crypto/key.h"
#include "crypto/password.h"
#include "dialects/webcommander/customer_body.h"
#include "dialects/webcommander/customer_details.h"
#include "dialects/webcommander/customer_json.h"
#include "dialects/webcommander/customer_lookup.h"
#include "dialects/webcommander/handlers.h"
#include "erasure/eraser.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Customer;
using customers::StoreTransaction;

Result<std::optional<CustomerDetails>> ReadCustomerDetails(customers::Store& store, int64_t id) {
  OUBLI_TRY_ASSIGN(auto view, store.Read());
  OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(*view, id));
  if (!customer) return std::nullopt;
  OUBLI_TRY_ASSIGN(CustomerDetails details, ReadDetails(*view, std::move(*customer)));
  return details;
}

// The hash of the patch's password, "" when it has none; the password itself is wiped. Argon2id
// takes its time on purpose: on the worker that reads the request, never on the writer.
std::string TakePasswordHash(CustomerPatch& patch) {
  if (!patch.password) return "";
  std::string hash = crypto::HashPassword(*patch.password);
  crypto::Wipe(patch.password->data(), patch.password->size());
  patch.password.reset();
  return hash;
}

// For `done` of a write: the customer as stored, or the error.
auto AnswerWith(Answer answer, int status, AddressEntries entries) {
  return [answer = std::move(answer), status, entries](Result<CustomerDetails> details) {
    if (!details) return answer(FromError(details.error()));
    answer(JsonResponse(status, CustomerBody(*details, entries)));
  };
}

}  // namespace

void GetCustomer(const Call& call) {
  const auto id = CustomerIdOf(call);
  if (!id) return call.answer(id.error());
  const auto details = ReadCustomerDetails(*call.store, *id);
  if (!details) return call.answer(FromError(details.error()));
  if (!*details) return call.answer(CustomerNotFound());
  call.answer(JsonResponse(200, CustomerBody(**details, AddressEntries::kSaved)));
}

void CreateCustomer(const Call& call) {
  auto patch = ParseCreate(call.request.body);
  if (!patch) return call.answer(patch.error());
  Customer customer;
  customer.profile.status = customers::CustomerStatus::kAwaitingVerification;
  ApplyPatch(*patch, customer.profile);
  customer.profile.password_hash = TakePasswordHash(*patch);
  call.store->Write(
      [customer = std::move(customer)](StoreTransaction& transaction) -> Result<CustomerDetails> {
        OUBLI_TRY_ASSIGN(Customer created, customers::CreateCustomer(transaction, customer));
        return ReadDetails(transaction, std::move(created));
      },
      AnswerWith(call.answer, 201, AddressEntries::kAllTypes));
}

void UpdateCustomer(const Call& call) {
  const auto id = CustomerIdOf(call);
  if (!id) return call.answer(id.error());
  auto patch = ParseUpdate(call.request.body);
  if (!patch) return call.answer(patch.error());
  std::string new_hash = TakePasswordHash(*patch);
  call.store->Write(
      [id = *id, hash = std::move(new_hash),
       patch = std::move(*patch)](StoreTransaction& transaction) -> Result<CustomerDetails> {
        OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(transaction, id));
        if (!customer) return Fail(ErrorKind::kNotFound, "no such customer");
        ApplyPatch(patch, customer->profile);
        if (!hash.empty()) customer->profile.password_hash = hash;
        OUBLI_TRY_ASSIGN(Customer updated,
                         customers::UpdateCustomer(transaction, std::move(*customer)));
        return ReadDetails(transaction, std::move(updated));
      },
      AnswerWith(call.answer, 200, AddressEntries::kSaved));
}

// Permanent, as the system's own page says: nothing goes to a trash, and a second call is a 404.
void DeleteCustomer(const Call& call) {
  const auto id = CustomerIdOf(call);
  if (!id) return call.answer(id.error());
  erasure::Erase(*call.store, customers::OwnerKind::kCustomer, {*id},
                 [answer = call.answer](Result<erasure::Outcome> outcome) {
                   if (!outcome) return answer(FromError(outcome.error()));
                   if (outcome->erased.empty()) return answer(CustomerNotFound());
                   http::Response response;
                   response.status = 204;
                   answer(std::move(response));
                 });
}

}  // namespace oubli::dialects::webcommander
