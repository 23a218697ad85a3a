#include "server/metrics.h"

#include <fmt/core.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <map>
#include <shared_mutex>
#include <utility>

#include "server/dispatcher.h"
#include "server/version.h"

namespace oubli::server {
namespace {

constexpr std::array<std::string_view, 8> kMethods = {"GET",    "HEAD",  "POST",    "PUT",
                                                      "DELETE", "PATCH", "OPTIONS", "other"};
constexpr int kClasses = 6;  // 1xx to 5xx by their first digit; 0 for what is none of them

size_t MethodIndex(std::string_view method) {
  const auto* const found = std::ranges::find(kMethods, method);
  return found == kMethods.end() ? kMethods.size() - 1
                                 : static_cast<size_t>(found - kMethods.begin());
}

const prometheus::Histogram::BucketBoundaries kSecondsBuckets = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
    0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};

}  // namespace

std::string_view MethodLabel(std::string_view method) { return kMethods[MethodIndex(method)]; }

struct Metrics::State {
  // Of one route and method.
  struct Series {
    std::array<prometheus::Counter*, kClasses> requests{};
    prometheus::Histogram* seconds = nullptr;
  };
  using Key = std::pair<const char*, size_t>;  // address of the route's literal, method

  Series Make(std::string_view route, size_t method);
  prometheus::Gauge& AddGauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  }

  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter()
          .Name("oubli_http_requests_total")
          .Help("Requests that were answered, by method, route and class of status")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds =
      prometheus::BuildHistogram()
          .Name("oubli_http_request_duration_seconds")
          .Help("Time from the last byte of a request to its answer")
          .Register(registry);
  prometheus::Gauge& sweep_backlog =
      AddGauge("oubli_sweep_backlog", "Erased owners whose unreadable records wait to be removed");
  prometheus::Gauge& stores_open = AddGauge("oubli_stores_open", "Stores that are open");
  prometheus::Gauge& connections = AddGauge("oubli_connections", "Open client connections");
  prometheus::Gauge& erasures_pending =
      AddGauge("oubli_erasure_pending",
               "Stores with an erasure that is not finished: a slot or a journal fails");
  prometheus::Gauge& key_places_missing = AddGauge(
      "oubli_key_places_missing", "Root slots and key journals that are known and missing");
  prometheus::Gauge& journals_behind =
      AddGauge("oubli_journals_behind", "Key journals that lack their last entry");
  prometheus::Gauge& search_bytes =
      AddGauge("oubli_search_index_bytes", "Memory that the search indexes take");
  prometheus::Counter& search_builds = prometheus::BuildCounter()
                                           .Name("oubli_search_index_builds_total")
                                           .Help("Search indexes that were built")
                                           .Register(registry)
                                           .Add({});
  prometheus::Family<prometheus::Counter>& searches =
      prometheus::BuildCounter()
          .Name("oubli_searches_total")
          .Help("Lists that an index in memory can answer, by what has: the index or the store")
          .Register(registry);
  prometheus::Counter& search_answers = searches.Add({{"by", "index"}});
  prometheus::Counter& search_scans = searches.Add({{"by", "store"}});
  prometheus::Counter& rotations = prometheus::BuildCounter()
                                       .Name("oubli_rotations_total")
                                       .Help("Root keys that were destroyed for good")
                                       .Register(registry)
                                       .Add({});
  prometheus::Gauge& residue_clean =
      AddGauge("oubli_residue_last_clean_timestamp_seconds",
               "When a residue check of all stores was clean last, in Unix time; 0: never");
  prometheus::Gauge& residue_findings =
      AddGauge("oubli_residue_findings", "What the last residue check found of the erased");
  prometheus::Counter& erased = prometheus::BuildCounter()
                                    .Name("oubli_erased_total")
                                    .Help("Owners of personal data that were erased")
                                    .Register(registry)
                                    .Add({});

  prometheus::Family<prometheus::Counter>& deliveries =
      prometheus::BuildCounter()
          .Name("oubli_webhook_deliveries_total")
          .Help("Attempts to deliver an event to a webhook, by outcome")
          .Register(registry);
  prometheus::Counter& webhooks_delivered = deliveries.Add({{"outcome", "delivered"}});
  prometheus::Counter& webhooks_failed = deliveries.Add({{"outcome", "failed"}});
  prometheus::Counter& webhooks_deactivated =
      prometheus::BuildCounter()
          .Name("oubli_webhooks_deactivated_total")
          .Help("Webhooks that were deactivated after their last attempt")
          .Register(registry)
          .Add({});
  prometheus::Gauge& webhook_backlog =
      AddGauge("oubli_webhook_backlog", "Events that some webhook has still to be told of, about");

  std::shared_mutex mutex;
  std::map<Key, Series> series;  // guarded by mutex; entries stay where they are
  std::mutex expose_mutex;
};

