// The list of stores, and the stores that are open.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access/server_file.h"
#include "base/clock.h"
#include "base/result.h"
#include "customers/store.h"
#include "storage/group_writer.h"

namespace oubli::access {

struct StoreInfo {
  int64_t number = 0;  // counts stores from 1, never used twice; Hotcakes' storeId
  std::string handle;  // BigCommerce's store_hash, Sticky Street's account_id
  UnixMs created_at = 0;
};

// A handle is 1 to 63 of a-z, 0-9 and -, and begins with a letter or digit.
bool IsValidHandle(std::string_view handle);

// Safe from any thread. Stores open at first use and stay open until CloseIdle().
class Stores {
 public:
  // `on_open` is called once for each store that opens, before anybody else sees it; it must not
  // ask for the same store, and nobody may keep a weak_ptr to one: closing counts references.
  Stores(ServerFile& file, std::string data_dir, storage::WriterThreads& threads,
         const Clock& clock, std::function<void(const std::shared_ptr<customers::Store>&)> on_open,
         const customers::StoreOptions& options = {});
  ~Stores();

  // Also makes its file. When only that fails (kUnavailable) the store exists all the same, and its
  // file is made at its first use. Errors: kInvalid (handle), kConflict (taken), kUnavailable.
  Result<StoreInfo> Create(const std::string& handle);
  std::vector<StoreInfo> List();  // by number; empty when the server file cannot be read
  // Errors: kNotFound; kUnavailable or kCorrupt when the server file cannot be read.
  Result<StoreInfo> Find(std::string_view handle);
  Result<StoreInfo> Find(int64_t number);
  // Errors: kNotFound, kUnavailable, kCorrupt.
  Result<std::shared_ptr<customers::Store>> Open(int64_t number);
  std::vector<std::shared_ptr<customers::Store>> OpenStores();
  // Closes the stores that nobody has opened for `idle_ms`, except those that somebody holds a
  // reference to, that have a sweep backlog or an erasure that is not finished. With a slot away
  // all stores may have one: no more than `unfinished_kept` stay open for that alone, the others go
  // on with it when they are opened again.
  void CloseIdle(int64_t idle_ms, size_t unfinished_kept = kUnfinishedKept);
  static constexpr size_t kUnfinishedKept = 100;

  std::string PathOf(int64_t number) const;  // DIR/stores/NUMBER.db, of a store or not

 private:
  struct Entry {
    StoreInfo info;
    std::shared_ptr<customers::Store> store;  // null while closed
    int64_t last_used_ms = 0;                 // BootMs()
    // One thread opens or closes it without the mutex; the others wait. So a slow file holds up
    // nobody who wants another store, and no file is ever open twice.
    bool changing = false;
  };
  Status NoteFileMade(int64_t number);
  Status LoadLocked();  // the list, once
  void AddLocked(const StoreInfo& info);
  Result<std::shared_ptr<customers::Store>> OpenFile(const StoreInfo& info);

  ServerFile& file_;
  const std::string data_dir_;
  storage::WriterThreads& threads_;
  const Clock& clock_;
  const customers::StoreOptions options_;
  const std::function<void(const std::shared_ptr<customers::Store>&)> on_open_;
  std::mutex mutex_;
  std::condition_variable changed_;  // some entry's `changing` has ended
  bool loaded_ = false;
  std::unordered_map<int64_t, Entry> entries_;        // entries are never removed
  std::unordered_map<std::string, int64_t> numbers_;  // by handle
};

}  // namespace oubli::access
