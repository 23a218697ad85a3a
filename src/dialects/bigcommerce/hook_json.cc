#include "dialects/bigcommerce/hook_json.h"

#include <fmt/core.h>

#include <algorithm>

#include "dialects/bigcommerce/errors.h"

namespace oubli::dialects::bigcommerce {
namespace {

void WriteHeaders(JsonWriter& json, const access::Hook& hook) {
  json.Key("headers");
  if (!hook.headers) {
    json.Null();
    return;
  }
  json.BeginObject();
  for (const auto& [name, value] : *hook.headers) json.Member(name, value);
  json.EndObject();
}

void WriteStart(JsonWriter& json, const access::Hook& hook, std::string_view store_hash) {
  json.BeginObject().Member("id", hook.id).Member("client_id", hook.client_id);
  json.Member("store_hash", store_hash);
}

void WriteTimes(JsonWriter& json, const access::Hook& hook) {
  json.Member("created_at", hook.created_at / 1000).Member("updated_at", hook.updated_at / 1000);
}

// The envelope of errors without the member `errors`.
http::Response Bare(int status, std::string_view title) {
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Member("status", status).Member("title", title);
  json.Member("type", kErrorType).EndObject();
  return http::Response::Text(status, kJsonContentType, std::move(body));
}

}  // namespace

void WriteListedHook(JsonWriter& json, const access::Hook& hook, std::string_view store_hash,
                     std::string_view status) {
  WriteStart(json, hook, store_hash);
  json.Member("scope", hook.scope).Member("destination", hook.destination);
  WriteHeaders(json, hook);
  json.Member("is_active", hook.is_active);
  WriteTimes(json, hook);
  if (!status.empty()) json.Member("status", status);
  json.EndObject();
}

http::Response HookAnswer(const access::Hook& hook, std::string_view store_hash) {
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data");
  WriteStart(json, hook, store_hash);
  WriteTimes(json, hook);
  json.Member("scope", hook.scope).Member("destination", hook.destination);
  json.Member("is_active", hook.is_active);
  WriteHeaders(json, hook);
  json.EndObject().Key("meta").BeginObject().EndObject().EndObject();
  return http::Response::Text(200, kJsonContentType, std::move(body));
}

void WriteHookMeta(JsonWriter& json, int64_t page, int64_t limit, int64_t count, int64_t total) {
  const int64_t total_pages = std::max<int64_t>(1, (total + limit - 1) / limit);
  const auto link = [limit](int64_t number) {
    return fmt::format("?page={}&limit={}", number, limit);
  };
  json.Key("meta").BeginObject().Key("pagination").BeginObject();
  json.Member("total", total).Member("count", count).Member("per_page", limit);
  json.Member("current_page", page).Member("total_pages", total_pages);
  json.Key("links").BeginObject();
  if (page > 1) json.Member("previous", link(page - 1));
  json.Member("current", link(page));
  if (page < total_pages) json.Member("next", link(page + 1));
  json.EndObject().EndObject().EndObject();
}

http::Response NoSuchHook(int64_t id) {
  return Bare(404, fmt::format("Webhook with id [{}] not found", id));
}

http::Response HookInputInvalid(const Choices& choices) {
  return Bare(400, choices.hook_input_is_invalid);
}

http::Response HookError(const Choices& choices, const Error& error, int64_t id) {
  if (error.kind == ErrorKind::kNotFound) return NoSuchHook(id);
  if (error.kind == ErrorKind::kTooMany) {
    return ErrorEnvelope(422, choices.hook_failed, {{error.field, error.text}});
  }
  return FromError(choices, error, choices.hook_failed);
}

}  // namespace oubli::dialects::bigcommerce
