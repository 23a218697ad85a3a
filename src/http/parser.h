// One HTTP/1.x request out of bytes: Boost.Beast's parser with the checks that it leaves to us.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "http/message.h"

namespace oubli::http {

struct ParserLimits {
  size_t max_header_bytes = 16 * 1024;  // request line and headers; the request line may take half
  size_t max_body_bytes = 8 * 1024 * 1024;
};

// Feed bytes, read the state, feed more. Beyond Beast (RFC 9112,
// sections 2.2, 3.2, 5.1, 5.2, 6.1, 6.3, 7.1) it refuses: bare CR or LF, control characters, folded
// lines, no Host or two, a Transfer-Encoding that is not one final `chunked` (or comes with
// Content-Length or under HTTP/1.0), a repeated Content-Length, long chunk extensions, CONNECT, `*`
// and authority-form targets. An absolute-form target gives its path. Not thread-safe.
class RequestParser {
 public:
  enum class State {
    kNeedMore,  // the bytes so far are fine and the request is not complete
    kContinue,  // the header is complete and the peer waits for "100 Continue" before the body
    kComplete,  // TakeRequest() may be called
    kRefused,   // refusal() is the status to answer with; the connection cannot go on
  };

  explicit RequestParser(const ParserLimits& limits);
  ~RequestParser();

  // Forgets the request so far and waits for a new one.
  void Begin();

  // Parses from the front of `bytes`; returns how many are done with. What is left has to be at the
  // front of the next call, with more behind it. Never asks for more than max_header_bytes at once.
  size_t Feed(std::string_view bytes);

  State state() const;
  int refusal() const;  // REQUIRES: kRefused

  // All but remote_address and tls. REQUIRES: kComplete.
  std::shared_ptr<Request> TakeRequest();

  // What the request line and the headers said, as far as they have been read.
  std::string_view method() const;
  bool http_1_0() const;
  bool keep_alive() const;  // REQUIRES: kComplete

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace oubli::http
