// The server's settings. One table (settings_rules.cc) says each one's name, help, default and
// limits; the TOML file, the environment, the flags and the printed reference all follow it.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "access/key_custody.h"
#include "base/result.h"

namespace oubli::server {

enum class SettingSource { kDefault, kFile, kEnvironment, kFlag };

// What is not set stays as it is here: these are the defaults.
struct Settings {
  std::string data = "./oubli-data";
  std::vector<std::string> roots;
  std::string journal;
  std::string journal_wait = "all";
  std::string config;
  std::string listen = "127.0.0.1:8080";
  std::string tls_cert;
  std::string tls_key;
  bool plain_http = false;
  std::string metrics = "127.0.0.1:9464";
  std::string log_level = "info";
  std::string log_file;
  bool access_log = true;
  int64_t io_threads = 1;
  int64_t worker_threads = 4;
  int64_t writer_threads = 2;
  int64_t max_body_bytes = 8 * 1024 * 1024;
  int64_t max_header_bytes = 16 * 1024;
  int64_t max_connections = 4096;
  int64_t max_connections_per_address = 4096;
  int64_t request_deadline_s = 30;
  int64_t idle_timeout_s = 75;
  int64_t grace_s = 10;
  int64_t store_idle_s = 300;
  int64_t search_index_mb = 512;
  int64_t reindex_days = 30;
  std::vector<std::string> webhook_allow;
  std::string webhook_ca;
  int64_t webhook_timeout_s = 10;
  int64_t webhook_retry_speed = 1;
  std::string smtp_url;
  std::string smtp_from;
  std::string password_page;

  // Who set what, by name; not there: the default.
  std::map<std::string, SettingSource, std::less<>> sources;
  bool IsSet(std::string_view name) const { return sources.contains(name); }
};

struct SettingRule {
  std::string_view
      name;  // as in the file: "tls_cert"; OUBLI_TLS_CERT and --tls-cert follow from it
  std::string_view value;  // what its value is called: "FILE"
  std::string_view help;
  std::variant<std::string Settings::*, bool Settings::*, int64_t Settings::*,
               std::vector<std::string> Settings::*>
      field;
  int64_t min = 0;  // of numbers
  int64_t max = 0;
  std::span<const std::string_view> choices = {};  // of texts; empty: any
  bool in_file = true;
  char separator = ':';  // between a list's elements in the environment

  bool IsSwitch() const;             // a flag without a value: it turns on what is off by default
  bool IsList() const;               // the flag may come several times
  std::string FlagName() const;      // "--tls-cert"
  std::string VariableName() const;  // "OUBLI_TLS_CERT"
};

std::span<const SettingRule> SettingRules();
// nullptr when there is none.
const SettingRule* FindSettingRule(std::string_view name);

// Sets one from text, as flags and the environment give it. Errors: kInvalid, saying what is
// expected; `origin` is what to call the setting there ("--listen", "OUBLI_LISTEN", "listen in
// x.toml"). To a list, a flag adds one more, and the environment gives all, with ':' between them.
Status SetFromText(Settings& settings, const SettingRule& rule, std::string_view text,
                   SettingSource source, std::string_view origin);
Status SetNumber(Settings& settings, const SettingRule& rule, int64_t number, SettingSource source,
                 std::string_view origin);
// Errors: kInvalid for an empty text among them.
Status SetList(Settings& settings, const SettingRule& rule, std::vector<std::string> texts,
               SettingSource source, std::string_view origin);

// Reads TOML. Errors: kInvalid for what is wrong in it, an unknown name with the nearest known one.
Status ApplyToml(Settings& settings, std::string_view text, const std::string& file_name);
// Errors: kUnavailable when the file cannot be read, else as ApplyToml().
Status ApplyFile(Settings& settings, const std::string& path);
// `environment` is "NAME=VALUE"; what does not begin with OUBLI_ is none of ours.
Status ApplyEnvironment(Settings& settings, std::span<const std::string> environment);

// "unknown setting X; did you mean Y?", or a list of all when none is near.
std::string UnknownName(std::string_view what, std::string_view name,
                        std::span<const std::string_view> known);

// The part of the settings that says where root slots and key journals lie.
access::KeyCustodyOptions CustodyOptionsOf(const Settings& settings);

// Defaults, then the file that flag or environment name, then the environment, then the flags
// (setting name and text); a later one wins. Checks what holds between settings. Errors: kInvalid,
// kUnavailable.
Result<Settings> LoadSettings(std::span<const std::pair<std::string, std::string>> flags,
                              std::span<const std::string> environment);
// Errors: kInvalid: TLS by one file alone, an address that is none, an open network without TLS.
Status CheckSettings(const Settings& settings);

// All settings in Markdown, as in docs/configuration.md.
std::string SettingsReference();

}  // namespace oubli::server
