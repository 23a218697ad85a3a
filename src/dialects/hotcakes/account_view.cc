#include "dialects/hotcakes/account_view.h"

#include <vector>

#include "base/json_writer.h"
#include "base/text.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "dialects/hotcakes/account_json.h"
#include "dialects/hotcakes/address_book.h"

namespace oubli::dialects::hotcakes {
namespace {

using customers::Customer;
using customers::Head;
using customers::StoreView;

// Heads are read in batches, so that opening a customer's records does not run inside another
// query.
constexpr size_t kBatch = 500;

Result<AccountDto> ToAccount(StoreView& view, const Customer& customer) {
  AccountDto account;
  account.bvin = std::to_string(customer.head.id);
  account.email = customer.profile.email;
  account.first_name = customer.profile.first_name;
  account.last_name = customer.profile.last_name;
  account.tax_exempt = customer.profile.tax_exempt;
  account.notes = customer.profile.notes;
  account.pricing_group_id = customer.profile.pricing_group_id;
  account.last_updated = customer.head.modified_at;
  account.creation_date = customer.head.created_at;
  // A date must be there; who never logged in did so when the account was made.
  account.last_login_date = customer.profile.last_login_at == 0 ? customer.head.created_at
                                                                : customer.profile.last_login_at;
  OUBLI_TRY_ASSIGN(const auto addresses, customers::ListAddresses(view, customer.head));
  FillAddresses(addresses, account);
  return account;
}

Result<std::vector<Head>> HeadsAfter(StoreView& view, int64_t after_id, int64_t& skip) {
  std::vector<Head> heads;
  OUBLI_TRY(customers::ForEachHead(view, customers::OwnerKind::kCustomer, after_id,
                                   [&](const Head& head) {
                                     if (skip > 0) {
                                       --skip;
                                     } else {
                                       heads.push_back(head);
                                     }
                                     return heads.size() < kBatch;
                                   }));
  return heads;
}

}  // namespace

Result<std::string> AccountJson(StoreView& view, const Customer& customer) {
  OUBLI_TRY_ASSIGN(const AccountDto account, ToAccount(view, customer));
  std::string json;
  JsonWriter writer(json, JsonWriter::Style::kHotcakes);
  AppendJson(writer, account);
  return json;
}

Result<std::string> AccountListJson(StoreView& view, int64_t skip, int64_t count) {
  std::string json;
  JsonWriter writer(json, JsonWriter::Style::kHotcakes);
  writer.BeginArray();
  int64_t after_id = 0;
  bool more = count > 0;
  while (more) {
    OUBLI_TRY_ASSIGN(const auto heads, HeadsAfter(view, after_id, skip));
    for (const Head& head : heads) {
      after_id = head.id;
      OUBLI_TRY_ASSIGN(const auto customer, customers::OpenIfLiving(view, head));
      if (!customer) continue;
      OUBLI_TRY_ASSIGN(const AccountDto account, ToAccount(view, *customer));
      AppendJson(writer, account);
      if (--count == 0) break;
    }
    more = count > 0 && heads.size() == kBatch;
  }
  writer.EndArray();
  return json;
}

std::optional<int64_t> ParseBvin(std::string_view bvin) {
  if (!IsDigits(bvin) || bvin.starts_with('0')) return std::nullopt;
  return ParseInt(bvin);
}

}  // namespace oubli::dialects::hotcakes
