#include <boost/json/array.hpp>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/store_option.h"

namespace oubli::cli {
namespace {

int PrintRows(const Invocation& invocation, std::string_view command, std::string_view member,
              const std::vector<std::string>& header, const std::vector<std::string>& columns) {
  return RunAndPrint(invocation, command, StoreArgument(invocation),
                     [&](const boost::json::object& result) {
                       std::vector<std::vector<std::string>> rows;
                       for (const boost::json::value& value : result.at(member).as_array()) {
                         std::vector<std::string>& row = rows.emplace_back();
                         for (const std::string& column : columns) {
                           row.push_back(MemberText(value.as_object(), column));
                         }
                       }
                       return FormatTable(header, rows);
                     });
}

int ListWebhooks(const Invocation& invocation) {
  return PrintRows(invocation, "webhook.list", "webhooks",
                   {"ID", "SCOPE", "DESTINATION", "STATUS", "WAITING", "CLIENT"},
                   {"id", "scope", "destination", "status", "waiting", "client_id"});
}

int ListWebhookEvents(const Invocation& invocation) {
  return PrintRows(invocation, "webhook.events", "events", {"AT", "WEBHOOK", "KIND", "REASON"},
                   {"at", "webhook", "kind", "reason"});
}

}  // namespace

std::vector<Command> WebhookCommands() {
  return {{.path = {"webhook", "list"},
           .help = "List a store's webhooks and how they are",
           .example = "oubli webhook list --store demo",
           .parameters = CommonParameters({StoreOption()}),
           .run = ListWebhooks},
          {.path = {"webhook", "events"},
           .help = "List what the server has done to a store's webhooks",
           .example = "oubli webhook events --store demo",
           .parameters = CommonParameters({StoreOption()}),
           .run = ListWebhookEvents}};
}

}  // namespace oubli::cli
