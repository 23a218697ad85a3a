// What the server promises to handlers and clients, over real sockets.
#include "http/server.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "base/text.h"
#include "http/test_support.h"

namespace oubli::http {
namespace {

using std::chrono::milliseconds;

std::string Request11(const std::string& line, const std::string& headers = "",
                      const std::string& body = "") {
  return line + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n" + body;
}

bool Contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Server, AnswersWithItsHeaders) {
  TestServer server;
  RawClient client(server->port());
  client.Send(Request11("POST /p?q=1", "Content-Length: 5\r\n", "hello"));
  const std::string answer = client.ReadAnswer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nServer: Oubli\r\nDate: ")) << answer;
  EXPECT_TRUE(Contains(answer, " GMT\r\n"));
  EXPECT_TRUE(Contains(answer, "\r\nContent-Type: text/plain\r\n"));
  EXPECT_TRUE(Contains(answer, "\r\nContent-Length: 17\r\n"));
  EXPECT_FALSE(Contains(answer, "Connection:"));
  EXPECT_EQ(BodyOf(answer), "POST /p?q=1 hello");
}

TEST(Server, HandlerSeesTheRequest) {
  Request seen;
  TestServer server({}, [&](const auto& request, const Responder& respond) {
    seen = *request;
    Echo(request, respond);
  });
  RawClient client(server->port());
  client.Send(Request11("PURGE /a%2Fb?", "X-One: 1\r\nx-one:  2 \r\n"));
  client.ReadAnswer();
  EXPECT_EQ(seen.method, "PURGE");
  EXPECT_EQ(seen.path, "/a%2Fb");
  EXPECT_EQ(seen.query, "");
  EXPECT_EQ(seen.remote_address, "127.0.0.1");
  EXPECT_FALSE(seen.tls);
  ASSERT_EQ(seen.headers.size(), 3U);
  EXPECT_EQ(seen.headers[2].name, "x-one");
  EXPECT_EQ(seen.headers[2].value, "2");
  ASSERT_NE(seen.FindHeader("X-ONE"), nullptr);
  EXPECT_EQ(*seen.FindHeader("X-ONE"), "1");
  EXPECT_EQ(seen.FindHeader("X"), nullptr);
}

TEST(Server, PipelinedRequestsAreHandledOneByOneAndAnsweredInOrder) {
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  TestServer server({}, [&](const auto& request, const Responder& respond) {
    most = std::max(most.load(), ++running);
    std::this_thread::yield();
    --running;
    Echo(request, respond);
  });
  RawClient client(server->port());
  std::string bytes;
  std::string expected;
  for (int i = 0; i < 500; ++i) {
    bytes += Request11("PUT /" + std::to_string(i), "Content-Length: 3\r\n", "abc");
    expected += "PUT /" + std::to_string(i) + " abc\n";
  }
  client.Send(bytes + "GET /cut-of");  // the last one is left in the buffer
  std::string bodies;
  for (int i = 0; i < 500; ++i) bodies += BodyOf(client.ReadAnswer()) + "\n";
  EXPECT_EQ(bodies, expected);
  EXPECT_EQ(most, 1);
  client.Send("f HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "GET /cut-off ");
}

TEST(Server, HeadHasTheLengthWithoutTheBody) {
  TestServer server;
  RawClient client(server->port());
  client.Send(Request11("HEAD /x") + kGet);
  const std::string head = client.ReadAnswer(true);
  EXPECT_TRUE(Contains(head, "\r\nContent-Length: 8\r\n")) << head;
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "GET /x ");
}

TEST(Server, AnswersWithoutBody) {
  TestServer server({}, [](const auto& request, const Responder& respond) {
    respond(Response::Text(request->path == "/204" ? 204 : 304, "text/plain", "to be dropped")
                .AddHeader("ETag", "\"1\""));
  });
  RawClient client(server->port());
  for (const std::string status : {"204", "304", "204"}) {
    client.Send(Request11("DELETE /" + status));
    const std::string answer = client.ReadAnswer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + status)) << answer;
    EXPECT_TRUE(answer.ends_with("ETag: \"1\"\r\n\r\n")) << answer;
    EXPECT_FALSE(Contains(answer, "Content-"));
  }
}

