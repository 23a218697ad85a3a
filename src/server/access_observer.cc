#include "server/access_observer.h"

#include "base/log.h"

namespace oubli::server {

http::Server::Observer MakeAccessObserver(Metrics& metrics, bool log) {
  return [&metrics, log](const http::AccessRecord& record) {
    metrics.Count(record);
    if (!log) return;
    Log(LogLevel::kInfo, "request",
        {{"method", MethodLabel(record.method)},
         {"route", record.route},
         {"status", int64_t{record.status}},
         {"request_bytes", static_cast<int64_t>(record.request_bytes)},
         {"response_bytes", static_cast<int64_t>(record.response_bytes)},
         {"us", int64_t{record.duration.count()}}});
  };
}

}  // namespace oubli::server
