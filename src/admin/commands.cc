#include "admin/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>

#include "admin/administrator_commands.h"
#include "admin/arguments.h"
#include "admin/backup_commands.h"
#include "admin/doctor_commands.h"
#include "admin/import_batch.h"
#include "admin/order_commands.h"
#include "admin/places_commands.h"
#include "admin/reindex_commands.h"
#include "admin/setting_commands.h"
#include "admin/webhook_commands.h"
#include "base/date_time.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "customers/customers.h"
#include "customers/mail_request.h"

namespace oubli::admin {
namespace {

Status CheckHandle(const Result<access::StoreInfo>& store, std::string_view handle) {
  if (store) return {};
  if (store.error().kind != ErrorKind::kNotFound) return Fail(store.error());
  // A handle is the operator's word, not personal data; but only a well-formed one is repeated.
  const std::string_view shown = access::IsValidHandle(handle) ? handle : "of that handle";
  return Fail(ErrorKind::kNotFound, fmt::format("there is no store {}", shown), "store");
}

Result<access::StoreInfo> FindStore(const Services& services, const Arguments& arguments,
                                    std::string_view argument) {
  OUBLI_TRY_ASSIGN(const std::string handle, arguments.Text(argument));
  Result<access::StoreInfo> store = services.stores.Find(handle);
  OUBLI_TRY(CheckHandle(store, handle));
  return store;
}

void WriteStore(JsonWriter& writer, const access::StoreInfo& store) {
  writer.Member("number", store.number);
  writer.Member("handle", store.handle);
  writer.Member("created_at", FormatIso8601(store.created_at));
}

void WriteWindow(JsonWriter& writer, const access::WindowState& window) {
  writer.Member("open", window.open);
  writer.Key("until");
  window.until == 0 ? writer.Null() : writer.String(FormatIso8601(window.until));
  writer.Member("remaining_seconds", window.remaining_seconds);
}

std::string_view RoleName(access::Role role) {
  return role == access::Role::kStaff ? "staff" : "admin";
}

Result<std::string> CreateStore(const Services& services, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"handle"}));
  OUBLI_TRY_ASSIGN(const std::string handle, arguments.Text("handle"));
  OUBLI_TRY_ASSIGN(const access::StoreInfo store, services.stores.Create(handle));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject();
  WriteStore(writer, store);
  writer.EndObject();
  return out;
}

Result<std::string> ListStores(const Services& services, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({}));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Key("stores").BeginArray();
  for (const access::StoreInfo& store : services.stores.List()) {
    writer.BeginObject();
    WriteStore(writer, store);
    writer.EndObject();
  }
  writer.EndArray().EndObject();
  return out;
}

Result<std::string> ShowStore(const Services& services, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"handle"}));
  OUBLI_TRY_ASSIGN(const access::StoreInfo info, FindStore(services, arguments, "handle"));
  OUBLI_TRY_ASSIGN(const auto store, services.stores.Open(info.number));
  int64_t customers = 0;
  {
    OUBLI_TRY_ASSIGN(auto reader, store->Read());
    OUBLI_TRY_ASSIGN(customers, customers::CountOwners(*reader, customers::OwnerKind::kCustomer));
  }
  OUBLI_TRY_ASSIGN(const auto keys, services.api_keys.List(info.handle));
  OUBLI_TRY_ASSIGN(const access::WindowState window, services.windows.Show(info.number));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject();
  WriteStore(writer, info);
  writer.Member("customers", customers);
  writer.Member("keys", keys.size());
  writer.Member("sweep_backlog", store->sweep_backlog().load());
  writer.Key("window").BeginObject();
  WriteWindow(writer, window);
  writer.EndObject().EndObject();
  return out;
}

