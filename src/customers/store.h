// An open store: its database, its one writer, its readers and its keys. Everything that reads or
// changes customers does so through a StoreView or a StoreTransaction of this.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "customers/change_log.h"
#include "customers/model.h"
#include "customers/search_indexes.h"
#include "customers/settings.h"
#include "keys/data_keys.h"
#include "keys/key_tree.h"
#include "storage/group_writer.h"
#include "storage/reader_pool.h"

namespace oubli::customers {

class CommitWatch;
class SearchIndex;

// One snapshot of a store. One thread at a time; keep it short. The repositories' functions take
// it.
class StoreView {
 public:
  StoreView(storage::Connection& connection, std::unique_ptr<keys::KeySession> keys, UnixMs now_ms,
            SearchIndex* search = nullptr)
      : connection_(connection), keys_(std::move(keys)), now_ms_(now_ms), search_(search) {}
  StoreView(StoreView&&) noexcept = default;
  StoreView& operator=(StoreView&&) = delete;

  storage::Connection& connection() { return connection_; }
  keys::KeySession& keys() { return *keys_; }
  UnixMs now_ms() const { return now_ms_; }
  // The store's index in memory; null where the server has none, and for a transaction, whose
  // changes no index has.
  SearchIndex* search() { return search_; }

  // The data key of an owner whose head was read from this view. The last ones asked for are kept:
  // a list reads its customers first and then what is attached to them. Errors: kNotFound when the
  // owner has been erased since this view began: it is to be passed over as if it were not there.
  Result<crypto::Key> KeyOf(const Head& owner);
  // For whoever goes over all customers: see KeySession::ReadOnce().
  void ReadOnce() { keys_->ReadOnce(); }

 private:
  storage::Connection& connection_;
  std::unique_ptr<keys::KeySession> keys_;
  UnixMs now_ms_;
  SearchIndex* search_;
  std::unordered_map<keys::Ordinal, crypto::Key> keys_of_;  // the last ones asked for
};

// A StoreView that may change the store. Only the store's writer makes one.
class StoreTransaction : public StoreView {
 public:
  // `noted` is set when an event has been noted; null where events are not wanted. `changes`: of
  // the store's writer; null where no index is to be told.
  StoreTransaction(storage::Connection& connection, std::unique_ptr<keys::KeyWriteSession> keys,
                   UnixMs now_ms, bool* noted = nullptr, ChangeLog* changes = nullptr)
      : StoreView(connection, std::move(keys), now_ms), noted_(noted), changes_(changes) {}

  keys::KeyWriteSession& keys() { return static_cast<keys::KeyWriteSession&>(StoreView::keys()); }
  // Whether changes are to be noted in the outbox (outbox.h).
  bool notes_events() const { return noted_ != nullptr; }
  void SetNoted() { *noted_ = true; }  // REQUIRES: notes_events()
  // For what is nobody's business: invented customers come and go without anybody being told.
  void MuteEvents() { noted_ = nullptr; }

  // For who writes head rows and profiles (heads.cc): the index is told with the commit.
  void Note(ChangeLog::What what, OwnerKind kind = OwnerKind::kCustomer, int64_t id = 0) {
    if (changes_ != nullptr && kind == OwnerKind::kCustomer) changes_->Add(what, id);
  }

 private:
  bool* noted_;
  ChangeLog* changes_;
};

// A StoreView together with the connection that it reads from.
class StoreReader {
 public:
  StoreReader(storage::ReadLease lease, std::unique_ptr<keys::KeySession> keys, UnixMs now_ms,
              SearchIndex* search)
      : lease_(std::move(lease)), view_(*lease_, std::move(keys), now_ms, search) {}
  StoreView& operator*() { return view_; }
  StoreView* operator->() { return &view_; }

 private:
  storage::ReadLease lease_;
  StoreView view_;
};

struct StoreOptions {
  int writer_cache_kib = 32 * 1024;  // at most; of database pages, in memory
  // What the server's list of stores knows the file by: random bytes that the file holds too. A
  // missing, empty or exchanged file must not pass for a store without customers, where every
  // delete succeeds. Empty: not checked.
  std::string identity = {};
  bool make_file = true;  // false: the file has been made before
  // Where the roots of the key trees and their journals lie.
  keys::KeyPlaces places = {};
  std::string vfs = {};                      // of SQLite, for tests; empty: the system's
  size_t key_cache_bytes = 8 * 1024 * 1024;  // at most; of key pages, in memory
  // Of all stores of a server; null: lists go through the store.
  std::shared_ptr<SearchIndexes> search = {};
};

// Safe from any thread.
class Store {
 public:
  // Opens or makes the store's database file `path`. Errors: kUnavailable, kCorrupt.
  static Result<std::shared_ptr<Store>> Open(const std::string& path, int64_t number,
                                             std::string handle, storage::WriterThreads& threads,
                                             const Clock& clock, const StoreOptions& options = {});
  ~Store();  // finishes what was submitted

  int64_t number() const { return number_; }  // in the server's list of stores
  const std::string& handle() const { return handle_; }

  // A snapshot of what is committed. Errors: kUnavailable, kCorrupt.
  Result<StoreReader> Read();

