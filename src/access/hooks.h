// Webhooks: who wants to be told of what, and where. They lie in the server file beside the keys;
// destinations and headers may hold secrets and are sealed under the server's own key.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "access/server_file.h"
#include "base/clock.h"
#include "base/result.h"

namespace oubli::access {

using HookHeaders = std::vector<std::pair<std::string, std::string>>;  // in the order given

struct Hook {
  int64_t id = 0;
  int64_t store_number = 0;
  int64_t key_id = 0;     // of the API account that it belongs to
  std::string client_id;  // of the same
  std::string scope;      // "store/customer/deleted", "store/customer/*"
  std::string destination;
  std::optional<HookHeaders> headers;
  bool is_active = true;
  bool is_deactivated = false;  // by the server, not by its owner
  UnixMs created_at = 0;
  UnixMs updated_at = 0;
  int64_t after_no = 0;  // events up to it are older than the hook, or than its last activation
};

struct HookChange {
  std::optional<std::string> scope = {};
  std::optional<std::string> destination = {};
  std::optional<bool> is_active = {};
  std::optional<std::optional<HookHeaders>> headers = {};
};

// Something that the original sends a mail about.
struct HookEvent {
  int64_t no = 0;
  int64_t hook_id = 0;  // 0: not of one hook
  std::string kind;     // "deactivated", "domain_blocked"
  std::string reason;
  UnixMs at = 0;
};

// Safe from any thread. An account sees its own hooks alone. A hook whose account is gone does not
// exist.
class Hooks {
 public:
  static constexpr int64_t kMaxOfScope = 10;   // of one account
  static constexpr int64_t kMaxEvents = 1000;  // kept, of a store

  // Errors: kUnavailable, kCorrupt.
  static Result<std::unique_ptr<Hooks>> Open(ServerFile& file, const Clock& clock);

  // `last_event` says the number of the store's last event (customers/outbox.h); it is asked when
  // changes are being noted already. Errors: kTooMany, kConflict (the same destination for the same
  // scope), those of `last_event`.
  using LastEvent = std::function<Result<int64_t>()>;
  Result<Hook> Create(Hook hook, const LastEvent& last_event);
  // By id. Errors: kCorrupt, kUnavailable.
  Result<std::vector<Hook>> List(int64_t key_id);
  Result<std::vector<Hook>> ListOfStore(int64_t store_number);
  // Errors of these: kNotFound, also for another account's.
  Result<Hook> Find(int64_t key_id, int64_t id);
  Result<Hook> Update(int64_t key_id, int64_t id, const HookChange& change,
                      const LastEvent& last_event);
  Result<Hook> Remove(int64_t key_id, int64_t id);  // returns what it was

  // By the server: what fails for too long, and what has not been used since `used_before`.
  Status Deactivate(int64_t id, std::string_view reason);
  Status DeactivateUnused(UnixMs used_before);
  // That a delivery was taken. Written once a day.
  void NoteUsed(const Hook& hook);

  // Whom an account wants to be told; kept and shown, nobody is written to.
  Result<std::vector<std::string>> Emails(int64_t key_id);
  Status SetEmails(int64_t key_id, const std::vector<std::string>& emails);

  Status NoteEvent(int64_t store_number, int64_t hook_id, std::string_view kind,
                   std::string_view reason);
  Result<std::vector<HookEvent>> Events(int64_t store_number);  // the newest first

  // Whether a store has an active hook, kept up to date. For customers::Store::SetOutbox().
  std::shared_ptr<const std::atomic<bool>> ActiveFlag(int64_t store_number);
  // Goes up with every change of any hook.
  uint64_t version() const { return version_.load(); }
  // Reads again what keys have been revoked.
  void Refresh();

  // Tells the listener, when there is one, that a store has events. From any thread; it must not
  // block.
  void NoteOutbox(int64_t store_number);
  void SetListener(std::function<void(int64_t store_number)> listener);

 private:
  Hooks(ServerFile& file, const Clock& clock) : file_(file), clock_(clock) {}
  Status Reload();
  // Adds the stores that have no active hook any more.
  Status SetFlags(storage::Connection& connection, std::vector<int64_t>& ended);
  Result<std::vector<Hook>> Select(const char* sql, int64_t parameter);
  Result<Hook> FindIn(storage::Connection& connection, int64_t key_id, int64_t id);
  Result<Hook> HookOf(const storage::Statement& row);
  Status CheckRoom(storage::Connection& connection, const Hook& hook);
  Status Put(storage::Connection& connection, const Hook& hook, bool is_new);
  std::string TokenOf(const std::string& destination) const;
  std::atomic<bool>& FlagLocked(int64_t store_number);

  ServerFile& file_;
  const Clock& clock_;
  std::atomic<uint64_t> version_ = 1;
  std::mutex mutex_;  // of changes, and of flags_
  std::unordered_map<int64_t, std::shared_ptr<std::atomic<bool>>>
      flags_;  // by store; never removed
  std::mutex used_mutex_;
  std::unordered_map<int64_t, UnixMs> used_;  // by hook: what has been written
  std::mutex listener_mutex_;
  std::function<void(int64_t)> listener_;
};

}  // namespace oubli::access
