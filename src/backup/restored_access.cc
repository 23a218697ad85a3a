#include "backup/restored_access.h"

#include <algorithm>

namespace oubli::backup {
namespace {

using storage::Connection;

Result<bool> HasTable(Connection& file, std::string_view name) {
  OUBLI_TRY_ASSIGN(auto select, file.Prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND "
                                             "name = $1"));
  select->BindText(1, name);
  return select->Step();
}

Status ReadAdministrators(Connection& file, std::vector<ListedAdministrator>& list) {
  OUBLI_TRY_ASSIGN(auto select, file.Prepare("SELECT id, password_version, password_hash FROM "
                                             "administrator ORDER BY id"));
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return {};
    list.push_back({select->Int(0), select->Int(1), std::string(select->Text(2))});
  }
}

Status Delete(Connection& file, const char* sql, int64_t id) {
  OUBLI_TRY_ASSIGN(auto erase, file.Prepare(sql));
  erase->Bind(1, id);
  OUBLI_TRY(erase->Step());
  return {};
}

Status SetPassword(Connection& file, const ListedAdministrator& administrator) {
  OUBLI_TRY_ASSIGN(auto set, file.Prepare("UPDATE administrator SET password_version = $2, "
                                          "password_hash = $3 WHERE id = $1"));
  set->Bind(1, administrator.id).Bind(2, administrator.password_version);
  set->BindText(3, administrator.password_hash);
  OUBLI_TRY(set->Step());
  return {};
}

Result<int64_t> WithdrawAdministrators(Connection& restored, const AccessFacts& mine,
                                       const AccessFacts& present) {
  if (!mine.administrators || !present.administrators) return 0;
  int64_t withdrawn = 0;
  for (const ListedAdministrator& each : *mine.administrators) {
    const auto now = std::ranges::find(*present.administrators, each.id, &ListedAdministrator::id);
    if (now == present.administrators->end()) {
      OUBLI_TRY(Delete(restored, "DELETE FROM administrator WHERE id = $1", each.id));
      OUBLI_TRY(
          Delete(restored, "DELETE FROM administrator_store WHERE administrator_id = $1", each.id));
      ++withdrawn;
    } else if (now->password_version != each.password_version) {
      OUBLI_TRY(SetPassword(restored, *now));
    }
  }
  return withdrawn;
}

Result<int64_t> WithdrawKeys(Connection& restored, const AccessFacts& mine,
                             const AccessFacts& present) {
  int64_t withdrawn = 0;
  for (const int64_t id : mine.api_keys) {
    if (std::ranges::binary_search(present.api_keys, id)) continue;
    OUBLI_TRY(Delete(restored, "DELETE FROM api_key WHERE id = $1", id));
    ++withdrawn;
  }
  return withdrawn;
}

Status RaiseCounters(Connection& restored, const AccessFacts& mine, const AccessFacts* present,
                     int64_t gap) {
  OUBLI_TRY_ASSIGN(auto set, restored.Prepare("UPDATE counter SET last = $2 WHERE name = $1"));
  for (const auto& [name, last] : mine.counters) {
    int64_t raised = last;
    if (present == nullptr) {
      raised += gap;
    } else if (const auto now = present->counters.find(name); now != present->counters.end()) {
      raised = std::max(raised, now->second);
    }
    set->Reset();
    set->BindText(1, name).Bind(2, raised);
    OUBLI_TRY(set->Step());
  }
  return {};
}

}  // namespace

Result<AccessFacts> ReadAccess(Connection& server_file) {
  AccessFacts facts;
  OUBLI_TRY_ASSIGN(auto counters, server_file.Prepare("SELECT name, last FROM counter"));
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, counters->Step());
    if (!row) break;
    facts.counters.emplace(counters->Text(0), counters->Int(1));
  }
  OUBLI_TRY_ASSIGN(auto keys, server_file.Prepare("SELECT id FROM api_key ORDER BY id"));
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, keys->Step());
    if (!row) break;
    facts.api_keys.push_back(keys->Int(0));
  }
  OUBLI_TRY_ASSIGN(const bool has_administrators, HasTable(server_file, "administrator"));
  if (!has_administrators) return facts;
  facts.administrators.emplace();
  OUBLI_TRY(ReadAdministrators(server_file, *facts.administrators));
  return facts;
}

Result<Withdrawn> WithdrawAccess(Connection& restored, const AccessFacts* present, int64_t gap) {
  OUBLI_TRY_ASSIGN(const AccessFacts mine, ReadAccess(restored));
  OUBLI_TRY(RaiseCounters(restored, mine, present, gap));
  // Permissions of then: nobody gave them for today.
  OUBLI_TRY(restored.Execute("DELETE FROM store_window; DELETE FROM access_token"));
  Withdrawn withdrawn;
  if (present == nullptr) return withdrawn;
  OUBLI_TRY_ASSIGN(withdrawn.api_keys, WithdrawKeys(restored, mine, *present));
  OUBLI_TRY_ASSIGN(withdrawn.administrators, WithdrawAdministrators(restored, mine, *present));
  return withdrawn;
}

}  // namespace oubli::backup
