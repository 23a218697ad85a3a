// The server file (server.db): what spans stores and is nobody's personal data. One connection
// behind a mutex: these tables are small and change rarely; what is asked on every request is
// cached by its owner.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/key.h"
#include "storage/database.h"

namespace oubli::access {

// Safe from any thread.
class ServerFile {
 public:
  // Opens or makes DIR/server.db and DIR/server.key (32 random bytes, mode 0600), which seals the
  // secrets that have to be handed out or to sign again. A key that has another size, or is gone
  // while there are API accounts, is an error and never replaced. Errors: kUnavailable, kCorrupt.
  static Result<std::unique_ptr<ServerFile>> Open(const std::string& data_dir);
  ~ServerFile();

  // Runs `run` in one durable write transaction. Its error undoes everything. `run` must not call
  // this object again, and statements that it prepared must not outlive it.
  Status Write(const std::function<Status(storage::Connection&)>& run);
  // Runs `run` in one snapshot.
  Status Read(const std::function<Status(storage::Connection&)>& run);

  // See storage::Database::CopyTo().
  Status CopyTo(const std::string& path);

  const crypto::Key& sealing_key() const { return sealing_key_; }

 private:
  ServerFile() = default;
  std::mutex mutex_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::Connection> connection_;
  crypto::Key sealing_key_;
};

// The next number of a stored counter, from 1; none is ever given out twice. Inside a Write().
// Errors: kCorrupt when there is no such counter.
Result<int64_t> TakeNumber(storage::Connection& connection, std::string_view counter);

}  // namespace oubli::access
