// The administrator's commands that look whether all is well. They may take long on much data.
//
//   doctor  {}                        doctor/doctor.h, ToJson()
//   residue {also, store, log_file}   doctor/residue.h, ToJson()
#pragma once

#include <string>
#include <string_view>

#include "admin/arguments.h"
#include "base/result.h"
#include "doctor/subject.h"

namespace oubli::admin {

inline constexpr std::string_view kDoctor = "doctor";
inline constexpr std::string_view kResidue = "residue";

// Errors: those of Examine() and CheckResidue().
Result<std::string> RunDoctor(const doctor::Subject& subject, const Arguments& arguments);
Result<std::string> RunResidue(const doctor::Subject& subject, const Arguments& arguments);

}  // namespace oubli::admin
