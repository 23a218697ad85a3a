#include "doctor/wait_for_input.h"

#include <poll.h>

namespace oubli::doctor {
namespace {

constexpr int kPollMs = 100;

}  // namespace

Status WaitForInput(int fd, const std::function<bool()>& keep_going) {
  while (keep_going()) {
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, kPollMs) > 0) return {};
  }
  return Fail(ErrorKind::kUnavailable, "given up: the server stops");
}

}  // namespace oubli::doctor
