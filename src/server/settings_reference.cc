#include <fmt/core.h>
#include <fmt/ranges.h>

#include <iterator>

#include "server/settings.h"

namespace oubli::server {
namespace {

std::string DefaultText(const SettingRule& rule) {
  const Settings defaults;
  if (const auto* const number = std::get_if<int64_t Settings::*>(&rule.field)) {
    return fmt::format("`{}`", defaults.*(*number));
  }
  if (const auto* const value = std::get_if<bool Settings::*>(&rule.field)) {
    return defaults.*(*value) ? "`true`" : "`false`";
  }
  if (rule.IsList()) return "not set";
  const std::string& text = defaults.*std::get<std::string Settings::*>(rule.field);
  return text.empty() ? "not set" : fmt::format("`\"{}\"`", text);
}

std::string LimitsText(const SettingRule& rule) {
  if (std::holds_alternative<int64_t Settings::*>(rule.field)) {
    return fmt::format(" From {} to {}.", rule.min, rule.max);
  }
  if (rule.choices.empty()) return "";
  return fmt::format(" One of {}.", fmt::join(rule.choices, ", "));
}

}  // namespace

std::string SettingsReference() {
  std::string out =
      "| setting | flag | environment | default | what it does |\n"
      "|---|---|---|---|---|\n";
  for (const SettingRule& rule : SettingRules()) {
    std::string value;
    for (const char c : rule.value) {
      if (c == '|') value += '\\';  // a bar would end the table's cell
      value += c;
    }
    fmt::format_to(std::back_inserter(out), "| {} | `{}{}{}` | `{}` | {} | {}{} |\n",
                   rule.in_file ? fmt::format("`{}`", rule.name) : "–", rule.FlagName(),
                   rule.IsSwitch() ? "" : " ", rule.IsSwitch() ? "" : value, rule.VariableName(),
                   DefaultText(rule), rule.help, LimitsText(rule));
  }
  return out;
}

}  // namespace oubli::server