TEST(Server, KeepsLineBreaksAndItsOwnNamesOutOfHeaders) {
  TestServer server({}, [](const auto&, const Responder& respond) {
    Response response;
    response.AddHeader("X-Value", "a\r\nSet-Cookie: b\n")
        .AddHeader("X-Na\r\nme", "c")
        .AddHeader("content-length", "99")
        .AddHeader("Connection", "upgrade")
        .AddHeader("Transfer-Encoding", "chunked");
    respond(response);
  });
  RawClient client(server->port());
  client.Send(kGet);
  const std::string answer = client.ReadAnswer();
  EXPECT_TRUE(
      Contains(answer, "\r\nX-Value: aSet-Cookie: b\r\nX-Name: c\r\nContent-Length: 0\r\n\r\n"))
      << answer;
  EXPECT_FALSE(Contains(answer, "99"));
  EXPECT_FALSE(Contains(answer, "upgrade"));
  EXPECT_FALSE(Contains(answer, "chunked"));
}

TEST(Server, SaysContinueOnce) {
  TestServer server;
  RawClient client(server->port());
  client.Send(Request11("POST /x", "Expect: 100-continue\r\nContent-Length: 2\r\n"));
  EXPECT_EQ(client.ReadAnswer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("ok");
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "POST /x ok");
  client.Send(Request11("POST /x", "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_EQ(client.ReadAnswer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("2\r\nok\r\n0\r\n\r\n");
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "POST /x ok");
}

TEST(Server, RefusesABodyBeforeItIsSent) {
  TestServer server(Options([](ServerOptions& o) { o.max_body_bytes = 10; }));
  RawClient client(server->port());
  client.Send(Request11("POST /x", "Expect: 100-continue\r\nContent-Length: 11\r\n"));
  EXPECT_EQ(StatusOf(client.ReadToEnd()), 413);
}

TEST(Server, Http10) {
  TestServer server;
  RawClient once(server->port());
  once.Send("GET /x HTTP/1.0\r\n\r\n");
  const std::string answer = once.ReadToEnd();
  EXPECT_TRUE(Contains(answer, "\r\nConnection: close\r\n")) << answer;
  EXPECT_EQ(BodyOf(answer), "GET /x ");
  RawClient again(server->port());
  for (int i = 0; i < 2; ++i) {
    again.Send("GET /x HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    EXPECT_TRUE(Contains(again.ReadAnswer(), "\r\nConnection: keep-alive\r\n"));
  }
}

TEST(Server, ClosesWhenAsked) {
  TestServer server;
  RawClient client(server->port());
  client.Send(Request11("GET /1", "Connection: close\r\n") + kGet);
  const std::string answers = client.ReadToEnd();
  EXPECT_EQ(BodyOf(answers), "GET /1 ");
  EXPECT_TRUE(Contains(answers, "\r\nConnection: close\r\n"));
}

TEST(Server, AnswersAPeerThatHasFinishedSending) {
  TestServer server({}, [](const auto& request, const Responder& respond) {
    std::this_thread::sleep_for(milliseconds(50));
    Echo(request, respond);
  });
  RawClient client(server->port());
  client.Send(std::string(kGet) + kGet);
  client.FinishSending();
  const std::string answers = client.ReadToEnd();
  EXPECT_FALSE(client.timed_out());
  EXPECT_TRUE(Contains(BodyOf(answers), "HTTP/1.1 200")) << answers;
}

TEST(Server, LimitsRequestsAConnection) {
  TestServer server(Options([](ServerOptions& o) { o.max_requests_per_connection = 2; }));
  RawClient client(server->port());
  client.Send(std::string(kGet) + kGet + kGet);
  EXPECT_FALSE(Contains(client.ReadAnswer(), "Connection:"));
  EXPECT_TRUE(Contains(client.ReadAnswer(), "Connection: close"));
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST(Server, LimitsConnections) {
  for (const bool per_address : {false, true}) {
    TestServer server(Options([&](ServerOptions& o) {
      (per_address ? o.max_connections_per_address : o.max_connections) = 2;
    }));
    auto first = std::make_unique<RawClient>(server->port());
    RawClient second(server->port());
    first->Send(kGet);
    second.Send(kGet);
    EXPECT_EQ(StatusOf(first->ReadAnswer()), 200);
    EXPECT_EQ(StatusOf(second.ReadAnswer()), 200);
    EXPECT_EQ(server->open_connections(), 2);
    RawClient third(server->port());
    EXPECT_EQ(StatusOf(third.ReadToEnd()), 503);
    first.reset();
    EXPECT_TRUE(Eventually([&] { return server->open_connections() == 1; }));
    RawClient fourth(server->port());
    fourth.Send(kGet);
    EXPECT_EQ(StatusOf(fourth.ReadAnswer()), 200);
  }
}

TEST(Server, RequestDeadlineIsNotRenewedByBytes) {
  TestServer server(Options([](ServerOptions& o) { o.request_deadline = milliseconds(300); }));
  RawClient client(server->port());
  const auto begin = std::chrono::steady_clock::now();
  client.Send("GET / HTTP/1.1\r\nHost: h\r\nX: ");
  int sent = 0;
  while (sent < 1000 && server.statuses().empty() && client.Send("x")) {
    ++sent;
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_EQ(StatusOf(client.ReadToEnd()), 408);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(300));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(3000));
  EXPECT_EQ(server.handled(), 0);
  EXPECT_EQ(server.statuses(), std::vector<int>{408});
}

TEST(Server, RequestDeadlineCoversTheBody) {
  TestServer server(Options([](ServerOptions& o) { o.request_deadline = milliseconds(200); }));
  RawClient client(server->port());
  client.Send(std::string(kGet) + Request11("POST /", "Content-Length: 5\r\n", "1234"));
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 200);
  EXPECT_EQ(StatusOf(client.ReadToEnd()), 408);
}

TEST(Server, IdleConnectionsClose) {
  TestServer server(Options([](ServerOptions& o) { o.idle_timeout = milliseconds(200); }));
  RawClient silent(server->port());
  RawClient client(server->port());
  for (int i = 0; i < 5; ++i) {  // each request begins the time anew
    client.Send(kGet);
    EXPECT_EQ(StatusOf(client.ReadAnswer()), 200);
    std::this_thread::sleep_for(milliseconds(80));
  }
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(silent.ReadToEnd(), "");
  EXPECT_FALSE(client.timed_out() || silent.timed_out());
}

TEST(Server, SlowHandlersHaveNoDeadline) {
  TestServer server(Options([](ServerOptions& o) {
                      o.request_deadline = o.idle_timeout = o.answer_deadline = milliseconds(100);
                    }),
                    [](const auto& request, const Responder& respond) {
                      std::this_thread::sleep_for(milliseconds(500));
                      Echo(request, respond);
                    });
  RawClient client(server->port());
  client.Send(kGet);
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 200);
}

