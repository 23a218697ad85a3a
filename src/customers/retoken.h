// Making anew what keys have been changed under: tokens for a reindex, sealed records for data that
// is taken over from elsewhere.
#pragma once

#include "base/result.h"
#include "crypto/key.h"
#include "customers/store.h"

namespace oubli::customers {

// Makes the tokens of a living customer or subscriber anew under the present index key. One that is
// gone, or whose tokens are right, is passed over. Errors: kCorrupt when the profile does not open,
// kConflict with a field when somebody else has the value.
Status RetokenOwner(StoreTransaction& transaction, OwnerKind kind, int64_t id);

// Opens all records of an ordinal with one key and seals them with another.
Status SealRecordsAnew(storage::Connection& writer, Ordinal ordinal, const crypto::Key& old_key,
                       const crypto::Key& new_key);

}  // namespace oubli::customers
