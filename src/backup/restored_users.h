// Users of loyalty accounts after a restore: nobody more than before it. For store_rebuild.cc
// alone.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "storage/database.h"

namespace oubli::backup {

// In a transaction on the store's file that is restored. `present`: the store's file in the data
// folder, or null. Who is not there any more, or has another key there, goes; the others keep only
// the permissions and campaigns that they have there too. Returns how many lost something. -1: what
// the data folder says cannot be read, so the users are left as they were in the backup.
Result<int64_t> WithdrawUsers(storage::Connection& restored, storage::Connection* present);

}  // namespace oubli::backup
