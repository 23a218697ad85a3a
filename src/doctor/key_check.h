// Whether a store's key tree, its cells in every root slot and its journals agree, and which
// backups its present root can still open.
#pragma once

#include <string>
#include <vector>

#include "backup/backup_set.h"
#include "customers/store.h"
#include "doctor/finding.h"
#include "doctor/subject.h"

namespace oubli::doctor {

// A set that lies in a folder of a journal destination.
struct FoundSet {
  std::string path;
  backup::Manifest manifest;
  bool other_device = false;  // than the data folder's
};
// The complete ones beside every known journal. One whose manifest cannot be read is a finding.
std::vector<FoundSet> FindBackupSets(const Subject& subject, Findings& findings);

struct BackupState {
  std::string path;
  std::string store;
  UnixMs time_ms = 0;
  bool other_device = false;
  bool opens = false;  // the present root can open it
  std::string why;     // not
};

// Errors: only when the subject says to stop.
Status CheckKeys(const Subject& subject, customers::Store& store, const std::vector<FoundSet>& sets,
                 Findings& findings, std::vector<BackupState>& backups);

}  // namespace oubli::doctor
