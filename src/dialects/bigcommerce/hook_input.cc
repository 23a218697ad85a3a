#include "dialects/bigcommerce/hook_input.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/json.h"
#include "base/text.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/hook_json.h"
#include "webhooks/destination.h"
#include "webhooks/payload.h"

namespace oubli::dialects::bigcommerce {
namespace {

namespace json = boost::json;

constexpr size_t kMaxEmail = 254;

tl::unexpected<http::Response> Refuse(http::Response response) {
  return tl::unexpected<http::Response>(std::move(response));
}

// The texts about JSON end with a stop here (contract 1.6).
http::Response RefusalOf(const Choices& choices, Error error) {
  if (error.text.starts_with("error.")) error.text += ".";
  return HookError(choices, error, 0);
}

tl::expected<json::value, http::Response> ReadObject(const http::Request& request,
                                                     const Choices& choices) {
  const std::string* content_type = request.FindHeader("Content-Type");
  if (request.body.empty() || content_type == nullptr) return Refuse(HookInputInvalid(choices));
  const std::string_view media =
      Trim(std::string_view(*content_type).substr(0, content_type->find(';')));
  if (!EqualsIgnoreCase(media, kJsonContentType)) {
    return Refuse(ErrorEnvelope(415, choices.unsupported_media_type));
  }
  auto value = ParseJson(request.body);
  if (!value) return Refuse(HookInputInvalid(choices));
  if (value->is_object()) return *std::move(value);
  return Refuse(RefusalOf(choices, {ErrorKind::kInvalid, std::string(kExpectedObject), "obj"}));
}

Result<access::HookHeaders> ReadHeaders(const FieldReader& reader, const json::object& object) {
  if (object.size() > webhooks::kMaxHeaders) return reader.Fault("headers", "are too many");
  access::HookHeaders headers;
  for (const auto& member : object) {
    const std::string_view name = member.key();
    // A name that no header can have is not repeated.
    const bool known_form =
        webhooks::WhyNotHeader(name, "").find("no header") == std::string_view::npos;
    const std::string field = known_form ? "headers." + std::string(name) : "headers";
    const auto value = AsString(member.value());
    if (!value) return Fail(ErrorKind::kInvalid, kExpectedString, field);
    const std::string_view why_not = webhooks::WhyNotHeader(name, *value);
    if (!why_not.empty()) return Fail(ErrorKind::kInvalid, why_not, field);
    const bool twice = std::ranges::any_of(
        headers, [&](const auto& other) { return EqualsIgnoreCase(other.first, name); });
    if (twice) return Fail(ErrorKind::kInvalid, "is there twice", field);
    headers.emplace_back(name, *value);
  }
  return headers;
}

Result<access::HookChange> ReadChange(const json::object& object, const Choices& choices,
                                      HookUse use) {
  const FieldReader reader(object, "");
  access::HookChange change;
  if (use == HookUse::kCreate) {
    OUBLI_TRY(reader.Require("scope"));
    OUBLI_TRY(reader.Require("destination"));
  }
  OUBLI_TRY(reader.Text("scope", {1, 255}, change.scope));
  if (change.scope && choices.refuse_foreign_scopes && !webhooks::IsKnownScope(*change.scope)) {
    return reader.Fault("scope", "is none that customers' events have");
  }
  OUBLI_TRY(reader.Text("destination", {1, webhooks::kMaxDestination}, change.destination));
  if (change.destination) OUBLI_TRY(webhooks::ParseDestination(*change.destination));
  OUBLI_TRY(reader.Boolean("is_active", change.is_active));
  const json::value* headers = reader.FindOrNull("headers");
  if (headers == nullptr) return change;
  change.headers.emplace();
  if (headers->is_null()) return change;
  if (!headers->is_object()) return reader.Fault("headers", kExpectedObject);
  OUBLI_TRY_ASSIGN(*change.headers, ReadHeaders(reader, headers->get_object()));
  return change;
}

Result<std::vector<std::string>> ReadEmails(const json::object& object, const Choices& choices) {
  const FieldReader reader(object, "");
  OUBLI_TRY(reader.Require("emails"));
  OUBLI_TRY_ASSIGN(const json::array* list, reader.Array("emails"));
  if (list->size() > choices.max_hook_emails) return reader.Fault("emails", "are too many");
  std::vector<std::string> emails;
  for (const json::value& each : *list) {
    const auto email = AsString(each);
    if (!email) return reader.Fault("emails", kExpectedString);
    OUBLI_TRY(CheckText(*email, {1, kMaxEmail}, "emails"));
    const size_t at = email->find('@');
    if (at == 0 || at == std::string_view::npos || at + 1 == email->size() ||
        email->find_first_of(" \t\r\n") != std::string_view::npos) {
      return reader.Fault("emails", "must be e-mail addresses");
    }
    emails.emplace_back(*email);
  }
  return emails;
}

}  // namespace

tl::expected<access::HookChange, http::Response> ReadHook(const http::Request& request,
                                                          const Choices& choices, HookUse use) {
  const auto body = ReadObject(request, choices);
  if (!body) return Refuse(body.error());
  auto change = ReadChange(body->get_object(), choices, use);
  if (!change) return Refuse(RefusalOf(choices, change.error()));
  return *std::move(change);
}

tl::expected<std::vector<std::string>, http::Response> ReadHookEmails(const http::Request& request,
                                                                      const Choices& choices) {
  const auto body = ReadObject(request, choices);
  if (!body) return Refuse(body.error());
  auto emails = ReadEmails(body->get_object(), choices);
  if (!emails) return Refuse(RefusalOf(choices, emails.error()));
  return *std::move(emails);
}

}  // namespace oubli::dialects::bigcommerce
