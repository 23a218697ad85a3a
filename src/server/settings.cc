#include "server/settings.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "mail/transport.h"
#include "server/listen_address.h"

namespace oubli::server {
namespace {

std::optional<bool> ParseSwitch(std::string_view text) {
  for (const std::string_view word : {"on", "true", "yes", "1"}) {
    if (EqualsIgnoreCase(text, word)) return true;
  }
  for (const std::string_view word : {"off", "false", "no", "0"}) {
    if (EqualsIgnoreCase(text, word)) return false;
  }
  return std::nullopt;
}

// What a list becomes when one source says `text`.
std::vector<std::string> ListWith(const Settings& settings, const SettingRule& rule,
                                  std::vector<std::string> list, std::string_view text,
                                  SettingSource source) {
  const auto set = settings.sources.find(rule.name);
  // The first flag takes the place of what the environment or the file said.
  if (source != SettingSource::kFlag || set == settings.sources.end() || set->second != source) {
    list.clear();
  }
  if (source != SettingSource::kEnvironment) {
    list.emplace_back(text);
    return list;
  }
  while (!text.empty()) {
    const size_t end = std::min(text.find(rule.separator), text.size());
    list.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return list;
}

Status CheckNetwork(const Settings& settings) {
  const bool tls = !settings.tls_cert.empty();
  OUBLI_TRY_ASSIGN(const ListenAddress listen, ParseListenAddress(settings.listen));
  if (!listen.IsLoopback() && !tls && !settings.plain_http) {
    return Fail(
        ErrorKind::kInvalid,
        fmt::format("listening on {} without TLS would send personal data and keys over the "
                    "network in clear: give --tls-cert and --tls-key, or --plain-http if a "
                    "proxy in front speaks TLS",
                    settings.listen));
  }
  if (settings.metrics == "off") return {};
  OUBLI_TRY_ASSIGN(const ListenAddress metrics, ParseListenAddress(settings.metrics));
  if (!metrics.IsLoopback() && !settings.plain_http) {
    return Fail(
        ErrorKind::kInvalid,
        fmt::format("metrics on {} would be open to the network without TLS: use a loopback "
                    "address, or --plain-http if that is meant",
                    settings.metrics));
  }
  return {};
}

}  // namespace

Status SetNumber(Settings& settings, const SettingRule& rule, int64_t number, SettingSource source,
                 std::string_view origin) {
  const auto* const member = std::get_if<int64_t Settings::*>(&rule.field);
  if (member == nullptr || number < rule.min || number > rule.max) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} must be a whole number from {} to {}", origin, rule.min, rule.max));
  }
  settings.*(*member) = number;
  settings.sources[std::string(rule.name)] = source;
  return {};
}

Status SetList(Settings& settings, const SettingRule& rule, std::vector<std::string> texts,
               SettingSource source, std::string_view origin) {
  if (std::ranges::find(texts, "") != texts.end()) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} must not be empty", origin));
  }
  settings.*std::get<std::vector<std::string> Settings::*>(rule.field) = std::move(texts);
  settings.sources[std::string(rule.name)] = source;
  return {};
}

Status SetFromText(Settings& settings, const SettingRule& rule, std::string_view text,
                   SettingSource source, std::string_view origin) {
  if (std::holds_alternative<int64_t Settings::*>(rule.field)) {
    // Out of range too is outside every rule's limits.
    return SetNumber(settings, rule, ParseInt(text).value_or(-1), source, origin);
  }
  if (const auto* const list = std::get_if<std::vector<std::string> Settings::*>(&rule.field)) {
    return SetList(settings, rule, ListWith(settings, rule, settings.*(*list), text, source),
                   source, origin);
  }
  if (const auto* const member = std::get_if<bool Settings::*>(&rule.field)) {
    const std::optional<bool> value = ParseSwitch(text);
    if (!value) return Fail(ErrorKind::kInvalid, fmt::format("{} must be on or off", origin));
    settings.*(*member) = *value;
  } else {
    if (!rule.choices.empty() && std::ranges::find(rule.choices, text) == rule.choices.end()) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("{} must be one of {}", origin, fmt::join(rule.choices, ", ")));
    }
    settings.*std::get<std::string Settings::*>(rule.field) = std::string(text);
  }
  settings.sources[std::string(rule.name)] = source;
  return {};
}

std::string UnknownName(std::string_view what, std::string_view name,
                        std::span<const std::string_view> known) {
  const std::string_view near = NearestName(name, known);
  if (!near.empty()) return fmt::format("unknown {} {}; did you mean {}?", what, name, near);
  return fmt::format("unknown {} {}; the known ones are {}", what, name, fmt::join(known, ", "));
}

Status ApplyEnvironment(Settings& settings, std::span<const std::string> environment) {
  std::vector<std::string> names;
  for (const SettingRule& rule : SettingRules()) names.push_back(rule.VariableName());
  const std::vector<std::string_view> known(names.begin(), names.end());
  for (const std::string& variable : environment) {
    if (!variable.starts_with("OUBLI_")) continue;
    const size_t equals = variable.find('=');
    if (equals == std::string::npos) continue;
    const std::string_view name = std::string_view(variable).substr(0, equals);
    const auto found = std::ranges::find(known, name);
    if (found == known.end()) {
      return Fail(ErrorKind::kInvalid, UnknownName("environment variable", name, known));
    }
    OUBLI_TRY(SetFromText(settings, SettingRules()[static_cast<size_t>(found - known.begin())],
                          std::string_view(variable).substr(equals + 1),
                          SettingSource::kEnvironment, name));
  }
  return {};
}

Result<Settings> LoadSettings(std::span<const std::pair<std::string, std::string>> flags,
                              std::span<const std::string> environment) {
  const auto apply_flags = [&](Settings& settings) -> Status {
    for (const auto& [name, text] : flags) {
      const SettingRule* rule = FindSettingRule(name);
      if (rule == nullptr) return Fail(ErrorKind::kInvalid, "unknown setting " + name);
      OUBLI_TRY(SetFromText(settings, *rule, text, SettingSource::kFlag, rule->FlagName()));
    }
    return {};
  };
  // Once without the file, to learn which file it is; then again over it.
  Settings first;
  OUBLI_TRY(ApplyEnvironment(first, environment));
  OUBLI_TRY(apply_flags(first));
  Settings settings;
  if (!first.config.empty()) {
    OUBLI_TRY(ApplyFile(settings, first.config));
    OUBLI_TRY(ApplyEnvironment(settings, environment));
    OUBLI_TRY(apply_flags(settings));
  } else {
    settings = std::move(first);
  }
  OUBLI_TRY(CheckSettings(settings));
  return settings;
}

access::KeyCustodyOptions CustodyOptionsOf(const Settings& settings) {
  access::KeyCustodyOptions options;
  options.roots = settings.roots;
  options.journal = settings.journal;
  if (settings.journal_wait == "local") options.wait = access::JournalWait::kLocal;
  return options;
}

Status CheckSettings(const Settings& settings) {
  if (settings.data.empty()) return Fail(ErrorKind::kInvalid, "data must name a folder");
  if (settings.tls_cert.empty() != settings.tls_key.empty()) {
    return Fail(ErrorKind::kInvalid, settings.tls_cert.empty()
                                         ? "--tls-key is given without --tls-cert: TLS needs both"
                                         : "--tls-cert is given without --tls-key: TLS needs both");
  }
  if (!settings.smtp_url.empty()) {
    OUBLI_TRY(mail::CheckSmtp(settings.smtp_url, settings.smtp_from));
  }
  return CheckNetwork(settings);
}

}  // namespace oubli::server
