// What peers do while a body in pieces is on its way: read slowly, go, ask for more; and that one
// peer's long answer is nobody else's trouble.
#include <latch>

#include "http/stream_test_support.h"

namespace oubli::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view kEcho = "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view kEchoAndClose =
    "GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

// Echoes for paths that begin with "/echo", else what `function` answers.
HandlerFunction OrEcho(HandlerFunction function) {
  return [function](const auto& request, const Responder& respond) {
    if (request->path.starts_with("/echo")) return Echo(request, respond);
    function(request, respond);
  };
}

// All deadlines are as short as this one.
ServerOptions Hasty(milliseconds deadline) {
  return Options([deadline](ServerOptions& o) {
    o.answer_deadline = o.request_deadline = o.idle_timeout = deadline;
  });
}

// Reads at most `step` bytes, then pauses; until the peer closes.
std::string ReadSlowly(RawClient& client, size_t step, milliseconds pause) {
  std::string bytes;
  std::string piece(step, '\0');
  while (true) {
    const ssize_t got = recv(client.fd(), piece.data(), piece.size(), 0);
    if (got <= 0) return bytes;
    bytes.append(piece, 0, static_cast<size_t>(got));
    std::this_thread::sleep_for(pause);
  }
}

// Every deadline is over several times while this peer reads, and none is for the whole.
TEST(StreamPeers, AHealthySlowDownloadOutlivesAllDeadlines) {
  constexpr int kCount = 200;
  constexpr size_t kSize = 64 * 1024;
  for (const std::string_view request : {kGetAndClose, kGet10}) {
    auto progress = std::make_shared<Progress>();
    TestServer server(Hasty(milliseconds(500)), Letters(progress, kCount, kSize));
    RawClient client(server->port(), 32 * 1024);
    client.Send(request);
    const auto begin = steady_clock::now();
    const std::string body = BodyOf(ReadSlowly(client, 32 * 1024, milliseconds(4)));
    EXPECT_GT(steady_clock::now() - begin, milliseconds(1000));
    EXPECT_EQ(request == kGet10 ? body : Unchunked(body), LettersBody(kCount, kSize));
  }
}

// A byte now and then is no progress: such peers could hold all connections for ever.
TEST(StreamPeers, APeerThatTricklesIsCutOff) {
  auto progress = std::make_shared<Progress>();
  TestServer server(Hasty(milliseconds(300)), Letters(progress, 1000, 256 * 1024));
  RawClient client(server->port(), 4096);
  client.Send(kGet);
  std::atomic<bool> cut = false;
  std::thread reader([&] {
    char byte = 0;
    while (!cut && recv(client.fd(), &byte, 1, 0) == 1)
      std::this_thread::sleep_for(milliseconds(20));
  });
  EXPECT_TRUE(Eventually([&] { return progress->made > 0 && server->open_connections() == 0; }));
  cut = true;
  reader.join();
  EXPECT_LT(progress->made, 100);
}

// With one worker, all others wait only for the piece that is being made.
TEST(StreamPeers, AFastReaderOfAnEndlessBodyStarvesNobody) {
  std::atomic<bool> enough = false;
  TestServer server(Options([](ServerOptions& o) { o.worker_threads = 1; }),
                    OrEcho([&](const auto&, const Responder& respond) {
                      respond(InPieces("", [&enough](std::string& out) -> Result<bool> {
                        out.append(16 * 1024, 'x');
                        return !enough;
                      }));
                    }));
  RawClient client(server->port());
  client.Send(kGetAndClose);
  std::thread reader([&] { client.ReadToEnd(); });
  for (int i = 0; i < 50; ++i) {
    const auto begin = steady_clock::now();
    EXPECT_EQ(BodyOf(Ask(server, kEchoAndClose)), "GET /echo ");
    EXPECT_LT(steady_clock::now() - begin, milliseconds(5000));
  }
  enough = true;
  reader.join();
}

TEST(StreamPeers, RequestsBehindABodyInPiecesWaitForItsEnd) {
  constexpr int kCount = 100;
  constexpr size_t kSize = 256 * 1024;
  auto progress = std::make_shared<Progress>();
  TestServer server({}, OrEcho(Letters(progress, kCount, kSize)));
  RawClient client(server->port(), 4096);
  client.Send(std::string(kGet) + std::string(kEcho) + std::string(kGet) +
              std::string(kEchoAndClose));
  ASSERT_TRUE(Eventually([&] { return progress->made >= 2; }));
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(server.handled(), 1) << "nothing is begun behind a body that nobody reads";
  const std::string answers = client.ReadToEnd();
  const size_t echo = answers.find("HTTP/1.1 200", 1);
  ASSERT_NE(echo, std::string::npos);
  EXPECT_EQ(Unchunked(BodyOf(answers.substr(0, echo))), LettersBody(kCount, kSize));
  const size_t second = answers.find("HTTP/1.1 200", echo + 1);
  ASSERT_NE(second, std::string::npos);
  EXPECT_EQ(BodyOf(answers.substr(echo, second - echo)), "GET /echo ");
  // The second body in pieces goes on counting where the first one ended, and is one piece long.
  const size_t last = answers.find("HTTP/1.1 200", second + 1);
  ASSERT_NE(last, std::string::npos);
  EXPECT_EQ(Unchunked(BodyOf(answers.substr(second, last - second))).size(), kSize);
  EXPECT_EQ(BodyOf(answers.substr(last)), "GET /echo ");
  EXPECT_EQ(server.handled(), 4);
}