Result<access::NewKey> ReadNewKey(const Arguments& arguments) {
  access::NewKey key;
  OUBLI_TRY_ASSIGN(key.store, arguments.Text("store"));
  OUBLI_TRY_ASSIGN(const std::string dialect, arguments.Text("dialect"));
  const std::optional<access::Dialect> parsed = access::ParseDialect(dialect);
  if (!parsed) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("unknown dialect; the known ones are {}",
                            fmt::join(access::DialectNames(), ", ")),
                "dialect");
  }
  key.dialect = *parsed;
  OUBLI_TRY_ASSIGN(key.scopes, arguments.Texts("scopes"));
  OUBLI_TRY_ASSIGN(const std::optional<std::string> role, arguments.OptionalText("role"));
  if (role && *role != "admin" && *role != "staff") {
    return Fail(ErrorKind::kInvalid, "unknown role; the known ones are admin, staff", "role");
  }
  if (role == "staff") key.role = access::Role::kStaff;
  return key;
}

Result<std::string> CreateKey(const Services& services, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"store", "dialect", "scopes", "role"}));
  OUBLI_TRY_ASSIGN(const access::NewKey key, ReadNewKey(arguments));
  OUBLI_TRY(FindStore(services, arguments, "store"));
  OUBLI_TRY_ASSIGN(const access::KeyCredentials credentials, services.api_keys.Create(key));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject();
  writer.Member("id", credentials.id);
  writer.Member("store", key.store);
  writer.Member("dialect", access::DialectName(key.dialect));
  for (const auto& [name, value] : credentials.fields) writer.Member(name, value);
  writer.EndObject();
  return out;
}

Result<std::string> ListKeys(const Services& services, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"store"}));
  OUBLI_TRY_ASSIGN(const access::StoreInfo store, FindStore(services, arguments, "store"));
  OUBLI_TRY_ASSIGN(const auto keys, services.api_keys.List(store.handle));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Key("keys").BeginArray();
  for (const access::KeyInfo& key : keys) {
    writer.BeginObject();
    writer.Member("id", key.id);
    writer.Member("dialect", access::DialectName(key.dialect));
    writer.Member("name", key.name);
    writer.Member("role", RoleName(key.role));
    writer.Key("scopes").BeginArray();
    for (const std::string& scope : key.scopes) writer.String(scope);
    writer.EndArray();
    writer.Member("created_at", FormatIso8601(key.created_at));
    writer.EndObject();
  }
  writer.EndArray().EndObject();
  return out;
}

Result<std::string> RevokeKey(const Services& services, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"store", "id"}));
  OUBLI_TRY_ASSIGN(const int64_t id, arguments.Int("id"));
  OUBLI_TRY_ASSIGN(const access::StoreInfo store, FindStore(services, arguments, "store"));
  if (const Status revoked = services.api_keys.Revoke(store.handle, id); !revoked) {
    if (revoked.error().kind != ErrorKind::kNotFound) return Fail(revoked.error());
    return Fail(ErrorKind::kNotFound, fmt::format("store {} has no key {}", store.handle, id),
                "id");
  }
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("id", id).Member("store", store.handle).Member("revoked", true);
  writer.EndObject();
  return out;
}

std::string WindowResult(const access::StoreInfo& store, const access::WindowState& window) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("store", store.handle);
  WriteWindow(writer, window);
  writer.EndObject();
  return out;
}

Result<std::string> OpenWindow(const Services& services, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"store", "minutes"}));
  OUBLI_TRY_ASSIGN(const int64_t minutes, arguments.Int("minutes", 60));
  OUBLI_TRY_ASSIGN(const access::StoreInfo store, FindStore(services, arguments, "store"));
  OUBLI_TRY_ASSIGN(const access::WindowState window, services.windows.Open(store.number, minutes));
  return WindowResult(store, window);
}

Result<std::string> ShowWindow(const Services& services, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"store"}));
  OUBLI_TRY_ASSIGN(const access::StoreInfo store, FindStore(services, arguments, "store"));
  OUBLI_TRY_ASSIGN(const access::WindowState window, services.windows.Show(store.number));
  return WindowResult(store, window);
}

