#include "access/hooks.h"

#include <fmt/core.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/json.h"
#include "base/log.h"
#include "crypto/seal.h"
#include "crypto/secret_hash.h"

namespace oubli::access {
namespace {

constexpr int64_t kNoteUsedEveryMs = 86'400'000;

#define OUBLI_HOOK_COLUMNS                                                                     \
  "w.id, w.store_number, w.key_id, k.name, w.scope, w.sealed_destination, w.sealed_headers, "  \
  "w.is_active, w.is_deactivated, w.created_at, w.updated_at, w.after_no FROM webhook w JOIN " \
  "api_key k ON k.id = w.key_id "

// Say where sealed bytes belong.
std::string DestinationPlace(int64_t id) { return fmt::format("webhook {} destination", id); }
std::string HeadersPlace(int64_t id) { return fmt::format("webhook {} headers", id); }
std::string EmailsPlace(int64_t key_id) { return fmt::format("webhook emails of {}", key_id); }

std::string HeadersJson(const HookHeaders& headers) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginArray();
  for (const auto& [name, value] : headers) writer.String(name).String(value);
  writer.EndArray();
  return out;
}

std::string EmailsJson(const std::vector<std::string>& emails) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginArray();
  for (const std::string& email : emails) writer.String(email);
  writer.EndArray();
  return out;
}

Result<std::vector<std::string>> TextsOf(std::string_view json) {
  OUBLI_TRY_ASSIGN(const boost::json::value value, ParseJson(json));
  std::vector<std::string> texts;
  if (!value.is_array()) return Fail(ErrorKind::kCorrupt, "a webhook's record is damaged");
  for (const boost::json::value& each : value.get_array()) {
    const auto text = AsString(each);
    if (!text) return Fail(ErrorKind::kCorrupt, "a webhook's record is damaged");
    texts.emplace_back(*text);
  }
  return texts;
}

Result<HookHeaders> HeadersOf(std::string_view json) {
  OUBLI_TRY_ASSIGN(std::vector<std::string> texts, TextsOf(json));
  if (texts.size() % 2 != 0) return Fail(ErrorKind::kCorrupt, "a webhook's record is damaged");
  HookHeaders headers;
  for (size_t i = 0; i < texts.size(); i += 2) {
    headers.emplace_back(std::move(texts[i]), std::move(texts[i + 1]));
  }
  return headers;
}

}  // namespace

Result<std::unique_ptr<Hooks>> Hooks::Open(ServerFile& file, const Clock& clock) {
  std::unique_ptr<Hooks> hooks(new Hooks(file, clock));
  // A restore revokes keys that were gone, whose hooks it finds in the backup.
  OUBLI_TRY(file.Write([](storage::Connection& connection) {
    return connection.Execute(
        "DELETE FROM webhook WHERE key_id NOT IN (SELECT id FROM api_key);"
        "DELETE FROM webhook_contact WHERE key_id NOT IN (SELECT id FROM api_key)");
  }));
  std::lock_guard lock(hooks->mutex_);
  OUBLI_TRY(hooks->Reload());
  return hooks;
}

std::atomic<bool>& Hooks::FlagLocked(int64_t store_number) {
  auto& flag = flags_[store_number];
  if (!flag) flag = std::make_shared<std::atomic<bool>>(false);
  return *flag;
}

std::shared_ptr<const std::atomic<bool>> Hooks::ActiveFlag(int64_t store_number) {
  std::lock_guard lock(mutex_);
  FlagLocked(store_number);
  return flags_[store_number];
}

Status Hooks::Reload() {
  std::vector<int64_t> ended;
  OUBLI_TRY(
      file_.Read([&](storage::Connection& connection) { return SetFlags(connection, ended); }));
  ++version_;
  // What waits there concerns nobody any more.
  for (const int64_t number : ended) NoteOutbox(number);
  return {};
}

