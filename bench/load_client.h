// An HTTP/1.1 load client for bench/run: one thread, epoll, N keep-alive connections, each of which
// sends its next request as soon as its answer is complete (closed loop). It shares the machine
// with the server that it measures, so a request costs it little more than its two system calls.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "request_list.h"

namespace oubli::bench {

struct LoadOptions {
  std::string address = "127.0.0.1";  // IPv4
  uint16_t port = 0;
  int connections = 1;
  int silence_limit_ms = 60'000;  // a server that sends nothing for so long has failed
};

struct LoadResult {
  uint64_t requests = 0;  // answered
  double seconds = 0;     // from the first byte sent to the last answer; connecting is not counted
  double p50_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;
  uint64_t body_bytes = 0;
  uint64_t not_2xx = 0;
  int first_bad_status = 0;  // of the first answer that was not 2xx; 0: there was none
  uint64_t lost = 0;         // sent, but the connection ended before the answer; never sent again
};

// Sends the whole list. Errors: kUnavailable when the server cannot be reached, falls silent, or
// breaks one connection after the other.
Result<LoadResult> RunLoad(const LoadOptions& options, RequestList& list);

}  // namespace oubli::bench
