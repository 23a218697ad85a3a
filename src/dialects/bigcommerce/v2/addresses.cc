// /v2/customers/{id}/addresses and what is below it (contract 6.2). An address of another customer
// is as good as none.
#include <array>
#include <boost/json/array.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "customers/customers.h"
#include "customers/records.h"
#include "dialects/bigcommerce/v2/address_form.h"
#include "dialects/bigcommerce/v2/body.h"
#include "dialects/bigcommerce/v2/handlers.h"
#include "dialects/bigcommerce/v2/list_query.h"
#include "dialects/bigcommerce/v2/reply.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

namespace json = boost::json;
using customers::Address;
using customers::Head;
using customers::StoreTransaction;
using customers::StoreView;

constexpr std::array<std::string_view, 2> kListParameters = {"page", "limit"};

tl::unexpected<Error> None() { return Fail(ErrorKind::kNotFound, "no such customer or address"); }

// The number in the path; kNotFound for what is none.
Result<int64_t> PathId(const Call& call, size_t index) {
  const auto id = IdOf(call.path_parameters[index]);
  if (!id) return None();
  return *id;
}

Result<Head> FindOwner(StoreView& view, int64_t customer_id) {
  OUBLI_TRY_ASSIGN(const auto head,
                   customers::FindHead(view, customers::OwnerKind::kCustomer, customer_id));
  if (!head) return None();
  return *head;
}

Result<Address> FindOne(StoreView& view, const Head& owner, int64_t address_id) {
  OUBLI_TRY_ASSIGN(auto address, customers::FindAddress(view, owner, address_id));
  if (!address) return None();
  return *std::move(address);
}

Result<std::vector<Address>> ReadAll(const Call& call, int64_t customer_id) {
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(const Head owner, FindOwner(*reader, customer_id));
  return customers::ListAddresses(*reader, owner);
}

Result<json::array> AddressRows(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, ReadQuery(call, kListParameters));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, false));
  OUBLI_TRY_ASSIGN(const int64_t customer_id, PathId(call, 0));
  OUBLI_TRY_ASSIGN(const std::vector<Address> all, ReadAll(call, customer_id));
  const auto since = ModifiedSince(call.request);
  json::array rows;
  int64_t to_skip = page.offset();
  for (const Address& address : all) {
    if (!IsModified(since, address.modified_at)) continue;
    if (to_skip-- > 0) continue;
    if (static_cast<int64_t>(rows.size()) == page.limit) break;
    rows.emplace_back(AddressObject(address, customer_id));
  }
  return rows;
}

Result<int64_t> NumberOfAddresses(const Call& call) {
  OUBLI_TRY(ReadQuery(call, {}));
  OUBLI_TRY_ASSIGN(const int64_t customer_id, PathId(call, 0));
  OUBLI_TRY_ASSIGN(const std::vector<Address> all, ReadAll(call, customer_id));
  return static_cast<int64_t>(all.size());
}

Result<Address> Get(const Call& call) {
  OUBLI_TRY(ReadQuery(call, {}));
  OUBLI_TRY_ASSIGN(const int64_t customer_id, PathId(call, 0));
  OUBLI_TRY_ASSIGN(const int64_t address_id, PathId(call, 1));
  OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
  OUBLI_TRY_ASSIGN(const Head owner, FindOwner(*reader, customer_id));
  return FindOne(*reader, owner, address_id);
}

// A write's place and what its body says.
struct Write {
  int64_t customer_id = 0;
  int64_t address_id = 0;  // 0: a new one
  AddressInput input;
};

Result<Write> ReadWrite(const Call& call, bool create) {
  OUBLI_TRY(ReadQuery(call, {}));
  Write write;
  OUBLI_TRY_ASSIGN(write.customer_id, PathId(call, 0));
  if (!create) {
    OUBLI_TRY_ASSIGN(write.address_id, PathId(call, 1));
  }
  OUBLI_TRY_ASSIGN(const json::value body, ReadBody(call.request, "address", call.choices));
  OUBLI_TRY_ASSIGN(write.input,
                   ReadAddressBody(body.get_object(), write.customer_id, create, call.choices));
  return write;
}

