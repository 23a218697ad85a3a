// The program `oubli`.

#include <cstdio>
#include <exception>
#include <utility>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "server/process.h"

int main(int argc, char** argv) {
  try {
    oubli::server::ForbidMemoryDumps();
    std::vector<oubli::cli::Command> commands;
    for (auto make :
         {oubli::cli::ServeCommands, oubli::cli::StoreCommands, oubli::cli::KeyCommands,
          oubli::cli::AdminCommands, oubli::cli::WindowCommands, oubli::cli::SettingCommands,
          oubli::cli::OrdersCommands, oubli::cli::ImportCommands, oubli::cli::BackupCommands,
          oubli::cli::RestoreCommands, oubli::cli::PlacesCommands, oubli::cli::ReindexCommands,
          oubli::cli::DoctorCommands, oubli::cli::ResidueCommands, oubli::cli::WebhookCommands,
          oubli::cli::MailCommands, oubli::cli::VersionCommands}) {
      for (oubli::cli::Command& command : make()) commands.push_back(std::move(command));
    }
    return oubli::cli::RunCommandLine(
        argc, argv, commands,
        {{"store", "Stores: create, list, show"},
         {"key", "API accounts: create, list, revoke"},
         {"places", "Where keys lie: list, retire"},
         {"admin", "People who sign in to the admin page: create, list, password, remove"},
         {"setting", "Settings of a store: list, get, set, reset"},
         {"orders", "Amounts of orders kept apart from the person: kept, keep, forget"},
         {"webhook", "Webhooks: list, events"},
         {"window", "Permission to clear a store: open, close, show"},
         {"mail", "Mails that wait for customers: list"}});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "oubli: %s\n", error.what());
    return oubli::cli::kFailed;
  }
}
