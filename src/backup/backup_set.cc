#include "backup/backup_set.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/date_time.h"
#include "base/text.h"
#include "crypto/random.h"
#include "crypto/running_checksum.h"

namespace oubli::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnfinishedEnding = ".partial";
constexpr size_t kMeasuredAtOnce = size_t{1} << 20;
constexpr size_t kMaxSmallFile = size_t{64} << 20;

// A set's name as NewSetName() makes it, so that nothing else in the folder is ever touched.
bool IsSetName(std::string_view name) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd-dd-ddZ-xxxxxx";
  if (name.size() != kForm.size()) return false;
  for (size_t i = 0; i < kForm.size(); ++i) {
    const char c = name[i];
    const bool is_digit = c >= '0' && c <= '9';
    const bool fits = kForm[i] == 'd'   ? is_digit
                      : kForm[i] == 'x' ? is_digit || (c >= 'a' && c <= 'f')
                                        : c == kForm[i];
    if (!fits) return false;
  }
  return true;
}

}  // namespace

std::string PathIn(const std::string& folder, std::string_view name) {
  return (fs::path(folder) / name).string();
}

std::string StoreFileName(int64_t number) { return fmt::format("stores/{}.db", number); }

std::string BackupSet::Folder() const { return fs::path(path).parent_path().string(); }

std::string BackupSet::JournalFolder() const {
  return (fs::path(Folder()) / kJournalName).string();
}

std::string NewSetName(UnixMs time_ms) {
  std::string name = FormatIso8601(time_ms);
  std::ranges::replace(name, ':', '-');
  return name + "-" + crypto::RandomHex(6);
}

std::string UnfinishedName(std::string_view set_name) {
  return std::string(set_name) + std::string(kUnfinishedEnding);
}

Status RemoveUnfinishedSets(storage::Files& files, const std::string& folder) {
  OUBLI_TRY_ASSIGN(const std::vector<std::string> names, files.List(folder));
  for (const std::string& name : names) {
    if (!name.ends_with(kUnfinishedEnding)) continue;
    if (!IsSetName(std::string_view(name).substr(0, name.size() - kUnfinishedEnding.size()))) {
      continue;
    }
    const Status removed = files.RemoveFolder((fs::path(folder) / name).string());
    if (!removed) {
      return Fail(removed.error().kind,
                  fmt::format("an unfinished backup is in the way: {}", removed.error().text));
    }
  }
  return {};
}

Result<BackupSet> FindSet(storage::Files& files, const std::string& folder) {
  const auto read = [&](const fs::path& path) -> Result<BackupSet> {
    OUBLI_TRY_ASSIGN(const std::string text, ReadWhole(files, (path / kManifestName).string()));
    auto manifest = DecodeManifest(text);
    if (!manifest) {
      return Fail(manifest.error().kind,
                  fmt::format("{}: {}", path.string(), manifest.error().text));
    }
    return BackupSet{path.string(), *std::move(manifest)};
  };
  std::error_code error;
  const fs::path path = fs::weakly_canonical(fs::absolute(folder), error);
  if (error) return Fail(ErrorKind::kInvalid, "cannot resolve " + folder);
  const fs::path own = path.has_filename() ? path : path.parent_path();
  auto set = read(own);
  if (set || set.error().kind != ErrorKind::kNotFound) return set;
  const auto names = files.List(own.string());
  if (!names) {
    if (names.error().kind != ErrorKind::kNotFound) return Fail(names.error());
    return Fail(ErrorKind::kNotFound, fmt::format("there is no folder {}", folder));
  }
  std::optional<BackupSet> newest;
  for (const std::string& name : *names) {
    if (!IsSetName(name)) continue;
    // A set without a manifest is none; a damaged one must be chosen by name to be looked at.
    OUBLI_TRY_ASSIGN(BackupSet found, read(own / name));
    if (newest && found.manifest.time_ms < newest->manifest.time_ms) continue;
    newest = std::move(found);
  }
  if (newest) return *std::move(newest);
  return Fail(ErrorKind::kNotFound, fmt::format("there is no complete backup in {}", folder));
}

Status VerifySet(storage::Files& files, const BackupSet& set) {
  std::vector<const CopiedFile*> copied = {&set.manifest.server_file, &set.manifest.server_key};
  for (const CopiedStore& store : set.manifest.stores) copied.push_back(&store.file);
  for (const CopiedFile* file : copied) {
    const auto found = Measure(files, set.path, file->name);
    if (!found && found.error().kind != ErrorKind::kNotFound) return Fail(found.error());
    if (found && found->bytes == file->bytes && found->checksum == file->checksum) continue;
    return Fail(ErrorKind::kCorrupt,
                fmt::format("{} of the backup {} is {}: take another backup", file->name, set.path,
                            found ? "damaged" : "missing"));
  }
  return {};
}

Result<CopiedFile> Measure(storage::Files& files, const std::string& set_path, std::string name) {
  OUBLI_TRY_ASSIGN(const auto file,
                   files.Open((fs::path(set_path) / name).string(), storage::OpenMode::kRead));
  crypto::RunningChecksum checksum;
  CopiedFile measured{std::move(name), 0, ""};
  while (true) {
    OUBLI_TRY_ASSIGN(const std::string piece, file->ReadAt(measured.bytes, kMeasuredAtOnce));
    checksum.Add(piece);
    measured.bytes += static_cast<int64_t>(piece.size());
    if (piece.size() < kMeasuredAtOnce) break;
  }
  measured.checksum = HexOf(checksum.Finish());
  return measured;
}

std::string HexOf(std::string_view bytes) {
  return HexEncode({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

Status SyncFile(storage::Files& files, const std::string& path) {
  OUBLI_TRY_ASSIGN(const auto file, files.Open(path, storage::OpenMode::kWrite));
  return file->Sync();
}

Result<std::string> ReadWhole(storage::Files& files, const std::string& path) {
  OUBLI_TRY_ASSIGN(const auto file, files.Open(path, storage::OpenMode::kRead));
  OUBLI_TRY_ASSIGN(const int64_t size, file->Size());
  if (static_cast<size_t>(size) > kMaxSmallFile) {
    return Fail(ErrorKind::kCorrupt, fmt::format("{} is too large", path));
  }
  return file->ReadAt(0, static_cast<size_t>(size));
}

Status WriteWhole(storage::Files& files, const std::string& path, std::string_view bytes) {
  OUBLI_TRY_ASSIGN(const auto file, files.Open(path, storage::OpenMode::kCreate));
  OUBLI_TRY(file->Truncate(0));
  OUBLI_TRY(file->WriteAt(0, bytes));
  return file->Sync();
}

}  // namespace oubli::backup
