#include "cli/process_fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "base/text.h"

namespace oubli::cli {
namespace {

std::vector<char*> Pointers(Words& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

uint16_t PortIn(const std::string& line) {
  const std::string text = line.ends_with("/metrics") ? line.substr(0, line.size() - 8) : line;
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return 0;
  return static_cast<uint16_t>(ParseInt(std::string_view(text).substr(colon + 1)).value_or(0));
}

}  // namespace

Process::Process(Words command, const Words& environment, const std::string& error_file) {
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  out_ = ends[0];
  Words variables = environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("OUBLI_")) variables.emplace_back(*variable);
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, error_file.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   0600);
  EXPECT_EQ(posix_spawnp(&pid_, command.front().c_str(), &actions, nullptr,
                         Pointers(command).data(), Pointers(variables).data()),
            0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
}

Process::~Process() {
  if (pid_ > 0) {
    Signal(SIGKILL);
    Wait();
  }
  ::close(out_);
}

void Process::Signal(int signal) const { EXPECT_EQ(::kill(pid_, signal), 0); }

bool Process::Receive() {
  pollfd waiting{.fd = out_, .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, 20'000) <= 0) return false;
  char bytes[4096];
  const ssize_t got = ::read(out_, bytes, sizeof(bytes));
  if (got <= 0) return false;
  buffer_.append(bytes, static_cast<size_t>(got));
  return true;
}

std::string Process::ReadLine() {
  while (true) {
    const size_t end = buffer_.find('\n');
    if (end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    if (!Receive()) return "";
  }
}

std::string Process::ReadToEnd() {
  while (Receive()) {
  }
  return std::exchange(buffer_, "");
}

int Process::Wait() {
  int status = 0;
  EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

EndToEndTest::EndToEndTest() {
  char path[] = "/tmp/oubli-end-to-end-XXXXXX";
  dir_ = mkdtemp(path);
  data_ = dir_ + "/data";
}

EndToEndTest::~EndToEndTest() { std::filesystem::remove_all(dir_); }

Outcome EndToEndTest::RunAsIs(Words words, const Words& environment) {
  words.insert(words.begin(), OUBLI_BINARY);
  const std::string error_file = dir_ + "/stderr." + std::to_string(++files_);
  Process process(std::move(words), environment, error_file);
  Outcome outcome;
  outcome.out = process.ReadToEnd();
  outcome.code = process.Wait();
  outcome.err = ReadWholeFile(error_file);
  return outcome;
}

Outcome EndToEndTest::Run(Words words, const Words& environment) {
  words.insert(words.end(), {"--data", data_});
  return RunAsIs(std::move(words), environment);
}

std::string EndToEndTest::RunJson(Words words) {
  words.emplace_back("--json");
  const Outcome outcome = Run(std::move(words));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return outcome.out;
}

EndToEndTest::Server EndToEndTest::Serve(Words more) {
  Words command = {OUBLI_BINARY, "serve",       "--data",    data_,
                   "--listen",   "127.0.0.1:0", "--metrics", "127.0.0.1:0"};
  command.insert(command.end(), more.begin(), more.end());
  Server server;
  server.error_file = dir_ + "/stderr." + std::to_string(++files_);
  server.process = std::make_unique<Process>(std::move(command), Words(), server.error_file);
  server.ready = server.process->ReadLine();
  EXPECT_TRUE(server.ready.starts_with("oubli: listening on http")) << server.Log();
  server.port = PortIn(server.ready);
  server.metrics_port = PortIn(server.process->ReadLine());
  return server;
}

std::string EndToEndTest::Server::Log() const { return ReadWholeFile(error_file); }

std::string EndToEndTest::Ask(uint16_t port, const std::string& method, const std::string& target) {
  http::RawClient client(port);
  client.Send(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return client.ReadAnswer(method == "HEAD");
}

std::string EndToEndTest::NewFile(const std::string& name, std::string_view bytes) const {
  const std::string path = dir_ + "/" + name;
  FILE* file = std::fopen(path.c_str(), "w");
  std::fwrite(bytes.data(), 1, bytes.size(), file);
  std::fclose(file);
  return path;
}

std::string ReadWholeFile(const std::string& path) {
  std::string text;
  if (FILE* file = std::fopen(path.c_str(), "r")) {
    char bytes[4096];
    while (const size_t got = std::fread(bytes, 1, sizeof(bytes), file)) text.append(bytes, got);
    std::fclose(file);
  }
  return text;
}

}  // namespace oubli::cli