Result<std::string> CloseWindow(const Services& services, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"store"}));
  OUBLI_TRY_ASSIGN(const access::StoreInfo store, FindStore(services, arguments, "store"));
  OUBLI_TRY(services.windows.Close(store.number));
  return ShowWindow(services, arguments);
}

Result<std::string> Import(const Services& services, const Arguments& arguments) {
  return ImportBatch(services.stores, arguments);
}

Result<backup::Backups*> BackupsOf(const Services& services) {
  if (services.backups != nullptr) return services.backups;
  return Fail(ErrorKind::kUnavailable, "no backups can be made here");
}

Result<std::string> BeginBackup(const Services& services, const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(backup::Backups * backups, BackupsOf(services));
  return BeginBackup(*backups, arguments);
}

Result<std::string> BackUpStore(const Services& services, const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(backup::Backups * backups, BackupsOf(services));
  return BackUpStore(*backups, arguments);
}

Result<std::string> FinishBackup(const Services& services, const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(backup::Backups * backups, BackupsOf(services));
  return FinishBackup(*backups, arguments);
}

Result<std::string> CancelBackup(const Services& services, const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(backup::Backups * backups, BackupsOf(services));
  return CancelBackup(*backups, arguments);
}

Result<std::string> PlacesList(const Services& services, const Arguments& arguments) {
  return ListPlaces(services.custody, arguments);
}

Result<std::string> PlacesRetire(const Services& services, const Arguments& arguments) {
  return RetirePlace(services.custody, services.stores, arguments);
}

template <const std::string_view& kCommand>
Result<std::string> ReindexStore(const Services& services, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"store"}));
  OUBLI_TRY_ASSIGN(const access::StoreInfo store, FindStore(services, arguments, "store"));
  return RunReindex(services.stores, store, kCommand);
}

template <const std::string_view& kCommand>
Result<std::string> StoreSetting(const Services& services, const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(const access::StoreInfo store, FindStore(services, arguments, "store"));
  return RunSetting(services.stores, store, kCommand, arguments);
}

template <const std::string_view& kCommand>
Result<std::string> KeptOrders(const Services& services, const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(const access::StoreInfo store, FindStore(services, arguments, "store"));
  return RunOrders(services.stores, store, kCommand, arguments);
}

Result<const doctor::Subject*> SubjectOf(const Services& services) {
  if (services.subject != nullptr) return services.subject;
  return Fail(ErrorKind::kUnavailable, "nothing can be examined here");
}

Result<std::string> Examine(const Services& services, const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(const doctor::Subject* const subject, SubjectOf(services));
  return RunDoctor(*subject, arguments);
}

Result<std::string> LookForResidue(const Services& services, const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(const doctor::Subject* const subject, SubjectOf(services));
  return RunResidue(*subject, arguments);
}

Result<access::Administrators*> AdministratorsOf(const Services& services) {
  if (services.administrators != nullptr) return services.administrators;
  return Fail(ErrorKind::kUnavailable, "there are no administrators here");
}

Result<std::string> AdminCreate(const Services& services, const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(auto* const administrators, AdministratorsOf(services));
  return CreateAdministrator(*administrators, services.stores, arguments);
}

Result<std::string> AdminList(const Services& services, const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(auto* const administrators, AdministratorsOf(services));
  return ListAdministrators(*administrators, services.stores, arguments);
}

Result<std::string> AdminPassword(const Services& services, const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(auto* const administrators, AdministratorsOf(services));
  return SetAdministratorPassword(*administrators, arguments);
}

Result<std::string> AdminRemove(const Services& services, const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(auto* const administrators, AdministratorsOf(services));
  return RemoveAdministrator(*administrators, arguments);
}

Result<access::Hooks*> HooksOf(const Services& services) {
  if (services.hooks != nullptr) return services.hooks;
  return Fail(ErrorKind::kUnavailable, "there are no webhooks here");
}

