// POST /admin/customers/{customer_id}/addresses.

#include <boost/json/array.hpp>
#include <string>
#include <utility>
#include <vector>

#include "customers/customers.h"
#include "customers/records.h"
#include "dialects/webcommander/address_body.h"
#include "dialects/webcommander/customer_details.h"
#include "dialects/webcommander/customer_json.h"
#include "dialects/webcommander/customer_lookup.h"
#include "dialects/webcommander/handlers.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;
using customers::AddressRole;

constexpr size_t kMaxAddresses = 20;

struct NewAddress {
  const AddressType* type = nullptr;
  boost::json::object fields;
};

const AddressType* FindType(std::string_view name) {
  for (const AddressType& type : kAddressTypes) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

// Each is checked on an empty address, so that nothing is refused in the middle of the writing.
Parsed<std::vector<NewAddress>> ParseAddresses(std::string_view body) {
  const auto object = ParseObject(body);
  if (!object) return tl::unexpected(object.error());
  FieldReader top(*object);
  top.Text("transaction_no");
  const boost::json::object* customer = top.Object("customer");
  if (customer == nullptr) top.Fail("customer", "invalid_value", "must be an object");
  if (top.problem()) return tl::unexpected(*top.problem());
  FieldReader reader(*customer);
  const boost::json::array* addresses = reader.Array("addresses", kMaxAddresses);
  if (addresses == nullptr || addresses->empty()) {
    reader.Fail("addresses", "invalid_value", "must be an array of addresses");
  }
  if (reader.problem()) return tl::unexpected(*reader.problem());
  std::vector<NewAddress> list;
  for (const boost::json::value& element : *addresses) {
    const std::string where = "addresses[" + std::to_string(list.size()) + "]";
    if (!element.is_object()) {
      return tl::unexpected(ValidationFailed(where, "invalid_value", "must be an object"));
    }
    FieldReader fields(element.get_object(), where + ".");
    NewAddress address{nullptr, element.get_object()};
    if (const auto type = fields.Word("type", {"primary", "shipping", "billing"})) {
      address.type = FindType(*type);
    } else {
      fields.Fail("type", "invalid_enum", "must be one of primary, shipping, billing");
    }
    Address probe;
    ReadAddress(fields, probe);
    if (fields.problem()) return tl::unexpected(*fields.problem());
    list.push_back(std::move(address));
  }
  return list;
}

// The one that serves this purpose alone is written over: what it has beside the fields sent stays.
// One that serves others too goes on serving those, and a new one is made.
Status PutAddressOfType(customers::StoreTransaction& transaction, const customers::Head& owner,
                        const NewAddress& wanted) {
  const int64_t role = wanted.type->role;
  Address address;
  address.roles = role;
  OUBLI_TRY_ASSIGN(auto stored, customers::ListAddresses(transaction, owner));
  for (Address& old : stored) {
    if ((old.roles & role) == 0) continue;
    if ((old.roles & ~AddressRole::kBook) == role) {
      address = std::move(old);
    } else {
      old.roles &= ~role;
      OUBLI_TRY(customers::PutAddress(transaction, owner, std::move(old)));
    }
    break;
  }
  FieldReader fields(wanted.fields);
  ReadAddress(fields, address);
  OUBLI_TRY(customers::PutAddress(transaction, owner, std::move(address)));
  return {};
}

}  // namespace

void CreateAddresses(const Call& call) {
  const auto id = CustomerIdOf(call);
  if (!id) return call.answer(id.error());
  auto addresses = ParseAddresses(call.request.body);
  if (!addresses) return call.answer(addresses.error());
  call.store->Write(
      [id = *id, addresses = std::move(*addresses)](
          customers::StoreTransaction& transaction) -> Result<CustomerDetails> {
        OUBLI_TRY_ASSIGN(auto customer, customers::FindCustomer(transaction, id));
        if (!customer) return Fail(ErrorKind::kNotFound, "no such customer");
        for (const NewAddress& address : addresses) {
          OUBLI_TRY(PutAddressOfType(transaction, customer->head, address));
        }
        return ReadDetails(transaction, std::move(*customer));
      },
      [answer = call.answer](Result<CustomerDetails> details) {
        if (!details) return answer(FromError(details.error()));
        answer(JsonResponse(201, CustomerBody(*details, AddressEntries::kSaved)));
      });
}

}  // namespace oubli::dialects::webcommander
