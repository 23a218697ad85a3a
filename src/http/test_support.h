// For the tests of http: a server on a free port, a handler that echoes, a client of raw bytes.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "http/server.h"

namespace oubli::http {

inline constexpr char kGet[] = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

using HandlerFunction = std::function<void(std::shared_ptr<const Request>, Responder)>;

// "GET /path?query body" as text.
inline void Echo(const std::shared_ptr<const Request>& request, const Responder& respond) {
  Response response = Response::Text(200, "text/plain", request->method + " " + request->path);
  if (!request->query.empty()) response.body += "?" + request->query;
  response.body += " " + request->body;
  response.route = "/echo";
  respond(std::move(response));
}

// The defaults, changed by `change`.
inline ServerOptions Options(const std::function<void(ServerOptions&)>& change) {
  ServerOptions options;
  change(options);
  return options;
}

class FunctionHandler : public Handler {
 public:
  explicit FunctionHandler(HandlerFunction function) : function_(std::move(function)) {}
  void Handle(std::shared_ptr<const Request> request, Responder respond) override {
    ++count_;
    function_(std::move(request), std::move(respond));
  }
  int count() const { return count_; }

 private:
  HandlerFunction function_;
  std::atomic<int> count_ = 0;
};

class TestServer {
 public:
  explicit TestServer(ServerOptions options = {}, HandlerFunction function = Echo)
      : handler_(std::move(function)),
        server_(WithFreePort(std::move(options)), handler_, [this](const AccessRecord& record) {
          const std::lock_guard lock(mutex_);
          statuses_.push_back(record.status);
          sizes_.push_back(record.response_bytes);
        }) {
    const Status started = server_.Start();
    EXPECT_TRUE(started) << (started ? "" : started.error().text);
  }

  Server& operator*() { return server_; }
  Server* operator->() { return &server_; }
  int handled() const { return handler_.count(); }
  std::vector<int> statuses() const {  // as the observer saw them
    const std::lock_guard lock(mutex_);
    return statuses_;
  }
  std::vector<size_t> sizes() const {  // of the answers, the same
    const std::lock_guard lock(mutex_);
    return sizes_;
  }

 private:
  static ServerOptions WithFreePort(ServerOptions options) {
    options.port = 0;
    return options;
  }

  mutable std::mutex mutex_;
  std::vector<int> statuses_;  // guarded by mutex_
  std::vector<size_t> sizes_;  // guarded by mutex_
  FunctionHandler handler_;
  Server server_;
};

class RawClient {
 public:
  explicit RawClient(uint16_t port, int receive_buffer = 0) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer != 0) {
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { Close(); }

  bool connected() const { return connected_; }
  int fd() const { return fd_; }

  // False when the peer has closed.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  void FinishSending() { shutdown(fd_, SHUT_WR); }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  // One answer with its body; "" when the connection ends before it does.
  std::string ReadAnswer(bool head = false) {
    while (true) {
      const size_t end = buffer_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const size_t total = end + 4 + (head ? 0 : BodyLength(buffer_.substr(0, end + 2)));
        if (buffer_.size() >= total) {
          std::string answer = buffer_.substr(0, total);
          buffer_.erase(0, total);
          return answer;
        }
      }
      if (!Receive()) return "";
    }
  }

  // All until the peer closes. Sets `timed_out()` when it does not.
  std::string ReadToEnd() {
    while (Receive()) {
    }
    return std::exchange(buffer_, "");
  }
  bool timed_out() const { return timed_out_; }
  // The connection was cut off, not ended.
  bool was_reset() const { return was_reset_; }

 private:
  static size_t BodyLength(const std::string& head) {
    const size_t at = head.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
  }
  bool Receive() {
    char bytes[16384];
    const ssize_t size = recv(fd_, bytes, sizeof(bytes), 0);
    timed_out_ = size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    was_reset_ = size < 0 && errno == ECONNRESET;
    if (size <= 0) return false;
    buffer_.append(bytes, static_cast<size_t>(size));
    return true;
  }

  int fd_;
  bool connected_ = false;
  bool timed_out_ = false;
  bool was_reset_ = false;
  std::string buffer_;
};

inline std::string BodyOf(const std::string& answer) {
  const size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

inline int StatusOf(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ")
             ? static_cast<int>(std::strtol(answer.c_str() + 9, nullptr, 10))
             : 0;
}

// Waits until `condition` holds; false after ten seconds.
inline bool Eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace oubli::http
