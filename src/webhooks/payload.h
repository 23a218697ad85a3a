// What a delivery consists of: scopes, the JSON payload, and the headers that sign it (contract
// 8.2 of BigCommerce; Standard Webhooks 1.0).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/hooks.h"
#include "base/clock.h"
#include "customers/outbox.h"

namespace oubli::webhooks {

// "store/customer/created" and so on.
std::string_view ScopeOf(customers::EventKind kind);
// Whether a hook may have this scope: one of those, or a wildcard over some.
bool IsKnownScope(std::string_view scope);
// Whether a hook with the scope is told of the event: "store/customer/*" of all of them.
bool ScopeCovers(std::string_view scope, customers::EventKind kind);

struct Payload {
  std::string hash;  // 40 hexadecimal digits, which are the webhook-id too
  std::string body;
};
// The same bytes for the same event of a store, whenever it is told and to whom.
Payload MakePayload(std::string_view store_handle, int64_t store_number,
                    const customers::OutboxRow& row);

// "v1," and base64 of HMAC-SHA256 over id, time and body, under the bytes of the client secret.
std::string Sign(std::string_view client_secret, std::string_view id, int64_t timestamp_s,
                 std::string_view body);

// Why a hook may not have such a header; empty when it may.
std::string_view WhyNotHeader(std::string_view name, std::string_view value);
inline constexpr size_t kMaxHeaders = 20;

// All headers but Host and Content-Length, in the original's order.
std::vector<std::pair<std::string, std::string>> MakeHeaders(const Payload& payload,
                                                             std::string_view client_secret,
                                                             int64_t timestamp_s,
                                                             const access::Hook& hook);

}  // namespace oubli::webhooks
