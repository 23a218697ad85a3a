// Finding entries in the file of a key journal, whatever state crashes and damage have left it in.
// What is read is taken for nothing but bytes: no length in it is trusted before it was checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "keys/journal_entry.h"
#include "storage/files.h"

namespace oubli::keys {

std::string JournalPath(const std::string& folder, std::string_view identity);

// An entry and the offset of its first byte.
struct PlacedHead {
  int64_t position = 0;
  JournalHead head;

  int64_t End() const { return position + head.Size(); }
};

// Reads one store's file; used by one thread at a time. Errors of all functions: those of the file;
// kUnavailable for entries of a newer format; kCorrupt where looking for entries would take work
// out of all proportion to the file's size, as only a forged one asks for.
class JournalFile {
 public:
  // REQUIRES: `file` outlives this. The file does not shrink meanwhile.
  static Result<JournalFile> Open(storage::File& file, std::string_view identity);

  int64_t size() const { return size_; }
  Result<bool> HasHeader();  // errors also those of IsFileHeader()

  // The head of this store that begins at `position`, and whose entry does not reach beyond the
  // file's end. The entry's checksum is not looked at.
  Result<std::optional<PlacedHead>> HeadAt(int64_t position);
  Result<bool> IsWhole(const PlacedHead& entry);
  JournalBody Body(const PlacedHead& entry);

  // The first whole entry at `from`, or in a block behind it.
  Result<std::optional<PlacedHead>> FindNext(int64_t from);
  // The last whole entry. Takes as long as that entry and what follows it are large.
  Result<std::optional<PlacedHead>> FindLast();
  // Whether nothing but zeros lies from `from` to the end.
  Result<bool> IsZeroFrom(int64_t from);

 private:
  JournalFile(storage::File& file, std::string_view identity, int64_t size);
  // One piece of the file: blocks [first, first + count). Where a head may begin, asks for it
  // whole.
  Result<std::optional<PlacedHead>> WholeIn(int64_t first, int64_t count, bool backwards);
  Result<std::optional<PlacedHead>> WholeAt(int64_t position);
  JournalBody::Read ReaderAt(int64_t position);

  storage::File* file_;
  std::string identity_;
  int64_t size_;
  int64_t effort_left_;  // bytes of entries that may turn out not to be whole
};

}  // namespace oubli::keys
