// What the server does for its stores when nobody asks: it moves write-ahead logs into the files,
// finishes sweeps and erasures that an earlier process began, closes idle stores, and looks at the
// windows.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "access/stores.h"
#include "access/windows.h"
#include "base/clock.h"

namespace oubli::server {

// Two threads of its own. Outlived by stores and windows.
class Maintenance {
 public:
  struct Options {
    int64_t store_idle_ms = 300'000;
    int64_t quiet_ms = 1000;  // without a commit; then the log is cut to nothing
    int64_t tick_ms = 200;
    // While the stores are opened one after another at start, no more than so many stay open
    // unused.
    size_t open_at_start = 64;
  };

  Maintenance(access::Stores& stores, access::Windows& windows, const Clock& clock, Options options)
      : stores_(stores), windows_(windows), clock_(clock), options_(options) {}
  ~Maintenance();  // as Stop()

  void Start();
  void Stop();

  // One round, as the thread does every tick_ms. For tests; not while the threads run.
  void Tick();

 private:
  struct LogState {
    int64_t bytes = 0;
    int64_t since_ms = 0;            // BootMs() at which the log had another length last
    bool truncated = false;          // and not one byte since
    bool seen = false;               // in this round
    bool removals_finished = false;  // those that an earlier process had begun
  };

  void Run();
  void OpenAll();
  void LookAtWindows();
  void LookAtJournals();
  void FinishRemovals(customers::Store& store, LogState& state);
  void CareForLog(customers::Store& store, LogState& state);
  bool WaitUnlessStopping(int64_t ms);  // true when it stops

  access::Stores& stores_;
  access::Windows& windows_;
  const Clock& clock_;
  const Options options_;
  std::unordered_map<int64_t, LogState> logs_;  // by store number, of the open ones
  int64_t windows_seen_ms_ = 0;
  int64_t journals_seen_ms_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread ticking_;
  std::thread opening_;
};

}  // namespace oubli::server
