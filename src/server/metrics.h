// The server's metrics in Prometheus' form. The only place that knows prometheus-cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "http/message.h"
#include "http/server.h"

namespace oubli::server {

// What is asked at each scrape instead of being counted.
struct Gauges {
  int64_t sweep_backlog = 0;
  int64_t stores_open = 0;
  int64_t connections = 0;
  int64_t erased_owners = 0;    // since the process started
  UnixMs residue_clean_ms = 0;  // when a residue check of all stores was clean last; 0: never
  int64_t residue_findings = 0;
  int64_t rotations = 0;  // since the process started
  int64_t erasures_pending = 0;
  int64_t key_places_missing = 0;
  int64_t journals_behind = 0;
  int64_t webhooks_delivered = 0;  // since the process started, as the next two
  int64_t webhooks_failed = 0;
  int64_t webhooks_deactivated = 0;
  int64_t webhook_backlog = 0;
  int64_t search_bytes = 0;    // of all search indexes
  int64_t search_builds = 0;   // since the process started, as the next two
  int64_t search_answers = 0;  // lists answered by an index
  int64_t search_scans = 0;    // lists that could not be had from one
};

// Safe from any thread. Labels are route patterns, methods and classes of status: nothing that a
// caller chooses. A request's counters are found by the address of its route, not by text.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  void Count(const http::AccessRecord& record);
  // The exposition text, version 0.0.4.
  std::string Expose(const Gauges& gauges);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The methods that have a label and a log word of their own; any other is "other", since a client
// may send whatever it likes as a method.
std::string_view MethodLabel(std::string_view method);

// Serves GET /metrics on the listener of its own.
class MetricsHandler final : public http::Handler {
 public:
  MetricsHandler(Metrics& metrics, std::function<Gauges()> gauges)
      : metrics_(metrics), gauges_(std::move(gauges)) {}
  void Handle(std::shared_ptr<const http::Request> request, http::Responder respond) override;

 private:
  Metrics& metrics_;
  const std::function<Gauges()> gauges_;
};

}  // namespace oubli::server
