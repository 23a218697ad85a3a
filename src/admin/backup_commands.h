// The administrator's commands that `oubli backup` is made of: one step each, so that no command
// takes longer than the copy of one store.
//
//   backup.begin  {to}            {id, path, working_path, stores: [{number, handle, bytes}]}
//   backup.store  {id, number}    {number, handle, bytes, generation}
//   backup.finish {id}            {path, stores, bytes}
//   backup.cancel {id}            {}
#pragma once

#include <string>
#include <string_view>

#include "admin/arguments.h"
#include "backup/backups.h"
#include "base/result.h"

namespace oubli::admin {

inline constexpr std::string_view kBackupBegin = "backup.begin";
inline constexpr std::string_view kBackupStore = "backup.store";
inline constexpr std::string_view kBackupFinish = "backup.finish";
inline constexpr std::string_view kBackupCancel = "backup.cancel";

// Errors: those of Backups.
Result<std::string> BeginBackup(backup::Backups& backups, const Arguments& arguments);
Result<std::string> BackUpStore(backup::Backups& backups, const Arguments& arguments);
Result<std::string> FinishBackup(backup::Backups& backups, const Arguments& arguments);
Result<std::string> CancelBackup(backup::Backups& backups, const Arguments& arguments);

}  // namespace oubli::admin
