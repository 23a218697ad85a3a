#include "storage/reader_pool.h"

namespace oubli::storage {

ReadLease::~ReadLease() {
  if (!connection_) return;
  connection_->Rollback();
  pool_->Return(std::move(connection_));
}

Result<ReadLease> ReaderPool::Acquire() {
  std::unique_ptr<Connection> connection;
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!connection) {
    OUBLI_TRY_ASSIGN(connection, database_.OpenReader());
  }
  OUBLI_TRY(connection->BeginRead());
  return ReadLease(this, std::move(connection));
}

void ReaderPool::Return(std::unique_ptr<Connection> connection) {
  std::lock_guard lock(mutex_);
  if (idle_.size() < keep_) idle_.push_back(std::move(connection));
}

void ReaderPool::Drop() {
  std::lock_guard lock(mutex_);
  idle_.clear();
}

}  // namespace oubli::storage
