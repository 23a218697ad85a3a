#include "customers/customer_settings.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/json_writer.h"
#include "customers/definitions.h"
#include "customers/groups.h"

namespace oubli::customers {
namespace {

std::string SettingName(int64_t channel_id) {
  if (channel_id == kNoChannel) return "customer settings";
  return fmt::format("customer settings of channel {}", channel_id);
}

// Calls `visit` with each stored member's name and value: one list, for both directions.
template <class T, class Visit>
void ForEachMember(T& settings, int64_t channel_id, const Visit& visit) {
  visit("ask_for_consent", settings.ask_for_consent);
  visit("ask_for_consent_on_checkout", settings.ask_for_consent_on_checkout);
  visit("policy_url", settings.policy_url);
  if (channel_id == kNoChannel) return;
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

Result<CustomerSettings> ReadStored(StoreView& view, int64_t channel_id) {
  CustomerSettings settings;
  OUBLI_TRY_ASSIGN(const std::string text, ReadSetting(view, SettingName(channel_id)));
  if (text.empty()) return settings;
  const auto value = ParseJson(text);
  if (!value || !value->is_object()) {
    return Fail(ErrorKind::kCorrupt, "the customer settings are damaged");
  }
  ForEachMember(settings, channel_id, [&](std::string_view name, auto& member) {
    if (const auto* found = FindMember(value->get_object(), name)) Take(*found, member);
  });
  return settings;
}

Result<bool> IsGroupOrNone(StoreView& view, int64_t id) {
  if (id == 0) return true;
  OUBLI_TRY_ASSIGN(const auto group, FindGroup(view, id));
  return group.has_value();
}

// A group that has been deleted since is none of the channel's own any more.
Status LeaveOutDeleted(StoreView& view, std::optional<int64_t>& group_id) {
  if (!group_id) return {};
  OUBLI_TRY_ASSIGN(const bool is_there, IsGroupOrNone(view, *group_id));
  if (!is_there) group_id.reset();
  return {};
}

Status CheckGroup(StoreView& view, const std::optional<int64_t>& group_id) {
  OUBLI_TRY_ASSIGN(const bool is_there, IsGroupOrNone(view, group_id.value_or(0)));
  if (!is_there) return Fail(ErrorKind::kNotFound, "no such group");
  return {};
}

}  // namespace

Result<CustomerSettings> ReadCustomerSettings(StoreView& view, int64_t channel_id) {
  OUBLI_TRY_ASSIGN(CustomerSettings settings, ReadStored(view, channel_id));
  if (channel_id == kNoChannel) {
    OUBLI_TRY_ASSIGN(settings.guest_group_id, GroupOfRole(view, GroupRole::kForGuests));
    OUBLI_TRY_ASSIGN(settings.default_group_id, GroupOfRole(view, GroupRole::kDefault));
    return settings;
  }
  OUBLI_TRY(LeaveOutDeleted(view, settings.guest_group_id));
  OUBLI_TRY(LeaveOutDeleted(view, settings.default_group_id));
  return settings;
}

Status WriteCustomerSettings(StoreTransaction& transaction, int64_t channel_id,
                             const CustomerSettings& settings) {
  OUBLI_TRY(CheckGroup(transaction, settings.guest_group_id));
  OUBLI_TRY(CheckGroup(transaction, settings.default_group_id));
  if (channel_id == kNoChannel) {
    OUBLI_TRY(MoveRole(transaction, GroupRole::kForGuests, settings.guest_group_id.value_or(0)));
    OUBLI_TRY(MoveRole(transaction, GroupRole::kDefault, settings.default_group_id.value_or(0)));
  }
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  ForEachMember(settings, channel_id, [&json](std::string_view name, const auto& member) {
    if (member) json.Member(name, *member);
  });
  json.EndObject();
  return WriteSetting(transaction, SettingName(channel_id), text);
}

Result<int64_t> DefaultGroupId(StoreView& view, int64_t channel_id) {
  OUBLI_TRY_ASSIGN(const CustomerSettings of_channel, ReadCustomerSettings(view, channel_id));
  if (of_channel.default_group_id) return *of_channel.default_group_id;
  return GroupOfRole(view, GroupRole::kDefault);
}

}  // namespace oubli::customers
