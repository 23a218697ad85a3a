// Amounts of orders that are kept apart from the person: read, written for orders of before,
// forgotten when their time is over.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <map>
#include <tuple>

#include "admin/order_commands.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/store_option.h"

namespace oubli::cli {
namespace {

using boost::json::object;

// Runs a command page by page and hands each answer to `take`.
Status ForEachPage(const Invocation& invocation, std::string_view command,
                   const std::function<Status(const object& page)>& take) {
  OUBLI_TRY_ASSIGN(Backend backend, ConnectTo(invocation));
  int64_t after = 0;
  while (true) {
    std::string arguments;
    JsonWriter writer(arguments);
    writer.BeginObject().Member("store", invocation.Get("--store")).Member("after", after);
    if (invocation.Has("--before")) writer.Member("before", invocation.Get("--before"));
    writer.EndObject();
    OUBLI_TRY_ASSIGN(const std::string result, backend.Run(command, arguments));
    OUBLI_TRY_ASSIGN(const boost::json::value parsed, ParseJson(result));
    const object& page = parsed.as_object();
    OUBLI_TRY(take(page));
    if (page.at("complete").as_bool()) return {};
    after = AsInt(page.at("after")).value();
  }
}

// The sums of what went by.
class Months {
 public:
  Status Add(const object& order) {
    const std::string date = MemberText(order, "date");
    Sum& sum = sums_[{date.substr(0, sizeof("2024-05") - 1), MemberText(order, "currency"),
                      MemberText(order, "status")}];
    const auto total = Decimal::Parse(MemberText(order, "total"));
    const auto more = total ? sum.total.Plus(*total) : std::nullopt;
    if (!more) return Fail(ErrorKind::kInvalid, "the total of a month is too large to be told");
    sum.total = *more;
    ++sum.orders;
    return {};
  }
  void Write(JsonWriter& writer) const {
    writer.BeginArray();
    for (const auto& [month, sum] : sums_) {
      const auto& [name, currency, status] = month;
      writer.BeginObject().Key("month");
      name == "-" ? writer.Null() : writer.String(name);
      writer.Member("currency", currency).Member("status", status);
      writer.Member("orders", sum.orders).Member("total", sum.total.ToString(2)).EndObject();
    }
    writer.EndArray();
  }
  std::string Table() const {
    std::vector<std::vector<std::string>> rows;
    for (const auto& [month, sum] : sums_) {
      const auto& [name, currency, status] = month;
      rows.push_back({name, currency.empty() ? "-" : currency, status.empty() ? "-" : status,
                      fmt::format("{}", sum.orders), sum.total.ToString(2)});
    }
    return FormatTable({"MONTH", "CURRENCY", "STATUS", "ORDERS", "TOTAL"}, rows);
  }

