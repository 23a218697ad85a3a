// What the sweep has to do, kept in the store's file.
#pragma once

#include "base/result.h"
#include "customers/store.h"
#include "keys/data_keys.h"

namespace oubli::erasure {

// Notes one erased owner.
Status AddToSweep(customers::StoreTransaction& transaction, keys::Ordinal ordinal);
// Notes that all owners with an ordinal given up to now are erased. REQUIRES: the epoch has been
// raised.
Status RaiseSweepFloor(customers::StoreTransaction& transaction);
// Ordinals below this belong to an earlier epoch.
Result<keys::Ordinal> SweepFloor(customers::StoreView& view);
// Owners that wait to be swept.
Result<int64_t> CountSweep(customers::StoreView& view);

}  // namespace oubli::erasure
