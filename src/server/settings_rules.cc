#include <algorithm>
#include <array>

#include "server/settings.h"

namespace oubli::server {
namespace {

constexpr std::array<std::string_view, 5> kLogLevels = {"debug", "info", "warning", "error", "off"};

constexpr std::array<std::string_view, 2> kJournalWaits = {"all", "local"};

const SettingRule kRules[] = {
    {.name = "data",
     .value = "DIR",
     .help = "The data folder. It is made when it is missing, for its owner alone.",
     .field = &Settings::data},
    {.name = "roots",
     .value = "DIR",
     .help =
         "A folder for a root slot, outside of the data folder; better two, on different disks. "
         "The flag may come several times, the file takes an array, the environment puts : "
         "between them. One folder gets two slots. Not set: the folders that this data has "
         "used before, at first the data folder's sibling DIR.roots.",
     .field = &Settings::roots},
    {.name = "journal",
     .value = "DIR",
     .help = "The folder of the local key journal, outside of the data folder. Not set: the one "
             "that this data has used before, at first the data folder's sibling DIR.journal.",
     .field = &Settings::journal},
    {.name = "journal_wait",
     .value = "all|local",
     .help =
         "Which key journals an erasure waits for: all, or the local one alone. The others then "
         "get the same, but a backup there may lack the last entries when this machine is "
         "lost.",
     .field = &Settings::journal_wait,
     .choices = kJournalWaits},
    {.name = "config",
     .value = "FILE",
     .help = "A TOML file with settings.",
     .field = &Settings::config,
     .in_file = false},
    {.name = "listen",
     .value = "ADDRESS:PORT",
     .help = "Where to serve. Port 0 takes a free one. An address other than loopback needs TLS or "
             "plain_http.",
     .field = &Settings::listen},
    {.name = "tls_cert",
     .value = "FILE",
     .help = "The TLS certificate with its chain, PEM. Read again on SIGHUP.",
     .field = &Settings::tls_cert},
    {.name = "tls_key",
     .value = "FILE",
     .help = "The private key of the certificate, PEM. Read again on SIGHUP.",
     .field = &Settings::tls_key},
    {.name = "plain_http",
     .value = "on|off",
     .help = "Allows HTTP without TLS on addresses other than loopback: behind a proxy that speaks "
             "TLS.",
     .field = &Settings::plain_http},
    {.name = "metrics",
     .value = "ADDRESS:PORT|off",
     .help =
         "Where to serve /metrics for Prometheus, always without TLS; off serves none. When nobody "
         "sets this and the port is taken, the server goes on without.",
     .field = &Settings::metrics},
    {.name = "log_level",
     .value = "LEVEL",
     .help = "What the log tells. The access log is part of info.",
     .field = &Settings::log_level,
     .choices = kLogLevels},
    {.name = "log_file",
     .value = "FILE",
     .help = "Appends the log, JSON lines, to this file; not set: standard error.",
     .field = &Settings::log_file},
    {.name = "access_log",
     .value = "on|off",
     .help = "A log line for each request, with the route's pattern and never the path itself.",
     .field = &Settings::access_log},
    {.name = "io_threads",
     .value = "NUMBER",
     .help = "Threads that read and write connections.",
     .field = &Settings::io_threads,
     .min = 1,
     .max = 64},
    {.name = "worker_threads",
     .value = "NUMBER",
     .help = "Threads that handle requests.",
     .field = &Settings::worker_threads,
     .min = 1,
     .max = 256},
    {.name = "writer_threads",
     .value = "NUMBER",
     .help = "Threads that commit changes; a store is written by one at a time. For those that "
             "wait for a root slot or a journal others are started, 64 at most.",
     .field = &Settings::writer_threads,
     .min = 1,
     .max = 64},
    {.name = "max_body_bytes",
     .value = "BYTES",
     .help = "The longest request body; above it the answer is 413.",
     .field = &Settings::max_body_bytes,
     .min = 1024,
     .max = 1024 * 1024 * 1024},
    {.name = "max_header_bytes",
     .value = "BYTES",
     .help = "The longest request head; above it the answer is 431.",
     .field = &Settings::max_header_bytes,
     .min = 1024,
     .max = 1024 * 1024},
    {.name = "max_connections",
     .value = "NUMBER",
     .help = "Connections at a time; above it the answer is 503.",
     .field = &Settings::max_connections,
     .min = 1,
     .max = 1'000'000},
    {.name = "max_connections_per_address",
     .value = "NUMBER",
     .help = "The same for one client address.",
     .field = &Settings::max_connections_per_address,
     .min = 1,
     .max = 1'000'000},
    {.name = "request_deadline_s",
     .value = "SECONDS",
     .help = "How long a request may take to arrive, from its first byte to its last.",
     .field = &Settings::request_deadline_s,
     .min = 1,
     .max = 3600},
    {.name = "idle_timeout_s",
     .value = "SECONDS",
     .help = "How long a connection may stay open without a request.",
     .field = &Settings::idle_timeout_s,
     .min = 1,
     .max = 3600},
    {.name = "grace_s",
     .value = "SECONDS",
     .help = "How long a stop waits for the requests that were accepted.",
     .field = &Settings::grace_s,
     .min = 0,
     .max = 3600},
    {.name = "store_idle_s",
     .value = "SECONDS",
     .help = "After how long an unused store is closed; it opens again at its next use.",
     .field = &Settings::store_idle_s,
     .min = 1,
     .max = 86'400},
    {.name = "search_index_mb",
     .value = "MEBIBYTES",
     .help = "How much memory the indexes may take, of all stores together, that answer filtered "
             "and sorted lists and pages far from the front; 0 for none. Without one such a list "
             "goes through the whole store.",
     .field = &Settings::search_index_mb,
     .min = 0,
     .max = 1'048'576},
    {.name = "reindex_days",
     .value = "DAYS",
     .help = "How old the keys of a store's look-up tokens may become before they are changed; 0 "
             "never changes them.",
     .field = &Settings::reindex_days,
     .min = 0,
     .max = 3650},
    {.name = "webhook_allow",
     .value = "WHERE",
     .help = "Where webhooks may go besides public addresses by https on port 443: an address, a "
             "network as 10.0.0.0/8, or a host name, with :PORT or without; also by http. IPv6 "
             "with a port stands in brackets. The flag may come several times, the file takes an "
             "array, the environment puts , between them.",
     .field = &Settings::webhook_allow,
     .separator = ','},
    {.name = "webhook_ca",
     .value = "FILE",
     .help = "Certificates, PEM, that webhooks trust besides those of the system.",
     .field = &Settings::webhook_ca},
    {.name = "webhook_timeout_s",
     .value = "SECONDS",
     .help = "How long a webhook's receiver may take, from its name to its answer's status.",
     .field = &Settings::webhook_timeout_s,
     .min = 1,
     .max = 60},
    {.name = "webhook_retry_speed",
     .value = "NUMBER",
     .help = "Divides the pauses before a webhook is tried again, for tests.",
     .field = &Settings::webhook_retry_speed,
     .min = 1,
     .max = 1'000'000},
    {.name = "smtp_url",
     .value = "URL",
     .help = "Where mails to customers go: smtp:// with STARTTLS, or smtps://, with user and "
             "password when they are asked for. Not set: mails wait, see `oubli mail list`.",
     .field = &Settings::smtp_url},
    {.name = "smtp_from",
     .value = "ADDRESS",
     .help = "The address that mails to customers come from.",
     .field = &Settings::smtp_from},
    {.name = "password_page",
     .value = "URL",
     .help = "Where customers choose a new password: what such a mail points to.",
     .field = &Settings::password_page},
};

}  // namespace

std::span<const SettingRule> SettingRules() { return kRules; }

const SettingRule* FindSettingRule(std::string_view name) {
  const auto* const rule = std::ranges::find(kRules, name, &SettingRule::name);
  return rule == std::end(kRules) ? nullptr : rule;
}

bool SettingRule::IsSwitch() const {
  const auto* const member = std::get_if<bool Settings::*>(&field);
  return member != nullptr && !(Settings().*(*member));
}

bool SettingRule::IsList() const {
  return std::holds_alternative<std::vector<std::string> Settings::*>(field);
}

std::string SettingRule::FlagName() const {
  std::string flag = "--" + std::string(name);
  std::ranges::replace(flag, '_', '-');
  return flag;
}

std::string SettingRule::VariableName() const {
  std::string variable = "OUBLI_";
  for (const char c : name) variable += c == '_' ? c : static_cast<char>(c - 'a' + 'A');
  return variable;
}

}  // namespace oubli::server
