// The commands of the command line, one file a word.
#pragma once

#include <vector>

#include "cli/command_line.h"

namespace oubli::cli {

std::vector<Command> ServeCommands();    // serve_command.cc
std::vector<Command> StoreCommands();    // store_command.cc: store create, list, show
std::vector<Command> KeyCommands();      // key_command.cc: key create, list, revoke
std::vector<Command> AdminCommands();    // admin_command.cc: admin create, list, password, remove
std::vector<Command> WindowCommands();   // window_command.cc: window open, close, show
std::vector<Command> SettingCommands();  // setting_command.cc: setting list, get, set, reset
std::vector<Command> OrdersCommands();   // orders_command.cc: orders kept, keep, forget
std::vector<Command> MailCommands();     // mail_command.cc: mail list
std::vector<Command> ImportCommands();   // import_command.cc
std::vector<Command> BackupCommands();   // backup_command.cc
std::vector<Command> RestoreCommands();  // restore_command.cc
std::vector<Command> PlacesCommands();   // places_command.cc: places list, retire
std::vector<Command> ReindexCommands();  // reindex_command.cc
std::vector<Command> DoctorCommands();   // doctor_command.cc
std::vector<Command> ResidueCommands();  // residue_command.cc
std::vector<Command> WebhookCommands();  // webhook_command.cc: webhook list, events
std::vector<Command> VersionCommands();  // version_command.cc

}  // namespace oubli::cli
