#include "cli/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "base/json.h"
#include "server/settings.h"

namespace oubli::cli {
namespace {

std::string ValueText(const boost::json::value& value) {
  if (value.is_null()) return "-";
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (const auto number = AsInt(value)) return fmt::format("{}", *number);
  if (const auto text = AsString(value)) return std::string(*text);
  if (!value.is_array() || value.get_array().empty()) return "-";
  std::vector<std::string> texts;
  for (const boost::json::value& element : value.get_array()) texts.push_back(ValueText(element));
  return fmt::format("{}", fmt::join(texts, ", "));
}

// What the environment and the flags that all commands have say.
Result<server::Settings> SettingsOf(const Invocation& invocation) {
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    environment.emplace_back(*variable);
  }
  server::Settings settings;
  OUBLI_TRY(server::ApplyEnvironment(settings, environment));
  for (const std::string_view name : {"data", "roots", "journal"}) {
    const server::SettingRule& rule = *server::FindSettingRule(name);
    for (const std::string& text : invocation.All(rule.FlagName())) {
      OUBLI_TRY(
          server::SetFromText(settings, rule, text, server::SettingSource::kFlag, rule.FlagName()));
    }
  }
  if (settings.data.empty()) return Fail(ErrorKind::kInvalid, "--data must name a folder");
  return settings;
}

}  // namespace

std::string FormatTable(const std::vector<std::string>& header,
                        const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const std::string& name : header) widths.push_back(name.size());
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  const auto add = [&](const std::vector<std::string>& row) {
    for (size_t i = 0; i < row.size(); ++i) {
      // Nothing behind the last column, so that lines do not end in blanks.
      out += i + 1 == row.size() ? row[i] : fmt::format("{:<{}}  ", row[i], widths[i]);
    }
    out += '\n';
  };
  add(header);
  for (const auto& row : rows) add(row);
  return out;
}

std::string FormatPairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
  size_t width = 0;
  for (const auto& [name, value] : pairs) width = std::max(width, name.size());
  std::string out;
  for (const auto& [name, value] : pairs) out += fmt::format("{:<{}}  {}\n", name, width, value);
  return out;
}

std::string MemberText(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = FindMember(object, name);
  return value == nullptr ? "-" : ValueText(*value);
}

std::vector<Parameter> CommonParameters(std::vector<Parameter> own) {
  own.push_back({.name = "--data",
                 .help = "the data folder (default: OUBLI_DATA, else ./oubli-data)",
                 .value = "DIR"});
  own.push_back({.name = "--roots",
                 .help = "a folder of root slots, when no server runs (default: OUBLI_ROOTS, else "
                         "as before)",
                 .value = "DIR",
                 .repeated = true});
  own.push_back({.name = "--journal",
                 .help = "the folder of the local key journal, when no server runs (default: "
                         "OUBLI_JOURNAL, else as before)",
                 .value = "DIR"});
  own.push_back(
      {.name = "--json", .help = "print JSON, errors too", .kind = Parameter::Kind::kSwitch});
  return own;
}

Result<std::string> DataDirOf(const Invocation& invocation) {
  OUBLI_TRY_ASSIGN(const server::Settings settings, SettingsOf(invocation));
  return settings.data;
}

Result<access::KeyCustodyOptions> KeyPlacesOf(const Invocation& invocation) {
  OUBLI_TRY_ASSIGN(const server::Settings settings, SettingsOf(invocation));
  return server::CustodyOptionsOf(settings);
}

Result<Backend> ConnectTo(const Invocation& invocation) {
  OUBLI_TRY_ASSIGN(const server::Settings settings, SettingsOf(invocation));
  return Backend::Connect(settings.data, server::CustodyOptionsOf(settings));
}

int FailWith(const Invocation& invocation, const Error& error, int code) {
  PrintError(error, invocation.Has("--json"));
  return code;
}

int Print(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (written && std::fflush(stdout) == 0) return kOk;
  fmt::print(stderr, "oubli: the result cannot be written to standard output\n");
  return kFailed;
}

int RunAndPrint(const Invocation& invocation, std::string_view command, std::string_view arguments,
                const std::function<std::string(const boost::json::object&)>& format) {
  const Result<std::string> data_dir = DataDirOf(invocation);
  if (!data_dir) return FailWith(invocation, data_dir.error(), kUsage);
  const auto run = [&]() -> Result<std::string> {
    OUBLI_TRY_ASSIGN(Backend backend, ConnectTo(invocation));
    OUBLI_TRY_ASSIGN(const std::string result, backend.Run(command, arguments));
    if (invocation.Has("--json")) return result + '\n';
    OUBLI_TRY_ASSIGN(const boost::json::value parsed, ParseJson(result));
    return format(parsed.as_object());
  };
  const Result<std::string> text = run();
  return text ? Print(*text) : FailWith(invocation, text.error());
}

}  // namespace oubli::cli
