#include "server/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace oubli::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

http::AccessRecord Record(std::string_view method, std::string_view route, int status) {
  http::AccessRecord record;
  record.method = method;
  record.route = route;
  record.status = status;
  record.duration = std::chrono::microseconds(700);
  return record;
}

TEST(Metrics, RequestsAreCountedByRouteMethodAndClass) {
  Metrics metrics;
  metrics.Count(Record("GET", "/a/{id}", 200));
  metrics.Count(Record("GET", "/a/{id}", 204));
  metrics.Count(Record("GET", "/a/{id}", 404));
  metrics.Count(Record("ann@example.com", "/a/{id}", 405));
  const std::string text = metrics.Expose({});
  const auto line = [](std::string_view method, std::string_view status, int count) {
    return "oubli_http_requests_total{method=\"" + std::string(method) +
           "\",route=\"/a/{id}\",status=\"" + std::string(status) + "\"} " + std::to_string(count) +
           "\n";
  };
  EXPECT_THAT(text, HasSubstr(line("GET", "2xx", 2)));
  EXPECT_THAT(text, HasSubstr(line("GET", "4xx", 1)));
  EXPECT_THAT(text, HasSubstr(line("other", "4xx", 1)));
  EXPECT_THAT(text, Not(HasSubstr("ann")));
  EXPECT_THAT(text, HasSubstr("oubli_http_request_duration_seconds_count{method=\"GET\","
                              "route=\"/a/{id}\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("route=\"/a/{id}\",le=\"0.0005\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("route=\"/a/{id}\",le=\"0.001\"} 3\n"));
}

TEST(Metrics, GaugesAreWhatTheyAreAtTheScrape) {
  Metrics metrics;
  EXPECT_THAT(metrics.Expose({.erased_owners = 5}), HasSubstr("oubli_erased_total 5\n"));
  const std::string text = metrics.Expose({.sweep_backlog = 3,
                                           .stores_open = 2,
                                           .connections = 7,
                                           .erased_owners = 9,
                                           .rotations = 5,
                                           .erasures_pending = 1,
                                           .key_places_missing = 4,
                                           .journals_behind = 6,
                                           .search_bytes = 6,
                                           .search_builds = 7,
                                           .search_answers = 8,
                                           .search_scans = 9});
  EXPECT_THAT(text, HasSubstr("oubli_search_index_bytes 6\n"));
  EXPECT_THAT(text, HasSubstr("oubli_search_index_builds_total 7\n"));
  EXPECT_THAT(text, HasSubstr("oubli_searches_total{by=\"index\"} 8\n"));
  EXPECT_THAT(text, HasSubstr("oubli_searches_total{by=\"store\"} 9\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE oubli_rotations_total counter\noubli_rotations_total 5\n"));
  EXPECT_THAT(text, HasSubstr("oubli_erasure_pending 1\n"));
  EXPECT_THAT(text, HasSubstr("oubli_key_places_missing 4\n"));
  EXPECT_THAT(text, HasSubstr("oubli_journals_behind 6\n"));
  EXPECT_THAT(text, HasSubstr("oubli_sweep_backlog 3\n"));
  EXPECT_THAT(text, HasSubstr("oubli_stores_open 2\n"));
  EXPECT_THAT(text, HasSubstr("oubli_connections 7\n"));
  EXPECT_THAT(text, HasSubstr("oubli_erased_total 9\n"));
  EXPECT_THAT(text, HasSubstr("oubli_build_info{version=\""));
  EXPECT_THAT(text, HasSubstr("oubli_residue_last_clean_timestamp_seconds 0\n"));
  const std::string checked =
      metrics.Expose({.erased_owners = 9, .residue_clean_ms = 5000, .residue_findings = 4});
  EXPECT_THAT(checked, HasSubstr("oubli_residue_last_clean_timestamp_seconds 5\n"));
  EXPECT_THAT(checked, HasSubstr("oubli_residue_findings 4\n"));
}

TEST(Metrics, ManyThreadsCountTogether) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) metrics.Count(Record("PUT", i % 2 == 0 ? "/x" : "/y", 200));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(metrics.Expose({}), HasSubstr("{method=\"PUT\",route=\"/x\",status=\"2xx\"} 2000\n"));
}

TEST(Metrics, ServedOnItsOwnPathAlone) {
  Metrics metrics;
  MetricsHandler handler(metrics, [] { return Gauges{.sweep_backlog = 42}; });
  const auto get = [&](std::string method, std::string path) {
    auto request = std::make_shared<http::Request>();
    request->method = std::move(method);
    request->path = std::move(path);
    http::Response answer;
    handler.Handle(request, http::Responder([&](http::Response r) { answer = std::move(r); }));
    return answer;
  };
  EXPECT_THAT(get("GET", "/metrics").body, HasSubstr("oubli_sweep_backlog 42"));
  EXPECT_EQ(get("GET", "/").status, 404);
  EXPECT_EQ(get("POST", "/metrics").status, 405);
}

}  // namespace
}  // namespace oubli::server
