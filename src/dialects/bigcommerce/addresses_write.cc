// POST and PUT /v3/customers/addresses (contract 3).
#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "dialects/bigcommerce/address_json.h"
#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Address;
using customers::Head;
using customers::OwnerKind;
using customers::RecordKind;
using customers::StoreTransaction;

struct WrittenAddress {
  int64_t customer_id = 0;
  Address address;
};

// Stores the address unless the customer has the same one already; then nothing changes and nothing
// is returned.
Result<std::optional<WrittenAddress>> PutUnlessThere(StoreTransaction& transaction,
                                                     const Head& owner, Address address) {
  OUBLI_TRY_ASSIGN(const auto others, customers::ListAddresses(transaction, owner));
  const bool there = std::ranges::any_of(others, [&](const Address& other) {
    return other.id != address.id && SameAddress(other, address);
  });
  if (there) return std::nullopt;
  OUBLI_TRY_ASSIGN(address, customers::PutAddress(transaction, owner, std::move(address)));
  return WrittenAddress{owner.id, std::move(address)};
}

Result<std::optional<WrittenAddress>> CreateOne(StoreTransaction& transaction,
                                                const AddressInput& input, size_t index,
                                                const Choices& choices) {
  OUBLI_TRY_ASSIGN(const auto owner,
                   customers::FindHead(transaction, OwnerKind::kCustomer, *input.customer_id));
  if (!owner) {
    return Fail(ErrorKind::kInvalid, choices.unknown_customer,
                fmt::format("{}.customer_id", index));
  }
  Address address;
  input.ApplyTo(address);
  return PutUnlessThere(transaction, *owner, std::move(address));
}

Result<std::optional<WrittenAddress>> UpdateOne(StoreTransaction& transaction,
                                                const AddressInput& input, size_t index,
                                                const Choices& choices) {
  OUBLI_TRY_ASSIGN(const auto owner,
                   customers::FindRecordOwner(transaction, RecordKind::kAddress, *input.id));
  std::optional<Address> address;
  if (owner && owner->kind == OwnerKind::kCustomer) {
    OUBLI_TRY_ASSIGN(address, customers::FindAddress(transaction, *owner, *input.id));
  }
  if (!address) {
    return Fail(ErrorKind::kInvalid, choices.unknown_address, fmt::format("{}.id", index));
  }
  input.ApplyTo(*address);
  // The country may be the stored one; what is stored already is let be.
  if (choices.refuse_state_codes && input.state_or_province && HasStateCode(*address)) {
    return Fail(ErrorKind::kInvalid, "must be the full name",
                fmt::format("{}.state_or_province", index));
  }
  return PutUnlessThere(transaction, *owner, std::move(*address));
}

Result<std::vector<WrittenAddress>> WriteAll(StoreTransaction& transaction,
                                             const std::vector<AddressInput>& inputs,
                                             AddressUse use, const Choices& choices) {
  std::vector<WrittenAddress> all;
  for (size_t i = 0; i < inputs.size(); ++i) {
    auto one = use == AddressUse::kCreate ? CreateOne(transaction, inputs[i], i, choices)
                                          : UpdateOne(transaction, inputs[i], i, choices);
    if (!one) return Fail(one.error());
    if (*one) all.push_back(std::move(**one));
  }
  return all;
}

Result<std::vector<AddressInput>> ReadAddresses(const boost::json::array& items, AddressUse use,
                                                const Choices& choices) {
  return ReadItems(items, choices, [&](const auto& object, const std::string& path) {
    return ReadAddress(object, path, use, choices);
  });
}

http::Response AnswerOf(const std::vector<WrittenAddress>& all) {
  return DataAnswer(all, [](JsonWriter& json, const WrittenAddress& one) {
    WriteAddress(json, one.address, one.customer_id, false);
  });
}

void WriteAddresses(Call& call, AddressUse use) {
  const Choices& choices = call.choices;
  const std::string_view title = use == AddressUse::kCreate ? choices.create_addresses_failed
                                                            : choices.update_addresses_failed;
  const auto body = ReadArrayBody(call.request, choices, choices.max_addresses_a_call,
                                  choices.too_many_addresses);
  if (!body) return call.answer(body.error());
  auto inputs = ReadAddresses(body->get_array(), use, choices);
  if (!inputs) return call.answer.Fail(inputs.error(), title);
  call.store->Write(
      [inputs = std::move(*inputs), use, &choices](StoreTransaction& transaction) {
        return WriteAll(transaction, inputs, use, choices);
      },
      [title, answer = call.answer](Result<std::vector<WrittenAddress>> all) {
        if (all) return answer(AnswerOf(*all));
        answer.Fail(all.error(), title);
      });
}

}  // namespace

void CreateAddresses(Call& call) { WriteAddresses(call, AddressUse::kCreate); }
void UpdateAddresses(Call& call) { WriteAddresses(call, AddressUse::kUpdate); }

}  // namespace oubli::dialects::bigcommerce
