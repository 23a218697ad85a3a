#include <fmt/core.h>
#include <toml++/toml.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include "server/settings.h"

namespace oubli::server {
namespace {

constexpr size_t kMaxFileBytes = 1024 * 1024;

Status ApplyValue(Settings& settings, const SettingRule& rule, const toml::node& node,
                  const std::string& origin) {
  if (std::holds_alternative<int64_t Settings::*>(rule.field)) {
    if (const auto* number = node.as_integer()) {
      return SetNumber(settings, rule, number->get(), SettingSource::kFile, origin);
    }
    return SetNumber(settings, rule, rule.min - 1, SettingSource::kFile, origin);
  }
  if (std::holds_alternative<bool Settings::*>(rule.field)) {
    if (const auto* value = node.as_boolean()) {
      return SetFromText(settings, rule, value->get() ? "on" : "off", SettingSource::kFile, origin);
    }
    return Fail(ErrorKind::kInvalid, fmt::format("{} must be true or false", origin));
  }
  if (rule.IsList() && node.is_array()) {
    std::vector<std::string> texts;
    for (const toml::node& each : *node.as_array()) {
      const auto* text = each.as_string();
      if (text == nullptr) {
        return Fail(ErrorKind::kInvalid, fmt::format("{} must hold texts in quotes", origin));
      }
      texts.push_back(text->get());
    }
    return SetList(settings, rule, std::move(texts), SettingSource::kFile, origin);
  }
  if (const auto* text = node.as_string()) {
    return SetFromText(settings, rule, text->get(), SettingSource::kFile, origin);
  }
  return Fail(ErrorKind::kInvalid, fmt::format("{} must be a text in quotes{}", origin,
                                               rule.IsList() ? ", or an array of them" : ""));
}

Status ApplyTable(Settings& settings, const toml::table& table, const std::string& file_name) {
  std::vector<std::string_view> known;
  for (const SettingRule& rule : SettingRules()) {
    if (rule.in_file) known.push_back(rule.name);
  }
  for (const auto& [key, node] : table) {
    const SettingRule* rule = FindSettingRule(key.str());
    const std::string place = fmt::format("{}:{}", file_name, node.source().begin.line);
    if (rule == nullptr || !rule->in_file) {
      return Fail(ErrorKind::kInvalid, place + ": " + UnknownName("setting", key.str(), known));
    }
    OUBLI_TRY(ApplyValue(settings, *rule, node, fmt::format("{}: {}", place, rule->name)));
  }
  return {};
}

}  // namespace

Status ApplyToml(Settings& settings, std::string_view text, const std::string& file_name) {
  try {
    return ApplyTable(settings, toml::parse(text, std::string_view(file_name)), file_name);
  } catch (const toml::parse_error& error) {
    return Fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", file_name, error.source().begin.line,
                                                 error.description()));
  }
}

Status ApplyFile(Settings& settings, const std::string& path) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
  std::string text(kMaxFileBytes + 1, '\0');
  errno = 0;
  const size_t size = file ? std::fread(text.data(), 1, text.size(), file.get()) : 0;
  if (!file || std::ferror(file.get()) != 0) {
    return Fail(ErrorKind::kUnavailable,
                fmt::format("cannot read the settings in {}: {}", path, strerror(errno)));
  }
  if (size > kMaxFileBytes) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} is too large to be a settings file", path));
  }
  return ApplyToml(settings, std::string_view(text).substr(0, size), path);
}

}  // namespace oubli::server
