#include "customers/customer_settings.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/json_writer.h"
#include "customers/definitions.h"

namespace oubli::customers {
namespace {

std::string SettingName(int64_t channel_id) {
  if (channel_id == kNoChannel) return "customer settings";
  return fmt::format("customer settings of channel {}", channel_id);
}

// Calls `visit` with each member's name and value: one list, for both directions.
template <class T, class Visit>
void ForEachMember(T& settings, const Visit& visit) {
  visit("ask_for_consent", settings.ask_for_consent);
  visit("ask_for_consent_on_checkout", settings.ask_for_consent_on_checkout);
  visit("policy_url", settings.policy_url);
  visit("guest_group_id", settings.guest_group_id);
  visit("default_group_id", settings.default_group_id);
  visit("allow_global_logins", settings.allow_global_logins);
}

void Take(const boost::json::value& value, std::optional<bool>& into) {
  if (value.is_bool()) into = value.get_bool();
}
void Take(const boost::json::value& value, std::optional<int64_t>& into) { into = AsInt(value); }
void Take(const boost::json::value& value, std::optional<std::string>& into) {
  if (const auto text = AsString(value)) into.emplace(*text);
}

}  // namespace

Result<CustomerSettings> ReadCustomerSettings(StoreView& view, int64_t channel_id) {
  CustomerSettings settings;
  OUBLI_TRY_ASSIGN(const std::string text, ReadSetting(view, SettingName(channel_id)));
  if (text.empty()) return settings;
  const auto value = ParseJson(text);
  if (!value || !value->is_object()) {
    return Fail(ErrorKind::kCorrupt, "the customer settings are damaged");
  }
  ForEachMember(settings, [&](std::string_view name, auto& member) {
    if (const auto* found = FindMember(value->get_object(), name)) Take(*found, member);
  });
  return settings;
}

Status WriteCustomerSettings(StoreTransaction& transaction, int64_t channel_id,
                             const CustomerSettings& settings) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  ForEachMember(settings, [&json](std::string_view name, const auto& member) {
    if (member) json.Member(name, *member);
  });
  json.EndObject();
  return WriteSetting(transaction, SettingName(channel_id), text);
}

Result<int64_t> DefaultGroupId(StoreView& view, int64_t channel_id) {
  OUBLI_TRY_ASSIGN(const CustomerSettings of_channel, ReadCustomerSettings(view, channel_id));
  if (of_channel.default_group_id) return *of_channel.default_group_id;
  OUBLI_TRY_ASSIGN(const CustomerSettings of_store, ReadCustomerSettings(view, kNoChannel));
  return of_store.default_group_id.value_or(0);
}

}  // namespace oubli::customers
