// Reads HTTP/1.1 responses off a byte stream for the load client: just enough to know where one
// ends (RFC 9112, section 6.3) and which status it had. Bodies are counted and thrown away.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace oubli::bench {

class ResponseReader {
 public:
  enum class State {
    kHead,      // wants more of the status line and header fields
    kBody,      // wants more of the body
    kComplete,  // one whole response has been read
    kBroken,    // not HTTP/1.1 as we know it: the connection is of no use any more
  };

  // Takes bytes until one response is complete; returns how many it took. Interim answers (1xx)
  // are skipped. Call Reset() before the next response on the same connection.
  size_t Feed(std::string_view bytes);

  // The peer has closed: completes a body whose length only the close tells, else kBroken.
  void FeedEnd();

  void Reset();

  State state() const { return state_; }
  int status() const { return status_; }
  bool keep_alive() const { return keep_alive_; }
  uint64_t body_bytes() const { return body_bytes_; }

 private:
  enum class Framing { kLength, kChunkSize, kChunkData, kChunkEnd, kTrailer, kUntilClose };

  void ReadHead(std::string_view head);
  void ReadField(std::string_view name, std::string_view value);
  size_t FeedBody(std::string_view bytes);
  size_t FeedLine(std::string_view bytes);
  void EndOfLine();

  State state_ = State::kHead;
  Framing framing_ = Framing::kLength;
  std::string pending_;  // the part of a head or a chunk line that came in an earlier read
  uint64_t remaining_ = 0;
  uint64_t body_bytes_ = 0;
  int status_ = 0;
  bool keep_alive_ = true;
};

}  // namespace oubli::bench
