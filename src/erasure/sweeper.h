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

// The work itself, for AttachSweep() and for tests, which say how long a slice may take.
std::unique_ptr<storage::BackgroundWork> MakeSweep(customers::Store& store);

// Gives the store its background work, counts the backlog and starts on it. Once for each store,
// when it opens.
Status AttachSweep(customers::Store& store);

}  // namespace oubli::erasure
