#include <unistd.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "server/serve.h"
#include "server/settings.h"

namespace oubli::cli {
namespace {

int Serve(const Invocation& invocation) {
  if (invocation.Has("--print-settings")) return Print(server::SettingsReference());
  std::vector<std::pair<std::string, std::string>> flags;
  for (const server::SettingRule& rule : server::SettingRules()) {
    const std::string flag = rule.FlagName();
    if (!invocation.Has(flag)) continue;
    if (rule.IsSwitch()) {
      flags.emplace_back(rule.name, "on");
    } else {
      for (std::string& text : invocation.All(flag)) flags.emplace_back(rule.name, std::move(text));
    }
  }
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    environment.emplace_back(*variable);
  }
  const Result<server::Settings> settings = server::LoadSettings(flags, environment);
  if (!settings) return FailWith(invocation, settings.error(), kUsage);
  const Status served = server::Serve(*settings);
  if (served) return kOk;
  // Folders that may not be used as they were named are a mistake in the settings.
  const bool usage = served.error().kind == ErrorKind::kInvalid;
  return FailWith(invocation, served.error(), usage ? kUsage : kFailed);
}

}  // namespace

std::vector<Command> ServeCommands() {
  std::vector<Parameter> parameters;
  for (const server::SettingRule& rule : server::SettingRules()) {
    parameters.push_back(
        {.name = rule.FlagName(),
         .help = std::string(rule.help),
         .value = std::string(rule.value),
         .kind = rule.IsSwitch() ? Parameter::Kind::kSwitch : Parameter::Kind::kValue,
         .repeated = rule.IsList()});
  }
  parameters.push_back({.name = "--print-settings",
                        .help = "print all settings as a Markdown table and end",
                        .kind = Parameter::Kind::kSwitch});
  parameters.push_back(
      {.name = "--json", .help = "print errors as JSON", .kind = Parameter::Kind::kSwitch});
  return {{.path = {"serve"},
           .help = "Serve all stores until SIGTERM or Ctrl-C",
           .example = "oubli serve --data ./oubli-data --listen 127.0.0.1:8080",
           .parameters = parameters,
           .run = Serve}};
}

}  // namespace oubli::cli
