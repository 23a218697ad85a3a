// The seam behind which the keys of a store's records live: one data key an ordinal, and the
// store's index key. The plain key table implements it (key_table.h); a key tree can take its
// place.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/key.h"
#include "storage/database.h"

namespace oubli::keys {

// Counts owners of personal data in a store, from 1; never used twice.
using Ordinal = int64_t;

struct NewKey {
  crypto::Key key;
  std::string stored;  // goes into the owner's head row; of no use without this module
};

// The keys as one transaction sees them, so that keys and rows change together. One thread at a
// time; ends before its connection's transaction does.
class KeySession {
 public:
  virtual ~KeySession() = default;
  // How many times everything has been erased. Owners of an earlier epoch are gone.
  virtual int64_t epoch() const = 0;
  // The key of the blind indexes; a fresh one in each epoch.
  virtual const crypto::Key& index_key() const = 0;
  // `stored` is what Create() gave for the owner's head row. Errors: kNotFound when there is no key
  // (any more), kCorrupt.
  virtual Result<crypto::Key> Find(Ordinal ordinal, std::string_view stored) = 0;
  // A fresh random key for an ordinal that has none.
  virtual Result<NewKey> Create(Ordinal ordinal) = 0;
  // Together with the deletion of the owner's head row: after the commit nothing of ours opens that
  // owner's records.
  virtual Status Erase(Ordinal ordinal) = 0;
  // The same for all owners, and a fresh index key, in time that does not depend on their number:
  // an erasure with an empty tree.
  virtual Status EraseAll() = 0;
};

// Safe from any thread.
class DataKeys {
 public:
  virtual ~DataKeys() = default;
  // REQUIRES: the connection is inside a transaction.
  virtual Result<std::unique_ptr<KeySession>> Begin(storage::Connection& connection) const = 0;
};

}  // namespace oubli::keys
