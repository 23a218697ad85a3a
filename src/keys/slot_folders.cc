#include "keys/slot_folders.h"

#include <fmt/core.h>

#include <filesystem>
#include <system_error>

namespace oubli::keys {
namespace {

namespace fs = std::filesystem;

struct Folder {
  std::string kind;   // for messages
  std::string given;  // as the operator wrote it
  fs::path path;
};

Result<fs::path> Resolve(const std::string& folder) {
  if (folder.empty()) return Fail(ErrorKind::kInvalid, "the name of a folder is empty");
  std::error_code error;
  fs::path path = fs::absolute(folder, error);
  if (!error) path = fs::weakly_canonical(path, error);
  if (error) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("cannot resolve the folder {}: {}", folder, error.message()));
  }
  // What is not there yet keeps its slashes at the end.
  return path.has_filename() || !path.has_relative_path() ? path : path.parent_path();
}

Result<Folder> ResolveAs(const char* kind, const std::string& folder) {
  OUBLI_TRY_ASSIGN(fs::path path, Resolve(folder));
  return Folder{kind, folder, std::move(path)};
}

bool IsSame(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return a == b || fs::equivalent(a, b, error);
}

// Also when the two are the same.
bool IsInside(const fs::path& inner, const fs::path& outer) {
  for (fs::path path = inner;; path = path.parent_path()) {
    if (IsSame(path, outer)) return true;
    if (!path.has_relative_path()) return false;
  }
}

Status CheckApart(const Folder& a, const Folder& b) {
  const bool a_inside = IsInside(a.path, b.path);
  if (!a_inside && !IsInside(b.path, a.path)) return {};
  const Folder& inner = a_inside ? a : b;
  const Folder& outer = a_inside ? b : a;
  return Fail(ErrorKind::kInvalid,
              fmt::format("the {} {} lies inside the {} {}: a copy of the one would take the other "
                          "with it; name a folder outside",
                          inner.kind, inner.given, outer.kind, outer.given));
}

Result<std::string> Sibling(const std::string& data_dir, std::string_view ending) {
  OUBLI_TRY_ASSIGN(fs::path path, Resolve(data_dir));
  return path.string() + std::string(ending);
}

}  // namespace

Result<std::string> DefaultRootsFolder(const std::string& data_dir) {
  return Sibling(data_dir, ".roots");
}

Result<std::string> DefaultJournalFolder(const std::string& data_dir) {
  return Sibling(data_dir, ".journal");
}

Status CheckSlotFolders(const std::string& data_dir, const std::optional<std::string>& journal,
                        const std::vector<std::string>& roots) {
  if (roots.empty()) return Fail(ErrorKind::kInvalid, "no root slot is named");
  std::vector<Folder> apart;
  OUBLI_TRY_ASSIGN(Folder data, ResolveAs("data folder", data_dir));
  apart.push_back(std::move(data));
  if (journal) {
    OUBLI_TRY_ASSIGN(Folder folder, ResolveAs("journal folder", *journal));
    OUBLI_TRY(CheckApart(folder, apart[0]));
    apart.push_back(std::move(folder));
  }
  std::vector<Folder> slots;
  for (const std::string& root : roots) {
    OUBLI_TRY_ASSIGN(Folder slot, ResolveAs("root slot", root));
    for (const Folder& other : apart) OUBLI_TRY(CheckApart(slot, other));
    for (const Folder& other : slots) {
      if (!IsSame(slot.path, other.path)) continue;
      return Fail(ErrorKind::kInvalid, fmt::format("the root slots {} and {} are the same folder",
                                                   other.given, slot.given));
    }
    slots.push_back(std::move(slot));
  }
  return {};
}

}  // namespace oubli::keys
