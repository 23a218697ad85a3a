// The sweep: removes the sealed records of erased owners after the answer, in the store's idle
// time.
//
// What it removes is noise by then: the keys are gone. It works from lists in the store's file (the
// table sweep, and the head rows of earlier epochs), so it goes on after a restart where it was.
#pragma once

#include <memory>

#include "base/result.h"
#include "customers/store.h"

namespace oubli::erasure {

// Gives the store its background work, counts the backlog and starts on it. Once for each store,
// when it opens.
Status AttachSweep(customers::Store& store);

}  // namespace oubli::erasure
