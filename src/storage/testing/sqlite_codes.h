// What SQLite is told of an operation on a simulated disk.
#pragma once

#include <sqlite3.h>

#include "base/result.h"
#include "storage/testing/simulated_disk.h"

namespace oubli::storage {

// Of a write: a full disk is an error of its own.
inline int CodeOfWrite(const Status& status) {
  if (status) return SQLITE_OK;
  return SimulatedDisk::IsNoSpace(status.error()) ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

}  // namespace oubli::storage
