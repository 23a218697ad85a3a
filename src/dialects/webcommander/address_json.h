// Addresses, countries and amounts as WebCommander writes them.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/countries.h"
#include "base/decimal.h"
#include "base/json_writer.h"
#include "customers/model.h"

namespace oubli::dialects::webcommander {

// null for an empty text.
void NullableText(JsonWriter& writer, std::string_view name, std::string_view text);
// Money is a JSON number with at least one decimal: 0.0.
void Amount(JsonWriter& writer, std::string_view name, Decimal amount);

// A number for a country that never changes, whatever the table of countries becomes: the two
// letters of its ISO code read in base 26, from AA = 1. And back; nullptr where there is none.
int64_t CountryNumber(std::string_view alpha2);
const Country* FindCountryByNumber(int64_t number);

// The members from "email" to "fax" of an address object that is open.
void WriteAddressFields(JsonWriter& writer, const customers::Address& address);
// The members from "address_line_1" to "fax" of an order's customer: another order, and fewer.
void WritePlace(JsonWriter& writer, const customers::Address& address);

}  // namespace oubli::dialects::webcommander
