#include "cli/password_input.h"

#include <fmt/core.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <optional>

#include "crypto/key.h"

namespace oubli::cli {
namespace {

constexpr size_t kMaxLine = 1024;

// Turns the terminal's echo off for as long as it lives.
class Silence {
 public:
  Silence() {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  ~Silence() {
    if (changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

// Without its line end; nothing at the end of the input.
std::optional<std::string> ReadLine() {
  char line[kMaxLine + 2] = {};
  const bool read = std::fgets(line, sizeof line, stdin) != nullptr;
  std::optional<std::string> text;
  if (read) {
    text.emplace(line);
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  }
  crypto::Wipe(line, sizeof line);
  return text;
}

Result<std::string> AskSilently(const char* question) {
  const Silence silence;
  fmt::print(stderr, "{}: ", question);
  const auto line = ReadLine();
  fmt::print(stderr, "\n");
  if (!line) return Fail(ErrorKind::kInvalid, "no password was given");
  return *line;
}

}  // namespace

Result<std::string> ReadNewPassword() {
  if (isatty(STDIN_FILENO) == 0) {
    const auto line = ReadLine();
    if (!line) return Fail(ErrorKind::kInvalid, "a password is expected on standard input");
    return *line;
  }
  OUBLI_TRY_ASSIGN(std::string password, AskSilently("New password (10 characters or more)"));
  OUBLI_TRY_ASSIGN(const std::string again, AskSilently("The same again"));
  if (password != again) return Fail(ErrorKind::kInvalid, "the two passwords differ");
  return password;
}

}  // namespace oubli::cli
