#include "admin/web/calls.h"

#include "base/date_time.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

namespace oubli::admin::web {
namespace {

Result<std::string> RunFor(const Call& call, std::string_view command,
                           boost::json::object arguments, std::string_view store_argument) {
  arguments[store_argument] = call.store;
  return RunCommand(call.services, command, arguments);
}

void Record(const Call& call, std::string_view what) {
  Log(LogLevel::kInfo, what, {{"store", call.store}, {"administrator", call.administrator.id}});
}

Result<std::string> ShowSession(Call& call) {
  return SessionJson(call.administrator, call.session);
}

Result<std::string> ListDialects(Call& /*call*/) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Key("dialects").BeginArray();
  for (const std::string_view name : access::DialectNames()) {
    writer.BeginObject().Member("name", name);
    writer.Key("scopes").BeginArray();
    if (name == access::DialectName(access::Dialect::kBigCommerce)) {
      for (const std::string_view scope : access::KnownScopes()) writer.String(scope);
    }
    writer.EndArray().Key("roles").BeginArray();
    if (name == access::DialectName(access::Dialect::kWebCommander)) {
      writer.String("admin").String("staff");
    }
    writer.EndArray().EndObject();
  }
  writer.EndArray().EndObject();
  return out;
}

Result<std::string> ListStores(Call& call) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Key("stores").BeginArray();
  for (const access::StoreInfo& store : call.services.stores.List()) {
    if (!call.administrator.MaySee(store.number)) continue;
    OUBLI_TRY_ASSIGN(const access::WindowState window, call.services.windows.Show(store.number));
    writer.BeginObject().Member("number", store.number).Member("handle", store.handle);
    writer.Member("created_at", FormatIso8601(store.created_at));
    writer.Member("window_open", window.open).EndObject();
  }
  writer.EndArray().EndObject();
  return out;
}

Result<std::string> CreateStore(Call& call) {
  if (!call.administrator.superuser) {
    return Fail(ErrorKind::kForbidden, "only a superuser makes stores");
  }
  auto made = RunCommand(call.services, "store.create", call.body);
  if (made) Record(call, "store made by an administrator");
  return made;
}

Result<std::string> ShowStore(Call& call) { return RunFor(call, "store.show", {}, "handle"); }

Result<std::string> ListKeys(Call& call) { return RunFor(call, "key.list", {}, "store"); }

Result<std::string> CreateKey(Call& call) {
  auto made = RunFor(call, "key.create", call.body, "store");
  if (made) Record(call, "key made by an administrator");
  return made;
}

Result<std::string> RevokeKey(Call& call) {
  const std::optional<int64_t> id = ParseInt(call.id);
  if (!id) return Fail(ErrorKind::kNotFound, "there is no such key");
  boost::json::object arguments;
  arguments["id"] = *id;
  OUBLI_TRY(RunFor(call, "key.revoke", std::move(arguments), "store"));
  Record(call, "key revoked by an administrator");
  return std::string();
}

Result<std::string> ShowWindow(Call& call) { return RunFor(call, "window.show", {}, "store"); }

Result<std::string> OpenWindow(Call& call) {
  const boost::json::value* const confirm = FindMember(call.body, "confirm");
  if (confirm == nullptr || AsString(*confirm) != call.store) {
    return Fail(ErrorKind::kInvalid, "type the store's name to open its window", "confirm");
  }
  call.body.erase("confirm");
  auto opened = RunFor(call, "window.open", call.body, "store");
  if (opened) Record(call, "window opened by an administrator");
  return opened;
}

Result<std::string> CloseWindow(Call& call) {
  auto closed = RunFor(call, "window.close", {}, "store");
  if (closed) Record(call, "window closed by an administrator");
  return closed;
}

constexpr Route kRoutes[] = {
    {"GET", "/admin/api/session", ShowSession},
    {"GET", "/admin/api/dialects", ListDialects},
    {"GET", "/admin/api/stores", ListStores},
    {"POST", "/admin/api/stores", CreateStore},
    {"GET", "/admin/api/stores/{store}", ShowStore},
    {"GET", "/admin/api/stores/{store}/keys", ListKeys},
    {"POST", "/admin/api/stores/{store}/keys", CreateKey},
    {"DELETE", "/admin/api/stores/{store}/keys/{id}", RevokeKey},
    {"GET", "/admin/api/stores/{store}/window", ShowWindow},
    {"POST", "/admin/api/stores/{store}/window", OpenWindow},
    {"DELETE", "/admin/api/stores/{store}/window", CloseWindow},
};

}  // namespace

std::string SessionJson(const access::Administrator& administrator, const Session& session) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("name", administrator.name);
  writer.Member("superuser", administrator.superuser);
  writer.Member("csrf_token", session.csrf_token).EndObject();
  return out;
}

std::span<const Route> Routes() { return kRoutes; }

}  // namespace oubli::admin::web