 private:
  struct Sum {
    int64_t orders = 0;
    Decimal total;
  };
  std::map<std::tuple<std::string, std::string, std::string>, Sum> sums_;
};

enum class Form { kText, kJson, kCsv };

// A page as it is printed at once; nothing where only the sums are.
std::string PageText(const object& page, Form form, bool& first) {
  std::string out;
  if (form == Form::kText) return out;
  for (const boost::json::value& value : page.at("orders").as_array()) {
    const object& order = value.as_object();
    if (form == Form::kJson) {
      if (!first) out += ',';
      JsonWriter writer(out);
      WriteJson(writer, value);
    } else {
      // No field can hold a comma or a quotation mark.
      const std::string date = order.at("date").is_null() ? "" : MemberText(order, "date");
      out += fmt::format("{},{},{},{},{},{}\n", MemberText(order, "id"), date,
                         MemberText(order, "currency"), MemberText(order, "status"),
                         MemberText(order, "total"), order.at("items").as_array().size());
    }
    first = false;
  }
  return out;
}

Status PrintSome(std::string_view text) {
  if (text.empty() || Print(text) == kOk) return {};
  return Fail(ErrorKind::kUnavailable, "not all orders have been printed");
}

Status PrintKept(const Invocation& invocation, Form form) {
  Months months;
  bool first = true;
  bool begun = false;
  OUBLI_TRY(ForEachPage(invocation, admin::kOrdersKept, [&](const object& page) -> Status {
    if (!begun && form == Form::kCsv) OUBLI_TRY(PrintSome("id,date,currency,status,total,items\n"));
    if (!begun && form == Form::kJson) {
      std::string head = "{\"store\":";
      AppendJsonString(head, MemberText(page, "store"));
      OUBLI_TRY(PrintSome(head + ",\"orders\":["));
    }
    begun = true;
    for (const boost::json::value& order : page.at("orders").as_array()) {
      OUBLI_TRY(months.Add(order.as_object()));
    }
    return PrintSome(PageText(page, form, first));
  }));
  if (form == Form::kCsv) return {};
  if (form == Form::kText) return PrintSome(months.Table());
  std::string end = "],\"months\":";
  JsonWriter writer(end);
  months.Write(writer);
  return PrintSome(end + "}\n");
}

int Kept(const Invocation& invocation) {
  const Result<std::string> data_dir = DataDirOf(invocation);
  if (!data_dir) return FailWith(invocation, data_dir.error(), kUsage);
  if (invocation.Has("--csv") && invocation.Has("--json")) {
    return FailWith(invocation, {ErrorKind::kInvalid, "either --csv or --json", ""}, kUsage);
  }
  const Form form = invocation.Has("--json")  ? Form::kJson
                    : invocation.Has("--csv") ? Form::kCsv
                                              : Form::kText;
  const Status printed = PrintKept(invocation, form);
  return printed ? kOk : FailWith(invocation, printed.error());
}

// Runs all steps of a command and prints the sums of `counts`, which are members of its answers.
int RunSteps(const Invocation& invocation, std::string_view command,
             const std::vector<std::string>& counts,
             const std::function<std::string(const std::map<std::string, int64_t>&)>& describe) {
  const Result<std::string> data_dir = DataDirOf(invocation);
  if (!data_dir) return FailWith(invocation, data_dir.error(), kUsage);
  std::map<std::string, int64_t> sums;
  const Status done = ForEachPage(invocation, command, [&](const object& page) -> Status {
    for (const std::string& name : counts) sums[name] += AsInt(page.at(name)).value();
    return {};
  });
  if (!done) return FailWith(invocation, done.error());
  if (!invocation.Has("--json")) return Print(describe(sums));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("store", invocation.Get("--store"));
  for (const std::string& name : counts) writer.Member(name, sums[name]);
  writer.EndObject();
  return Print(out + '\n');
}

int Keep(const Invocation& invocation) {
  return RunSteps(invocation, admin::kOrdersKeep, {"kept", "unreadable"}, [](const auto& sums) {
    std::string text =
        fmt::format("The amounts of {} orders are written apart.\n", sums.at("kept"));
    if (sums.at("unreadable") > 0) {
      text += fmt::format("{} orders do not open: see oubli doctor.\n", sums.at("unreadable"));
    }
    return text;
  });
}

int Forget(const Invocation& invocation) {
  return RunSteps(invocation, admin::kOrdersForget, {"forgotten"}, [](const auto& sums) {
    return fmt::format("The kept amounts of {} orders are erased.\n", sums.at("forgotten"));
  });
}

}  // namespace

std::vector<Command> OrdersCommands() {
  return {{.path = {"orders", "kept"},
           .help = "Show the amounts of orders that are kept apart from the person",
           .example = "oubli orders kept --store demo --csv > orders.csv",
           .parameters =
               CommonParameters({StoreOption(),
                                 {.name = "--csv",
                                  .help = "a line for each order; else the totals of the months",
                                  .kind = Parameter::Kind::kSwitch}}),
           .run = Kept},
          {.path = {"orders", "keep"},
           .help = "Write apart the amounts of orders from before keep_order_amounts was yes",
           .example = "oubli orders keep --store demo",
           .parameters = CommonParameters({StoreOption()}),
           .run = Keep},
          {.path = {"orders", "forget"},
           .help = "Erase kept amounts of orders from before a day",
           .example = "oubli orders forget --store demo --before 2016-01-01",
           .parameters = CommonParameters({StoreOption(),
                                           {.name = "--before",
                                            .help = "YYYY-MM-DD; orders of that day stay",
                                            .value = "DATE",
                                            .required = true}}),
           .run = Forget}};
}

}  // namespace oubli::cli
