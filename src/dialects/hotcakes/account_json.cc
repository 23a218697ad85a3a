#include "dialects/hotcakes/account_json.h"

#include <fmt/core.h>

#include <utility>

#include "base/date_time.h"
#include "base/text.h"
#include "dialects/hotcakes/account_fields.h"
#include "dialects/hotcakes/dotnet_conversion.h"

namespace oubli::dialects::hotcakes {
namespace {

constexpr size_t kMaxAddresses = 1000;

constexpr std::string_view kAccountType = "Hotcakes.CommerceDTO.v1.Membership.CustomerAccountDTO";
constexpr std::string_view kAddressType = "Hotcakes.CommerceDTO.v1.Contacts.AddressDTO";
constexpr std::string_view kAddressListType = "System.Collections.Generic.List`1";

constexpr DotnetConversion::EnumName kAddressTypes[] = {{"General", 0},
                                                        {"Billing", 1},
                                                        {"Shipping", 2},
                                                        {"BillingAndShipping", 3},
                                                        {"StoreContact", 99}};

using Type = JavaScriptValue::Type;

bool ReadAddressText(const JavaScriptMember& member, AddressDto& address,
                     DotnetConversion& convert) {
  for (const AddressTextField& field : AddressTextFields()) {
    if (!member.Is(field.name)) continue;
    address.*field.member = convert.Text(member.value, field.name);
    return true;
  }
  return false;
}

AddressDto ReadAddress(const JavaScriptValue& value, std::string_view property, UnixMs now_ms,
                       DotnetConversion& convert) {
  AddressDto address;
  address.last_updated = now_ms;
  if (value.type == Type::kNull) {
    convert.Refuse(fmt::format("{} must not be null.", property));
    return address;
  }
  if (!convert.IsObject(value, kAddressType)) return address;
  for (const JavaScriptMember& member : value.members) {
    if (ReadAddressText(member, address, convert)) continue;
    if (member.Is("Bvin")) {
      address.bvin = convert.NullableText(member.value, "Bvin");
    } else if (member.Is("LastUpdatedUtc")) {
      address.last_updated = convert.Date(member.value);
    } else if (member.Is("StoreId")) {
      address.store_id = convert.Int64(member.value);
    } else if (member.Is("AddressType")) {
      address.address_type = convert.Enum(member.value, "AddressTypesDTO", kAddressTypes);
    }
  }
  return address;
}

std::vector<AddressDto> ReadAddresses(const JavaScriptValue& value, UnixMs now_ms,
                                      DotnetConversion& convert) {
  std::vector<AddressDto> addresses;
  if (value.type == Type::kNull) {
    convert.Refuse("Addresses must not be null.");
    return addresses;
  }
  if (!convert.IsList(value, kAddressListType)) return addresses;
  if (value.items.size() > kMaxAddresses) {
    convert.Refuse(fmt::format("An account holds at most {} addresses.", kMaxAddresses));
    return addresses;
  }
  for (const JavaScriptValue& item : value.items)
    addresses.push_back(ReadAddress(item, "An address", now_ms, convert));
  return addresses;
}

struct AccountTextField {
  std::string_view name;
  std::string AccountDto::*member;
};
constexpr AccountTextField kAccountTexts[] = {
    {"Bvin", &AccountDto::bvin},
    {"Email", &AccountDto::email},
    {"FirstName", &AccountDto::first_name},
    {"LastName", &AccountDto::last_name},
    {"Password", &AccountDto::password},
    {"Notes", &AccountDto::notes},
    {"PricingGroupId", &AccountDto::pricing_group_id},
};

bool ReadAccountText(const JavaScriptMember& member, AccountDto& account,
                     DotnetConversion& convert) {
  for (const AccountTextField& field : kAccountTexts) {
    if (!member.Is(field.name)) continue;
    account.*field.member = convert.Text(member.value, field.name);
    return true;
  }
  return false;
}

void ReadAccountMember(const JavaScriptMember& member, UnixMs now_ms, AccountDto& account,
                       DotnetConversion& convert) {
  if (ReadAccountText(member, account, convert)) return;
  if (member.Is("Addresses")) {
    account.addresses = ReadAddresses(member.value, now_ms, convert);
  } else if (member.Is("TaxExempt")) {
    account.tax_exempt = convert.Bool(member.value);
  } else if (member.Is("ShippingAddress")) {
    account.shipping_address = ReadAddress(member.value, "ShippingAddress", now_ms, convert);
  } else if (member.Is("BillingAddress")) {
    account.billing_address = ReadAddress(member.value, "BillingAddress", now_ms, convert);
  } else if (member.Is("FailedLoginCount")) {
    convert.Int32(member.value);  // has to be one, and then does not count
  } else if (member.Is("LastUpdatedUtc") || member.Is("CreationDateUtc") ||
             member.Is("LastLoginDateUtc")) {
    convert.Date(member.value);
  }
}

}  // namespace

std::string DateJson(UnixMs ms) { return fmt::format("\"\\/Date({})\\/\"", ms); }

void AppendJson(JsonWriter& writer, const AddressDto& address) {
  writer.BeginObject().Key("Bvin");
  if (address.bvin) {
    writer.String(*address.bvin);
  } else {
    writer.Null();
  }
  writer.Key("LastUpdatedUtc").Raw(DateJson(address.last_updated));
  writer.Member("StoreId", address.store_id);
  for (const AddressTextField& field : AddressTextFields())
    writer.Member(field.name, address.*field.member);
  writer.Member("AddressType", address.address_type).EndObject();
}

void AppendJson(JsonWriter& writer, const AccountDto& account) {
  writer.BeginObject()
      .Member("Bvin", account.bvin)
      .Member("Email", account.email)
      .Member("FirstName", account.first_name)
      .Member("LastName", account.last_name)
      .Member("Password", "")
      .Key("Addresses")
      .BeginArray();
  for (const AddressDto& address : account.addresses) AppendJson(writer, address);
  writer.EndArray()
      .Member("TaxExempt", account.tax_exempt)
      .Member("Notes", account.notes)
      .Member("PricingGroupId", account.pricing_group_id)
      .Member("FailedLoginCount", 0);
  writer.Key("LastUpdatedUtc").Raw(DateJson(account.last_updated));
  writer.Key("CreationDateUtc").Raw(DateJson(account.creation_date));
  writer.Key("LastLoginDateUtc").Raw(DateJson(account.last_login_date));
  writer.Key("ShippingAddress");
  AppendJson(writer, account.shipping_address);
  writer.Key("BillingAddress");
  AppendJson(writer, account.billing_address);
  writer.EndObject();
}

tl::expected<AccountDto, Refusal> ReadAccount(std::string_view body, UnixMs now_ms) {
  auto value = ReadJavaScript(body);
  if (!value) return tl::unexpected(std::move(value).error());
  if (value->type == Type::kNull) return tl::unexpected(Refusal{"The request body is empty."});
  DotnetConversion convert;
  AccountDto account;
  account.shipping_address.last_updated = account.billing_address.last_updated = now_ms;
  if (convert.IsObject(*value, kAccountType)) {
    for (const JavaScriptMember& member : value->members)
      ReadAccountMember(member, now_ms, account, convert);
  }
  if (convert.refusal()) return tl::unexpected(*convert.refusal());
  return account;
}

std::string SamenessKey(const AddressDto& address) {
  std::string key;
  for (const AddressTextField& field : AddressTextFields()) {
    if (!field.tells_apart) continue;
    key += FoldCase(Trim(address.*field.member));
    key += '\0';  // in no text that was accepted
  }
  return key;
}

}  // namespace oubli::dialects::hotcakes
