// GET and PUT /v3/customers/settings and .../settings/channels/{channel_id} (contract 5.2, 5.3).
#include "customers/customer_settings.h"

#include "base/json_writer.h"
#include "base/text.h"
#include "customers/groups.h"
#include "dialects/bigcommerce/body.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"

namespace oubli::dialects::bigcommerce {
namespace {

using customers::CustomerSettings;
using customers::kNoChannel;

constexpr TextLength kPolicyUrl = {0, 2000};

// What a body sets: nothing where it is silent, and an empty value where it takes one away.
struct Changes {
  std::optional<std::optional<bool>> ask, ask_on_checkout, global_logins;
  std::optional<std::optional<std::string>> policy_url;
  std::optional<std::optional<int64_t>> guest_group, default_group;

  void ApplyTo(CustomerSettings& settings) const {
    const auto set = [](const auto& from, auto& to) {
      if (from) to = *from;
    };
    set(ask, settings.ask_for_consent);
    set(ask_on_checkout, settings.ask_for_consent_on_checkout);
    set(global_logins, settings.allow_global_logins);
    set(policy_url, settings.policy_url);
    set(guest_group, settings.guest_group_id);
    set(default_group, settings.default_group_id);
  }
};

// A group that a body names must be there.
Status CheckGroups(customers::StoreView& view, const Changes& changes, const Choices& choices) {
  const auto check = [&](const std::optional<std::optional<int64_t>>& group,
                         std::string_view field) -> Status {
    const int64_t id = group.value_or(std::nullopt).value_or(0);
    if (id == 0) return {};
    OUBLI_TRY_ASSIGN(const auto found, customers::FindGroup(view, id));
    if (found) return {};
    return Fail(ErrorKind::kInvalid, choices.unknown_group, std::string(field));
  };
  OUBLI_TRY(check(changes.guest_group, "customer_group_settings.guest_customer_group_id"));
  return check(changes.default_group, "customer_group_settings.default_customer_group_id");
}

// Reads one member by `read`. Null takes a channel's own value away, and is nothing to the store,
// which has no other one to fall back to.
template <class T, class Read>
Status Member(const FieldReader& reader, std::string_view name, bool of_channel,
              std::optional<std::optional<T>>& into, const Read& read) {
  const boost::json::value* value = reader.FindOrNull(name);
  if (value == nullptr || (value->is_null() && !of_channel)) return {};
  std::optional<T> set;
  OUBLI_TRY(read(set));
  into.emplace(std::move(set));
  return {};
}

bool IsWebAddress(std::string_view text) {
  return text.empty() || text.starts_with("https://") || text.starts_with("http://");
}

Status ReadPrivacy(const boost::json::object& object, bool of_channel, Changes& changes) {
  const FieldReader reader(object, "privacy_settings.");
  const auto flag = [&](std::string_view name, std::optional<std::optional<bool>>& into) {
    return Member(reader, name, of_channel, into,
                  [&](std::optional<bool>& set) { return reader.Boolean(name, set); });
  };
  OUBLI_TRY(flag("ask_shopper_for_tracking_consent", changes.ask));
  OUBLI_TRY(flag("ask_shopper_for_tracking_consent_on_checkout", changes.ask_on_checkout));
  OUBLI_TRY(Member(
      reader, "policy_url", of_channel, changes.policy_url,
      [&](std::optional<std::string>& set) { return reader.Text("policy_url", kPolicyUrl, set); }));
  if (changes.policy_url && *changes.policy_url && !IsWebAddress(**changes.policy_url)) {
    return reader.Fault("policy_url", "must begin with https:// or http://");
  }
  return {};
}

Status ReadGroups(const boost::json::object& object, bool of_channel, Changes& changes) {
  const FieldReader reader(object, "customer_group_settings.");
  const auto group = [&](std::string_view name, std::optional<std::optional<int64_t>>& into) {
    return Member(reader, name, of_channel, into, [&](std::optional<int64_t>& set) {
      return reader.Integer(name, 0, INT32_MAX, set);
    });
  };
  OUBLI_TRY(group("guest_customer_group_id", changes.guest_group));
  OUBLI_TRY(group("default_customer_group_id", changes.default_group));
  return {};
}

Result<Changes> ReadChanges(const boost::json::object& object, bool of_channel) {
  const FieldReader reader(object, "");
  Changes changes;
  OUBLI_TRY_ASSIGN(const boost::json::object* privacy, reader.Object("privacy_settings"));
  if (privacy != nullptr) OUBLI_TRY(ReadPrivacy(*privacy, of_channel, changes));
  OUBLI_TRY_ASSIGN(const boost::json::object* groups, reader.Object("customer_group_settings"));
  if (groups != nullptr) OUBLI_TRY(ReadGroups(*groups, of_channel, changes));
  if (!of_channel) return changes;
  OUBLI_TRY(
      Member(reader, "allow_global_logins", true, changes.global_logins,
             [&](std::optional<bool>& set) { return reader.Boolean("allow_global_logins", set); }));
  return changes;
}

// An absent value is null of a channel, and the default of the store.
class Shown {
 public:
  Shown(JsonWriter& json, bool of_channel) : json_(json), of_channel_(of_channel) {}

