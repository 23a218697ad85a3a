#include "dialects/stickystreet/permissions.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/stickystreet/errors.h"

namespace oubli::dialects::stickystreet {
namespace {

struct NamedPermission {
  std::string_view name;
  Permission permission;
};
constexpr NamedPermission kPermissionNames[] = {
    {"view", Permission::kView},
    {"customers", Permission::kCustomers},
    {"customer_delete", Permission::kCustomerDelete},
    {"transactions", Permission::kTransactions},
    {"transaction_delete", Permission::kTransactionDelete},
    {"campaigns", Permission::kCampaigns},
    {"all_campaigns", Permission::kAllCampaigns},
};

// Every parameter of a call that names campaigns.
constexpr std::string_view kCampaignParameters[] = {"campaign_id", "selected_campaigns",
                                                    "campaigns_to_include"};

}  // namespace

Result<int64_t> ReadPermissions(std::string_view text) {
  int64_t permissions = 0;
  if (text.empty()) return permissions;
  for (const std::string_view part : Split(text, ',')) {
    const auto* const named =
        std::ranges::find(kPermissionNames, Trim(part), &NamedPermission::name);
    if (named == std::end(kPermissionNames)) return Refuse(kOptionNotAllowed);
    permissions |= static_cast<int64_t>(named->permission);
  }
  return permissions;
}

std::string FormatPermissions(int64_t permissions) {
  std::string text;
  for (const NamedPermission& named : kPermissionNames) {
    if ((permissions & static_cast<int64_t>(named.permission)) == 0) continue;
    if (!text.empty()) text += ',';
    text += named.name;
  }
  return text;
}

Status CheckCampaigns(const Caller& caller, const Fields& fields) {
  if (caller.May(Permission::kAllCampaigns)) return {};
  for (const std::string_view name : kCampaignParameters) {
    for (const std::string_view part : Split(fields.Get(name), ',')) {
      if (Trim(part).empty()) continue;
      const auto id = ParseInt(Trim(part));
      if (!id || !caller.Sees(*id)) return Fail(ErrorKind::kForbidden, kNoPermission);
    }
  }
  return {};
}

}  // namespace oubli::dialects::stickystreet
