// The plain key table: data keys in rows of the store's own database, sealed under a key of the
// epoch that lies in one row of the same database.
//
// What it gives: an erased customer's records do not open by anything that the live database holds,
// at once and whole, and clear-all costs one row. What it does not give: a copy of the file that
// was taken before an erasure holds the keys beside the records, so they still open there.
#pragma once

#include <memory>
#include <string_view>

#include "keys/data_keys.h"

namespace oubli::keys {

// Schema text for storage::Migrate().
extern const std::string_view kKeyTableDdl;

// Makes the first epoch when there is none yet. REQUIRES: `writer` is in no transaction.
Result<std::unique_ptr<DataKeys>> OpenKeyTable(storage::Connection& writer);

}  // namespace oubli::keys
