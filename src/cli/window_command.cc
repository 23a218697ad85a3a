#include "base/json_writer.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/store_option.h"

namespace oubli::cli {
namespace {

std::string DescribeWindow(const boost::json::object& window) {
  const std::string store = MemberText(window, "store");
  if (!window.at("open").as_bool()) return "The window of store " + store + " is closed.\n";
  return "The window of store " + store + " is open until " + MemberText(window, "until") + " (" +
         MemberText(window, "remaining_seconds") +
         " seconds): a clear-all call deletes every customer of it.\n";
}

int OpenWindow(const Invocation& invocation) {
  const std::optional<int64_t> minutes = ParseInt(invocation.Get("--minutes", "60"));
  if (!minutes || *minutes < 1 || *minutes > 1440) {
    return FailWith(invocation, {ErrorKind::kInvalid, "--minutes must be a number from 1 to 1440"},
                    kUsage);
  }
  std::string arguments;
  JsonWriter writer(arguments);
  writer.BeginObject().Member("store", invocation.Get("--store"));
  writer.Member("minutes", *minutes).EndObject();
  return RunAndPrint(invocation, "window.open", arguments, DescribeWindow);
}

int CloseWindow(const Invocation& invocation) {
  return RunAndPrint(invocation, "window.close", StoreArgument(invocation), DescribeWindow);
}

int ShowWindow(const Invocation& invocation) {
  return RunAndPrint(invocation, "window.show", StoreArgument(invocation), DescribeWindow);
}

}  // namespace

std::vector<Command> WindowCommands() {
  return {{.path = {"window", "open"},
           .help = "Allow clear-all of one store for a time; opening again restarts it",
           .example = "oubli window open --store demo --minutes 15",
           .parameters = CommonParameters(
               {StoreOption(),
                {.name = "--minutes", .help = "1 to 1440 (default: 60)", .value = "NUMBER"}}),
           .run = OpenWindow},
          {.path = {"window", "close"},
           .help = "Forbid clear-all again, at once",
           .example = "oubli window close --store demo",
           .parameters = CommonParameters({StoreOption()}),
           .run = CloseWindow},
          {.path = {"window", "show"},
           .help = "Show whether clear-all is allowed, and for how long",
           .example = "oubli window show --store demo",
           .parameters = CommonParameters({StoreOption()}),
           .run = ShowWindow}};
}

}  // namespace oubli::cli