Metrics::State::Series Metrics::State::Make(std::string_view route, size_t method) {
  Series made;
  const std::string route_text(route);
  const std::string method_text(kMethods[method]);
  for (int digit = 0; digit < kClasses; ++digit) {
    const std::string status = digit == 0 ? "none" : fmt::format("{}xx", digit);
    made.requests[static_cast<size_t>(digit)] =
        &requests.Add({{"method", method_text}, {"route", route_text}, {"status", status}});
  }
  made.seconds = &seconds.Add({{"method", method_text}, {"route", route_text}}, kSecondsBuckets);
  return made;
}

Metrics::Metrics() : state_(std::make_unique<State>()) {
  prometheus::BuildGauge()
      .Name("oubli_build_info")
      .Help("The version of the program")
      .Register(state_->registry)
      .Add({{"version", std::string(Version())}})
      .Set(1);
}

Metrics::~Metrics() = default;

void Metrics::Count(const http::AccessRecord& record) {
  const State::Key key(record.route.data(), MethodIndex(record.method));
  const State::Series* series = nullptr;
  {
    const std::shared_lock lock(state_->mutex);
    const auto found = state_->series.find(key);
    if (found != state_->series.end()) series = &found->second;
  }
  if (series == nullptr) {
    const std::lock_guard lock(state_->mutex);
    const auto [at, added] = state_->series.try_emplace(key);
    if (added) at->second = state_->Make(record.route, key.second);
    series = &at->second;
  }
  const int digit = record.status / 100;
  series->requests[static_cast<size_t>(digit > 0 && digit < kClasses ? digit : 0)]->Increment();
  series->seconds->Observe(std::chrono::duration<double>(record.duration).count());
}

std::string Metrics::Expose(const Gauges& gauges) {
  const std::lock_guard lock(state_->expose_mutex);
  state_->sweep_backlog.Set(static_cast<double>(gauges.sweep_backlog));
  state_->stores_open.Set(static_cast<double>(gauges.stores_open));
  state_->connections.Set(static_cast<double>(gauges.connections));
  state_->residue_clean.Set(static_cast<double>(gauges.residue_clean_ms) / 1000);
  state_->residue_findings.Set(static_cast<double>(gauges.residue_findings));
  const auto raise = [](prometheus::Counter& counter, int64_t to) {
    counter.Increment(static_cast<double>(to) - counter.Value());
  };
  raise(state_->erased, gauges.erased_owners);
  state_->erasures_pending.Set(static_cast<double>(gauges.erasures_pending));
  state_->key_places_missing.Set(static_cast<double>(gauges.key_places_missing));
  state_->journals_behind.Set(static_cast<double>(gauges.journals_behind));
  state_->search_bytes.Set(static_cast<double>(gauges.search_bytes));
  raise(state_->search_builds, gauges.search_builds);
  raise(state_->search_answers, gauges.search_answers);
  raise(state_->search_scans, gauges.search_scans);
  raise(state_->rotations, gauges.rotations);
  raise(state_->webhooks_delivered, gauges.webhooks_delivered);
  raise(state_->webhooks_failed, gauges.webhooks_failed);
  raise(state_->webhooks_deactivated, gauges.webhooks_deactivated);
  state_->webhook_backlog.Set(static_cast<double>(gauges.webhook_backlog));
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

void MetricsHandler::Handle(std::shared_ptr<const http::Request> request, http::Responder respond) {
  if (request->path != "/metrics") return respond(Problem(404, "Not Found"));
  if (request->method != "GET" && request->method != "HEAD") {
    return respond(Problem(405, "Method Not Allowed").AddHeader("Allow", "GET, HEAD"));
  }
  http::Response response = http::Response::Text(200, "text/plain; version=0.0.4; charset=utf-8",
                                                 metrics_.Expose(gauges_()));
  response.route = "/metrics";
  respond(std::move(response));
}

}  // namespace oubli::server
