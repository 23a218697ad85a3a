#include "http_response.h"

#include <gtest/gtest.h>

#include <string_view>

namespace oubli::bench {
namespace {

using State = ResponseReader::State;

// What comes of the bytes when they arrive in pieces of `piece` bytes.
ResponseReader FeedInPieces(std::string_view bytes, size_t piece) {
  ResponseReader reader;
  while (!bytes.empty()) {
    const size_t offered = std::min(piece, bytes.size());
    const size_t taken = reader.Feed(bytes.substr(0, offered));
    bytes.remove_prefix(taken);
    if (reader.state() == State::kComplete || reader.state() == State::kBroken) break;
    EXPECT_EQ(taken, offered);
  }
  EXPECT_TRUE(bytes.empty()) << bytes.size() << " bytes are left over";
  return reader;
}

class HttpResponse : public testing::TestWithParam<size_t> {};

TEST_P(HttpResponse, NoContentEndsWithItsHead) {
  const auto reader =
      FeedInPieces("HTTP/1.1 204 No Content\r\nDate: x\r\nContent-Length: 5\r\n\r\n", GetParam());
  EXPECT_EQ(reader.state(), State::kComplete);
  EXPECT_EQ(reader.status(), 204);
  EXPECT_TRUE(reader.keep_alive());
}

TEST_P(HttpResponse, LengthCountsTheBody) {
  const auto reader = FeedInPieces(
      "HTTP/1.1 422 Unprocessable\r\ncontent-length:  7 \r\nConnection: close\r\n\r\n{\"a\":1}",
      GetParam());
  EXPECT_EQ(reader.state(), State::kComplete);
  EXPECT_EQ(reader.status(), 422);
  EXPECT_EQ(reader.body_bytes(), 7u);
  EXPECT_FALSE(reader.keep_alive());
}

TEST_P(HttpResponse, ChunksWithExtensionAndTrailer) {
  const auto reader = FeedInPieces(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nDigest: x\r\n\r\n",
      GetParam());
  EXPECT_EQ(reader.state(), State::kComplete);
  EXPECT_EQ(reader.body_bytes(), 15u);
}

TEST_P(HttpResponse, InterimAnswersAreSkipped) {
  const auto reader = FeedInPieces(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", GetParam());
  EXPECT_EQ(reader.state(), State::kComplete);
  EXPECT_EQ(reader.status(), 200);
}

TEST_P(HttpResponse, BodyUntilCloseIsWholeAtTheClose) {
  auto reader = FeedInPieces("HTTP/1.0 200 OK\r\n\r\nsome text", GetParam());
  EXPECT_EQ(reader.state(), State::kBody);
  reader.FeedEnd();
  EXPECT_EQ(reader.state(), State::kComplete);
  EXPECT_EQ(reader.body_bytes(), 9u);
  EXPECT_FALSE(reader.keep_alive());
}

TEST_P(HttpResponse, CloseInsideABodyIsBroken) {
  auto reader = FeedInPieces("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome", GetParam());
  reader.FeedEnd();
  EXPECT_EQ(reader.state(), State::kBroken);
}

TEST_P(HttpResponse, OtherProtocolsAreBroken) {
  EXPECT_EQ(FeedInPieces("SSH-2.0-OpenSSH_9.2 something\r\n\r\n", GetParam()).state(),
            State::kBroken);
}

INSTANTIATE_TEST_SUITE_P(Pieces, HttpResponse, testing::Values(1, 2, 3, 7, 1000));

TEST(HttpResponseReader, TakesNothingBeyondOneResponse) {
  ResponseReader reader;
  constexpr std::string_view kTwo = "HTTP/1.1 204 a\r\n\r\nHTTP/1.1 204 b\r\n\r\n";
  EXPECT_EQ(reader.Feed(kTwo), kTwo.size() / 2);
  reader.Reset();
  EXPECT_EQ(reader.Feed(kTwo.substr(kTwo.size() / 2)), kTwo.size() / 2);
  EXPECT_EQ(reader.state(), State::kComplete);
}

}  // namespace
}  // namespace oubli::bench
