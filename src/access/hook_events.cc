// What happens to hooks by themselves: deactivation, and the events that tell of it.
#include "access/hooks.h"
#include "base/log.h"

namespace oubli::access {
namespace {

Status InsertEvent(storage::Connection& connection, int64_t store_number, const HookEvent& event) {
  OUBLI_TRY_ASSIGN(const int64_t no, TakeNumber(connection, "webhook_event"));
  OUBLI_TRY_ASSIGN(auto insert,
                   connection.Prepare("INSERT INTO webhook_event (no, store_number, hook_id, kind, "
                                      "reason, at) VALUES ($1, $2, $3, $4, $5, $6)"));
  insert->Bind(1, no).Bind(2, store_number).Bind(3, event.hook_id).BindText(4, event.kind);
  insert->BindText(5, event.reason).Bind(6, event.at);
  OUBLI_TRY(insert->Step());
  OUBLI_TRY_ASSIGN(auto prune,
                   connection.Prepare("DELETE FROM webhook_event WHERE store_number = $1 AND no <= "
                                      "(SELECT no FROM webhook_event WHERE store_number = $1 ORDER "
                                      "BY no DESC LIMIT 1 OFFSET $2)"));
  prune->Bind(1, store_number).Bind(2, Hooks::kMaxEvents);
  OUBLI_TRY(prune->Step());
  return {};
}

struct Ended {
  int64_t id = 0;
  int64_t store_number = 0;
};

Status End(storage::Connection& connection, const Ended& hook, std::string_view reason,
           UnixMs now) {
  OUBLI_TRY_ASSIGN(auto update,
                   connection.Prepare("UPDATE webhook SET is_active = 0, is_deactivated = 1, "
                                      "updated_at = $2 WHERE id = $1"));
  update->Bind(1, hook.id).Bind(2, now);
  OUBLI_TRY(update->Step());
  Log(LogLevel::kWarning, "webhook deactivated",
      {{"store", hook.store_number}, {"hook", hook.id}, {"reason", reason}});
  return InsertEvent(connection, hook.store_number,
                     {0, hook.id, "deactivated", std::string(reason), now});
}

Result<std::vector<Ended>> ActiveHooks(storage::Connection& connection, const char* sql,
                                       int64_t parameter) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare(sql));
  select->Bind(1, parameter);
  std::vector<Ended> hooks;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return hooks;
    hooks.push_back({select->Int(0), select->Int(1)});
  }
}

}  // namespace

Status Hooks::Deactivate(int64_t id, std::string_view reason) {
  std::lock_guard lock(mutex_);
  OUBLI_TRY(file_.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(const auto hooks,
                     ActiveHooks(connection,
                                 "SELECT id, store_number FROM webhook WHERE id = $1 AND "
                                 "is_active = 1",
                                 id));
    for (const Ended& hook : hooks) OUBLI_TRY(End(connection, hook, reason, clock_.NowMs()));
    return {};
  }));
  return Reload();
}

Status Hooks::DeactivateUnused(UnixMs used_before) {
  std::lock_guard lock(mutex_);
  std::vector<Ended> hooks;
  OUBLI_TRY(file_.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(hooks, ActiveHooks(connection,
                                        "SELECT id, store_number FROM webhook WHERE is_active = 1 "
                                        "AND used_at < $1",
                                        used_before));
    return {};
  }));
  if (hooks.empty()) return {};
  OUBLI_TRY(file_.Write([&](storage::Connection& connection) -> Status {
    for (const Ended& hook : hooks) {
      OUBLI_TRY(End(connection, hook, "not used for 90 days", clock_.NowMs()));
    }
    return {};
  }));
  return Reload();
}

Status Hooks::NoteEvent(int64_t store_number, int64_t hook_id, std::string_view kind,
                        std::string_view reason) {
  return file_.Write([&](storage::Connection& connection) {
    return InsertEvent(connection, store_number,
                       {0, hook_id, std::string(kind), std::string(reason), clock_.NowMs()});
  });
}

Result<std::vector<HookEvent>> Hooks::Events(int64_t store_number) {
  std::vector<HookEvent> events;
  OUBLI_TRY(file_.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto select,
                     connection.Prepare("SELECT no, hook_id, kind, reason, at FROM webhook_event "
                                        "WHERE store_number = $1 ORDER BY no DESC"));
    select->Bind(1, store_number);
    while (true) {
      OUBLI_TRY_ASSIGN(const bool row, select->Step());
      if (!row) return {};
      events.push_back({select->Int(0), select->Int(1), std::string(select->Text(2)),
                        std::string(select->Text(3)), select->Int(4)});
    }
  }));
  return events;
}

}  // namespace oubli::access
