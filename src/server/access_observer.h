// What happens with the word of each finished request: it is counted, and logged where that is
// wanted.
#pragma once

#include "http/server.h"
#include "server/metrics.h"

namespace oubli::server {

// The line has method, route pattern, status, sizes and time, and nothing else: paths and queries
// carry keys and e-mail addresses in three of the dialects. `metrics` outlives the observer.
http::Server::Observer MakeAccessObserver(Metrics& metrics, bool log);

}  // namespace oubli::server
