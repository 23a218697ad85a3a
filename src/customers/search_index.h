// The index in memory of one store's customers: what lists filter and sort by, for the answers that
// would otherwise have to open everybody. It is built at its first use, told of every commit, and
// dropped when nobody asks. It holds what the profiles say, so it forgets whom an erasure erases
// before that is answered.
//
// It only says where to look: who uses what it finds reads each row from a view of the store, and
// passes over what does not fit there. docs/decisions/009-search-index.md tells why this is enough.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "customers/change_log.h"
#include "customers/model.h"
#include "customers/search_indexes.h"
#include "search/query.h"
#include "search/table.h"

namespace oubli::customers {

class Store;

// The last name as the index sorts it, and the two names as it searches them.
std::string SearchedLastName(const Profile& profile);
std::string SearchedName(const Profile& profile);

// Safe from any thread.
class SearchIndex {
 public:
  // `store` outlives this, and is not asked for anything before Tell() or Find().
  SearchIndex(Store& store, const Clock& clock, std::shared_ptr<SearchIndexes> all);
  ~SearchIndex();

  // What was committed before the call is seen. Nothing when there is no index to ask and none soon
  // (it is too large, or a record does not open): then the caller goes through the store. The first
  // call starts the building and waits for it, but not for ever.
  std::optional<search::Found> Find(const search::Filter& filter, const search::Order& order,
                                    const search::Window& window);

  // For the writer (commit_watch.h): after the commit, before anybody is answered. What was erased
  // is overwritten when this returns. `certain` false: the commit may not have happened.
  void Tell(const std::vector<ChangeLog::Entry>& changes, bool certain);

  // For the thread of SearchIndexes: builds, reads changes in, drops what is not used.
  void Care();

  // As when it has not been used for long. For tests.
  void Drop();
  int64_t rows() const { return table_.rows(); }

 private:
  enum class State : uint8_t {
    kNone,
    kBuilding,  // or waiting for it
    kReady,
    kOutgrown,  // more has changed than is worth reading: to be dropped
    kRefused,   // until refused_until_ms_
  };

  bool WaitUntilReady();
  // Reads what has changed. False when that is not possible.
  bool CatchUp();
  void Build();
  // Ends early when what has been built was dropped since.
  Status BuildSlices(int64_t times_left);
  Result<std::vector<search::Change>> ReadNextSlice(int64_t after_id);
  Result<std::vector<search::Change>> ReadChanged(const std::vector<int64_t>& ids);
  Status ApplyChanged(const std::vector<int64_t>& ids);
  bool HasRoomForAll();
  void NoteBytes();
  void Leave(State state);  // REQUIRES: applying_ is held
  size_t MostUnread() const;

  Store& store_;
  const Clock& clock_;
  const std::shared_ptr<SearchIndexes> all_;
  search::Table table_;
  std::atomic<int64_t> last_used_ms_{0};
  std::atomic<int64_t> noted_bytes_{0};
  std::atomic<bool> closing_{false};

  std::mutex applying_;              // before mutex_: one thread reads and applies at a time
  std::mutex mutex_;                 // guards the rest
  std::condition_variable changed_;  // state_
  State state_ = State::kNone;
  int64_t refused_until_ms_ = 0;
  int64_t times_left_ = 0;       // how often what was there has been dropped
  std::vector<int64_t> unread_;  // customers that commits have changed since
};

}  // namespace oubli::customers
