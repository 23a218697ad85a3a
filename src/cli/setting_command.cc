#include <boost/json/array.hpp>

#include "admin/setting_commands.h"
#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/store_option.h"

namespace oubli::cli {
namespace {

using boost::json::object;

// What the options and words name, as a command's arguments.
std::string SettingArguments(const Invocation& invocation) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("store", invocation.Get("--store"));
  for (const char* name : {"name", "value"}) {
    if (invocation.Has(name)) writer.Member(name, invocation.Get(name));
  }
  writer.EndObject();
  return out;
}

int ListSettings(const Invocation& invocation) {
  return RunAndPrint(
      invocation, admin::kSettingList, SettingArguments(invocation), [](const object& result) {
        std::vector<std::vector<std::string>> rows;
        for (const boost::json::value& value : result.at("settings").as_array()) {
          const object& setting = value.as_object();
          rows.push_back({MemberText(setting, "name"), MemberText(setting, "value"),
                          MemberText(setting, "is_set"), MemberText(setting, "values"),
                          MemberText(setting, "help")});
        }
        return FormatTable({"NAME", "VALUE", "SET", "VALUES", "WHAT IT DOES"}, rows);
      });
}

int GetSetting(const Invocation& invocation) {
  return RunAndPrint(invocation, admin::kSettingGet, SettingArguments(invocation),
                     [](const object& setting) { return MemberText(setting, "value") + "\n"; });
}

std::string DescribeSetting(const object& setting) {
  const std::string name = MemberText(setting, "name");
  const std::string value = MemberText(setting, "value");
  std::string text = name + " of store " + MemberText(setting, "store") + " is " + value + ".\n";
  if (name == "keep_order_amounts" && value == "yes") {
    text += "Orders that are there already are not kept yet: oubli orders keep.\n";
  }
  return text;
}

int SetSetting(const Invocation& invocation) {
  return RunAndPrint(invocation, admin::kSettingSet, SettingArguments(invocation), DescribeSetting);
}

int ResetSetting(const Invocation& invocation) {
  return RunAndPrint(invocation, admin::kSettingReset, SettingArguments(invocation),
                     DescribeSetting);
}

Parameter Name() {
  return {.name = "name",
          .help = "as `oubli setting list` shows it",
          .value = "NAME",
          .kind = Parameter::Kind::kPositional,
          .required = true};
}

Parameter Value() {
  return {.name = "value",
          .help = "one of the values that `oubli setting list` shows",
          .value = "VALUE",
          .kind = Parameter::Kind::kPositional,
          .required = true};
}

}  // namespace

std::vector<Command> SettingCommands() {
  return {{.path = {"setting", "list"},
           .help = "List a store's settings with their values",
           .example = "oubli setting list --store demo",
           .parameters = CommonParameters({StoreOption()}),
           .run = ListSettings},
          {.path = {"setting", "get"},
           .help = "Show the value of a store's setting",
           .example = "oubli setting get --store demo keep_order_amounts",
           .parameters = CommonParameters({StoreOption(), Name()}),
           .run = GetSetting},
          {.path = {"setting", "set"},
           .help = "Give a store's setting a value; it counts from the next request on",
           .example = "oubli setting set --store demo bigcommerce_rate_limit 450",
           .parameters = CommonParameters({StoreOption(), Name(), Value()}),
           .run = SetSetting},
          {.path = {"setting", "reset"},
           .help = "Give a store's setting its default again",
           .example = "oubli setting reset --store demo bigcommerce_rate_limit",
           .parameters = CommonParameters({StoreOption(), Name()}),
           .run = ResetSetting}};
}

}  // namespace oubli::cli
