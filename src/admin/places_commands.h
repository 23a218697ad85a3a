// The administrator's commands about the places of keys: root slots and key journals.
//
//   places.list   {}     {erasing, places: [{id, kind, path, added_at, state, reason}, ...]}
//   places.retire {id}   {id, kind, path, retired}
//
// `erasing` is false while a missing place forbids it. `kind` is slot or journal; `state` is in
// use, missing (not there since the data was opened), failing (with a reason), or behind: a journal
// that is not waited for and lacks an entry.
#pragma once

#include <string>

#include "access/key_custody.h"
#include "access/stores.h"
#include "admin/arguments.h"
#include "base/result.h"

namespace oubli::admin {

Result<std::string> ListPlaces(access::KeyCustody& custody, const Arguments& arguments);
// Before a slot is forgotten every store has to open with those that are in use. Errors: those of
// KeyCustody::Retire(); kUnavailable, kCorrupt when a store does not open.
Result<std::string> RetirePlace(access::KeyCustody& custody, access::Stores& stores,
                                const Arguments& arguments);

}  // namespace oubli::admin
