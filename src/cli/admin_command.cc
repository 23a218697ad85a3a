#include <boost/json/array.hpp>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/password_input.h"

namespace oubli::cli {
namespace {

std::string StoresText(const boost::json::object& administrator) {
  return administrator.at("superuser").as_bool() ? "all" : MemberText(administrator, "stores");
}

int CreateAdministrator(const Invocation& invocation) {
  const auto password = ReadNewPassword();
  if (!password) return FailWith(invocation, password.error(), kUsage);
  std::string arguments;
  JsonWriter writer(arguments);
  writer.BeginObject().Member("name", invocation.Get("name"));
  writer.Member("password", *password);
  if (invocation.Has("--store")) {
    writer.Key("stores").BeginArray();
    for (const std::string& store : invocation.All("--store")) writer.String(store);
    writer.EndArray();
  }
  writer.EndObject();
  return RunAndPrint(invocation, "admin.create", arguments, [](const boost::json::object& made) {
    return "Administrator " + MemberText(made, "name") +
           " may sign in at /admin/. Stores: " + StoresText(made) + ".\n";
  });
}

int ListAdministrators(const Invocation& invocation) {
  return RunAndPrint(invocation, "admin.list", "{}", [](const boost::json::object& result) {
    std::vector<std::vector<std::string>> rows;
    for (const boost::json::value& value : result.at("administrators").as_array()) {
      const boost::json::object& administrator = value.as_object();
      rows.push_back({MemberText(administrator, "name"), MemberText(administrator, "created_at"),
                      StoresText(administrator)});
    }
    return FormatTable({"NAME", "CREATED", "STORES"}, rows);
  });
}

std::string NameArgument(const Invocation& invocation) {
  std::string out;
  JsonWriter(out).BeginObject().Member("name", invocation.Get("name")).EndObject();
  return out;
}

int SetPassword(const Invocation& invocation) {
  const auto password = ReadNewPassword();
  if (!password) return FailWith(invocation, password.error(), kUsage);
  std::string arguments;
  JsonWriter writer(arguments);
  writer.BeginObject().Member("name", invocation.Get("name"));
  writer.Member("password", *password).EndObject();
  return RunAndPrint(invocation, "admin.password", arguments, [](const boost::json::object& set) {
    return "Administrator " + MemberText(set, "name") +
           " has a new password and is signed out everywhere.\n";
  });
}

int Remove(const Invocation& invocation) {
  return RunAndPrint(invocation, "admin.remove", NameArgument(invocation),
                     [](const boost::json::object& removed) {
                       return "Administrator " + MemberText(removed, "name") +
                              " is removed and signed out everywhere.\n";
                     });
}

Parameter NameParameter() {
  return {.name = "name",
          .help = "1 to 63 of a-z, 0-9, '.', '_' and '-'",
          .value = "NAME",
          .kind = Parameter::Kind::kPositional,
          .required = true};
}

}  // namespace

std::vector<Command> AdminCommands() {
  return {{.path = {"admin", "create"},
           .help = "Let somebody sign in to the admin page; asks for a password, or reads it from "
                   "standard input",
           .example = "oubli admin create ada --store demo",
           .parameters = CommonParameters(
               {NameParameter(),
                {.name = "--store",
                 .help = "a store that they may manage, several times for several; without: all "
                         "stores, and those to come",
                 .value = "HANDLE",
                 .repeated = true}}),
           .run = CreateAdministrator},
          {.path = {"admin", "list"},
           .help = "List who may sign in, and for which stores",
           .example = "oubli admin list",
           .parameters = CommonParameters({}),
           .run = ListAdministrators},
          {.path = {"admin", "password"},
           .help = "Give somebody a new password, and sign them out everywhere",
           .example = "oubli admin password ada",
           .parameters = CommonParameters({NameParameter()}),
           .run = SetPassword},
          {.path = {"admin", "remove"},
           .help = "End somebody's access at once",
           .example = "oubli admin remove ada",
           .parameters = CommonParameters({NameParameter()}),
           .run = Remove}};
}

}  // namespace oubli::cli
