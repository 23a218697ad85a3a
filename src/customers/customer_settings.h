// What a store decides about all of its customers, and what each of its channels decides otherwise:
// nobody's data, which stays when customers go.
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
  std::optional<int64_t> guest_group_id;
  std::optional<int64_t> default_group_id;
  std::optional<bool> allow_global_logins;  // of a channel; by default they are
};

inline constexpr int64_t kNoChannel = 0;  // the store itself

// Errors: kCorrupt, kUnavailable.
Result<CustomerSettings> ReadCustomerSettings(StoreView& view, int64_t channel_id);
Status WriteCustomerSettings(StoreTransaction& transaction, int64_t channel_id,
                             const CustomerSettings& settings);

// The group of a customer who is made in a channel without one; 0 is none.
Result<int64_t> DefaultGroupId(StoreView& view, int64_t channel_id);

}  // namespace oubli::customers
