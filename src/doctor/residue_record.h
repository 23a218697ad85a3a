// The outcome of the last residue checks, kept in the server file for the metrics.
#pragma once

#include <cstdint>

#include "access/server_file.h"
#include "base/clock.h"
#include "base/result.h"

namespace oubli::doctor {

struct ResidueRecord {
  UnixMs clean_at = 0;   // when a check of all stores was clean last; 0: never
  int64_t findings = 0;  // of the last check that ended
};

Result<ResidueRecord> ReadResidueRecord(access::ServerFile& file);
Status WriteResidueRecord(access::ServerFile& file, const ResidueRecord& record);

}  // namespace oubli::doctor
