// One destination of the key journal: a folder with a file for each store, to which entries are
// appended durably. The format is told in journal_entry.h.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "keys/folder_id.h"
#include "keys/journal_file.h"
#include "storage/files.h"

namespace oubli::keys {

// Up to where a journal leads.
struct JournalTail {
  std::string lineage;
  int64_t generation = 0;

  bool operator==(const JournalTail&) const = default;
};

// Safe from any thread; what is asked for one store is done by one thread at a time, and every
// function may take as long as the device does: Journals (journals.h) adds order and deadlines.
// Nothing else may write in the folder meanwhile.
//
// A file begins with a full entry, and every entry behind it follows the one before or is full, so
// a journal without damage is complete from its beginning up to its tail. Where a crash has left a
// torn entry behind the last whole one, it is cut off before the next is appended.
//
// Errors of all functions: kUnavailable when the device does not do it, when the folder is not the
// one that it was any more (its disk has been exchanged or unmounted), or when the file is of a
// newer format; kCorrupt when an intact file of another store lies under the name of this one;
// kInvalid for an identity that cannot be. Their texts name the folder.
class JournalFolder {
 public:
  // `files` outlives every call, also one that hangs.
  JournalFolder(storage::Files& files, std::string folder);

  const std::string& path() const { return folder_; }

  // What the folder has been known by since it was set up: 32 hexadecimal digits. Errors: kNotFound
  // when nothing here has ever been set up.
  Result<std::string> Id();
  // Makes the folder, with a fresh id, durably; one that is there stays as it is. Nothing else
  // makes one, so that an unmounted disk is never taken for a new destination.
  Status SetUp();

  // Success: the entry is durable, or an entry that leads to the same generation of the same
  // lineage was there already and now is durable for certain. Otherwise it is there, or is not, or
  // is torn. `entry` comes from EncodeEntry(). Errors also kConflict, with nothing changed: the
  // entry does not follow the journal's tail, or there is no usable journal at all; a full entry of
  // the present generation heals that. A full one that is older than the tail is refused too. A
  // file in which no whole entry can be found is set aside as <identity>.journal.damaged when a
  // full entry comes.
  Status Append(std::string_view identity, std::string_view entry);
  // Whether the next entries would make the file longer. A look at what is known, which waits for
  // nothing: false while something is being done for the store.
  bool WantsRoom(std::string_view identity);
  // Writes zeros where the next entries go, durably: a sync that need not make a new length durable
  // takes about half the time. For a moment when nobody waits; what fails is only slower later.
  Status MakeRoom(std::string_view identity);
  // Replaces the store's journal by a new one that begins with this full entry: what lies in the
  // old one is in the new one or no longer wanted. A crash leaves the one or the other. Errors as
  // Append()'s.
  Status StartAfresh(std::string_view identity, std::string_view full_entry);

  // Nothing when there is no journal of the store, or no whole entry in it. What it says is
  // durable: it is made so when it is not known to be.
  Result<std::optional<JournalTail>> Tail(std::string_view identity);
  // Bytes of the journal up to its tail; 0 when there is none.
  Result<int64_t> Size(std::string_view identity);

 private:
  struct Store {
    std::mutex mutex;  // held during the work for the store
    bool known = false;
    bool has_file = false;
    bool has_header = false;
    bool has_remains = false;        // of a torn entry, behind the last whole one
    std::optional<PlacedHead> last;  // durable when `known`
    int64_t end = 0;                 // of it
    int64_t room = 0;                // zeros behind it, when `known`
  };
  using Opened = std::unique_ptr<storage::File>;

  std::shared_ptr<Store> StoreOf(std::string_view identity);
  template <class T>
  T Named(T outcome) const;
  // The store's file, or null when there is none, with `store` known.
  Result<Opened> OpenStore(std::string_view identity, Store& store);
  Status Learn(std::string_view identity, storage::File& file, Store& store);
  static Status Confirm(storage::File& file, const PlacedHead& entry);
  static bool IsAsKnown(storage::File& file, const Store& store);

  Status AppendTo(std::string_view identity, std::string_view entry);
  Status Write(std::string_view identity, std::string_view entry, const JournalHead& head,
               storage::File& file, Store& store);
  Status Replace(std::string_view identity, std::string_view entry, const JournalHead& head,
                 Store& store);

  storage::Files& files_;
  const std::string folder_;
  FolderId id_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Store>> stores_;  // guarded by mutex_
};

}  // namespace oubli::keys
