// The two data transfer objects of the customer accounts, as they are on the wire.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json_writer.h"
#include "dialects/hotcakes/javascript_reader.h"

namespace oubli::dialects::hotcakes {

struct AddressDto {
  std::optional<std::string> bvin;  // null until somebody gives it one
  UnixMs last_updated = 0;
  int64_t store_id = 0;
  std::string nick_name;
  std::string first_name;
  std::string middle_initial;
  std::string last_name;
  std::string company;
  std::string line1;
  std::string line2;
  std::string line3;
  std::string city;
  std::string region_name;  // output only
  std::string region_bvin;  // "NY"
  std::string postal_code;
  std::string country_name;  // output only
  std::string country_bvin;
  std::string phone;
  std::string fax;
  std::string web_site_url;
  std::string user_bvin;
  int64_t address_type =
      0;  // 0 General, 1 Billing, 2 Shipping, 3 both, 99 StoreContact; any is kept
};

struct AccountDto {
  std::string bvin;
  std::string email;
  std::string first_name;
  std::string last_name;
  std::string password;  // in only; always "" on the wire out
  std::vector<AddressDto> addresses;
  bool tax_exempt = false;
  std::string notes;
  std::string pricing_group_id;
  UnixMs last_updated = 0;  // the dates are out only
  UnixMs creation_date = 0;
  UnixMs last_login_date = 0;
  AddressDto shipping_address;
  AddressDto billing_address;
};

// "\/Date(ms)\/" with both slashes escaped: clients depend on it.
std::string DateJson(UnixMs ms);

void AppendJson(JsonWriter& writer, const AddressDto& address);
void AppendJson(JsonWriter& writer, const AccountDto& account);

// The account in a request body. What the body leaves out gets the type's default: "", false, no
// addresses, `now_ms` for dates. Refuses what cannot be read, no body at all, null where an address
// or a list of them belongs, and more than 1000 addresses.
tl::expected<AccountDto, Refusal> ReadAccount(std::string_view body, UnixMs now_ms);

// Whether the two say the same in everything that a caller can set.
bool SameInput(const AddressDto& a, const AddressDto& b);
// Nothing in it but dates.
bool IsBlank(const AddressDto& address);
// Equal for two addresses that the original system takes for the same one: all texts but the
// output-only ones and UserBvin, trimmed and without regard to case; ids, type and dates do not
// count.
std::string SamenessKey(const AddressDto& address);

}  // namespace oubli::dialects::hotcakes
