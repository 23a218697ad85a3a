// Reading an address object, of a customer, an order or a cart.
#pragma once

#include "customers/model.h"
#include "dialects/webcommander/fields.h"

namespace oubli::dialects::webcommander {

// Writes the members that are there over `address`; the lines also as address_line1. What is wrong
// ends up in `reader`. A country is a code, a name, the number that we show, or an object with one
// of these; a state a code, a name or such an object. There is no table of states, so a state by
// number is never one of the country's: state_country_mismatch.
void ReadAddress(FieldReader& reader, customers::Address& address);

// The country or state that one text names, a code or a name.
void SetCountry(std::string_view text, customers::Address& address);
void SetState(std::string_view text, customers::Address& address);

}  // namespace oubli::dialects::webcommander
