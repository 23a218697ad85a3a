// `oubli doctor`: whether the data is whole, its keys are where they belong, and what lies around
// them is fit for it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "doctor/finding.h"
#include "doctor/key_check.h"
#include "doctor/store_check.h"
#include "doctor/subject.h"
#include "doctor/surroundings.h"

namespace oubli::doctor {

struct StoreReport {
  std::string handle;
  int64_t generation = 0;
  StoreCounts counts;
};

struct Report {
  std::vector<Finding> findings;  // the worst first
  std::vector<StoreReport> stores;
  std::vector<BackupState> backups;

  int64_t Count(Level level) const;
};

// Changes nothing but what opening a store does. Holds a snapshot of one store at a time, for as
// long as reading it takes. Errors: only when the subject says to stop.
Result<Report> Examine(const Subject& subject, const Machine& machine = {});

// One JSON object without line breaks.
std::string ToJson(const Report& report);

}  // namespace oubli::doctor
