#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "admin/reindex_commands.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress_bar.h"

namespace oubli::cli {
namespace {

using boost::json::object;

Result<object> Call(Backend& backend, std::string_view command, const std::string& arguments) {
  OUBLI_TRY_ASSIGN(const std::string result, backend.Run(command, arguments));
  OUBLI_TRY_ASSIGN(boost::json::value parsed, ParseJson(result));
  return std::move(parsed.as_object());
}

bool Is(const object& state, std::string_view name) { return state.at(name).as_bool(); }

int64_t Number(const object& state, std::string_view name) { return AsInt(state.at(name)).value(); }

// All of one store; its last state.
Result<object> Reindex(Backend& backend, const std::string& store, ProgressBar& bar) {
  std::string arguments;
  JsonWriter(arguments).BeginObject().Member("store", store).EndObject();
  OUBLI_TRY_ASSIGN(object state, Call(backend, admin::kReindexStart, arguments));
  while (Is(state, "under_way")) {
    const int64_t done = Number(state, "done");
    const int64_t total = std::max(done, Number(state, "customers"));
    bar.Show(done, total, fmt::format("{}: {} of {} customers", store, done, total));
    const std::string_view next = Is(state, "complete") ? admin::kReindexEnd : admin::kReindexStep;
    OUBLI_TRY_ASSIGN(state, Call(backend, next, arguments));
  }
  bar.Clear();
  return state;
}

Result<std::vector<std::string>> StoresOf(const Invocation& invocation, Backend& backend) {
  if (!invocation.Has("--all")) return std::vector<std::string>{invocation.Get("--store")};
  OUBLI_TRY_ASSIGN(const object list, Call(backend, "store.list", "{}"));
  std::vector<std::string> stores;
  for (const boost::json::value& store : list.at("stores").as_array()) {
    stores.push_back(MemberText(store.as_object(), "handle"));
  }
  return stores;
}

struct Outcome {
  std::vector<object> ended;
  bool failed = false;
};

Result<Outcome> ReindexAll(const Invocation& invocation) {
  OUBLI_TRY_ASSIGN(Backend backend, ConnectTo(invocation));
  OUBLI_TRY_ASSIGN(const std::vector<std::string> stores, StoresOf(invocation, backend));
  ProgressBar bar;
  Outcome outcome;
  for (const std::string& store : stores) {
    Result<object> state = Reindex(backend, store, bar);
    bar.Clear();
    if (state) {
      outcome.ended.push_back(*std::move(state));
      continue;
    }
    outcome.failed = true;
    Error error = std::move(state.error());
    if (invocation.Has("--all")) error.text = fmt::format("store {}: {}", store, error.text);
    PrintError(error, invocation.Has("--json"));
  }
  return outcome;
}

std::string DescribeReindexed(const std::vector<object>& ended, bool json) {
  std::string out;
  if (!json) {
    for (const object& state : ended) {
      out += fmt::format("Store {} is reindexed: tokens in older copies of it match nothing.\n",
                         MemberText(state, "store"));
    }
    return out;
  }
  JsonWriter writer(out);
  writer.BeginObject().Key("stores").BeginArray();
  for (const object& state : ended) {
    writer.BeginObject().Member("store", MemberText(state, "store"));
    writer.Member("customers", Number(state, "customers"));
    writer.Member("ended_at", MemberText(state, "ended_at")).EndObject();
  }
  writer.EndArray().EndObject();
  return out + '\n';
}

int ReindexStores(const Invocation& invocation) {
  if (invocation.Has("--all") == invocation.Has("--store")) {
    return FailWith(invocation,
                    {ErrorKind::kInvalid, "reindex what? Give --store HANDLE, or --all", ""},
                    kUsage);
  }
  const Result<std::string> data_dir = DataDirOf(invocation);
  if (!data_dir) return FailWith(invocation, data_dir.error(), kUsage);
  const Result<Outcome> outcome = ReindexAll(invocation);
  if (!outcome) return FailWith(invocation, outcome.error());
  if (outcome->failed && outcome->ended.empty()) return kFailed;
  const int printed = Print(DescribeReindexed(outcome->ended, invocation.Has("--json")));
  return outcome->failed ? kFailed : printed;
}

}  // namespace

std::vector<Command> ReindexCommands() {
  return {{.path = {"reindex"},
           .help = "Change the keys of look-up tokens, so that those in old copies match nothing",
           .example = "oubli reindex --store demo",
           .parameters = CommonParameters(
               {{.name = "--store", .help = "the store's handle", .value = "HANDLE"},
                {.name = "--all", .help = "every store", .kind = Parameter::Kind::kSwitch}}),
           .run = ReindexStores}};
}

}  // namespace oubli::cli
