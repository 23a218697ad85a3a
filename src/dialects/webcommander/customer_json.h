// The customer object as WebCommander writes it: one in full, one as a row of a list.
#pragma once

#include <string>

#include "base/json_writer.h"
#include "dialects/webcommander/customer_details.h"

namespace oubli::dialects::webcommander {

// Which addresses an answer shows. A create shows all three types, blank where none is saved.
enum class AddressEntries { kSaved, kAllTypes };

// {"customer":{...}}
std::string CustomerBody(const CustomerDetails& details, AddressEntries entries);

// One row: fewer fields, short addresses, no custom_properties.
void WriteCustomerRow(JsonWriter& writer, const CustomerDetails& details);

}  // namespace oubli::dialects::webcommander
