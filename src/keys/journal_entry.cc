#include "keys/journal_entry.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "crypto/checksum.h"
#include "crypto/running_checksum.h"
#include "keys/numbers.h"

namespace oubli::keys {
namespace {

constexpr std::string_view kFileMagic = "OUBLJRNL";
constexpr std::string_view kEntryMagic = "OUBLJENT";
constexpr uint32_t kJournalVersion = 1;
constexpr size_t kJournalVersionAt = 8;
constexpr size_t kFileChecksumAt = 32;
constexpr size_t kHeadChecksumAt = 96;

constexpr size_t kMaxNameSize = 255;
constexpr int64_t kMaxCounters = 65536;
constexpr int64_t kMaxSealedSize = int64_t{16} << 20;
constexpr int64_t kMaxBodySize = int64_t{1} << 40;
constexpr int64_t kMinCounterSize = 2 + 1 + 8;
constexpr size_t kPageHeadSize = 8 + 8 + 4;

// Of one reading from a file.
constexpr size_t kReadingSize = size_t{256} << 10;

int64_t GetSigned(std::string_view bytes, size_t at) {
  return static_cast<int64_t>(GetNumber(bytes, at, 8));
}

tl::unexpected<Error> FailMalformed() {
  return Fail(ErrorKind::kCorrupt, "an entry of the key journal is damaged");
}

std::string EncodeHead(const JournalHead& head) {
  std::string out(kEntryMagic);
  AppendNumber(out, kJournalVersion, 4);
  AppendNumber(out, static_cast<uint32_t>(head.kind), 4);
  AppendNumber(out, static_cast<uint64_t>(head.body_bytes), 8);
  out += head.identity;
  out += head.lineage;
  AppendNumber(out, static_cast<uint64_t>(head.from_generation), 8);
  AppendNumber(out, static_cast<uint64_t>(head.generation), 8);
  AppendNumber(out, static_cast<uint64_t>(head.time_ms), 8);
  AppendNumber(out, static_cast<uint64_t>(head.counter_count), 4);
  AppendNumber(out, 0, 4);
  AppendNumber(out, static_cast<uint64_t>(head.page_count), 8);
  out += crypto::Checksum(out);
  return out;
}

// What holds of every head, whoever made it.
bool IsSound(const JournalHead& head) {
  if (head.generation < 1 || head.from_generation < 0) return false;
  if (head.counter_count < 0 || head.counter_count > kMaxCounters) return false;
  if (head.body_bytes < 0 || head.body_bytes > kMaxBodySize) return false;
  if (head.page_count < 0 ||
      head.page_count > head.body_bytes / static_cast<int64_t>(kPageHeadSize)) {
    return false;
  }
  const int64_t least =
      head.counter_count * kMinCounterSize + head.page_count * static_cast<int64_t>(kPageHeadSize);
  if (head.body_bytes < least) return false;
  switch (head.kind) {
    case JournalEntryKind::kRotation:
      return head.page_count > 0 && head.from_generation == head.generation - 1;
    case JournalEntryKind::kFull:
      return head.page_count > 0 && head.from_generation <= head.generation;
    case JournalEntryKind::kCounters:
      return head.page_count == 0 && head.from_generation == head.generation;
  }
  return false;
}

JournalEntryKind KindOf(const JournalEntry& entry) {
  if (entry.full) return JournalEntryKind::kFull;
  return entry.generation == entry.from_generation ? JournalEntryKind::kCounters
                                                   : JournalEntryKind::kRotation;
}

}  // namespace

int64_t JournalHead::Size() const {
  const int64_t bytes = ChecksumAt() + static_cast<int64_t>(crypto::kChecksumSize);
  return (bytes + kJournalBlock - 1) / kJournalBlock * kJournalBlock;
}

JournalEntryWriter::JournalEntryWriter(std::string_view identity, const JournalEntry& entry) {
  head_.kind = KindOf(entry);
  head_.identity = identity;
  head_.lineage = entry.lineage;
  head_.from_generation = entry.from_generation;
  head_.generation = entry.generation;
  head_.time_ms = entry.time_ms;
  head_.counter_count = static_cast<int64_t>(entry.counters.size());
  if (identity.size() != kIdentitySize || entry.lineage.size() != kLineageSize) {
    error_ = Fail(ErrorKind::kInvalid, "a store's identity or lineage has a wrong size");
  }
  bytes_.assign(kJournalHeadSize, '\0');
  for (const auto& [name, value] : entry.counters) {
    if (name.empty() || name.size() > kMaxNameSize) {
      error_ = Fail(ErrorKind::kInvalid, "a counter's name has a wrong size");
    }
    AppendNumber(bytes_, name.size(), 2);
    bytes_ += name;
    AppendNumber(bytes_, static_cast<uint64_t>(value), 8);
  }
}

void JournalEntryWriter::Add(PageId page, int64_t version, std::string_view sealed) {
  if (page <= last_page_) {
    error_ = Fail(ErrorKind::kInvalid, "pages of a journal entry do not ascend");
  }
  if (sealed.size() > static_cast<size_t>(kMaxSealedSize)) {
    error_ = Fail(ErrorKind::kInvalid, "a page of a journal entry is too large");
  }
  if (!error_) return;
  last_page_ = page;
  ++head_.page_count;
  AppendNumber(bytes_, static_cast<uint64_t>(page), 8);
  AppendNumber(bytes_, static_cast<uint64_t>(version), 8);
  AppendNumber(bytes_, sealed.size(), 4);
  bytes_ += sealed;
}

Result<std::string> JournalEntryWriter::Finish() {
  OUBLI_TRY(error_);
  head_.body_bytes = static_cast<int64_t>(bytes_.size() - kJournalHeadSize);
  if (!IsSound(head_) || (head_.page_count > 0 && last_page_ != kRootPage)) {
    return Fail(ErrorKind::kInvalid, "a journal entry is of no known kind, or lacks its root page");
  }
  const std::string head = EncodeHead(head_);
  OUBLI_CHECK(head.size() == kJournalHeadSize);
  bytes_.replace(0, head.size(), head);
  bytes_ += crypto::Checksum(bytes_);
  bytes_.resize(static_cast<size_t>(head_.Size()), '\0');
  return std::move(bytes_);
}

Result<std::string> EncodeEntry(std::string_view identity, const JournalEntry& entry) {
  std::vector<const JournalPage*> pages;
  pages.reserve(entry.pages.size());
  for (const JournalPage& page : entry.pages) pages.push_back(&page);
  std::sort(pages.begin(), pages.end(),
            [](const JournalPage* a, const JournalPage* b) { return a->page < b->page; });
  JournalEntryWriter writer(identity, entry);
  for (const JournalPage* page : pages) writer.Add(page->page, page->version, page->sealed);
  return writer.Finish();
}

bool MayBeHead(std::string_view bytes) { return bytes.starts_with(kEntryMagic); }

Result<JournalHead> DecodeHead(std::string_view bytes) {
  if (bytes.size() < kJournalHeadSize || !bytes.starts_with(kEntryMagic)) return FailMalformed();
  JournalHead head;
  head.checksum = bytes.substr(kHeadChecksumAt, crypto::kChecksumSize);
  if (crypto::Checksum(bytes.substr(0, kHeadChecksumAt)) != head.checksum) return FailMalformed();
  if (GetNumber(bytes, kJournalVersionAt, 4) != kJournalVersion) {
    return Fail(ErrorKind::kUnavailable,
                "the key journal was written by a newer version of Oubli; use that version");
  }
  head.kind = static_cast<JournalEntryKind>(GetNumber(bytes, 12, 4));
  head.body_bytes = GetSigned(bytes, 16);
  head.identity = bytes.substr(24, kIdentitySize);
  head.lineage = bytes.substr(40, kLineageSize);
  head.from_generation = GetSigned(bytes, 56);
  head.generation = GetSigned(bytes, 64);
  head.time_ms = GetSigned(bytes, 72);
  head.counter_count = static_cast<int64_t>(GetNumber(bytes, 80, 4));
  head.page_count = GetSigned(bytes, 88);
  if (!IsSound(head)) return FailMalformed();
  return head;
}

Result<JournalEntry> DecodeEntry(std::string_view identity, std::string_view bytes) {
  OUBLI_TRY_ASSIGN(const JournalHead head, DecodeHead(bytes));
  if (head.identity != identity || head.Size() != static_cast<int64_t>(bytes.size())) {
    return FailMalformed();
  }
  const JournalBody::Read read = [bytes](int64_t offset, size_t size) {
    return std::string(bytes.substr(static_cast<size_t>(offset), size));
  };
  OUBLI_TRY_ASSIGN(const bool whole, IsWholeEntry(head, read));
  const size_t end = static_cast<size_t>(head.ChecksumAt()) + crypto::kChecksumSize;
  if (!whole || bytes.find_first_not_of('\0', end) != std::string_view::npos) {
    return FailMalformed();
  }
  JournalEntry entry{head.lineage,
                     head.from_generation,
                     head.generation,
                     head.kind == JournalEntryKind::kFull,
                     head.time_ms,
                     {},
                     {}};
  JournalBody body(head, read);
  OUBLI_TRY_ASSIGN(entry.counters, body.Counters());
  while (true) {
    OUBLI_TRY_ASSIGN(std::optional<JournalPage> page, body.NextPage());
    if (!page) return entry;
    entry.pages.push_back(std::move(*page));
  }
}

std::string EncodeFileHeader(std::string_view identity) {
  OUBLI_CHECK(identity.size() == kIdentitySize);
  std::string out(kFileMagic);
  AppendNumber(out, kJournalVersion, 4);
  AppendNumber(out, static_cast<uint64_t>(kJournalBlock), 4);
  out += identity;
  out += crypto::Checksum(out);
  out.resize(static_cast<size_t>(kJournalBlock), '\0');
  return out;
}

Result<bool> IsFileHeader(std::string_view identity, std::string_view block) {
  if (block.size() < kFileChecksumAt + crypto::kChecksumSize || !block.starts_with(kFileMagic) ||
      crypto::Checksum(block.substr(0, kFileChecksumAt)) !=
          block.substr(kFileChecksumAt, crypto::kChecksumSize)) {
    return false;
  }
  if (GetNumber(block, kJournalVersionAt, 4) != kJournalVersion ||
      GetNumber(block, 12, 4) != static_cast<uint64_t>(kJournalBlock)) {
    return Fail(ErrorKind::kUnavailable,
                "the key journal was written by a newer version of Oubli; use that version");
  }
  if (block.substr(16, kIdentitySize) != identity) {
    return Fail(ErrorKind::kCorrupt, "the key journal is of another store than its name says");
  }
  return true;
}

JournalBody::JournalBody(const JournalHead& head, Read read)
    : read_(std::move(read)),
      end_(head.ChecksumAt()),
      position_(static_cast<int64_t>(kJournalHeadSize)),
      counter_count_(head.counter_count),
      pages_left_(head.page_count) {}

Result<std::string_view> JournalBody::Take(size_t count) {
  if (buffer_.size() - taken_ < count) {
    buffer_.erase(0, taken_);
    taken_ = 0;
    const size_t missing = count - buffer_.size();
    const int64_t left = end_ - position_;
    if (left < static_cast<int64_t>(missing)) return FailMalformed();
    const auto size =
        static_cast<size_t>(std::min(left, static_cast<int64_t>(std::max(missing, kReadingSize))));
    OUBLI_TRY_ASSIGN(const std::string piece, read_(position_, size));
    if (piece.size() < missing) return FailMalformed();
    position_ += static_cast<int64_t>(piece.size());
    buffer_ += piece;
  }
  const std::string_view taken = std::string_view(buffer_).substr(taken_, count);
  taken_ += count;
  return taken;
}

Result<JournalCounters> JournalBody::Counters() {
  if (counters_) return *counters_;
  JournalCounters counters;
  for (int64_t i = 0; i < counter_count_; ++i) {
    OUBLI_TRY_ASSIGN(const std::string_view size, Take(2));
    const auto name_size = static_cast<size_t>(GetNumber(size, 0, 2));
    if (name_size == 0 || name_size > kMaxNameSize) return FailMalformed();
    OUBLI_TRY_ASSIGN(const std::string_view counter, Take(name_size + 8));
    counters.emplace_back(counter.substr(0, name_size), GetSigned(counter, name_size));
  }
  counters_ = counters;
  return counters;
}

Result<std::optional<JournalPage>> JournalBody::NextPage() {
  if (!counters_) OUBLI_TRY(Counters());
  if (pages_left_ == 0) {
    const bool at_end = position_ == end_ && taken_ == buffer_.size();
    if (!at_end || (last_page_ != -1 && last_page_ != kRootPage)) return FailMalformed();
    return std::nullopt;
  }
  OUBLI_TRY_ASSIGN(const std::string_view head, Take(kPageHeadSize));
  JournalPage page;
  page.page = GetSigned(head, 0);
  page.version = GetSigned(head, 8);
  const auto size = static_cast<size_t>(GetNumber(head, 16, 4));
  if (page.page <= last_page_ || size > static_cast<size_t>(kMaxSealedSize)) {
    return FailMalformed();
  }
  OUBLI_TRY_ASSIGN(page.sealed, Take(size));
  last_page_ = page.page;
  --pages_left_;
  return page;
}

Result<bool> IsWholeEntry(const JournalHead& head, const JournalBody::Read& read) {
  crypto::RunningChecksum sum;
  int64_t position = 0;
  while (position < head.ChecksumAt()) {
    const int64_t size = std::min(head.ChecksumAt() - position, static_cast<int64_t>(kReadingSize));
    OUBLI_TRY_ASSIGN(const std::string piece, read(position, static_cast<size_t>(size)));
    if (static_cast<int64_t>(piece.size()) != size) return false;
    sum.Add(piece);
    position += size;
  }
  OUBLI_TRY_ASSIGN(const std::string stored, read(position, crypto::kChecksumSize));
  return stored == sum.Finish();
}

}  // namespace oubli::keys
