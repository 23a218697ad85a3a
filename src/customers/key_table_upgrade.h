// Takes over the data of a store whose keys lie in the earlier key table, beside the records: every
// owner gets a fresh key in the key tree, every record is sealed anew, every token made anew.
#pragma once

#include "base/result.h"
#include "customers/store.h"

namespace oubli::customers {

// True when there were such keys. Goes on where an earlier call was cut off. Copies of the store's
// file that were made before hold keys beside records: the log says that they have to be destroyed.
// REQUIRES: the store is just being opened. Errors: kCorrupt for a record that does not open,
// kUnavailable.
Result<bool> UpgradeKeyTable(Store& store, storage::Connection& writer);

}  // namespace oubli::customers
