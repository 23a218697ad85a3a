// The seam behind which the keys of a store's records live: one data key an ordinal, and the keys
// of the store's blind indexes. The key tree implements it (key_tree.h).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

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
  // How many times everything has been erased, from 1. Owners of an earlier epoch are gone.
  virtual int64_t epoch() const = 0;
  // The keys of the blind indexes. The first makes and finds tokens; a second one finds those that
  // a reindex has not come to yet. Fresh ones in each epoch.
  virtual const std::vector<crypto::Key>& index_keys() const = 0;
  // The key of an ordinal whose head row this transaction sees. Errors: kNotFound when it has been
  // erased meanwhile, and then nobody may be shown the owner any more; kCorrupt, kUnavailable.
  virtual Result<crypto::Key> Find(Ordinal ordinal) = 0;
  // What Find() reads from now on is not kept in memory for others: for whoever goes over all
  // owners, which must neither fill the cache nor drive out of it what others need.
  virtual void ReadOnce() {}
};

// The same for the store's writer. What it changes holds when the transaction commits.
class KeyWriteSession : public KeySession {
 public:
  // A fresh random key for an ordinal that never had one.
  virtual crypto::Key Create(Ordinal ordinal) = 0;
  // Together with the deletion of the owner's head row.
  virtual void Erase(Ordinal ordinal) = 0;
  // The same for all owners, and fresh index keys, in time that does not depend on their number: an
  // erasure with an empty tree.
  virtual void EraseAll() = 0;
  // Puts a fresh index key in front of the present one; takes the old one away and rotates the
  // root, so that tokens in older copies die. REQUIRES: a reindex is not, or is, under way.
  virtual void StartReindex() = 0;
  virtual void EndReindex() = 0;
  // Of the last page of the tree that was written: what is older than the next erasure of all.
  virtual int64_t version() const = 0;
};

// Safe from any thread.
class DataKeys {
 public:
  virtual ~DataKeys() = default;
  // REQUIRES: the connection is inside a read transaction. Errors: kConflict when the snapshot is
  // of an older generation than the keys: a fresh one will do.
  virtual Result<std::unique_ptr<KeySession>> BeginRead(storage::Connection& connection) = 0;
  // REQUIRES: the caller is the store's writer, inside its transaction.
  virtual std::unique_ptr<KeyWriteSession> BeginWrite(storage::Connection& connection) = 0;
};

}  // namespace oubli::keys