TEST(Server, SlowReadersAreCut) {
  TestServer server(Options([](ServerOptions& o) { o.answer_deadline = milliseconds(300); }),
                    [](const auto&, const Responder& respond) {
                      respond(Response::Text(200, "text/plain", std::string(32 << 20, 'x')));
                    });
  RawClient client(server->port(), 4096);
  client.Send(kGet);
  EXPECT_TRUE(Eventually([&] { return server.statuses().size() == 1; }));
  EXPECT_TRUE(Eventually([&] { return server->open_connections() == 0; }));
}

TEST(Server, BigAnswersAndBodiesArriveWhole) {
  TestServer server;
  RawClient client(server->port());
  std::string body;
  for (int i = 0; body.size() < (6 << 20); ++i) body += std::to_string(i);
  std::thread writer([&] {
    client.Send(
        Request11("POST /", "Content-Length: " + std::to_string(body.size()) + "\r\n", body));
  });
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "POST / " + body);
  writer.join();
}

TEST(Server, PipeliningWithoutReadingIsBounded) {
  const size_t answer_size = 64 * 1024;
  TestServer server({}, [&](const auto&, const Responder& respond) {
    respond(Response::Text(200, "text/plain", std::string(answer_size, 'x')));
  });
  RawClient client(server->port(), 4096);
  constexpr int kRequests = 400;
  std::string bytes;
  for (int i = 0; i < kRequests; ++i) bytes += kGet;
  client.Send(bytes);
  std::this_thread::sleep_for(milliseconds(300));
  // Unwritten output is bounded; what the kernel's buffers hold comes on top.
  EXPECT_LT(server.handled(), kRequests / 2);
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_EQ(BodyOf(client.ReadAnswer()).size(), answer_size) << i;
  }
}