Result<Address> Put(StoreTransaction& transaction, const Write& write, const Choices& choices) {
  OUBLI_TRY_ASSIGN(const Head owner, FindOwner(transaction, write.customer_id));
  Address address;
  if (write.address_id != 0) {
    OUBLI_TRY_ASSIGN(address, FindOne(transaction, owner, write.address_id));
  }
  write.input.ApplyTo(address);
  // The country or the state may have come alone.
  if (choices.refuse_state_codes && write.input.state_or_province &&
      IsStateCode(address.country_code, address.state)) {
    return Fail(ErrorKind::kInvalid, "is not the full name of a state", "state");
  }
  return customers::PutAddress(transaction, owner, std::move(address));
}

void WriteOne(Call& call, bool create) {
  const Reply reply(call);
  auto write = ReadWrite(call, create);
  if (!write) return reply.Fail(write.error());
  const int64_t customer_id = write->customer_id;
  call.store->Write([write = std::move(*write), &choices = call.choices](
                        StoreTransaction& transaction) { return Put(transaction, write, choices); },
                    [reply, customer_id](const Result<Address>& address) {
                      if (!address) return reply.Fail(address.error());
                      reply.Object(200, "address", AddressObject(*address, customer_id));
                    });
}

Status Delete(StoreTransaction& transaction, int64_t customer_id, int64_t address_id) {
  OUBLI_TRY_ASSIGN(const Head owner, FindOwner(transaction, customer_id));
  OUBLI_TRY_ASSIGN(const bool was_there, customers::DeleteAddress(transaction, owner, address_id));
  if (!was_there) return None();
  return {};
}

Status DeleteAll(StoreTransaction& transaction, int64_t customer_id) {
  OUBLI_TRY_ASSIGN(const Head owner, FindOwner(transaction, customer_id));
  OUBLI_TRY_ASSIGN(const auto all, customers::ListAddresses(transaction, owner));
  for (const Address& address : all) {
    OUBLI_TRY(customers::DeleteAddress(transaction, owner, address.id));
  }
  return {};
}

// The answer to a delete.
auto Deleted(const Reply& reply) {
  return [reply](const Status& status) {
    if (!status) return reply.Fail(status.error());
    reply.NoContent();
  };
}

}  // namespace

void ListAddresses(Call& call) {
  const Reply reply(call);
  auto rows = AddressRows(call);
  if (!rows) return reply.Fail(rows.error());
  SendList(reply, "addresses", std::move(*rows), ModifiedSince(call.request).has_value());
}

void CountAddresses(Call& call) {
  const Reply reply(call);
  const auto count = NumberOfAddresses(call);
  if (!count) return reply.Fail(count.error());
  reply.Object(200, "addresses", {{"count", *count}});
}

void GetAddress(Call& call) {
  const Reply reply(call);
  const auto address = Get(call);
  if (!address) return reply.Fail(address.error());
  if (!IsModified(ModifiedSince(call.request), address->modified_at)) return reply.NotModified();
  reply.Object(200, "address", AddressObject(*address, *IdOf(call.path_parameters[0])));
}

void CreateAddress(Call& call) { WriteOne(call, true); }
void UpdateAddress(Call& call) { WriteOne(call, false); }

void DeleteAddress(Call& call) {
  const Reply reply(call);
  if (const auto query = ReadQuery(call, {}); !query) return reply.Fail(query.error());
  const auto customer_id = PathId(call, 0);
  const auto address_id = PathId(call, 1);
  if (!customer_id || !address_id) return reply.NotFound();
  call.store->Write(
      [customer_id = *customer_id, address_id = *address_id](StoreTransaction& transaction) {
        return Delete(transaction, customer_id, address_id);
      },
      Deleted(reply));
}

void DeleteAddresses(Call& call) {
  const Reply reply(call);
  // Also a query that the call does not take, which was to name one of them.
  if (const auto query = ReadQuery(call, {}); !query) return reply.Fail(query.error());
  if (call.request.path.ends_with('/')) {
    // What a client makes of an id that came out blank.
    return reply.NotFound();
  }
  const auto customer_id = PathId(call, 0);
  if (!customer_id) return reply.NotFound();
  call.store->Write(
      [customer_id = *customer_id](StoreTransaction& transaction) {
        return DeleteAll(transaction, customer_id);
      },
      Deleted(reply));
}

}  // namespace oubli::dialects::bigcommerce::v2
