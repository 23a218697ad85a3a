#include "doctor/doctor.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/date_time.h"
#include "base/json_writer.h"

namespace oubli::doctor {
namespace {

Status ExamineStore(const Subject& subject, const access::StoreInfo& info,
                    const std::vector<FoundSet>& sets, Findings& findings, Report& report) {
  OUBLI_TRY(subject.CheckGoing());
  findings.SetStore(info.handle);
  const auto store = subject.stores.Open(info.number);
  if (!store) {
    findings.Error("store-closed",
                   fmt::format("the store does not open ({}): what the text names is missing; put "
                               "it back, or restore from a backup",
                               store.error().text));
    return {};
  }
  StoreReport& of_store = report.stores.emplace_back();
  of_store.handle = info.handle;
  of_store.generation = (*store)->key_tree().generation();
  OUBLI_TRY(CheckKeys(subject, **store, sets, findings, report.backups));
  OUBLI_TRY_ASSIGN(of_store.counts, CheckStore(subject, **store, findings));
  return {};
}

// Of how many stores nothing lies on another device that the present root can open.
void CheckCopies(const Report& report, Findings& findings) {
  std::set<std::string> safe;
  for (const BackupState& backup : report.backups) {
    if (backup.opens && backup.other_device) safe.insert(backup.store);
  }
  const int64_t bare = std::ranges::count_if(
      report.stores, [&](const StoreReport& store) { return !safe.contains(store.handle); });
  if (bare == 0) return;
  findings.Warning("no-copy",
                   fmt::format("{} of {} stores have no backup on another device that could be "
                               "restored: oubli backup --to a folder on another disk",
                               bare, report.stores.size()));
}

void WriteFindings(JsonWriter& writer, const std::vector<Finding>& findings) {
  writer.Key("findings").BeginArray();
  for (const Finding& finding : findings) {
    writer.BeginObject().Member("level", LevelName(finding.level)).Member("code", finding.code);
    writer.Member("store", finding.store).Member("text", finding.text).EndObject();
  }
  writer.EndArray();
}

}  // namespace

int64_t Report::Count(Level level) const {
  return std::ranges::count(findings, level, &Finding::level);
}

Result<Report> Examine(const Subject& subject, const Machine& machine) {
  Report report;
  Findings findings;
  CheckSurroundings(subject, machine, findings);
  const std::vector<FoundSet> sets = FindBackupSets(subject, findings);
  for (const access::StoreInfo& info : subject.stores.List()) {
    OUBLI_TRY(ExamineStore(subject, info, sets, findings, report));
  }
  findings.SetStore("");
  CheckCopies(report, findings);
  report.findings = findings.Take();
  return report;
}

std::string ToJson(const Report& report) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("errors", report.Count(Level::kError));
  writer.Member("warnings", report.Count(Level::kWarning));
  WriteFindings(writer, report.findings);
  writer.Key("stores").BeginArray();
  for (const StoreReport& store : report.stores) {
    writer.BeginObject().Member("store", store.handle).Member("generation", store.generation);
    writer.Member("owners", store.counts.owners).Member("records", store.counts.records);
    writer.Member("tokens", store.counts.tokens).Member("key_pages", store.counts.key_pages);
    writer.Member("waiting", store.counts.waiting).EndObject();
  }
  writer.EndArray().Key("backups").BeginArray();
  for (const BackupState& backup : report.backups) {
    writer.BeginObject().Member("path", backup.path).Member("store", backup.store);
    writer.Member("time", FormatIso8601(backup.time_ms)).Member("opens", backup.opens);
    writer.Member("other_device", backup.other_device).Member("why", backup.why).EndObject();
  }
  writer.EndArray().EndObject();
  return out;
}

}  // namespace oubli::doctor
