#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdio>

#include "admin/import_batch.h"
#include "admin/protocol.h"
#include "base/json_writer.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress_bar.h"
#include "cli/store_option.h"
#include "import/import.h"

namespace oubli::cli {
namespace {

using import::RowOutcome;
using Rows = std::span<const boost::json::object>;

// Writes batches where the backend is: into the store itself, or through the server's socket.
class Sink {
 public:
  Sink(Backend& backend, std::string store) : backend_(backend), store_(std::move(store)) {}

  Result<std::vector<RowOutcome>> Write(Rows rows) {
    if (backend_.data() != nullptr) return WriteHere(*backend_.data(), rows);
    const std::string arguments = admin::EncodeImportBatch(store_, rows);
    if (arguments.size() + kEnvelopeBytes > admin::kMaxRequestBytes && rows.size() > 1) {
      return WriteHalves(rows);
    }
    OUBLI_TRY_ASSIGN(const std::string result, backend_.Run(admin::kImportBatch, arguments));
    return admin::DecodeImportOutcomes(result, rows.size());
  }

 private:
  static constexpr size_t kEnvelopeBytes = 1024;

  Result<std::vector<RowOutcome>> WriteHere(server::OpenedData& data, Rows rows) {
    OUBLI_TRY_ASSIGN(const access::StoreInfo info, data.stores().Find(store_));
    OUBLI_TRY_ASSIGN(const auto store, data.stores().Open(info.number));
    OUBLI_TRY_ASSIGN(std::vector<RowOutcome> outcomes, import::ApplyBatch(*store, rows));
    // No server runs, so nobody else keeps the log short. An error only leaves it longer.
    (void)store->Checkpoint(false);
    return outcomes;
  }

  Result<std::vector<RowOutcome>> WriteHalves(Rows rows) {
    const size_t half = rows.size() / 2;
    OUBLI_TRY_ASSIGN(std::vector<RowOutcome> outcomes, Write(rows.first(half)));
    OUBLI_TRY_ASSIGN(const std::vector<RowOutcome> rest, Write(rows.subspan(half)));
    outcomes.insert(outcomes.end(), rest.begin(), rest.end());
    return outcomes;
  }

  Backend& backend_;
  const std::string store_;
};

using SteadyTime = std::chrono::steady_clock::time_point;

std::string ProgressText(const import::Counts& counts, SteadyTime begin) {
  const int64_t rows = counts.created + counts.updated + counts.refused;
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return fmt::format("{} customers, {:.0f} a second", rows,
                     static_cast<double>(rows) / std::max(seconds, 0.001));
}

std::string PlaceOf(const import::Problem& problem) {
  if (problem.list.empty()) return problem.field;
  std::string place = problem.list;
  if (problem.index >= 0) place += fmt::format("[{}]", problem.index);
  return problem.field.empty() ? place : place + "." + problem.field;
}

void PrintBadRow(const import::Report& report, bool json) {
  const std::string place = PlaceOf(report.problem);
  if (!json) {
    fmt::print(stderr, "oubli: {}:{}: {}{}{}\n", report.file, report.line, place,
               place.empty() ? "" : ": ", report.problem.text);
    return;
  }
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Key("bad_row").BeginObject();
  writer.Member("file", report.file).Member("line", report.line);
  writer.Member("field", place).Member("text", report.problem.text);
  writer.EndObject().EndObject();
  fmt::print(stderr, "{}\n", out);
}

std::string DescribeCounts(const import::Counts& counts, bool json) {
  if (!json) {
    return fmt::format("{} customers created, {} updated, {} rows refused.\n", counts.created,
                       counts.updated, counts.refused);
  }
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("created", counts.created).Member("updated", counts.updated);
  writer.Member("refused", counts.refused).EndObject();
  return out + '\n';
}

Result<import::Counts> Import(const Invocation& invocation) {
  const std::string store = invocation.Get("--store");
  const bool json = invocation.Has("--json");
  OUBLI_TRY_ASSIGN(Backend backend, ConnectTo(invocation));
  {
    // An unknown store is told before any file is read.
    std::string arguments;
    JsonWriter(arguments).BeginObject().Member("handle", store).EndObject();
    OUBLI_TRY(backend.Run("store.show", arguments));
  }
  Sink sink(backend, store);
  ProgressBar bar;
  const SteadyTime begin = std::chrono::steady_clock::now();
  import::Options options;
  options.stop_at_bad_row = invocation.Has("--stop-at-bad-row");
  options.on_bad_row = [&](const import::Report& report) {
    bar.Clear();
    PrintBadRow(report, json);
  };
  options.on_progress = [&](int64_t done, int64_t total, const import::Counts& counts) {
    bar.Show(done, total, ProgressText(counts, begin));
  };
  return import::Run(
      invocation.All("file"), [&](Rows rows) { return sink.Write(rows); }, options);
}

int RunImport(const Invocation& invocation) {
  const Result<std::string> data_dir = DataDirOf(invocation);
  if (!data_dir) return FailWith(invocation, data_dir.error(), kUsage);
  const Result<import::Counts> counts = Import(invocation);
  if (!counts) return FailWith(invocation, counts.error());
  const int printed = Print(DescribeCounts(*counts, invocation.Has("--json")));
  return printed == kOk && counts->refused > 0 ? kFailed : printed;
}

}  // namespace

std::vector<Command> ImportCommands() {
  return {
      {.path = {"import"},
       .help = "Import customers with everything attached; again is safe",
       .example = "oubli import --store demo customers.jsonl more.csv",
       .parameters = CommonParameters(
           {{.name = "file",
             .help = "JSON Lines, or CSV where the name ends in .csv; - is standard input",
             .value = "FILE...",
             .kind = Parameter::Kind::kPositional,
             .required = true,
             .repeated = true},
            StoreOption(),
            {.name = "--stop-at-bad-row",
             .help = "end at the first row that cannot be taken, instead of going on without it",
             .kind = Parameter::Kind::kSwitch}}),
       .run = RunImport}};
}

}  // namespace oubli::cli
