#include "doctor/file_stream.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "doctor/wait_for_input.h"

namespace oubli::doctor {
namespace {

constexpr size_t kPiece = 64 * 1024;
// How the child ends.
struct Exit {
  enum Code : int { kRead = 0, kMissing = 1, kUnreadable = 2 };
};

// In the child: nothing but system calls, since other threads may have held any lock when it was
// made.
[[noreturn]] void ReadIn(const char* path, int out, char* buffer) {
  // Copies of the server's descriptors would keep its connections and its lock alive.
  if (out != 3) ::dup2(out, 3);
  ::close_range(4, ~0U, 0);
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) ::_exit(errno == ENOENT ? Exit::kMissing : Exit::kUnreadable);
  while (true) {
    const ssize_t got = ::read(fd, buffer, kPiece);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) ::_exit(got == 0 ? Exit::kRead : Exit::kUnreadable);
    for (ssize_t done = 0; done < got;) {
      const ssize_t put = ::write(3, buffer + done, static_cast<size_t>(got - done));
      if (put < 0 && errno != EINTR) ::_exit(Exit::kUnreadable);
      if (put > 0) done += put;
    }
  }
}

class ReadingProcess {
 public:
  ReadingProcess() : buffer_(kPiece) {}
  ~ReadingProcess() {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      (void)Wait();
    }
    if (in_ >= 0) ::close(in_);
  }
  ReadingProcess(const ReadingProcess&) = delete;
  ReadingProcess& operator=(const ReadingProcess&) = delete;

  Status Start(const std::string& path) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return Fail(ErrorKind::kUnavailable, "cannot make a pipe");
    in_ = ends[0];
    const pid_t parent = ::getpid();
    child_ = ::fork();
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) ::_exit(Exit::kUnreadable);
      ReadIn(path.c_str(), ends[1], buffer_.data());
    }
    ::close(ends[1]);
    if (child_ > 0) return {};
    return Fail(ErrorKind::kUnavailable, "cannot make a process to read the files");
  }

  // Empty at the end.
  Result<std::string_view> Next(const std::function<bool()>& keep_going) {
    while (true) {
      OUBLI_TRY(WaitForInput(in_, keep_going));
      const ssize_t got = ::read(in_, buffer_.data(), buffer_.size());
      if (got < 0 && errno == EINTR) continue;
      return std::string_view(buffer_.data(), got > 0 ? static_cast<size_t>(got) : 0);
    }
  }

  // Behind the end: how the child ended.
  int Wait() {
    int status = 0;
    while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : Exit::kUnreadable;
  }

 private:
  std::vector<char> buffer_;
  int in_ = -1;
  pid_t child_ = -1;
};

}  // namespace

Status StreamFile(const std::string& path, const std::function<bool()>& keep_going,
                  const std::function<Status(std::string_view)>& take) {
  ReadingProcess process;
  OUBLI_TRY(process.Start(path));
  while (true) {
    OUBLI_TRY_ASSIGN(const std::string_view piece, process.Next(keep_going));
    if (piece.empty()) break;
    OUBLI_TRY(take(piece));
  }
  switch (process.Wait()) {
    case Exit::kRead:
      return {};
    case Exit::kMissing:
      return Fail(ErrorKind::kNotFound, fmt::format("{} is missing", path));
    default:
      return Fail(ErrorKind::kUnavailable, fmt::format("{} cannot be read", path));
  }
}

}  // namespace oubli::doctor
