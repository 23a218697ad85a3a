// Who may do what after a restore: nobody more than before it. For restore.cc alone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/database.h"

namespace oubli::backup {

struct ListedAdministrator {
  int64_t id = 0;
  int64_t password_version = 0;
  std::string password_hash;
};

struct AccessFacts {
  std::map<std::string, int64_t> counters;  // of numbers that are given out, with the last one
  std::vector<int64_t> api_keys;            // ids, ascending
  // Nothing: a file of a version that had none.
  std::optional<std::vector<ListedAdministrator>> administrators;
};

Result<AccessFacts> ReadAccess(storage::Connection& server_file);

struct Withdrawn {
  int64_t api_keys = 0;
  int64_t administrators = 0;
};

// In a transaction on the server file that is restored. `present`: what the data folder said before
// the restore; null when that cannot be read. Windows and sessions are over; accounts and
// administrators that were gone stay so, and a password that was changed since stays changed.
// Numbers go on above all that were given out, `gap` further on where nobody knows them.
Result<Withdrawn> WithdrawAccess(storage::Connection& restored, const AccessFacts* present,
                                 int64_t gap);

}  // namespace oubli::backup
