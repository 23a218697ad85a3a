// What a store decides about all of its customers, and what each of its channels decides otherwise:
// nobody's data, which stays when customers go. The store's own two groups are not kept here: they
// are the groups that have the role (groups.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "customers/store.h"

namespace oubli::customers {

// What was never set is absent: the store's own value is then the default, a channel's the store's.
struct CustomerSettings {
  std::optional<bool> ask_for_consent;
  std::optional<bool> ask_for_consent_on_checkout;
  std::optional<std::string> policy_url;
  // Of the store 0 where no group has the role. A channel's may be 0, which is none; one that has
  // been deleted is absent.
  std::optional<int64_t> guest_group_id;
  std::optional<int64_t> default_group_id;
  std::optional<bool> allow_global_logins;  // of a channel; by default they are
};

inline constexpr int64_t kNoChannel = 0;  // the store itself

// Errors: kCorrupt, kUnavailable.
Result<CustomerSettings> ReadCustomerSettings(StoreView& view, int64_t channel_id);
// The store's groups get the roles, and the groups before lose them. Errors: kNotFound for the id
// of a group that there is not, of a channel too.
Status WriteCustomerSettings(StoreTransaction& transaction, int64_t channel_id,
                             const CustomerSettings& settings);

// The group of a customer who is made in a channel without one; 0 is none.
Result<int64_t> DefaultGroupId(StoreView& view, int64_t channel_id);

}  // namespace oubli::customers
