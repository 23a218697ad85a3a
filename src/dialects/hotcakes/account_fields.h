// The text members of the addresses in the order of the wire: one table for writing, reading,
// comparing.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "dialects/hotcakes/account_json.h"

namespace oubli::dialects::hotcakes {

struct AddressTextField {
  std::string_view name;
  std::string AddressDto::*member;
  bool output_only;
  bool tells_apart;  // counts when two addresses are compared for being the same one
};

std::span<const AddressTextField> AddressTextFields();

}  // namespace oubli::dialects::hotcakes
