#include "admin/webhook_commands.h"

#include "base/date_time.h"
#include "base/json_writer.h"
#include "customers/outbox_progress.h"

namespace oubli::admin {
namespace {

// "https://example.com:8443" of a URL that has been checked.
std::string_view OriginOf(std::string_view url) {
  const size_t host = url.find("://");
  if (host == std::string_view::npos) return "";
  return url.substr(0, url.find_first_of("/?", host + 3));
}

std::string_view StatusOf(const access::Hook& hook) {
  if (hook.is_active) return "active";
  return hook.is_deactivated ? "deactivated" : "inactive";
}

}  // namespace

Result<std::string> ListWebhooks(access::Hooks& hooks, access::Stores& stores,
                                 const access::StoreInfo& store) {
  OUBLI_TRY_ASSIGN(const std::vector<access::Hook> list, hooks.ListOfStore(store.number));
  OUBLI_TRY_ASSIGN(const auto opened, stores.Open(store.number));
  OUBLI_TRY_ASSIGN(auto reader, opened->Read());
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Key("webhooks").BeginArray();
  for (const access::Hook& hook : list) {
    int64_t waiting = 0;
    if (hook.is_active) {
      OUBLI_TRY_ASSIGN(waiting, customers::CountRetries(*reader, hook.id));
    }
    writer.BeginObject().Member("id", hook.id).Member("client_id", hook.client_id);
    writer.Member("scope", hook.scope).Member("destination", OriginOf(hook.destination));
    writer.Member("status", StatusOf(hook)).Member("waiting", waiting);
    writer.Member("created_at", FormatIso8601(hook.created_at));
    writer.Member("updated_at", FormatIso8601(hook.updated_at)).EndObject();
  }
  writer.EndArray().EndObject();
  return out;
}

Result<std::string> ListWebhookEvents(access::Hooks& hooks, const access::StoreInfo& store) {
  OUBLI_TRY_ASSIGN(const std::vector<access::HookEvent> events, hooks.Events(store.number));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Key("events").BeginArray();
  for (const access::HookEvent& event : events) {
    writer.BeginObject().Member("at", FormatIso8601(event.at));
    writer.Member("webhook", event.hook_id).Member("kind", event.kind);
    writer.Member("reason", event.reason).EndObject();
  }
  writer.EndArray().EndObject();
  return out;
}

}  // namespace oubli::admin
