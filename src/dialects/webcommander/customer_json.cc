#include "dialects/webcommander/customer_json.h"

#include <optional>
#include <string_view>

#include "base/date_time.h"
#include "dialects/webcommander/address_json.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;
using customers::Profile;

void WriteAddressHead(JsonWriter& writer, const AddressType& type, const Address& address) {
  writer.Key("id");
  if (address.id == 0) {
    writer.Null();
  } else {
    writer.Int(address.id);
  }
  writer.Member("type", type.name)
      .Member("first_name", address.first_name)
      .Member("last_name", address.last_name);
}

void WriteAddress(JsonWriter& writer, const AddressType& type, const Address& address) {
  writer.BeginObject();
  WriteAddressHead(writer, type, address);
  WriteAddressFields(writer, address);
  writer.EndObject();
}

void WriteShortAddress(JsonWriter& writer, const AddressType& type, const Address& address) {
  writer.BeginObject();
  WriteAddressHead(writer, type, address);
  writer.Member("address_line_1", address.line1)
      .Member("city", address.city)
      .Member("post_code", address.postal_code)
      .EndObject();
}

template <class Write>
void WriteAddresses(JsonWriter& writer, const CustomerDetails& details, AddressEntries entries,
                    Write write) {
  static const Address blank;
  writer.Key("addresses").BeginArray();
  for (const AddressType& type : kAddressTypes) {
    const Address* address = FindAddressOfType(details.addresses, type);
    if (address == nullptr && entries == AddressEntries::kAllTypes) address = &blank;
    if (address != nullptr) write(writer, type, *address);
  }
  writer.EndArray();
}

void WriteNames(JsonWriter& writer, const CustomerDetails& details) {
  const Profile& profile = details.customer.profile;
  writer.Member("customer_id", details.customer.head.id)
      .Member("internal_id", InternalId(details.customer.head))
      .Member("first_name", profile.first_name)
      .Member("last_name", profile.last_name)
      .Member("name", FullName(profile))
      .Member("email", profile.email)
      .Member("status", StatusName(profile.status));
}

void WriteCompanyToGroups(JsonWriter& writer, const CustomerDetails& details) {
  NullableText(writer, "company_name", details.customer.profile.company);
  Amount(writer, "store_credit", details.customer.profile.store_credit);
  writer.Key("customer_groups").BeginArray();
  if (details.group) {
    writer.BeginObject().Member("id", details.group->id).Member("name", details.group->name);
    writer.Key("code").Null().EndObject();
  }
  writer.EndArray();
}

void WriteCustomProperties(JsonWriter& writer, const Profile& profile) {
  writer.Key("custom_properties").BeginArray();
  for (const customers::CustomProperty& property : profile.custom_properties) {
    writer.BeginObject()
        .Member("id", property.id)
        .Member("label", property.label)
        .Member("description", property.description)
        .EndObject();
  }
  writer.EndArray();
}

void WriteTimes(JsonWriter& writer, const customers::Head& head) {
  writer.Member("created_at", FormatIso8601(head.created_at))
      .Member("updated_at", FormatIso8601(head.modified_at));
}

}  // namespace

std::string CustomerBody(const CustomerDetails& details, AddressEntries entries) {
  const Profile& profile = details.customer.profile;
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Key("customer").BeginObject();
  WriteNames(writer, details);
  NullableText(writer, "gender", profile.gender);
  WriteCompanyToGroups(writer, details);
  WriteAddresses(writer, details, entries, WriteAddress);
  WriteCustomProperties(writer, profile);
  NullableText(writer, "abn", profile.abn);
  Amount(writer, "credit_limit", profile.credit_limit);
  writer.Member("allow_credit_limit", profile.allow_credit_limit)
      .Member("account_hold", profile.account_hold)
      .Member("hide_price", profile.hide_price)
      .Member("sms_subscribed", profile.sms_subscribed);
  NullableText(writer, "default_tax_code", profile.default_tax_code);
  NullableText(writer, "note", profile.notes);
  NullableText(writer, "source", profile.source);
  NullableText(writer, "timezone", profile.timezone);
  WriteTimes(writer, details.customer.head);
  // Nothing is ever in a trash: a deletion is permanent.
  writer.Member("is_in_trash", false).EndObject().EndObject();
  return body;
}

void WriteCustomerRow(JsonWriter& writer, const CustomerDetails& details) {
  writer.BeginObject();
  WriteNames(writer, details);
  WriteCompanyToGroups(writer, details);
  WriteAddresses(writer, details, AddressEntries::kSaved, WriteShortAddress);
  WriteTimes(writer, details.customer.head);
  writer.EndObject();
}

}  // namespace oubli::dialects::webcommander
