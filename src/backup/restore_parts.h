// What a Restore holds between its steps. For restore.cc and restore_apply.cc alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "access/server_file.h"
#include "backup/database_copy.h"
#include "backup/places.h"
#include "backup/restore.h"
#include "backup/restored_access.h"

namespace oubli::backup {

// Lies in the new data until everything has been done. A folder DIR.restoring-… with it is of no
// worth, and so is an empty one; another one without it is the data of before. So it comes first
// into the folder, durably, and goes last.
inline constexpr std::string_view kUnfinishedMark = "restore.unfinished";
Status MarkUnfinished(storage::Files& files, const std::string& folder);
// Removes a folder with the mark.
Status RemoveUnfinished(storage::Files& files, const std::string& folder);

std::string SetAsideName(const std::string& data_dir, UnixMs now_ms);

struct ServerFacts {
  std::vector<ListedStore> stores;
  std::vector<Place> places;
  AccessFacts access;
};

// What the data folder holds before the restore.
struct Restore::Present {
  bool is_readable = false;
  ServerFacts facts;
};

struct Restore::NewData {
  ServerFacts facts;
  std::unique_ptr<access::ServerFile> server_file;
  FoundSlots slots;
  std::vector<std::string> journals;  // folders that are there, to read from
  std::vector<std::string> targets;   // of the new lineage's entries; the local journal first
  struct Store {
    int64_t number = 0;
    std::string handle;
    std::string identity;
    keys::RootCell root;
    std::shared_ptr<const std::string> journal_entry;
  };
  std::vector<Store> stores;
  std::vector<Place> journal_places;  // targets that have taken their entries
  std::string old_data;               // where the data of before is since the exchange
};

}  // namespace oubli::backup
