#include "admin/control_socket.h"

#include <fmt/core.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <cerrno>
#include <cstring>
#include <exception>

#include "admin/protocol.h"
#include "admin/unix_address.h"
#include "base/log.h"

namespace oubli::admin {
namespace {

// A client that does not read its answer is given up, so that it cannot hold up the stop.
constexpr timeval kSendLimit{.tv_sec = 5, .tv_usec = 0};

bool SendLine(int fd, std::string line) {
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t sent = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    rest.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<ControlSocket>> ControlSocket::Open(const std::string& data_dir, Run run) {
  std::unique_ptr<ControlSocket> socket(
      new ControlSocket(ControlSocketPath(data_dir), std::move(run)));
  OUBLI_TRY(socket->Listen());
  socket->accepting_ = std::thread([raw = socket.get()] { raw->Accept(); });
  return socket;
}

ControlSocket::~ControlSocket() {
  Stop();
  if (listener_ >= 0) ::close(listener_);
  if (stop_event_ >= 0) ::close(stop_event_);
}

Status ControlSocket::Listen() {
  OUBLI_TRY_ASSIGN(const UnixAddress address, UnixAddress::For(path_));
  const auto fail = [this](const char* what) {
    return Fail(ErrorKind::kUnavailable,
                fmt::format("cannot {} the socket {}: {}", what, path_, strerror(errno)));
  };
  stop_event_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (stop_event_ < 0 || listener_ < 0) return fail("make");
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT) return fail("replace");
  // On Linux the file gets the mode of the socket: it never exists with a wider one.
  if (::fchmod(listener_, 0600) != 0) return fail("make");
  if (::bind(listener_, address.get(), UnixAddress::size()) != 0) return fail("make");
  if (::chmod(path_.c_str(), 0600) != 0 || ::listen(listener_, 64) != 0) return fail("open");
  return {};
}

void ControlSocket::Stop() {
  if (!accepting_.joinable()) return;
  const uint64_t one = 1;
  while (::write(stop_event_, &one, sizeof(one)) < 0 && errno == EINTR) {
  }
  accepting_.join();
  for (Connection& connection : connections_) connection.thread.join();
  connections_.clear();
  ::unlink(path_.c_str());
}

bool ControlSocket::WaitFor(int fd) const {
  pollfd waiting[] = {{.fd = stop_event_, .events = POLLIN, .revents = 0},
                      {.fd = fd, .events = POLLIN, .revents = 0}};
  while (::poll(waiting, 2, -1) < 0 && errno == EINTR) {
  }
  return waiting[0].revents == 0;
}

void ControlSocket::Accept() {
  while (WaitFor(listener_)) {
    JoinFinished();
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) {
      AddConnection(fd);
    } else if (errno != EINTR && errno != EAGAIN && errno != ECONNABORTED) {
      Log(LogLevel::kWarning, "control connection not accepted", {{"error", int64_t{errno}}});
      ::usleep(100'000);  // out of file descriptors, most likely: it would fail again at once
    }
  }
  TurnAway();
}

// Who has connected and waits must not be left to guess whether its command was run.
void ControlSocket::TurnAway() {
  ::shutdown(listener_, SHUT_RDWR);  // nobody connects from here on
  while (true) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    SendLine(fd, EncodeStopping());
    ::close(fd);
  }
}

void ControlSocket::AddConnection(int fd) {
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kSendLimit, sizeof(kSendLimit));
  if (connections_.size() >= kMaxConnections) {
    SendLine(fd, EncodeAnswer(Fail(ErrorKind::kTooMany, "too many commands run at once")));
    ::close(fd);
    return;
  }
  Connection& connection = connections_.emplace_back();
  connection.fd = fd;
  connection.thread = std::thread([this, &connection] { Serve(connection); });
}

void ControlSocket::JoinFinished() {
  for (auto connection = connections_.begin(); connection != connections_.end();) {
    bool finished = false;
    {
      const std::lock_guard lock(mutex_);
      finished = connection->finished;
    }
    if (!finished) {
      ++connection;
      continue;
    }
    connection->thread.join();
    connection = connections_.erase(connection);
  }
}

void ControlSocket::Serve(Connection& connection) {
  std::string input;
  size_t searched = 0;
  std::string chunk(64 * 1024, '\0');
  while (true) {
    if (!WaitFor(connection.fd)) {
      SendLine(connection.fd, EncodeStopping());
      break;
    }
    const ssize_t got = ::recv(connection.fd, chunk.data(), chunk.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    input.append(chunk, 0, static_cast<size_t>(got));
    const size_t end = input.find('\n', searched);
    searched = input.size();
    const bool complete = end != std::string::npos;
    if (!complete && input.size() <= kMaxRequestBytes) continue;
    if (!complete || end > kMaxRequestBytes) {
      SendLine(connection.fd, EncodeAnswer(Fail(ErrorKind::kTooMany, "the request is too long")));
      break;
    }
    // A client waits for each answer: what is behind the line end would be a second request too
    // early.
    if (end + 1 != input.size() || !Answer(connection.fd, std::string_view(input).substr(0, end))) {
      break;
    }
    input.clear();
    searched = 0;
  }
  ::close(connection.fd);
  const std::lock_guard lock(mutex_);
  connection.finished = true;
}

bool ControlSocket::Answer(int fd, std::string_view line) {
  const auto run = [&]() -> Result<std::string> {
    OUBLI_TRY_ASSIGN(const ControlRequest request, DecodeRequest(line));
    try {
      return run_(request.command, request.arguments.get_object());
    } catch (const std::exception&) {
      Log(LogLevel::kError, "command threw an exception");
      return Fail(ErrorKind::kUnavailable, "the command failed inside the server");
    }
  };
  return SendLine(fd, EncodeAnswer(run()));
}

}  // namespace oubli::admin
