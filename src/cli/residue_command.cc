#include <fmt/format.h>
#include <stdlib.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <filesystem>

#include "admin/doctor_commands.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace oubli::cli {
namespace {

using boost::json::object;

// 0 and 1 say what the check has found.
constexpr int kUnchecked = 2;

std::string ResidueArguments(const Invocation& invocation) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Key("also").BeginArray();
  // The server that runs the command may have another working folder.
  for (const std::string& folder : invocation.All("--also")) {
    writer.String(std::filesystem::absolute(folder).string());
  }
  writer.EndArray();
  if (invocation.Has("--store")) writer.Member("store", invocation.Get("--store"));
  if (const char* const log = ::getenv("OUBLI_LOG_FILE"); log != nullptr && *log != '\0') {
    writer.Member("log_file", std::filesystem::absolute(log).string());
  }
  writer.EndObject();
  return out;
}

std::string DescribeStore(const object& store) {
  std::string out = fmt::format(
      "store {}: {} canaries planted, {} erased; {} old key pages tried, {} opened\n",
      MemberText(store, "store"), MemberText(store, "planted"), MemberText(store, "erased"),
      MemberText(store, "pages_tried"), MemberText(store, "pages_opened"));
  const std::pair<std::string_view, std::string_view> bad[] = {
      {"canary_keys", "keys of erased canaries can be had from old pages"},
      {"erased_keys", "keys of erased owners can be had from old pages"},
      {"old_roots", "old root pages open under a root in the slots"}};
  for (const auto& [name, text] : bad) {
    if (MemberText(store, name) != "0") {
      out += fmt::format("  RESIDUE: {} {}\n", MemberText(store, name), text);
    }
  }
  for (const auto& value : store.at("root_copies").as_array()) {
    const object& copy = value.as_object();
    out += fmt::format("  RESIDUE: a copy of a root slot: an old root in {} at byte {}\n",
                       MemberText(copy, "file"), MemberText(copy, "offset"));
  }
  const auto problem = AsString(store.at("problem")).value_or("");
  if (!problem.empty()) out += fmt::format("  not checked: {}\n", problem);
  return out;
}

std::string DescribeResidue(const object& report) {
  std::string out;
  for (const auto& store : report.at("stores").as_array()) out += DescribeStore(store.as_object());
  out += fmt::format("{} files with {} bytes read\n", MemberText(report, "files"),
                     MemberText(report, "bytes"));
  for (const auto& value : report.at("places").as_array()) {
    const object& place = value.as_object();
    out += fmt::format("  RESIDUE: a canary in clear in {} at byte {}\n", MemberText(place, "file"),
                       MemberText(place, "offset"));
  }
  for (const auto& file : report.at("unreadable").as_array()) {
    out += fmt::format("  not read: {}\n", AsString(file).value_or(""));
  }
  const auto problem = AsString(report.at("problem")).value_or("");
  if (!problem.empty()) out += fmt::format("  not checked: {}\n", problem);
  const std::string verdict = MemberText(report, "verdict");
  if (verdict == "clean") return out + "Clean: nothing of the erased was found.\n";
  if (verdict == "residue") return out + "RESIDUE: something of the erased was found.\n";
  return out + "Not checked to the end; what was checked is clean.\n";
}

int CodeOf(const object& report) {
  const std::string verdict = MemberText(report, "verdict");
  if (verdict == "clean") return kOk;
  return verdict == "residue" ? kFailed : kUnchecked;
}

int LookForResidue(const Invocation& invocation) {
  const Result<std::string> data_dir = DataDirOf(invocation);
  if (!data_dir) return FailWith(invocation, data_dir.error(), kUsage);
  int code = kUnchecked;
  const auto run = [&]() -> Result<std::string> {
    OUBLI_TRY_ASSIGN(Backend backend, ConnectTo(invocation));
    OUBLI_TRY_ASSIGN(const std::string result,
                     backend.Run(admin::kResidue, ResidueArguments(invocation)));
    OUBLI_TRY_ASSIGN(const boost::json::value report, ParseJson(result));
    code = CodeOf(report.as_object());
    return invocation.Has("--json") ? result + '\n' : DescribeResidue(report.as_object());
  };
  const Result<std::string> text = run();
  if (!text) return FailWith(invocation, text.error(), kUnchecked);
  return Print(*text) == kOk ? code : kUnchecked;
}

}  // namespace

std::vector<Command> ResidueCommands() {
  return {{.path = {"residue"},
           .help = "Plant canaries, erase them, and look for what is left: 0 clean, 1 residue, 2 "
                   "not checked",
           .example = "oubli residue --also /mnt/backup",
           .parameters = CommonParameters(
               {{.name = "--also",
                 .help = "a folder with copies to look through too; may be repeated",
                 .value = "FOLDER",
                 .repeated = true},
                {.name = "--store",
                 .help = "the store's handle (default: all stores)",
                 .value = "HANDLE"}}),
           .run = LookForResidue}};
}

}  // namespace oubli::cli
