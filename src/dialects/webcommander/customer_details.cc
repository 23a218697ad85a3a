#include "dialects/webcommander/customer_details.h"

#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "customers/records.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;
using customers::AddressRole;
using customers::CustomerStatus;

constexpr std::array<std::pair<CustomerStatus, std::string_view>, 5> kStatuses = {{
    {CustomerStatus::kActive, "active"},
    {CustomerStatus::kInactive, "inactive"},
    {CustomerStatus::kPending, "pending"},
    {CustomerStatus::kApprovalAwaiting, "approval_awaiting"},
    {CustomerStatus::kAwaitingVerification, "awaiting_verification"},
}};

const Address* FirstWithRole(const std::vector<Address>& addresses, int64_t role) {
  for (const Address& address : addresses) {
    if ((address.roles & role) != 0) return &address;
  }
  return nullptr;
}

}  // namespace

Result<CustomerDetails> ReadDetails(customers::StoreView& view, customers::Customer customer) {
  CustomerDetails details;
  OUBLI_TRY_ASSIGN(details.addresses, customers::ListAddresses(view, customer.head));
  if (customer.head.group_id != 0) {
    OUBLI_TRY_ASSIGN(details.group, customers::FindGroup(view, customer.head.group_id));
  }
  details.customer = std::move(customer);
  return details;
}

int64_t InternalId(const customers::Head& head) {
  const int64_t twice = head.ordinal * 2;
  return twice == head.id ? twice + 1 : twice;
}

const Address* FindAddressOfType(const std::vector<Address>& addresses, const AddressType& type) {
  const Address* found = FirstWithRole(addresses, type.role);
  if (found == nullptr && type.role == AddressRole::kPrimary) {
    found = FirstWithRole(addresses, AddressRole::kBook);
  }
  return found;
}

std::string_view StatusName(CustomerStatus status) {
  for (const auto& [value, name] : kStatuses) {
    if (value == status) return name;
  }
  OUBLI_CHECK(false && "undeclared status");
  return "";
}

std::optional<CustomerStatus> ParseStatus(std::string_view name) {
  for (const auto& [value, known] : kStatuses) {
    if (EqualsIgnoreCase(known, name)) return value;
  }
  return std::nullopt;
}

std::string AllowedStatusesText() {
  std::string text = "must be one of ";
  for (const auto& [value, name] : kStatuses) {
    if (value != kStatuses.front().first) text += ", ";
    text += name;
  }
  return text;
}

std::string FullName(const customers::Profile& profile) {
  std::string name = profile.first_name;
  if (!name.empty() && !profile.last_name.empty()) name += ' ';
  name += profile.last_name;
  return name;
}

}  // namespace oubli::dialects::webcommander
