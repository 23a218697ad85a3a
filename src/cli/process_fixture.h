// For the end-to-end tests: runs the real program as its users do, in a folder of its own.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/test_support.h"

namespace oubli::cli {

using Words = std::vector<std::string>;

// A started program, killed when this dies before it has ended.
class Process {
 public:
  // `environment` is "NAME=VALUE" on top of the test's own, without what begins with OUBLI_.
  Process(Words command, const Words& environment, const std::string& error_file);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  void Signal(int signal) const;
  // One line of its standard output without the line end; "" when it ended or said nothing for 20
  // s.
  std::string ReadLine();
  std::string ReadToEnd();
  // Its exit code; 128 and the signal's number when one ended it.
  int Wait();

 private:
  bool Receive();
  pid_t pid_ = -1;
  int out_ = -1;
  std::string buffer_;
};

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

class EndToEndTest : public ::testing::Test {
 protected:
  EndToEndTest();
  ~EndToEndTest() override;

  // Runs `oubli WORDS --data DATA` to its end.
  Outcome Run(Words words, const Words& environment = {});
  // The same without --data.
  Outcome RunAsIs(Words words, const Words& environment = {});
  // The result of a command that must succeed, with --json.
  std::string RunJson(Words words);

  struct Server {
    std::unique_ptr<Process> process;
    std::string ready;  // the first line
    uint16_t port = 0;
    uint16_t metrics_port = 0;
    std::string error_file;

    int Stop() const {
      process->Signal(SIGTERM);
      return process->Wait();
    }
    std::string Log() const;
  };
  // `oubli serve` on free ports; waits until it is ready.
  Server Serve(Words more = {});
  // An answer to a request without a body.
  static std::string Ask(uint16_t port, const std::string& method, const std::string& target);

  std::string NewFile(const std::string& name, std::string_view bytes) const;

  std::string dir_;
  std::string data_;  // dir_/data

 private:
  int files_ = 0;
};

std::string ReadWholeFile(const std::string& path);

}  // namespace oubli::cli
