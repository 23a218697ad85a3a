// Users of a store's loyalty account: programs and people who call the API with less than the
// account owner's rights. They are the operator's and stay when customers go, so nothing personal
// is kept of them, no name and no address: user_id is a word that the owner chooses. The owner
// itself is an API key (access/api_keys.h).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "customers/store.h"

namespace oubli::customers {

inline constexpr size_t kMaxAccountUsers = 1000;  // a store

struct AccountUser {
  int64_t id = 0;
  std::string user_id;          // what the caller sends; no other user of the store has it
  int64_t permissions = 0;      // a set of bits, the dialect's
  std::set<int64_t> campaigns;  // that the user was added to
  UnixMs created_at = 0;
};

Result<std::vector<AccountUser>> ListAccountUsers(StoreView& view);  // by id
Result<std::optional<AccountUser>> FindAccountUser(StoreView& view, std::string_view user_id);
// Nothing when there is no such user or the key is another one.
Result<std::optional<AccountUser>> FindAccountUserByKey(StoreView& view, std::string_view user_id,
                                                        std::string_view api_key);
// Makes id and created_at. The key is stored as a hash. Errors: kConflict with the field "user_id",
// kTooMany above kMaxAccountUsers.
Result<AccountUser> CreateAccountUser(StoreTransaction& transaction, AccountUser user,
                                      std::string_view api_key);
// Replaces everything but id, user_id and created_at; the key too, unless it is empty. Errors:
// kNotFound.
Status UpdateAccountUser(StoreTransaction& transaction, const AccountUser& user,
                         std::string_view api_key);
Result<bool> DeleteAccountUser(StoreTransaction& transaction, std::string_view user_id);

}  // namespace oubli::customers
