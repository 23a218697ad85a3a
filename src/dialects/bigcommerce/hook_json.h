// Hooks in answers (contract 8.1): two orders of members, times in seconds, errors without
// `errors`.
#pragma once

#include <cstdint>
#include <string_view>

#include "access/hooks.h"
#include "base/json_writer.h"
#include "dialects/bigcommerce/call.h"
#include "http/message.h"

namespace oubli::dialects::bigcommerce {

// As a list shows it. `status` is shown where it is not empty.
void WriteListedHook(JsonWriter& json, const access::Hook& hook, std::string_view store_hash,
                     std::string_view status = {});
// The answer to a call about one hook: 200 {"data":{...},"meta":{}}.
http::Response HookAnswer(const access::Hook& hook, std::string_view store_hash);
// The member "meta" of a list, whose links have page and limit the other way round.
void WriteHookMeta(JsonWriter& json, int64_t page, int64_t limit, int64_t count, int64_t total);

// {"status":404,"title":"Webhook with id [7] not found","type":...}
http::Response NoSuchHook(int64_t id);
http::Response HookInputInvalid(const Choices& choices);  // 400
// What went wrong with a hook, in this dialect's words.
http::Response HookError(const Choices& choices, const Error& error, int64_t id);

}  // namespace oubli::dialects::bigcommerce
