// One io thread of the server with its connections, and what all io threads share. Internal to
// http.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "http/parser.h"
#include "http/server.h"
#include "http/worker_pool.h"

typedef struct ssl_st SSL;

namespace oubli::http {

using Io = boost::asio::io_context;
// With the executor's type written out: the type-erased default costs a tenth of the throughput.
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Io::executor_type>;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Io::executor_type>;
using SteadyTime = std::chrono::steady_clock::time_point;

class BodyStream;
class Connection;

// How many connections there are, in total and by address. Safe from any thread.
class ConnectionCounts {
 public:
  // False, and nothing counted, when one of the limits is reached.
  bool TryAdd(const std::string& address, int max_total, int max_per_address);
  void Remove(const std::string& address);
  int total() const { return total_.load(std::memory_order_relaxed); }
  // True when the last one has gone before `limit`.
  bool WaitUntilNone(std::chrono::milliseconds limit);

 private:
  std::mutex mutex_;
  std::condition_variable none_left_;
  std::unordered_map<std::string, int> by_address_;  // guarded by mutex_
  std::atomic<int> total_ = 0;                       // written under mutex_
};

// What all loops and connections of one server use.
struct Core {
  Core(ServerOptions server_options, Handler& handler, Server::Observer server_observer);

  const ServerOptions options;
  const ParserLimits parser_limits;
  const Server::Observer observer;
  WorkerPool workers;
  ConnectionCounts counts;
  std::atomic<bool> stopping = false;
};

// An answer on its way from whichever thread gave it to the io thread of its connection.
struct Answer {
  std::weak_ptr<Connection> connection;
  std::string bytes;
  bool close = false;                            // the connection ends with this answer
  std::shared_ptr<BodyStream> stream = nullptr;  // more of the answer is to come from here
  bool broken = false;                           // nothing more comes, and the answer is not whole
};

class Loop;

// Where answers arrive. Outlives the server when responders do: after Close() it takes nothing.
class Mailbox {
 public:
  Mailbox(Core& core, Loop& loop) : core_(&core), loop_(&loop) {}

  // Between a true Enter() and its Leave() the server exists: core() and Push() may be used.
  bool Enter();
  void Leave();
  Core& core() const { return *core_; }
  void Push(Answer answer);

  // Waits for those inside to leave. REQUIRES: the caller is not inside.
  void Close();

  void TakeAll(std::vector<Answer>& answers);  // by the loop's thread

 private:
  static constexpr uint32_t kClosed = 1U << 31;

  Core* const core_;
  Loop* const loop_;
  std::atomic<uint32_t> gate_ = 0;  // how many are inside, and kClosed
  std::mutex mutex_;
  std::vector<Answer> answers_;  // guarded by mutex_
};

// All but Start(), Post...() and Join() run on its own thread.
class Loop {
 public:
  explicit Loop(Core& core);
  ~Loop();

  void Start();
  // From any thread: takes a connection over. `tls` is owned by the callee; null for plain HTTP.
  void PostConnection(Socket socket, SSL* tls, std::string address);
  void PostWakeUp();     // answers wait in the mailbox
  void PostBeginStop();  // idle connections close, the others after their answer
  void PostEnd();        // all connections close at once, then the thread ends
  void Join();

  Io& io() { return io_; }
  Core& core() { return core_; }
  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }

  // Hands a request to the workers: those of one turn of the loop together, for one lock and no
  // more wake-ups than needed.
  void Submit(Job job);
  void Remove(Connection& connection);

 private:
  void Add(Socket socket, SSL* tls, std::string address);
  void DeliverAnswers();
  void ArmTick();
  void Tick();

  Core& core_;
  Io io_{1};
  boost::asio::executor_work_guard<Io::executor_type> work_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>,
                                    Io::executor_type>
      tick_;
  const std::chrono::milliseconds tick_interval_;
  bool ticking_ = false;
  bool submit_posted_ = false;
  std::vector<std::shared_ptr<Connection>> connections_;
  std::vector<Job> jobs_;
  std::vector<Answer> delivered_;
  std::shared_ptr<Mailbox> mailbox_;
  std::thread thread_;
};

}  // namespace oubli::http
