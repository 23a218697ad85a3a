#include "dialects/stickystreet/authenticate.h"

#include <algorithm>

#include "base/text.h"
#include "customers/account_users.h"
#include "dialects/stickystreet/errors.h"

namespace oubli::dialects::stickystreet {
namespace {

// The key that counts; nothing when there are several to choose from. "" when there is none.
Result<std::string> KeyOf(const http::Request& request, const Fields& fields) {
  std::string key;
  for (const http::Header& header : request.headers) {
    if (!EqualsIgnoreCase(header.name, "api_access_key")) continue;
    const std::string_view value = Trim(header.value);
    if (value.empty()) continue;
    if (!key.empty()) return Refuse(kGivenTwice);
    key = value;
  }
  if (key.empty()) key = fields.Get("user_password");
  if (key.empty()) key = fields.Get("user_api_key");
  return key;
}

bool MayBeUsersKey(std::string_view key) {
  return key.size() == kUserKeyDigits && std::ranges::all_of(key, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// A user of the account that the call names. Whether there is such an account, nobody is told.
Result<Caller> FindUser(std::string_view handle, std::string_view user_id, std::string_view key,
                        const Environment& environment) {
  if (!MayBeUsersKey(key)) return Refuse(kNoPermission);
  const auto info = environment.stores.Find(handle);
  if (!info && info.error().kind != ErrorKind::kNotFound) return Fail(info.error());
  if (!info) return Refuse(kNoPermission);
  OUBLI_TRY_ASSIGN(const auto store, environment.stores.Open(info->number));
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, store->Read());
  OUBLI_TRY_ASSIGN(const auto user, customers::FindAccountUserByKey(*reader, user_id, key));
  if (!user) return Refuse(kNoPermission);
  // They act for the account's owner, so they stop with the owner's last key.
  if (!environment.api_keys.HasKey(info->number, access::Dialect::kStickyStreet)) {
    return Refuse(kNoPermission);
  }
  Caller caller;
  caller.principal.store_number = info->number;
  caller.principal.handle = info->handle;
  caller.principal.dialect = access::Dialect::kStickyStreet;
  caller.principal.user_id = user->user_id;
  caller.permissions = user->permissions;
  caller.campaigns = user->campaigns;
  caller.api_key = key;
  return caller;
}

}  // namespace

Result<Caller> Authenticate(const http::Request& request, const Fields& fields,
                            const Environment& environment) {
  OUBLI_TRY_ASSIGN(const std::string key, KeyOf(request, fields));
  if (key.empty()) return Refuse(kNoCredentials);
  const std::string_view user_id = fields.Get("user_id");
  if (user_id.empty()) return Refuse(kMissingUsername);
  const std::string_view account_id = fields.Get("account_id");
  auto principal = environment.api_keys.ByStickyStreet(user_id, key);
  if (!principal) return FindUser(account_id, user_id, key, environment);
  if (account_id != principal->handle) return Refuse(kOtherAccount);
  return Caller{std::move(*principal), kOwnersPermissions, {}, key};
}

}  // namespace oubli::dialects::stickystreet
