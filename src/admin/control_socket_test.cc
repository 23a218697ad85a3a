#include "admin/control_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <future>
#include <thread>
#include <vector>

#include "admin/control_client.h"
#include "admin/protocol.h"
#include "admin/unix_address.h"

namespace oubli::admin {
namespace {

class ControlSocketTest : public ::testing::Test {
 protected:
  ControlSocketTest() {
    char path[] = "/tmp/oubli-socket-XXXXXX";
    dir_ = mkdtemp(path);
  }
  ~ControlSocketTest() override { std::filesystem::remove_all(dir_); }

  void Open(ControlSocket::Run run) { socket_ = ControlSocket::Open(dir_, std::move(run)).value(); }
  // Answers with what it was given.
  void OpenEcho() {
    Open([](std::string_view command, const boost::json::object& arguments) -> Result<std::string> {
      if (command == "fail") return Fail(ErrorKind::kConflict, "it is \"so\"", "handle");
      if (command == "throw") throw std::runtime_error("secret");
      return "{\"command\":\"" + std::string(command) +
             "\",\"arguments\":" + boost::json::serialize(arguments) + "}";
    });
  }

  int RawConnect() {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const auto address = UnixAddress::For(ControlSocketPath(dir_)).value();
    EXPECT_EQ(::connect(fd, address.get(), UnixAddress::size()), 0);
    return fd;
  }
  static std::string ReadAll(int fd) {
    std::string all;
    char bytes[4096];
    while (true) {
      const ssize_t got = ::recv(fd, bytes, sizeof(bytes), 0);
      if (got <= 0) return all;
      all.append(bytes, static_cast<size_t>(got));
    }
  }

