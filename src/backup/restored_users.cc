#include "backup/restored_users.h"

#include <map>
#include <set>
#include <string>

namespace oubli::backup {
namespace {

using storage::Connection;

struct User {
  int64_t permissions = 0;  // a set of bits
  std::string key_hash;
  std::set<int64_t> campaigns;
};
using Users = std::map<int64_t, User>;  // by id: none is ever given out twice

Result<Users> ReadUsers(Connection& file) {
  Users users;
  OUBLI_TRY_ASSIGN(auto select, file.Prepare("SELECT id, permissions, key_hash FROM account_user"));
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) break;
    users[select->Int(0)] = {select->Int(1), std::string(select->Blob(2)), {}};
  }
  OUBLI_TRY_ASSIGN(auto campaigns,
                   file.Prepare("SELECT user_no, campaign_id FROM account_user_campaign"));
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, campaigns->Step());
    if (!row) return users;
    const auto user = users.find(campaigns->Int(0));
    if (user != users.end()) user->second.campaigns.insert(campaigns->Int(1));
  }
}

Status Remove(Connection& restored, int64_t id) {
  for (const char* sql : {"DELETE FROM account_user_campaign WHERE user_no = $1",
                          "DELETE FROM account_user WHERE id = $1"}) {
    OUBLI_TRY_ASSIGN(auto erase, restored.Prepare(sql));
    erase->Bind(1, id);
    OUBLI_TRY(erase->Step());
  }
  return {};
}

// True: it was more than `now` has.
Result<bool> CutDown(Connection& restored, int64_t id, const User& then, const User& now) {
  bool is_less = false;
  const int64_t permissions = then.permissions & now.permissions;
  if (permissions != then.permissions) {
    OUBLI_TRY_ASSIGN(auto update,
                     restored.Prepare("UPDATE account_user SET permissions = $2 WHERE id = $1"));
    update->Bind(1, id).Bind(2, permissions);
    OUBLI_TRY(update->Step());
    is_less = true;
  }
  for (const int64_t campaign : then.campaigns) {
    if (now.campaigns.contains(campaign)) continue;
    OUBLI_TRY_ASSIGN(auto erase, restored.Prepare("DELETE FROM account_user_campaign WHERE "
                                                  "user_no = $1 AND campaign_id = $2"));
    erase->Bind(1, id).Bind(2, campaign);
    OUBLI_TRY(erase->Step());
    is_less = true;
  }
  return is_less;
}

}  // namespace

Result<int64_t> WithdrawUsers(Connection& restored, Connection* present) {
  OUBLI_TRY_ASSIGN(const Users mine, ReadUsers(restored));
  if (mine.empty()) return 0;
  if (present == nullptr) return -1;
  // What lies in the data folder only helps: it may be damaged, or of a version that had no users.
  const Result<Users> there = ReadUsers(*present);
  if (!there) return -1;
  int64_t withdrawn = 0;
  for (const auto& [id, user] : mine) {
    const auto now = there->find(id);
    bool is_less = true;
    if (now == there->end() || now->second.key_hash != user.key_hash) {
      OUBLI_TRY(Remove(restored, id));
    } else {
      OUBLI_TRY_ASSIGN(is_less, CutDown(restored, id, user, now->second));
    }
    if (is_less) ++withdrawn;
  }
  return withdrawn;
}

}  // namespace oubli::backup
