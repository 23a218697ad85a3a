#include <boost/json/array.hpp>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/store_option.h"

namespace oubli::cli {
namespace {

std::string DescribeMails(const boost::json::object& result) {
  const auto& mails = result.at("mails").as_array();
  if (mails.empty()) return "No mail waits in store " + MemberText(result, "store") + ".\n";
  std::string out;
  for (const boost::json::value& mail : mails) {
    const boost::json::object& object = mail.as_object();
    out += MemberText(object, "at") + "  " + MemberText(object, "kind") + "  customer " +
           std::to_string(AsInt(object.at("customer")).value_or(0)) + "\n";
  }
  return out;
}

int ListMails(const Invocation& invocation) {
  return RunAndPrint(invocation, "mail.list", StoreArgument(invocation), DescribeMails);
}

}  // namespace

std::vector<Command> MailCommands() {
  return {{.path = {"mail", "list"},
           .help = "Show the mails that wait to be sent to customers of one store",
           .example = "oubli mail list --store demo",
           .parameters = CommonParameters({StoreOption()}),
           .run = ListMails}};
}

}  // namespace oubli::cli
