// What stands in a copied database: the server's list of stores, a store's place in its lineage.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/database.h"

namespace oubli::backup {

struct ListedStore {
  int64_t number = 0;
  std::string handle;
  std::string identity;
};
// Of a server file, by number.
Result<std::vector<ListedStore>> ReadStoreList(storage::Connection& connection);

struct TreePosition {
  std::string lineage;
  int64_t generation = 0;
};
// Of a store's file. Errors: kCorrupt when there is no key tree in it.
Result<TreePosition> ReadTreePosition(storage::Connection& connection);

// Opens a copied database, which must be there, for reading. Turns it into one with a write-ahead
// log, and leaves no other file behind when it is closed.
struct OpenedCopy {
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<storage::Connection> connection;
};
Result<OpenedCopy> OpenCopy(const std::string& path);

}  // namespace oubli::backup
