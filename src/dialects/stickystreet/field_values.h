// Numbered custom fields against their definitions (contract, 2.2 and manage_fields).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "customers/field_definitions.h"
#include "customers/store.h"

namespace oubli::dialects::stickystreet {

// That every value fits the definition of its field; a field without one takes any text, and no
// text is always right. Errors: kBadDate, kBadNumber, kBadMoney, kOptionNotAllowed for a choice
// that there is not.
Status CheckFieldValues(customers::StoreView& view, const std::map<int64_t, std::string>& values);

}  // namespace oubli::dialects::stickystreet
