// What a user of an account may do. The account's owner, an API key of the server, may do
// everything; other users (users.cc) have what they were given.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "access/api_keys.h"
#include "base/result.h"
#include "dialects/stickystreet/request.h"

namespace oubli::dialects::stickystreet {

// A set of them is a sum. The numbers are stored.
enum class Permission : int64_t {
  kNone = 0,  // whoever has credentials
  kView = 1,
  kCustomers = 2,
  kCustomerDelete = 4,
  kTransactions = 8,
  kTransactionDelete = 16,
  kCampaigns = 32,
  kAllCampaigns = 64,  // else only those that the user was added to
  kOwner = 128,        // is never given
};

// Who calls.
struct Caller {
  access::Principal principal;
  int64_t permissions = 0;
  std::set<int64_t> campaigns;  // counts without kAllCampaigns
  std::string api_key;          // as it was sent, and found right; for user_login

  bool May(Permission permission) const {
    const auto bit = static_cast<int64_t>(permission);
    return (permissions & bit) == bit;
  }
  bool Sees(int64_t campaign_id) const {
    return May(Permission::kAllCampaigns) || campaigns.contains(campaign_id);
  }
};
inline constexpr int64_t kOwnersPermissions = 255;

// The set in a list of names with commas. Errors: kOptionNotAllowed.
Result<int64_t> ReadPermissions(std::string_view text);
std::string FormatPermissions(int64_t permissions);

// That every campaign that a parameter names is one that the caller sees.
Status CheckCampaigns(const Caller& caller, const Fields& fields);

}  // namespace oubli::dialects::stickystreet
