// Reading the bodies of create and update.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "customers/model.h"
#include "dialects/webcommander/errors.h"

namespace oubli::dialects::webcommander {

// The fields that a body sets; what is not in here stays as it is.
struct CustomerPatch {
  std::vector<std::pair<std::string customers::Profile::*, std::string>> texts;
  std::vector<std::pair<bool customers::Profile::*, bool>> flags;
  std::vector<std::pair<Decimal customers::Profile::*, Decimal>> amounts;
  std::optional<customers::CustomerStatus> status;
  // The whole new list; an id of 0 asks for a new one.
  std::optional<std::vector<customers::CustomProperty>> custom_properties;
  std::optional<std::string> password;  // in clear
};

// Fields that are not known, and inline address fields, are passed over; a known one of the wrong
// type or with an impossible value is an error that names it.
Parsed<CustomerPatch> ParseCreate(std::string_view body);
Parsed<CustomerPatch> ParseUpdate(std::string_view body);

// Everything but the password, which the caller hashes first and sets itself.
void ApplyPatch(const CustomerPatch& patch, customers::Profile& profile);

}  // namespace oubli::dialects::webcommander
