// What the sweep has to do, kept in the store's file.
#pragma once

#include "base/result.h"
#include "customers/store.h"
#include "keys/data_keys.h"

namespace oubli::erasure {

// Notes one erased owner.
Status AddToSweep(customers::Store& store, customers::StoreTransaction& transaction,
                  keys::Ordinal ordinal);
// Notes, for an erasure of everything, the pages that the key tree has now.
Status AddPagesToSweep(customers::Store& store, customers::StoreTransaction& transaction);
// Owners that wait to be swept.
Result<int64_t> CountSweep(customers::StoreView& view);

}  // namespace oubli::erasure
