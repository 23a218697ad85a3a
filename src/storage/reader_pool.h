// Reading connections of one database, handed out one by one and kept for the next reader.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "storage/database.h"

namespace oubli::storage {

class ReaderPool;

// A connection inside a read transaction: one snapshot for as long as this lives. One thread at a
// time.
class ReadLease {
 public:
  ReadLease(ReaderPool* pool, std::unique_ptr<Connection> connection)
      : pool_(pool), connection_(std::move(connection)) {}
  ReadLease(ReadLease&&) noexcept = default;
  ReadLease& operator=(ReadLease&&) = delete;
  ~ReadLease();
  Connection& operator*() const { return *connection_; }
  Connection* operator->() const { return connection_.get(); }

 private:
  ReaderPool* pool_;
  std::unique_ptr<Connection> connection_;
};

// Safe from any thread; outlives its leases.
class ReaderPool {
 public:
  explicit ReaderPool(Database& database, size_t keep = 8) : database_(database), keep_(keep) {}
  // Errors: kUnavailable.
  Result<ReadLease> Acquire();
  // Closes the connections that nobody uses.
  void Drop();

 private:
  friend class ReadLease;
  void Return(std::unique_ptr<Connection> connection);

  Database& database_;
  const size_t keep_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace oubli::storage