  template <class T>
  void Write(std::string_view name, const std::optional<T>& value, const T& standard) {
    if (value || !of_channel_) {
      json_.Member(name, value.value_or(standard));
    } else {
      json_.Key(name).Null();
    }
  }

 private:
  JsonWriter& json_;
  const bool of_channel_;
};

http::Response AnswerOf(const CustomerSettings& settings, bool of_channel) {
  std::string body;
  JsonWriter json(body);
  Shown shown(json, of_channel);
  json.BeginObject().Key("data").BeginObject();
  json.Key("privacy_settings").BeginObject();
  shown.Write("ask_shopper_for_tracking_consent", settings.ask_for_consent, false);
  shown.Write("policy_url", settings.policy_url, std::string());
  shown.Write("ask_shopper_for_tracking_consent_on_checkout", settings.ask_for_consent_on_checkout,
              false);
  json.EndObject().Key("customer_group_settings").BeginObject();
  shown.Write("guest_customer_group_id", settings.guest_group_id, int64_t{0});
  shown.Write("default_customer_group_id", settings.default_group_id, int64_t{0});
  json.EndObject();
  // The captures have `meta` here and not there.
  if (of_channel) {
    json.Member("allow_global_logins", settings.allow_global_logins.value_or(true)).EndObject();
  } else {
    json.EndObject().Key("meta").BeginObject().EndObject();
  }
  json.EndObject();
  return http::Response::Text(200, kJsonContentType, std::move(body));
}

void Show(Call& call, int64_t channel_id) {
  const auto read = [&]() -> Result<CustomerSettings> {
    OUBLI_TRY_ASSIGN(auto reader, call.store->Read());
    return customers::ReadCustomerSettings(*reader, channel_id);
  };
  const auto settings = read();
  if (!settings) return call.answer.Fail(settings.error(), call.choices.settings_failed);
  call.answer(AnswerOf(*settings, channel_id != kNoChannel));
}

void Change(Call& call, int64_t channel_id) {
  const bool of_channel = channel_id != kNoChannel;
  const std::string_view title = call.choices.settings_failed;
  const auto body = ReadObjectBody(call.request, call.choices);
  if (!body) return call.answer(body.error());
  auto changes = ReadChanges(body->get_object(), of_channel);
  if (!changes) return call.answer.Fail(changes.error(), title);
  call.store->Write(
      [channel_id, changes = std::move(*changes), &choices = call.choices](
          customers::StoreTransaction& transaction) -> Result<CustomerSettings> {
        OUBLI_TRY(CheckGroups(transaction, changes, choices));
        OUBLI_TRY_ASSIGN(CustomerSettings settings,
                         customers::ReadCustomerSettings(transaction, channel_id));
        changes.ApplyTo(settings);
        OUBLI_TRY(customers::WriteCustomerSettings(transaction, channel_id, settings));
        return settings;
      },
      [of_channel, title, answer = call.answer](Result<CustomerSettings> settings) {
        if (settings) return answer(AnswerOf(*settings, of_channel));
        answer.Fail(settings.error(), title);
      });
}

// Runs `with` for a number that can be a channel's; there is no list of channels.
void ForChannel(Call& call, void (*with)(Call& call, int64_t channel_id)) {
  const auto id = ParseInt(call.path_parameters[0]);
  if (!id || *id < 1 || *id > call.choices.max_channel_id) {
    return call.answer(ErrorEnvelope(404, call.choices.resource_not_found));
  }
  with(call, *id);
}

}  // namespace

void GetSettings(Call& call) { Show(call, kNoChannel); }
void PutSettings(Call& call) { Change(call, kNoChannel); }
void GetChannelSettings(Call& call) { ForChannel(call, Show); }
void PutChannelSettings(Call& call) { ForChannel(call, Change); }

}  // namespace oubli::dialects::bigcommerce
