// The data of a folder, opened by the one process that holds its lock.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "access/administrators.h"
#include "access/api_keys.h"
#include "access/hooks.h"
#include "access/key_custody.h"
#include "access/server_file.h"
#include "access/stores.h"
#include "access/windows.h"
#include "admin/commands.h"
#include "backup/backups.h"
#include "base/clock.h"
#include "base/result.h"
#include "doctor/subject.h"
#include "server/data_lock.h"
#include "storage/group_writer.h"

namespace oubli::server {

// Safe from any thread. Closing finishes what was submitted and frees the lock last.
class OpenedData {
 public:
  // Each store that opens gets its sweep. Errors: kUnavailable, kCorrupt.
  static Result<std::unique_ptr<OpenedData>> Open(DataLock lock, const std::string& data_dir,
                                                  int writer_threads, const Clock& clock,
                                                  customers::StoreOptions options = {},
                                                  const access::KeyCustodyOptions& custody = {});
  ~OpenedData();

  access::ServerFile& file() { return *file_; }
  access::KeyCustody& custody() { return *custody_; }
  access::ApiKeys& api_keys() { return *api_keys_; }
  access::Hooks& hooks() { return *hooks_; }
  access::Windows& windows() { return *windows_; }
  access::Stores& stores() { return *stores_; }
  access::Administrators& administrators() { return *administrators_; }
  admin::Services services() {
    return {*api_keys_,
            *stores_,
            *windows_,
            *custody_,
            backups_.get(),
            &*subject_,
            administrators_.get(),
            hooks_.get()};
  }

  // Where the server logs, for the residue check. Before commands run.
  void SetLogFile(const std::string& path) { subject_->log_file = path; }
  // Ends what commands examine early, so that nobody waits for it.
  void BeginStop() { stopping_ = true; }

 private:
  OpenedData(DataLock lock, int writer_threads)
      : lock_(std::move(lock)), threads_(writer_threads) {}

  // In the order in which they need each other; they go the other way round.
  DataLock lock_;
  storage::WriterThreads threads_;
  std::unique_ptr<access::ServerFile> file_;
  std::unique_ptr<access::KeyCustody> custody_;
  std::unique_ptr<access::Hooks> hooks_;  // before the keys, which tell it of revocations
  std::unique_ptr<access::ApiKeys> api_keys_;
  std::unique_ptr<access::Windows> windows_;
  std::unique_ptr<access::Administrators> administrators_;
  std::unique_ptr<access::Stores> stores_;
  std::unique_ptr<backup::Backups> backups_;
  std::optional<doctor::Subject> subject_;
  std::atomic<bool> stopping_{false};
};

}  // namespace oubli::server
