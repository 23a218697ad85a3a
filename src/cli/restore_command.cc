#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <optional>

#include "backup/restore.h"
#include "base/date_time.h"
#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "server/data_lock.h"

namespace oubli::cli {
namespace {

using backup::RestoreOutcome;
using backup::RestorePlan;
using backup::StoreReport;

std::string TimeText(UnixMs ms) { return ms == 0 ? "-" : FormatIso8601(ms); }

void DescribeStore(const RestorePlan::Store& store, std::string& out) {
  const StoreReport& report = store.report;
  out += fmt::format("store {}: from generation {} to {}\n", store.handle, store.backup_generation,
                     store.generation);
  const auto line = [&](int64_t count, std::string_view text) {
    out += fmt::format("  {:>10} {}\n", count, text);
  };
  line(report.living, "owners are restored");
  line(report.removed, "were erased since the backup and are removed from it");
  line(report.given_up, "were made since the backup and are given up, as far as is known");
  if (report.only_in_data >= 0) {
    line(report.only_in_data, "are in the data folder and not in the backup");
  }
  if (report.withdrawn_users > 0) {
    line(report.withdrawn_users,
         "users of the loyalty account had rights withdrawn since: so it stays");
  }
  line(report.damaged, "records or owners are damaged; they stay as they are");
  for (const std::string& damage : report.damage) out += fmt::format("             {}\n", damage);
  if (report.only_in_data < 0) {
    out += fmt::format("  The data folder cannot be read: who was made after {} is not counted.\n",
                       store.last_word_ms == 0 ? "the backup" : TimeText(store.last_word_ms));
  }
  if (report.withdrawn_users < 0) {
    out +=
        "  The users of its loyalty account are those of the backup: delete and restrict again who "
        "was deleted and restricted since.\n";
  }
}

std::string DescribePlan(const RestorePlan& plan) {
  std::string out =
      fmt::format("backup {} of {}\n", plan.set_path, FormatIso8601(plan.set_time_ms));
  for (const RestorePlan::Store& store : plan.stores) DescribeStore(store, out);
  for (const RestorePlan::LostStore& store : plan.lost_stores) {
    out += fmt::format(
        "store {} is not in the backup: {} owners stay in the data that is set aside, and their "
        "root in the slots\n",
        store.handle, store.owners < 0 ? "its" : fmt::format("its {}", store.owners));
  }
  if (plan.revoked_keys > 0) {
    out += fmt::format("{} API accounts were revoked since and stay so\n", plan.revoked_keys);
  } else if (!plan.data_is_readable) {
    out +=
        "API accounts and administrators are those of the backup: revoke and remove again who was "
        "revoked and removed since\n";
  }
  if (plan.removed_administrators > 0) {
    out += fmt::format("{} administrators were removed since and stay so\n",
                       plan.removed_administrators);
  }
  for (const std::string& slot : plan.missing_slots) {
    out += fmt::format("the root slot {} is not there: name it, or retire it afterwards\n", slot);
  }
  for (const std::string& journal : plan.dropped_journals) {
    out += fmt::format("the key journal {} is not there and is given up\n", journal);
  }
  for (const std::string& problem : plan.problems) out += problem + "\n";
  return out;
}

void WriteTexts(JsonWriter& writer, std::string_view name, const std::vector<std::string>& texts) {
  writer.Key(name).BeginArray();
  for (const std::string& text : texts) writer.String(text);
  writer.EndArray();
}

void WriteStore(JsonWriter& writer, const RestorePlan::Store& store) {
  const StoreReport& report = store.report;
  writer.BeginObject().Member("number", store.number).Member("handle", store.handle);
  writer.Member("backup_generation", store.backup_generation);
  writer.Member("generation", store.generation).Key("last_journal_entry");
  if (store.last_word_ms == 0) {
    writer.Null();
  } else {
    writer.String(FormatIso8601Ms(store.last_word_ms));
  }
  writer.Member("restored", report.living).Member("removed", report.removed);
  writer.Member("given_up", report.given_up).Key("only_in_data");
  if (report.only_in_data < 0) {
    writer.Null();
  } else {
    writer.Int(report.only_in_data);
  }
  writer.Key("withdrawn_users");
  if (report.withdrawn_users < 0) {
    writer.Null();
  } else {
    writer.Int(report.withdrawn_users);
  }
  writer.Member("damaged", report.damaged);
  WriteTexts(writer, "damage", report.damage);
  writer.EndObject();
}

// `outcome` null: nothing has been done.
std::string Json(const RestorePlan& plan, const RestoreOutcome* outcome) {
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("restored", outcome != nullptr).Member("backup", plan.set_path);
  writer.Member("time", FormatIso8601Ms(plan.set_time_ms)).Key("stores").BeginArray();
  for (const RestorePlan::Store& store : plan.stores) WriteStore(writer, store);
  writer.EndArray().Key("lost_stores").BeginArray();
  for (const RestorePlan::LostStore& store : plan.lost_stores) writer.String(store.handle);
  writer.EndArray().Member("data_is_readable", plan.data_is_readable);
  writer.Member("revoked_keys", plan.revoked_keys);
  writer.Member("removed_administrators", plan.removed_administrators);
  WriteTexts(writer, "slots", plan.slots);
  WriteTexts(writer, "missing_slots", plan.missing_slots);
  WriteTexts(writer, "dropped_journals", plan.dropped_journals);
  WriteTexts(writer, "problems", plan.problems);
  if (outcome != nullptr) {
    writer.Member("set_aside", outcome->set_aside);
    WriteTexts(writer, "unfinished", outcome->unfinished);
  }
  writer.EndObject();
  return out + "\n";
}

bool Ask() {
  fmt::print(stderr, "Put this backup in place of the data? Type yes: ");
  std::fflush(stderr);
  char answer[16] = {};
  return std::fgets(answer, sizeof answer, stdin) != nullptr && std::string_view(answer) == "yes\n";
}

std::string DescribeOutcome(const RestoreOutcome& outcome) {
  std::string out = "The backup is in place.\n";
  if (!outcome.set_aside.empty()) {
    out += fmt::format("The data of before is {}{}\n", outcome.set_aside,
                       outcome.unfinished.empty()
                           ? ": noise, since its root is destroyed. Remove it when you like."
                           : ".");
  }
  for (const std::string& text : outcome.unfinished) out += text + "\n";
  return out;
}

Result<server::DataLock> TakeLock(const std::string& data_dir) {
  OUBLI_TRY_ASSIGN(std::optional<server::DataLock> lock, server::DataLock::TryTake(data_dir));
  if (lock) return *std::move(lock);
  return Fail(ErrorKind::kUnavailable, server::LockHolderText(data_dir) + ": stop it first");
}

Result<int> Restore(const Invocation& invocation, const std::string& data_dir) {
  OUBLI_TRY_ASSIGN(const server::DataLock lock, TakeLock(data_dir));
  std::optional<server::DataLock> new_lock;
  const bool json = invocation.Has("--json");
  backup::RestoreOptions options;
  options.data_dir = data_dir;
  options.from = invocation.Get("--from");
  OUBLI_TRY_ASSIGN(const access::KeyCustodyOptions places, KeyPlacesOf(invocation));
  options.roots = places.roots;
  options.journal = places.journal;
  options.lock_new = [&](const std::string& folder) -> Status {
    OUBLI_TRY_ASSIGN(server::DataLock taken, TakeLock(folder));
    new_lock.emplace(std::move(taken));
    return {};
  };
  OUBLI_TRY_ASSIGN(const auto restore, backup::Restore::Prepare(std::move(options)));
  if (!json) {
    if (const int printed = Print(DescribePlan(restore->plan())); printed != kOk) return printed;
  }
  if (!invocation.Has("--yes") && (isatty(STDIN_FILENO) == 0 || json || !Ask())) {
    if (json) (void)Print(Json(restore->plan(), nullptr));
    fmt::print(stderr, "oubli: nothing has been changed; --yes consents\n");
    return kUsage;
  }
  OUBLI_TRY_ASSIGN(const RestoreOutcome outcome, restore->Apply());
  const int printed = Print(json ? Json(restore->plan(), &outcome) : DescribeOutcome(outcome));
  return outcome.unfinished.empty() ? printed : kFailed;
}

int RunRestore(const Invocation& invocation) {
  const Result<std::string> data_dir = DataDirOf(invocation);
  if (!data_dir) return FailWith(invocation, data_dir.error(), kUsage);
  const Result<int> code = Restore(invocation, *data_dir);
  return code ? *code : FailWith(invocation, code.error());
}

}  // namespace

std::vector<Command> RestoreCommands() {
  return {{.path = {"restore"},
           .help = "Put a backup in place of the data; who was erased since stays erased",
           .example = "oubli restore --from /mnt/backups",
           .parameters = CommonParameters(
               {{.name = "--from",
                 .help = "a backup folder, whose newest backup counts, or one backup in it",
                 .value = "FOLDER",
                 .required = true},
                {.name = "--yes",
                 .help = "consent to what the plan says is given up",
                 .kind = Parameter::Kind::kSwitch}}),
           .run = RunRestore}};
}

}  // namespace oubli::cli
