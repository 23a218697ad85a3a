#include "keys/file_slot.h"

#include <fmt/core.h>

#include <cstring>
#include <span>
#include <utility>

#include "base/text.h"
#include "crypto/checksum.h"
#include "crypto/secret_hash.h"
#include "keys/numbers.h"

namespace oubli::keys {
namespace {

using storage::File;
using storage::OpenMode;

constexpr size_t kBlockSize = 4096;
constexpr size_t kFileSize = 2 * kBlockSize;
constexpr std::string_view kSlotMagic = "OUBLROOT";
constexpr uint32_t kSlotVersion = 1;
constexpr size_t kSlotVersionAt = 8;
constexpr size_t kIdentityAt = 16;
constexpr size_t kLineageAt = 32;
constexpr size_t kGenerationAt = 48;
constexpr size_t kRootAt = 64;
constexpr size_t kChecksumAt = kBlockSize - crypto::kChecksumSize;

// Bytes that may hold a key.
class SecretBytes {
 public:
  SecretBytes(std::string bytes) : bytes_(std::move(bytes)) {}
  ~SecretBytes() { crypto::Wipe(bytes_.data(), bytes_.size()); }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  std::string& operator*() { return bytes_; }
  std::string* operator->() { return &bytes_; }

 private:
  std::string bytes_;
};

void EncodeCell(std::string_view identity, const RootCell& cell, std::string& block) {
  block.replace(0, kSlotMagic.size(), kSlotMagic);
  PutNumber(block, kSlotVersionAt, kSlotVersion, 4);
  block.replace(kIdentityAt, kIdentitySize, identity);
  block.replace(kLineageAt, kLineageSize, cell.lineage);
  PutNumber(block, kGenerationAt, static_cast<uint64_t>(cell.generation), 8);
  std::memcpy(block.data() + kRootAt, cell.root.data(), crypto::Key::kSize);
  const std::string sum = crypto::Checksum(std::string_view(block).substr(0, kChecksumAt));
  block.replace(kChecksumAt, sum.size(), sum);
}

enum class BlockKind { kEmpty, kOfThisStore, kOfAnotherStore, kOfAnotherVersion };

// `block` may be short, where the file ends.
BlockKind KindOf(std::string_view block, std::string_view identity) {
  if (block.size() != kBlockSize || !block.starts_with(kSlotMagic)) return BlockKind::kEmpty;
  if (crypto::Checksum(block.substr(0, kChecksumAt)) != block.substr(kChecksumAt)) {
    return BlockKind::kEmpty;
  }
  if (GetNumber(block, kSlotVersionAt, 4) != kSlotVersion) return BlockKind::kOfAnotherVersion;
  if (block.substr(kIdentityAt, kIdentitySize) != identity) return BlockKind::kOfAnotherStore;
  return BlockKind::kOfThisStore;
}

tl::unexpected<Error> FailOtherVersion() {
  return Fail(ErrorKind::kCorrupt,
              "a root cell was written by a newer version of Oubli; use that version");
}

// REQUIRES: a block of this store.
std::optional<RootCell> DecodeCell(std::string_view block, size_t number) {
  RootCell cell;
  cell.generation = static_cast<int64_t>(GetNumber(block, kGenerationAt, 8));
  if (cell.generation < 1 || CellOf(cell.generation) != number) return std::nullopt;
  cell.lineage = block.substr(kLineageAt, kLineageSize);
  cell.root = crypto::Key::FromBytes(block.substr(kRootAt, crypto::Key::kSize));
  return cell;
}

Result<RootCells> ReadCells(File& file, std::string_view identity) {
  RootCells cells;
  for (size_t number = 0; number < cells.size(); ++number) {
    OUBLI_TRY_ASSIGN(SecretBytes block,
                     file.ReadAt(static_cast<int64_t>(number * kBlockSize), kBlockSize));
    const BlockKind kind = KindOf(*block, identity);
    if (kind == BlockKind::kOfAnotherVersion) return FailOtherVersion();
    if (kind == BlockKind::kOfThisStore) cells[number] = DecodeCell(*block, number);
  }
  return cells;
}

Status CheckMayOverwrite(File& file, int64_t offset, std::string_view identity) {
  OUBLI_TRY_ASSIGN(SecretBytes block, file.ReadAt(offset, kBlockSize));
  const BlockKind kind = KindOf(*block, identity);
  if (kind == BlockKind::kOfAnotherVersion) return FailOtherVersion();
  if (kind == BlockKind::kOfAnotherStore) {
    return Fail(ErrorKind::kCorrupt,
                "a file holds a root of another store than its name says; it is left as it is");
  }
  return {};
}

Status OverwriteDurably(File& file, int64_t offset, std::string_view bytes) {
  OUBLI_TRY(file.WriteAt(offset, bytes));
  OUBLI_TRY(file.Sync());
  OUBLI_TRY_ASSIGN(SecretBytes back, file.ReadBack(offset, bytes.size()));
  if (!crypto::ConstantTimeEqual(*back, bytes)) {
    return Fail(ErrorKind::kUnavailable, "a root cell reads back other bytes than were written");
  }
  return {};
}

}  // namespace

FileSlot::FileSlot(storage::Files& files, std::string folder)
    : files_(files),
      folder_(std::move(folder)),
      id_(files, folder_, "slot.id", "oubli root slot 1 ") {}

template <class T>
T FileSlot::Named(T outcome) const {
  if (!outcome) {
    outcome.error().text = fmt::format("root slot {}: {}", folder_, outcome.error().text);
  }
  return outcome;
}

Result<std::string> FileSlot::Id() { return Named(id_.Read()); }
Status FileSlot::SetUp() { return Named(id_.SetUp()); }
Result<RootCells> FileSlot::Read(std::string_view identity) { return Named(ReadStore(identity)); }
Status FileSlot::Write(std::string_view identity, const RootCell& cell) {
  return Named(WriteStore(identity, cell));
}
Status FileSlot::Forget(std::string_view identity) { return Named(ForgetStore(identity)); }

std::string FileSlot::PathOf(std::string_view identity) const {
  const std::span bytes(reinterpret_cast<const uint8_t*>(identity.data()), identity.size());
  return fmt::format("{}/{}.root", folder_, HexEncode(bytes));
}

Result<RootCells> FileSlot::ReadStore(std::string_view identity) {
  OUBLI_TRY(CheckIdentity(identity));
  OUBLI_TRY(id_.CheckStillThere());
  const auto file = files_.Open(PathOf(identity), OpenMode::kRead);
  if (file) return ReadCells(**file, identity);
  if (file.error().kind != ErrorKind::kNotFound) return Fail(file.error());
  return Fail(ErrorKind::kNotFound, "it holds nothing of this store");
}

Result<std::unique_ptr<File>> FileSlot::OpenOrMake(std::string_view identity) {
  const std::string path = PathOf(identity);
  auto file = files_.Open(path, OpenMode::kWrite);
  bool name_synced = false;
  if (file) {
    const std::lock_guard lock(mutex_);
    name_synced = name_synced_.contains(std::string(identity));
  } else if (file.error().kind == ErrorKind::kNotFound) {
    file = files_.Open(path, OpenMode::kCreate);
  }
  if (!file) return file;
  OUBLI_TRY_ASSIGN(const int64_t size, (*file)->Size());
  if (size < static_cast<int64_t>(kFileSize)) {
    const std::string zeros(kFileSize - static_cast<size_t>(size), '\0');
    OUBLI_TRY((*file)->WriteAt(size, zeros));  // synced with the cell that is written next
  }
  if (!name_synced) {
    OUBLI_TRY(files_.SyncFolder(folder_));
    const std::lock_guard lock(mutex_);
    name_synced_.emplace(identity);
  }
  return file;
}

Status FileSlot::WriteStore(std::string_view identity, const RootCell& cell) {
  OUBLI_TRY(CheckIdentity(identity));
  OUBLI_TRY(CheckCell(cell));
  OUBLI_TRY(id_.CheckStillThere());
  OUBLI_TRY_ASSIGN(const auto file, OpenOrMake(identity));
  const auto offset = static_cast<int64_t>(CellOf(cell.generation) * kBlockSize);
  OUBLI_TRY(CheckMayOverwrite(*file, offset, identity));
  SecretBytes block(std::string(kBlockSize, '\0'));
  EncodeCell(identity, cell, *block);
  return OverwriteDurably(*file, offset, *block);
}

Status FileSlot::ForgetStore(std::string_view identity) {
  OUBLI_TRY(CheckIdentity(identity));
  OUBLI_TRY(id_.CheckStillThere());
  const std::string path = PathOf(identity);
  {
    const auto file = files_.Open(path, OpenMode::kWrite);
    if (!file && file.error().kind == ErrorKind::kNotFound) return files_.SyncFolder(folder_);
    if (!file) return Fail(file.error());
    OUBLI_TRY(CheckMayOverwrite(**file, 0, identity));
    OUBLI_TRY(CheckMayOverwrite(**file, kBlockSize, identity));
    OUBLI_TRY(OverwriteDurably(**file, 0, std::string(kFileSize, '\0')));
  }
  {
    const std::lock_guard lock(mutex_);
    name_synced_.erase(std::string(identity));
  }
  OUBLI_TRY(files_.Remove(path));
  return files_.SyncFolder(folder_);
}

}  // namespace oubli::keys
