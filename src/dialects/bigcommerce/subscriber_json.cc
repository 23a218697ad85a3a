#include "dialects/bigcommerce/subscriber_json.h"

#include <algorithm>
#include <array>

#include "base/date_time.h"
#include "base/json.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/errors.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::Subscriber;

constexpr std::array<std::string_view, 3> kSources = {"storefront", "order", "custom"};
constexpr std::array<std::string_view, 2> kConsents = {"marketing_newsletter", "abandoned_cart"};

template <size_t kCount>
bool IsAmong(const std::array<std::string_view, kCount>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

Status ReadEmail(const FieldReader& reader, bool create, const Choices& choices,
                 SubscriberInput& input) {
  if (create) OUBLI_TRY(reader.Require("email"));
  OUBLI_TRY(reader.Text("email", {3, 255}, input.email));
  if (!input.email) return {};
  // Without anything but blanks there would be nothing to find it by, whatever the choice.
  const bool is_blank = input.email->find_first_not_of(" \t\r\n") == std::string::npos;
  if (is_blank || (choices.check_email_form && !LooksLikeEmail(*input.email))) {
    return reader.Fault("email", "is not an e-mail address");
  }
  return {};
}

Status ReadOrderId(const FieldReader& reader, SubscriberInput& input) {
  const boost::json::value* value = reader.FindOrNull("order_id");
  if (value != nullptr && value->is_null()) {
    input.order_id = 0;
    return {};
  }
  return reader.Integer("order_id", 1, INT32_MAX, input.order_id);
}

Status ReadConsents(const FieldReader& reader, SubscriberInput& input) {
  OUBLI_TRY_ASSIGN(const boost::json::array* list, reader.Array("consents"));
  if (list == nullptr) return {};
  input.consents.emplace();
  for (const boost::json::value& element : *list) {
    const auto word = AsString(element);
    if (!word) return reader.Fault("consents", kExpectedString);
    if (!IsAmong(kConsents, *word)) {
      return reader.Fault("consents", "must be of marketing_newsletter and abandoned_cart");
    }
    if (std::ranges::find(*input.consents, *word) == input.consents->end()) {
      input.consents->emplace_back(*word);
    }
  }
  return {};
}

}  // namespace

void WriteSubscriber(JsonWriter& json, const Subscriber& subscriber) {
  const customers::Profile& profile = subscriber.profile;
  json.BeginObject()
      .Member("id", subscriber.head.id)
      .Member("email", profile.email)
      .Member("first_name", profile.first_name)
      .Member("last_name", profile.last_name)
      .Member("source", profile.source)
      .Key("order_id");
  const int64_t order_id = customers::OrderIdOf(subscriber);
  order_id == 0 ? json.Null() : json.Int(order_id);
  json.Member("channel_id", profile.origin_channel_id).Key("consents").BeginArray();
  for (const std::string& consent : customers::ConsentsOf(subscriber)) json.String(consent);
  json.EndArray();
  json.Member("date_modified", FormatIso8601(subscriber.head.modified_at))
      .Member("date_created", FormatIso8601(subscriber.head.created_at))
      .EndObject();
}

std::string SubscriberBody(const Subscriber& subscriber) {
  std::string body;
  JsonWriter json(body);
  json.BeginObject().Key("data");
  WriteSubscriber(json, subscriber);
  json.Key("meta").BeginObject().EndObject().EndObject();
  return body;
}

void SubscriberInput::ApplyTo(Subscriber& subscriber) const {
  customers::Profile& profile = subscriber.profile;
  if (email) profile.email = *email;
  if (first_name) profile.first_name = *first_name;
  if (last_name) profile.last_name = *last_name;
  if (source) profile.source = *source;
  if (order_id) customers::SetOrderId(subscriber, *order_id);
  if (channel_id) profile.origin_channel_id = *channel_id;
  if (consents) customers::SetConsents(subscriber, *consents);
}

Result<SubscriberInput> ReadSubscriber(const boost::json::object& object, bool create,
                                       const Choices& choices) {
  const FieldReader reader(object, "");
  SubscriberInput input;
  OUBLI_TRY(ReadEmail(reader, create, choices, input));
  OUBLI_TRY(reader.Text("first_name", {0, 255}, input.first_name));
  OUBLI_TRY(reader.Text("last_name", {0, 255}, input.last_name));
  OUBLI_TRY(reader.Text("source", {}, input.source));
  if (input.source && !IsAmong(kSources, *input.source)) {
    return reader.Fault("source", "must be storefront, order or custom");
  }
  OUBLI_TRY(ReadOrderId(reader, input));
  OUBLI_TRY(reader.Integer("channel_id", 1, INT32_MAX, input.channel_id));
  OUBLI_TRY(ReadConsents(reader, input));
  if (!create) return input;
  if (!input.source) input.source.emplace(choices.default_source);
  if (!input.consents && !choices.default_consent.empty()) {
    input.consents.emplace().emplace_back(choices.default_consent);
  }
  return input;
}

}  // namespace oubli::dialects::bigcommerce
