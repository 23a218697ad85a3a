#include "admin/control_client.h"

#include <fmt/core.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "admin/protocol.h"
#include "admin/unix_address.h"

namespace oubli::admin {
namespace {

constexpr size_t kChunkBytes = 64 * 1024;

}  // namespace

Result<ControlClient> ControlClient::Connect(const std::string& data_dir) {
  const std::string path = ControlSocketPath(data_dir);
  OUBLI_TRY_ASSIGN(const UnixAddress address, UnixAddress::For(path));
  ControlClient client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (client.fd_ >= 0 && ::connect(client.fd_, address.get(), UnixAddress::size()) == 0) {
    return client;
  }
  const bool nobody = client.fd_ >= 0 && (errno == ENOENT || errno == ECONNREFUSED);
  return Fail(nobody ? ErrorKind::kNotFound : ErrorKind::kUnavailable,
              fmt::format("cannot speak to the server at {}: {}", path, strerror(errno)));
}

ControlClient::~ControlClient() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::optional<std::string>> ControlClient::Call(std::string_view command,
                                                       std::string_view arguments) {
  const std::string request = EncodeRequest(command, arguments) + '\n';
  if (request.size() > kMaxRequestBytes) {
    return Fail(ErrorKind::kTooMany, "the request is too long for the local socket");
  }
  // The server may have said behind the last answer that it stops.
  std::optional<std::string> line = TakeLine();
  if (line) return DecodeAnswer(*line);
  const bool sent = Send(request);
  // What could not be sent in full may have an answer all the same: that the server stops.
  while (!(line = TakeLine()) && Receive()) {
  }
  if (line) return DecodeAnswer(*line);
  if (!sent) return std::nullopt;
  return Fail(ErrorKind::kUnavailable,
              "the running server ended before it answered: look whether the command was done");
}

bool ControlClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool ControlClient::Receive() {
  if (input_.size() > kMaxAnswerBytes) return false;
  const size_t before = input_.size();
  input_.resize(before + kChunkBytes);
  ssize_t got = 0;
  do {
    got = ::recv(fd_, input_.data() + before, kChunkBytes, 0);
  } while (got < 0 && errno == EINTR);
  input_.resize(before + static_cast<size_t>(got > 0 ? got : 0));
  return got > 0;
}

std::optional<std::string> ControlClient::TakeLine() {
  const size_t end = input_.find('\n', searched_);
  searched_ = input_.size();
  if (end == std::string::npos) return std::nullopt;
  std::string line = input_.substr(0, end);
  input_.erase(0, end + 1);
  searched_ = 0;
  return line;
}

}  // namespace oubli::admin
