// The command line's end of the running server's local socket.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace oubli::admin {

// One connection, for one thread.
class ControlClient {
 public:
  // Errors: kNotFound when no server listens there, kUnavailable.
  static Result<ControlClient> Connect(const std::string& data_dir);
  ControlClient(ControlClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        input_(std::move(other.input_)),
        searched_(other.searched_) {}
  ControlClient& operator=(ControlClient&&) = delete;
  ~ControlClient();

  // Runs a command there; `arguments` is a JSON object. Nothing when the server stops and has not
  // run it: then it may be tried again elsewhere. Errors: the command's; kUnavailable when the
  // connection broke and nobody knows whether it was run.
  Result<std::optional<std::string>> Call(std::string_view command, std::string_view arguments);

 private:
  explicit ControlClient(int fd) : fd_(fd) {}
  bool Send(std::string_view bytes);
  bool Receive();
  std::optional<std::string> TakeLine();

  int fd_;
  std::string input_;    // received and not yet taken
  size_t searched_ = 0;  // of it, without a line end
};

}  // namespace oubli::admin
