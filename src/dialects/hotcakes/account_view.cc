#include "dialects/hotcakes/account_view.h"

#include <utility>

#include "base/json_writer.h"
#include "base/text.h"
#include "customers/customer_walk.h"
#include "customers/records.h"
#include "dialects/hotcakes/account_json.h"
#include "dialects/hotcakes/address_book.h"

namespace oubli::dialects::hotcakes {
namespace {

using customers::Customer;
using customers::StoreView;

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

}  // namespace

Result<std::string> AccountJson(StoreView& view, const Customer& customer) {
  OUBLI_TRY_ASSIGN(const AccountDto account, ToAccount(view, customer));
  std::string json;
  JsonWriter writer(json, JsonWriter::Style::kHotcakes);
  AppendJson(writer, account);
  return json;
}

NextItems AccountList(std::shared_ptr<customers::Store> store, int64_t skip, int64_t count) {
  return [walk = customers::CustomerWalk(std::move(store), skip, count)](JsonItems& items) mutable {
    return walk.NextSlice([&items](StoreView& view, const Customer& customer) -> Result<bool> {
      const auto account = ToAccount(view, customer);
      if (!account && account.error().kind == ErrorKind::kNotFound) return true;  // just erased
      if (!account) return Fail(account.error());
      JsonWriter writer = items.Next();
      AppendJson(writer, *account);
      return !items.full();
    });
  };
}

std::optional<int64_t> ParseBvin(std::string_view bvin) {
  if (!IsDigits(bvin) || bvin.starts_with('0')) return std::nullopt;
  return ParseInt(bvin);
}

}  // namespace oubli::dialects::hotcakes
