// What the search indexes of a server's stores share: the room that they may take, the thread that
// builds them, and the counts for the metrics.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace oubli::customers {

class SearchIndex;

struct SearchOptions {
  int64_t max_bytes = 512LL * 1024 * 1024;  // of all indexes together
  int64_t idle_ms = 600'000;                // unused so long, an index is dropped
  // Before an index that could not be had (no room, a damaged record) is tried again.
  int64_t refused_ms = 300'000;
  // So long a call waits for the building, before it goes through the store itself.
  std::chrono::milliseconds patience{10'000};
};

// Safe from any thread. Has no thread before the first index is asked for.
class SearchIndexes {
 public:
  explicit SearchIndexes(SearchOptions options) : options_(options) {}
  ~SearchIndexes();

  const SearchOptions& options() const { return options_; }

  // ---- for SearchIndex ----

  // Care() is called on the thread of this from then on, at each Wake() and every second.
  void Add(SearchIndex* index);
  void Remove(SearchIndex* index);  // returns when it is not being cared for
  void Wake();
  void AddBytes(int64_t difference) { bytes_ += difference; }
  int64_t room() const { return options_.max_bytes - bytes_; }
  void CountBuild() { ++builds_; }
  void CountAnswer(bool by_index) { ++(by_index ? answers_ : scans_); }

  // ---- for the metrics ----

  int64_t bytes() const { return bytes_; }
  int64_t builds() const { return builds_; }
  int64_t answers() const { return answers_; }  // lists that an index has answered
  int64_t scans() const { return scans_; }      // that could not be had from one

 private:
  void Run();

  const SearchOptions options_;
  std::atomic<int64_t> bytes_{0};
  std::atomic<int64_t> builds_{0};
  std::atomic<int64_t> answers_{0};
  std::atomic<int64_t> scans_{0};

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable cared_;
  std::vector<SearchIndex*> indexes_;
  SearchIndex* in_care_ = nullptr;
  bool woken_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace oubli::customers
