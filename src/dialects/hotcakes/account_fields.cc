#include "dialects/hotcakes/account_fields.h"

namespace oubli::dialects::hotcakes {
namespace {

constexpr AddressTextField kFields[] = {
    {"NickName", &AddressDto::nick_name, false, true},
    {"FirstName", &AddressDto::first_name, false, true},
    {"MiddleInitial", &AddressDto::middle_initial, false, true},
    {"LastName", &AddressDto::last_name, false, true},
    {"Company", &AddressDto::company, false, true},
    {"Line1", &AddressDto::line1, false, true},
    {"Line2", &AddressDto::line2, false, true},
    {"Line3", &AddressDto::line3, false, true},
    {"City", &AddressDto::city, false, true},
    {"RegionName", &AddressDto::region_name, true, false},
    {"RegionBvin", &AddressDto::region_bvin, false, true},
    {"PostalCode", &AddressDto::postal_code, false, true},
    {"CountryName", &AddressDto::country_name, true, false},
    {"CountryBvin", &AddressDto::country_bvin, false, true},
    {"Phone", &AddressDto::phone, false, true},
    {"Fax", &AddressDto::fax, false, true},
    {"WebSiteUrl", &AddressDto::web_site_url, false, true},
    {"UserBvin", &AddressDto::user_bvin, false, false},
};

}  // namespace

std::span<const AddressTextField> AddressTextFields() { return kFields; }

bool SameInput(const AddressDto& a, const AddressDto& b) {
  for (const AddressTextField& field : kFields) {
    if (!field.output_only && a.*field.member != b.*field.member) return false;
  }
  return a.bvin == b.bvin && a.last_updated == b.last_updated && a.store_id == b.store_id &&
         a.address_type == b.address_type;
}

bool IsBlank(const AddressDto& address) {
  for (const AddressTextField& field : kFields) {
    if (!field.output_only && !(address.*field.member).empty()) return false;
  }
  return address.bvin.value_or("").empty() && address.store_id == 0 && address.address_type == 0;
}

}  // namespace oubli::dialects::hotcakes
