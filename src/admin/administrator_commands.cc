#include "admin/administrator_commands.h"

#include <boost/json/object.hpp>

#include "base/date_time.h"
#include "base/json_writer.h"

namespace oubli::admin {
namespace {

void Write(JsonWriter& writer, access::Stores& stores, const access::Administrator& administrator) {
  writer.BeginObject().Member("name", administrator.name);
  writer.Member("superuser", administrator.superuser);
  writer.Key("stores").BeginArray();
  for (const int64_t number : administrator.stores) {
    // A store is never taken off the list, so one that is not found cannot be read now.
    const auto store = stores.Find(number);
    writer.String(store ? store->handle : "?");
  }
  writer.EndArray();
  writer.Member("created_at", FormatIso8601(administrator.created_at)).EndObject();
}

}  // namespace

Result<std::string> CreateAdministrator(access::Administrators& administrators,
                                        access::Stores& stores, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"name", "password", "stores"}));
  OUBLI_TRY_ASSIGN(const std::string name, arguments.Text("name"));
  OUBLI_TRY_ASSIGN(const std::string password, arguments.Text("password"));
  OUBLI_TRY_ASSIGN(const auto handles, arguments.Texts("stores"));
  // A list that came out empty must not make somebody the master of everything.
  if (handles.empty() && arguments.object().contains("stores")) {
    return Fail(ErrorKind::kInvalid, "the list of stores is empty", "stores");
  }
  OUBLI_TRY_ASSIGN(const auto made, administrators.Create(name, password, handles));
  std::string out;
  JsonWriter writer(out);
  Write(writer, stores, made);
  return out;
}

Result<std::string> ListAdministrators(access::Administrators& administrators,
                                       access::Stores& stores, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({}));
  OUBLI_TRY_ASSIGN(const auto list, administrators.List());
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Key("administrators").BeginArray();
  for (const access::Administrator& administrator : list) Write(writer, stores, administrator);
  writer.EndArray().EndObject();
  return out;
}

Result<std::string> SetAdministratorPassword(access::Administrators& administrators,
                                             const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"name", "password"}));
  OUBLI_TRY_ASSIGN(const std::string name, arguments.Text("name"));
  OUBLI_TRY_ASSIGN(const std::string password, arguments.Text("password"));
  OUBLI_TRY(administrators.SetPassword(name, password));
  std::string out;
  JsonWriter(out).BeginObject().Member("name", name).EndObject();
  return out;
}

Result<std::string> RemoveAdministrator(access::Administrators& administrators,
                                        const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"name"}));
  OUBLI_TRY_ASSIGN(const std::string name, arguments.Text("name"));
  OUBLI_TRY(administrators.Remove(name));
  std::string out;
  JsonWriter(out).BeginObject().Member("name", name).Member("removed", true).EndObject();
  return out;
}

}  // namespace oubli::admin
