// Reading the key journal of a store from its beginning: for restores, and to say which backups can
// still be opened.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "keys/journal_file.h"

namespace oubli::keys {

// Sees every whole entry, in order.
class ChainVisitor {
 public:
  virtual ~ChainVisitor() = default;
  // `body` is read when it is asked for, and is gone afterwards; its bytes have the right checksum.
  // An error ends the reading.
  virtual Status Visit(const JournalHead& head, JournalBody& body) = 0;
};

// Generations of one lineage that entries lead through without a gap.
struct JournalRun {
  std::string lineage;
  int64_t first = 0;  // leads on from here
  int64_t last = 0;   // to here
  // Of the full entries in it: each brings a backup that is as old or older up to its generation.
  // All lie in [first, last], in ascending order.
  std::vector<int64_t> full = {};
};

struct ChainFinding {
  enum Kind {
    kTornTail,       // a crash has cut off the last append; no loss, as nobody was told of success
    kDamaged,        // bytes between whole entries are none, or the file's header is damaged
    kGap,            // an entry leads on from another generation than the one before led to
    kHealedGap,      // the same, but it is a full one
    kLineageChange,  // after a restore
  };
  Kind kind = kTornTail;
  int64_t position = 0;  // in the file
  // Of a gap: to where the entry before leads, and from where the one behind leads on (a full one:
  // to where it leads).
  int64_t before = 0;
  int64_t after = 0;
};

struct ChainReport {
  std::vector<JournalRun> runs;        // in the order of the file
  std::vector<ChainFinding> findings;  // the same
  int64_t entries = 0;
  int64_t bytes = 0;  // up to the last whole entry's end

  bool Has(ChainFinding::Kind kind) const;
  // Errors: kCorrupt, which says where, for a chain that is damaged or has a gap that no full entry
  // heals.
  Status CheckSound() const;
};

// Holds one page at a time, whatever the size of the entries. Writes nothing, and looks for no id
// file: the journal may be a copy in an archive. An entry that is being appended meanwhile may seem
// torn. Errors: kNotFound when there is no journal of the store, kCorrupt and kUnavailable as
// JournalFolder's, and the visitor's. Damage is none of them: what is whole behind it is read.
Result<ChainReport> ReadChain(storage::Files& files, const std::string& folder,
                              std::string_view identity, ChainVisitor& visitor);
// Without looking into entries.
Result<ChainReport> ReadChain(storage::Files& files, const std::string& folder,
                              std::string_view identity);

// Whether a backup made at a generation can be brought up to exactly another one of the same
// lineage by the entries of these runs, which may come from several destinations. Errors:
// kConflict, which names the generations that are missing; kInvalid when the wanted one is before
// the backup's.
Status CheckCoverage(const std::vector<JournalRun>& runs, std::string_view lineage,
                     int64_t backup_generation, int64_t wanted_generation);

}  // namespace oubli::keys
