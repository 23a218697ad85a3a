// POST /v2/customers and PUT /v2/customers/{id} (contract 6.2).
#include <optional>
#include <utility>

#include "crypto/password.h"
#include "customers/customer_settings.h"
#include "customers/customers.h"
#include "customers/groups.h"
#include "dialects/bigcommerce/v2/body.h"
#include "dialects/bigcommerce/v2/customer_input.h"
#include "dialects/bigcommerce/v2/customer_json.h"
#include "dialects/bigcommerce/v2/handlers.h"
#include "dialects/bigcommerce/v2/list_query.h"
#include "dialects/bigcommerce/v2/reply.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

using customers::Customer;
using customers::StoreTransaction;

Result<CustomerBody> ReadAndHash(const Call& call, CustomerUse use) {
  OUBLI_TRY(ReadQuery(call, {}));
  OUBLI_TRY_ASSIGN(const boost::json::value value,
                   ReadBody(call.request, "customer", call.choices));
  OUBLI_TRY_ASSIGN(CustomerBody body, ReadCustomerBody(value.get_object(), use, call.choices));
  // Takes its time: not for the writer's thread.
  if (body.fields.new_password) {
    body.fields.password_hash = crypto::HashPassword(*body.fields.new_password);
    body.fields.new_password.reset();
  }
  return body;
}

// The group that a body names must be there; the one that the customer is in already may be named.
Status CheckGroup(StoreTransaction& transaction, const CustomerBody& body, int64_t present,
                  const Choices& choices) {
  const int64_t id = body.fields.customer_group_id.value_or(0);
  if (!choices.group_must_exist || id == 0 || id == present) return {};
  OUBLI_TRY_ASSIGN(const auto group, customers::FindGroup(transaction, id));
  if (group) return {};
  return Fail(ErrorKind::kInvalid, choices.unknown_group, "customer_group_id");
}

Result<Customer> Create(StoreTransaction& transaction, const CustomerBody& body,
                        const Choices& choices) {
  OUBLI_TRY(CheckGroup(transaction, body, 0, choices));
  Customer customer;
  if (!body.fields.customer_group_id && choices.new_customers_join_default_group) {
    OUBLI_TRY_ASSIGN(customer.head.group_id,
                     customers::DefaultGroupId(transaction, customer.profile.origin_channel_id));
  }
  body.ApplyTo(customer);
  return customers::CreateCustomer(transaction, std::move(customer));
}

Result<Customer> Update(StoreTransaction& transaction, int64_t id, const CustomerBody& body,
                        const Choices& choices) {
  OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(transaction, id));
  if (!customer) return Fail(ErrorKind::kNotFound, "no such customer");
  if (!body.says_something) return *std::move(customer);
  OUBLI_TRY(CheckGroup(transaction, body, customer->head.group_id, choices));
  body.ApplyTo(*customer);
  return customers::UpdateCustomer(transaction, std::move(*customer));
}

// The answer to a write: the customer as stored.
auto AnswerWith(const Call& call) {
  return [reply = Reply(call), links = Links(call),
          &choices = call.choices](const Result<Customer>& customer) {
    if (!customer) {
      Error error = customer.error();
      if (error.kind == ErrorKind::kConflict && !choices.taken_email_is_conflict) {
        error = {ErrorKind::kInvalid, "is already in use", error.field};
      }
      return reply.Fail(error);
    }
    reply.Object(200, "customer", CustomerObject(*customer, links));
  };
}

}  // namespace

void CreateCustomer(Call& call) {
  auto body = ReadAndHash(call, CustomerUse::kCreate);
  if (!body) return Reply(call).Fail(body.error());
  call.store->Write(
      [body = std::move(*body), &choices = call.choices](StoreTransaction& transaction) {
        return Create(transaction, body, choices);
      },
      AnswerWith(call));
}

void UpdateCustomer(Call& call) {
  const auto id = IdOf(call.path_parameters[0]);
  if (!id) return Reply(call).NotFound();
  auto body = ReadAndHash(call, CustomerUse::kUpdate);
  if (!body) return Reply(call).Fail(body.error());
  call.store->Write(
      [body = std::move(*body), id = *id, &choices = call.choices](StoreTransaction& transaction) {
        return Update(transaction, id, body, choices);
      },
      AnswerWith(call));
}

}  // namespace oubli::dialects::bigcommerce::v2
