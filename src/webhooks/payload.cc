#include "webhooks/payload.h"

#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace oubli::webhooks {
namespace {

using customers::EventKind;

struct Named {
  EventKind kind;
  std::string_view scope;
};
constexpr std::array<Named, 8> kScopes = {
    {{EventKind::kCustomerCreated, "store/customer/created"},
     {EventKind::kCustomerUpdated, "store/customer/updated"},
     {EventKind::kCustomerDeleted, "store/customer/deleted"},
     {EventKind::kAddressCreated, "store/customer/address/created"},
     {EventKind::kAddressUpdated, "store/customer/address/updated"},
     {EventKind::kAddressDeleted, "store/customer/address/deleted"},
     {EventKind::kLoginAccessUpdated, "store/customer/channel/login/access/updated"},
     {EventKind::kDefaultInstrumentUpdated, "store/customer/payment/instrument/default/updated"}}};
constexpr std::array<std::string_view, 2> kWildcards = {"store/customer/*",
                                                        "store/customer/address/*"};

// Ours, and those that say where a request ends and who it is for.
constexpr std::array<std::string_view, 18> kOwnHeaders = {
    "webhook-id",   "webhook-timestamp", "webhook-signature",
    "content-type", "content-length",    "content-encoding",
    "user-agent",   "accept-encoding",   "host",
    "connection",   "transfer-encoding", "te",
    "trailer",      "upgrade",           "expect",
    "keep-alive",   "proxy-connection",  "proxy-authorization"};
constexpr size_t kMaxHeaderName = 256;
constexpr size_t kMaxHeaderValue = 4096;

bool IsTokenCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string Sha1Hex(std::string_view bytes) {
  std::array<uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  OUBLI_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha1(), nullptr) ==
              1);
  return HexEncode({digest.data(), size});
}

void WriteData(JsonWriter& json, const customers::Event& event) {
  json.BeginObject();
  switch (event.kind) {
    case EventKind::kCustomerCreated:
    case EventKind::kCustomerUpdated:
    case EventKind::kCustomerDeleted:
    case EventKind::kDefaultInstrumentUpdated:
      json.Member("type", "customer").Member("id", event.customer_id);
      break;
    case EventKind::kAddressCreated:
    case EventKind::kAddressUpdated:
    case EventKind::kAddressDeleted:
      json.Member("type", "customer").Member("id", event.address_id);
      json.Key("address").BeginObject().Member("customer_id", event.customer_id).EndObject();
      break;
    case EventKind::kLoginAccessUpdated:
      json.Member("customer_id", event.customer_id).Key("channel_ids");
      if (event.channel_ids) {
        json.BeginArray();
        for (const int64_t id : *event.channel_ids) json.Int(id);
        json.EndArray();
      } else {
        json.Null();
      }
      break;
  }
  json.EndObject();
}

std::string Write(std::string_view store_handle, int64_t store_number,
                  const customers::OutboxRow& row, std::string_view hash) {
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Member("producer", fmt::format("stores/{}", store_handle));
  if (!hash.empty()) json.Member("hash", hash);
  json.Member("created_at", row.created_at / 1000);
  json.Member("store_id", fmt::format("{}", store_number));
  json.Member("scope", ScopeOf(row.event.kind)).Key("data");
  WriteData(json, row.event);
  json.EndObject();
  return body;
}

}  // namespace

std::string_view ScopeOf(EventKind kind) {
  const auto* const found = std::ranges::find(kScopes, kind, &Named::kind);
  return found == kScopes.end() ? std::string_view() : found->scope;
}

bool IsKnownScope(std::string_view scope) {
  return std::ranges::find(kScopes, scope, &Named::scope) != kScopes.end() ||
         std::ranges::find(kWildcards, scope) != kWildcards.end();
}

bool ScopeCovers(std::string_view scope, EventKind kind) {
  const std::string_view concrete = ScopeOf(kind);
  if (scope.ends_with('*')) return concrete.starts_with(scope.substr(0, scope.size() - 1));
  return scope == concrete;
}

Payload MakePayload(std::string_view store_handle, int64_t store_number,
                    const customers::OutboxRow& row) {
  // The event's number goes in, so that two alike in one second are not taken for one.
  const std::string hash =
      Sha1Hex(fmt::format("{}{}", Write(store_handle, store_number, row, ""), row.no));
  return {hash, Write(store_handle, store_number, row, hash)};
}

std::string Sign(std::string_view client_secret, std::string_view id, int64_t timestamp_s,
                 std::string_view body) {
  const std::string signed_text = fmt::format("{}.{}.{}", id, timestamp_s, body);
  std::array<uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  OUBLI_CHECK(HMAC(EVP_sha256(), client_secret.data(), static_cast<int>(client_secret.size()),
                   reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(),
                   digest.data(), &size) != nullptr);
  return "v1," + Base64Encode({reinterpret_cast<const char*>(digest.data()), size});
}

std::string_view WhyNotHeader(std::string_view name, std::string_view value) {
  if (name.empty() || name.size() > kMaxHeaderName ||
      !std::ranges::all_of(name, IsTokenCharacter)) {
    return "has a name that no header can have";
  }
  if (std::ranges::find(kOwnHeaders, AsciiLower(name)) != kOwnHeaders.end()) {
    return "has a name that is not a hook's to set";
  }
  if (value.size() > kMaxHeaderValue ||
      !std::ranges::all_of(value, [](char c) { return (c >= ' ' && c < 0x7f) || c == '\t'; })) {
    return "must be printable ASCII of at most 4096 characters";
  }
  return "";
}

std::vector<std::pair<std::string, std::string>> MakeHeaders(const Payload& payload,
                                                             std::string_view client_secret,
                                                             int64_t timestamp_s,
                                                             const access::Hook& hook) {
  std::vector<std::pair<std::string, std::string>> headers = {
      {"content-type", "application/json"},
      {"user-agent", "oubli"},
      {"accept-encoding", "gzip"},
      {"webhook-id", payload.hash},
      {"webhook-timestamp", fmt::format("{}", timestamp_s)},
      {"webhook-signature", Sign(client_secret, payload.hash, timestamp_s, payload.body)}};
  if (!hook.headers) return headers;
  for (const auto& [name, value] : *hook.headers) {
    if (WhyNotHeader(name, value).empty()) headers.emplace_back(name, value);
  }
  return headers;
}

}  // namespace oubli::webhooks
