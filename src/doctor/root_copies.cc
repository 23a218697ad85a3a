#include "doctor/root_copies.h"

#include <filesystem>

#include "doctor/raw_scan.h"
#include "storage/files.h"

namespace oubli::doctor {
namespace {

using namespace std::string_view_literals;

// How a cell begins: see keys/file_slot.h.
constexpr std::string_view kMagicAndVersion = "OUBLROOT\x01\0\0\0\0\0\0\0"sv;
constexpr int64_t kRootAt = 64;

}  // namespace

Result<std::vector<RootCopy>> FindRootCopies(const std::vector<std::string>& files,
                                             std::string_view identity,
                                             const std::function<bool()>& keep_going) {
  std::vector<RootCopy> copies;
  if (files.empty()) return copies;
  const std::string beginning = std::string(kMagicAndVersion) + std::string(identity);
  OUBLI_TRY_ASSIGN(const RawScan scan, ScanFiles(files, {beginning}, keep_going));
  for (const RawHit& hit : scan.hits) {
    std::error_code error;
    // Links were followed when the files were listed, and Files follows none.
    const auto path = std::filesystem::canonical(hit.path, error);
    const auto file = storage::SystemFiles().Open(path.string(), storage::OpenMode::kRead);
    if (error || (!file && file.error().kind == ErrorKind::kNotFound)) continue;  // gone meanwhile
    if (!file) return Fail(file.error());
    OUBLI_TRY_ASSIGN(std::string root, (*file)->ReadAt(hit.offset + kRootAt, crypto::Key::kSize));
    if (root.size() != crypto::Key::kSize) continue;  // cut off before it
    copies.push_back({hit.path, hit.offset, crypto::Key::FromBytes(root)});
    crypto::Wipe(root.data(), root.size());
  }
  return copies;
}

}  // namespace oubli::doctor