Status Hooks::SetFlags(storage::Connection& connection, std::vector<int64_t>& ended) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare(
                                    "SELECT DISTINCT w.store_number FROM webhook w JOIN api_key k "
                                    "ON k.id = w.key_id WHERE w.is_active = 1"));
  std::unordered_map<int64_t, bool> active;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) break;
    active[select->Int(0)] = true;
  }
  for (const auto& [number, is_active] : active) FlagLocked(number) = is_active;
  for (auto& [number, flag] : flags_) {
    if (!active.contains(number) && flag->exchange(false)) ended.push_back(number);
  }
  return {};
}

void Hooks::Refresh() {
  std::lock_guard lock(mutex_);
  if (const Status done = Reload(); !done) {
    // The flags then stay on: events are noted that nobody is told of.
    Log(LogLevel::kError, "webhooks cannot be read", {{"error", ErrorKindName(done.error().kind)}});
    ++version_;
  }
}

Result<Hook> Hooks::HookOf(const storage::Statement& row) {
  Hook hook;
  hook.id = row.Int(0);
  hook.store_number = row.Int(1);
  hook.key_id = row.Int(2);
  hook.client_id = row.Text(3);
  hook.scope = row.Text(4);
  OUBLI_TRY_ASSIGN(hook.destination,
                   crypto::Open(file_.sealing_key(), row.Blob(5), DestinationPlace(hook.id)));
  if (!row.IsNull(6)) {
    OUBLI_TRY_ASSIGN(const std::string json,
                     crypto::Open(file_.sealing_key(), row.Blob(6), HeadersPlace(hook.id)));
    OUBLI_TRY_ASSIGN(hook.headers, HeadersOf(json));
  }
  hook.is_active = row.Int(7) != 0;
  hook.is_deactivated = row.Int(8) != 0;
  hook.created_at = row.Int(9);
  hook.updated_at = row.Int(10);
  hook.after_no = row.Int(11);
  return hook;
}

Result<std::vector<Hook>> Hooks::Select(const char* sql, int64_t parameter) {
  std::vector<Hook> hooks;
  OUBLI_TRY(file_.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto select, connection.Prepare(sql));
    select->Bind(1, parameter);
    while (true) {
      OUBLI_TRY_ASSIGN(const bool row, select->Step());
      if (!row) return {};
      OUBLI_TRY_ASSIGN(Hook hook, HookOf(*select));
      hooks.push_back(std::move(hook));
    }
  }));
  return hooks;
}

Result<std::vector<Hook>> Hooks::List(int64_t key_id) {
  return Select("SELECT " OUBLI_HOOK_COLUMNS "WHERE w.key_id = $1 ORDER BY w.id", key_id);
}

Result<std::vector<Hook>> Hooks::ListOfStore(int64_t store_number) {
  return Select("SELECT " OUBLI_HOOK_COLUMNS "WHERE w.store_number = $1 ORDER BY w.id",
                store_number);
}

Result<Hook> Hooks::FindIn(storage::Connection& connection, int64_t key_id, int64_t id) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare("SELECT " OUBLI_HOOK_COLUMNS
                                                   "WHERE w.key_id = $1 AND w.id = $2"));
  select->Bind(1, key_id).Bind(2, id);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return Fail(ErrorKind::kNotFound, "there is no such webhook", "id");
  return HookOf(*select);
}

Result<Hook> Hooks::Find(int64_t key_id, int64_t id) {
  Hook hook;
  OUBLI_TRY(file_.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(hook, FindIn(connection, key_id, id));
    return {};
  }));
  return hook;
}

std::string Hooks::TokenOf(const std::string& destination) const {
  return crypto::BlindToken(file_.sealing_key(), "webhook destination", destination);
}

