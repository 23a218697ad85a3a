#include "admin/doctor_commands.h"

#include "doctor/doctor.h"
#include "doctor/residue.h"

namespace oubli::admin {

Result<std::string> RunDoctor(const doctor::Subject& subject, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({}));
  OUBLI_TRY_ASSIGN(const doctor::Report report, doctor::Examine(subject));
  return doctor::ToJson(report);
}

Result<std::string> RunResidue(const doctor::Subject& subject, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"also", "store", "log_file"}));
  doctor::ResidueOptions options;
  OUBLI_TRY_ASSIGN(options.also, arguments.Texts("also"));
  OUBLI_TRY_ASSIGN(const auto store, arguments.OptionalText("store"));
  options.store = store.value_or("");
  // The server knows its own; a command that has opened the data itself is told.
  doctor::Subject here = subject;
  OUBLI_TRY_ASSIGN(const auto log_file, arguments.OptionalText("log_file"));
  if (here.log_file.empty()) here.log_file = log_file.value_or("");
  OUBLI_TRY_ASSIGN(const doctor::ResidueReport report, doctor::CheckResidue(here, options));
  return doctor::ToJson(report);
}

}  // namespace oubli::admin
