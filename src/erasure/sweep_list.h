// What the sweep has to do, kept in the store's file.
#pragma once

#include "base/result.h"
#include "customers/store.h"
#include "keys/data_keys.h"

namespace oubli::erasure {

// Notes one erased owner.
Status AddToSweep(customers::Store& store, customers::StoreTransaction& transaction,
                  keys::Ordinal ordinal);
// Owners that wait to be swept.
Result<int64_t> CountSweep(customers::StoreView& view);

}  // namespace oubli::erasure