TEST(Server, RespondersMayAnswerFromAnotherThread) {
  std::vector<std::thread> threads;
  std::mutex mutex;
  {
    TestServer server({}, [&](const auto& request, const Responder& respond) {
      const std::lock_guard lock(mutex);
      threads.emplace_back([request, respond] { Echo(request, respond); });
    });
    RawClient client(server->port());
    for (int i = 0; i < 50; ++i) {
      client.Send(kGet);
      EXPECT_EQ(BodyOf(client.ReadAnswer()), "GET /x ");
    }
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Server, ARequestThatNobodyAnswersGets500) {
  TestServer server({}, [](const auto& request, const Responder& respond) {
    if (request->path == "/throw") throw std::runtime_error("of the handler");
    if (request->path == "/throw-int") throw 1;
    if (request->path == "/status") respond(Response::Text(99, "text/plain", "x"));
  });
  RawClient client(server->port());
  for (const std::string path : {"/forget", "/throw", "/throw-int", "/status"}) {
    client.Send(Request11("GET " + path));
    const std::string answer = client.ReadAnswer();
    EXPECT_EQ(StatusOf(answer), 500) << path;
    EXPECT_FALSE(Contains(answer, "of the handler"));
  }
}

TEST(Server, TheFirstAnswerCounts) {
  TestServer server({}, [](const auto&, const Responder& respond) {
    respond(Response::Text(200, "text/plain", "first"));
    respond(Response::Text(200, "text/plain", "second"));
  });
  RawClient client(server->port());
  for (int i = 0; i < 3; ++i) {
    client.Send(kGet);
    EXPECT_EQ(BodyOf(client.ReadAnswer()), "first");
  }
}

TEST(Server, ObserverSeesEachRequestOnce) {
  std::mutex mutex;
  std::vector<std::string> seen;
  FunctionHandler handler(Echo);
  Server server(Options([](ServerOptions& o) { o.port = 0; }), handler,
                [&](const AccessRecord& record) {
                  const std::lock_guard lock(mutex);
                  seen.push_back(fmt::format("{} {} {} {}", record.method, record.route,
                                             record.status, record.request_bytes));
                  EXPECT_GT(record.response_bytes, 0U);
                });
  ASSERT_TRUE(server.Start());
  RawClient client(server.port());
  client.Send(kGet);
  client.ReadAnswer();
  client.Send(Request11("SECRET /s"));
  client.ReadAnswer();
  client.Send("BAD /s HTTP/1.1\r\n\r\n");
  client.ReadToEnd();
  server.Stop(milliseconds(1000));
  // An answer is observed after it was handed over for sending: the next one may overtake it.
  EXPECT_THAT(seen, testing::UnorderedElementsAre("GET /echo 200 28", "OTHER /echo 200 31",
                                                  "OTHER refused 400 19"));
}

TEST(Server, SeveralIoThreads) {
  TestServer server(Options([](ServerOptions& o) { o.io_threads = 3; }));
  std::vector<std::thread> clients;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      RawClient client(server->port());
      for (int k = 0; k < 100; ++k) {
        client.Send(kGet);
        if (BodyOf(client.ReadAnswer()) == "GET /x ") ++good;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, 800);
}

}  // namespace
}  // namespace oubli::http
