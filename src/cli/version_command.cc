#include <fmt/core.h>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "server/version.h"

namespace oubli::cli {
namespace {

int PrintVersion(const Invocation& invocation) {
  if (!invocation.Has("--json")) {
    return Print(fmt::format("oubli {} ({}{})\n", server::Version(), server::Compiler(),
                             server::IsOptimized() ? "" : ", not optimized"));
  }
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("version", server::Version());
  writer.Member("compiler", server::Compiler());
  writer.Member("optimized", server::IsOptimized()).EndObject();
  return Print(out + '\n');
}

}  // namespace

std::vector<Command> VersionCommands() {
  return {{.path = {"version"},
           .help = "Print the version",
           .example = "oubli version --json",
           .parameters = CommonParameters({}),
           .run = PrintVersion}};
}

}  // namespace oubli::cli
