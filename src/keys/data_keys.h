// The seam behind which the keys of a store's records live: one data key an ordinal, and the
// store's index key. The plain key table implements it (key_table.h); a key tree can take its
// place.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "crypto/key.h"
#include "storage/database.h"

namespace oubli::keys {

// Counts owners of personal data in a store, from 1; never used twice.
using Ordinal = int64_t;

// The keys as one transaction sees them, so that keys and rows change together. One thread at a
// time; ends before its connection's transaction does.
class KeySession {
 public:
  virtual ~KeySession() = default;
  // How many times everything has been erased. Owners of an earlier epoch are gone.
  virtual int64_t epoch() const = 0;
  // The key of the blind indexes; a fresh one in each epoch.
  virtual const crypto::Key& index_key() const = 0;
  // Errors: kNotFound when there is none (any more).
  virtual Result<crypto::Key> Find(Ordinal ordinal) = 0;
  // A fresh random key for an ordinal that has none.
  virtual Result<crypto::Key> Create(Ordinal ordinal) = 0;
  // After the commit nothing of ours opens that owner's records.
  virtual Status Erase(Ordinal ordinal) = 0;
  // The same for all owners, and a fresh index key, in time that does not depend on their number:
  // an erasure with an empty tree. What remains is noise that Sweep() removes.
  virtual Status EraseAll() = 0;
  // Removes what EraseAll() left of ordinals below `floor`, at most `max_rows` rows; true when more
  // is left.
  virtual Result<bool> Sweep(Ordinal floor, int64_t max_rows) = 0;
};

// Safe from any thread.
class DataKeys {
 public:
  virtual ~DataKeys() = default;
  // REQUIRES: the connection is inside a transaction.
  virtual Result<std::unique_ptr<KeySession>> Begin(storage::Connection& connection) const = 0;
};

}  // namespace oubli::keys
