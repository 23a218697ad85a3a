// The key tree of one store: the data keys of its owners in pages beside the rows, hanging from one
// root key that lies outside of the data folder. Erasing rotates the root, and the one before is
// destroyed: what earlier copies of the file hold of the erased is noise from then on.
//
// The protocol, with what each step closes, is told in docs/architecture.md; tests/model/ checks
// it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "keys/data_keys.h"
#include "keys/journal_entry.h"
#include "keys/live_keys.h"
#include "keys/pending_keys.h"
#include "keys/rotation.h"
#include "keys/tree_edit.h"
#include "keys/tree_rows.h"
#include "storage/commit_participant.h"

namespace oubli::keys {

// Where roots and journals lie, for all stores of a server.
struct KeyPlaces {
  std::shared_ptr<RootSlots> slots;
  std::shared_ptr<Journals> journals;
  // Asked before every erasure; an error refuses it: a slot that is known is not there.
  std::function<Status()> erasing_allowed = [] { return Status(); };
  RetryDelays retry = {};
};

struct KeyTreeOptions {
  std::string store_identity;  // 16 bytes
  KeyPlaces places;
  bool closed_in_order = true;  // by the process that had the store before
  size_t cache_bytes = 8 * 1024 * 1024;
  // Chosen by measurement: docs/decisions/005-fan-out.md. A tree keeps what it was made with.
  int leaf_keys = 60;
  int node_keys = 60;
  // The store's counters, for the journal: a restore continues above them.
  std::function<Result<std::vector<std::pair<std::string, int64_t>>>(storage::Connection&)>
      counters;
  const Clock* clock = nullptr;
};

// DataKeys are safe from any thread; the rest is for the store's writer.
class KeyTree final : public DataKeys, public storage::CommitParticipant {
 public:
  // Opens the tree, or makes it in a store that has none: then with a first root in every slot.
  // REQUIRES: `writer` is in no transaction. Errors: kCorrupt when no slot has the root that the
  // tree hangs from, kUnavailable.
  static Result<std::unique_ptr<KeyTree>> Open(storage::Connection& writer,
                                               LiveKeys::OpenReader open_reader,
                                               KeyTreeOptions options);

  Result<std::unique_ptr<KeySession>> BeginRead(storage::Connection& connection) override;
  std::unique_ptr<KeyWriteSession> BeginWrite(storage::Connection& connection) override;

  Status BeginGroup(storage::Connection& connection) override;
  Status BeginErasing(storage::Connection& connection) override;
  size_t Mark() const override { return pending_.Mark(); }
  void RollbackTo(size_t mark) override { pending_.RollbackTo(mark); }
  Status BeforeCommit(storage::Connection& connection) override;
  void Committed(bool erasing, std::function<void(const Status&)> finished) override;
  void RolledBack() override;
  void CommitUnclear() override;

  // True when a commit of an erasing group, even an empty one, is needed to finish what a crash or
  // a fault left unfinished, or to see that it left nothing. Safe from any thread, as are these:
  bool NeedsAttention() const;
  void RetryIfDue() { rotation_.RetryIfDue(); }
  bool erasure_pending() const { return rotation_.pending(); }
  // Of these two: the store must not be closed, and its log stays to tell the next process.
  bool HasUnfinishedWork() const { return erasure_pending() || NeedsAttention(); }
  int64_t generation() const { return live_.root()->generation; }
  // The committed root page, opened.
  std::shared_ptr<const TreeRoot> root() const { return live_.root(); }
  const std::string& store_identity() const { return options_.store_identity; }

  // Whether the journals should be started afresh. Looks at the devices; not for the writer.
  bool JournalsAreLarge() const;
  // Starts the journals afresh with one full entry. In a command of the writer, inside its
  // transaction; the devices do their work afterwards.
  Status CompactJournals(storage::Connection& connection);

  // Asks the journals, those that are not waited for too, whether they lead to the committed
  // generation. Returns at once; more than one time in 30 s it does nothing. For the maintenance
  // thread.
  void LookAtJournals();
  // True when that has found one that answers and does not: a commit with HealJournals() is needed.
  bool JournalsAreBehind() const;
  // Starts to append a full entry where that was so. In a command of the writer that erases: the
  // generation is certain then. The devices do their work afterwards; what one cannot do is found
  // by the next look.
  Status HealJournals(storage::Connection& connection);

  // One entry that makes the journals lead to the committed generation from any backup of an
  // earlier one: every page and the root. Of the first generation, which has none before it, the
  // root and those pages that lead from it to what a backup of that generation holds. REQUIRES:
  // `connection` is in a transaction or snapshot of the committed generation.
  Result<std::string> FullEntry(storage::Connection& connection);

 private:
  // And never above less than four times a full entry.
  static constexpr int64_t kCompactJournalsAbove = 64LL * 1024 * 1024;

  class ReadSession;
  class WriteSession;
  class Source;
  // What has been written in the transaction and is not committed yet.
  struct Written {
    std::shared_ptr<const TreeRoot> root;
    LiveKeys::Pages pages;
    int64_t version = 0;
    bool rotates = false;
    bool purges = false;
    bool grows = false;
    bool worn = false;
    crypto::Key root_key;
    std::string journal_entry;
    std::string counters_entry;  // without a rotation; empty: none is due
    int64_t created = 0;
  };

  // Paths of journals. The one that answers late may outlive the tree.
  struct Behind {
    std::mutex mutex;
    std::vector<std::string> paths;
  };

  KeyTree(LiveKeys::OpenReader open_reader, KeyTreeOptions options);
  Status Make(storage::Connection& writer);
  Status Load(const RootRow& row);
  Status MakeCertain(storage::Connection& connection);
  std::vector<crypto::Key> Candidates(std::string_view lineage, int64_t generation);
  Status WriteTree(storage::Connection& connection, EditedTree& tree, Written& written);
  Result<std::string> Entry(storage::Connection& connection, const TreeRoot& root,
                            JournalEntryKind kind, std::vector<JournalPage> pages);
  // Adds the pages that growing has made, those that are not in `pages` yet.
  static Status AddGrownPages(storage::Connection& connection, const TreeRoot& root,
                              std::vector<JournalPage>& pages);

  const KeyTreeOptions options_;
  LiveKeys live_;
  Rotation rotation_;
  // Touched by the writer alone.
  PendingKeys pending_;
  crypto::Key root_key_;
  int64_t version_ = 0;
  bool certain_ = false;                      // the committed generation cannot be lost any more
  bool stopped_ = false;                      // after a commit of unclear outcome
  bool worn_ = false;                         // some page should get a new key
  bool grown_ = false;                        // perhaps, since the last rotation
  int64_t created_ = 0;                       // since the journals were told of the counters
  bool took_root_ = false;                    // in this attempt
  std::vector<crypto::Key> attempted_roots_;  // of commits of unclear outcome
  std::optional<Written> written_;
  std::atomic<bool> attention_{false};
  std::atomic<int64_t> compact_above_{kCompactJournalsAbove};  // bytes of a journal
  std::atomic<int64_t> looked_at_journals_ms_;
  const std::shared_ptr<Behind> behind_ = std::make_shared<Behind>();
};

}  // namespace oubli::keys
