// Users of the account (contract, 5): who else may call, and for what. A user's key is made here,
// shown once, and stored as a hash. No name and no address of a user is kept.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "crypto/random.h"
#include "customers/account_users.h"
#include "dialects/stickystreet/authenticate.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

using customers::AccountUser;
using customers::StoreTransaction;

constexpr size_t kMaxUserId = 63;

// The user whom a call is about: `user_id` says who calls.
std::string_view NamedUser(const Fields& fields) { return fields.Get("affected_user_id"); }

// Stored in clear and shown in lists, so it cannot be an e-mail address.
Result<std::string> ReadNewUserId(const Fields& fields) {
  const std::string_view id = NamedUser(fields);
  const bool fits = !id.empty() && id.size() <= kMaxUserId && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
  if (!fits) return Refuse(kOptionNotAllowed);
  return std::string(id);
}

Node UserNode(const AccountUser& user) {
  Node campaigns = Node::List("campaign");
  for (const int64_t id : user.campaigns) campaigns.Append(Node::Text(std::to_string(id)));
  Node node;
  node.Add("user_id", user.user_id);
  node.Add("permissions", FormatPermissions(user.permissions));
  node.Add("campaigns", std::move(campaigns));
  return node;
}

// What was sent; nothing stays as it is.
struct UserChange {
  std::optional<int64_t> permissions;
  std::string key;  // "" leaves the key
};

Result<UserChange> ReadUserChange(const Fields& fields) {
  UserChange change;
  if (fields.Find("permissions") != nullptr) {
    OUBLI_TRY_ASSIGN(change.permissions, ReadPermissions(fields.Get("permissions")));
  }
  if (fields.IsYes("new_api_key")) change.key = crypto::RandomHex(kUserKeyDigits);
  return change;
}

void ApplyToUser(const UserChange& change, AccountUser& user) {
  if (change.permissions) user.permissions = *change.permissions;
}

Result<AccountUser> FindUser(customers::StoreView& view, std::string_view user_id) {
  OUBLI_TRY_ASSIGN(auto user, customers::FindAccountUser(view, user_id));
  if (!user) return Refuse(kNoSuchUser);
  return std::move(*user);
}

Result<Node> ReadList(const Call& call) {
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  OUBLI_TRY_ASSIGN(const auto users, customers::ListAccountUsers(*reader));
  if (users.empty()) return Refuse(kNoOtherUsers);
  Node list = Node::List("user");
  for (const AccountUser& user : users) list.Append(UserNode(user));
  return Success().Add("users", std::move(list));
}

// Oneself; the owner may ask about others.
Result<Node> ReadUserInfo(const Call& call) {
  const std::string own = call.principal().user_id;
  const std::string asked(NamedUser(call.fields));
  const bool owner = call.caller.May(Permission::kOwner);
  if (owner && (asked.empty() || asked == own)) {
    Node node;
    node.Add("user_id", own).Add("permissions", "owner");
    node.Add("campaigns", Node::List("campaign"));
    return Success().Add("user", std::move(node));
  }
  if (!owner && !asked.empty() && asked != own) return Refuse(kOwnersOnly);
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  OUBLI_TRY_ASSIGN(const AccountUser user, FindUser(*reader, owner ? asked : own));
  return Success().Add("user", UserNode(user));
}

Result<Node> Update(StoreTransaction& transaction, const std::string& user_id,
                    const UserChange& change) {
  OUBLI_TRY_ASSIGN(AccountUser user, FindUser(transaction, user_id));
  ApplyToUser(change, user);
  OUBLI_TRY(customers::UpdateAccountUser(transaction, user, change.key));
  Node node = UserNode(user);
  if (!change.key.empty()) node.Add("user_api_key", change.key);
  return Success().Add("user", std::move(node));
}

Result<Node> Assign(StoreTransaction& transaction, const std::string& user_id, int64_t campaign_id,
                    bool add) {
  OUBLI_TRY(FindAnyCampaign(transaction, campaign_id));
  OUBLI_TRY_ASSIGN(AccountUser user, FindUser(transaction, user_id));
  if (add) {
    user.campaigns.insert(campaign_id);
  } else if (user.campaigns.erase(campaign_id) == 0) {
    return Refuse(kCampaignNotValid);
  }
  OUBLI_TRY(customers::UpdateAccountUser(transaction, user, ""));
  return Success().Add("user", UserNode(user));
}

}  // namespace

void UserInfo(const Call& call) { call.reply(ReadUserInfo(call)); }

void UsersList(const Call& call) { call.reply(ReadList(call)); }

void UserNew(const Call& call) {
  auto user_id = ReadNewUserId(call.fields);
  if (!user_id) return call.reply(Fail(user_id.error()));
  if (*user_id == call.principal().user_id) return call.reply(Refuse(kUsernameTaken));
  auto change = ReadUserChange(call.fields);
  if (!change) return call.reply(Fail(change.error()));
  change->key = crypto::RandomHex(kUserKeyDigits);
  AccountUser user;
  user.user_id = *user_id;
  ApplyToUser(*change, user);
  call.store.Write(
      [user, key = change->key](StoreTransaction& transaction) {
        return customers::CreateAccountUser(transaction, user, key);
      },
      [reply = call.reply, key = change->key](const Result<AccountUser>& outcome) {
        if (!outcome) {
          const bool taken = outcome.error().kind == ErrorKind::kConflict;
          return reply(taken ? Refuse(kUsernameTaken) : Fail(outcome.error()));
        }
        reply(Success().Add("user", UserNode(*outcome).Add("user_api_key", key)));
      });
}

void UserUpdate(const Call& call) {
  const auto change = ReadUserChange(call.fields);
  if (!change) return call.reply(Fail(change.error()));
  call.store.Write(
      [user_id = std::string(NamedUser(call.fields)), change = *change](
          StoreTransaction& transaction) { return Update(transaction, user_id, change); },
      [reply = call.reply](const Result<Node>& outcome) { reply(outcome); });
}

void UserDelete(const Call& call) {
  call.store.Write(
      [user_id =
           std::string(NamedUser(call.fields))](StoreTransaction& transaction) -> Result<Node> {
        OUBLI_TRY_ASSIGN(const bool was, customers::DeleteAccountUser(transaction, user_id));
        if (!was) return Refuse(kNoSuchUser);
        Node user;
        user.Attribute("status", "deleted").Add("user_id", user_id);
        return Success().Add("user", std::move(user));
      },
      [reply = call.reply](const Result<Node>& outcome) { reply(outcome); });
}

void CampaignUsers(const Call& call) {
  const std::string_view action = call.fields.Get("action");
  if (action != "add" && action != "remove") return call.reply(Refuse(kActionUndefined));
  const auto id = ReadCampaignId(call.fields.Get("campaign_id"));
  if (!id) return call.reply(Fail(id.error()));
  call.store.Write(
      [user_id = std::string(NamedUser(call.fields)), id = *id, add = action == "add"](
          StoreTransaction& transaction) { return Assign(transaction, user_id, id, add); },
      [reply = call.reply](const Result<Node>& outcome) { reply(outcome); });
}

}  // namespace oubli::dialects::stickystreet
