#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "admin/doctor_commands.h"
#include "base/json.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace oubli::cli {
namespace {

using boost::json::object;

std::string DescribeFinding(const object& finding) {
  const std::string store = MemberText(finding, "store");
  return fmt::format("{:<8} {}{}\n", MemberText(finding, "level"),
                     store == "-" || store.empty() ? "" : "store " + store + ": ",
                     MemberText(finding, "text"));
}

std::string DescribeExamination(const object& report) {
  std::string out;
  for (const auto& finding : report.at("findings").as_array()) {
    out += DescribeFinding(finding.as_object());
  }
  for (const auto& value : report.at("stores").as_array()) {
    const object& store = value.as_object();
    out += fmt::format("store {}: {} owners, {} records, {} tokens, {} key pages, generation {}\n",
                       MemberText(store, "store"), MemberText(store, "owners"),
                       MemberText(store, "records"), MemberText(store, "tokens"),
                       MemberText(store, "key_pages"), MemberText(store, "generation"));
  }
  for (const auto& value : report.at("backups").as_array()) {
    const object& backup = value.as_object();
    out += fmt::format(
        "backup {} of store {}: {}\n", MemberText(backup, "path"), MemberText(backup, "store"),
        backup.at("opens").as_bool() ? "can be restored" : "cannot be opened any more");
  }
  return out + fmt::format("{} errors, {} warnings.\n", MemberText(report, "errors"),
                           MemberText(report, "warnings"));
}

int Examine(const Invocation& invocation) {
  const Result<std::string> data_dir = DataDirOf(invocation);
  if (!data_dir) return FailWith(invocation, data_dir.error(), kUsage);
  bool has_errors = false;
  const auto run = [&]() -> Result<std::string> {
    OUBLI_TRY_ASSIGN(Backend backend, ConnectTo(invocation));
    OUBLI_TRY_ASSIGN(const std::string result, backend.Run(admin::kDoctor, "{}"));
    OUBLI_TRY_ASSIGN(const boost::json::value report, ParseJson(result));
    has_errors = AsInt(report.as_object().at("errors")).value_or(1) != 0;
    return invocation.Has("--json") ? result + '\n' : DescribeExamination(report.as_object());
  };
  const Result<std::string> text = run();
  if (!text) return FailWith(invocation, text.error());
  const int printed = Print(*text);
  return printed == kOk && has_errors ? kFailed : printed;
}

}  // namespace

std::vector<Command> DoctorCommands() {
  return {{.path = {"doctor"},
           .help = "Examine data, keys, backups and what lies around them; 1 when there are errors",
           .example = "oubli doctor",
           .parameters = CommonParameters({}),
           .run = Examine}};
}

}  // namespace oubli::cli
