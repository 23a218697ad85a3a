// The running server's end of the local socket DIR/oubli.sock: commands of the administrator.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.h"

namespace oubli::admin {

// One thread accepts and each connection has one of its own; there are few. The file has mode 0600
// and lies in a folder of its owner: who may open it may do everything, there is no other check.
class ControlSocket {
 public:
  using Run = std::function<Result<std::string>(std::string_view command,
                                                const boost::json::object& arguments)>;
  static constexpr size_t kMaxConnections = 16;

  // Replaces a socket that another process left behind. REQUIRES: this process holds the data's
  // lock. `run` is called from several threads at once. Errors: kUnavailable.
  static Result<std::unique_ptr<ControlSocket>> Open(const std::string& data_dir, Run run);
  ~ControlSocket();  // as Stop()

  // Finishes the commands that run, tells the other clients that it stops, removes the file. Once.
  void Stop();

 private:
  struct Connection {
    int fd = -1;
    bool finished = false;  // guarded by mutex_
    std::thread thread;
  };
  ControlSocket(std::string path, Run run) : path_(std::move(path)), run_(std::move(run)) {}

  Status Listen();
  void Accept();
  void TurnAway();
  void AddConnection(int fd);
  void JoinFinished();
  void Serve(Connection& connection);
  bool Answer(int fd, std::string_view line);
  bool WaitFor(int fd) const;  // false when it stops

  const std::string path_;
  const Run run_;
  int listener_ = -1;
  int stop_event_ = -1;  // readable from Stop() on
  std::mutex mutex_;
  std::list<Connection> connections_;  // added and removed by the accepting thread alone
  std::thread accepting_;
};

}  // namespace oubli::admin
