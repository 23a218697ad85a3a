#include "http/parser.h"

#include <gtest/gtest.h>

#include <string>

namespace oubli::http {
namespace {

struct Outcome {
  RequestParser::State state = RequestParser::State::kNeedMore;
  int refusal = 0;
  size_t used = 0;
  std::string text;  // method, path, query, body
};

// Feeds `bytes` in pieces of `step`, as a connection does.
Outcome Parse(const std::string& bytes, size_t step, ParserLimits limits = {}) {
  RequestParser parser(limits);
  Outcome outcome;
  size_t available = 0;
  while (available < bytes.size()) {
    available = std::min(bytes.size(), available + step);
    outcome.used +=
        parser.Feed(std::string_view(bytes).substr(outcome.used, available - outcome.used));
    outcome.state = parser.state();
    if (outcome.state == RequestParser::State::kComplete) {
      const auto request = parser.TakeRequest();
      outcome.text =
          request->method + "|" + request->path + "|" + request->query + "|" + request->body;
      return outcome;
    }
    if (outcome.state == RequestParser::State::kRefused) {
      outcome.refusal = parser.refusal();
      return outcome;
    }
  }
  return outcome;
}

TEST(RequestParser, ReadsTheSameWhateverThePieces) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"GET /a%20b?x=1?2 HTTP/1.1\r\nHost: h\r\n\r\n", "GET|/a%20b|x=1?2|"},
      {"GET / HTTP/1.0\r\n\r\n", "GET|/||"},
      {"GET http://h:80/p?q HTTP/1.1\r\nHost: h\r\n\r\n", "GET|/p|q|"},
      {"GET HTTPS://h HTTP/1.1\r\nHost: h\r\n\r\n", "GET|/||"},
      {"GET http://h?q HTTP/1.1\r\nHost: h\r\n\r\n", "GET|/|q|"},
      {"POST /p HTTP/1.1\r\nHost:\r\nContent-Length: 11\r\n\r\nhello\r\nyou!",
       "POST|/p||hello\r\nyou!"},
      {"POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "POST|/p||"},
      {"POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "POST|/p||"},
      {"POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
       "5;name=value;q=\"a b\"\r\nhello\r\n01\r\n!\r\nA\r\n0123456789\r\n000\r\nTrailer: x\r\n\r\n",
       "POST|/p||hello!0123456789"},
  };
  for (const auto& [bytes, expected] : cases) {
    for (size_t step = 1; step <= bytes.size(); ++step) {
      const Outcome outcome = Parse(bytes, step);
      EXPECT_EQ(outcome.state, RequestParser::State::kComplete) << bytes << " by " << step;
      EXPECT_EQ(outcome.text, expected) << bytes << " by " << step;
      EXPECT_EQ(outcome.used, bytes.size()) << bytes << " by " << step;
    }
  }
}

TEST(RequestParser, LeavesWhatBelongsToTheNext) {
  const std::string first = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok";
  const Outcome outcome = Parse(first + "GET /next", 1000);
  EXPECT_EQ(outcome.state, RequestParser::State::kComplete);
  EXPECT_EQ(outcome.used, first.size());
}

TEST(RequestParser, EveryPrefixNeedsMore) {
  const std::string bytes =
      "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: "
      "x\r\n\r\n";
  for (size_t size = 1; size < bytes.size(); ++size) {
    EXPECT_EQ(Parse(bytes.substr(0, size), size).state, RequestParser::State::kNeedMore) << size;
  }
}

TEST(RequestParser, DropsTrailers) {
  const std::string bytes =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Auth-Token: "
      "t\r\n\r\n";
  RequestParser parser({});
  EXPECT_EQ(parser.Feed(bytes), bytes.size());
  ASSERT_EQ(parser.state(), RequestParser::State::kComplete);
  EXPECT_EQ(parser.TakeRequest()->FindHeader("x-auth-token"), nullptr);
}

TEST(RequestParser, TellsWhenThePeerWaits) {
  const std::string head =
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
  RequestParser parser({});
  EXPECT_EQ(parser.Feed(head), head.size());
  EXPECT_EQ(parser.state(), RequestParser::State::kContinue);
  EXPECT_EQ(parser.Feed("ok"), 2U);
  EXPECT_EQ(parser.state(), RequestParser::State::kComplete);
  // It does not wait when the body is there already, or when there is none.
  EXPECT_EQ(Parse(head + "ok", 1000).text, "POST|/||ok");
  EXPECT_EQ(Parse("GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n", 1000).text,
            "GET|/||");
}

TEST(RequestParser, Limits) {
  const ParserLimits limits{.max_header_bytes = 1000, .max_body_bytes = 10};
  const std::string host = " HTTP/1.1\r\nHost: h\r\n";
  for (const size_t step : {size_t{1}, size_t{7}, size_t{100000}}) {
    EXPECT_EQ(Parse("GET /" + std::string(600, 'x') + host + "\r\n", step, limits).refusal, 414);
    EXPECT_EQ(Parse(std::string(100000, 'G'), step, limits).refusal, 414);
    const std::string longest =
        "GET /" + std::string(486, 'x');  // half of the limit, with the version
    EXPECT_EQ(Parse(longest + host + "\r\n", step, limits).refusal, 0);
    EXPECT_EQ(Parse(longest + "x" + host + "\r\n", step, limits).refusal, 414);
    EXPECT_EQ(
        Parse("GET /" + host + "X: " + std::string(2000, 'x') + "\r\n\r\n", step, limits).refusal,
        431);
    const std::string head = "POST /" + host;
    EXPECT_EQ(Parse(head + "Content-Length: 11\r\n\r\n", step, limits).refusal, 413);
    EXPECT_EQ(Parse(head + "Content-Length: 10\r\n\r\n0123456789", step, limits).text,
              "POST|/||0123456789");
    const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
    EXPECT_EQ(Parse(chunked + "6\r\n012345\r\n5\r\n", step, limits).refusal, 413);
    EXPECT_EQ(Parse(chunked + "FFFFFFFFFFFFFFFF\r\n", step, limits).refusal, 413);
    EXPECT_EQ(Parse(chunked + "1;" + std::string(2000, 'x'), step, limits).refusal, 400);
    EXPECT_EQ(Parse(chunked + "0\r\n" + std::string(20000, 'x'), step, limits).refusal, 400);
  }
}

TEST(RequestParser, BoundsChunkExtensionsTogether) {
  std::string bytes = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 100; ++i) bytes += "1;" + std::string(1000, 'x') + "\r\na\r\n";
  EXPECT_EQ(Parse(bytes + "0\r\n\r\n", 4096).refusal, 400);
}

