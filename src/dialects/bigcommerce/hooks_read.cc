// GET /v3/hooks, /v3/hooks/{hook_id} and /v3/hooks/admin (contract 8.1). An account sees its own
// hooks.
#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/text.h"
#include "dialects/bigcommerce/batch.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/hook_json.h"
#include "dialects/bigcommerce/pagination.h"
#include "webhooks/hook_service.h"

namespace oubli::dialects::bigcommerce {
namespace {

using access::Hook;

constexpr std::array<std::string_view, 5> kHookParameters = {"page", "limit", "is_active", "scope",
                                                             "destination"};
constexpr std::array<std::string_view, 3> kAdminHookParameters = {"page", "limit", "is_active"};

Result<std::optional<bool>> ReadActive(const Query& query) {
  OUBLI_TRY_ASSIGN(const auto text, query.Single("is_active"));
  if (!text) return std::nullopt;
  if (EqualsIgnoreCase(*text, "true") || *text == "1") return true;
  if (EqualsIgnoreCase(*text, "false") || *text == "0") return false;
  return Fail(ErrorKind::kInvalid, "must be true or false", "is_active");
}

Result<std::vector<Hook>> FindHooks(const Call& call, const Query& query) {
  OUBLI_TRY_ASSIGN(const auto active, ReadActive(query));
  OUBLI_TRY_ASSIGN(const auto scope, query.Single("scope"));
  OUBLI_TRY_ASSIGN(const auto destination, query.Single("destination"));
  OUBLI_TRY_ASSIGN(auto hooks, call.environment.hooks.List(call.principal.key_id));
  std::erase_if(hooks, [&](const Hook& hook) {
    return (active && hook.is_active != *active) || (scope && hook.scope != *scope) ||
           (destination && hook.destination != *destination);
  });
  return hooks;
}

std::string_view StatusOf(const Hook& hook) {
  if (hook.is_active) return "active";
  return hook.is_deactivated ? "deactivated" : "inactive";
}

// Writes the hooks of a page as an array and returns how many they are.
int64_t WritePage(JsonWriter& json, const std::vector<Hook>& hooks, const PageRequest& page,
                  const Call& call, bool with_status) {
  const auto total = static_cast<int64_t>(hooks.size());
  int64_t count = 0;
  json.BeginArray();
  for (int64_t i = page.offset(); i < total && count < page.limit; ++i, ++count) {
    const Hook& hook = hooks[static_cast<size_t>(i)];
    WriteListedHook(json, hook, call.principal.handle, with_status ? StatusOf(hook) : "");
  }
  json.EndArray();
  return count;
}

Result<std::string> PageOfHooks(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(call.request.query));
  OUBLI_TRY(query.CheckNames(kHookParameters));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, false));
  OUBLI_TRY_ASSIGN(const std::vector<Hook> hooks, FindHooks(call, query));
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data");
  const int64_t count = WritePage(json, hooks, page, call, false);
  WriteHookMeta(json, page.page, page.limit, count, static_cast<int64_t>(hooks.size()));
  json.EndObject();
  return body;
}

void WriteBlocked(JsonWriter& json, const std::vector<webhooks::BlockedDomain>& domains) {
  json.BeginArray();
  for (const webhooks::BlockedDomain& blocked : domains) {
    json.BeginObject().Member("destination", blocked.domain);
    json.Member("time_left", (blocked.left_ms + 999) / 1000).Key("reasons").BeginArray();
    for (const webhooks::FailureReason& reason : blocked.reasons) {
      json.BeginObject().Member("failure_description", reason.description);
      json.Member("count", reason.count).Member("timestamp", reason.last_at / 1000).EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray();
}

Result<std::string> Admin(const Call& call) {
  OUBLI_TRY_ASSIGN(const Query query, Query::Parse(call.request.query));
  OUBLI_TRY(query.CheckNames(kAdminHookParameters));
  OUBLI_TRY_ASSIGN(const PageRequest page, ReadPageRequest(query, call.choices, false));
  OUBLI_TRY_ASSIGN(const std::vector<Hook> hooks, FindHooks(call, query));
  OUBLI_TRY_ASSIGN(const auto emails, call.environment.hooks.Emails(call.principal.key_id));
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data").BeginObject().Key("emails").BeginArray();
  for (const std::string& email : emails) json.String(email);
  json.EndArray().Key("hooks_list");
  const int64_t count = WritePage(json, hooks, page, call, true);
  json.Key("blocked_domains");
  WriteBlocked(json, call.environment.hook_service.BlockedDomains(call.principal.key_id));
  json.EndObject();
  WriteHookMeta(json, page.page, page.limit, count, static_cast<int64_t>(hooks.size()));
  json.EndObject();
  return body;
}

}  // namespace

void ListHooks(Call& call) { AnswerList(call, PageOfHooks(call)); }
void ShowHooksAdmin(Call& call) { AnswerList(call, Admin(call)); }

void ShowHook(Call& call) {
  const auto id = ParseInt(call.path_parameters[0]);
  if (!id) return call.answer(NoSuchRoute());
  const auto hook = call.environment.hooks.Find(call.principal.key_id, *id);
  if (!hook) return call.answer(HookError(call.choices, hook.error(), *id));
  call.answer(HookAnswer(*hook, call.principal.handle));
}

}  // namespace oubli::dialects::bigcommerce
