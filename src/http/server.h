// The HTTP/1.1 server: connections, TLS, limits, deadlines, access log and metrics.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/message.h"

namespace oubli::http {

struct ServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 8080;  // 0 takes a free one
  std::string tls_cert;  // PEM file; empty: plain HTTP
  std::string tls_key;
  int io_threads = 1;
  int worker_threads = 4;
  size_t max_header_bytes = 16 * 1024;
  size_t max_body_bytes = 8 * 1024 * 1024;
  int max_connections = 4096;
  int max_connections_per_address = 4096;
  int max_requests_per_connection = 1'000'000;
  std::chrono::milliseconds request_deadline{30'000};  // absolute, from the first byte to the last
  std::chrono::milliseconds answer_deadline{120'000};  // to write an answer to a slow reader
  std::chrono::milliseconds idle_timeout{75'000};      // between requests
};

// What the server tells about each finished request: for the access log and the metrics. Nothing in
// it is the client's own text.
struct AccessRecord {
  std::string_view method;  // a common one, or "OTHER"
  std::string_view route;   // pattern, never the raw path; "refused" where no handler was asked
  int status = 0;
  size_t request_bytes = 0;
  size_t response_bytes = 0;
  std::chrono::microseconds duration{0};
};

// Threads of its own; the handler outlives it. Start once, Stop once.
class Server {
 public:
  // Called from any thread, also from several at once, but never after Stop() has returned. Has to
  // be quick: requests wait for it.
  using Observer = std::function<void(const AccessRecord&)>;

  Server(ServerOptions options, Handler& handler, Observer observer);
  ~Server();

  // Binds, listens and starts the threads. Errors: kUnavailable (port taken, file unreadable, bad
  // certificate) with a text that says what to do.
  Status Start();
  uint16_t port() const;  // the bound one

  // Reads certificate and key again; connections that exist keep theirs. On error the old ones
  // stay.
  Status ReloadTls();

  // Stops accepting, closes idle connections, lets accepted requests finish for at most `grace`,
  // then returns with all threads joined. A handler that does not return holds it up; a responder
  // that is called later is ignored. Not to be called from a handler, responder or observer.
  void Stop(std::chrono::milliseconds grace);

  int open_connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace oubli::http
