#include "backup/places.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "keys/file_slot.h"
#include "keys/slot_folders.h"

namespace oubli::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSlotWord = "slot";
constexpr std::string_view kJournalWord = "journal";

Result<std::vector<std::string>> FoldersToTry(const std::string& data_dir,
                                              const std::vector<std::string>& roots,
                                              const std::vector<Place>& known) {
  std::vector<std::string> folders = roots;
  if (folders.empty()) {
    for (const Place& place : known) {
      if (place.is_slot) folders.push_back(place.path);
    }
    OUBLI_TRY_ASSIGN(std::string standard, keys::DefaultRootsFolder(data_dir));
    folders.push_back(std::move(standard));
  }
  return folders;
}

}  // namespace

Result<std::vector<Place>> ReadPlaces(storage::Connection& connection) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare("SELECT id, kind, path FROM key_place ORDER BY "
                                                   "added_at, path"));
  std::vector<Place> places;
  while (true) {
    OUBLI_TRY_ASSIGN(const bool row, select->Step());
    if (!row) return places;
    places.push_back(
        {std::string(select->Text(0)), select->Text(1) == kSlotWord, std::string(select->Text(2))});
  }
}

Status WritePlaces(storage::Connection& writer, const std::vector<Place>& places, UnixMs now_ms) {
  OUBLI_TRY(writer.Execute("DELETE FROM key_place"));
  OUBLI_TRY_ASSIGN(auto insert, writer.Prepare("INSERT INTO key_place (id, kind, path, added_at) "
                                               "VALUES ($1, $2, $3, $4)"));
  for (const Place& place : places) {
    insert->Reset();
    insert->BindText(1, place.id).BindText(2, place.is_slot ? kSlotWord : kJournalWord);
    // In the order that they are given in.
    insert->BindText(3, place.path).Bind(4, now_ms++);
    OUBLI_TRY(insert->Step());
  }
  return {};
}

Result<std::string> CanonicalPath(const std::string& path) {
  std::error_code error;
  fs::path canonical = fs::absolute(path, error);
  if (!error) canonical = fs::weakly_canonical(canonical, error);
  if (error || path.empty()) return Fail(ErrorKind::kInvalid, "cannot resolve the folder " + path);
  return canonical.has_filename() ? canonical.string() : canonical.parent_path().string();
}

Result<FoundSlots> FindSlots(storage::Files& files, const std::string& data_dir,
                             const std::vector<std::string>& roots,
                             const std::vector<Place>& known) {
  FoundSlots found;
  std::vector<std::unique_ptr<keys::RootSlot>> slots;
  std::vector<std::string> paths;
  const auto take = [&](const std::string& path) -> Result<bool> {
    auto slot = std::make_unique<keys::FileSlot>(files, path);
    const auto id = slot->Id();
    if (!id && id.error().kind == ErrorKind::kNotFound) return false;
    if (!id) return Fail(id.error());
    if (std::ranges::find(found.used, *id, &Place::id) != found.used.end()) return true;
    found.used.push_back({*id, true, path});
    slots.push_back(std::move(slot));
    paths.push_back(path);
    return true;
  };
  OUBLI_TRY_ASSIGN(const auto folders, FoldersToTry(data_dir, roots, known));
  for (const std::string& folder : folders) {
    OUBLI_TRY_ASSIGN(const std::string path, CanonicalPath(folder));
    OUBLI_TRY_ASSIGN(bool there, take(path));
    for (const char* inner : {"1", "2"}) {
      if (there && inner[0] == '1') break;
      OUBLI_TRY_ASSIGN(const bool inner_there, take((fs::path(path) / inner).string()));
      there |= inner_there;
    }
    if (!there && !roots.empty()) {
      return Fail(ErrorKind::kInvalid, fmt::format("{} is no root slot", folder), "roots");
    }
  }
  if (slots.empty()) {
    return Fail(ErrorKind::kUnavailable,
                "no root slot is there: without one no backup can be read; mount its disk, or name "
                "its folder with --roots");
  }
  OUBLI_TRY(keys::CheckSlotFolders(data_dir, std::nullopt, paths));
  for (const Place& place : known) {
    if (!place.is_slot) continue;
    if (std::ranges::find(found.used, place.id, &Place::id) == found.used.end()) {
      found.missing.push_back(place);
    }
  }
  found.slots = std::make_unique<keys::RootSlots>(std::move(slots));
  return found;
}

}  // namespace oubli::backup
