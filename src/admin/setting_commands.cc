#include "admin/setting_commands.h"

#include "base/json_writer.h"
#include "customers/settings.h"
#include "customers/store.h"

namespace oubli::admin {
namespace {

using customers::SettingState;

void WriteState(JsonWriter& writer, const SettingState& state) {
  const customers::SettingRule& rule = *state.rule;
  writer.Member("name", rule.name)
      .Member("value", customers::FormatSetting(rule, state.value))
      .Member("default", customers::FormatSetting(rule, rule.otherwise))
      .Member("is_set", state.is_set);
  writer.Key("dialect");
  rule.dialect.empty() ? writer.Null() : writer.String(rule.dialect);
  writer.Member("values", customers::DescribeValues(rule)).Member("help", rule.help);
}

Result<std::string> List(customers::Store& store) {
  OUBLI_TRY_ASSIGN(auto reader, store.Read());
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("store", store.handle()).Key("settings").BeginArray();
  for (const customers::SettingRule& rule : customers::SettingRules()) {
    OUBLI_TRY_ASSIGN(const SettingState state, customers::ReadSettingState(*reader, rule));
    writer.BeginObject();
    WriteState(writer, state);
    writer.EndObject();
  }
  writer.EndArray().EndObject();
  return out;
}

Result<SettingState> Get(customers::Store& store, std::string_view name) {
  OUBLI_TRY_ASSIGN(const customers::SettingRule* const rule, customers::FindSettingByName(name));
  OUBLI_TRY_ASSIGN(auto reader, store.Read());
  return customers::ReadSettingState(*reader, *rule);
}

}  // namespace

Result<std::string> RunSetting(access::Stores& stores, const access::StoreInfo& info,
                               std::string_view command, const Arguments& arguments) {
  OUBLI_TRY_ASSIGN(const auto store, stores.Open(info.number));
  if (command == kSettingList) {
    OUBLI_TRY(arguments.CheckNames({"store"}));
    return List(*store);
  }
  OUBLI_TRY_ASSIGN(const std::string name, arguments.Text("name"));
  SettingState state;
  if (command == kSettingSet) {
    OUBLI_TRY(arguments.CheckNames({"store", "name", "value"}));
    OUBLI_TRY_ASSIGN(const std::string value, arguments.Text("value"));
    OUBLI_TRY_ASSIGN(state, customers::ChangeSetting(*store, name, value));
  } else {
    OUBLI_TRY(arguments.CheckNames({"store", "name"}));
    OUBLI_TRY_ASSIGN(state, command == kSettingReset
                                ? customers::ChangeSetting(*store, name, std::nullopt)
                                : Get(*store, name));
  }
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("store", info.handle);
  WriteState(writer, state);
  writer.EndObject();
  return out;
}

}  // namespace oubli::admin
