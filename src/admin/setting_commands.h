// The administrator's commands about a store's settings (customers/settings.h).
//
//   setting.list  {store}               {store, settings: [setting...]}
//   setting.get   {store, name}         {store, name, value, default, is_set, dialect, values,
//   help} setting.set   {store, name, value}  the same; `value` is a text setting.reset {store,
//   name}         the same: as when nobody had set it
#pragma once

#include <string>
#include <string_view>

#include "access/stores.h"
#include "admin/arguments.h"
#include "base/result.h"

namespace oubli::admin {

inline constexpr std::string_view kSettingList = "setting.list";
inline constexpr std::string_view kSettingGet = "setting.get";
inline constexpr std::string_view kSettingSet = "setting.set";
inline constexpr std::string_view kSettingReset = "setting.reset";

// `info` is the store that the arguments name. Errors: kInvalid, kUnavailable, kCorrupt.
Result<std::string> RunSetting(access::Stores& stores, const access::StoreInfo& info,
                               std::string_view command, const Arguments& arguments);

}  // namespace oubli::admin
