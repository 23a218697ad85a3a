// Malformed and hostile requests, each on a connection of its own, as raw bytes.
#include "http/test_support.h"

namespace oubli::http {
namespace {

struct Probe {
  const char* name;
  std::string bytes;
  int status;  // of the one answer; the connection is closed behind it unless it is 200
};

constexpr size_t kMaxBody = 1024 * 1024;

std::string Get(const std::string& headers) { return "GET / HTTP/1.1\r\n" + headers + "\r\n"; }

std::string Post(const std::string& headers, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n" + body;
}

std::vector<Probe> LengthProbes() {
  const std::string te = "Transfer-Encoding: chunked\r\n";
  return {
      {"length and chunked", Post("Content-Length: 5\r\n" + te, "0\r\n\r\n"), 400},
      {"chunked and length", Post(te + "Content-Length: 5\r\n", "0\r\n\r\n"), 400},
      {"two different lengths", Post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"), 400},
      {"two equal lengths", Post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400},
      {"length +0", Post("Content-Length: +0\r\n", ""), 400},
      {"length -1", Post("Content-Length: -1\r\n", ""), 400},
      {"length list", Post("Content-Length: 0, 44\r\n", ""), 400},
      {"length list of equals", Post("Content-Length: 5, 5\r\n", "hello"), 400},
      {"length in hex", Post("Content-Length: 0x5\r\n", "hello"), 400},
      {"length empty", Post("Content-Length:\r\n", ""), 400},
      {"length beyond 64 bits", Post("Content-Length: 99999999999999999999999\r\n", ""), 400},
      {"unknown coding", Post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501},
      {"chunked not last", Post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 501},
      {"chunked last of two", Post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
      {"chunked twice", Post(te + te, "0\r\n\r\n"), 400},
      {"chunked twice in one", Post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 501},
      {"identity", Post("Transfer-Encoding: identity\r\n", ""), 501},
      {"coding empty", Post("Transfer-Encoding:\r\n", ""), 501},
      {"chunked with a vertical tab",
       Post("Transfer-Encoding: \x0b"
            "chunked\r\n",
            "0\r\n\r\n"),
       400},
      {"chunked under 1.0", "POST / HTTP/1.0\r\nHost: h\r\n" + te + "\r\n0\r\n\r\n", 400},
      {"body above the limit", Post("Content-Length: 4194304\r\n", std::string(4194304, 'x')), 413},
  };
}

std::vector<Probe> ChunkProbes() {
  const std::string te = "Transfer-Encoding: chunked\r\n";
  return {
      {"chunk size 0x0", Post(te, "0x0\r\n\r\n"), 400},
      {"chunk size signed", Post(te, "+1\r\na\r\n0\r\n\r\n"), 400},
      {"chunk size blank before", Post(te, " 1\r\na\r\n0\r\n\r\n"), 400},
      {"chunk size blank behind", Post(te, "1 \r\na\r\n0\r\n\r\n"), 400},
      {"chunk size empty", Post(te, "\r\na\r\n0\r\n\r\n"), 400},
      {"chunk size too big", Post(te, "fffffffffffffffff\r\na\r\n0\r\n\r\n"), 400},
      {"chunk above the limit", Post(te, "7fffffff\r\na"), 413},
      {"chunk longer than said", Post(te, "1\r\nab\r\n0\r\n\r\n"), 400},
      {"chunk ends in bare LF", Post(te, "1\r\na\n0\r\n\r\n"), 400},
      {"chunk line ends in bare LF", Post(te, "5\nhello\r\n0\r\n\r\n"), 400},
      {"chunk line ends in bare CR", Post(te, "5\rhello\r\n0\r\n\r\n"), 400},
      {"last chunk with bare LF", Post(te, "0\n\n..."), 400},
      {"chunk extension endless", Post(te, "1;" + std::string(100000, 'x')), 400},
      {"chunk extension with NUL", Post(te, "1;a=" + std::string(1, '\0') + "\r\na\r\n0\r\n\r\n"),
       400},
      {"chunk extension with LF", Post(te, "1;a=\"\n\"\r\na\r\n0\r\n\r\n"), 400},
      {"chunk extension no name", Post(te, "1;=\r\na\r\n0\r\n\r\n"), 400},
      {"trailers endless", Post(te, "0\r\n" + std::string(100000, 'x')), 400},
  };
}

std::vector<Probe> HeaderProbes() {
  const std::string nul(1, '\0');
  return {
      {"no host", Get(""), 400},
      {"two hosts", Get("Host: a\r\nHost: a\r\n"), 400},
      {"two hosts under 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"host with a path", Get("Host: a/b\r\n"), 400},
      {"host list", Get("Host: a, b\r\n"), 400},
      {"host with a user", Get("Host: u@h\r\n"), 400},
      {"blank before the colon", Get("Host: h\r\nX : 1\r\n"), 400},
      {"tab before the colon", Get("Host: h\r\nX\t: 1\r\n"), 400},
      {"no colon", Get("Host: h\r\nX\r\n"), 400},
      {"empty name", Get("Host: h\r\n: 1\r\n"), 400},
      {"name with a bracket", Get("Host: h\r\nX(y): 1\r\n"), 400},
      {"folded line", Get("Host: h\r\nX: 1\r\n 2\r\n"), 400},
      {"folded line with a tab", Get("Host: h\r\nX: 1\r\n\t2\r\n"), 400},
      {"blank before the first header", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
      {"bare LF everywhere", "GET / HTTP/1.1\nHost: h\n\n", 400},
      {"bare LF once", Get("Host: h\nX: 1\r\n"), 400},
      {"bare LF at the end", "GET / HTTP/1.1\r\nHost: h\r\n\n", 400},
      {"bare CR in a value", Get("Host: h\r\nX: a\rb\r\n"), 400},
      {"NUL in a value", Get("Host: h\r\nX: a" + nul + "b\r\n"), 400},
      {"NUL in a name", Get("Host: h\r\nX" + nul + ": a\r\n"), 400},
      {"control character in a value", Get("Host: h\r\nX: a\x01\r\n"), 400},
      {"DEL in a value", Get("Host: h\r\nX: a\x7f\r\n"), 400},
      {"expectation unknown", Post("Expect: 200-ok\r\nContent-Length: 1\r\n", "x"), 417},
      {"header too big", Get("Host: h\r\nX: " + std::string(20000, 'x') + "\r\n"), 431},
      {"headers too many",
       [] {
         std::string headers = "Host: h\r\n";
         for (int i = 0; i < 1000; ++i) headers += "x: y\r\n";
         return Get(headers);
       }(),
       431},
      {"connection list malformed", Get("Host: h\r\nConnection: \"\r\n"), 400},
  };
}

std::vector<Probe> LineProbes() {
  const std::string host = "\r\nHost: h\r\n\r\n";
  return {
      {"target of 64 KB", "GET /" + std::string(65536, 'x') + " HTTP/1.1" + host, 414},
      {"target of 9 KB", "GET /" + std::string(9000, 'x') + " HTTP/1.1" + host, 414},
      {"method endless", std::string(65536, 'G'), 414},
      {"target *", "OPTIONS * HTTP/1.1" + host, 400},
      {"connect", "CONNECT h:443 HTTP/1.1" + host, 501},
      {"target without a slash", "GET x HTTP/1.1" + host, 400},
      {"target with a fragment", "GET /#x HTTP/1.1" + host, 400},
      {"target of another scheme", "GET ftp://h/x HTTP/1.1" + host, 400},
      {"absolute without a host", "GET http:///x HTTP/1.1" + host, 400},
      {"absolute with a user", "GET http://u:p@h/x HTTP/1.1" + host, 400},
      {"target empty", "GET  HTTP/1.1" + host, 400},
      {"two blanks", "GET  / HTTP/1.1" + host, 400},
      {"blank behind the version", "GET / HTTP/1.1 " + host, 505},
      {"tab for a blank", "GET\t/ HTTP/1.1" + host, 400},
      {"no version", "GET /" + host, 400},
      {"version 2.0", "GET / HTTP/2.0" + host, 505},
      {"version 1.2", "GET / HTTP/1.2" + host, 505},
      {"version in small letters", "GET / http/1.1" + host, 505},
      {"method with a bracket", "GE(T / HTTP/1.1" + host, 400},
      {"method empty", " / HTTP/1.1" + host, 400},
      {"two empty lines first", "\r\n\r\nGET / HTTP/1.1" + host, 400},
      {"TLS to the plain port", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
       400},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
  };
}

std::vector<Probe> GoodProbes() {
  const std::string close = "Connection: close\r\n";
  return {
      {"plain", Get("Host: h\r\n" + close), 200},
      {"host empty", Get("Host:\r\n" + close), 200},
      {"host with port", Get("Host: [::1]:8080\r\n" + close), 200},
      {"absolute form", "GET http://h/ HTTP/1.1\r\nHost: other\r\n" + close + "\r\n", 200},
      {"1.0 without host", "GET / HTTP/1.0\r\n\r\n", 200},
      {"one empty line first", "\r\n" + Get("Host: h\r\n" + close), 200},
      {"value with UTF-8", Get("Host: h\r\nX: caf\xc3\xa9\r\n" + close), 200},
      {"value empty", Get("Host: h\r\nX:\r\n" + close), 200},
      {"chunked", Post(close + "Transfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n"), 200},
      {"chunk extension", Post(close + "Transfer-Encoding: chunked\r\n", "1;a=b\r\na\r\n0\r\n\r\n"),
       200},
      {"expect under 1.0", "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
       200},
  };
}

std::vector<Probe> AllProbes() {
  std::vector<Probe> all;
  for (auto list : {LengthProbes(), ChunkProbes(), HeaderProbes(), LineProbes(), GoodProbes()}) {
    all.insert(all.end(), std::make_move_iterator(list.begin()),
               std::make_move_iterator(list.end()));
  }
  return all;
}

// Sends `bytes` at once, or one by one, and checks the one answer and the end of the connection.
void Check(TestServer& server, const Probe& probe, bool in_pieces) {
  SCOPED_TRACE(std::string(probe.name) + (in_pieces ? ", in pieces" : ""));
  const int before = server.handled();
  RawClient client(server->port());
  ASSERT_TRUE(client.connected());
  if (in_pieces) {
    for (const char c : probe.bytes) {
      if (!client.Send(std::string_view(&c, 1))) break;
    }
  } else {
    client.Send(probe.bytes);
  }
  const std::string answers = client.ReadToEnd();
  EXPECT_FALSE(client.timed_out());
  EXPECT_EQ(StatusOf(answers), probe.status);
  EXPECT_NE(answers.find("\r\nConnection: close\r\n"), std::string::npos) << answers;
  EXPECT_EQ(answers.find("HTTP/1.1 ", 1), std::string::npos) << "more than one answer: " << answers;
  EXPECT_EQ(server.handled() - before, probe.status == 200 ? 1 : 0);
}

TEST(Probes, EachGetsItsAnswerAndNothingElse) {
  TestServer server(Options([](ServerOptions& o) { o.max_body_bytes = kMaxBody; }));
  for (const Probe& probe : AllProbes()) Check(server, probe, false);
}

TEST(Probes, TheSameInPieces) {
  TestServer server(Options([](ServerOptions& o) { o.max_body_bytes = kMaxBody; }));
  for (const Probe& probe : AllProbes()) {
    if (probe.bytes.size() < 2000) Check(server, probe, true);
  }
}

TEST(Probes, RefusalsDoNotEchoInput) {
  TestServer server;
  RawClient client(server->port());
  client.Send("GET /secret-in-path HTTP/1.1\r\nHost: h\r\nX-Secret : secret\r\n\r\n");
  const std::string answer = client.ReadToEnd();
  EXPECT_EQ(StatusOf(answer), 400);
  EXPECT_EQ(answer.find("secret"), std::string::npos);
  EXPECT_EQ(BodyOf(answer), "Bad Request\n");
}

TEST(Probes, HeaderFloodIsCut) {
  TestServer server;
  RawClient client(server->port());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\n");
  const std::string header = "X: " + std::string(1019, 'x') + "\r\n";
  int sent = 0;
  while (sent < 1024 && client.Send(header)) ++sent;
  const std::string answer = client.ReadToEnd();
  EXPECT_TRUE(answer.empty() || StatusOf(answer) == 431) << answer;
  EXPECT_EQ(server.handled(), 0);
  EXPECT_EQ(server.statuses(), std::vector<int>{431});
}

TEST(Probes, HalfOpenRequestsDoNotStarveOthers) {
  TestServer server(Options([](ServerOptions& o) { o.worker_threads = 1; }));
  std::vector<std::unique_ptr<RawClient>> half_open;
  for (int i = 0; i < 80; ++i) {
    half_open.push_back(std::make_unique<RawClient>(server->port()));
    half_open.back()->Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
  }
  const auto begin = std::chrono::steady_clock::now();
  RawClient client(server->port());
  client.Send(Get("Host: h\r\n"));
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 200);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

}  // namespace
}  // namespace oubli::http
