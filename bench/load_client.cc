#include "load_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "http_response.h"

namespace oubli::bench {
namespace {

using Clock = std::chrono::steady_clock;

tl::unexpected<Error> SystemError(std::string_view what) {
  return Fail(ErrorKind::kUnavailable, fmt::format("{}: {}", what, std::strerror(errno)));
}

// An open file descriptor, closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

struct Connection {
  Descriptor socket;
  ResponseReader reader;
  std::string wire;  // the request under way
  size_t sent = 0;
  bool busy = false;     // a request is under way
  bool writing = false;  // epoll also watches for room to write
  Clock::time_point started;
};

class Load {
 public:
  Load(const LoadOptions& options, RequestList& list) : options_(options), list_(list) {}

  Result<LoadResult> Run();

 private:
  Status Connect(Connection& connection);
  Status SendNext(Connection& connection);
  Status Flush(Connection& connection);
  Status Watch(Connection& connection, bool writing);
  Status OnReadable(Connection& connection);
  Status OnClosed(Connection& connection);
  Status OnAnswer(Connection& connection);
  LoadResult Summary(Clock::duration elapsed);

  const LoadOptions& options_;
  RequestList& list_;
  Descriptor epoll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  int busy_ = 0;
  LoadResult result_;
  std::vector<uint32_t> latencies_us_;
  std::array<char, 256 * 1024> buffer_;
};

Result<LoadResult> Load::Run() {
  epoll_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
  if (epoll_.get() < 0) return SystemError("epoll");
  latencies_us_.reserve(std::min<uint64_t>(list_.count(), 100'000'000));
  for (int i = 0; i < options_.connections; ++i) {
    connections_.push_back(std::make_unique<Connection>());
    OUBLI_TRY(Connect(*connections_.back()));
  }
  const auto start = Clock::now();
  for (auto& connection : connections_) OUBLI_TRY(SendNext(*connection));
  std::array<epoll_event, 256> events;
  while (busy_ > 0) {
    const int ready = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                 options_.silence_limit_ms);
    if (ready < 0 && errno != EINTR) return SystemError("epoll_wait");
    if (ready == 0) return Fail(ErrorKind::kUnavailable, "the server has fallen silent");
    for (int i = 0; i < ready; ++i) {
      auto& connection = *static_cast<Connection*>(events[static_cast<size_t>(i)].data.ptr);
      if (events[static_cast<size_t>(i)].events & EPOLLOUT) OUBLI_TRY(Flush(connection));
      OUBLI_TRY(OnReadable(connection));
    }
  }
  return Summary(Clock::now() - start);
}

Status Load::Connect(Connection& connection) {
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(options_.port);
  if (inet_pton(AF_INET, options_.address.c_str(), &peer.sin_addr) != 1) {
    return Fail(ErrorKind::kInvalid, "not an IPv4 address: " + options_.address);
  }
  Descriptor fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return SystemError("socket");
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0) {
    return SystemError(fmt::format("connect to {}:{}", options_.address, options_.port));
  }
  const int on = 1;
  setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (fcntl(fd.get(), F_SETFL, O_NONBLOCK) != 0) return SystemError("fcntl");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &connection;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd.get(), &event) != 0) return SystemError("epoll");
  connection.socket = std::move(fd);
  connection.writing = false;
  return {};
}

Status Load::SendNext(Connection& connection) {
  connection.wire.clear();
  connection.sent = 0;
  connection.reader.Reset();
  if (!list_.Next(connection.wire)) return {};
  connection.busy = true;
  ++busy_;
  connection.started = Clock::now();
  return Flush(connection);
}

Status Load::Flush(Connection& connection) {
  while (connection.sent < connection.wire.size()) {
    const ssize_t n = send(connection.socket.get(), connection.wire.data() + connection.sent,
                           connection.wire.size() - connection.sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) return Watch(connection, true);
    // A closed connection also becomes readable; that path accounts for it.
    if (n < 0) return {};
    connection.sent += static_cast<size_t>(n);
  }
  return connection.writing ? Watch(connection, false) : Status{};
}

Status Load::Watch(Connection& connection, bool writing) {
  if (connection.writing == writing) return {};
  connection.writing = writing;
  epoll_event event{};
  event.events = writing ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.ptr = &connection;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.socket.get(), &event) != 0) {
    return SystemError("epoll");
  }
  return {};
}

Status Load::OnReadable(Connection& connection) {
  const ssize_t n = recv(connection.socket.get(), buffer_.data(), buffer_.size(), 0);
  if (n < 0 && errno == EAGAIN) return {};
  if (n <= 0) return OnClosed(connection);
  const std::string_view bytes(buffer_.data(), static_cast<size_t>(n));
  const size_t taken = connection.busy ? connection.reader.Feed(bytes) : 0;
  const auto state = connection.reader.state();
  // One request is under way a connection, so bytes beyond its answer belong to nothing.
  if (taken < bytes.size() || state == ResponseReader::State::kBroken) {
    return Fail(ErrorKind::kUnavailable, "the server sends what is no HTTP answer");
  }
  return state == ResponseReader::State::kComplete ? OnAnswer(connection) : Status{};
}

Status Load::OnClosed(Connection& connection) {
  connection.socket = Descriptor();
  if (!connection.busy) return {};  // nothing is left to send on it
  connection.reader.FeedEnd();
  if (connection.reader.state() == ResponseReader::State::kComplete) return OnAnswer(connection);
  connection.busy = false;
  --busy_;
  if (++result_.lost > 1000) {
    return Fail(ErrorKind::kUnavailable, "the server closes connections without an answer");
  }
  OUBLI_TRY(Connect(connection));
  return SendNext(connection);
}

Status Load::OnAnswer(Connection& connection) {
  const auto took = Clock::now() - connection.started;
  latencies_us_.push_back(static_cast<uint32_t>(std::min<int64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(took).count(), UINT32_MAX)));
  const int status = connection.reader.status();
  if (status / 100 != 2) {
    if (result_.first_bad_status == 0) result_.first_bad_status = status;
    ++result_.not_2xx;
  }
  result_.body_bytes += connection.reader.body_bytes();
  connection.busy = false;
  --busy_;
  if (!connection.reader.keep_alive()) {
    connection.socket = Descriptor();
    OUBLI_TRY(Connect(connection));
  }
  return SendNext(connection);
}

LoadResult Load::Summary(Clock::duration elapsed) {
  result_.seconds = std::chrono::duration<double>(elapsed).count();
  result_.requests = latencies_us_.size();
  std::sort(latencies_us_.begin(), latencies_us_.end());
  const auto quantile_ms = [this](double q) {
    if (latencies_us_.empty()) return 0.0;
    const auto at = static_cast<size_t>(q * static_cast<double>(latencies_us_.size()));
    return latencies_us_[std::min(at, latencies_us_.size() - 1)] / 1000.0;
  };
  result_.p50_ms = quantile_ms(0.5);
  result_.p99_ms = quantile_ms(0.99);
  result_.max_ms = quantile_ms(1.0);
  return result_;
}

}  // namespace

Result<LoadResult> RunLoad(const LoadOptions& options, RequestList& list) {
  // On the heap: the object carries its read buffer.
  return std::make_unique<Load>(options, list)->Run();
}

}  // namespace oubli::bench
