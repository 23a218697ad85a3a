// `oubli serve`: the server from its settings to its stop.
#pragma once

#include "base/result.h"
#include "server/settings.h"

namespace oubli::server {

// Serves until SIGTERM or SIGINT, then finishes what it accepted and returns. Prints the line
// "oubli: listening on http://ADDRESS:PORT" to standard output when it answers. Call it from the
// main thread, before any other is started. Errors: kUnavailable, kCorrupt, with a text that says
// what to do.
Status Serve(const Settings& settings);

}  // namespace oubli::server
