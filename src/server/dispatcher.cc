#include "server/dispatcher.h"

#include "base/json_writer.h"

namespace oubli::server {
namespace {

http::Response MethodNotAllowed(std::string_view route) {
  http::Response response = Problem(405, "Method Not Allowed");
  response.AddHeader("Allow", "GET, HEAD");
  response.route = route;
  return response;
}

}  // namespace

http::Response Problem(int status, std::string_view title) {
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Member("type", "about:blank").Member("title", title);
  writer.Member("status", status).EndObject();
  return http::Response::Text(status, "application/problem+json", std::move(body));
}

void Dispatcher::Handle(std::shared_ptr<const http::Request> request, http::Responder respond) {
  for (const auto& dialect : dialects_) {
    if (dialect->Claims(request->path)) return dialect->Handle(std::move(request), respond);
  }
  const bool reads = request->method == "GET" || request->method == "HEAD";
  if (request->path == "/healthz") {
    if (!reads) return respond(MethodNotAllowed("/healthz"));
    http::Response response = http::Response::Text(200, "text/plain", "ok\n");
    response.route = "/healthz";
    return respond(std::move(response));
  }
  if (request->path == "/readyz") return respond(reads ? Ready() : MethodNotAllowed("/readyz"));
  respond(Problem(404, "Not Found"));
}

http::Response Dispatcher::Ready() const {
  http::Response response;
  if (stopping_) {
    response = http::Response::Text(503, "text/plain", "stopping\n");
  } else if (!check_ready_()) {
    response = http::Response::Text(503, "text/plain", "the data cannot be read\n");
  } else {
    response = http::Response::Text(200, "text/plain", "ready\n");
  }
  response.route = "/readyz";
  return response;
}

}  // namespace oubli::server
