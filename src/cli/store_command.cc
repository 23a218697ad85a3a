#include <boost/json/array.hpp>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace oubli::cli {
namespace {

std::string HandleArgument(const Invocation& invocation) {
  std::string out;
  JsonWriter(out).BeginObject().Member("handle", invocation.Get("handle")).EndObject();
  return out;
}

int CreateStore(const Invocation& invocation) {
  return RunAndPrint(invocation, "store.create", HandleArgument(invocation),
                     [](const boost::json::object& store) {
                       return "Store " + MemberText(store, "handle") + " is made; its number is " +
                              MemberText(store, "number") + ".\n";
                     });
}

int ListStores(const Invocation& invocation) {
  return RunAndPrint(invocation, "store.list", "{}", [](const boost::json::object& result) {
    std::vector<std::vector<std::string>> rows;
    for (const boost::json::value& value : result.at("stores").as_array()) {
      const boost::json::object& store = value.as_object();
      rows.push_back({MemberText(store, "number"), MemberText(store, "handle"),
                      MemberText(store, "created_at")});
    }
    return FormatTable({"NUMBER", "HANDLE", "CREATED"}, rows);
  });
}

int ShowStore(const Invocation& invocation) {
  return RunAndPrint(
      invocation, "store.show", HandleArgument(invocation), [](const boost::json::object& store) {
        const boost::json::object& window = store.at("window").as_object();
        const bool open = window.at("open").as_bool();
        return FormatPairs({{"store", MemberText(store, "handle")},
                            {"number", MemberText(store, "number")},
                            {"created", MemberText(store, "created_at")},
                            {"customers", MemberText(store, "customers")},
                            {"keys", MemberText(store, "keys")},
                            {"to be swept", MemberText(store, "sweep_backlog")},
                            {"window", open ? "open until " + MemberText(window, "until")
                                            : std::string("closed")}});
      });
}

Parameter Handle() {
  return {.name = "handle",
          .help = "1 to 63 of a-z, 0-9 and -; BigCommerce's store_hash, Sticky Street's account_id",
          .value = "HANDLE",
          .kind = Parameter::Kind::kPositional,
          .required = true};
}

}  // namespace

std::vector<Command> StoreCommands() {
  return {{.path = {"store", "create"},
           .help = "Make a store",
           .example = "oubli store create demo",
           .parameters = CommonParameters({Handle()}),
           .run = CreateStore},
          {.path = {"store", "list"},
           .help = "List the stores",
           .example = "oubli store list",
           .parameters = CommonParameters({}),
           .run = ListStores},
          {.path = {"store", "show"},
           .help = "Show a store: its customers counted, its keys, its window",
           .example = "oubli store show demo",
           .parameters = CommonParameters({Handle()}),
           .run = ShowStore}};
}

}  // namespace oubli::cli
