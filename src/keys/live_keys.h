// The keys of a store that are in memory: the committed root page, and pages below it in a cache of
// bounded size. Records are opened through this alone, so that what an erasure purges here is
// unreadable to everybody at once, whatever snapshot a reader holds.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "crypto/key.h"
#include "keys/data_keys.h"
#include "keys/key_page.h"
#include "keys/tree_root.h"
#include "storage/database.h"

namespace oubli::keys {

// What a snapshot of a generation needs besides data keys.
struct IndexKeys {
  int64_t generation = 0;
  int64_t epoch = 0;
  std::vector<crypto::Key> keys;  // as in TreeRoot
};

// Safe from any thread.
class LiveKeys {
 public:
  // `open_reader` gives the connection that cache misses read with, opened at the first one.
  using OpenReader = std::function<Result<std::unique_ptr<storage::Connection>>()>;
  LiveKeys(std::string store_identity, size_t cache_bytes, OpenReader open_reader);

  // ---- for readers ----

  // Nothing when that generation is not the committed one and not about to become it.
  std::optional<IndexKeys> IndexKeysOf(int64_t generation) const;
  // The data key of an ordinal that a snapshot of `epoch` shows as living. Errors: kNotFound when
  // it has been erased since, kCorrupt when it never had one, kUnavailable.
  // Pages that are read for kOnce make place for one another after a few.
  enum class Use { kAgain, kOnce };
  Result<crypto::Key> Find(Ordinal ordinal, int64_t epoch, Use use = Use::kAgain);

  // ---- for the store's writer ----

  std::shared_ptr<const TreeRoot> root() const;
  // A page of the committed tree; null where its parent knows none. REQUIRES: `connection` sees the
  // committed tree. Errors: kCorrupt, kUnavailable.
  Result<std::shared_ptr<const KeyPage>> Page(storage::Connection& connection, PageId page);
  // The key that a page is sealed with; nothing where there is no such page.
  Result<std::optional<crypto::Key>> KeyOfPage(storage::Connection& connection, PageId page);

  // Lets readers begin on the generation that is just being committed.
  void Announce(IndexKeys next);
  void WithdrawAnnouncement();
  using Pages = std::vector<std::pair<PageId, std::shared_ptr<const KeyPage>>>;
  // What was committed takes the place of what was here, erased keys included. `version` is the
  // last one that a page was written with. `purge_all`: no page of before counts any more.
  void Publish(std::shared_ptr<const TreeRoot> root, int64_t version, Pages pages, bool purge_all);

 private:
  struct Cached {
    std::shared_ptr<const KeyPage> page;
    std::list<PageId>::iterator place;
    bool once = false;  // nobody has used it but for kOnce
  };
  std::shared_ptr<const KeyPage> LookUp(PageId page, int64_t generation, Use use);
  void InsertLocked(PageId id, std::shared_ptr<const KeyPage> page);
  void DropLocked(PageId id);
  void NoteOnceLocked(PageId id);
  // What was published at one moment.
  struct Published {
    std::shared_ptr<const TreeRoot> root;
    int64_t version = 0;
  };
  Published published() const;
  // Not when more has been published since the page was read: the writer takes pages from here, and
  // what an older version lacks would be lost with its next one.
  void Insert(PageId id, std::shared_ptr<const KeyPage> page, const Published& read_in, Use use);
  Result<std::optional<crypto::Key>> KeyOfPage(storage::Connection& connection, PageId page,
                                               const Published& tree, Use use);
  Result<std::shared_ptr<const KeyPage>> Page(storage::Connection& connection, PageId page,
                                              const Published& tree, Use use);
  struct Loaded {
    std::shared_ptr<const KeyPage> page = {};  // null: there is none
    bool is_last_word = false;  // else what is committed and what is published are not the same
  };
  // Reads the leaf from the database.
  Result<Loaded> LoadLeaf(Ordinal ordinal, Use use);

  const std::string store_identity_;
  const size_t cache_bytes_;
  const OpenReader open_reader_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TreeRoot> root_;
  int64_t version_ = 0;
  std::optional<IndexKeys> announced_;
  std::unordered_map<PageId, Cached> pages_;
  std::list<PageId> used_;  // the latest used in front
  std::list<PageId> once_;  // read for kOnce, the latest in front; some may be gone or kept by now
  size_t bytes_ = 0;
  std::mutex loading_;  // before mutex_
  std::unique_ptr<storage::Connection> reader_;
};

}  // namespace oubli::keys
