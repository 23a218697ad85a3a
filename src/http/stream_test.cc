// Answers whose body is made in pieces: the bytes on the wire, back-pressure, and every way to end.
#include "http/stream_test_support.h"

namespace oubli::http {
namespace {

using std::chrono::milliseconds;

TEST(Stream, AnswersHttp11InChunksAndTheConnectionGoesOn) {
  TestServer server({}, Texts("first ", {"", "second", "", " third", ""}));
  const std::string both = Ask(server, std::string(kGet).append(kGetAndClose));
  const std::string chunks = "6\r\nfirst \r\n6\r\nsecond\r\n6\r\n third\r\n0\r\n\r\n";
  const size_t second = both.find("HTTP/1.1 200", 1);
  ASSERT_NE(second, std::string::npos) << both;
  for (const std::string& answer : {both.substr(0, second), both.substr(second)}) {
    EXPECT_TRUE(Has(answer, "\r\nTransfer-Encoding: chunked\r\n"));
    EXPECT_FALSE(Has(answer, "Content-Length"));
    EXPECT_EQ(BodyOf(answer), chunks);
  }
  EXPECT_FALSE(Has(both.substr(0, second), "Connection:"));
}

TEST(Stream, AnswersHttp10UpToTheConnectionsEnd) {
  TestServer server({}, Texts("first ", {"second", " third"}));
  for (const std::string_view request :
       {kGet10, std::string_view("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")}) {
    const std::string answer = Ask(server, request);
    EXPECT_EQ(BodyOf(answer), "first second third");
    EXPECT_TRUE(Has(answer, "\r\nConnection: close\r\n"));
    EXPECT_FALSE(Has(answer, "Transfer-Encoding"));
    EXPECT_FALSE(Has(answer, "Content-Length"));
  }
}

TEST(Stream, AnEmptyBodyIsOneLastChunk) {
  TestServer server({}, Texts("", {}));
  EXPECT_EQ(BodyOf(Ask(server, kGetAndClose)), "0\r\n\r\n");
  const std::string old = Ask(server, kGet10);
  EXPECT_EQ(StatusOf(old), 200);
  EXPECT_EQ(BodyOf(old), "");
}

TEST(Stream, MakesNoPieceWhereThereIsNoBody) {
  auto made = std::make_shared<std::atomic<int>>(0);
  std::atomic<int> status = 200;
  TestServer server({}, [&status, made](const auto&, const Responder& respond) {
    Response response = InPieces("first", [made](std::string&) -> Result<bool> {
      ++*made;
      return false;
    });
    response.status = status;
    respond(std::move(response));
  });
  const std::string_view head = "HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  EXPECT_TRUE(Has(Ask(server, head), "\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_EQ(BodyOf(Ask(server, head)), "");
  EXPECT_EQ(BodyOf(Ask(server, "HEAD /x HTTP/1.0\r\n\r\n")), "");
  for (const int bodiless : {204, 304}) {
    status = bodiless;
    for (const std::string_view request : {kGetAndClose, kGet10, head}) {
      const std::string answer = Ask(server, request);
      EXPECT_EQ(StatusOf(answer), bodiless);
      EXPECT_EQ(BodyOf(answer), "");
      EXPECT_FALSE(Has(answer, "Transfer-Encoding"));
    }
  }
  status = 99;  // cannot be sent
  EXPECT_EQ(StatusOf(Ask(server, kGetAndClose)), 500);
  EXPECT_EQ(*made, 0);
}

TEST(Stream, MakesOnePieceAtATimeOnTheWorkers) {
  auto progress = std::make_shared<Progress>();
  std::thread::id handler_thread;
  TestServer server(Options([](ServerOptions& o) { o.worker_threads = 4; }),
                    Letters(progress, 300, 70'000));
  const std::string answer = Ask(server, kGetAndClose);
  EXPECT_EQ(Unchunked(BodyOf(answer)), LettersBody(300, 70'000));
  EXPECT_FALSE(progress->overlapped);
  EXPECT_EQ(progress->made, 300);
  EXPECT_LE(progress->threads.size(), 4U);
}

TEST(Stream, TellsTheObserverOnceWithAllBytes) {
  TestServer server({}, Texts("first ", {"second", " third"}));
  const std::string answer = Ask(server, kGetAndClose);
  ASSERT_TRUE(Eventually([&] { return server.statuses().size() == 1; }));
  EXPECT_EQ(server.statuses(), std::vector<int>{200});
  EXPECT_EQ(server.sizes(), std::vector<size_t>{answer.size()});
}

// A peer that reads nothing gets no more made than the kernel's buffers and two pieces hold, and
// everything once it reads.
TEST(Stream, WaitsForASlowReader) {
  constexpr int kCount = 200;
  constexpr size_t kSize = 256 * 1024;
  auto progress = std::make_shared<Progress>();
  TestServer server({}, Letters(progress, kCount, kSize));
  RawClient client(server->port(), 4096);
  client.Send(kGetAndClose);
  ASSERT_TRUE(Eventually([&] { return progress->made >= 2; }));
  int made = -1;
  ASSERT_TRUE(Eventually([&] {
    std::this_thread::sleep_for(milliseconds(100));
    return std::exchange(made, progress->made.load()) == made;
  }));
  EXPECT_LT(made, kCount / 4);
  EXPECT_EQ(Unchunked(BodyOf(client.ReadToEnd())), LettersBody(kCount, kSize));
}

TEST(Stream, SlowReadersHoldNoWorker) {
  auto progress = std::make_shared<Progress>();
  const HandlerFunction letters = Letters(progress, 1000, 256 * 1024);
  TestServer server(Options([](ServerOptions& o) { o.worker_threads = 1; }),
                    [&](const auto& request, const Responder& respond) {
                      if (request->path == "/echo") return Echo(request, respond);
                      letters(request, respond);
                    });
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 5; ++i) {
    slow.push_back(std::make_unique<RawClient>(server->port(), 4096));
    slow.back()->Send(kGet);
  }
  ASSERT_TRUE(Eventually([&] { return progress->made >= 5; }));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(BodyOf(Ask(server, "GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")),
              "GET /echo ");
  }
}

// What makes the pieces, and all that it holds, goes when the connection goes.
class StreamEnd : public ::testing::Test {
 protected:
  // Pieces without end; `alive_` counts what makes them.
  HandlerFunction Endless() {
    return [this](const auto&, const Responder& respond) {
      ++alive_;
      std::shared_ptr<void> held(nullptr, [this](void*) { --alive_; });
      respond(InPieces("", [this, held](std::string& out) -> Result<bool> {
        out.append(64 * 1024, 'x');
        ++made_;
        return true;
      }));
    };
  }
  std::atomic<int> made_ = 0;
  std::atomic<int> alive_ = 0;
};

TEST_F(StreamEnd, AReaderThatStopsIsCutOffAtTheDeadline) {
  TestServer server(Options([](ServerOptions& o) { o.answer_deadline = milliseconds(200); }),
                    Endless());
  RawClient client(server->port(), 4096);
  client.Send(kGet);
  EXPECT_TRUE(Eventually([&] { return made_ > 0 && server->open_connections() == 0; }));
  EXPECT_TRUE(Eventually([&] { return alive_ == 0; }));
  EXPECT_EQ(server.statuses(), std::vector<int>{200});
  EXPECT_EQ(Unchunked(BodyOf(client.ReadToEnd())), "not whole");
  EXPECT_TRUE(client.was_reset());
}

// The deadline is for each piece, not for the whole.
TEST_F(StreamEnd, AReaderThatGoesOnIsNotCutOff) {
  auto progress = std::make_shared<Progress>();
  TestServer server(Options([](ServerOptions& o) { o.answer_deadline = milliseconds(300); }),
                    [progress](const auto&, const Responder& respond) {
                      respond(InPieces("", [progress](std::string& out) -> Result<bool> {
                        std::this_thread::sleep_for(milliseconds(50));
                        out += "piece ";
                        return ++progress->made < 20;
                      }));
                    });
  EXPECT_EQ(Unchunked(BodyOf(Ask(server, kGetAndClose))).size(), 120U);
}

TEST_F(StreamEnd, APeerThatGoesEndsIt) {
  TestServer server({}, Endless());
  {
    RawClient client(server->port());
    client.Send(kGet);
    ASSERT_TRUE(Eventually([&] { return made_ > 3; }));
  }
  EXPECT_TRUE(Eventually([&] { return server->open_connections() == 0 && alive_ == 0; }));
  EXPECT_TRUE(Eventually([&] { return server.statuses().size() == 1; }));
}

TEST_F(StreamEnd, AnErrorCutsTheAnswerOff) {
  for (const bool throws : {false, true}) {
    TestServer server({}, [throws](const auto&, const Responder& respond) {
      respond(InPieces("first", [throws](std::string& out) -> Result<bool> {
        out += "half";
        if (throws) throw std::runtime_error("no more");
        return Fail(ErrorKind::kUnavailable, "no more");
      }));
    });
    for (const std::string_view request : {std::string_view(kGet), kGetAndClose, kGet10}) {
      RawClient client(server->port());
      client.Send(request);
      const std::string answer = client.ReadToEnd();
      EXPECT_FALSE(Has(answer, "half")) << request;
      EXPECT_FALSE(Has(answer, "0\r\n\r\n")) << request;
      EXPECT_TRUE(client.was_reset()) << request << answer;
    }
    EXPECT_TRUE(Eventually([&] { return server.statuses().size() == 3; }));
    EXPECT_TRUE(Eventually([&] { return server->open_connections() == 0; }));
  }
}

TEST_F(StreamEnd, AStopLetsItFinish) {
  auto progress = std::make_shared<Progress>();
  TestServer server({}, [progress](const auto&, const Responder& respond) {
    respond(InPieces("", [progress](std::string& out) -> Result<bool> {
      std::this_thread::sleep_for(milliseconds(20));
      out += "piece ";
      return ++progress->made < 20;
    }));
  });
  RawClient client(server->port());
  client.Send(kGet);
  ASSERT_TRUE(Eventually([&] { return progress->made > 2; }));
  server->Stop(milliseconds(30'000));
  EXPECT_EQ(progress->made, 20);
  EXPECT_EQ(Unchunked(BodyOf(client.ReadToEnd())).size(), 120U);
}

TEST_F(StreamEnd, AStopCutsItOffAtTheGrace) {
  TestServer server({}, Endless());
  RawClient chunks(server->port(), 4096);
  chunks.Send(kGet);
  ASSERT_TRUE(Eventually([&] { return made_ > 3; }));
  server->Stop(milliseconds(100));
  EXPECT_TRUE(alive_ == 0);
  EXPECT_EQ(server.statuses(), std::vector<int>{200});
  EXPECT_EQ(Unchunked(BodyOf(chunks.ReadToEnd())), "not whole");
}

TEST_F(StreamEnd, StopsRacingWithPiecesAreHarmless) {
  for (int round = 0; round < 30; ++round) {
    TestServer server(Options([](ServerOptions& o) { o.io_threads = 2; }), Endless());
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 4; ++i) {
      clients.push_back(std::make_unique<RawClient>(server->port()));
      clients.back()->Send(i % 2 == 0 ? kGet : kGet10);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(round * 100));
    server->Stop(milliseconds(round % 3));
    EXPECT_EQ(server->open_connections(), 0);
  }
}

TEST(Stream, IsCollectedWhereAWholeBodyIsNeeded) {
  int left = 3;
  Response response = InPieces("0", [&left](std::string& out) -> Result<bool> {
    out += std::to_string(left);
    return --left > 0;
  });
  ASSERT_TRUE(response.Collect());
  EXPECT_EQ(response.body, "0321");
  EXPECT_EQ(response.next_piece, nullptr);
  ASSERT_TRUE(response.Collect());
  EXPECT_EQ(response.body, "0321");
  response.next_piece = [](std::string&) { return Result<bool>(Fail(ErrorKind::kCorrupt, "x")); };
  EXPECT_FALSE(response.Collect());
}

}  // namespace
}  // namespace oubli::http
