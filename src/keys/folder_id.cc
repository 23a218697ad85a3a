#include "keys/folder_id.h"

#include <utility>

#include "crypto/random.h"

namespace oubli::keys {
namespace {

constexpr size_t kDigits = 32;

bool IsId(std::string_view text) {
  return text.size() == kDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

FolderId::FolderId(storage::Files& files, std::string folder, std::string file_name,
                   std::string prefix)
    : files_(files),
      folder_(std::move(folder)),
      path_(folder_ + "/" + file_name),
      prefix_(std::move(prefix)) {}

Result<std::string> FolderId::ReadFile() {
  OUBLI_TRY_ASSIGN(const auto file, files_.Open(path_, storage::OpenMode::kRead));
  OUBLI_TRY_ASSIGN(std::string text, file->ReadAt(0, prefix_.size() + kDigits + 2));
  if (text.starts_with(prefix_) && text.ends_with('\n')) {
    text = text.substr(prefix_.size(), text.size() - prefix_.size() - 1);
    if (IsId(text)) return text;
  }
  return Fail(ErrorKind::kCorrupt, "its id file is damaged, or from a newer version of Oubli");
}

Result<std::string> FolderId::Read() {
  Result<std::string> id = ReadFile();
  if (!id && id.error().kind != ErrorKind::kNotFound) return id;
  const std::lock_guard lock(mutex_);
  if (known_.empty()) {
    if (!id) return Fail(ErrorKind::kNotFound, "it has never been set up; is its disk mounted?");
    known_ = *id;
  }
  if (id && *id == known_) return id;
  return Fail(ErrorKind::kUnavailable, id ? "another folder lies there now"
                                          : "it is not there any more; is its disk mounted?");
}

Status FolderId::CheckStillThere() {
  const Result<std::string> id = Read();
  if (id) return {};
  // A folder that is not there must not pass for one that holds nothing.
  const ErrorKind kind = id.error().kind;
  return Fail(kind == ErrorKind::kNotFound ? ErrorKind::kUnavailable : kind, id.error().text);
}

Status FolderId::SetUp() {
  const Result<std::string> id = Read();
  if (!id && id.error().kind != ErrorKind::kNotFound) return Fail(id.error());
  if (!id) {
    OUBLI_TRY(files_.MakeFolder(folder_));
    const std::string draft = path_ + ".new";
    OUBLI_TRY_ASSIGN(const auto file, files_.Open(draft, storage::OpenMode::kCreate));
    OUBLI_TRY(file->Truncate(0));
    OUBLI_TRY(file->WriteAt(0, prefix_ + crypto::RandomHex(kDigits) + "\n"));
    OUBLI_TRY(file->Sync());
    OUBLI_TRY(files_.Rename(draft, path_));
  }
  // Also for the name that a call that was cut off has given.
  return files_.SyncFolder(folder_);
}

}  // namespace oubli::keys