Status Hooks::CheckRoom(storage::Connection& connection, const Hook& hook) {
  const std::string token = TokenOf(hook.destination);
  OUBLI_TRY_ASSIGN(auto same,
                   connection.Prepare("SELECT id FROM webhook WHERE key_id = $1 AND scope = $2 AND "
                                      "destination_token = $3 AND id <> $4"));
  same->Bind(1, hook.key_id).BindText(2, hook.scope).BindBlob(3, token).Bind(4, hook.id);
  OUBLI_TRY_ASSIGN(const bool taken, same->Step());
  if (taken) {
    return Fail(ErrorKind::kConflict, "this scope has a webhook with the same destination already",
                "destination");
  }
  OUBLI_TRY_ASSIGN(auto count,
                   connection.Prepare("SELECT COUNT(*) FROM webhook WHERE key_id = $1 AND scope = "
                                      "$2 AND id <> $3"));
  count->Bind(1, hook.key_id).BindText(2, hook.scope).Bind(3, hook.id);
  OUBLI_TRY(count->Step());
  if (count->Int(0) < kMaxOfScope) return {};
  return Fail(ErrorKind::kTooMany, "this scope has as many webhooks as it may have already",
              "scope");
}

Status Hooks::Put(storage::Connection& connection, const Hook& hook, bool is_new) {
  OUBLI_TRY_ASSIGN(auto put,
                   connection.Prepare(
                       "INSERT INTO webhook (id, store_number, key_id, scope, destination_token, "
                       "sealed_destination, sealed_headers, is_active, is_deactivated, created_at, "
                       "updated_at, after_no, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
                       "$10, $11, $12, $11) ON CONFLICT (id) DO UPDATE SET scope = excluded.scope, "
                       "destination_token = excluded.destination_token, sealed_destination = "
                       "excluded.sealed_destination, sealed_headers = excluded.sealed_headers, "
                       "is_active = excluded.is_active, is_deactivated = excluded.is_deactivated, "
                       "updated_at = excluded.updated_at, after_no = excluded.after_no, used_at = "
                       "excluded.used_at"));
  const std::string token = TokenOf(hook.destination);
  const std::string destination =
      crypto::Seal(file_.sealing_key(), hook.destination, DestinationPlace(hook.id));
  std::string headers;
  put->Bind(1, hook.id).Bind(2, hook.store_number).Bind(3, hook.key_id).BindText(4, hook.scope);
  put->BindBlob(5, token).BindBlob(6, destination).BindNull(7);
  if (hook.headers) {
    headers = crypto::Seal(file_.sealing_key(), HeadersJson(*hook.headers), HeadersPlace(hook.id));
    put->BindBlob(7, headers);
  }
  put->Bind(8, hook.is_active ? 1 : 0).Bind(9, hook.is_deactivated ? 1 : 0);
  put->Bind(10, hook.created_at).Bind(11, hook.updated_at).Bind(12, hook.after_no);
  OUBLI_TRY(put->Step());
  if (put->Changes() != 1 && is_new) return Fail(ErrorKind::kUnavailable, "webhook not written");
  return {};
}

Result<Hook> Hooks::Create(Hook hook, const LastEvent& last_event) {
  std::lock_guard lock(mutex_);
  // First: what changes from now on is noted, and the hook hears of it.
  if (hook.is_active) FlagLocked(hook.store_number) = true;
  const Status done = [&]() -> Status {
    OUBLI_TRY_ASSIGN(hook.after_no, last_event());
    hook.created_at = hook.updated_at = clock_.NowMs();
    return file_.Write([&](storage::Connection& connection) -> Status {
      OUBLI_TRY(CheckRoom(connection, hook));
      OUBLI_TRY_ASSIGN(hook.id, TakeNumber(connection, "webhook"));
      return Put(connection, hook, true);
    });
  }();
  if (const Status reloaded = Reload(); done && !reloaded) {
    Log(LogLevel::kError, "webhooks cannot be read",
        {{"error", ErrorKindName(reloaded.error().kind)}});
    ++version_;
  }
  if (!done) return Fail(done.error());
  return hook;
}

