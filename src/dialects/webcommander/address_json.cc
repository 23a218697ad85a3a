#include "dialects/webcommander/address_json.h"

#include "base/countries.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;

void WriteCountry(JsonWriter& writer, const Address& address) {
  const Country* country = FindCountryByAlpha2(address.country_code);
  if (country == nullptr && address.country.empty() && address.country_code.empty()) {
    writer.Null();
    return;
  }
  writer.BeginObject().Key("id");
  if (country == nullptr) {
    writer.Null();
    writer.Member("name", address.country).Member("code", address.country_code);
  } else {
    writer.Int(CountryNumber(country->alpha2));
    writer.Member("name", country->name).Member("code", country->alpha2);
  }
  writer.EndObject();
}

void WriteState(JsonWriter& writer, const Address& address) {
  if (address.state.empty() && address.state_code.empty()) {
    writer.Null();
    return;
  }
  writer.BeginObject().Key("id").Null();
  writer.Member("name", address.state).Member("code", address.state_code).EndObject();
}

}  // namespace

void NullableText(JsonWriter& writer, std::string_view name, std::string_view text) {
  writer.Key(name);
  if (text.empty()) {
    writer.Null();
  } else {
    writer.String(text);
  }
}

void Amount(JsonWriter& writer, std::string_view name, Decimal amount) {
  writer.Key(name).Raw(amount.ToString(1));
}

int64_t CountryNumber(std::string_view alpha2) {
  return int64_t{alpha2[0] - 'A'} * 26 + (alpha2[1] - 'A') + 1;
}

const Country* FindCountryByNumber(int64_t number) {
  if (number < 1 || number > 26 * 26) return nullptr;
  const char code[] = {static_cast<char>('A' + (number - 1) / 26),
                       static_cast<char>('A' + (number - 1) % 26)};
  return FindCountryByAlpha2(std::string_view(code, 2));
}

void WriteAddressFields(JsonWriter& writer, const Address& address) {
  writer.Member("email", address.email)
      .Member("company_name", address.company)
      .Member("address_line_1", address.line1)
      .Member("address_line_2", address.line2);
  WriteCountry(writer.Key("country"), address);
  WriteState(writer.Key("state"), address);
  writer.Member("city", address.city)
      .Member("post_code", address.postal_code)
      .Member("mobile", address.mobile)
      .Member("phone", address.phone)
      .Member("fax", address.fax);
}

void WritePlace(JsonWriter& writer, const Address& address) {
  writer.Member("address_line_1", address.line1)
      .Member("address_line_2", address.line2)
      .Member("city", address.city);
  WriteCountry(writer.Key("country"), address);
  WriteState(writer.Key("state"), address);
  writer.Member("post_code", address.postal_code)
      .Member("phone", address.phone)
      .Member("mobile", address.mobile)
      .Member("fax", address.fax);
}

}  // namespace oubli::dialects::webcommander
