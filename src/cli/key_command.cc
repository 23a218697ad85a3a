#include <boost/json/array.hpp>

#include "access/api_keys.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/store_option.h"

namespace oubli::cli {
namespace {

int CreateKey(const Invocation& invocation) {
  std::string arguments;
  JsonWriter writer(arguments);
  writer.BeginObject().Member("store", invocation.Get("--store"));
  writer.Member("dialect", invocation.Get("--dialect"));
  if (invocation.Has("--scope")) {
    writer.Key("scopes").BeginArray();
    for (const std::string& scope : invocation.All("--scope")) writer.String(scope);
    writer.EndArray();
  }
  if (invocation.Has("--role")) writer.Member("role", invocation.Get("--role"));
  writer.EndObject();
  return RunAndPrint(invocation, "key.create", arguments, [](const boost::json::object& key) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& member : key) {
      const std::string name(member.key().data(), member.key().size());
      pairs.emplace_back(name, MemberText(key, name));
    }
    return FormatPairs(pairs) + "Keep the secrets now: they are not shown again.\n";
  });
}

int ListKeys(const Invocation& invocation) {
  return RunAndPrint(
      invocation, "key.list", StoreArgument(invocation), [](const boost::json::object& result) {
        std::vector<std::vector<std::string>> rows;
        for (const boost::json::value& value : result.at("keys").as_array()) {
          const boost::json::object& key = value.as_object();
          rows.push_back({MemberText(key, "id"), MemberText(key, "dialect"),
                          MemberText(key, "name"), MemberText(key, "role"),
                          MemberText(key, "created_at"), MemberText(key, "scopes")});
        }
        return FormatTable({"ID", "DIALECT", "NAME", "ROLE", "CREATED", "SCOPES"}, rows);
      });
}

int RevokeKey(const Invocation& invocation) {
  const std::optional<int64_t> id = ParseInt(invocation.Get("id"));
  if (!id) {
    return FailWith(invocation, {ErrorKind::kInvalid, "ID must be a number of `oubli key list`"},
                    kUsage);
  }
  std::string arguments;
  JsonWriter writer(arguments);
  writer.BeginObject().Member("store", invocation.Get("--store")).Member("id", *id).EndObject();
  return RunAndPrint(invocation, "key.revoke", arguments, [](const boost::json::object& result) {
    return "Key " + MemberText(result, "id") + " of store " + MemberText(result, "store") +
           " is revoked.\n";
  });
}

std::string ScopeHelp() {
  std::string help = "what a BigCommerce key may do, several times for several; known:";
  for (const std::string_view scope : access::KnownScopes()) help += " " + std::string(scope);
  return help;
}

std::vector<std::string> Dialects() {
  const auto names = access::DialectNames();
  return {names.begin(), names.end()};
}

}  // namespace

std::vector<Command> KeyCommands() {
  std::string dialects;
  for (const std::string& name : Dialects()) dialects += (dialects.empty() ? "" : "|") + name;
  return {
      {.path = {"key", "create"},
       .help = "Make an API account and print its credentials, this once",
       .example = "oubli key create --store demo --dialect bigcommerce --scope store_v2_customers",
       .parameters = CommonParameters(
           {StoreOption(),
            {.name = "--dialect",
             .help = "the system that the client speaks to",
             .value = dialects,
             .required = true,
             .choices = Dialects()},
            {.name = "--scope", .help = ScopeHelp(), .value = "SCOPE", .repeated = true},
            {.name = "--role",
             .help = "whom a WebCommander key acts for (default: admin)",
             .value = "admin|staff",
             .choices = {"admin", "staff"}}}),
       .run = CreateKey},
      {.path = {"key", "list"},
       .help = "List a store's API accounts, without secrets",
       .example = "oubli key list --store demo",
       .parameters = CommonParameters({StoreOption()}),
       .run = ListKeys},
      {.path = {"key", "revoke"},
       .help = "End an API account at once",
       .example = "oubli key revoke 3 --store demo",
       .parameters = CommonParameters({{.name = "id",
                                        .help = "the account's number, from `oubli key list`",
                                        .value = "ID",
                                        .kind = Parameter::Kind::kPositional,
                                        .required = true},
                                       StoreOption()}),
       .run = RevokeKey}};
}

}  // namespace oubli::cli
