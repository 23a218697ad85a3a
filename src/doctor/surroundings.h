// What lies around the data: devices, file systems, swap, core dumps, file modes.
#pragma once

#include <string>

#include "doctor/finding.h"
#include "doctor/subject.h"

namespace oubli::doctor {

// Where the machine tells of itself; tests put other folders in place.
struct Machine {
  std::string proc = "/proc";
  std::string sys = "/sys";
};

void CheckSurroundings(const Subject& subject, const Machine& machine, Findings& findings);

// ---- its parts ----

void CheckPlaces(const Subject& subject, Findings& findings);  // of slots and journals
void CheckModes(const Subject& subject, Findings& findings);
void CheckMemory(const Machine& machine, Findings& findings);  // swap, core dumps, locked memory

// A file system by the number that statfs() gives.
struct FileSystem {
  std::string_view name;      // empty: nothing is to be said of it
  bool keeps_old = false;     // an overwritten block may stay where it was
  bool is_volatile = false;   // gone with the power
  bool is_elsewhere = false;  // over a network, or another program: syncs may promise too much
};
FileSystem FileSystemOf(uint64_t type);

}  // namespace oubli::doctor
