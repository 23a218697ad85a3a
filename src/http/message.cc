#include "http/message.h"

#include <atomic>
#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace oubli::http {

const std::string* Request::FindHeader(std::string_view name) const {
  for (const Header& header : headers) {
    if (header.name.size() == name.size() && EqualsIgnoreCase(header.name, name)) {
      return &header.value;
    }
  }
  return nullptr;
}

Response Response::Text(int status, std::string_view content_type, std::string body) {
  Response response;
  response.status = status;
  response.AddHeader("Content-Type", content_type);
  response.body = std::move(body);
  return response;
}

Response& Response::AddHeader(std::string_view name, std::string_view value) {
  headers.push_back({std::string(name), std::string(value)});
  return *this;
}

Status Response::Collect() {
  const NextPiece next = std::exchange(next_piece, nullptr);
  for (bool more = next != nullptr; more;) {
    OUBLI_TRY_ASSIGN(more, next(body));
  }
  return {};
}

struct Responder::State {
  explicit State(std::function<void(Response)> send_answer) : send(std::move(send_answer)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (!answered.load(std::memory_order_acquire)) {
      send(Response::Text(500, "text/plain", "Internal Server Error\n"));
    }
  }

  std::function<void(Response)> send;
  std::atomic<bool> answered = false;
};

Responder::Responder(std::function<void(Response)> send)
    : state_(std::make_shared<State>(std::move(send))) {}

void Responder::operator()(Response response) const {
  if (state_->answered.exchange(true, std::memory_order_acq_rel)) {
    Log(LogLevel::kError, "request answered twice");
    return;
  }
  state_->send(std::move(response));
}

}  // namespace oubli::http
