#include <boost/json/array.hpp>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace oubli::cli {
namespace {

int ListPlaces(const Invocation& invocation) {
  return RunAndPrint(invocation, "places.list", "{}", [](const boost::json::object& result) {
    std::vector<std::vector<std::string>> rows;
    std::string reasons;
    for (const boost::json::value& value : result.at("places").as_array()) {
      const boost::json::object& place = value.as_object();
      rows.push_back({MemberText(place, "id"), MemberText(place, "kind"),
                      MemberText(place, "state"), MemberText(place, "path")});
      if (!place.at("reason").is_null()) reasons += MemberText(place, "reason") + "\n";
    }
    std::string text = FormatTable({"ID", "KIND", "STATE", "PATH"}, rows) + reasons;
    if (!result.at("erasing").as_bool()) {
      text +=
          "Nothing is erased while one is missing: bring it back and start again, or retire it "
          "when it is gone for good.\n";
    }
    return text;
  });
}

std::string DescribeRetired(const boost::json::object& place) {
  const std::string path = MemberText(place, "path");
  if (MemberText(place, "kind") == "slot") {
    return "The slot at " + path +
           " is forgotten. Destroy whatever still holds it, and every copy and image of that: with "
           "an old root key, old copies of the data can be read, also of those who have been "
           "erased since.\n";
  }
  return "The journal at " + path +
         " is forgotten and gets no entries any more: restore no backup from it. It opens nothing "
         "by itself.\n";
}

int Retire(const Invocation& invocation) {
  std::string arguments;
  JsonWriter(arguments).BeginObject().Member("id", invocation.Get("id")).EndObject();
  return RunAndPrint(invocation, "places.retire", arguments, DescribeRetired);
}

}  // namespace

std::vector<Command> PlacesCommands() {
  return {{.path = {"places", "list"},
           .help = "List root slots and key journals, and whether they are there",
           .example = "oubli places list",
           .parameters = CommonParameters({}),
           .run = ListPlaces},
          {.path = {"places", "retire"},
           .help = "Forget a slot or a journal that is gone for good",
           .example = "oubli places retire 4f0c2a9d7be1438896c3f1d20a5e7b64",
           .parameters = CommonParameters({{.name = "id",
                                            .help = "as `oubli places list` shows it",
                                            .value = "ID",
                                            .kind = Parameter::Kind::kPositional,
                                            .required = true}}),
           .run = Retire}};
}

}  // namespace oubli::cli
