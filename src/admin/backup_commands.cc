#include "admin/backup_commands.h"

#include "base/json_writer.h"

namespace oubli::admin {

Result<std::string> BeginBackup(backup::Backups& backups, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"to"}));
  OUBLI_TRY_ASSIGN(const std::string to, arguments.Text("to"));
  OUBLI_TRY_ASSIGN(const backup::BegunBackup begun, backups.Begin(to));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("id", begun.id).Member("path", begun.path);
  writer.Member("working_path", begun.working_path).Key("stores").BeginArray();
  for (const backup::BegunBackup::Store& store : begun.stores) {
    writer.BeginObject().Member("number", store.number).Member("handle", store.handle);
    writer.Member("bytes", store.bytes).EndObject();
  }
  writer.EndArray().EndObject();
  return out;
}

Result<std::string> BackUpStore(backup::Backups& backups, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"id", "number"}));
  OUBLI_TRY_ASSIGN(const std::string id, arguments.Text("id"));
  OUBLI_TRY_ASSIGN(const int64_t number, arguments.Int("number"));
  OUBLI_TRY_ASSIGN(const backup::CopiedStore copied, backups.CopyStore(id, number));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("number", copied.number).Member("handle", copied.handle);
  writer.Member("bytes", copied.file.bytes).Member("generation", copied.generation).EndObject();
  return out;
}

Result<std::string> FinishBackup(backup::Backups& backups, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"id"}));
  OUBLI_TRY_ASSIGN(const std::string id, arguments.Text("id"));
  OUBLI_TRY_ASSIGN(const backup::FinishedBackup finished, backups.Finish(id));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("path", finished.path).Member("stores", finished.stores);
  writer.Member("bytes", finished.bytes).EndObject();
  return out;
}

Result<std::string> CancelBackup(backup::Backups& backups, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"id"}));
  OUBLI_TRY_ASSIGN(const std::string id, arguments.Text("id"));
  backups.Cancel(id);
  return std::string("{}");
}

}  // namespace oubli::admin
