// What a handler sees of HTTP: one request, and a responder to answer it with, once.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace oubli::http {

struct Header {
  std::string name;
  std::string value;
};

// A complete request; the body is read and de-chunked. Bytes are as received: nothing is decoded.
struct Request {
  std::string method;
  std::string path;   // without the query; "/a%20b"
  std::string query;  // behind the first '?', without it; "" also when there is none
  std::vector<Header> headers;
  std::string body;
  std::string remote_address;  // of the peer, without the port
  bool tls = false;

  // The first header of that name (case ignored), or nullptr.
  const std::string* FindHeader(std::string_view name) const;
};

// Makes the next piece of a body and appends it to `piece`. True: there is more. False: that was
// the last one. An error, or an exception: the body cannot be finished, and the connection is cut
// off so that the peer can tell.
//
// Called on a worker thread, one call at a time, not always on the same thread, and only when the
// peer has read what came before: so a call should take milliseconds, make kPieceBytes or little
// more, and hold nothing between calls that others wait for (no snapshot, no lock). A call may add
// nothing, to let others have their turn. It is not called for HEAD, nor after the peer has gone.
using NextPiece = std::function<Result<bool>(std::string& piece)>;
inline constexpr size_t kPieceBytes = 64 * 1024;

struct Response {
  int status = 200;
  std::vector<Header> headers;  // Content-Length, Date, Connection and Server are the server's own
  std::string body;
  // For answers of any size: what it makes comes behind `body`. What can still go wrong in an
  // orderly way belongs in front of the answer, since its status is sent before the first call.
  NextPiece next_piece;
  // The pattern of the route that answered ("/stores/{store_hash}/v3/customers"), for the access
  // log and the metrics, which never show the raw path. Points to a string literal.
  std::string_view route = "unmatched";

  static Response Text(int status, std::string_view content_type, std::string body);
  Response& AddHeader(std::string_view name, std::string_view value);
  // Makes all pieces at once, so that `body` is the whole body: for tests, and where a length is
  // needed in front.
  Status Collect();
};

// Answers one request. May be copied and called from any thread; the first call counts, a second
// one is a programmer's error. When the last copy dies uncalled the peer gets a 500, so no request
// hangs.
class Responder {
 public:
  explicit Responder(std::function<void(Response)> send);
  void operator()(Response response) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Serves requests. Handle() runs on a worker thread and may block for a read of the database; what
// waits for a commit answers later, through the responder, from another thread.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void Handle(std::shared_ptr<const Request> request, Responder respond) = 0;
};

}  // namespace oubli::http
