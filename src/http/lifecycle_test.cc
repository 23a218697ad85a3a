// Starting, and stopping without losing what was accepted.
#include "http/test_support.h"

namespace oubli::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Status TryStart(const std::function<void(ServerOptions&)>& change) {
  FunctionHandler handler(Echo);
  Server server(Options(change), handler, nullptr);
  return server.Start();
}

TEST(Start, SaysThatThePortIsTaken) {
  TestServer first;
  const uint16_t port = first->port();
  EXPECT_NE(port, 0);
  const Status second = TryStart([&](ServerOptions& o) { o.port = port; });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(second.error().text,
            fmt::format("port {} on 127.0.0.1 is taken: stop the program that listens there, or "
                        "choose another port",
                        port));
}

TEST(Start, SaysWhatIsWrongWithTheAddress) {
  const Status name = TryStart([](ServerOptions& o) { o.address = "example.invalid"; });
  ASSERT_FALSE(name);
  EXPECT_NE(name.error().text.find("example.invalid is not an IP address"), std::string::npos);
  const Status foreign = TryStart([](ServerOptions& o) {
    o.address = "192.0.2.1";
    o.port = 0;
  });
  ASSERT_FALSE(foreign);
  EXPECT_NE(foreign.error().text.find("no such address"), std::string::npos);
}

TEST(Start, AddressesByNameAndVersion6) {
  EXPECT_TRUE(TryStart([](ServerOptions& o) {
    o.address = "localhost";
    o.port = 0;
  }));
  FunctionHandler handler([](const auto& request, const Responder& respond) {
    respond(Response::Text(200, "text/plain", request->remote_address));
  });
  Server server(Options([](ServerOptions& o) {
                  o.address = "::";
                  o.port = 0;
                }),
                handler, nullptr);
  if (const Status started = server.Start(); !started) {
    // A machine without IPv6 must be told so, and nothing else.
    EXPECT_EQ(started.error().kind, ErrorKind::kUnavailable);
    EXPECT_NE(started.error().text.find("::"), std::string::npos);
    return;
  }
  RawClient client(server.port());
  client.Send(kGet);
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "127.0.0.1");  // not ::ffff:127.0.0.1
}

TEST(Stop, IsQuickWhenNothingIsUnderWay) {
  TestServer server;
  RawClient idle(server->port());
  idle.Send(kGet);
  EXPECT_EQ(StatusOf(idle.ReadAnswer()), 200);
  RawClient silent(server->port());
  const auto begin = steady_clock::now();
  server->Stop(milliseconds(30'000));
  EXPECT_LT(steady_clock::now() - begin, milliseconds(5'000));
  EXPECT_EQ(idle.ReadToEnd(), "");
  EXPECT_EQ(server->open_connections(), 0);
  EXPECT_FALSE(RawClient(server->port()).connected());
}

TEST(Stop, FinishesWhatWasAccepted) {
  std::atomic<int> begun = 0;
  TestServer server({}, [&](const auto& request, const Responder& respond) {
    ++begun;
    std::this_thread::sleep_for(milliseconds(200));
    Echo(request, respond);
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 12; ++i) {  // more than there are workers
    clients.push_back(std::make_unique<RawClient>(server->port()));
    clients.back()->Send(kGet);
  }
  ASSERT_TRUE(Eventually([&] { return begun == 4; }));
  server->Stop(milliseconds(30'000));
  for (const auto& client : clients) {
    const std::string answer = client->ReadToEnd();
    EXPECT_EQ(BodyOf(answer), "GET /x ");
    EXPECT_NE(answer.find("\r\nConnection: close\r\n"), std::string::npos);
  }
}

TEST(Stop, LetsARequestArriveWhole) {
  TestServer server;
  RawClient client(server->port());
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\no");
  ASSERT_TRUE(Eventually([&] { return server->open_connections() == 1; }));
  std::this_thread::sleep_for(milliseconds(100));
  std::thread stop([&] { server->Stop(milliseconds(30'000)); });
  std::this_thread::sleep_for(milliseconds(100));
  client.Send("k");
  EXPECT_EQ(BodyOf(client.ReadToEnd()), "POST /x ok");
  stop.join();
}

TEST(Stop, EndsAtTheGrace) {
  std::mutex mutex;
  std::vector<Responder> kept;
  TestServer server({}, [&](const auto&, const Responder& respond) {
    const std::lock_guard lock(mutex);
    kept.push_back(respond);
  });
  RawClient client(server->port());
  client.Send(kGet);
  RawClient half(server->port());
  half.Send("GET /x HT");
  ASSERT_TRUE(Eventually([&] {
    const std::lock_guard lock(mutex);
    return kept.size() == 1;
  }));
  const auto begin = steady_clock::now();
  server->Stop(milliseconds(200));
  EXPECT_GE(steady_clock::now() - begin, milliseconds(200));
  EXPECT_LT(steady_clock::now() - begin, milliseconds(5'000));
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(half.ReadToEnd(), "");
  kept.front()(Response::Text(200, "text/plain", "too late"));
}

TEST(Stop, RespondersMayOutliveTheServer) {
  std::mutex mutex;
  std::vector<Responder> kept;
  {
    TestServer server({}, [&](const auto&, const Responder& respond) {
      const std::lock_guard lock(mutex);
      kept.push_back(respond);
    });
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 3; ++i) {
      clients.push_back(std::make_unique<RawClient>(server->port()));
      clients.back()->Send(kGet);
    }
    ASSERT_TRUE(Eventually([&] {
      const std::lock_guard lock(mutex);
      return kept.size() == 3;
    }));
  }
  kept[0](Response::Text(200, "text/plain", "late"));
  kept.clear();  // the others die unanswered
}

TEST(Stop, AnswersRacingWithItAreHarmless) {
  for (int round = 0; round < 30; ++round) {
    std::mutex mutex;
    std::vector<std::thread> threads;
    {
      TestServer server(Options([](ServerOptions& o) { o.io_threads = 2; }),
                        [&](const auto& request, const Responder& respond) {
                          const std::lock_guard lock(mutex);
                          threads.emplace_back([request, respond] { Echo(request, respond); });
                        });
      std::vector<std::unique_ptr<RawClient>> clients;
      for (int i = 0; i < 8; ++i) {
        clients.push_back(std::make_unique<RawClient>(server->port()));
        clients.back()->Send(std::string(kGet) + kGet);
      }
      std::this_thread::sleep_for(std::chrono::microseconds(round * 50));
      server->Stop(milliseconds(round % 3));
    }
    for (std::thread& thread : threads) thread.join();
  }
}

TEST(Stop, ConnectionsThatAreNotAcceptedYetDoNotHoldIt) {
  for (int round = 0; round < 20; ++round) {
    TestServer server(Options([](ServerOptions& o) { o.io_threads = 1; }), Echo);
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 100; ++i) {
      clients.push_back(std::make_unique<RawClient>(server->port()));
      clients.back()->Send(kGet);
    }
    server->Stop(milliseconds(0));
    EXPECT_EQ(server->open_connections(), 0);
  }
}

TEST(Stop, BeforeStartAndTwice) {
  FunctionHandler handler(Echo);
  Server never(ServerOptions(), handler, nullptr);
  never.Stop(milliseconds(1));
  TestServer server;
  server->Stop(milliseconds(1));
  server->Stop(milliseconds(1));
}

}  // namespace
}  // namespace oubli::http
