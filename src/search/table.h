// A table of rows in memory, in chunks by id, which is asked while it is changed. It forgets a row
// at once, also one that is just being read to be put in.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "search/chunk.h"
#include "search/query.h"

namespace oubli::search {

// A row that owns its texts, which are overwritten when it dies; nothing in it: there is no such
// row any more.
struct Change {
  Change() = default;
  Change(Change&&) noexcept = default;
  Change& operator=(Change&&) noexcept = default;
  ~Change();
  Row AsRow() const;

  int64_t id = 0;
  bool is_there = false;
  int64_t created_at = 0, modified_at = 0, group_id = 0;
  std::string name, company, phone, ip_address;
  size_t last_name_at = 0;
};

// A shared mutex in which who waits for it alone goes first: the readers of Table::Find() take it
// again and again, and must not hold up an erasure.
class WriterFirstMutex {
 public:
  void lock() {
    ++waiting_;
    mutex_.lock();
    --waiting_;
  }
  void unlock() { mutex_.unlock(); }
  void lock_shared() {
    while (waiting_ > 0) std::this_thread::yield();
    mutex_.lock_shared();
  }
  void unlock_shared() { mutex_.unlock_shared(); }

 private:
  std::shared_mutex mutex_;
  std::atomic<int> waiting_{0};
};

// Safe from any thread.
class Table {
 public:
  // Each row that is there from the first moment to the last and does not change is seen once. Of
  // others, what they are at some moment.
  Found Find(const Filter& filter, const Order& order, const Window& asked) const;

  // Rows are read from somewhere and put in, in three steps:
  //   BeginReading, read them, Apply (any number of times), EndReading.
  // What is forgotten in between is not put in. One thread at a time.
  void BeginReading();
  // REQUIRES: `changes` are ascending by id, each id once.
  void Apply(const std::vector<Change>& changes);
  void EndReading();

  // The texts are overwritten when this returns. Waits for no more than a moment.
  void Forget(int64_t id);
  void Clear();

  int64_t rows() const { return rows_; }
  int64_t bytes() const { return bytes_; }

 private:
  using Chunks = std::vector<std::unique_ptr<Chunk>>;

  // Through the chunks with ids above (below) that one, until `visit(chunk, row)` says enough.
  // `row` is the first one above, or the one behind the last below.
  template <class Visit>
  void Forward(int64_t after_id, const Visit& visit) const;
  template <class Visit>
  void Backward(int64_t before_id, const Visit& visit) const;
  Found FindById(const Filter& filter, const Window& window) const;
  Found FindBeforeId(const Filter& filter, const Window& window) const;
  Found FindSorted(const Filter& filter, const Order& order, const Window& window) const;

  // The chunk that has, or would get, the row: chunks_.size() when there is none.
  size_t ChunkFor(int64_t id) const;
  // Puts changes[begin..] that belong into one chunk there; returns where those of the next begin.
  size_t ApplyToChunk(const std::vector<Change>& changes, size_t begin);
  void Replace(size_t at, const std::vector<Row>& rows, bool is_last);

  mutable WriterFirstMutex mutex_;
  Chunks chunks_;
  bool reading_ = false;
  bool forgot_all_ = false;                // since BeginReading()
  std::unordered_set<int64_t> forgotten_;  // since BeginReading()
  std::atomic<int64_t> rows_{0};
  std::atomic<int64_t> bytes_{0};
};

}  // namespace oubli::search
