// `oubli residue`: plants canaries, erases them, and looks whether anything of them is left, with
// the eyes of somebody who holds every file, old copies of them, and every current key.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "doctor/raw_scan.h"
#include "doctor/subject.h"

namespace oubli::doctor {

struct ResidueOptions {
  std::vector<std::string> also = {};  // folders with copies: backups, snapshots, archives
  std::string store = {};              // a handle; empty: all stores
};

struct StoreResidue {
  std::string handle;
  int64_t planted = 0;
  int64_t erased = 0;
  int64_t leftovers = 0;  // canaries of a run that was cut off
  int64_t pages_tried = 0;
  int64_t pages_opened = 0;
  int64_t canary_keys = 0;          // of erased canaries, got from old pages
  int64_t erased_keys = 0;          // the same of others who have been erased
  int64_t old_roots = 0;            // root pages of earlier generations that opened
  std::vector<RawHit> root_copies;  // roots that are in no slot any more, in the folders of `also`
  std::string problem;              // why it could not be checked; empty: it was

  int64_t findings() const {
    return canary_keys + erased_keys + old_roots + static_cast<int64_t>(root_copies.size());
  }
};

enum class Verdict { kClean, kResidue, kUnchecked };

struct ResidueReport {
  std::vector<StoreResidue> stores;
  RawScan before;  // while the canaries were living: their texts are sealed then too
  RawScan after;
  std::vector<std::string> unreadable;  // files
  std::string problem;                  // of the check as a whole

  int64_t findings() const;
  Verdict verdict() const;
};

// Leaves no canary behind unless an erasure cannot be finished; the next call then does. One check
// at a time. Errors: kNotFound for an unknown store; kConflict while another check is under way;
// kInvalid for an `also` that is not there.
Result<ResidueReport> CheckResidue(const Subject& subject, const ResidueOptions& options);

// One JSON object without line breaks.
std::string ToJson(const ResidueReport& report);

}  // namespace oubli::doctor