Result<std::string> Webhooks(const Services& services, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"store"}));
  OUBLI_TRY_ASSIGN(access::Hooks* const hooks, HooksOf(services));
  OUBLI_TRY_ASSIGN(const access::StoreInfo store, FindStore(services, arguments, "store"));
  return ListWebhooks(*hooks, services.stores, store);
}

Result<std::string> WebhookEvents(const Services& services, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"store"}));
  OUBLI_TRY_ASSIGN(access::Hooks* const hooks, HooksOf(services));
  OUBLI_TRY_ASSIGN(const access::StoreInfo store, FindStore(services, arguments, "store"));
  return ListWebhookEvents(*hooks, store);
}

// Which mails wait, and for whom by number: for somebody who sends them without an SMTP server.
Result<std::string> ListMails(const Services& services, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"store"}));
  OUBLI_TRY_ASSIGN(const access::StoreInfo info, FindStore(services, arguments, "store"));
  OUBLI_TRY_ASSIGN(const auto store, services.stores.Open(info.number));
  OUBLI_TRY_ASSIGN(auto view, store->Read());
  OUBLI_TRY_ASSIGN(const auto requests, customers::ListMailRequests(*view, 10'000));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("store", info.handle).Key("mails").BeginArray();
  for (const customers::MailRequest& request : requests) {
    writer.BeginObject()
        .Member("no", request.no)
        .Member("customer", request.customer_id)
        .Member("kind", request.kind)
        .Member("at", FormatIso8601(request.at))
        .EndObject();
  }
  writer.EndArray().EndObject();
  return out;
}

struct Entry {
  std::string_view name;
  Result<std::string> (*run)(const Services& services, const Arguments& arguments);
};

constexpr Entry kCommands[] = {
    {"store.create", CreateStore},
    {"store.list", ListStores},
    {"store.show", ShowStore},
    {"key.create", CreateKey},
    {"key.list", ListKeys},
    {"key.revoke", RevokeKey},
    {"window.open", OpenWindow},
    {"window.close", CloseWindow},
    {"window.show", ShowWindow},
    {"mail.list", ListMails},
    {kImportBatch, Import},
    {kDoctor, Examine},
    {kResidue, LookForResidue},
    {kBackupBegin, BeginBackup},
    {kBackupStore, BackUpStore},
    {kBackupFinish, FinishBackup},
    {kBackupCancel, CancelBackup},
    {"places.list", PlacesList},
    {"places.retire", PlacesRetire},
    {"webhook.list", Webhooks},
    {"webhook.events", WebhookEvents},
    {kReindexStart, ReindexStore<kReindexStart>},
    {kReindexStep, ReindexStore<kReindexStep>},
    {kReindexEnd, ReindexStore<kReindexEnd>},
    {kReindexShow, ReindexStore<kReindexShow>},
    {"admin.create", AdminCreate},
    {"admin.list", AdminList},
    {"admin.password", AdminPassword},
    {"admin.remove", AdminRemove},
    {kSettingList, StoreSetting<kSettingList>},
    {kSettingGet, StoreSetting<kSettingGet>},
    {kSettingSet, StoreSetting<kSettingSet>},
    {kSettingReset, StoreSetting<kSettingReset>},
    {kOrdersKept, KeptOrders<kOrdersKept>},
    {kOrdersKeep, KeptOrders<kOrdersKeep>},
    {kOrdersForget, KeptOrders<kOrdersForget>},
};

}  // namespace

Result<std::string> RunCommand(const Services& services, std::string_view command,
                               const boost::json::object& arguments) {
  const auto* const entry = std::ranges::find(kCommands, command, &Entry::name);
  if (entry == std::end(kCommands)) {
    return Fail(ErrorKind::kInvalid, "unknown command: is the other program of another version?");
  }
  return entry->run(services, Arguments(arguments));
}

}  // namespace oubli::admin
