// Where keys lie: the table key_place of a server file, and the slots and journals that are found.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "keys/journal_folder.h"
#include "keys/root_slots.h"
#include "storage/database.h"
#include "storage/files.h"

namespace oubli::backup {

struct Place {
  std::string id;
  bool is_slot = false;
  std::string path;
};

Result<std::vector<Place>> ReadPlaces(storage::Connection& connection);
// Replaces all that is there.
Status WritePlaces(storage::Connection& writer, const std::vector<Place>& places, UnixMs now_ms);

Result<std::string> CanonicalPath(const std::string& path);

struct FoundSlots {
  std::unique_ptr<keys::RootSlots> slots;
  std::vector<Place> used;
  std::vector<Place> missing;  // known by their ids, and not among the used ones
};
// `roots`: the folders that were named, or none: then those that are known, and DIR.roots. A folder
// that is no slot itself may hold slots "1" and "2". Errors: kUnavailable when none is there;
// kInvalid.
Result<FoundSlots> FindSlots(storage::Files& files, const std::string& data_dir,
                             const std::vector<std::string>& roots,
                             const std::vector<Place>& known);

}  // namespace oubli::backup