  std::string dir_;
  std::unique_ptr<ControlSocket> socket_;
};

TEST_F(ControlSocketTest, SeveralRequestsOnAConnection) {
  OpenEcho();
  ControlClient client = ControlClient::Connect(dir_).value();
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.Call("store.show", R"({"handle":"demo"})");
    ASSERT_TRUE(answer);
    EXPECT_EQ(*answer, R"({"command":"store.show","arguments":{"handle":"demo"}})");
  }
}

TEST_F(ControlSocketTest, ErrorsArriveAsTheyWere) {
  OpenEcho();
  ControlClient client = ControlClient::Connect(dir_).value();
  const auto failed = client.Call("fail", "{}");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(failed.error().text, "it is \"so\"");
  EXPECT_EQ(failed.error().field, "handle");
  const auto thrown = client.Call("throw", "{}");
  ASSERT_FALSE(thrown);
  EXPECT_EQ(thrown.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(thrown.error().text.find("secret"), std::string::npos);
  EXPECT_TRUE(client.Call("again", "{}"));
}

TEST_F(ControlSocketTest, TheFileIsForItsOwnerAlone) {
  OpenEcho();
  struct stat status {};
  ASSERT_EQ(::stat(ControlSocketPath(dir_).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(ControlSocketTest, StaleSocketsAreReplacedAndOwnOnesRemoved) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const auto address = UnixAddress::For(ControlSocketPath(dir_)).value();
  ASSERT_EQ(::bind(fd, address.get(), UnixAddress::size()), 0);
  ::close(fd);
  const auto nobody = ControlClient::Connect(dir_);
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().kind, ErrorKind::kNotFound);
  OpenEcho();
  EXPECT_TRUE(ControlClient::Connect(dir_));
  socket_.reset();
  EXPECT_FALSE(std::filesystem::exists(ControlSocketPath(dir_)));
}

TEST_F(ControlSocketTest, LongPathsWork) {
  std::filesystem::remove_all(dir_);
  dir_ += "/" + std::string(100, 'a') + "/" + std::string(100, 'b');
  std::filesystem::create_directories(dir_);
  OpenEcho();
  EXPECT_TRUE(std::filesystem::exists(dir_ + "/oubli.sock"));
  EXPECT_TRUE(ControlClient::Connect(dir_)->Call("x", "{}"));
  socket_.reset();
  EXPECT_FALSE(std::filesystem::exists(dir_ + "/oubli.sock"));
}

TEST_F(ControlSocketTest, LinesThatAreNoRequestAreRefused) {
  OpenEcho();
  for (const std::string_view line :
       {"", "x", "[]", "{}", "{\"command\":5,\"arguments\":{}}", "{\"command\":\"a\"}",
        "{\"command\":\"a\",\"arguments\":[]}", "GET / HTTP/1.1\r"}) {
    const int fd = RawConnect();
    const std::string bytes = std::string(line) + "\n";
    ASSERT_EQ(::send(fd, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    ::shutdown(fd, SHUT_WR);
    EXPECT_TRUE(ReadAll(fd).starts_with("{\"error\":{\"kind\":\"invalid\"")) << line;
    ::close(fd);
  }
}

TEST_F(ControlSocketTest, EndlessLinesAreCut) {
  OpenEcho();
  const int fd = RawConnect();
  const std::string chunk(1024 * 1024, 'x');
  for (size_t sent = 0; sent <= kMaxRequestBytes + chunk.size(); sent += chunk.size()) {
    if (::send(fd, chunk.data(), chunk.size(), MSG_NOSIGNAL) < 0) break;
  }
  EXPECT_NE(ReadAll(fd).find("too long"), std::string::npos);
  ::close(fd);
  const std::string big = "{\"a\":\"" + std::string(kMaxRequestBytes, 'x') + "\"}";
  const auto refused = ControlClient::Connect(dir_)->Call("x", big);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kTooMany);
}

TEST_F(ControlSocketTest, TooManyConnectionsAreRefusedUntilOneEnds) {
  OpenEcho();
  std::vector<ControlClient> clients;
  for (size_t i = 0; i < ControlSocket::kMaxConnections; ++i) {
    clients.push_back(ControlClient::Connect(dir_).value());
    ASSERT_TRUE(clients.back().Call("x", "{}"));
  }
  const auto refused = ControlClient::Connect(dir_)->Call("x", "{}");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kTooMany);
  clients.pop_back();
  bool served = false;
  for (int i = 0; i < 1000 && !served; ++i) {
    served = ControlClient::Connect(dir_)->Call("x", "{}").has_value();
  }
  EXPECT_TRUE(served);
}

TEST_F(ControlSocketTest, AStopFinishesWhatRunsAndTellsTheOthers) {
  std::promise<void> started;
  std::promise<void> finish;
  Open([&](std::string_view command, const boost::json::object&) -> Result<std::string> {
    if (command == "slow") {
      started.set_value();
      finish.get_future().wait();
    }
    return "{}";
  });
  ControlClient idle = ControlClient::Connect(dir_).value();
  ASSERT_TRUE(idle.Call("x", "{}"));
  auto slow = std::async(std::launch::async,
                         [&] { return ControlClient::Connect(dir_)->Call("slow", "{}"); });
  started.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] { socket_->Stop(); });
  EXPECT_EQ(stopped.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  const auto idle_answer = idle.Call("x", "{}");
  ASSERT_TRUE(idle_answer);
  EXPECT_FALSE(idle_answer->has_value());
  finish.set_value();
  stopped.wait();
  const auto answer = slow.get();
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, "{}");
}

// A client in the queue of a server that stops once got a broken connection, and could not know
// whether its command had been run.
TEST_F(ControlSocketTest, NoClientIsLeftToGuessWhenTheServerStops) {
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> run = 0;
    Open([&](std::string_view, const boost::json::object&) -> Result<std::string> {
      ++run;
      return "{}";
    });
    std::atomic<int> answered = 0;
    std::atomic<int> in_doubt = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        while (true) {
          auto client = ControlClient::Connect(dir_);
          if (!client) return;
          const auto answer = client->Call("x", "{}");
          // So many come and go that the limit may be reached; then nothing was run.
          if (!answer && answer.error().kind == ErrorKind::kTooMany) continue;
          if (!answer) ++in_doubt;
          if (!answer || !*answer) return;
          ++answered;
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(round % 5));
    socket_->Stop();
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(in_doubt, 0);
    EXPECT_EQ(answered, run);
    socket_.reset();
  }
}

}  // namespace
}  // namespace oubli::admin