Result<Hook> Hooks::Update(int64_t key_id, int64_t id, const HookChange& change,
                           const LastEvent& last_event) {
  std::lock_guard lock(mutex_);
  OUBLI_TRY_ASSIGN(Hook hook, Find(key_id, id));
  const bool was_active = hook.is_active;
  if (change.scope) hook.scope = *change.scope;
  if (change.destination) hook.destination = *change.destination;
  if (change.headers) hook.headers = *change.headers;
  if (change.is_active) hook.is_active = *change.is_active;
  // What happened while it was off stays untold.
  if (hook.is_active && !was_active) {
    FlagLocked(hook.store_number) = true;
    const auto last = last_event();
    if (!last) {
      (void)Reload();
      return Fail(last.error());
    }
    hook.after_no = *last;
  }
  if (change.is_active) hook.is_deactivated = false;
  hook.updated_at = clock_.NowMs();
  const Status done = file_.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY(FindIn(connection, key_id, id));  // its account may have been revoked meanwhile
    OUBLI_TRY(CheckRoom(connection, hook));
    return Put(connection, hook, false);
  });
  (void)Reload();
  ++version_;
  if (!done) return Fail(done.error());
  return hook;
}

Result<Hook> Hooks::Remove(int64_t key_id, int64_t id) {
  std::lock_guard lock(mutex_);
  Hook hook;
  const Status done = file_.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(hook, FindIn(connection, key_id, id));
    OUBLI_TRY_ASSIGN(auto erase, connection.Prepare("DELETE FROM webhook WHERE id = $1"));
    erase->Bind(1, id);
    OUBLI_TRY(erase->Step());
    return {};
  });
  (void)Reload();
  ++version_;
  if (!done) return Fail(done.error());
  return hook;
}

void Hooks::NoteUsed(const Hook& hook) {
  const UnixMs now = clock_.NowMs();
  {
    std::lock_guard lock(used_mutex_);
    UnixMs& noted = used_[hook.id];
    if (noted != 0 && now - noted < kNoteUsedEveryMs) return;
    noted = now;
  }
  // Lost, it is written tomorrow.
  (void)file_.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto update,
                     connection.Prepare("UPDATE webhook SET used_at = $2 WHERE id = $1"));
    update->Bind(1, hook.id).Bind(2, now);
    OUBLI_TRY(update->Step());
    return {};
  });
}

Result<std::vector<std::string>> Hooks::Emails(int64_t key_id) {
  std::string sealed;
  OUBLI_TRY(file_.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto select, connection.Prepare("SELECT sealed_emails FROM webhook_contact "
                                                     "WHERE key_id = $1"));
    select->Bind(1, key_id);
    OUBLI_TRY_ASSIGN(const bool found, select->Step());
    if (found) sealed = select->Blob(0);
    return {};
  }));
  if (sealed.empty()) return std::vector<std::string>();
  OUBLI_TRY_ASSIGN(const std::string json,
                   crypto::Open(file_.sealing_key(), sealed, EmailsPlace(key_id)));
  return TextsOf(json);
}

Status Hooks::SetEmails(int64_t key_id, const std::vector<std::string>& emails) {
  const std::string sealed =
      crypto::Seal(file_.sealing_key(), EmailsJson(emails), EmailsPlace(key_id));
  return file_.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(
        auto put, connection.Prepare("INSERT INTO webhook_contact (key_id, sealed_emails) VALUES "
                                     "($1, $2) ON CONFLICT (key_id) DO UPDATE SET sealed_emails = "
                                     "excluded.sealed_emails"));
    put->Bind(1, key_id).BindBlob(2, sealed);
    OUBLI_TRY(put->Step());
    return {};
  });
}

void Hooks::SetListener(std::function<void(int64_t)> listener) {
  std::lock_guard lock(listener_mutex_);
  listener_ = std::move(listener);
}

void Hooks::NoteOutbox(int64_t store_number) {
  std::lock_guard lock(listener_mutex_);
  if (listener_) listener_(store_number);
}

}  // namespace oubli::access