// What stands behind a body that was cut off would be answered to nobody: a deletion among it must
// not be done.
TEST(StreamPeers, RequestsBehindABodyThatIsCutOffAreNotServed) {
  TestServer server({}, OrEcho([](const auto&, const Responder& respond) {
                      respond(InPieces("first", [](std::string&) -> Result<bool> {
                        return Fail(ErrorKind::kUnavailable, "no more");
                      }));
                    }));
  for (int i = 1; i <= 10; ++i) {
    RawClient client(server->port());
    client.Send(std::string(kGet) + "DELETE /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    client.ReadToEnd();
    EXPECT_TRUE(client.was_reset());
    EXPECT_EQ(server.handled(), i);
  }
}

TEST(StreamPeers, APeerThatHasFinishedSendingGetsAllOfIt) {
  auto progress = std::make_shared<Progress>();
  TestServer server({}, Letters(progress, 50, 64 * 1024));
  RawClient client(server->port());
  client.Send(kGet);
  client.FinishSending();
  EXPECT_EQ(Unchunked(BodyOf(client.ReadToEnd())), LettersBody(50, 64 * 1024));
}

// HEAD tells of chunks and sends none; the connection goes on with the next request.
TEST(StreamPeers, HeadAndGetOnOneConnection) {
  TestServer server({}, Texts("first ", {"second"}));
  RawClient client(server->port());
  client.Send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string head = client.ReadAnswer(true);
  EXPECT_TRUE(Has(head, "\r\nTransfer-Encoding: chunked\r\n"));
  client.Send(kGetAndClose);
  EXPECT_EQ(Unchunked(BodyOf(client.ReadToEnd())), "first second");
}

// The peer goes while a worker makes a piece: the worker comes back, and nobody calls for more.
TEST(StreamPeers, AHangUpWhileAPieceIsMade) {
  std::latch began(1);
  std::latch gone(1);
  std::atomic<int> made = 0;
  std::weak_ptr<int> held;
  TestServer server(Options([](ServerOptions& o) { o.worker_threads = 1; }),
                    OrEcho([&](const auto&, const Responder& respond) {
                      auto owned = std::make_shared<int>(0);
                      held = owned;
                      respond(InPieces("", [&, owned](std::string& out) -> Result<bool> {
                        if (++made == 2) {
                          began.count_down();
                          gone.wait();
                        }
                        out.append(64 * 1024, 'x');
                        return true;
                      }));
                    }));
  {
    RawClient client(server->port());
    client.Send(kGet);
    began.wait();
    const linger reset{.l_onoff = 1, .l_linger = 0};
    setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  }
  gone.count_down();
  EXPECT_TRUE(Eventually([&] { return server->open_connections() == 0 && held.expired(); }));
  EXPECT_LT(made, 10);
  EXPECT_EQ(BodyOf(Ask(server, kEchoAndClose)), "GET /echo ") << "the worker is free";
  EXPECT_TRUE(Eventually([&] { return server.statuses().size() == 2U; }));
}

// Under HTTP/1.0 the end of the connection is the end of the body: what a stop cuts off must not
// end in good order, at whatever moment it comes.
TEST(StreamPeers, AStopNeverMakesHalfABodyLookWhole) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> made = 0;
    TestServer server({}, [&made](const auto&, const Responder& respond) {
      respond(InPieces("", [&made](std::string& out) -> Result<bool> {
        out.append(64 * 1024, 'x');
        return ++made < 1000;
      }));
    });
    RawClient client(server->port(), 4096);
    client.Send(kGet10);
    ASSERT_TRUE(Eventually([&] { return made > round; }));
    const auto begin = steady_clock::now();
    server->Stop(milliseconds(10));
    EXPECT_LT(steady_clock::now() - begin, milliseconds(5000)) << "it waits for no slow reader";
    const std::string body = BodyOf(client.ReadToEnd());
    EXPECT_TRUE(client.was_reset() || body.size() == 64'000U * 1024);
    EXPECT_LT(made, 1000);
  }
}

}  // namespace
}  // namespace oubli::http
