#include "keys/journal_file.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"

namespace oubli::keys {
namespace {

constexpr int64_t kPieceBlocks = 64;

}  // namespace

std::string JournalPath(const std::string& folder, std::string_view identity) {
  const std::span bytes(reinterpret_cast<const uint8_t*>(identity.data()), identity.size());
  return fmt::format("{}/{}.journal", folder, HexEncode(bytes));
}

JournalFile::JournalFile(storage::File& file, std::string_view identity, int64_t size)
    : file_(&file), identity_(identity), size_(size), effort_left_(size * 4) {}

Result<JournalFile> JournalFile::Open(storage::File& file, std::string_view identity) {
  OUBLI_TRY_ASSIGN(const int64_t size, file.Size());
  return JournalFile(file, identity, size);
}

Result<bool> JournalFile::HasHeader() {
  OUBLI_TRY_ASSIGN(const std::string block, file_->ReadAt(0, kJournalBlock));
  return IsFileHeader(identity_, block);
}

Result<std::optional<PlacedHead>> JournalFile::HeadAt(int64_t position) {
  OUBLI_TRY_ASSIGN(const std::string bytes, file_->ReadAt(position, kJournalHeadSize));
  Result<JournalHead> head = DecodeHead(bytes);
  if (!head) {
    if (head.error().kind == ErrorKind::kCorrupt) return std::nullopt;
    return Fail(head.error());
  }
  if (head->identity != identity_ || head->Size() > size_ - position) return std::nullopt;
  return PlacedHead{position, std::move(*head)};
}

JournalBody::Read JournalFile::ReaderAt(int64_t position) {
  return [file = file_, position](int64_t offset, size_t size) {
    return file->ReadAt(position + offset, size);
  };
}

Result<bool> JournalFile::IsWhole(const PlacedHead& entry) {
  return IsWholeEntry(entry.head, ReaderAt(entry.position));
}

JournalBody JournalFile::Body(const PlacedHead& entry) {
  return JournalBody(entry.head, ReaderAt(entry.position));
}

Result<std::optional<PlacedHead>> JournalFile::WholeAt(int64_t position) {
  OUBLI_TRY_ASSIGN(auto entry, HeadAt(position));
  if (!entry) return std::nullopt;
  OUBLI_TRY_ASSIGN(const bool whole, IsWhole(*entry));
  if (whole) return entry;
  effort_left_ -= entry->head.Size();
  if (effort_left_ < 0) {
    return Fail(ErrorKind::kCorrupt, "the key journal is damaged beyond finding entries in it");
  }
  return std::nullopt;
}

Result<std::optional<PlacedHead>> JournalFile::WholeIn(int64_t first, int64_t count,
                                                       bool backwards) {
  OUBLI_TRY_ASSIGN(
      const std::string piece,
      file_->ReadAt(first * kJournalBlock, static_cast<size_t>(count * kJournalBlock)));
  for (int64_t i = 0; i < count; ++i) {
    const int64_t block = backwards ? count - 1 - i : i;
    const auto at = static_cast<size_t>(block * kJournalBlock);
    if (at >= piece.size() || !MayBeHead(std::string_view(piece).substr(at))) continue;
    OUBLI_TRY_ASSIGN(auto entry, WholeAt((first + block) * kJournalBlock));
    if (entry) return entry;
  }
  return std::nullopt;
}

Result<std::optional<PlacedHead>> JournalFile::FindNext(int64_t from) {
  // Mostly it lies there.
  OUBLI_TRY_ASSIGN(auto entry, WholeAt(from));
  if (entry) return entry;
  const int64_t blocks = (size_ + kJournalBlock - 1) / kJournalBlock;
  for (int64_t first = from / kJournalBlock + 1; first < blocks; first += kPieceBlocks) {
    OUBLI_TRY_ASSIGN(entry, WholeIn(first, std::min(kPieceBlocks, blocks - first), false));
    if (entry) return entry;
  }
  return std::nullopt;
}

Result<std::optional<PlacedHead>> JournalFile::FindLast() {
  const int64_t blocks = (size_ + kJournalBlock - 1) / kJournalBlock;
  for (int64_t end = blocks; end > 1;) {
    const int64_t first = std::max<int64_t>(1, end - kPieceBlocks);
    OUBLI_TRY_ASSIGN(auto entry, WholeIn(first, end - first, true));
    if (entry) return entry;
    end = first;
  }
  return std::nullopt;
}

Result<bool> JournalFile::IsZeroFrom(int64_t from) {
  for (int64_t at = from; at < size_; at += kPieceBlocks * kJournalBlock) {
    OUBLI_TRY_ASSIGN(const std::string piece, file_->ReadAt(at, kPieceBlocks * kJournalBlock));
    if (piece.find_first_not_of('\0') != std::string::npos) return false;
  }
  return true;
}

}  // namespace oubli::keys
