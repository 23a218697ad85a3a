// POST and PUT /v3/customers (contract 2.3 and 2.4).
#include <fmt/core.h>

#include <algorithm>
#include <memory>

#include "base/json_writer.h"
#include "customers/customer_settings.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/records.h"
#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/customer_input.h"
#include "dialects/bigcommerce/customer_json.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Address;
using customers::Customer;
using customers::StoreTransaction;

constexpr Includes kWritten = {.store_credit = true};  // what the answer to a write shows

// A batch on its way through the writer; `at` is the item that it stopped at, when it failed.
struct Batch {
  std::vector<CustomerInput> items;
  size_t at = 0;
};

Result<std::vector<Address>> PutAddresses(StoreTransaction& transaction,
                                          const customers::Head& head,
                                          const std::vector<AddressInput>& inputs) {
  std::vector<Address> stored;
  for (const AddressInput& input : inputs) {
    Address address;
    input.ApplyTo(address);
    const bool repeated = std::ranges::any_of(
        stored, [&](const Address& other) { return SameAddress(address, other); });
    if (repeated) continue;
    OUBLI_TRY_ASSIGN(address, customers::PutAddress(transaction, head, std::move(address)));
    stored.push_back(std::move(address));
  }
  return stored;
}

Result<CustomerView> CreateOne(StoreTransaction& transaction, const CustomerInput& input,
                               const std::string& path, const Choices& choices) {
  Customer customer;
  input.ApplyTo(customer);
  for (size_t i = 0; i < input.attributes.size(); ++i) {
    OUBLI_TRY_ASSIGN(const auto definition, customers::FindAttributeDefinition(
                                                transaction, input.attributes[i].attribute_id));
    if (!definition) {
      return Fail(ErrorKind::kInvalid, choices.unknown_attribute,
                  fmt::format("{}attributes.{}.attribute_id", path, i));
    }
  }
  if (!input.customer_group_id && choices.new_customers_join_default_group) {
    OUBLI_TRY_ASSIGN(customer.head.group_id,
                     customers::DefaultGroupId(transaction, customer.profile.origin_channel_id));
  }
  CustomerView view;
  OUBLI_TRY_ASSIGN(view.customer, customers::CreateCustomer(transaction, std::move(customer)));
  if (input.addresses) {
    OUBLI_TRY_ASSIGN(view.addresses,
                     PutAddresses(transaction, view.customer.head, *input.addresses));
  }
  for (const customers::AttributeValue& value : input.attributes) {
    OUBLI_TRY(customers::PutAttributeValue(transaction, view.customer.head, value));
  }
  return view;
}

Result<CustomerView> UpdateOne(StoreTransaction& transaction, const CustomerInput& input,
                               size_t index, const Choices& choices) {
  OUBLI_TRY_ASSIGN(auto found, customers::FindCustomer(transaction, *input.id));
  if (!found) {
    return Fail(ErrorKind::kInvalid, choices.unknown_customer, fmt::format("{}.id", index));
  }
  input.ApplyTo(*found);
  CustomerView view;
  OUBLI_TRY_ASSIGN(view.customer, customers::UpdateCustomer(transaction, std::move(*found)));
  return view;
}

http::Response Written(const std::vector<CustomerView>& views, const Choices& choices) {
  return DataAnswer(views, [&choices](JsonWriter& json, const CustomerView& view) {
    WriteCustomer(json, view, kWritten, choices);
  });
}

// The refusal of an e-mail address that somebody has; the address goes to its sender and nowhere
// else.
http::Response EmailTaken(CustomerUse use, const Choices& choices, const Batch& batch) {
  const bool create = use == CustomerUse::kCreate;
  const std::string_view title = create ? kCreateCustomersFailed : kUpdateCustomersFailed;
  const std::string_view key = create ? ".customer_create" : choices.update_email_key;
  const std::string_view text = create ? "Error creating customers" : choices.update_email_text;
  const std::string email = batch.items[batch.at].email.value_or("");
  return ErrorEnvelope(
      422, title, {{std::string(key), fmt::format("{}: email {} already in use", text, email)}});
}

Result<std::vector<CustomerView>> WriteAll(StoreTransaction& transaction, Batch& batch,
                                           CustomerUse use, const Choices& choices) {
  std::vector<CustomerView> views;
  for (batch.at = 0; batch.at < batch.items.size(); ++batch.at) {
    const CustomerInput& item = batch.items[batch.at];
    auto view = use == CustomerUse::kCreate
                    ? CreateOne(transaction, item, ItemPath(choices, batch.at), choices)
                    : UpdateOne(transaction, item, batch.at, choices);
    if (!view) return Fail(view.error());
    views.push_back(std::move(*view));
  }
  return views;
}

void WriteCustomers(Call& call, CustomerUse use) {
  const std::string_view title =
      use == CustomerUse::kCreate ? kCreateCustomersFailed : kUpdateCustomersFailed;
  const Choices& choices = call.choices;
  const auto body = ReadArrayBody(call.request, choices, choices.max_customers_a_call,
                                  choices.too_many_customers);
  if (!body) return call.answer(body.error());
  auto inputs = ReadCustomers(body->get_array(), use, choices);
  if (!inputs) return call.answer.Fail(inputs.error(), title);
  HashPasswords(*inputs);
  auto batch = std::make_shared<Batch>(Batch{std::move(*inputs)});
  call.store->Write(
      [batch, use, &choices](StoreTransaction& transaction) {
        return WriteAll(transaction, *batch, use, choices);
      },
      [batch, use, &choices, title, answer = call.answer](Result<std::vector<CustomerView>> views) {
        if (views) {
          answer(Written(*views, choices));
        } else if (views.error().kind == ErrorKind::kConflict && views.error().field == "email") {
          answer(EmailTaken(use, choices, *batch));
        } else {
          answer.Fail(views.error(), title);
        }
      });
}

}  // namespace

void CreateCustomers(Call& call) { WriteCustomers(call, CustomerUse::kCreate); }
void UpdateCustomers(Call& call) { WriteCustomers(call, CustomerUse::kUpdate); }

}  // namespace oubli::dialects::bigcommerce