// At the limit to the byte: what has come of the end does not count, in whatever pieces it comes.
TEST(RequestParser, BoundsChunkLinesAndTrailersTheSameWhateverThePieces) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const ParserLimits limits{.max_header_bytes = 4096, .max_body_bytes = 4096};
  for (const size_t more : {0, 1, 2, 3, 4, 5}) {
    // 1024 bytes of a chunk's line; 2048 of trailers, with the line end before them.
    const std::string line = "1;" + std::string(1020 + more, 'x') + "\r\na\r\n0\r\n\r\n";
    const std::string trailers = "0\r\nT: " + std::string(2041 + more, 'x') + "\r\n\r\n";
    for (const std::string& body : {line, trailers}) {
      const Outcome whole = Parse(head + body, 100'000, limits);
      EXPECT_EQ(whole.refusal, more > 2 ? 400 : 0) << body.size();
      for (const size_t step : {1, 2, 3, 7}) {
        EXPECT_EQ(Parse(head + body, step, limits).refusal, whole.refusal) << body.size();
      }
    }
  }
}

TEST(RequestParser, BoundsTheNumberOfHeaders) {
  std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 300; ++i) bytes += "a: b\r\n";
  EXPECT_EQ(Parse(bytes + "\r\n", 100000).refusal, 431);
}

}  // namespace
}  // namespace oubli::http
