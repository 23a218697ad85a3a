// Entries of the key journal, and their bytes.
//
// A journal is one file a store in each destination folder, <identity>.journal, the identity in 32
// hexadecimal digits. It consists of blocks of 4096 bytes: block 0 is the file's header, and every
// entry begins at a block of its own, so that no write touches a block of an entry that is durable
// already. All numbers are little-endian.
//
//   offset  bytes  the file's header
//        0      8  "OUBLJRNL"
//        8      4  format version: 1
//       12      4  size of a block: 4096
//       16     16  identity of the store
//       32     32  BLAKE2b-256 of bytes 0 to 31
//       64   4032  zero
//
//   offset  bytes  an entry
//        0      8  "OUBLJENT"
//        8      4  format version: 1
//       12      4  kind: 1 rotation, 2 full, 3 counters
//       16      8  b: bytes of counters and pages together
//       24     16  identity of the store
//       40     16  lineage
//       56      8  generation from which it leads
//       64      8  generation to which it leads
//       72      8  time of the change, in milliseconds since 1970-01-01 UTC
//       80      4  number of counters
//       84      4  zero
//       88      8  number of pages
//       96     32  BLAKE2b-256 of bytes 0 to 95: the entry's head is known to be one without its
//                  body, and the lengths in it can be trusted
//      128      …  the counters: 2 bytes length of the name (1 to 255), name, 8 bytes value
//        …      …  the pages, in ascending order, so the root page comes last: 8 bytes page, 8
//        bytes
//                  version, 4 bytes length, sealed bytes
//  128 + b     32  BLAKE2b-256 of everything before it in the entry
//        …      …  zero, up to the end of the block
//
// Behind the last entry lie zeros that were written in advance. Magic, version and the head's
// checksum stay where they are in every version.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "keys/key_page.h"
#include "keys/root_slot.h"

namespace oubli::keys {

inline constexpr int64_t kJournalBlock = 4096;
inline constexpr size_t kJournalHeadSize = 128;

struct JournalPage {
  PageId page = 0;
  int64_t version = 0;
  std::string sealed;
};

using JournalCounters = std::vector<std::pair<std::string, int64_t>>;

// One of three kinds:
// * rotation: generation == from_generation + 1; the dirty pages and those that growing has made
//   since the rotation before, with the root page.
// * full: every page, with the root page; starts or heals a chain at `generation`. from_generation
//   is at most `generation`; it need not be in any journal. Of generation 1 only those pages that
//   growing has made, with the root page: the others are in every backup of that generation under
//   the keys that they still have, and there is none of an earlier one.
// * counters: generation == from_generation, no pages: "counters may have run up to these".
struct JournalEntry {
  std::string lineage;
  int64_t from_generation = 0;
  int64_t generation = 0;
  bool full = false;
  UnixMs time_ms = 0;
  JournalCounters counters = {};
  std::vector<JournalPage> pages = {};
};

enum class JournalEntryKind : uint32_t { kRotation = 1, kFull = 2, kCounters = 3 };

// What the first 128 bytes of an entry say.
struct JournalHead {
  JournalEntryKind kind = JournalEntryKind::kRotation;
  int64_t body_bytes = 0;
  std::string identity;
  std::string lineage;
  int64_t from_generation = 0;
  int64_t generation = 0;
  UnixMs time_ms = 0;
  int64_t counter_count = 0;
  int64_t page_count = 0;
  std::string checksum;  // of the head; in practice names the entry

  int64_t ChecksumAt() const { return static_cast<int64_t>(kJournalHeadSize) + body_bytes; }
  // Of the whole entry, in whole blocks.
  int64_t Size() const;
};

// Builds an entry's bytes page by page, for entries whose pages nobody wants to hold twice.
class JournalEntryWriter {
 public:
  // `entry.pages` is not looked at.
  JournalEntryWriter(std::string_view identity, const JournalEntry& entry);
  void Add(PageId page, int64_t version, std::string_view sealed);
  // Whole blocks, ready for JournalFolder::Append(). Errors: kInvalid for what is none of the three
  // kinds, pages that do not ascend, limits that are passed. REQUIRES: called once, and last.
  Result<std::string> Finish();

 private:
  Status error_;
  JournalHead head_;
  std::string bytes_;
  PageId last_page_ = -1;
};

// The same in one call; the pages may come in any order.
Result<std::string> EncodeEntry(std::string_view identity, const JournalEntry& entry);
// Errors: kCorrupt for bytes that are not exactly one whole entry of that store; kUnavailable for
// an entry of a newer format.
Result<JournalEntry> DecodeEntry(std::string_view identity, std::string_view bytes);

// Whatever the bytes are, a head that is returned has sizes that agree with each other and with
// what its kind asks for; `bytes` may be longer. Errors: as DecodeEntry(), but of any store.
Result<JournalHead> DecodeHead(std::string_view bytes);

// Whether an entry may begin with these bytes: a quick look, for those who search.
bool MayBeHead(std::string_view bytes);

std::string EncodeFileHeader(std::string_view identity);
// True for the header of that store's journal, false for one that is damaged or cut off. Errors:
// kCorrupt for an intact one of another store, kUnavailable for one of a newer format.
Result<bool> IsFileHeader(std::string_view identity, std::string_view block);

// The counters and pages of one entry, read when they are asked for, in pieces of bounded size.
// REQUIRES: the entry's checksum is right; for what is malformed all the same there are errors.
class JournalBody {
 public:
  // Reads `size` bytes from an offset of the entry, fewer only at the end of what there is.
  using Read = std::function<Result<std::string>(int64_t offset, size_t size)>;

  JournalBody(const JournalHead& head, Read read);
  // Errors: kCorrupt, and those of `read`.
  Result<JournalCounters> Counters();
  // Nothing behind the last page. Errors: as Counters().
  Result<std::optional<JournalPage>> NextPage();

 private:
  Result<std::string_view> Take(size_t count);

  const Read read_;
  const int64_t end_;
  int64_t position_;  // behind what is in `buffer_`
  std::string buffer_;
  size_t taken_ = 0;  // of `buffer_`
  const int64_t counter_count_;
  int64_t pages_left_;
  PageId last_page_ = -1;
  std::optional<JournalCounters> counters_;
};

// Whether the bytes that `read` gives have the checksum of the entry with that head. Reads in
// pieces. Errors: those of `read`.
Result<bool> IsWholeEntry(const JournalHead& head, const JournalBody::Read& read);

}  // namespace oubli::keys
