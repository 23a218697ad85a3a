// Reindexes each store on a schedule, and finishes reindexes that somebody has begun and left.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

#include "access/stores.h"
#include "base/clock.h"

namespace oubli::server {

// One thread of its own, one store at a time. Outlived by stores.
//
// When a store's last reindex ended stands in its file (or never: then its making counts). So that
// ten thousand stores at rest are not opened all the time, each is looked at once, one a tick, and
// then again when it is due; a reindex that stands still is noticed on stores that are open.
class ReindexSchedule {
 public:
  struct Options {
    int64_t days = 30;  // 0: only what has been begun is finished
    int64_t tick_ms = 1000;
    int64_t look_at_open_ms = 60'000;  // what has not moved for so long is left by whoever began it
  };

  ReindexSchedule(access::Stores& stores, const Clock& clock, Options options)
      : stores_(stores), clock_(clock), options_(options) {}
  ~ReindexSchedule() { Stop(); }

  void Start();
  void Stop();  // a reindex that is under way goes on at the next start

  // One round, as the thread does every tick_ms. For tests; not while the thread runs.
  void Tick();

 private:
  struct Entry {
    UnixMs made_at = 0;
    UnixMs look_at = 0;
    int64_t seen_done = -1;  // customers that an unfinished reindex had done at the last look
  };

  void LookAtOpen();
  void Look(int64_t number, Entry& entry);
  void Drive(customers::Store& store, Entry& entry);
  bool WaitUnlessStopping(int64_t ms);  // true when it stops

  access::Stores& stores_;
  const Clock& clock_;
  const Options options_;
  std::map<int64_t, Entry> entries_;  // by store number
  int64_t open_seen_ms_ = 0;          // BootMs(); 0: never
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace oubli::server
