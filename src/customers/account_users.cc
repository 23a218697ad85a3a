#include "customers/account_users.h"

#include "crypto/secret_hash.h"
#include "customers/heads.h"

namespace oubli::customers {
namespace {

AccountUser ReadUser(storage::Statement& row) {
  AccountUser user;
  user.id = row.Int(0);
  user.user_id = row.Text(1);
  user.permissions = row.Int(2);
  user.created_at = row.Int(3);
  return user;
}

Status ReadCampaigns(StoreView& view, AccountUser& user) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT campaign_id FROM account_user_campaign WHERE "
                                             "user_no = $1"));
  select->Bind(1, user.id);
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return {};
    user.campaigns.insert(select->Int(0));
  }
}

Status DeleteCampaigns(StoreTransaction& transaction, int64_t id) {
  OUBLI_TRY_ASSIGN(auto erase, transaction.connection().Prepare(
                                   "DELETE FROM account_user_campaign WHERE user_no = $1"));
  erase->Bind(1, id);
  OUBLI_TRY(erase->Step());
  return {};
}

Status PutCampaigns(StoreTransaction& transaction, const AccountUser& user) {
  OUBLI_TRY(DeleteCampaigns(transaction, user.id));
  OUBLI_TRY_ASSIGN(auto insert, transaction.connection().Prepare(
                                    "INSERT INTO account_user_campaign (user_no, campaign_id) "
                                    "VALUES ($1, $2)"));
  for (const int64_t campaign : user.campaigns) {
    insert->Reset();
    insert->Bind(1, user.id).Bind(2, campaign);
    OUBLI_TRY(insert->Step());
  }
  return {};
}

Status SetKey(StoreTransaction& transaction, int64_t id, std::string_view api_key) {
  const std::string hash = crypto::HashSecret(api_key);
  OUBLI_TRY_ASSIGN(auto update, transaction.connection().Prepare(
                                    "UPDATE account_user SET key_hash = $2 WHERE id = $1"));
  update->Bind(1, id).BindBlob(2, hash);
  OUBLI_TRY(update->Step());
  return {};
}

}  // namespace

Result<std::vector<AccountUser>> ListAccountUsers(StoreView& view) {
  std::vector<AccountUser> users;
  {
    OUBLI_TRY_ASSIGN(auto select,
                     view.connection().Prepare("SELECT id, user_id, permissions, created_at "
                                               "FROM account_user ORDER BY id"));
    while (true) {
      OUBLI_TRY_ASSIGN(const bool row, select->Step());
      if (!row) break;
      users.push_back(ReadUser(*select));
    }
  }
  for (AccountUser& user : users) OUBLI_TRY(ReadCampaigns(view, user));
  return users;
}

Result<std::optional<AccountUser>> FindAccountUser(StoreView& view, std::string_view user_id) {
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT id, user_id, permissions, created_at FROM "
                                             "account_user WHERE user_id = $1"));
  select->BindText(1, user_id);
  OUBLI_TRY_ASSIGN(const bool row, select->Step());
  if (!row) return std::nullopt;
  AccountUser user = ReadUser(*select);
  OUBLI_TRY(ReadCampaigns(view, user));
  return user;
}

Result<std::optional<AccountUser>> FindAccountUserByKey(StoreView& view, std::string_view user_id,
                                                        std::string_view api_key) {
  // Found by the hash of the key and not by the name, so that time tells nothing of either.
  const std::string hash = crypto::HashSecret(api_key);
  OUBLI_TRY_ASSIGN(auto select,
                   view.connection().Prepare("SELECT id, user_id, permissions, created_at FROM "
                                             "account_user WHERE key_hash = $1"));
  select->BindBlob(1, hash);
  OUBLI_TRY_ASSIGN(const bool row, select->Step());
  if (!row || !crypto::ConstantTimeEqual(select->Text(1), user_id)) return std::nullopt;
  AccountUser user = ReadUser(*select);
  OUBLI_TRY(ReadCampaigns(view, user));
  return user;
}

Result<AccountUser> CreateAccountUser(StoreTransaction& transaction, AccountUser user,
                                      std::string_view api_key) {
  OUBLI_TRY_ASSIGN(const auto all, ListAccountUsers(transaction));
  if (all.size() >= kMaxAccountUsers) return Fail(ErrorKind::kTooMany, "too many users");
  for (const AccountUser& other : all) {
    if (other.user_id == user.user_id) {
      return Fail(ErrorKind::kConflict, "another user has this user_id", "user_id");
    }
  }
  OUBLI_TRY_ASSIGN(user.id, NextNumber(transaction, "account_user_id"));
  user.created_at = transaction.now_ms();
  const std::string hash = crypto::HashSecret(api_key);
  OUBLI_TRY_ASSIGN(auto insert, transaction.connection().Prepare(
                                    "INSERT INTO account_user (id, user_id, permissions, key_hash, "
                                    "created_at) VALUES ($1, $2, $3, $4, $5)"));
  insert->Bind(1, user.id).BindText(2, user.user_id).Bind(3, user.permissions);
  insert->BindBlob(4, hash).Bind(5, user.created_at);
  OUBLI_TRY(insert->Step());
  OUBLI_TRY(PutCampaigns(transaction, user));
  return user;
}

Status UpdateAccountUser(StoreTransaction& transaction, const AccountUser& user,
                         std::string_view api_key) {
  OUBLI_TRY_ASSIGN(auto update, transaction.connection().Prepare(
                                    "UPDATE account_user SET permissions = $2 WHERE id = $1"));
  update->Bind(1, user.id).Bind(2, user.permissions);
  OUBLI_TRY(update->Step());
  if (update->Changes() == 0) return Fail(ErrorKind::kNotFound, "no such user");
  if (!api_key.empty()) OUBLI_TRY(SetKey(transaction, user.id, api_key));
  return PutCampaigns(transaction, user);
}

Result<bool> DeleteAccountUser(StoreTransaction& transaction, std::string_view user_id) {
  OUBLI_TRY_ASSIGN(const auto user, FindAccountUser(transaction, user_id));
  if (!user) return false;
  OUBLI_TRY(DeleteCampaigns(transaction, user->id));
  OUBLI_TRY_ASSIGN(auto erase,
                   transaction.connection().Prepare("DELETE FROM account_user WHERE id = $1"));
  erase->Bind(1, user->id);
  OUBLI_TRY(erase->Step());
  return true;
}

}  // namespace oubli::customers