  // Runs `run(StoreTransaction&)`, which returns a Result<T> or Status, in the writer's turn
  // together with what else has arrived, and hands its outcome to `done` after the commit. When
  // `run` fails, nothing of what it did stays; when the commit fails, `done` gets kUnavailable.
  // `done` runs on a writer thread and must not block.
  template <class RunType, class DoneType>
  void Write(RunType run, DoneType done) {
    Submit<false, false>(std::move(run), std::move(done));
  }
  // The same for a `run` that refuses before it writes: see WriteCommand::ChecksBeforeWriting().
  template <class RunType, class DoneType>
  void WriteChecked(RunType run, DoneType done) {
    Submit<true, false>(std::move(run), std::move(done));
  }
  // The same for what erases: `done` is called when what was erased is gone for ever, after the
  // rotation of the root (also another one's that is under way), or gets kUnavailable, which
  // promises nothing. For erasure/.
  template <class RunType, class DoneType>
  void WriteErasing(RunType run, DoneType done) {
    Submit<true, true>(std::move(run), std::move(done));
  }

  // The same, waiting for the outcome. Not from a writer thread.
  template <class RunType>
  auto WriteAndWait(RunType run) -> std::invoke_result_t<RunType&, StoreTransaction&>;

  // A transaction's view, for work that the writer runs by itself (the sweep). REQUIRES: the
  // connection is the writer's and inside a write transaction.
  StoreTransaction Begin(storage::Connection& connection);

  // The settings as they are stored, without a look at the database. Only ChangeSetting() sets one.
  SettingValues& settings() { return settings_; }

  // While `wanted` is true changes are noted in the outbox, and `noted` is called after each commit
  // with such notes, on a writer thread. Before anybody writes.
  void SetOutbox(std::shared_ptr<const std::atomic<bool>> wanted, std::function<void()> noted) {
    outbox_wanted_ = std::move(wanted);
    outbox_noted_ = std::move(noted);
  }

  storage::GroupWriter& writer() { return *writer_; }
  keys::KeyTree& key_tree() { return *keys_; }
  storage::Database& database() { return *database_; }
  // Kept by erasure/: owners whose records wait to be swept, for the metric, and the last number
  // given in the sweep's list, 0 when it has not been read yet.
  std::atomic<int64_t>& sweep_backlog() { return sweep_backlog_; }
  std::atomic<int64_t>& sweep_number() { return sweep_number_; }

  // Finishes an erasure that a crash or a fault has left unfinished, and completes a key journal
  // that has fallen behind, when there is one and it is time to try. Returns at once. For the
  // maintenance thread; a store that is opened for something else touches no root slot.
  void FinishErasures();

  // Makes the key journals shorter when they have grown large. Now and then, for the same thread.
  void CompactJournals();

  // Moves the write-ahead log into the database file when it has grown large, or (`quiet`) to the
  // last byte. For the maintenance thread.
  Status Checkpoint(bool quiet);

 private:
  template <bool kChecked, bool kErases, class RunType, class DoneType>
  void Submit(RunType run, DoneType done);
  Status OpenKeys(storage::Connection& connection, const StoreOptions& options);

  Store(int64_t number, std::string handle, const Clock& clock);

  const int64_t number_;
  const std::string handle_;
  const Clock& clock_;
  SettingValues settings_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::ReaderPool> readers_;
  std::unique_ptr<keys::KeyTree> keys_;
  std::unique_ptr<SearchIndex> search_;  // this and the next: null without
  std::unique_ptr<CommitWatch> watch_;
  std::atomic<int64_t> sweep_backlog_{0};
  std::atomic<int64_t> sweep_number_{0};
  std::shared_ptr<const std::atomic<bool>> outbox_wanted_;
  std::function<void()> outbox_noted_;
  bool events_noted_ = false;                     // since the last commit; the writer's alone
  std::atomic<bool> finishing_{false};            // a command of FinishErasures() is on its way
  std::unique_ptr<storage::GroupWriter> writer_;  // last: its destructor finishes the work
};

// ---- implementation of the templates ----

template <bool kChecked, bool kErases, class RunType, class DoneType>
void Store::Submit(RunType run, DoneType done) {
  using Outcome = std::invoke_result_t<RunType&, StoreTransaction&>;
  class Command final : public storage::WriteCommand {
   public:
    Command(Store& store, RunType r, DoneType d)
        : store_(store), run_(std::move(r)), done_(std::move(d)) {}
    Status Run(storage::Connection& connection) override {
      StoreTransaction transaction = store_.Begin(connection);
      outcome_.emplace(run_(transaction));
      if (!*outcome_) return Fail(outcome_->error());
      return {};
    }
    bool ChecksBeforeWriting() const override { return kChecked; }
    bool Erases() const override { return kErases; }
    void Done(const Status& status) override {
      if (!status) {
        done_(Outcome(Fail(status.error())));
      } else {
        done_(std::move(*outcome_));
      }
    }

   private:
    Store& store_;
    RunType run_;
    DoneType done_;
    std::optional<Outcome> outcome_;
  };
  writer_->Submit(std::make_unique<Command>(*this, std::move(run), std::move(done)));
}

template <class RunType>
auto Store::WriteAndWait(RunType run) -> std::invoke_result_t<RunType&, StoreTransaction&> {
  using Outcome = std::invoke_result_t<RunType&, StoreTransaction&>;
  std::mutex mutex;
  std::condition_variable ready;
  std::optional<Outcome> result;
  Write(std::move(run), [&](Outcome outcome) {
    std::lock_guard lock(mutex);
    result.emplace(std::move(outcome));
    ready.notify_one();
  });
  std::unique_lock lock(mutex);
  ready.wait(lock, [&] { return result.has_value(); });
  return std::move(*result);
}

}  // namespace oubli::customers
