// A customer with what this dialect shows beside the profile.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/definitions.h"
#include "customers/model.h"
#include "customers/store.h"

namespace oubli::dialects::webcommander {

struct CustomerDetails {
  customers::Customer customer;
  std::vector<customers::Address> addresses;  // all of them, by id
  std::optional<customers::Group> group;
};

// Errors: kCorrupt, kUnavailable.
Result<CustomerDetails> ReadDetails(customers::StoreView& view, customers::Customer customer);

// The second number of a customer: twice the ordinal, or one more where that is the customer's id.
// So it never changes, is nobody else's now or later, and always differs from the customer's own
// id.
int64_t InternalId(const customers::Head& head);

// The three kinds of address, in the order in which they are shown.
struct AddressType {
  std::string_view name;
  int64_t role;
};
inline constexpr std::array<AddressType, 3> kAddressTypes = {{
    {"primary", customers::AddressRole::kPrimary},
    {"shipping", customers::AddressRole::kShipping},
    {"billing", customers::AddressRole::kBilling},
}};

// The address that is shown under a type, or nullptr. Where no address has the role of the primary
// one, the oldest of the address book stands for it, so that what other dialects stored can be
// seen.
const customers::Address* FindAddressOfType(const std::vector<customers::Address>& addresses,
                                            const AddressType& type);

// The five states by their names. Parsing ignores ASCII case.
std::string_view StatusName(customers::CustomerStatus status);
std::optional<customers::CustomerStatus> ParseStatus(std::string_view name);
// "must be one of active, inactive, ...".
std::string AllowedStatusesText();

// "Jane Doe"; of two names one may be missing.
std::string FullName(const customers::Profile& profile);

}  // namespace oubli::dialects::webcommander
